// The hub itself: its addresses and counters, and why it refused something.

import { api } from '../api.js';
import { h, replace, setText } from '../dom.js';
import { clockTime } from '../format.js';
import { copyable } from '../shell/clipboard.js';
import { notFound, showFailure } from '../shell/router.js';
import { texts } from '../texts.js';
import { faultsPage } from './faults.js';

const words = texts.hub;
const REFRESH = 5_000;

/** Pages under `/hub` by what follows it in the address; the first is `/hub` itself. */
const PAGES = { '': overview, faults: faultsPage };

export default function hubPage(context) {
  const [name = ''] = context.rest;
  return (PAGES[name] ?? notFound)(context);
}

function overview(context) {
  context.titled([[texts.shell.sections.hub]]);
  const facts = h('section', { class: 'facts', 'aria-label': texts.app });
  const log = logCard(load);
  const faults = h('p', { class: 'problem', role: 'status' });
  const failure = h('div');
  const timer = setInterval(() => !document.hidden && load(), REFRESH);
  const fact = (label, value) => h('div', { class: 'fact' }, h('span', { class: 'copy-label' }, label), h('strong', {}, value));

  async function load() {
    try {
      const [hub, entries, faulty] = await Promise.all([api.hub(), api.log(log.filter()), api.call('GET', '/api/faults')]);
      replace(facts, fact(words.devices, String(hub.devices)), fact(words.connected, String(hub.connected)),
        copyable(words.mqtt, hub.mqtt, { testId: 'hub-mqtt' }), copyable(words.idScope, hub.idScope, { testId: 'hub-id-scope' }));
      log.update(entries.items);
      setText(faults, faulty.items.length > 0 ? words.faultsActive(faulty.items.length) : '');
      replace(failure);
    } catch (cause) {
      showFailure(failure, cause.message, load);
    }
  }

  return {
    element: h('div', { class: 'page' }, h('h1', {}, texts.shell.sections.hub), failure, facts,
      h('p', {}, h('a', { href: '/hub/faults', 'data-link': true }, words.faults)), faults, log.element),
    topics: ['devices'],
    load,
    close: () => clearInterval(timer),
  };
}

function logCard(reload) {
  const search = h('input', { type: 'search', 'aria-label': words.logFilter, placeholder: words.logFilter, 'data-testid': 'log-filter', on: { input: () => reload() } });
  const list = h('ul', { class: 'plain log' });
  const empty = h('p', { class: 'empty' }, words.logEmpty);
  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'log-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'log-title' }, words.log), h('span', { class: 'hint' }, words.logIntro), search), empty, list),
    filter: () => search.value.trim(),
    update(items) {
      empty.hidden = items.length > 0;
      setText(empty, search.value.trim() === '' ? words.logEmpty : words.logNoMatch);
      replace(list, items.map(({ at, device, message }) => h('li', { 'data-testid': 'log-row' }, clockTime(at), ' ',
        device ? h('strong', {}, device, ' ') : null, h('span', {}, message))));
    },
  };
}
