// The types of tiles of a view. Each is `(tile, { data, range, template }) => { element, close }` and keeps itself current.

import { eventList } from '../chart/events.js';
import { lineChart } from '../chart/line.js';
import { stateStrips } from '../chart/lanes.js';
import { h, hook, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { same, stringify } from '../json.js';
import { texts } from '../texts.js';
import { mismatch, valueContent, valueText } from '../value.js';
import { commandCard } from './commands.js';
import { isStale } from './stale.js';
import { syncBadge, syncNote } from './sync.js';

const REFRESH = 1000;
const LONG = 12;

export const TILES = {
  lkv: lastValue, line: chartTile(lineChart), state: chartTile(stateStrips), events: chartTile(eventList), properties: propertiesTile, command: commandTile, label: labelTile,
};

const width = (tile) => `w${Math.min(4, Math.max(1, tile.width ?? 1))}`;

/** The newest value of one telemetry with its age, grey when it is old. */
function lastValue(tile, { data, template }) {
  const capability = template.get(tile.capabilities[0]);
  if (!capability) return null;
  const { component, name } = capability;
  const value = h('div', { class: 'tile-value tile-long', 'data-testid': hook('latest', component, name) }, texts.none);
  const unit = h('span', { class: 'tile-unit', hidden: true }, capability.unit);
  const age = h('p', { class: 'tile-age' }, texts.telemetry.waiting);
  const old = h('span', { class: 'chip', hidden: true }, texts.telemetry.stale);
  const main = h('div', { class: 'tile-main' }, value, unit);
  const element = h('article', { class: `tile ${width(tile)}`, title: capability.description ?? null, 'data-tile': 'lkv' },
    h('h2', { class: 'tile-label' }, tile.title ?? template.fullLabel(capability)), main, h('div', { class: 'tile-foot' }, age, old));
  let drawn = null;

  function draw() {
    const latest = data.latestOf(component, name);
    if (!latest) return;
    const stale = isStale(data, latest);
    element.classList.toggle('old', stale);
    old.hidden = !stale;
    if (drawn === latest) return;
    const again = drawn !== null && same(drawn.value, latest.value);
    drawn = latest;
    replace(age, ageTime(latest.at));
    // the same value again leaves a link in it under the pointer
    if (!again) drawValue(latest);
  }

  function drawValue(latest) {
    const plain = typeof latest.value !== 'object' && mismatch(latest.value, capability.schema) === null;
    const text = plain ? valueText(latest.value, capability, { bare: true }) : null;
    const isNumber = plain && ['number', 'bigint'].includes(typeof latest.value);
    if (isNumber) setText(value, text);
    else replace(value, valueContent(latest.value, { ...capability, unit: null }));
    value.classList.toggle('tile-long', !isNumber && (text === null || text.length > LONG));
    main.classList.toggle('tile-number', isNumber);
    main.style.setProperty('--length', (text ?? '').length + (capability.unit?.length ?? 0) * 0.6 + 1);
    unit.hidden = !capability.unit;
  }

  const stops = [data.on('latest', draw), data.on('item', draw)];
  const timer = setInterval(draw, REFRESH);
  draw();
  return {
    element,
    close() {
      clearInterval(timer);
      stops.forEach((stop) => stop());
    },
  };
}

/** A tile with a chart of its capabilities. */
function chartTile(make) {
  return (tile, shared) => {
    const capabilities = tile.capabilities.map((path) => shared.template.get(path)).filter(Boolean);
    if (capabilities.length === 0) return null;
    const chart = make(capabilities, { ...shared, title: tile.title });
    chart.element.classList.add('tile', width(tile));
    chart.element.dataset.tile = tile.type;
    return chart;
  };
}

/** Properties with what the device reports. */
function propertiesTile(tile, { data, template }) {
  const rows = tile.capabilities.map((path) => template.get(path)).filter(Boolean).map((capability) => propertyRow(capability));
  const titleOf = (group) => template.groups.find((one) => one.key === group)?.title;
  const title = tile.title ?? titleOf(rows[0]?.capability.group) ?? texts.device.property;
  const draw = () => rows.forEach((row) => row.update(data));
  const stops = [data.on('properties', draw), data.on('item', draw)];
  draw();
  return {
    element: h('section', { class: `tile ${width(tile)}`, 'data-tile': 'properties', 'aria-label': title }, h('h2', { class: 'tile-label' }, title), rows.map((row) => row.element)),
    close: () => stops.forEach((stop) => stop()),
  };
}

/** One property: its value as reported, how a change stands, and since when it is so. */
export function propertyRow(capability) {
  const { component, name, label } = capability;
  const value = h('span', { class: 'property-value', 'data-testid': hook('value', component, name) });
  const badge = syncBadge(hook('sync', component, name));
  const note = syncNote(hook('note', component, name), capability, null);
  const element = h('div', { class: 'property read', 'data-testid': hook('property', component, name), title: capability.description ?? null },
    h('div', { class: 'property-head' }, h('span', { class: 'property-label' }, label), h('span', { class: 'property-state' }, value, badge.element)), note.element);
  return {
    capability,
    element,
    update(data) {
      const state = data.property(component, name) ?? { sync: 'none' };
      const shown = capability.kind === 'cloudProperty' ? state.desired ?? state.reported : state.reported;
      const unset = shown === null || shown === undefined;
      value.classList.toggle('weak', unset);
      const key = stringify(shown);
      if (value.dataset.key !== key) {
        value.dataset.key = key;
        replace(value, unset ? texts.properties.notSet : valueContent(shown, capability));
      }
      badge.update(state, { quiet: true });
      note.update(state, data.item.connected);
    },
  };
}

function commandTile(tile, { data, template }) {
  const capability = template.get(tile.capabilities[0]);
  if (!capability) return null;
  const card = commandCard(data, capability);
  card.element.classList.add('tile', width(tile));
  card.element.dataset.tile = 'command';
  return card;
}

function labelTile(tile) {
  return { element: h('h2', { class: `tile-text ${width(tile)}`, 'data-tile': 'label' }, tile.title) };
}
