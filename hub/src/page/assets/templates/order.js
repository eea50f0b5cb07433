// Changing the order of things by buttons, for pointer and keyboard alike.

import { h } from '../dom.js';
import { texts } from '../texts.js';

/** Buttons that move the item at `index` of `count`; `move` takes the place to go to. */
export function moveButtons(name, index, count, move) {
  const button = (text, label, to, kind) => h('button', {
    type: 'button', class: 'small', 'aria-label': label, disabled: to < 0 || to >= count, 'data-move': kind, on: { click: () => move(to) },
  }, text);
  return h('span', { class: 'move' }, button('↑', texts.templates.views.up(name), index - 1, 'up'), button('↓', texts.templates.views.down(name), index + 1, 'down'));
}

/** Gives the focus to the button of a moved item that moves it further, or at the end of the way back. */
export function focusMove(element, direction) {
  const buttons = [...element.querySelectorAll('.tile-tools [data-move]:not(:disabled)')];
  (buttons.find((button) => button.dataset.move === direction) ?? buttons[0])?.focus();
}

/** Takes the item at `from` to `to`. */
export function moved(list, from, to) {
  const copy = [...list];
  copy.splice(to, 0, ...copy.splice(from, 1));
  return copy;
}
