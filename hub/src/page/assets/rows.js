// Rows of a list that are kept while the list changes: a row that is made anew under the pointer or the focus loses the press, the
// focus, a selection and what is unfolded in it. What is shown already changes at once; rows come, go and move when nothing in the
// list is held (see held.js).

import { arrange } from './dom.js';
import { whenFree } from './held.js';

/**
 * Answers how to show items in `element`. `keyOf(item)` says which row an item has; `make(item)` makes one, `{ element, update }`,
 * whose `update(item, index, items)` changes it in place. The answer's `row(key)` is the row of an item, `rows()` are all of them.
 */
export function keptRows(element, keyOf, make) {
  const rows = new Map();
  let wanted = [];

  function place() {
    const keys = new Set(wanted.map(keyOf));
    for (const key of rows.keys()) if (!keys.has(key)) rows.delete(key);
    arrange(element, wanted.map((item, index) => {
      const key = keyOf(item);
      if (!rows.has(key)) {
        rows.set(key, make(item));
        rows.get(key).update?.(item, index, wanted);
      }
      return rows.get(key).element;
    }));
  }

  function show(items) {
    wanted = items;
    items.forEach((item, index) => rows.get(keyOf(item))?.update?.(item, index, items));
    whenFree(element, place);
  }

  return Object.assign(show, {
    row: (key) => rows.get(key),
    rows: () => wanted.map((item) => rows.get(keyOf(item))).filter((row) => row !== undefined),
  });
}
