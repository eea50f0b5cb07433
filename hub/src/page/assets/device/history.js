// The table of commands that were sent, newest first. The hub decides their states; a finished row never changes here either.

import { announce } from '../announce.js';
import { freshId, h, replace } from '../dom.js';
import { clockTime } from '../format.js';
import { stringify } from '../json.js';
import { arrange } from '../keyed.js';
import { texts } from '../texts.js';
import { oneLine } from '../value.js';

const LIMIT = 100;
const words = texts.commands;

export function historyView(data, context) {
  const body = h('tbody');
  const table = h('table', { class: 'cards', hidden: true },
    h('thead', {}, h('tr', {}, Object.values(words.columns).map((title) => h('th', { scope: 'col' }, title)))), body);
  const empty = h('p', { class: 'empty' }, words.historyEmpty);
  const only = h('select', { id: freshId('only'), 'data-testid': 'filter-history', on: { change: () => { context.setQuery({ name: only.value }); draw(); } } });
  const drawn = new Map();
  const chosen = context.query.get('name') ?? '';

  function draw() {
    const all = data.history();
    const names = [...new Set([...all.map(fullName), ...(chosen ? [chosen] : [])])].sort();
    if (only.dataset.names !== names.join()) {
      const value = only.options.length > 0 ? only.value : chosen;
      only.dataset.names = names.join();
      replace(only, h('option', { value: '' }, words.all), names.map((name) => h('option', { value: name }, name)));
      only.value = value;
    }
    const shown = all.filter((row) => only.value === '' || fullName(row) === only.value).slice(0, LIMIT);
    arrange(body, shown.map(rowOf));
    table.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
  }

  /** Rows are made once for each state, so that an open one stays open. */
  function rowOf(row) {
    const key = stringify(row);
    const known = drawn.get(row.id);
    if (known?.key === key) return known.element;
    const element = historyRow(row, known?.element.querySelector('details')?.open ?? false);
    drawn.set(row.id, { key, element });
    return element;
  }

  function changed(row) {
    for (const id of drawn.keys()) if (!data.commands.has(id)) drawn.delete(id);
    if (row) announce(`command ${row.id}`, words.stateChanged(row.name, words.state[row.state] ?? row.state));
    draw();
  }

  const stop = data.on('commands', changed);
  draw();
  return {
    element: h('section', { class: 'card history' },
      h('header', { class: 'card-head' }, h('h2', { id: 'history-title' }, words.history),
        h('div', { class: 'inline-field' }, h('label', { for: only.id, class: 'visually-hidden' }, texts.commands.columns.command), only)),
      empty, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': 'history-title' }, table)),
    close: stop,
  };
}

const fullName = (row) => (row.component ? `${row.component} · ${row.name}` : row.name);

function historyRow(row, open) {
  const { at, command, request, state, response } = words.columns;
  const cell = (label, ...content) => h('td', { 'data-label': label }, content);
  return h('tr', { 'data-testid': 'history-row', 'data-command': row.name, 'data-state': row.state, 'data-id': row.id },
    cell(at, clockTime(row.at)),
    cell(command, h('strong', {}, fullName(row))),
    cell(request, isSet(row.request) ? h('code', {}, oneLine(row.request)) : texts.none),
    cell(state, statePill(row)),
    cell(response, answerOf(row), details(row, open)));
}

/** The state in words with the device's status number. */
export function statePill(row) {
  const name = words.state[row.state] ?? row.state;
  return h('span', { class: 'pill', 'data-state': row.state }, row.status ? `${name} ${row.status}` : name);
}

/** What the device answered, and for an asynchronous command what it reported later. */
export function answerOf(row) {
  const newest = row.completion ?? row.progress?.at(-1)?.value;
  const parts = [row.response, newest].filter(isSet).map((one) => h('code', {}, oneLine(one)));
  if (row.message) parts.push(h('span', {}, row.message));
  return h('span', { class: 'answer' }, parts.length > 0 ? parts : texts.none);
}

function details(row, open) {
  const times = Object.entries(words.times).filter(([name]) => row[name]).map(([name, label]) => [h('dt', {}, label), h('dd', {}, clockTime(row[name]))]);
  const progress = (row.progress ?? []).map((one) => h('li', {}, clockTime(one.at), ' ', h('code', {}, oneLine(one.value))));
  return h('details', { class: 'row-details', open }, h('summary', {}, words.details),
    h('dl', { class: 'parts' }, row.by ? [h('dt', {}, words.by), h('dd', {}, row.by)] : null, times,
      progress.length > 0 ? [h('dt', {}, words.progress), h('dd', {}, h('ol', { class: 'plain' }, progress))] : null));
}

const isSet = (value) => value !== null && value !== undefined;
