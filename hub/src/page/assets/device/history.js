// The table of commands that were sent, newest first. The hub decides their states; a finished row never changes here either.

import { announce } from '../announce.js';
import { freshId, h, replace } from '../dom.js';
import { clockTime } from '../format.js';
import { stringify } from '../json.js';
import { keptRows } from '../rows.js';
import { texts } from '../texts.js';
import { oneLine } from '../value.js';

const LIMIT = 100;
const words = texts.commands;

export function historyView(data, context) {
  const body = h('tbody');
  const showRows = keptRows(body, (row) => row.id, historyRow);
  const table = h('table', { class: 'cards', hidden: true },
    h('thead', {}, h('tr', {}, Object.values(words.columns).map((title) => h('th', { scope: 'col' }, title)))), body);
  const empty = h('p', { class: 'empty' }, words.historyEmpty);
  const chosen = context.query.get('name') ?? '';
  const only = h('select', { id: freshId('only'), 'data-testid': 'filter-history', on: { change: () => { context.setQuery({ name: only.value }); draw(); } } });
  const showNames = keptRows(only, (name) => name, (name) => ({ element: h('option', { value: name, selected: name === chosen }, name === '' ? words.all : name) }));

  function draw() {
    const all = data.history();
    showNames(['', ...[...new Set([...all.map(fullName), ...(chosen ? [chosen] : [])])].sort()]);
    const shown = all.filter((row) => only.value === '' || fullName(row) === only.value).slice(0, LIMIT);
    showRows(shown);
    table.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
  }

  function changed(row) {
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

/** A row, changed in place, so that one that is unfolded stays so. */
function historyRow(first) {
  const { at, command, request, state, response } = words.columns;
  const cell = (label, ...content) => h('td', { 'data-label': label }, content);
  const stateCell = cell(state);
  const answer = h('div');
  const times = h('dl', { class: 'parts' });
  const element = h('tr', { 'data-testid': 'history-row', 'data-command': first.name, 'data-id': first.id },
    cell(at, clockTime(first.at)),
    cell(command, h('strong', {}, fullName(first))),
    cell(request, isSet(first.request) ? h('code', {}, oneLine(first.request)) : texts.none),
    stateCell,
    cell(response, answer, h('details', { class: 'row-details' }, h('summary', {}, words.details), times)));
  let drawn = null;
  return {
    element,
    update(row) {
      const key = stringify(row);
      if (key === drawn) return;
      drawn = key;
      element.dataset.state = row.state;
      replace(stateCell, statePill(row));
      replace(answer, answerOf(row));
      replace(times, details(row));
    },
  };
}

/** The state in words with the device's status number. */
export function statePill(row) {
  const name = words.state[row.state] ?? row.state;
  // what a completed one was answered is that it was accepted
  return h('span', { class: 'pill', 'data-state': row.state }, row.status && row.state !== 'completed' ? `${name} ${row.status}` : name);
}

/** What the device answered, and for an asynchronous command what it reported later. */
export function answerOf(row) {
  const newest = row.completion ?? row.progress?.at(-1)?.value;
  const parts = [row.response, newest].filter(isSet).map((one) => h('code', {}, oneLine(one)));
  if (row.message) parts.push(h('span', {}, row.message));
  return h('span', { class: 'answer' }, parts.length > 0 ? parts : row.status ? h('span', { class: 'weak' }, words.noAnswer) : texts.none);
}

function details(row) {
  const times = Object.entries(words.times).filter(([name]) => row[name]).map(([name, label]) => [h('dt', {}, label), h('dd', {}, clockTime(row[name]))]);
  const progress = (row.progress ?? []).map((one) => h('li', {}, clockTime(one.at), ' ', h('code', {}, oneLine(one.value))));
  return [row.by ? [h('dt', {}, words.by), h('dd', {}, row.by)] : null, times,
    progress.length > 0 ? [h('dt', {}, words.progress), h('dd', {}, h('ol', { class: 'plain' }, progress))] : null];
}

const isSet = (value) => value !== null && value !== undefined;
