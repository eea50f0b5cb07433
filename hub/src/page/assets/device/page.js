// One device: its head, the dashboard (telemetry, properties, commands, history) and its messages. Loading again changes
// what is shown in place, so that a form being filled in survives.

import { api } from '../api.js';
import { commandsView } from './commands.js';
import { openConnect } from '../devices/connect.js';
import { connectionPill, statusPill } from '../devices/pills.js';
import { freshId, h, replace } from '../dom.js';
import { ageTime } from '../format.js';
import { historyView } from './history.js';
import { messagesView } from './messages.js';
import { propertiesView } from './properties.js';
import { telemetryView } from './telemetry.js';
import { texts } from '../texts.js';

const words = texts.device;

export default function devicePage(context) {
  const { id } = context.params;
  context.titled([[texts.devices.title, '/devices'], [id]]);
  const head = h('div', { class: 'device-facts' });
  const dashboard = h('div', { class: 'dashboard' }, h('p', { class: 'empty' }, texts.loading));
  const messages = messagesView(id);
  const tabs = tabList({ dashboard, messages: messages.element }, (name) => messages.setShown(name === 'messages'));
  let parts = null;
  let modelKey = null;
  let waiting = null;
  let closed = false;

  function build(model) {
    parts?.telemetry.close();
    const groups = model?.groups ?? [];
    const history = historyView();
    const commands = commandsView(id, groups, (row) => takeCommand(row));
    parts = { telemetry: telemetryView(id, groups), properties: propertiesView(id, groups), commands, history };
    replace(dashboard,
      h('div', { class: 'column' }, model ? null : assignCard(id, () => load()), parts.telemetry.element, history.element),
      model ? h('div', { class: 'column side' }, parts.properties.element, commands.element) : null);
  }

  function takeCommand(row) {
    if (parts.history.upsert(row)) parts.commands.update(row);
  }

  function showHead(device, model) {
    replace(head, statusPill(device), connectionPill(device),
      h('span', {}, model?.name ?? device.modelName ?? texts.devices.unassigned),
      device.connected && device.connectedSince ? h('span', {}, `${words.since} `, ageTime(device.connectedSince)) : null,
      !device.connected && device.lastSeen ? h('span', {}, `${words.lastSeen} `, ageTime(device.lastSeen)) : null);
    dashboard.classList.toggle('disconnected', !device.connected);
  }

  /** Loads everything; events that come meanwhile are applied after it. */
  async function load() {
    waiting = [];
    try {
      const { device, model, properties, latest, commands } = await api.device(id);
      if (closed) return;
      const key = model?.id ?? null;
      if (parts === null || key !== modelKey) build(model);
      modelKey = key;
      showHead(device, model);
      parts.telemetry.setLatest(latest);
      parts.properties.update(properties);
      parts.history.set(commands);
      await parts.telemetry.reload();
    } catch (failure) {
      fail(failure);
    }
    const missed = waiting ?? [];
    waiting = null;
    for (const [name, data] of missed) event(name, data);
  }

  function fail(failure) {
    if (parts !== null) return;
    const text = failure.status === 404 ? words.notFound : failure.message;
    replace(dashboard, h('section', { class: 'card' }, h('p', { role: 'alert' }, text),
      h('button', { type: 'button', on: { click: load } }, texts.retry)));
  }

  function event(name, data) {
    if (waiting !== null) waiting.push([name, data]);
    else if (parts !== null && (data.device ?? data.id) === id) apply[name]?.(data);
  }

  const apply = {
    telemetry(message) {
      parts.telemetry.message(message);
      messages.touch();
    },
    properties(change) {
      parts.properties.update(change.properties);
      messages.touch();
    },
    command(row) {
      takeCommand(row);
      messages.touch();
    },
    device(device) {
      if (device.deleted || (device.modelId ?? null) !== modelKey) load();
      else showHead(device, null);
      messages.touch();
    },
  };

  return {
    element: h('div', { class: 'page' },
      h('div', { class: 'page-head' }, h('div', {}, h('h1', {}, id), head),
        h('button', { type: 'button', 'data-testid': 'connect-device', on: { click: () => openConnect(id) } }, texts.devices.connect.open)),
      tabs.element, dashboard, messages.element),
    topics: ['devices', `device:${id}`],
    load,
    event,
    close() {
      closed = true;
      tabs.close();
      messages.close();
      parts?.telemetry.close();
    },
  };
}

/** The views of a device; the one that is shown stands after the `#` of the address. */
function tabList(panels, onShow) {
  const names = Object.keys(panels);
  const links = names.map((name) => h('a', { href: `#${name}`, 'data-testid': `tab-${name}` }, words[name]));

  function show() {
    const wanted = location.hash.slice(1);
    const current = names.includes(wanted) ? wanted : names[0];
    names.forEach((name, index) => {
      panels[name].hidden = name !== current;
      if (name === current) links[index].setAttribute('aria-current', 'page');
      else links[index].removeAttribute('aria-current');
    });
    onShow(current);
  }

  window.addEventListener('hashchange', show);
  show();
  return {
    element: h('nav', { class: 'tabs', 'aria-label': words.views }, links),
    close: () => window.removeEventListener('hashchange', show),
  };
}

/** For a device that announced no model: choose one of those the hub knows. */
function assignCard(id, onAssigned) {
  const select = h('select', { id: freshId('model') });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const form = h('form', { class: 'property-form', on: { submit } },
    h('div', { class: 'field' }, h('label', { for: select.id }, words.model), select), h('button', { type: 'submit' }, words.assign), error);
  const failed = (failure) => replace(error, failure.message);
  api.models().then(({ items }) => replace(select, items.map((model) => h('option', { value: model.id }, model.name)))).catch(failed);

  async function submit(event) {
    event.preventDefault();
    try {
      await api.assignModel(id, select.value);
      onAssigned();
    } catch (failure) {
      failed(failure);
    }
  }

  return h('section', { class: 'card' }, h('h2', {}, words.noModel), h('p', { class: 'hint' }, words.noModelHint), form);
}
