// Whether an element is held: a pointer or the space bar was pressed in it and not let go, or a menu in it is open. What is moved
// or taken out of the document meanwhile loses the click, or the menu. Begin with `whenFree`.

let pressed = null; // what a press began on
const waiting = new Set();

/** Does what waits, after the click that comes with a release. */
const settle = () => setTimeout(() => [...waiting].forEach((act) => act()));

function release() {
  pressed = null;
  settle();
}

document.addEventListener('pointerdown', (event) => { pressed = event.target; }, true);
document.addEventListener('keydown', (event) => { if (event.key === ' ') pressed = event.target; }, true);
document.addEventListener('keyup', (event) => event.key === ' ' && release(), true);
// the list of a select takes the release
for (const name of ['pointerup', 'pointercancel', 'dragend', 'change']) document.addEventListener(name, release, true);
document.addEventListener('menuclosed', settle);
window.addEventListener('blur', release);

const isHeld = (element) => element.contains(pressed) || element.querySelector('[aria-expanded="true"]') !== null;

/** Calls `act` at once, or when the element is held no more; the same function waits once. */
export function whenFree(element, act) {
  const attempt = waitingFor(act, element);
  if (isHeld(element)) return void waiting.add(attempt);
  waiting.delete(attempt);
  return act();
}

const attempts = new WeakMap();

/** The one attempt of a function. */
function waitingFor(act, element) {
  if (!attempts.has(act)) attempts.set(act, () => whenFree(element, act));
  return attempts.get(act);
}
