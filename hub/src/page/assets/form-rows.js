// Rows of fields that can be added and removed, numbered as they stand: the items of an array, the pairs of a map. What is in a
// row is up to forms.js.

import { h, replace } from './dom.js';
import { texts } from './texts.js';

/** Rows that can be added and removed; `make` builds an item's fields, `show` its element. */
export function rowList(make, show) {
  const rows = [];
  const list = h('div', { class: 'rows' });
  const addButton = h('button', { type: 'button', class: 'small', on: { click: () => add() } }, texts.form.add);

  function add(notify = true) {
    const item = make(rows.length);
    const remove = h('button', { type: 'button', class: 'small' }, texts.form.remove);
    const row = { item, remove, element: h('div', { class: 'row' }, show(item), remove) };
    remove.addEventListener('click', () => {
      rows.splice(rows.indexOf(row), 1);
      row.element.remove();
      changed();
      addButton.focus();
    });
    rows.push(row);
    list.append(row.element);
    number(row, rows.length);
    if (notify) changed();
    return item;
  }

  function number({ item, remove }, n) {
    remove.setAttribute('aria-label', texts.form.removeItem(n));
    item.rename?.(texts.form.item(n));
  }

  function changed() {
    rows.forEach((row, index) => number(row, index + 1));
    list.dispatchEvent(new Event('input', { bubbles: true }));
  }

  return {
    element: h('div', {}, list, addButton),
    items: () => rows.map((row) => row.item),
    fill(values, write) {
      rows.length = 0;
      replace(list);
      for (const value of values) write(add(false), value);
    },
    focus: () => addButton.focus(),
  };
}
