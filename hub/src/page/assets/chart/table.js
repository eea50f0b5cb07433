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
    const times = [...new Set(lines.flatMap(({ series }) => series.points.map((point) => point.t)))].filter((t) => t >= shown[0] && t <= shown[1]).sort((a, b) => b - a);
    page = Math.max(0, Math.min(page, Math.ceil(times.length / PAGE) - 1));
    replace(body, times.slice(page * PAGE, (page + 1) * PAGE).map((t) => h('tr', {}, h('td', {}, formatTime(t)), lines.map((line) => h('td', {}, cell(line, t))))));
    newer.disabled = page === 0;
    older.disabled = (page + 1) * PAGE >= times.length;
    setText(position, times.length === 0 ? words.noData : texts.pager.page(page * PAGE + 1, Math.min(times.length, (page + 1) * PAGE), times.length));
  }

  return { element, draw };
}

function cell({ series, text }, t) {
  const point = series.points[series.index(t)];
  if (point?.t !== t) return texts.none;
  return point.n > 1 ? `${text(point.last)} ${words.column(point.n, text(point.min), text(point.max))}` : text(point.last);
}
