// A button that opens a menu of actions, by pointer and by keyboard.

import { h, replace } from '../dom.js';

let open = null;

document.addEventListener('click', (event) => open && !open.element.contains(event.target) && open.close());

/** `items()` answers `[{ text, act, testId, danger }]` when the menu opens. */
export function menuButton({ label, text = '⋯', items, testId = null, className = 'quiet' }) {
  const list = h('div', { class: 'menu', role: 'menu', hidden: true, on: { keydown: move } });
  const button = h('button', {
    type: 'button', class: className, 'aria-label': label, 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'data-testid': testId,
    on: { click: () => (list.hidden ? show() : close()), keydown: (event) => event.key === 'ArrowDown' && (event.preventDefault(), show()) },
  }, text);
  const element = h('div', { class: 'menu-holder' }, button, list);
  const self = { element, close };

  function show() {
    open?.close();
    open = self;
    replace(list, items().filter(Boolean).map(({ text: name, act, testId: id, danger }) => h('button', {
      type: 'button', role: 'menuitem', tabindex: -1, class: danger ? 'menu-item bad' : 'menu-item', 'data-testid': id ?? null,
      on: { click: () => { close(); button.focus(); act(); } },
    }, name)));
    list.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    list.firstChild?.focus();
  }

  function close() {
    list.hidden = true;
    replace(list);
    button.setAttribute('aria-expanded', 'false');
    if (open !== self) return;
    open = null;
    // lists that an open menu keeps as they are go on (see held.js)
    element.dispatchEvent(new CustomEvent('menuclosed', { bubbles: true }));
  }

  function move(event) {
    const all = [...list.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all.at(to % all.length).focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
      button.focus();
    } else if (event.key === 'Tab') close();
  }

  return element;
}
