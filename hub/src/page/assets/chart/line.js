// A chart of numeric telemetry: up to two units share a plot, one axis each; more units are plots of their own below, with the
// same range and cursor. It loads history for the range from the hub and adds what arrives.

import { api } from '../api.js';
import { h, hook, setText } from '../dom.js';
import { formatAge, formatTime } from '../format.js';
import { texts } from '../texts.js';
import { valueText } from '../value.js';
import { follow, nameOf, seriesPath } from './follow.js';
import { legend } from './legend.js';
import { Plot } from './plot.js';
import { ADDED, LOADED, Series, extremes } from './series.js';
import { pagedTable } from './table.js';

const words = texts.chart;
const AXES = 2;
const SHORTEST = 60_000; // shown of a young series
const COLOURS = 4;

export function lineChart(capabilities, { data, range, title, template }) {
  const lines = capabilities.map((capability, index) => ({
    capability, colour: `line-${index % COLOURS}`, label: template.fullLabel(capability), series: new Series(), hidden: false,
    text: (value) => valueText(value, capability),
  }));
  const name = nameOf(lines, title);
  const plots = byUnits(lines).map((own) => new Plot(own, range, name));
  // one cursor for all: the others show the same time
  for (const plot of plots) plot.onMove = (t) => plots.forEach((other) => other !== plot && other.showCursor(t));
  const summary = h('p', { class: 'chart-summary' });
  const past = h('button', { type: 'button', class: 'small past', hidden: true, 'data-testid': 'show-past', on: { click: () => range.center(pastOf(lines, range.window())) } }, words.past(formatAge(0)));
  const table = pagedTable([words.time, ...lines.map((line) => line.label)], {
    rows: (window) => rowsOf(lines, window), cells: ({ t, points }) => [formatTime(t), ...lines.map((line, index) => cell(line, points[index]))],
  });
  const [{ component, name: first, inner = [] }] = capabilities;
  const element = h('figure', { class: 'chart', 'data-testid': hook('chart', component, [first, ...inner].join('.')), 'aria-label': name },
    h('figcaption', { class: 'chart-title' }, title ? h('span', {}, title) : null, legend(lines, draw)),
    plots.map((plot) => plot.element), past, summary, table.element);

  function draw() {
    const window = shownWindow(lines, range);
    for (const plot of plots) plot.draw(window);
    setText(summary, lines.filter((line) => !line.hidden).map((line) => summaryOf(line, window)).join(' · '));
    table.draw(window);
    const last = pastOf(lines, window);
    past.hidden = last === null;
    if (last !== null) setText(past, words.past(formatAge(last)));
  }

  const life = follow({
    element, entries: lines, data, range, draw,
    ask: (from, to) => api.series(data.id, lines.map(({ capability }) => seriesPath(capability)), from, to, { width: Math.round(plots[0].width()), most: LOADED }),
    take: ({ series }) => lines.forEach((line, index) => line.series.load(series[index])),
    arrived: ({ series }, t, value) => take(series, t, value),
    interrupted: (t) => lines.forEach(({ series }) => series.gaps.interrupt(t)),
    isFull: () => lines.some(({ series }) => series.added > ADDED),
  });
  return {
    element,
    close() {
      life.close();
      for (const plot of plots) plot.close();
    },
  };
}

/** A value of the stream. As the hub does with what it keeps: nothing is drawn across a null or what says that it is no number. */
function take(series, t, value) {
  if (['number', 'bigint'].includes(typeof value)) series.add(t, value);
  else if (value === null || ['NaN', 'Infinity', '-Infinity'].includes(value)) series.gaps.interrupt(t);
}

/** A young series that is followed fills the width instead of a corner of it. */
function shownWindow(lines, range) {
  const [from, to] = range.window();
  const first = Math.min(...lines.map(({ series }) => series.points[0]?.t ?? Infinity));
  return [range.isLive ? Math.max(from, Math.min(first, to - SHORTEST)) : from, to];
}

function summaryOf({ series, label, text }, [from, to]) {
  const points = series.inside(from, to);
  if (points.length === 0) return `${label}: ${words.noData}`;
  const { min, max } = extremes(points);
  return words.summary(label, text(points.at(-1).last), text(min), text(max), points.reduce((sum, point) => sum + point.n, 0));
}

/** The time of the last value before a range that has none, or null. */
function pastOf(lines, [from, to]) {
  if (lines.some(({ series }) => series.inside(from, to).length > 0)) return null;
  const times = lines.flatMap(({ series }) => series.around(from, to)).map(({ tLast }) => tLast).filter((t) => t < from);
  return times.length === 0 ? null : Math.max(...times);
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
      if (!rows.has(key)) rows.set(key, { t: point.t, turn, points: [] });
      rows.get(key).points[index] = point;
    }
  });
  return [...rows.values()].sort((a, b) => b.t - a.t || b.turn - a.turn);
}

function cell({ text }, point) {
  if (!point) return texts.none;
  return point.n > 1 ? `${text(point.last)} ${words.column(point.n, text(point.min), text(point.max))}` : text(point.last);
}

/** Lines by plot: the first two units together, the next two, and so on. */
function byUnits(lines) {
  const unitOf = (line) => line.capability.unit ?? '';
  const units = [...new Set(lines.map(unitOf))];
  for (const line of lines) line.axis = units.indexOf(unitOf(line)) % AXES;
  const plotOf = (line) => Math.floor(units.indexOf(unitOf(line)) / AXES);
  return Array.from({ length: Math.ceil(units.length / AXES) }, (_, plot) => lines.filter((line) => plotOf(line) === plot));
}
