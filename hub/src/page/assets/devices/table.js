// The table of devices: heads that sort, and rows that stay while their devices change (see ../rows.js).

import { h } from '../dom.js';
import { keptRows } from '../rows.js';
import { texts } from '../texts.js';
import { deviceRow } from './row.js';

const words = texts.devices;

/** The columns that can be sorted by; the hub knows them by these words, and with `-` before them the other way round. */
const SORTABLE = ['name', 'status', 'conn', 'template', 'seen'];

/** `onSort(word)` is told of another order; `boxes` is what a row needs for its box. */
export function deviceTable({ onSort, boxes }) {
  let sort = 'name';
  const body = h('tbody', { 'data-rows': true });
  const rows = keptRows(body, ({ id }) => id, (device) => deviceRow(device, boxes));
  const heads = Object.entries(words.columns).map(([name, title]) => {
    if (!SORTABLE.includes(name)) return h('th', { scope: 'col' }, h('span', { class: name === 'actions' ? 'visually-hidden' : null }, title));
    return h('th', { scope: 'col', 'data-column': name }, h('button', {
      type: 'button', class: 'sort', 'data-sort-by': name, title: words.sortBy(title), on: { click: () => onSort(sort === name ? `-${name}` : name) },
    }, title));
  });
  const element = h('table', { class: 'cards devices', hidden: true }, h('thead', {}, h('tr', {}, heads)), body);

  return {
    element,
    rows,
    /** Shows devices in this order. */
    update(devices, order) {
      sort = order;
      for (const head of heads.filter(({ dataset }) => dataset.column)) {
        const isBy = head.dataset.column === sort.replace('-', '');
        head.setAttribute('aria-sort', !isBy ? 'none' : sort.startsWith('-') ? 'descending' : 'ascending');
      }
      rows(devices);
      element.hidden = devices.length === 0;
    },
  };
}
