// State strips: a lane for each boolean, Enum or State, with a block for as long as a value held, named as it is displayed.

import { api } from '../api.js';
import { h, hook, replace, s, setText } from '../dom.js';
import { formatTime } from '../format.js';
import { stringify } from '../json.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';
import { truthOf, valueText } from '../value.js';
import { linear, timeLabel, timeTicks, zoneText } from './scale.js';

const words = texts.chart;
const [LANE, EDGE, FOOT] = [44, 12, 24];
const COLOURS = 4;
const WIDTH = 800;
const REDRAW = 500;
const MOST = 5000; // changes of a lane that are kept

export function stateStrips(capabilities, { data, range, title, template }) {
  const lanes = capabilities.map((capability) => ({ capability, label: template.fullLabel(capability), changes: [], colours: new Map() }));
  const svg = s('svg', { class: 'plot', height: lanes.length * LANE + FOOT, role: 'img' });
  const summary = h('p', { class: 'chart-summary' });
  const failure = h('p', { class: 'field-error', role: 'alert', hidden: true });
  const name = title ?? lanes.map((lane) => lane.label).join(', ');
  const [{ component, name: first }] = capabilities;
  svg.setAttribute('aria-label', name);
  let timer = 0;
  let closed = false;

  const load = coalesced(async () => {
    const [from, to] = range.window();
    try {
      const { series } = await api.series(data.id, lanes.map((lane) => lane.capability.path), from, to, WIDTH);
      if (closed) return;
      for (const lane of lanes) {
        const live = lane.changes.filter((one) => one.live);
        lane.changes = changesOf(series.find((one) => one.path === lane.capability.path));
        // what came by the stream while the answer was under way
        if (range.isLive) for (const { t, value } of live) add(lane, t, value);
      }
      failure.hidden = true;
    } catch (cause) {
      failure.hidden = false;
      setText(failure, cause.message);
    }
    draw();
  });

  function arrived({ items, missed }) {
    if (!range.isLive) return;
    if (missed) load();
    for (const { at, component: sender, values } of items) {
      for (const lane of lanes) {
        const { capability } = lane;
        if ((sender ?? null) === (capability.component ?? null) && Object.hasOwn(values, capability.name)) add(lane, Date.parse(at), values[capability.name]);
      }
    }
    soon();
  }

  /** A value that is the same goes on. */
  function add(lane, t, value) {
    const last = lane.changes.at(-1);
    if (last && (t < last.t || keyOf(last.value, lane.capability) === keyOf(value, lane.capability))) return;
    lane.changes.push({ t, value, live: true });
    if (lane.changes.length > MOST) lane.changes.shift();
  }

  function soon() {
    if (timer === 0) timer = setTimeout(draw, REDRAW);
  }

  function draw() {
    clearTimeout(timer);
    timer = 0;
    if (document.hidden) return;
    const width = Math.floor(Math.max(100, svg.getBoundingClientRect().width || 600));
    const [from, to] = range.window();
    const x = linear(from, to, EDGE, width - EDGE);
    const across = timeTicks(from, to, Math.max(2, Math.floor(width / 110)));
    svg.setAttribute('viewBox', `0 0 ${width} ${lanes.length * LANE + FOOT}`);
    // the newest value holds as long as the device is there to change it
    const end = data.item.connected ? to : Math.min(to, Date.parse(data.item.lastSeen ?? 0));
    replace(svg, lanes.map((lane, row) => strip(lane, row, x, [from, end])),
      s('g', { class: 'grid' }, across.ticks.filter((at) => x(at) > 24 && x(at) < width - 60).map((at) => s('text', { class: 'tick-x', x: x(at), y: lanes.length * LANE + 16 }, timeLabel(at, across.step))),
        s('text', { class: 'tick-y zone', x: width - 2, y: lanes.length * LANE + 16 }, zoneText(to))));
    setText(summary, lanes.map((lane) => words.now(lane.label, lane.changes.length > 0 ? valueText(lane.changes.at(-1).value, lane.capability) : words.noData)).join(' · '));
  }

  const stops = [data.on('message', arrived), data.on('reloaded', load), range.on(load)];
  const tick = setInterval(() => range.isLive && soon(), 1000);
  const sized = new ResizeObserver(() => soon());
  const element = h('figure', { class: 'chart', 'data-testid': hook('states', component, first), 'aria-label': name },
    h('figcaption', { class: 'chart-title' }, title ?? words.states), svg, failure, summary);
  sized.observe(element);
  requestAnimationFrame(load);
  return {
    element,
    close() {
      closed = true;
      clearInterval(tick);
      clearTimeout(timer);
      sized.disconnect();
      stops.forEach((stop) => stop());
    },
  };
}

/** What is the same state: a boolean also as a text. */
const keyOf = (value, { schema }) => (schema?.type === 'boolean' ? String(truthOf(value) ?? value) : stringify(value));

function strip({ capability, label, changes, colours }, row, x, [from, to]) {
  const top = row * LANE;
  const blocks = changes.map(({ t, value }, index) => ({ value, begin: Math.max(t, from), end: Math.min(changes[index + 1]?.t ?? to, to) })).filter(({ begin, end }) => begin < end);
  return s('g', {}, s('text', { class: 'lane-label', x: EDGE, y: top + 12 }, label), blocks.map(({ value, begin, end }) => {
    const key = keyOf(value, capability);
    if (!colours.has(key)) colours.set(key, colours.size % COLOURS);
    const text = valueText(value, capability);
    const wide = Math.max(2, x(end) - x(begin));
    return s('g', { class: `block line-${colours.get(key)}`, 'data-state': text }, s('title', {}, `${text}: ${formatTime(begin)} – ${formatTime(end)}`),
      s('rect', { x: x(begin), width: wide, y: top + 18, height: 22, rx: 3 }),
      wide > text.length * 8 ? s('text', { x: x(begin) + 6, y: top + 33 }, text) : null);
  }));
}

/** From each time on, a value held. */
function changesOf({ states }) {
  return states ? states.t.map((t, index) => ({ t, value: states.values[states.v[index]] })) : [];
}
