// The time range that the charts of a view share, and its bar of buttons. Every gesture on a chart has a button here. The
// range stands in the address: `span` seconds up to now, or `from` and `to`.

import { freshId, h, setText } from '../dom.js';
import { texts } from '../texts.js';
import { isUtc, setUtc } from './scale.js';

const words = texts.chart;
const PRESETS = [300, 1800, 3600, 43_200, 86_400, 604_800];
const USUAL = 1800;
const LONGEST = 366 * 86_400_000;
const SHORTEST = 1000;

export class TimeRange {
  constructor(query, usual, setQuery) {
    this.usual = usual ?? USUAL;
    this.setQuery = setQuery;
    this.listeners = new Set();
    const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')];
    const span = Number(query.get('span'));
    this.fixed = from < to ? [from, to] : null;
    this.span = (span > 0 ? Math.min(span * 1000, LONGEST) : this.usual * 1000);
  }

  get isLive() {
    return this.fixed === null;
  }

  /** The shown range in milliseconds; a live one ends now. */
  window(now = Date.now()) {
    return this.fixed ?? [now - this.span, now];
  }

  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Shows just this range. */
  zoom(from, to) {
    const middle = (from + to) / 2;
    const half = Math.min(LONGEST, Math.max(SHORTEST, to - from)) / 2;
    this.#set([Math.round(middle - half), Math.round(middle + half)], this.span);
  }

  /** Makes the range so many times as long, around a time that stays in place. */
  scale(factor, around = null) {
    const [from, to] = this.window();
    if (this.isLive && around === null) return this.follow(Math.min(LONGEST, (to - from) * factor));
    const at = around ?? (from + to) / 2;
    return this.zoom(at - (at - from) * factor, at + (to - at) * factor);
  }

  /** Moves by a part of its length. */
  move(part) {
    const [from, to] = this.window();
    this.zoom(from + (to - from) * part, to + (to - from) * part);
  }

  /** Shows as much around a time. */
  center(at) {
    const [from, to] = this.window();
    this.zoom(at - (to - from) / 2, at + (to - from) / 2);
  }

  /** Follows the present with the last `span` milliseconds. */
  follow(span = this.span) {
    this.#set(null, span);
  }

  reset() {
    this.follow(this.usual * 1000);
  }

  #set(fixed, span) {
    this.fixed = fixed;
    this.span = span;
    const usual = fixed === null && span === this.usual * 1000;
    this.setQuery({
      from: fixed ? new Date(fixed[0]).toISOString() : '', to: fixed ? new Date(fixed[1]).toISOString() : '',
      span: fixed || usual ? '' : Math.round(span / 1000),
    });
    for (const listener of [...this.listeners]) listener();
  }
}

/** The buttons for a range. */
export function rangeBar(range) {
  const presets = PRESETS.map((seconds) => [seconds * 1000, button(words.presets[seconds], `range-${seconds}`, () => range.follow(seconds * 1000), words.last(words.presets[seconds]))]);
  const live = button(words.live, 'range-live', () => range.follow());
  const label = h('span', { class: 'hint', role: 'status' });
  const utc = h('input', { type: 'checkbox', id: freshId('utc'), checked: isUtc(), on: { change: () => { setUtc(utc.checked); for (const listener of range.listeners) listener(); } } });

  function draw() {
    for (const [span, element] of presets) element.setAttribute('aria-pressed', String(range.isLive && range.span === span));
    live.setAttribute('aria-pressed', String(range.isLive));
    const [from, to] = range.window();
    setText(label, range.isLive ? '' : words.between(from, to, isUtc()));
  }

  const stop = range.on(draw);
  draw();
  return {
    element: h('div', { class: 'range-bar', role: 'group', 'aria-label': words.range },
      h('div', { class: 'segments' }, presets.map(([, element]) => element)),
      h('div', { class: 'segments' }, button('‹', 'range-earlier', () => range.move(-0.5), words.earlier), button('−', 'range-out', () => range.scale(2), words.out),
        button('+', 'range-in', () => range.scale(0.5), words.in), button('›', 'range-later', () => range.move(0.5), words.later)),
      h('div', { class: 'segments' }, live), label,
      h('label', { class: 'check end', for: utc.id }, utc, words.utc)),
    close: stop,
  };
}

const button = (text, testId, click, label = null) => h('button', { type: 'button', class: 'segment', 'data-testid': testId, 'aria-label': label, title: label, on: { click } }, text);
