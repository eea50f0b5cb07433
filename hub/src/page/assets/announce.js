// Speaking changes to screen readers: politely, the newest of each subject, at most one message in two seconds.

const PAUSE = 2000;
const waiting = new Map();
let timer = 0;

/** Queues a text about a subject; a newer text about the same subject replaces one that still waits. */
export function announce(subject, text) {
  waiting.set(subject, text);
  if (timer === 0) speak();
}

function speak() {
  const [next] = waiting;
  if (next === undefined) {
    timer = 0;
    return;
  }
  waiting.delete(next[0]);
  document.getElementById('announcer').textContent = next[1];
  timer = setTimeout(speak, PAUSE);
}
