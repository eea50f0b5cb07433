// Changing the order of things by buttons, for pointer and keyboard alike.

import { h, setAttribute } from '../dom.js';
import { texts } from '../texts.js';

const KINDS = { up: ['↑', texts.templates.views.up], down: ['↓', texts.templates.views.down] };

/** A button that moves an item 'up' or 'down'; `update(name, possible)` says of what, and whether it can be. */
export function moveButton(kind, move) {
  const [text, label] = KINDS[kind];
  const element = h('button', { type: 'button', class: 'small', 'data-move': kind, on: { click: move } }, text);
  return {
    element,
    update(name, possible) {
      setAttribute(element, 'aria-label', label(name));
      element.disabled = !possible;
    },
  };
}

/** Both buttons for the item at `index` of `count`; `move` takes the place to go to. */
export function moveButtons(name, index, count, move) {
  const made = [['up', index - 1], ['down', index + 1]].map(([kind, to]) => {
    const button = moveButton(kind, () => move(to));
    button.update(name, to >= 0 && to < count);
    return button.element;
  });
  return h('span', { class: 'move' }, made);
}

/** Gives the focus to the one of an item's buttons that moves it further, or at the end of the way back. */
export function focusMove(buttonsHolder, direction) {
  const buttons = [...buttonsHolder.querySelectorAll('[data-move]:not(:disabled)')];
  (buttons.find((button) => button.dataset.move === direction) ?? buttons[0])?.focus();
}

/** Takes the item at `from` to `to`. */
export function moved(list, from, to) {
  const copy = [...list];
  copy.splice(to, 0, ...copy.splice(from, 1));
  return copy;
}
