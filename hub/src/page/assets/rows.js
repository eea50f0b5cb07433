// Rows of a list that are kept while the list changes: a row that is made anew under the pointer or the focus loses the press, the
// focus, a selection and what is unfolded in it.

import { arrange } from './dom.js';

/**
 * Answers how to show items in `element`. `keyOf(item)` says which row an item has; `make(item)` makes one, `{ element, update }`,
 * whose `update(item, index, items)` changes it in place.
 */
export function keptRows(element, keyOf, make) {
  const rows = new Map();
  return (items) => {
    const keys = new Set(items.map(keyOf));
    for (const key of rows.keys()) if (!keys.has(key)) rows.delete(key);
    arrange(element, items.map((item, index) => {
      const key = keyOf(item);
      if (!rows.has(key)) rows.set(key, make(item));
      const row = rows.get(key);
      row.update?.(item, index, items);
      return row.element;
    }));
  };
}
