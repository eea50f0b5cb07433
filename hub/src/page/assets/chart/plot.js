// One plot: axes, grid, lines with their bands between least and greatest, and a cursor for pointer, touch and keys. It draws
// what it is given; loading is line.js's.

import { announce } from '../announce.js';
import { freshId, h, replace, s } from '../dom.js';
import { formatTime } from '../format.js';
import { texts } from '../texts.js';
import { timeAxis } from './axis.js';
import { gestures } from './gestures.js';
import { linear, niceRange, tickText } from './scale.js';
import { extremes, perColumn, samples } from './series.js';

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
    this.ranges = [null, null]; // of the axes, while the cursor is there
    this.clip = freshId('frame');
    this.frame = s('rect', { x: EDGE.left, y: 0, height: HEIGHT });
    this.svg = s('svg', { class: 'plot', role: 'img', tabindex: 0, height: HEIGHT, 'aria-label': name, 'aria-description': words.hint });
    this.body = s('g');
    this.overlay = s('g', { 'aria-hidden': 'true' });
    this.svg.append(s('clipPath', { id: this.clip }, this.frame), this.body, this.overlay);
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
    this.window = [from, to];
    this.svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    this.x = linear(from, to, EDGE.left, width - this.right);
    this.frame.setAttribute('width', width - this.right - EDGE.left);
    const shown = this.lines.filter((line) => !line.hidden).map((line) => ({ line, points: line.series.around(from, to) })).filter(({ line, points }) => isSeen(line.series, points, this.window));
    this.axes = [0, 1].map((axis) => this.#axis(axis, shown.filter(({ line }) => line.axis === axis)));
    const main = this.axes.find((axis) => axis !== null);
    replace(this.body, this.#grid(main, width), main ? s('g', { 'clip-path': `url(#${this.clip})` }, shown.map(({ line, points }) => this.#line(line, points))) : this.#nothing(width));
    this.#drawOverlay();
  }

  /** Values to pixels for the lines of one axis, or null without values. */
  #axis(axis, shown) {
    const found = extremes(shown.flatMap((one) => one.points));
    if (found === null) return null;
    const { display, unit } = shown[0].line.capability;
    // an axis that moves while somebody reads values off it would be in the way: it only grows
    const held = this.cursor === null || !this.range.isLive ? null : this.ranges[axis];
    const low = Math.min(display?.min ?? Infinity, Number(found.min), held?.[0] ?? Infinity);
    const high = Math.max(display?.max ?? -Infinity, Number(found.max), held?.[1] ?? -Infinity);
    this.ranges[axis] = [low, high];
    const nice = niceRange(low, high, TICKS);
    const scale = linear(nice.low, nice.high, HEIGHT - EDGE.bottom, EDGE.top);
    return Object.assign((value) => scale(Number(value)), { ticks: nice.ticks, step: nice.step, unit });
  }

  #grid(main, width) {
    const [left, right] = this.axes;
    const end = width - this.right;
    return s('g', { class: 'grid', 'aria-hidden': 'true' },
      (main?.ticks ?? []).map((value) => s('line', { x1: EDGE.left, x2: end, y1: main(value), y2: main(value) })),
      (left?.ticks ?? []).map((value) => s('text', { class: 'tick-y', x: EDGE.left - 8, y: left(value) + 4 }, tickText(value, left.step))),
      (right?.ticks ?? []).map((value) => s('text', { x: end + 8, y: right(value) + 4 }, tickText(value, right.step))),
      left?.unit ? s('text', { class: 'axis-unit tick-y', x: EDGE.left - 8, y: 11 }, left.unit) : null,
      right?.unit ? s('text', { class: 'axis-unit', x: end + 8, y: 11 }, right.unit) : null,
      timeAxis(this.x, this.window, [EDGE.left, end], width, HEIGHT - 7));
  }

  #nothing(width) {
    return s('text', { class: 'no-data', x: width / 2, y: HEIGHT / 2 }, words.noDataHere);
  }

  #line({ series, colour, axis, capability }, points) {
    const y = this.axes[axis];
    const spot = (t, value) => `${round(this.x(t))},${round(y(value))}`;
    const pieces = series.runs(points).map((run) => perColumn(run, (t) => Math.floor(this.x(t))));
    const path = pieces.map((run) => `M${run.map((point) => samples(point).map(([t, value]) => spot(t, value)).join('L')).join('L')}`).join('');
    const bands = pieces.filter((run) => run.some(({ n }) => n > 1)).map((run) => `M${[...run.map(({ t, max }) => spot(t, max)), ...run.toReversed().map(({ t, min }) => spot(t, min))].join('L')}Z`).join('');
    const lone = pieces.filter((run) => run.length === 1).map(([{ t, last }]) => s('circle', { cx: round(this.x(t)), cy: round(y(last)), r: 2 }));
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
    if (spoken && t !== null) announce(this, this.#samples().map(({ line, t: at, value }) => `${line.label} ${line.text(value)}, ${formatTime(at)}`).join('; '));
  }

  showCursor(t) {
    this.cursor = t;
    this.#drawOverlay();
  }

  /** The next point of the first line that is shown, from the cursor on. */
  step(direction) {
    const points = this.lines.find((line) => !line.hidden && line.series.inside(...this.window).length > 0)?.series.inside(...this.window);
    if (!points) return null;
    const known = points.findLastIndex(({ t }) => this.cursor !== null && t <= this.cursor);
    const at = this.cursor === null ? points.length : known;
    return points[Math.min(points.length - 1, Math.max(0, at + direction))].t;
  }

  select(selection) {
    this.selection = selection;
    this.#drawOverlay();
  }

  /** The sample of each line that is nearest to the cursor. */
  #samples() {
    return this.lines.filter((line) => !line.hidden && this.axes[line.axis]).map((line) => ({ line, ...line.series.nearest(this.cursor, this.window) })).filter(({ point }) => point);
  }

  #drawOverlay() {
    const marks = [];
    if (this.selection && this.x) {
      const [a, b] = this.selection.map(this.x).sort((left, right) => left - right);
      marks.push(s('rect', { class: 'selection', x: a, width: Math.max(1, b - a), y: EDGE.top, height: HEIGHT - EDGE.top - EDGE.bottom }));
    }
    const found = this.cursor === null || !this.x ? [] : this.#samples();
    this.tip.hidden = found.length === 0;
    if (found.length > 0) {
      const x = this.x(found[0].t);
      marks.push(s('line', { class: 'cursor', x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
        ...found.map(({ line, t, value }) => s('circle', { class: `dot ${line.colour}`, cx: this.x(t), cy: this.axes[line.axis](value), r: 4 })));
      this.#drawTip(found, x);
    }
    replace(this.overlay, marks);
  }

  #drawTip(found, x) {
    replace(this.tip, h('span', { class: 'tip-time' }, formatTime(found[0].t), this.pinned ? ` · ${words.pinned}` : ''),
      found.map(({ line, value, point }) => h('span', { class: `legend ${line.colour}` }, h('i'), `${line.label} ${line.text(value)}`,
        point.n > 1 ? h('span', { class: 'weak' }, words.column(point.n, line.text(point.min), line.text(point.max))) : null)));
    this.tip.classList.toggle('tip-left', x > this.width() / 2);
    this.tip.style.left = `${x}px`;
  }
}

/** Whether points around a frame show anything in it: one that is there, or a line that crosses it. */
const isSeen = (series, points, [from, to]) => points.some(({ t }) => t >= from && t <= to) || (points.length > 1 && series.runs(points).length === 1);
const round = (pixel) => Math.round(pixel * 10) / 10;
