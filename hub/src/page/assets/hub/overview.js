// The hub itself: its addresses and counters, and why it refused something.

import { api } from '../api.js';
import { h, replace, setText } from '../dom.js';
import { clockTime } from '../format.js';
import { stringify } from '../json.js';
import { copyable } from '../shell/clipboard.js';
import { showFailure } from '../shell/router.js';
import { devicePath } from '../shell/routes.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';
import { hubTabs, refreshing } from './parts.js';

const words = texts.hub;

export function overviewPage(context) {
  context.titled([[texts.shell.sections.hub]]);
  const facts = factsList();
  const log = logCard(() => load());
  const faults = h('p', { class: 'problem', role: 'status' });
  const failure = h('div');

  const load = coalesced(async () => {
    try {
      const [hub, entries, faulty] = await Promise.all([api.hub(), api.log(log.filter()), api.call('GET', '/api/faults')]);
      facts.update(hub);
      log.update(entries.items);
      setText(faults, faulty.items.length > 0 ? words.faultsActive(faulty.items.length) : '');
      replace(failure);
    } catch (cause) {
      showFailure(failure, cause.message, load);
    }
  });

  return {
    element: h('div', { class: 'page' }, h('h1', {}, texts.shell.sections.hub), hubTabs(''), failure, facts.element,
      h('p', {}, h('a', { href: '/hub/faults', 'data-link': true }, words.faults)), faults, log.element),
    topics: ['devices'],
    load,
    close: refreshing(load),
  };
}

/** The counters change in place; the addresses, which have buttons, are made when they are known. */
function factsList() {
  const count = () => h('strong');
  const [devices, connected] = [count(), count()];
  const fact = (label, value) => h('div', { class: 'fact' }, h('span', { class: 'copy-label' }, label), value);
  const element = h('section', { class: 'facts', 'aria-label': texts.app }, fact(words.devices, devices), fact(words.connected, connected));
  let addresses = null;
  return {
    element,
    update(hub) {
      setText(devices, String(hub.devices));
      setText(connected, String(hub.connected));
      if (addresses === `${hub.mqtt} ${hub.idScope}`) return;
      addresses = `${hub.mqtt} ${hub.idScope}`;
      replace(element, [...element.children].slice(0, 2), copyable(words.mqtt, hub.mqtt, { testId: 'hub-mqtt' }), copyable(words.idScope, hub.idScope, { testId: 'hub-id-scope' }));
    },
  };
}

/** Rows that say the same one after the other are one, with how often and since when. The newest come first. */
function folded(items) {
  const rows = [];
  for (const { at, device, message } of items) {
    const last = rows.at(-1);
    if (last && last.device === device && last.message === message) Object.assign(last, { first: at, count: last.count + 1 });
    else rows.push({ at, first: at, count: 1, device, message });
  }
  return rows;
}

function logCard(reload) {
  const search = h('input', { type: 'search', 'aria-label': words.logFilter, placeholder: words.logFilter, 'data-testid': 'log-filter', on: { input: () => reload() } });
  const list = h('ul', { class: 'plain log' });
  const empty = h('p', { class: 'empty' }, words.logEmpty);
  let shown = null;
  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'log-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'log-title' }, words.log), h('span', { class: 'hint' }, words.logIntro), search), empty, list),
    filter: () => search.value.trim(),
    update(items) {
      empty.hidden = items.length > 0;
      setText(empty, search.value.trim() === '' ? words.logEmpty : words.logNoMatch);
      // a text that is being selected stays
      if (stringify(items) === shown) return;
      shown = stringify(items);
      replace(list, folded(items).map(({ at, first, count, device, message }) => h('li', { 'data-testid': 'log-row' }, clockTime(at), ' ',
        device ? [h('a', { class: 'device-link', href: devicePath(device), 'data-link': true }, device), ' '] : null, h('span', {}, message),
        count > 1 ? [' ', h('span', { class: 'chip' }, words.logTimes(count), ' ', clockTime(first))] : null)));
    },
  };
}
