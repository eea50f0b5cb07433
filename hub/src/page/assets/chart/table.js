// What a chart shows as a table, for whoever cannot or does not want to read it off; 25 rows a page, the newest first.

import { h, replace, setText } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.chart;
const PAGE = 25;

/** A table with these titles; `rows(window)` are all rows of a time, of which `cells(row)` is called for those that are shown. */
export function pagedTable(titles, { rows, cells }) {
  const body = h('tbody');
  const position = h('span', { role: 'status' });
  const [newer, older] = [[-1, '‹', words.newer], [1, '›', words.older]].map(([by, text, label]) => h('button', {
    type: 'button', class: 'small', 'aria-label': label, on: { click: () => { page += by; draw(window); } },
  }, text));
  const element = h('details', { class: 'chart-table', on: { toggle: () => draw(window) } }, h('summary', {}, words.table),
    h('table', {}, h('thead', {}, h('tr', {}, titles.map((title) => h('th', { scope: 'col' }, title)))), body),
    h('div', { class: 'pager' }, newer, position, older));
  let page = 0;
  let window = [0, 0];

  function draw(shown) {
    window = shown;
    if (!element.open) return;
    const all = rows(window);
    page = Math.max(0, Math.min(page, Math.ceil(all.length / PAGE) - 1));
    const part = all.slice(page * PAGE, (page + 1) * PAGE);
    replace(body, part.map((row) => h('tr', {}, cells(row).map((text) => h('td', {}, text)))));
    newer.disabled = page === 0;
    older.disabled = (page + 1) * PAGE >= all.length;
    setText(position, all.length === 0 ? words.noData : texts.pager.page(page * PAGE + 1, page * PAGE + part.length, all.length));
  }

  return { element, draw };
}
