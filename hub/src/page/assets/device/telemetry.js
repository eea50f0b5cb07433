// The telemetry of one device: a tile for each value's latest state and a chart for each unit of the numeric ones.
// History always comes from the hub, so nothing is lost when the page is loaded again.

import { api } from '../api.js';
import { Chart } from '../chart.js';
import { h, hook, replace, setText } from '../dom.js';
import { ageTime, formatValue } from '../format.js';
import { isNumeric } from '../numbers.js';
import { Series } from '../series.js';
import { texts } from '../texts.js';

const LINES_PER_CHART = 4;
const WIDTH = 600;
const REDRAW = 500;

const keyOf = (component, name) => `${component ?? ''}/${name}`;

/** The section; the caller hands it `setLatest`, `message` and `reload`. */
export function telemetryView(deviceId, groups) {
  const entries = groups.flatMap((group) => group.telemetry.map((item) => ({ ...item, component: group.component, group: group.title })));
  const tiles = new Map();
  const tileGrid = h('div', { class: 'tiles' });
  const empty = h('p', { class: 'empty' }, texts.telemetry.empty);
  for (const entry of entries) addTile(entry);
  const lines = entries.filter((entry) => isNumeric(entry.schema.type)).map((entry) => ({
    ...entry,
    label: entry.component ? `${entry.group} · ${entry.label}` : entry.label,
    key: keyOf(entry.component, entry.name),
    series: new Series(),
  }));
  const series = new Map(lines.map((line) => [line.key, line.series]));
  const charts = byUnit(lines).map((group) => new Chart(group, group[0].unit, hook('chart', group[0].component, group[0].name)));
  const range = h('select', { on: { change: changeRange } },
    Object.entries(texts.telemetry.ranges).map(([seconds, label]) => h('option', { value: seconds }, label)));
  const redraw = setInterval(() => !document.hidden && charts.forEach((chart) => chart.redraw()), REDRAW);

  function addTile(entry) {
    const tile = new Tile(entry);
    tiles.set(keyOf(entry.component, entry.name), tile);
    tileGrid.append(tile.element);
    empty.hidden = true;
    return tile;
  }

  function show(component, name, value, at) {
    // A value that the model does not know is shown under its own name.
    const tile = tiles.get(keyOf(component, name)) ?? addTile({ name, component, label: name, schema: null });
    tile.show(value, at);
  }

  function changeRange() {
    for (const chart of charts) chart.range = Number(range.value) * 1000;
    reload();
  }

  async function reload() {
    const to = Date.now();
    const from = to - Number(range.value) * 1000;
    await Promise.all(lines.map(async (line) => {
      const { points, raw } = await api.telemetry(deviceId, line, from, to, WIDTH);
      line.series.load(points, raw, (to - from) / WIDTH);
    }));
    for (const chart of charts) chart.redraw();
  }

  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'telemetry-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'telemetry-title' }, texts.telemetry.title),
        charts.length > 0 ? h('label', { class: 'inline-field' }, texts.telemetry.range, range) : null),
      empty, tileGrid, charts.map((chart) => chart.element)),
    setLatest: (latest) => latest.forEach(({ component, name, value, at }) => show(component, name, value, at)),
    message({ component, at, values }) {
      for (const [name, value] of Object.entries(values)) {
        show(component, name, value, at);
        const number = Number(value);
        if (Number.isFinite(number)) series.get(keyOf(component, name))?.add(Date.parse(at), number);
      }
    },
    reload,
    close() {
      clearInterval(redraw);
      for (const chart of charts) chart.close();
    },
  };
}

/** Lines that share component and unit share a chart, up to four; without a unit each has its own. */
function byUnit(lines) {
  const groups = [];
  for (const line of lines) {
    const fits = (group) => line.unit && group[0].unit === line.unit && group[0].component === line.component
      && group.length < LINES_PER_CHART;
    const group = groups.find(fits);
    if (group) group.push(line);
    else groups.push([line]);
  }
  return groups;
}

class Tile {
  constructor(entry) {
    this.entry = entry;
    this.value = h('span', { class: 'tile-value tile-long', 'data-testid': hook('latest', entry.component, entry.name) }, texts.none);
    this.unit = h('span', { class: 'tile-unit', hidden: true }, entry.unit);
    this.age = h('span', { class: 'tile-age' }, texts.telemetry.waiting);
    this.element = h('article', { class: 'tile', title: entry.description ?? null },
      h('h3', { class: 'tile-label' }, entry.component ? h('span', { class: 'tile-component' }, `${entry.group ?? entry.component} `) : null, entry.label),
      h('p', { class: 'tile-main' }, this.value, this.unit),
      h('p', {}, this.age));
  }

  show(value, at) {
    setText(this.value, formatValue(value, this.entry.schema));
    this.value.classList.toggle('tile-long', this.value.textContent.length > 12);
    this.unit.hidden = !this.entry.unit;
    replace(this.age, ageTime(at));
  }
}
