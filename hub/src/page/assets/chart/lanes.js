// State strips: a lane for each boolean, Enum or State, with a block for as long as a value held, named as it is displayed; where
// nothing is known, only its outline.

import { api } from '../api.js';
import { h, hook, replace, s, setText } from '../dom.js';
import { formatTime } from '../format.js';
import { stringify } from '../json.js';
import { texts } from '../texts.js';
import { truthOf, valueText } from '../value.js';
import { timeAxis } from './axis.js';
import { follow, nameOf, seriesPath } from './follow.js';
import { linear } from './scale.js';
import { States } from './states.js';
import { pagedTable } from './table.js';

const words = texts.chart;
const [LANE, EDGE, FOOT] = [44, 12, 24];
const COLOURS = 4;
const WIDTH = 800;
const MOST = 2000; // times two are the changes that are sent
const LETTER = 8; // pixels

export function stateStrips(capabilities, { data, range, title, template }) {
  const lanes = capabilities.map((capability) => ({
    capability, label: template.fullLabel(capability), states: new States((value) => keyOf(value, capability)),
  }));
  const name = nameOf(lanes, title);
  const height = lanes.length * LANE + FOOT;
  const svg = s('svg', { class: 'plot', height, role: 'img', 'aria-label': name });
  const summary = h('p', { class: 'chart-summary' });
  const table = pagedTable([words.time, words.until, words.name, words.state], {
    rows: (window) => lanes.flatMap((lane) => lane.states.blocks(...window).map((block) => ({ lane, ...block }))).sort((a, b) => b.begin - a.begin),
    cells: ({ lane: { capability, label }, value, begin, end, known }) => [formatTime(begin), formatTime(end), label, known ? valueText(value, capability) : texts.none],
  });
  const [{ component, name: first }] = capabilities;
  const element = h('figure', { class: 'chart', 'data-testid': hook('states', component, first), 'aria-label': name },
    h('figcaption', { class: 'chart-title' }, title ?? words.states), svg, summary, table.element);

  function draw() {
    const width = Math.floor(Math.max(100, svg.getBoundingClientRect().width || 600));
    const window = range.window();
    const x = linear(...window, EDGE, width - EDGE);
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    replace(svg, lanes.map((lane, row) => strip(lane, row * LANE, x, window)), s('g', { class: 'grid' }, timeAxis(x, window, [EDGE, width - EDGE], width, lanes.length * LANE + 16)));
    setText(summary, lanes.map(({ states, label, capability }) => words.now(label, states.changes.length > 0 ? valueText(states.changes.at(-1).value, capability) : words.noData)).join(' · '));
    table.draw(window);
  }

  const life = follow({
    element, entries: lanes, data, range, draw,
    ask: (from, to) => api.series(data.id, lanes.map(({ capability }) => seriesPath(capability)), from, to, { width: WIDTH, most: MOST }),
    take: ({ series }) => lanes.forEach((lane, index) => lane.states.load(series[index])),
    arrived: ({ states }, t, value) => states.add(t, value),
    interrupted: (t) => lanes.forEach(({ states }) => states.add(t, null)),
  });
  return { element, close: life.close };
}

/** What is the same state: a boolean also as a text. */
const keyOf = (value, { schema }) => (schema?.type === 'boolean' ? String(truthOf(value) ?? value) : stringify(value));

function strip({ capability, label, states }, top, x, [from, to]) {
  const blocks = states.blocks(from, to).map(({ value, begin, end, known }) => {
    const text = valueText(value, capability);
    const wide = Math.max(2, x(end) - x(begin));
    const times = `${formatTime(begin)} – ${formatTime(end)}`;
    return s('g', { class: `${known ? 'block' : 'block unknown'} line-${states.colour(value, COLOURS)}`, 'data-state': known ? text : null }, s('title', {}, known ? `${text}: ${times}` : words.unknown(text, times)),
      s('rect', { x: x(begin), width: wide, y: top + 18, height: 22, rx: 3 }),
      known && wide > text.length * LETTER ? s('text', { x: x(begin) + 6, y: top + 33 }, text) : null);
  });
  return s('g', {}, s('text', { class: 'lane-label', x: EDGE, y: top + 12 }, label), blocks);
}
