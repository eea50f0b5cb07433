// A device without a template, and one that has never connected: what is known anyway and what to do next.

import { api, detailsOf } from '../api.js';
import { freshId, h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { jsonField } from '../forms.js';
import { same } from '../json.js';
import { keptRows } from '../rows.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced, once } from '../turns.js';
import { valueContent } from '../value.js';
import { isStale } from './stale.js';
import { savedText, syncBadge, syncNote } from './sync.js';

const words = texts.device;

/** What to do about a device that has never connected. */
export function neverConnected(item, onConnect) {
  return h('section', { class: 'card notice', 'data-testid': 'never-connected' }, h('div', {}, h('h2', {}, words.neverConnected),
    h('p', { class: 'hint' }, words.neverConnectedHint, ' ', item.status === 'registered' ? null : [words.neverButRegistered, ' '],
      h('a', { href: '/hub', 'data-link': true }, words.hubLog))),
  h('button', { type: 'button', class: 'primary', on: { click: onConnect } }, words.showConnect));
}

/** Why a device does not get in, with what would let it. */
export function refusedNotice(status, button) {
  const { title, hint } = words.refused[status];
  return h('section', { class: 'card notice', 'data-testid': `${status}-notice` }, h('div', {}, h('h2', {}, title),
    h('p', { class: 'hint' }, hint, ' ', h('a', { href: '/hub', 'data-link': true }, words.hubLog))), button);
}

export function unassignedView({ data }) {
  const tiles = h('div', { class: 'tiles' });
  const showTiles = keptRows(tiles, ({ component, name }) => `${component ?? ''}/${name}`, (latest) => latestTile(data, latest));
  const none = h('p', { class: 'empty' }, texts.telemetry.empty);
  const assign = assignCard(data.id);
  const properties = rawProperties(data);
  const stops = [data.on('latest', drawLatest), data.on('item', drawLatest), data.on('reloaded', assign.load), properties.stop];

  function drawLatest() {
    none.hidden = data.latest.size > 0;
    showTiles([...data.latest.values()]);
  }

  drawLatest();
  return {
    element: h('div', { class: 'stack' }, assign.element, h('section', { class: 'card' }, none, tiles), properties.element),
    isDirty: properties.isDirty,
    close: () => stops.forEach((stop) => stop()),
  };
}

function latestTile(data, { component, name }) {
  const value = h('div', { class: 'tile-main tile-long', 'data-testid': `latest-${name}` });
  const age = h('p', { class: 'tile-age' });
  const element = h('article', { class: 'tile' }, h('h2', { class: 'tile-label' }, component ? `${component} · ` : null, name), value, age);
  let drawn = null;
  return {
    element,
    update(latest) {
      element.classList.toggle('old', isStale(data, latest));
      if (drawn === latest) return;
      if (drawn === null || !same(drawn.value, latest.value)) replace(value, valueContent(latest.value, null));
      replace(age, ageTime(latest.at));
      drawn = latest;
    },
  };
}

/** Chooses one of the published templates; `load` asks again which there are. */
function assignCard(id) {
  const select = h('select', { id: freshId('template'), 'data-testid': 'assign-template' });
  const showTemplates = keptRows(select, (one) => one.id, (one) => ({ element: h('option', { value: one.id }, one.name) }));
  const error = h('p', { class: 'field-error', role: 'alert' });
  const none = h('p', { class: 'hint', hidden: true }, words.noTemplates);
  const form = h('form', { class: 'inline-form', on: { submit } },
    h('div', { class: 'field' }, h('label', { for: select.id }, words.template), select), h('button', { type: 'submit', class: 'primary' }, words.assign), error);
  const failed = (failure) => setText(error, failure.message);

  const load = coalesced(async () => {
    try {
      const published = (await api.templates()).items.filter((one) => one.state !== 'draft');
      showTemplates(published);
      form.hidden = published.length === 0;
      none.hidden = published.length > 0;
    } catch (failure) {
      failed(failure);
    }
  });

  const assign = once(() => api.assignTemplate(id, select.value).catch(failed));

  function submit(event) {
    event.preventDefault();
    setText(error, '');
    assign();
  }

  load();
  return { element: h('section', { class: 'card stack' }, h('h2', {}, words.unassigned), h('p', { class: 'hint' }, words.unassignedHint), form, none), load };
}

/** Every property of the twin, each with a field for any JSON. */
function rawProperties(data) {
  const list = h('div', { class: 'stack' });
  const showRows = keptRows(list, ({ component, name }) => `${component ?? ''}/${name}`, (state) => rawRow(data, state));
  const empty = h('p', { class: 'empty' }, words.noProperties);
  const component = textField(texts.commands.component);
  const name = textField(words.property);
  const value = jsonField({ label: words.rawValue, testId: 'input-raw-value' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const stop = data.on('properties', draw);
  let dirty = false;

  function draw() {
    empty.hidden = data.properties.size > 0;
    showRows([...data.properties.values()]);
  }

  const save = once(async () => {
    const read = value.read();
    if (read.error) return value.focus();
    setText(error, '');
    dirty = false;
    try {
      await api.setProperties(data.id, [{ component: component.input.value.trim() || null, name: name.input.value.trim(), value: read.value }]);
      toast(savedText(1, data.item.connected));
    } catch (failure) {
      dirty = true;
      setText(error, detailsOf(failure)[0]?.message ?? failure.message);
    }
    return undefined;
  });

  function submit(event) {
    event.preventDefault();
    save();
  }

  draw();
  return {
    element: h('section', { class: 'card stack' }, h('h2', {}, words.rawProperties), empty, list,
      h('form', { class: 'stack narrow', on: { submit, input: () => { dirty = true; } } }, h('div', { class: 'pair' }, component.element, name.element), value.element, error,
        h('div', { class: 'actions' }, h('button', { type: 'submit' }, texts.properties.save)))),
    isDirty: () => dirty,
    stop,
  };
}

function rawRow(data, { component, name }) {
  const shown = h('span', { class: 'property-value', 'data-testid': `value-${name}` });
  const badge = syncBadge(`sync-${name}`);
  const note = syncNote(`note-${name}`, null, null);
  let drawn = null;
  return {
    element: h('div', { class: 'property' }, h('div', { class: 'property-head' }, h('h2', { class: 'plain-title' }, component ? `${component} · ${name}` : name),
      h('span', { class: 'property-state' }, shown, badge.element)), note.element),
    update(state) {
      if (drawn === null || !same(drawn.reported ?? null, state.reported ?? null)) replace(shown, valueContent(state.reported, null));
      drawn = state;
      badge.update(state);
      note.update(state, data.item.connected);
    },
  };
}

function textField(label) {
  const input = h('input', { id: freshId('text'), autocomplete: 'off' });
  return { input, element: h('div', { class: 'field' }, h('label', { for: input.id }, label), input) };
}
