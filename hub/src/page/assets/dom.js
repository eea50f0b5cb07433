// Building the document: elements from a tag, properties and children. Strings become text nodes, never markup,
// so nothing that a device says can turn into elements.

const SVG = 'http://www.w3.org/2000/svg';

/** An HTML element. Properties: `on` = listeners; `true` = empty attribute; `false`, `null`, `undefined` = absent. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function s(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...flat(children));
  return element;
}

/** Sets, or with `false`, `null` or `undefined` removes, an attribute. */
export function setAttribute(element, name, value) {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** Replaces all children. */
export function replace(element, ...children) {
  element.replaceChildren(...flat(children));
}

/**
 * Makes these elements the children, in this order, and moves as few of them as can be. What stays is not taken out of the
 * document meanwhile: it keeps the focus, a press that has begun and a selection. What is moved gets the focus back.
 */
export function arrange(element, ...children) {
  const wanted = flat(children);
  const kept = new Set(wanted);
  const active = document.activeElement;
  for (const child of [...element.childNodes]) if (!kept.has(child)) child.remove();
  const before = new Map([...element.childNodes].map((child, index) => [child, index]));
  const staying = longestRise(wanted.map((child) => before.get(child) ?? -1));
  // from the end, so that each is put before one that has its place
  wanted.reduceRight((following, child, index) => {
    if (!staying.has(index)) element.insertBefore(child, following);
    return child;
  }, null);
  if (active !== document.activeElement && active?.isConnected) active.focus({ preventScroll: true });
}

/** The indexes of a longest run of numbers that rise, without negative ones: what of a list can stay where it is. */
function longestRise(numbers) {
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

/** Writes a text only when it differs, so that selections and live regions are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

let ids = 0;

/** An id that is free in this document. */
export function freshId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}

/** The hook tests find an element by: `input-brightness`, or `input-sensor-brightness` inside a component. */
export function hook(kind, component, name) {
  return component ? `${kind}-${component}-${name}` : `${kind}-${name}`;
}
