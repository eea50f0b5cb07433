// A list of events as they came, the newest first, with their severity.

import { api } from '../api.js';
import { h, hook, replace } from '../dom.js';
import { clockTime } from '../format.js';
import { stringify } from '../json.js';
import { texts } from '../texts.js';
import { oneLine, valueText } from '../value.js';
import { follow } from './follow.js';

const LIMIT = 50;
const SEVERITIES = [['error', /error|critical|fatal/i], ['warning', /warn/i]];

export function eventList(capabilities, { data, range, title, template }) {
  const list = h('ul', { class: 'plain events' });
  const empty = h('p', { class: 'empty' }, texts.telemetry.noEvents);
  const [{ component, name }] = capabilities;
  const element = h('section', { class: 'events-tile', 'data-testid': hook('events', component, name) },
    h('h2', { class: 'tile-label' }, title ?? capabilities.map((one) => template.fullLabel(one)).join(', ')), empty, list);
  let rows = [];
  let came = []; // by the stream while the answer was under way

  function draw() {
    empty.hidden = rows.length > 0;
    replace(list, rows.map((row) => item(row, template, capabilities.length > 1)));
  }

  const life = follow({
    element, entries: capabilities.map((capability) => ({ capability })), data, range, draw,
    ask(from, to) {
      came = [];
      return api.events(data.id, capabilities.map((one) => one.path), from, to, LIMIT);
    },
    take({ items }) {
      const known = new Set(items.map(keyOf));
      rows = [...(range.isLive ? came.filter((row) => !known.has(keyOf(row))) : []), ...items].slice(0, LIMIT);
    },
    arrived({ capability }, t, value) {
      const row = { at: new Date(t).toISOString(), path: capability.path, value };
      came = [row, ...came].slice(0, LIMIT);
      rows = [row, ...rows].slice(0, LIMIT);
    },
  });
  return { element, close: life.close };
}

function item({ at, path, value }, template, isNamed) {
  const capability = template.get(path);
  const severity = severityOf(capability, value);
  return h('li', { 'data-severity': severity, 'data-testid': 'event-row' }, clockTime(at), h('span', { class: 'chip' }, texts.telemetry.severity[severity]),
    isNamed ? h('strong', {}, template.fullLabel(capability)) : null, h('span', {}, typeof value === 'object' ? oneLine(value) : valueText(value, capability)));
}

const keyOf = ({ at, path, value }) => `${Date.parse(at)} ${path} ${stringify(value)}`;

/** What the event says of itself, else what its name says. */
function severityOf(capability, value) {
  const told = value !== null && typeof value === 'object' ? value.severity ?? value.level : null;
  const text = typeof told === 'string' ? told : capability.name;
  return SEVERITIES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'information';
}
