// Doing things at an exact moment: answers that are held back until they are let go, what the stream has told a page, a loss of
// the stream, and a press that lasts while something changes.

/** Holds back the answers to requests whose address matches; `came` resolves with the first, `release` lets all go. */
export async function hold(page, matches, { method = 'GET', answer = true } = {}) {
  let arrive;
  let open;
  const came = new Promise((done) => { arrive = done; });
  const gate = new Promise((done) => { open = done; });
  const held = [];
  const handler = (route) => {
    if (route.request().method() !== method) return route.fallback();
    // a page that was left waits for nothing any more
    held.push(answerLate(route).catch(() => {}));
    return held.at(-1);
  };

  async function answerLate(route) {
    // the answer is of the time before; without it, the request is held back itself
    const response = answer ? await route.fetch() : null;
    arrive();
    await gate;
    await (response ? route.fulfill({ response }) : route.continue());
  }

  await page.route(matches, handler);
  return {
    came,
    async release() {
      open();
      await Promise.all(held);
      await page.unroute(matches, handler);
    },
  };
}

/** Before a page is opened: notes what its stream tells it, for `heard` and `loadAgain`. */
export async function listen(page) {
  await page.addInitScript(() => {
    window.heard = [];
    window.streams = [];
    window.EventSource = class extends window.EventSource {
      constructor(...given) {
        super(...given);
        window.streams.push(this);
      }

      addEventListener(name, listener) {
        super.addEventListener(name, (message) => {
          listener(message);
          window.heard.push([name, message.data ?? '']);
        });
      }
    };
  });
}

/** Waits until the page was told of something with this text from now on; `act` makes it happen. */
export async function heard(page, name, text, act) {
  await page.evaluate(() => { window.heard.length = 0; });
  await act();
  await page.waitForFunction(([wanted, part]) => window.heard.some(([one, data]) => one === wanted && data.includes(part)), [name, text]);
}

/** Has the page load everything again, as when its stream has missed something. */
export async function loadAgain(page) {
  await page.evaluate(() => window.streams.at(-1).dispatchEvent(new MessageEvent('reset', { data: '{}' })));
}

/** Presses a control, has `during` change the page, and lets go where the pointer is. */
export async function pressDuring(page, control, during) {
  await control.hover();
  await page.mouse.down();
  await during();
  await page.mouse.up();
}

/** Waits until a property or attribute of the control with this hook has a value, and does not mind when there is no control yet. */
export async function until(page, testId, property, wanted) {
  await page.waitForFunction(([id, name, value]) => {
    const element = document.querySelector(`[data-testid="${id}"]`);
    return element !== null && (name.includes('-') ? element.getAttribute(name) : element[name]) === value;
  }, [testId, property, wanted]);
}
