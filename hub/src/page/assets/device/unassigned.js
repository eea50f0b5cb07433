// A device without a template, and one that has never connected: what is known anyway and what to do next.

import { api } from '../api.js';
import { freshId, h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { jsonField } from '../forms.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { valueContent } from '../value.js';
import { isStale } from './stale.js';
import { syncBadge, syncNote } from './sync.js';

const words = texts.device;

/** What to do about a device that has never connected. */
export function neverConnected(item, onConnect) {
  return h('section', { class: 'card notice', 'data-testid': 'never-connected' }, h('div', {}, h('h2', {}, words.neverConnected),
    h('p', { class: 'hint' }, words.neverConnectedHint, ' ', item.status === 'registered' ? null : [words.neverButRegistered, ' '],
      h('a', { href: '/hub', 'data-link': true }, words.hubLog))),
  h('button', { type: 'button', class: 'primary', on: { click: onConnect } }, words.showConnect));
}

export function unassignedView({ data }) {
  const tiles = h('div', { class: 'tiles' });
  const none = h('p', { class: 'empty' }, texts.telemetry.empty);
  const properties = rawProperties(data);
  const stops = [data.on('latest', drawLatest), data.on('item', drawLatest), properties.stop];

  function drawLatest() {
    none.hidden = data.latest.size > 0;
    replace(tiles, [...data.latest.values()].map((latest) => h('article', { class: isStale(data, latest) ? 'tile old' : 'tile' },
      h('h2', { class: 'tile-label' }, latest.component ? `${latest.component} · ` : null, latest.name),
      h('div', { class: 'tile-main tile-long', 'data-testid': `latest-${latest.name}` }, valueContent(latest.value, null)), h('p', { class: 'tile-age' }, ageTime(latest.at)))));
  }

  drawLatest();
  return {
    element: h('div', { class: 'stack' }, assignCard(data.id),
      h('section', { class: 'card' }, none, tiles), properties.element),
    close: () => stops.forEach((stop) => stop()),
  };
}

/** Chooses one of the published templates. */
function assignCard(id) {
  const select = h('select', { id: freshId('template'), 'data-testid': 'assign-template' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const button = h('button', { type: 'submit', class: 'primary' }, words.assign);
  const form = h('form', { class: 'inline-form', on: { submit } },
    h('div', { class: 'field' }, h('label', { for: select.id }, words.template), select), button, error);
  const failed = (failure) => setText(error, failure.message);
  api.templates().then(({ items }) => {
    const published = items.filter((one) => one.state !== 'draft');
    replace(select, published.map((one) => h('option', { value: one.id }, one.name)));
    if (published.length === 0) replace(form, h('p', { class: 'hint' }, words.noTemplates));
  }).catch(failed);

  async function submit(event) {
    event.preventDefault();
    await api.assignTemplate(id, select.value).catch(failed);
  }

  return h('section', { class: 'card stack' }, h('h2', {}, words.unassigned), h('p', { class: 'hint' }, words.unassignedHint), form);
}

/** Every property of the twin, each with a field for any JSON. */
function rawProperties(data) {
  const rows = new Map();
  const list = h('div', { class: 'stack' });
  const empty = h('p', { class: 'empty' }, words.noProperties);
  const component = textField(texts.commands.component);
  const name = textField(words.property);
  const value = jsonField({ label: texts.commands.payload, testId: 'input-raw-value' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const stop = data.on('properties', draw);

  function draw() {
    empty.hidden = data.properties.size > 0;
    for (const [key, row] of rows) {
      if (data.properties.has(key)) continue;
      row.element.remove();
      rows.delete(key);
    }
    for (const [key, state] of data.properties) {
      if (!rows.has(key)) {
        rows.set(key, rawRow(state));
        list.append(rows.get(key).element);
      }
      rows.get(key).update(state, data.item.connected);
    }
  }

  async function submit(event) {
    event.preventDefault();
    setText(error, '');
    const read = value.read();
    if (read.error) return value.focus();
    try {
      await api.setProperties(data.id, [{ component: component.input.value.trim() || null, name: name.input.value.trim(), value: read.value }]);
      toast(texts.properties.saved(1));
    } catch (failure) {
      setText(error, failure.details[0]?.message ?? failure.message);
    }
    return undefined;
  }

  draw();
  return {
    element: h('section', { class: 'card stack' }, h('h2', {}, words.rawProperties), empty, list,
      h('form', { class: 'stack narrow', on: { submit } }, h('div', { class: 'pair' }, component.element, name.element), value.element, error,
        h('div', { class: 'actions' }, h('button', { type: 'submit' }, texts.properties.save)))),
    stop,
  };
}

function rawRow({ component, name }) {
  const shown = h('span', { class: 'property-value', 'data-testid': `value-${name}` });
  const badge = syncBadge(`sync-${name}`);
  const note = syncNote(`note-${name}`, null, null);
  return {
    element: h('div', { class: 'property' }, h('div', { class: 'property-head' }, h('h2', { class: 'plain-title' }, component ? `${component} · ${name}` : name),
      h('span', { class: 'property-state' }, shown, badge.element)), note.element),
    update(state, online) {
      replace(shown, valueContent(state.reported, null));
      badge.update(state);
      note.update(state, online);
    },
  };
}

function textField(label) {
  const input = h('input', { id: freshId('text'), autocomplete: 'off' });
  return { input, element: h('div', { class: 'field' }, h('label', { for: input.id }, label), input) };
}
