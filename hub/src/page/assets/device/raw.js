// Raw data: every message, property, command and connection event as it came, the newest first, with what the template does
// not know and what is wrong marked. Which columns, kinds and time are shown stands in the address; what is shown can be saved.
// Which rows are held is in raw-rows.js, what is asked for in raw-filters.js, the table in raw-columns.js.

import { api } from '../api.js';
import { h, setText } from '../dom.js';
import { menuButton } from '../shell/menu.js';
import { texts } from '../texts.js';
import { rawTable } from './raw-columns.js';
import { rawFilters } from './raw-filters.js';
import { RawRows } from './raw-rows.js';
import { unmodeledNames } from './unmodeled.js';

const words = texts.raw;
const PAGE = 100;
const MERGE = 250; // milliseconds between two times that rows of the stream are shown

export default function rawTab({ data, context }) {
  const rows = new RawRows();
  const filters = rawFilters(context.query, refine);
  const table = rawTable(data.template, context.query.get('cols'), () => {
    remember();
    draw();
  });
  const follow = h('input', { type: 'checkbox', checked: true, 'data-testid': 'raw-follow', on: { change: () => follow.checked && takeFresh() } });
  const none = h('p');
  const clear = h('button', { type: 'button', hidden: true, 'data-testid': 'raw-clear', on: { click: () => filters.clear() } }, words.clear);
  const empty = h('div', { class: 'blank', hidden: true }, none, clear);
  const error = h('p', { class: 'field-error', role: 'alert' });
  const damage = h('p', { class: 'field-error', hidden: true }, words.damage);
  const more = h('button', { type: 'button', hidden: true, 'data-testid': 'raw-more', on: { click: loadMore } }, words.more);
  const waiting = h('button', { type: 'button', class: 'link', hidden: true, 'data-testid': 'raw-fresh', on: { click: takeFresh } }, words.fresh(0));
  const unknown = unmodeledNames(data);
  let loads = 0; // of the newest page: an answer that was asked for before another is not shown after it
  let refinements = 0; // of the filter: rows that were asked for with another one are not shown
  let refined = true; // another filter was chosen since the last answer
  let timer = 0;

  function remember() {
    context.setQuery({ ...filters.asked(), cols: table.unusual() });
  }

  function refine() {
    refined = true;
    refinements += 1;
    remember();
    load();
  }

  /** Asks for a page and has it taken, if it is still `wanted()` then. */
  async function ask(after, wanted, take) {
    try {
      const page = await api.raw(data.id, { ...filters.asked(), limit: PAGE, after });
      if (!wanted()) return;
      take(page);
      setText(error, '');
      damage.hidden = !(page.damage?.length > 0);
      draw();
    } catch (failure) {
      if (wanted()) setText(error, failure.message);
    }
  }

  function load() {
    const since = rows.newest;
    loads += 1;
    const mine = loads;
    return ask(null, () => mine === loads, (page) => {
      if (refined) rows.begin(page, { since, matches: filters.matches, follow: follow.checked });
      else rows.renew(page, { since, follow: follow.checked });
      refined = false;
    });
  }

  async function loadMore() {
    const after = rows.next;
    const mine = refinements;
    more.disabled = true;
    await ask(after, () => mine === refinements && rows.next === after, (page) => rows.extend(page));
    more.disabled = false;
  }

  /** A row of the stream: shown when it is asked for, at most a few times a second. */
  function arrived(row) {
    if (filters.matches(row) && rows.arrive(row) && timer === 0) timer = setTimeout(showFresh, MERGE);
  }

  function showFresh() {
    timer = 0;
    if (follow.checked) takeFresh();
    else showWaiting();
  }

  function takeFresh() {
    rows.take();
    draw();
  }

  function showWaiting() {
    waiting.hidden = rows.fresh.length === 0;
    setText(waiting, words.fresh(rows.fresh.length));
  }

  function draw() {
    table.draw(rows.shown);
    unknown.update(rows.shown);
    empty.hidden = rows.shown.length > 0;
    const filtered = Object.values(filters.asked()).some((value) => value !== '');
    setText(none, filtered ? words.noMatch : words.empty);
    clear.hidden = !filtered;
    more.hidden = rows.next === null;
    showWaiting();
  }

  const stops = [data.on('row', arrived), data.on('reloaded', load)];
  load();
  return {
    element: h('section', { class: 'card flush' },
      h('div', { class: 'filters' }, filters.elements, h('label', { class: 'check' }, follow, words.follow), waiting,
        h('div', { class: 'tools end' }, table.chooser, exportMenu(data.id, () => ({ ...filters.asked(), cols: table.names() })))),
      unknown.element, error, damage, empty, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': words.title }, table.element), h('div', { class: 'pager' }, more)),
    // what is read while it is not followed is not drawn anew
    isDirty: () => !follow.checked,
    close() {
      loads += 1;
      refinements += 1;
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    },
  };
}

/** Saves what is asked for as a file; only CSV has columns. */
function exportMenu(id, asked) {
  // a link, so that an error of the hub does not replace the application
  const save = (format) => {
    const { cols, ...filter } = asked();
    h('a', { href: api.exportUrl(id, { ...filter, format, cols: format === 'csv' ? cols : '' }), download: '' }).click();
  };
  return menuButton({
    label: words.export, text: words.export, className: 'small', testId: 'raw-export',
    items: () => [{ text: words.csv, testId: 'export-csv', act: () => save('csv') }, { text: words.jsonl, testId: 'export-jsonl', act: () => save('jsonl') }],
  });
}
