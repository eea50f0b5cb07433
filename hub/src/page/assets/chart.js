// A line chart of the series that share a unit, drawn as SVG: axis, grid, lines with gaps, a cursor for pointer and keys.
// It draws what it is given; loading and live values are telemetry.js's.

import { announce } from './announce.js';
import { freshId, h, replace, s, setText } from './dom.js';
import { formatNumber, formatTime } from './format.js';
import { linear, niceRange, timeLabel, timeTicks } from './scale.js';
import { gapLength, perColumn, runs } from './series.js';
import { texts } from './texts.js';

const HEIGHT = 220;
const EMPTY_HEIGHT = 64;
const EDGE = { top: 12, right: 20, bottom: 26, left: 52 };
const SHORTEST_SPAN = 60_000;

export class Chart {
  /** `lines`: `[{ key, name, label, series }]`, at most four. */
  constructor(lines, unit, testId) {
    this.lines = lines;
    this.unit = unit;
    this.range = 300_000;
    this.cursor = null;
    this.frame = 0;
    const title = freshId('chart');
    this.plot = s('svg', {
      class: 'plot', role: 'img', tabindex: 0, height: HEIGHT, 'aria-labelledby': title,
      'aria-description': texts.telemetry.chartHint,
      on: {
        pointermove: (event) => this.#point(event), pointerleave: () => this.#moveTo(null), keydown: (event) => this.#key(event),
        blur: () => this.#moveTo(null),
      },
    });
    this.tip = h('div', { class: 'tip', hidden: true });
    this.summary = h('p', { class: 'chart-summary' });
    this.table = h('details', { class: 'chart-table', on: { toggle: () => this.#drawTable() } }, h('summary', {}, texts.telemetry.table));
    this.element = h('figure', { class: 'chart', 'data-testid': testId, 'data-series': lines.map((line) => line.name).join(' ') },
      h('figcaption', { class: 'chart-title', id: title },
        lines.map((line, index) => h('span', { class: `legend line-${index}` }, h('i', { 'aria-hidden': 'true' }), line.label)),
        unit ? h('span', { class: 'chart-unit' }, unit) : null),
      h('div', { class: 'chart-body' }, this.plot, this.tip), this.summary, this.table);
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(this.element);
  }

  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
  }

  /** Draws with the next frame; several calls in between are one drawing. */
  redraw() {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.#draw();
    });
  }

  #draw() {
    const width = Math.floor(this.plot.getBoundingClientRect().width);
    if (width < 80) return;
    const to = Date.now();
    const from = this.#begin(to);
    const visible = this.lines.map((line) => line.series.since(from));
    const values = visible.flat().map(([, value]) => value);
    this.#size(width, values.length > 0);
    this.x = linear(from, to, EDGE.left, width - EDGE.right);
    if (values.length === 0) {
      this.y = null;
      replace(this.plot, s('text', { class: 'no-data', x: width / 2, y: EMPTY_HEIGHT / 2 }, texts.telemetry.noData));
      return;
    }
    const vertical = niceRange(least(values), greatest(values), 4);
    this.y = linear(vertical.low, vertical.high, HEIGHT - EDGE.bottom, EDGE.top);
    replace(this.plot, this.#grid(vertical.ticks, from, to, width), visible.map((points, index) => this.#line(points, index)));
    this.#drawCursor();
    this.#summarize(visible[0], values);
    if (this.table.open) this.#drawTable();
  }

  /** An empty chart takes little room. */
  #size(width, filled) {
    const height = filled ? HEIGHT : EMPTY_HEIGHT;
    this.plot.setAttribute('height', height);
    this.plot.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.summary.hidden = !filled;
    this.table.hidden = !filled;
  }

  /** A young series fills the width instead of a corner of it. */
  #begin(to) {
    const first = Math.min(...this.lines.map((line) => line.series.points[0]?.[0] ?? Infinity));
    return Math.max(to - this.range, Math.min(first, to - SHORTEST_SPAN));
  }

  #grid(ticks, from, to, width) {
    const across = timeTicks(from, to, Math.max(2, Math.floor(width / 110)));
    return s('g', { class: 'grid', 'aria-hidden': 'true' },
      ticks.map((value) => [
        s('line', { x1: EDGE.left, x2: width - EDGE.right, y1: this.y(value), y2: this.y(value) }),
        s('text', { class: 'tick-y', x: EDGE.left - 8, y: this.y(value) + 4 }, formatNumber(value)),
      ]),
      across.ticks.map((at) => s('text', { class: 'tick-x', x: this.x(at), y: HEIGHT - 7 }, timeLabel(at, across.step))));
  }

  #line(points, index) {
    const gap = gapLength(points, this.lines[index].series.step);
    const pieces = runs(points, gap).map((run) => perColumn(run, (at) => Math.floor(this.x(at))));
    const path = pieces.map((run) => `M${run.map(([at, value]) => `${this.#px(at)},${round(this.y(value))}`).join('L')}`).join('');
    const lone = pieces.filter((run) => run.length === 1).map(([[at, value]]) => s('circle', { cx: this.#px(at), cy: this.y(value), r: 2 }));
    return s('g', { class: `line line-${index}` }, s('path', { d: path }), lone);
  }

  #px(at) {
    return round(Math.max(EDGE.left, this.x(at)));
  }

  #point(event) {
    const pixel = event.clientX - this.plot.getBoundingClientRect().left;
    this.#moveTo(this.x?.invert(pixel) ?? null);
  }

  #key(event) {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const { points } = this.lines[0].series;
    if (direction === undefined || points.length === 0) return;
    event.preventDefault();
    const at = this.cursor === null ? points.length : points.findIndex((point) => point[0] >= this.cursor);
    const next = points[Math.min(points.length - 1, Math.max(0, (at < 0 ? points.length : at) + direction))];
    this.#moveTo(next[0]);
    announce(this.plot, `${formatTime(next[0])}: ${this.#text(next[1])}`);
  }

  #moveTo(at) {
    this.cursor = at;
    this.#drawCursor();
  }

  #drawCursor() {
    this.plot.querySelector('.cursor')?.remove();
    const samples = this.cursor === null || !this.y ? [] : this.lines.map((line) => line.series.nearest(this.cursor));
    const [anchor] = samples.filter((sample) => sample !== null);
    this.tip.hidden = !anchor || this.x(anchor[0]) < EDGE.left;
    if (this.tip.hidden) return;
    const x = this.x(anchor[0]);
    this.plot.append(s('g', { class: 'cursor', 'aria-hidden': 'true' },
      s('line', { x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
      samples.map((sample, index) => sample && s('circle', { class: `line-${index}`, cx: this.x(sample[0]), cy: this.y(sample[1]), r: 4 }))));
    replace(this.tip, h('span', { class: 'tip-time' }, formatTime(anchor[0])),
      samples.map((sample, index) => sample && h('span', { class: `legend line-${index}` }, h('i'), this.#text(sample[1]))));
    const right = x > this.plot.getBoundingClientRect().width / 2;
    this.tip.classList.toggle('tip-left', right);
    this.tip.style.left = `${x}px`;
  }

  #text(value) {
    return this.unit ? `${formatNumber(value)} ${this.unit}` : formatNumber(value);
  }

  #summarize(points, values) {
    const last = points.at(-1)?.[1] ?? values.at(-1);
    setText(this.summary, texts.telemetry.summary(this.#text(last), this.#text(least(values)), this.#text(greatest(values))));
  }

  #drawTable() {
    this.table.querySelector('table')?.remove();
    if (!this.table.open) return;
    const rows = this.lines[0].series.points.slice(-25).reverse();
    const others = this.lines.slice(1);
    this.table.append(h('table', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, texts.telemetry.time), this.lines.map((line) => h('th', { scope: 'col' }, line.label)))),
      h('tbody', {}, rows.map(([at, value]) => h('tr', {}, h('td', {}, formatTime(at)), h('td', {}, this.#text(value)),
        others.map((line) => h('td', {}, this.#text(line.series.nearest(at)?.[1] ?? NaN))))))));
  }
}

const round = (pixel) => Math.round(pixel * 10) / 10;
const least = (values) => values.reduce((a, b) => Math.min(a, b));
const greatest = (values) => values.reduce((a, b) => Math.max(a, b));
