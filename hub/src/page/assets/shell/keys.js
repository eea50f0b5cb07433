// The keyboard: keys that work on every page, moving inside grids, and the list of all of them. Single letters do
// nothing inside a control and can be turned off.

import { h, setText } from '../dom.js';
import { texts } from '../texts.js';
import { openDialog } from './dialog.js';

const PAUSE = 1200; // between the two letters of `g d`
const OFF = 'keys-off';
const words = texts.shell.keys;

/** Starts listening; `router` is where `g d` and the like go. */
export function startKeys(router) {
  let begun = 0;
  const go = { d: '/devices', t: '/templates', h: '/hub' };
  document.getElementById('keys').addEventListener('click', openKeys);
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return submit(event);
    if (moves(event)) return undefined;
    if (event.ctrlKey || event.metaKey || event.altKey || isControl(event.target) || document.querySelector('dialog[open]')) return undefined;
    if (localStorage.getItem(OFF) !== null) return undefined;
    const second = Date.now() - begun < PAUSE;
    begun = 0;
    if (second && event.key in go) return act(event, () => router.go(go[event.key]));
    if (event.key === 'g') begun = Date.now();
    else if (event.key === '/') act(event, focusSearch);
    else if (event.key === '?') act(event, openKeys);
    return undefined;
  });
}

function act(event, action) {
  event.preventDefault();
  action();
}

function focusSearch() {
  const search = document.querySelector('main input[type="search"]');
  search?.focus();
  search?.select();
}

/** Ctrl+Enter sends the form that one is in. */
function submit(event) {
  const form = event.target.closest?.('form');
  const button = form?.querySelector('[type="submit"]');
  // a key that is held down repeats, and what a disabled button says holds for the keys too
  if (form) act(event, () => !event.repeat && !button?.disabled && form.requestSubmit());
}

const TYPED = ['INPUT', 'SELECT', 'TEXTAREA'];
const isControl = (element) => TYPED.includes(element.tagName) || element.isContentEditable;

/** Arrow keys go through the rows of a grid (`data-rows`), whose first link takes the focus. */
function moves(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const grid = event.target.closest?.('[data-rows]');
  if (!step || !grid || isControl(event.target)) return false;
  const links = [...grid.querySelectorAll('[data-row] a, a[data-row]')];
  const at = links.findIndex((link) => link === event.target || link.closest('[data-row]').contains(event.target));
  const next = links[at + step];
  if (next) act(event, () => next.focus());
  return next !== undefined;
}

function openKeys() {
  const off = h('input', {
    type: 'checkbox', checked: localStorage.getItem(OFF) === null,
    on: { change: () => (off.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '')) },
  });
  const list = h('dl', { class: 'keys' }, Object.entries(words.list).map(([keys, meaning]) => [
    h('dt', {}, keys.split(' ').map((key) => [h('kbd', {}, key), ' '])), h('dd', {}, meaning)]));
  const turn = h('label', { class: 'check' }, off, h('span', {}));
  setText(turn.lastChild, words.letters);
  openDialog(words.title, list, turn);
}
