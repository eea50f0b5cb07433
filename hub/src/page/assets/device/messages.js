// The messages of one device as they came, with what is wrong with them; loaded while the view is shown.

import { api } from '../api.js';
import { h, replace } from '../dom.js';
import { clockTime } from '../format.js';
import { texts } from '../texts.js';

const PAUSE = 1500;
const words = texts.messages;

export function messagesView(deviceId) {
  let items = [];
  let shown = false;
  let timer = 0;
  const follow = h('input', { type: 'checkbox', checked: true, on: { change: () => touch() } });
  const kind = h('select', { on: { change: draw } }, h('option', { value: '' }, words.all));
  const body = h('tbody');
  const table = h('table', { class: 'cards' },
    h('thead', {}, h('tr', {}, Object.values(words.columns).map((title) => h('th', { scope: 'col' }, title)))), body);
  const empty = h('p', { class: 'empty' }, words.empty);

  function draw() {
    for (const name of new Set(items.map((item) => item.kind))) {
      if (![...kind.options].some((option) => option.value === name)) kind.append(h('option', { value: name }, name));
    }
    const chosen = items.filter((item) => kind.value === '' || item.kind === kind.value);
    replace(body, chosen.map(messageRow));
    table.hidden = chosen.length === 0;
    empty.hidden = chosen.length > 0;
  }

  async function load() {
    ({ items } = await api.raw(deviceId));
    draw();
  }

  /** Something arrived: loads again, at most every one and a half seconds. */
  function touch() {
    if (!shown || !follow.checked || timer !== 0) return;
    timer = setTimeout(() => {
      timer = 0;
      // A failed load is shown by the banner of the lost stream; the next event tries again.
      load().catch(() => {});
    }, PAUSE);
  }

  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'messages-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'messages-title' }, words.title),
        h('div', { class: 'tools' }, h('label', { class: 'inline-field' }, words.kind, kind),
          h('label', { class: 'inline-field' }, follow, words.follow))),
      empty, h('div', { class: 'scroll' }, table)),
    touch,
    setShown(value) {
      shown = value;
      if (shown) load().catch(() => touch());
    },
    close() {
      shown = false;
      clearTimeout(timer);
    },
  };
}

function messageRow({ seq, at, kind, component, body, problem }) {
  const { columns } = words;
  return h('tr', { 'data-testid': 'message-row', 'data-kind': kind, 'data-seq': seq },
    h('td', { 'data-label': columns.at }, clockTime(at)),
    h('td', { 'data-label': columns.kind }, h('span', { class: 'chip' }, kind)),
    h('td', { 'data-label': columns.component }, component ?? texts.none),
    h('td', { 'data-label': columns.body }, h('code', { class: 'body' }, body), problem ? h('p', { class: 'problem' }, problem) : null));
}
