// The list of devices, kept current by the stream. What is searched, filtered, sorted and paged stands in the address.

import { api } from '../api.js';
import { freshId, h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { menuButton } from '../shell/menu.js';
import { texts } from '../texts.js';
import { approveDevice, deviceActions } from './actions.js';
import { exportCsv, importCsv } from './csv.js';
import { connectionPill, deviceLink, nameOf, statusPill, statusText, tagChips, tagList, templateOf } from './pills.js';

const words = texts.devices;
const PAGE = 50;
const REDRAW = 200;

/** What a column sorts by; those without one cannot be sorted. */
const ORDERS = {
  name: (device) => nameOf(device).toLowerCase(),
  status: (device) => statusText(device.status),
  conn: (device) => (device.connected ? 0 : 1),
  template: (device) => (templateOf(device) ?? '').toLowerCase(),
  seen: (device) => -Date.parse(device.connected ? device.connectedSince : device.lastSeen ?? 0),
};
const CONNECTIONS = { connected: words.connected, disconnected: words.disconnected };
const UNASSIGNED = '-';

/** What each filter of the address keeps. */
const FILTERS = {
  q: (device, wanted) => searchText(device).includes(wanted.trim().toLowerCase()),
  template: (device, wanted) => (wanted === UNASSIGNED ? !device.templateId : [device.templateId, device.modelId].includes(wanted)),
  status: (device, wanted) => device.status === wanted,
  conn: (device, wanted) => (device.connected ? 'connected' : 'disconnected') === wanted,
  tag: (device, wanted) => tagList(device).some(([key, value]) => `${key}: ${value}` === wanted),
};

const searchText = (device) => [device.id, device.name, templateOf(device), ...tagList(device).flat()].join(' ').toLowerCase();

export default function devicesPage(context) {
  context.titled([[words.title]]);
  const devices = new Map();
  const wanted = Object.fromEntries(Object.keys(FILTERS).map((name) => [name, context.query.get(name) ?? '']));
  let sort = context.query.get('sort') ?? 'name';
  let page = Math.max(1, Number(context.query.get('page')) || 1);
  let templates = [];
  let timer = 0;

  const search = h('input', {
    type: 'search', id: freshId('search'), value: wanted.q, placeholder: words.searchHint, 'data-testid': 'filter-devices', 'aria-keyshortcuts': '/',
    on: { input: () => change('q', search.value) },
  });
  const selects = Object.fromEntries(['template', 'status', 'conn', 'tag'].map((name) => [name, h('select', {
    'aria-label': words.filters[name], 'data-testid': `filter-${name}`, on: { change: () => change(name, selects[name].value) },
  })]));
  const clear = h('button', { type: 'button', class: 'link', 'data-testid': 'clear-filters', on: { click: clearFilters } }, words.clear);
  const count = h('span', { class: 'hint', 'data-testid': 'device-count' });
  const heads = h('tr');
  const body = h('tbody', { 'data-rows': true });
  const table = h('table', { class: 'cards devices' }, h('thead', {}, heads), body);
  const blank = h('div', { class: 'blank', hidden: true });
  const failure = h('p', { class: 'field-error', role: 'alert', hidden: true });
  const pager = h('nav', { class: 'pager', 'aria-label': words.page('', '', ''), hidden: true });

  function change(name, value) {
    wanted[name] = value;
    page = 1;
    remember();
    draw();
  }

  function clearFilters() {
    for (const name of Object.keys(wanted)) wanted[name] = '';
    search.value = '';
    change('q', '');
    search.focus();
  }

  function remember() {
    context.setQuery({ ...wanted, sort: sort === 'name' ? '' : sort, page: page === 1 ? '' : page });
  }

  function draw() {
    clearTimeout(timer);
    timer = 0;
    const matches = sorted([...devices.values()].filter(matchesAll));
    page = Math.min(page, Math.max(1, Math.ceil(matches.length / PAGE)));
    const shown = matches.slice((page - 1) * PAGE, page * PAGE);
    const focused = body.contains(document.activeElement) ? document.activeElement.closest('[data-row]')?.dataset.id : null;
    // an open menu is not pulled away by a change elsewhere
    if (body.querySelector('[aria-expanded="true"]')) return void later();
    replace(body, shown.map(deviceRow));
    if (focused) [...body.children].find((row) => row.dataset.id === focused)?.querySelector('a').focus();
    drawHeads();
    drawFilters();
    drawPager(matches.length);
    setText(count, devices.size > 0 ? words.count(matches.length, devices.size) : '');
    table.hidden = shown.length === 0;
    blank.hidden = shown.length > 0;
    if (shown.length === 0) drawBlank();
  }

  function later() {
    if (timer === 0) timer = setTimeout(draw, REDRAW);
  }

  function matchesAll(device) {
    return Object.entries(wanted).every(([name, value]) => value === '' || FILTERS[name](device, value));
  }

  function sorted(list) {
    const down = sort.startsWith('-');
    const key = ORDERS[down ? sort.slice(1) : sort] ?? ORDERS.name;
    const order = (a, b) => (a < b ? -1 : Number(a > b));
    return list.sort((a, b) => (down ? -1 : 1) * order(key(a), key(b)) || order(a.id, b.id));
  }

  function drawHeads() {
    const current = sort.replace('-', '');
    if (heads.children.length > 0 && heads.dataset.sort === sort) return;
    const active = document.activeElement?.dataset?.sortBy;
    heads.dataset.sort = sort;
    replace(heads, Object.entries(words.columns).map(([name, title]) => {
      if (!(name in ORDERS)) return h('th', { scope: 'col' }, h('span', { class: name === 'actions' ? 'visually-hidden' : null }, title));
      const direction = current !== name ? 'none' : sort.startsWith('-') ? 'descending' : 'ascending';
      return h('th', { scope: 'col', 'aria-sort': direction }, h('button', {
        type: 'button', class: 'sort', 'data-sort-by': name, title: words.sortBy(title), on: { click: () => sortBy(name) },
      }, title));
    }));
    if (active) heads.querySelector(`[data-sort-by="${active}"]`)?.focus();
  }

  function sortBy(name) {
    sort = sort === name ? `-${name}` : name;
    remember();
    draw();
  }

  function drawFilters() {
    const all = [...devices.values()];
    const named = new Map([...templates.map(({ id, name }) => [id, name]),
      ...all.filter((device) => device.templateId || device.modelId).map((device) => [device.templateId ?? device.modelId, templateOf(device) ?? device.modelId]),
      ...(all.some((device) => !device.templateId) ? [[UNASSIGNED, words.unassigned]] : [])]);
    const options = {
      template: [...named],
      status: Object.entries(words.status).filter(([status]) => status !== 'unassociated'),
      conn: Object.entries(CONNECTIONS),
      tag: [...new Set(all.flatMap((device) => tagList(device).map(([key, value]) => `${key}: ${value}`)))].sort().map((tag) => [tag, tag]),
    };
    for (const [name, select] of Object.entries(selects)) {
      fillSelect(select, [['', words.any[name]], ...options[name]], wanted[name]);
      select.hidden = name === 'tag' && options.tag.length === 0;
    }
    clear.hidden = Object.values(wanted).every((value) => value === '');
  }

  function drawPager(total) {
    pager.hidden = total <= PAGE;
    const step = (by, text, possible) => h('button', {
      type: 'button', class: 'small', disabled: !possible, 'aria-label': text,
      on: { click: () => { page += by; remember(); draw(); } },
    }, by < 0 ? '‹' : '›');
    replace(pager, step(-1, words.previous, page > 1),
      h('span', {}, words.page((page - 1) * PAGE + 1, Math.min(total, page * PAGE), total)), step(1, words.next, page * PAGE < total));
  }

  function drawBlank() {
    if (devices.size > 0) {
      replace(blank, h('p', {}, words.noMatch), h('button', { type: 'button', on: { click: clearFilters } }, words.clear));
    } else {
      replace(blank, h('h2', {}, words.empty), h('p', { class: 'hint' }, words.emptyHint),
        h('a', { class: 'button primary', href: '/devices/new', 'data-link': true }, words.add));
    }
  }

  async function load() {
    try {
      const [list, known] = await Promise.all([api.devices(), api.templates()]);
      devices.clear();
      for (const item of list.items) devices.set(item.id, item);
      templates = known.items.filter((one) => one.state !== 'draft');
      failure.hidden = true;
      draw();
    } catch (cause) {
      failure.hidden = false;
      replace(failure, cause.message);
    }
  }

  function event(name, data) {
    if (name !== 'device') return;
    if (data.deleted) devices.delete(data.id);
    else devices.set(data.id, data);
    later();
  }

  const file = h('input', {
    type: 'file', accept: '.csv,text/csv', class: 'visually-hidden', tabindex: -1, 'aria-label': words.import,
    on: { change: () => { importCsv(file.files[0]); file.value = ''; } },
  });

  return {
    element: h('div', { class: 'page' },
      h('div', { class: 'page-head' }, h('h1', {}, words.title),
        h('div', { class: 'tools' }, file,
          menuButton({
            label: words.more, items: () => [
              { text: words.import, act: () => file.click() },
              { text: words.export, act: () => exportCsv([...devices.values()].filter(matchesAll)) },
            ],
          }),
          h('a', { class: 'button primary', href: '/devices/new', 'data-link': true, 'data-testid': 'add-device' }, words.add))),
      h('section', { class: 'card flush', 'aria-label': words.title },
        h('div', { class: 'filters' }, h('label', { for: search.id, class: 'visually-hidden' }, words.search), search,
          Object.values(selects), clear, count),
        failure, blank, table, pager)),
    topics: ['devices'],
    load,
    event,
    close: () => clearTimeout(timer),
  };
}

/** Writes a select's options only when they changed, so that an open one is left alone. */
function fillSelect(select, options, value) {
  const key = JSON.stringify(options);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    replace(select, options.map(([option, text]) => h('option', { value: option }, text)));
  }
  select.value = value;
  // a filter for what is not there (any more) is shown as it stands in the address
  if (select.selectedIndex < 0) select.append(h('option', { value, selected: true }, value));
}

function deviceRow(device) {
  const { columns } = words;
  const seen = device.connected ? device.connectedSince : device.lastSeen;
  return h('tr', {
    'data-testid': `device-row-${device.id}`, 'data-row': true, 'data-id': device.id, 'data-status': device.status, 'data-connected': String(device.connected),
  },
  h('td', { class: 'card-title' }, deviceLink(device), device.name ? h('code', { class: 'weak device-id' }, device.id) : null),
  h('td', { 'data-label': columns.status }, h('span', { class: 'pills' }, statusPill(device),
    device.status === 'waiting' ? h('button', { type: 'button', class: 'small', 'data-testid': `approve-${device.id}`, on: { click: () => approveDevice(device) } }, words.actions.approve) : null)),
  h('td', { 'data-label': columns.conn }, connectionPill(device)),
  h('td', { 'data-label': columns.template }, templateOf(device) ?? h('span', { class: 'weak' }, words.unassigned)),
  h('td', { 'data-label': columns.tags, class: tagList(device).length > 0 ? null : 'none' }, tagChips(device)),
  h('td', { 'data-label': columns.seen }, seen ? ageTime(seen) : h('span', { class: 'weak' }, words.never)),
  h('td', { class: 'row-actions' }, menuButton({ label: words.actions.menu(nameOf(device)), testId: `menu-${device.id}`, items: () => deviceActions(device) })));
}
