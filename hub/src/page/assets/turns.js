// What may run beside what: pure rules for functions that wait for an answer. They know nothing of requests or elements.

/** Runs one at a time; calls during a run together lead to one more run after it, so that the last answer is the newest. */
export function coalesced(act) {
  let running = null;
  let wanted = false;
  async function run() {
    try {
      do {
        wanted = false;
        try {
          await act();
        } catch (failure) {
          // the next run is to say how things stand
          if (!wanted) throw failure;
        }
      } while (wanted);
    } finally {
      running = null;
    }
  }
  return () => {
    wanted = true;
    running ??= run();
    return running;
  };
}

/** Runs one at a time; calls during a run do nothing: a form is sent once however often its key is pressed. */
export function once(act) {
  let running = false;
  return async (...given) => {
    if (running) return undefined;
    running = true;
    try {
      return await act(...given);
    } finally {
      running = false;
    }
  };
}
