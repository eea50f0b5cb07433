// A list of events as they came, the newest first, with their severity.

import { api } from '../api.js';
import { h, hook, replace, setText } from '../dom.js';
import { clockTime } from '../format.js';
import { stringify } from '../json.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';
import { oneLine, valueText } from '../value.js';

const LIMIT = 50;
const SEVERITIES = [['error', /error|critical|fatal/i], ['warning', /warn/i]];

export function eventList(capabilities, { data, range, title, template }) {
  const list = h('ul', { class: 'plain events' });
  const empty = h('p', { class: 'empty' }, texts.telemetry.noEvents);
  const failure = h('p', { class: 'field-error', role: 'alert', hidden: true });
  let rows = [];
  let came = []; // by the stream while the answer was under way
  let closed = false;

  const load = coalesced(async () => {
    came = [];
    const [from, to] = range.window();
    try {
      const { items } = await api.events(data.id, capabilities.map((one) => one.path), from, to, LIMIT);
      if (closed) return;
      const known = new Set(items.map(keyOf));
      rows = [...(range.isLive ? came.filter((row) => !known.has(keyOf(row))) : []), ...items].slice(0, LIMIT);
      failure.hidden = true;
    } catch (cause) {
      failure.hidden = false;
      setText(failure, cause.message);
    }
    draw();
  });

  function arrived({ items }) {
    const fresh = items.flatMap(({ at, component, values }) => capabilities
      .filter((one) => (one.component ?? null) === (component ?? null) && Object.hasOwn(values, one.name))
      .map((one) => ({ at, path: one.path, value: values[one.name] })));
    if (fresh.length === 0 || !range.isLive) return;
    const newest = fresh.reverse();
    came = [...newest, ...came].slice(0, LIMIT);
    rows = [...newest, ...rows].slice(0, LIMIT);
    draw();
  }

  function draw() {
    empty.hidden = rows.length > 0;
    replace(list, rows.map(({ at, path, value }) => {
      const capability = template.get(path);
      const severity = severityOf(capability, value);
      return h('li', { 'data-severity': severity, 'data-testid': 'event-row' }, clockTime(at), h('span', { class: 'chip' }, texts.telemetry.severity[severity]),
        capabilities.length > 1 ? h('strong', {}, template.fullLabel(capability)) : null, h('span', {}, typeof value === 'object' ? oneLine(value) : valueText(value, capability)));
    }));
  }

  const stops = [data.on('message', arrived), data.on('reloaded', load), range.on(load)];
  load();
  const [{ component, name }] = capabilities;
  return {
    element: h('section', { class: 'events-tile', 'data-testid': hook('events', component, name) },
      h('h2', { class: 'tile-label' }, title ?? capabilities.map((one) => template.fullLabel(one)).join(', ')), failure, empty, list),
    close() {
      closed = true;
      stops.forEach((stop) => stop());
    },
  };
}

const keyOf = ({ at, path, value }) => `${Date.parse(at)} ${path} ${stringify(value)}`;

/** What the event says of itself, else what its name says. */
function severityOf(capability, value) {
  const told = value !== null && typeof value === 'object' ? value.severity ?? value.level : null;
  const text = typeof told === 'string' ? told : capability.name;
  return SEVERITIES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'information';
}
