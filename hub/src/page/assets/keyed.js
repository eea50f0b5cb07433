// Lists whose elements stay. An update changes what is different in place and moves as few elements as it can, so that the
// focus survives; while a pointer or the space bar is held down inside, or a menu is open there, nothing is moved or taken away
// at all: a control that is replaced between press and release loses its click. Begin with `KeyedList`.

let pressed = null; // what a press began on
const waiting = new Set(); // what is to be done when it has ended

/** Does what waits, after the click that comes with a release. */
const settle = () => setTimeout(() => [...waiting].forEach((act) => act()));

function release() {
  pressed = null;
  settle();
}

document.addEventListener('pointerdown', (event) => { pressed = event.target; }, true);
document.addEventListener('keydown', (event) => { if (event.key === ' ') pressed = event.target; }, true);
document.addEventListener('keyup', (event) => event.key === ' ' && release(), true);
for (const name of ['pointerup', 'pointercancel', 'dragend']) document.addEventListener(name, release, true);
document.addEventListener('menuclosed', settle);
window.addEventListener('blur', release);

const isHeld = (element) => element.contains(pressed) || element.querySelector('[aria-expanded="true"]') !== null;

export class KeyedList {
  /** `make(item)` answers `{ element, update(item) }`; `keyOf(item)` tells items apart. */
  constructor(parent, make, keyOf = (item) => item.id) {
    this.parent = parent;
    this.make = make;
    this.keyOf = keyOf;
    this.entries = new Map();
    this.wanted = [];
    this.arrange = () => this.#arrange();
  }

  /** What is shown of an item, if it is. */
  get(key) {
    return this.entries.get(key);
  }

  /** Shows these items in this order: at once where they are shown already, and the rest when nothing is held. */
  update(items) {
    this.wanted = items;
    for (const item of items) this.entries.get(this.keyOf(item))?.update(item);
    this.#arrange();
  }

  #arrange() {
    if (isHeld(this.parent)) return void waiting.add(this.arrange);
    waiting.delete(this.arrange);
    this.entries = new Map(this.wanted.map((item) => [this.keyOf(item), this.entries.get(this.keyOf(item)) ?? this.make(item)]));
    arrange(this.parent, [...this.entries.values()].map(({ element }) => element));
    return undefined;
  }
}

/** Makes these the children of an element, in this order: the others go, and of those that stay as few as can be are moved. */
export function arrange(parent, elements) {
  const active = document.activeElement;
  const wanted = new Set(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  const before = new Map([...parent.children].map((child, index) => [child, index]));
  const staying = longestRise(elements.map((element) => before.get(element) ?? -1));
  // from the end, so that each is put before one that has its place
  elements.reduceRight((following, element, index) => {
    if (!staying.has(index)) parent.insertBefore(element, following);
    return element;
  }, null);
  if (active !== document.activeElement && active?.isConnected) active.focus({ preventScroll: true });
}

/** The indexes of a longest run of numbers that rise, without negative ones: what of a list can stay where it is. */
export function longestRise(numbers) {
  const ends = []; // of the best run of each length, the index of its last number
  const previous = [];
  numbers.forEach((number, index) => {
    if (number < 0) return;
    // most lists rise all along
    const isHighest = ends.length === 0 || numbers[ends.at(-1)] < number;
    const length = isHighest ? ends.length : ends.findIndex((end) => numbers[end] >= number);
    previous[index] = ends[length - 1];
    ends[length] = index;
  });
  const staying = new Set();
  for (let index = ends.at(-1); index !== undefined; index = previous[index]) staying.add(index);
  return staying;
}
