// The table of commands that were sent, newest first. A row only moves forward: what is completed stays completed.

import { announce } from '../announce.js';
import { h, replace } from '../dom.js';
import { clockTime } from '../format.js';
import { stringify } from '../json.js';
import { texts } from '../texts.js';

const LIMIT = 100;
const words = texts.commands;
const ORDER = { sent: 0, accepted: 1 };
const progress = (row) => ORDER[row.state] ?? 2;

export function historyView() {
  const rows = new Map();
  const body = h('tbody');
  const table = h('table', { class: 'cards', hidden: true },
    h('thead', {}, h('tr', {}, Object.values(words.columns).map((title) => h('th', { scope: 'col' }, title)))), body);
  const empty = h('p', { class: 'empty' }, words.historyEmpty);

  function draw() {
    const newest = [...rows.values()].sort((a, b) => b.id - a.id).slice(0, LIMIT);
    replace(body, newest.map(historyRow));
    table.hidden = newest.length === 0;
    empty.hidden = newest.length > 0;
  }

  return {
    element: h('section', { class: 'card history', 'aria-labelledby': 'history-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'history-title' }, words.history)), empty, h('div', { class: 'scroll' }, table)),
    set(all) {
      rows.clear();
      for (const row of all) rows.set(row.id, row);
      draw();
    },
    /** Adds or changes a row; answers whether it was news. */
    upsert(row) {
      const known = rows.get(row.id);
      if (known && progress(known) >= progress(row)) return false;
      rows.set(row.id, row);
      draw();
      announce(`command ${row.id}`, words.stateChanged(row.name, words.state[row.state] ?? row.state));
      return true;
    },
  };
}

function historyRow(row) {
  const { at, command, request, state, response } = words.columns;
  const cell = (label, ...content) => h('td', { 'data-label': label }, content);
  return h('tr', { 'data-testid': 'history-row', 'data-command': row.name, 'data-state': row.state, 'data-id': row.id },
    cell(at, clockTime(row.at)),
    cell(command, h('strong', {}, row.component ? `${row.component} · ${row.name}` : row.name)),
    cell(request, isSet(row.request) ? h('code', {}, stringify(row.request)) : texts.none),
    cell(state, statePill(row)),
    cell(response, answerOf(row)));
}

/** The state in words with the device's status number. */
export function statePill(row) {
  const name = words.state[row.state] ?? row.state;
  return h('span', { class: 'pill', 'data-state': row.state }, row.status ? `${name} ${row.status}` : name);
}

/** What the device answered, and for an asynchronous command what it reported later. */
export function answerOf(row) {
  const parts = [row.response, row.completion].filter(isSet).map((value) => h('code', {}, stringify(value)));
  if (row.message) parts.push(h('span', {}, row.message));
  return h('span', { class: 'answer' }, parts.length > 0 ? parts : texts.none);
}

const isSet = (value) => value !== null && value !== undefined;
