// The list of devices, kept current by the stream. What is searched, filtered, sorted and paged stands in the address and is
// asked of the hub: a page holds no more than it shows.

import { api } from '../api.js';
import { h, replace, setText } from '../dom.js';
import { pager } from '../pager.js';
import { menuButton } from '../shell/menu.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';
import { exportCsv, importCsv } from './csv.js';
import { deviceFilters, FILTERS } from './filters.js';
import { Selection } from './selection.js';
import { deviceTable } from './table.js';

const words = texts.devices;
const PAGE = 50;
const REDRAW = 200; // between a change and the question how the list is now
const SHARE = 5; // of the time that an answer takes, at least, until the next is asked for

export default function devicesPage(context) {
  context.titled([[words.title]]);
  const wanted = Object.fromEntries(FILTERS.map((name) => [name, context.query.get(name) ?? '']));
  const place = { sort: context.query.get('sort') ?? 'name', page: Math.max(1, Math.trunc(Number(context.query.get('page'))) || 1) };
  const feed = listFeed({ wanted, place, onList: show, onFailure: (text) => { failure.hidden = text === ''; setText(failure, text); } });
  const filters = deviceFilters(wanted, () => turn({ page: 1 }));
  const selection = new Selection(() => shownDevices(table), () => table.rows(shownDevices(table)));
  const table = deviceTable({ onSort: (sort) => turn({ sort }), boxes: { isChecked: selection.has, onCheck: selection.check } });
  const pages = pager(PAGE, (page) => turn({ page }));
  const count = h('span', { class: 'hint', 'data-testid': 'device-count' });
  const failure = h('p', { class: 'field-error', role: 'alert', hidden: true });
  const blank = blankCard(filters.clear);

  /** Another place of the list. */
  function turn(change) {
    Object.assign(place, change);
    context.setQuery({ ...wanted, sort: place.sort === 'name' ? '' : place.sort, page: place.page === 1 ? '' : place.page });
    feed.refresh();
  }

  function show({ items, total, all, choices }, templates) {
    // what was shown last has gone: there is a page before it
    if (items.length === 0 && total > 0) return turn({ page: Math.ceil(total / PAGE) });
    table.update(items, place.sort);
    filters.update(templates, choices);
    pages.update(place.page, total);
    selection.update();
    setText(count, all > 0 ? words.count(total, all) : '');
    blank.update(items.length > 0 ? null : all > 0 ? 'noMatch' : 'empty');
    return undefined;
  }

  function event(name, device) {
    if (name === 'template') return feed.load();
    if (name !== 'device') return undefined;
    if (!device.deleted) table.rows.row(device.id)?.update(device);
    selection.update();
    return feed.later();
  }

  return {
    element: h('div', { class: 'page' },
      h('div', { class: 'page-head' }, h('h1', {}, words.title), tools(() => api.devices({ ...wanted, sort: place.sort }))),
      h('section', { class: 'card flush', 'aria-label': words.title },
        h('div', { class: 'filters' }, filters.elements, count), selection.element, failure, blank.element, table.element, pages.element)),
    topics: ['devices', 'templates'],
    load: feed.load,
    event,
    close: feed.close,
  };
}

const shownDevices = (table) => table.rows.rows().map((row) => row.device());

/** Asks the hub for the wanted part of the list: `load` with the templates, `refresh` without, `later` after a while. */
function listFeed({ wanted, place, onList, onFailure }) {
  let templates = [];
  let timer = 0;
  let pause = REDRAW;
  let closed = false;

  const refresh = coalesced(async () => {
    clearTimeout(timer);
    timer = 0;
    const begun = performance.now();
    await told(async () => {
      const list = await api.devices({ ...wanted, sort: place.sort, limit: PAGE, offset: (place.page - 1) * PAGE });
      if (!closed) onList(list, templates);
    });
    // a hub with many devices is not kept busy by a page that watches them
    pause = Math.max(REDRAW, SHARE * (performance.now() - begun));
  });

  async function load() {
    await told(async () => { templates = (await api.templates()).items.filter((one) => one.state !== 'draft'); });
    await refresh();
  }

  async function told(act) {
    try {
      await act();
      onFailure('');
    } catch (cause) {
      onFailure(cause.message);
    }
  }

  return {
    refresh,
    load,
    later() {
      if (timer === 0 && !closed) timer = setTimeout(refresh, pause);
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** What stands in place of rows: that nothing matches, or that there is no device. */
function blankCard(onClear) {
  const kinds = {
    noMatch: h('div', { class: 'blank' }, h('p', {}, words.noMatch), h('button', { type: 'button', on: { click: onClear } }, words.clear)),
    empty: h('div', { class: 'blank' }, h('h2', {}, words.empty), h('p', { class: 'hint' }, words.emptyHint),
      h('a', { class: 'button primary', href: '/devices/new', 'data-link': true }, words.add)),
  };
  const element = h('div', { hidden: true });
  return {
    element,
    update(kind) {
      element.hidden = kind === null;
      if (kind === null) replace(element);
      else if (element.firstChild !== kinds[kind]) replace(element, kinds[kind]);
    },
  };
}

/** Import, export and a new device. `matching()` answers all devices that match. */
function tools(matching) {
  const file = h('input', {
    type: 'file', accept: '.csv,text/csv', class: 'visually-hidden', tabindex: -1, 'aria-label': words.import,
    on: { change: () => { importCsv(file.files[0]); file.value = ''; } },
  });
  return h('div', { class: 'tools' }, file,
    menuButton({
      label: words.more, items: () => [
        { text: words.import, act: () => file.click() },
        { text: words.export, testId: 'export-csv', act: () => exportCsv(matching) },
      ],
    }),
    h('a', { class: 'button primary', href: '/devices/new', 'data-link': true, 'data-testid': 'add-device' }, words.add));
}
