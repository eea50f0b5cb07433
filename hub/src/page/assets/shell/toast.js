// Short messages about what was done; they go by themselves, errors stay until they are closed or the page is left.

import { h } from '../dom.js';
import { texts } from '../texts.js';

const SHOWN = 6000;
const LIMIT = 4;

/** Says that something was done. */
export function toast(text) {
  const element = show(text, 'done', 'status');
  setTimeout(() => element.remove(), SHOWN);
}

/** Says that something failed, at once and until it is closed. */
export function toastError(text) {
  show(text, 'failed', 'alert');
}

/** Takes the errors of the page that is left away. */
export function dismissErrors() {
  for (const element of document.querySelectorAll('.toast.failed')) element.remove();
}

function show(text, kind, role) {
  const region = document.getElementById('toasts');
  const element = h('div', { class: `toast ${kind}`, role }, h('p', {}, text),
    h('button', { type: 'button', class: 'link', on: { click: () => element.remove() } }, texts.close));
  while (region.children.length >= LIMIT) region.firstChild.remove();
  region.append(element);
  return element;
}
