// The points of a chart as a table, for whoever cannot or does not want to read the lines; 25 rows a page, the newest first.

import { h, replace, setText } from '../dom.js';
import { formatTime } from '../format.js';
import { texts } from '../texts.js';

const words = texts.chart;
const PAGE = 25;

export function pointTable(lines) {
  const body = h('tbody');
  const position = h('span', { role: 'status' });
  const [newer, older] = [[-1, '‹', words.newer], [1, '›', words.older]].map(([by, text, label]) => h('button', {
    type: 'button', class: 'small', 'aria-label': label, on: { click: () => { page += by; draw(window); } },
  }, text));
  const element = h('details', { class: 'chart-table', on: { toggle: () => draw(window) } }, h('summary', {}, words.table),
    h('table', {}, h('thead', {}, h('tr', {}, [words.time, ...lines.map((line) => line.label)].map((title) => h('th', { scope: 'col' }, title)))), body),
    h('div', { class: 'pager' }, newer, position, older));
  let page = 0;
  let window = [0, 0];

  function draw(shown) {
    window = shown;
    if (!element.open) return;
    const rows = rowsOf(lines, shown);
    page = Math.max(0, Math.min(page, Math.ceil(rows.length / PAGE) - 1));
    const part = rows.slice(page * PAGE, (page + 1) * PAGE);
    replace(body, part.map(({ t, cells }) => h('tr', {}, h('td', {}, formatTime(t)), lines.map((line, index) => h('td', {}, cell(line, cells[index]))))));
    newer.disabled = page === 0;
    older.disabled = (page + 1) * PAGE >= rows.length;
    setText(position, rows.length === 0 ? words.noData : texts.devices.page(page * PAGE + 1, page * PAGE + part.length, rows.length));
  }

  return { element, draw };
}

/** A row for each time, the newest first; values of one line at the same time are rows of their own. */
function rowsOf(lines, window) {
  const rows = new Map();
  lines.forEach(({ series }, index) => {
    let [last, turn] = [null, 0];
    for (const point of series.inside(...window)) {
      turn = point.t === last ? turn + 1 : 0;
      last = point.t;
      const key = `${point.t} ${turn}`;
      if (!rows.has(key)) rows.set(key, { t: point.t, turn, cells: [] });
      rows.get(key).cells[index] = point;
    }
  });
  return [...rows.values()].sort((a, b) => b.t - a.t || b.turn - a.turn);
}

function cell({ text }, point) {
  if (!point) return texts.none;
  return point.n > 1 ? `${text(point.last)} ${words.column(point.n, text(point.min), text(point.max))}` : text(point.last);
}
