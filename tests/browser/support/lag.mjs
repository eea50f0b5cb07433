// A page on a bad day: answers, what the stream tells, toggles and frames come late, by a random time. A test that reads what
// it has not waited for, or a page that takes answers in the order it asked, fails with it. Run in the page before its scripts.

/** Lets everything that a page waits for take up to `most` milliseconds longer. */
export function lag(most) {
  const late = () => new Promise((done) => setTimeout(done, Math.random() * most));

  const { fetch } = window;
  window.fetch = async (...given) => {
    const answer = await fetch(...given);
    await late();
    return answer;
  };

  window.EventSource = class extends window.EventSource {
    #told = Promise.resolve();

    addEventListener(name, listener) {
      super.addEventListener(name, (event) => {
        // a stream that was closed tells nothing more
        const isOver = () => event.isTrusted && name !== 'error' && this.readyState === EventSource.CLOSED;
        this.#told = this.#told.then(late).then(() => (isOver() ? undefined : listener(event)));
      });
    }
  };

  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function add(name, listener, ...rest) {
    addEventListener.call(this, name, name === 'toggle' ? (event) => late().then(() => listener.call(this, event)) : listener, ...rest);
  };

  const { requestAnimationFrame } = window;
  window.requestAnimationFrame = (draw) => requestAnimationFrame((time) => late().then(() => draw(time)));
}
