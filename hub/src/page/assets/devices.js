// The list of devices, kept current by the stream, with the hub's own facts around it.

import { api } from './api.js';
import { openAddDevice } from './dialogs.js';
import { freshId, h, replace } from './dom.js';
import { ageTime } from './format.js';
import { hubSummary, logCard, modelsCard } from './hub.js';
import { texts } from './texts.js';

const words = texts.devices;

/** The view; `navigate` goes to another path. */
export function devicesView(navigate) {
  const devices = new Map();
  const summary = hubSummary();
  const models = modelsCard(() => refresh());
  const log = logCard();
  let known = [];
  let timer = 0;
  const body = h('tbody');
  const filter = h('input', { type: 'search', id: freshId('filter'), placeholder: words.filterHint, 'data-testid': 'filter-devices', on: { input: draw } });
  const table = h('table', { class: 'cards devices' },
    h('thead', {}, h('tr', {}, Object.values(words.columns).map((title) => h('th', { scope: 'col' }, title)))), body);
  const empty = h('div', { class: 'empty' });
  const failure = h('p', { class: 'field-error', role: 'alert', hidden: true });

  function draw() {
    const wanted = filter.value.trim().toLowerCase();
    const matches = [...devices.values()].filter((device) => searchText(device).includes(wanted)).sort((a, b) => (a.id < b.id ? -1 : 1));
    replace(body, matches.map(deviceRow));
    table.hidden = matches.length === 0;
    empty.hidden = matches.length > 0;
    replace(empty, devices.size > 0 ? words.noMatch : [h('p', {}, words.empty), h('p', { class: 'hint' }, words.emptyHint)]);
  }

  async function load() {
    try {
      const { items } = await api.devices();
      devices.clear();
      for (const item of items) devices.set(item.id, item);
      failure.hidden = true;
      draw();
      await refresh();
    } catch (cause) {
      failure.hidden = false;
      replace(failure, cause.message);
    }
  }

  async function refresh() {
    const [hub, modelList, entries] = await Promise.all([api.hub(), api.models(), api.log()]);
    known = modelList.items;
    summary.update(hub);
    models.update(known);
    log.update(entries.items);
  }

  function event(name, data) {
    if (name !== 'device') return;
    if (data.deleted) devices.delete(data.id);
    else devices.set(data.id, data);
    draw();
    // Counters and log follow; a burst of changes is one request, and a failed one waits for the next change.
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), 500);
  }

  return {
    element: h('div', { class: 'page' },
      h('div', { class: 'page-head' }, h('h1', {}, words.title),
        h('button', {
          type: 'button', class: 'primary', 'data-testid': 'add-device',
          on: { click: () => openAddDevice(known, (id) => navigate(`/devices/${encodeURIComponent(id)}`)) },
        }, words.add)),
      summary.element,
      h('section', { class: 'card', 'aria-label': words.title },
        h('div', { class: 'card-head' }, h('label', { for: filter.id, class: 'visually-hidden' }, words.filter), filter),
        failure, empty, h('div', { class: 'scroll' }, table)),
      h('div', { class: 'columns' }, models.element, log.element)),
    load,
    event,
    close: () => clearTimeout(timer),
  };
}

const searchText = (device) => `${device.id} ${device.status} ${device.modelName ?? ''}`.toLowerCase();

function deviceRow(device) {
  const { columns } = words;
  return h('tr', { 'data-testid': `device-row-${device.id}`, 'data-status': device.status, 'data-connected': String(device.connected) },
    h('td', { 'data-label': columns.id }, h('a', { class: 'device-link', href: `/devices/${encodeURIComponent(device.id)}`, 'data-link': true }, device.id)),
    h('td', { 'data-label': columns.status }, h('span', { class: 'pills' }, statusPill(device), connectionPill(device))),
    h('td', { 'data-label': columns.model }, device.modelName ?? h('span', { class: 'weak' }, words.noModel)),
    h('td', { 'data-label': columns.seen }, device.lastSeen ? ageTime(device.lastSeen) : h('span', { class: 'weak' }, words.never)),
    h('td', { 'data-label': columns.messages, class: 'numeric' }, device.messages.toLocaleString('en')));
}

/** Where the device is in its life. */
export function statusPill({ status }) {
  return h('span', { class: 'pill', 'data-status': status }, texts.status[status] ?? status);
}

/** Whether its connection is open now. */
export function connectionPill({ connected }) {
  return h('span', { class: 'pill dot', 'data-connected': String(connected) }, connected ? words.connected : words.disconnected);
}
