// One plot: axes, grid, lines with their bands between least and greatest, and a cursor for pointer, touch and keys. It draws
// what it is given; loading is line.js's.

import { announce } from '../announce.js';
import { h, replace, s } from '../dom.js';
import { formatTime } from '../format.js';
import { texts } from '../texts.js';
import { gestures } from './gestures.js';
import { linear, niceRange, tickText, timeLabel, timeTicks, zoneText } from './scale.js';
import { perColumn } from './series.js';

const words = texts.chart;
const HEIGHT = 216;
const EDGE = { top: 24, right: 16, bottom: 26, left: 52 };
const ROOM = 46; // of a second axis
const TICKS = 4;

export class Plot {
  constructor(lines, range, name) {
    this.lines = lines;
    this.range = range;
    this.right = lines.some((line) => line.axis === 1) ? ROOM : EDGE.right;
    this.cursor = null;
    this.onMove = () => {}; // told of a cursor that is moved here
    this.pinned = false;
    this.selection = null;
    this.axes = [];
    this.svg = s('svg', { class: 'plot', role: 'img', tabindex: 0, height: HEIGHT, 'aria-label': name, 'aria-description': words.hint });
    this.body = s('g');
    this.overlay = s('g', { 'aria-hidden': 'true' });
    this.svg.append(this.body, this.overlay);
    this.tip = h('div', { class: 'tip', hidden: true });
    this.element = h('div', { class: 'chart-body' }, this.svg, this.tip);
    this.stop = gestures(this);
  }

  close() {
    this.stop();
  }

  width() {
    return Math.max(100, this.svg.getBoundingClientRect().width || 600);
  }

  draw([from, to]) {
    const width = Math.floor(this.width());
    this.from = from;
    this.to = to;
    this.svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    this.x = linear(from, to, EDGE.left, width - this.right);
    const shown = this.lines.filter((line) => !line.hidden).map((line) => ({ line, points: line.series.within(from, to) }));
    this.axes = [0, 1].map((axis) => this.#axis(shown.filter(({ line }) => line.axis === axis)));
    const main = this.axes.find((axis) => axis !== null);
    replace(this.body, this.#grid(main, width), main ? shown.map(({ line, points }) => this.#line(line, points)) : this.#nothing(width));
    this.#drawOverlay();
  }

  /** Values to pixels for the lines of one axis, or null without values. */
  #axis(shown) {
    const points = shown.flatMap((one) => one.points);
    if (points.length === 0) return null;
    const { display } = shown[0].line.capability;
    const low = Math.min(display?.min ?? Infinity, points.reduce((least, point) => Math.min(least, point.min), Infinity));
    const high = Math.max(display?.max ?? -Infinity, points.reduce((most, point) => Math.max(most, point.max), -Infinity));
    const nice = niceRange(low, high, TICKS);
    return Object.assign(linear(nice.low, nice.high, HEIGHT - EDGE.bottom, EDGE.top), { ticks: nice.ticks, step: nice.step, unit: shown[0].line.capability.unit });
  }

  #grid(main, width) {
    const across = timeTicks(this.from, this.to, Math.max(2, Math.floor(width / 110)));
    const [left, right] = this.axes;
    const end = width - this.right;
    return s('g', { class: 'grid', 'aria-hidden': 'true' },
      (main?.ticks ?? []).map((value) => s('line', { x1: EDGE.left, x2: end, y1: main(value), y2: main(value) })),
      (left?.ticks ?? []).map((value) => s('text', { class: 'tick-y', x: EDGE.left - 8, y: left(value) + 4 }, tickText(value, left.step))),
      (right?.ticks ?? []).map((value) => s('text', { x: end + 8, y: right(value) + 4 }, tickText(value, right.step))),
      left?.unit ? s('text', { class: 'axis-unit tick-y', x: EDGE.left - 8, y: 11 }, left.unit) : null,
      right?.unit ? s('text', { class: 'axis-unit', x: end + 8, y: 11 }, right.unit) : null,
      across.ticks.filter((at) => this.x(at) > EDGE.left + 16 && this.x(at) < end - 30).map((at) => s('text', { class: 'tick-x', x: this.x(at), y: HEIGHT - 7 }, timeLabel(at, across.step))),
      s('text', { class: 'tick-y zone', x: width - 2, y: HEIGHT - 7 }, zoneText(this.to)));
  }

  #nothing(width) {
    return s('text', { class: 'no-data', x: width / 2, y: HEIGHT / 2 }, words.noDataHere);
  }

  #line({ series, colour, axis, capability }, points) {
    const y = this.axes[axis];
    const px = (t) => round(Math.min(Math.max(this.x(t), EDGE.left), this.width() - this.right));
    const pieces = series.runs(points).map((run) => perColumn(run, (t) => Math.floor(this.x(t))));
    const path = pieces.map((run) => `M${run.map((point) => corners(point).map((value) => `${px(point.t)},${round(y(value))}`).join('L')).join('L')}`).join('');
    const bands = pieces.filter((run) => run.some((point) => point.min !== point.max)).map((run) => `M${[...run.map((point) => `${px(point.t)},${round(y(point.max))}`),
      ...run.toReversed().map((point) => `${px(point.t)},${round(y(point.min))}`)].join('L')}Z`).join('');
    const lone = pieces.filter((run) => run.length === 1).map(([point]) => s('circle', { cx: px(point.t), cy: round(y(point.last)), r: 2 }));
    const group = s('g', { class: `line ${colour}` }, bands ? s('path', { class: 'band', d: bands }) : null, s('path', { class: 'stroke', d: path }), lone);
    if (capability.display?.color) group.style.color = capability.display.color;
    return group;
  }

  /** The time under a pixel of the page. */
  timeAt(clientX) {
    return this.x?.invert(clientX - this.svg.getBoundingClientRect().left) ?? null;
  }

  /** Moves the cursor; `spoken` for the keyboard. */
  moveTo(t, spoken = false) {
    this.showCursor(t);
    this.onMove(t);
    if (spoken && t !== null) announce(this, this.#samples().map(({ line, point }) => `${line.label} ${line.text(point.last)}, ${formatTime(point.tLast)}`).join('; '));
  }

  showCursor(t) {
    this.cursor = t;
    this.#drawOverlay();
  }

  /** The next point of the first line that is shown, from the cursor on. */
  step(direction) {
    const line = this.lines.find((one) => !one.hidden && one.series.points.length > 0);
    if (!line) return null;
    const { series } = line;
    const at = this.cursor === null ? series.points.length : series.index(this.cursor);
    return series.points[Math.min(series.points.length - 1, Math.max(0, at + direction))].t;
  }

  select(selection) {
    this.selection = selection;
    this.#drawOverlay();
  }

  #samples() {
    return this.lines.filter((line) => !line.hidden).map((line) => ({ line, point: line.series.nearest(this.cursor) }))
      .filter(({ point }) => point && point.t >= this.from && point.t <= this.to);
  }

  #drawOverlay() {
    const marks = [];
    if (this.selection && this.x) {
      const [a, b] = this.selection.map(this.x).sort((left, right) => left - right);
      marks.push(s('rect', { class: 'selection', x: a, width: Math.max(1, b - a), y: EDGE.top, height: HEIGHT - EDGE.top - EDGE.bottom }));
    }
    const samples = this.cursor === null || !this.x ? [] : this.#samples();
    this.tip.hidden = samples.length === 0;
    if (samples.length > 0) {
      const x = this.x(samples[0].point.t);
      marks.push(s('line', { class: 'cursor', x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
        ...samples.map(({ line, point }) => s('circle', { class: `dot ${line.colour}`, cx: this.x(point.t), cy: this.axes[line.axis](point.last), r: 4 })));
      this.#drawTip(samples, x);
    }
    replace(this.overlay, marks);
  }

  #drawTip(samples, x) {
    replace(this.tip, h('span', { class: 'tip-time' }, formatTime(samples[0].point.tLast), this.pinned ? ` · ${words.pinned}` : ''),
      samples.map(({ line, point }) => h('span', { class: `legend ${line.colour}` }, h('i'), `${line.label} ${line.text(point.last)}`,
        point.n > 1 ? h('span', { class: 'weak' }, words.column(point.n, line.text(point.min), line.text(point.max))) : null)));
    this.tip.classList.toggle('tip-left', x > this.width() / 2);
    this.tip.style.left = `${x}px`;
  }
}

/** The values that a line goes through in one column. */
const corners = ({ first, min, max, last, n }) => (n === 1 ? [last] : [first, min, max, last]);
const round = (pixel) => Math.round(pixel * 10) / 10;
