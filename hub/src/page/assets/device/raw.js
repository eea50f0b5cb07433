// Raw data: every message, property, command and connection event as it came, the newest first, with what the template does
// not know and what is wrong marked. Which columns, kinds and time are shown stands in the address; what is shown can be saved.

import { api } from '../api.js';
import { freshId, h, replace, setText } from '../dom.js';
import { clockTime } from '../format.js';
import { arrange } from '../keyed.js';
import { menuButton } from '../shell/menu.js';
import { texts } from '../texts.js';
import { oneLine, valueText } from '../value.js';

const words = texts.raw;
const PAGE = 100;
const SHOWN = 1000; // rows before the oldest are taken away
const USUAL = ['at', 'kind', 'component', 'values', 'unmodeled', 'problem'];
const MERGE = 250;

export default function rawTab({ data, context }) {
  const { query } = context;
  const names = columnNames(data.template);
  const chosen = new Set(query.get('cols')?.split(',').filter((name) => names.has(name)) ?? USUAL);
  const filter = { kind: query.get('kind') ?? '', from: query.get('from') ?? '', to: query.get('to') ?? '', unmodeled: query.get('unmodeled') === '1' };
  let rows = [];
  let next = null;
  let turn = 0; // of the filter: rows that were asked for with another one are not shown
  let fresh = [];
  let timer = 0;
  let closed = false;

  const kind = h('select', { id: freshId('kind'), 'data-testid': 'raw-kind', on: { change: () => refine({ kind: kind.value }) } },
    h('option', { value: '' }, words.allKinds), Object.entries(words.kinds).map(([value, text]) => h('option', { value, selected: value === filter.kind }, text)));
  const unmodeled = h('input', { type: 'checkbox', checked: filter.unmodeled, 'data-testid': 'raw-unmodeled', on: { change: () => refine({ unmodeled: unmodeled.checked }) } });
  const follow = h('input', { type: 'checkbox', checked: true, 'data-testid': 'raw-follow', on: { change: takeFresh } });
  const from = timeInput(words.from, filter.from, 'raw-from', (value) => refine({ from: value }));
  const to = timeInput(words.to, filter.to, 'raw-to', (value) => refine({ to: value }));
  const heads = h('tr');
  const body = h('tbody', { 'data-testid': 'raw-rows' });
  const table = h('table', { class: 'cards raw' }, h('thead', {}, heads), body);
  const empty = h('p', { class: 'blank', hidden: true });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const damage = h('p', { class: 'field-error', hidden: true }, words.damage);
  const more = h('button', { type: 'button', hidden: true, 'data-testid': 'raw-more', on: { click: () => loadMore() } }, words.more);
  const waiting = h('button', { type: 'button', class: 'link', hidden: true, on: { click: takeFresh } }, words.fresh(0));
  const columns = columnChooser(names, chosen, () => {
    remember();
    draw();
  });

  function refine(changes) {
    Object.assign(filter, changes);
    remember();
    load();
  }

  function remember() {
    const cols = columnsShown();
    context.setQuery({ kind: filter.kind, from: filter.from, to: filter.to, unmodeled: filter.unmodeled ? '1' : '', cols: cols === USUAL.join(',') ? '' : cols });
  }

  const asked = () => ({ kind: filter.kind, from: filter.from, to: filter.to, unmodeled: filter.unmodeled ? '1' : '' });

  async function load() {
    turn += 1;
    const mine = turn;
    const last = newestSeq();
    try {
      const page = await api.raw(data.id, { ...asked(), limit: PAGE });
      if (closed || mine !== turn) return;
      // rows of the stream that came while the answer was under way stay
      const newest = page.items[0]?.seq ?? last;
      const came = [...fresh, ...rows].filter((row) => row.seq > newest && matches(row));
      fresh = follow.checked ? [] : came;
      rows = follow.checked ? [...came, ...page.items] : page.items;
      take(page);
      draw();
      showWaiting();
    } catch (failure) {
      if (!closed && mine === turn) setText(error, failure.message);
    }
  }

  async function loadMore() {
    more.disabled = true;
    const mine = turn;
    try {
      const page = await api.raw(data.id, { ...asked(), limit: PAGE, after: next });
      if (closed || mine !== turn) return;
      rows = [...rows, ...page.items];
      take(page);
      draw();
    } catch (failure) {
      if (!closed && mine === turn) setText(error, failure.message);
    } finally {
      more.disabled = false;
    }
  }

  function take(page) {
    next = page.next ?? null;
    setText(error, '');
    damage.hidden = !(page.damage?.length > 0);
  }

  const newestSeq = () => Math.max(rows[0]?.seq ?? -1, fresh[0]?.seq ?? -1);

  /** A row of the stream: shown when it is asked for, at most a few times a second. */
  function arrived(row) {
    if (row.seq <= newestSeq() || !matches(row)) return;
    fresh.unshift(row);
    fresh.length = Math.min(fresh.length, SHOWN);
    if (timer === 0) timer = setTimeout(showFresh, MERGE);
  }

  function showFresh() {
    timer = 0;
    if (follow.checked) takeFresh();
    showWaiting();
  }

  function showWaiting() {
    waiting.hidden = fresh.length === 0;
    setText(waiting, words.fresh(fresh.length));
  }

  function takeFresh() {
    rows = [...fresh, ...rows];
    if (rows.length > SHOWN) {
      rows.length = SHOWN;
      next = rows.at(-1).seq;
    }
    fresh = [];
    waiting.hidden = true;
    draw();
  }

  function matches(row) {
    const at = Date.parse(row.at);
    return (filter.kind === '' || row.kind === filter.kind) && (!filter.unmodeled || isOdd(row))
      && (filter.from === '' || at >= Date.parse(filter.from)) && (filter.to === '' || at <= Date.parse(filter.to));
  }

  const drawn = new Map();

  function draw() {
    const shown = [...names].filter(([name]) => chosen.has(name));
    const key = shown.map(([name]) => name).join();
    if (heads.dataset.key !== key) {
      heads.dataset.key = key;
      replace(heads, shown.map(([, column]) => h('th', { scope: 'col' }, column.title)));
      drawn.clear();
    }
    const kept = new Set(rows.map((row) => row.seq));
    for (const seq of drawn.keys()) if (!kept.has(seq)) drawn.delete(seq);
    arrange(body, rows.map((row) => {
      if (!drawn.has(row.seq)) drawn.set(row.seq, rawRow(row, shown));
      return drawn.get(row.seq);
    }));
    table.hidden = rows.length === 0;
    empty.hidden = rows.length > 0;
    setText(empty, Object.values(asked()).some((value) => value !== '') ? words.noMatch : words.empty);
    more.hidden = next === null;
  }

  const columnsShown = () => [...names.keys()].filter((name) => chosen.has(name)).join(',');
  // a link, so that an error of the hub does not replace the application
  const save = (format) => h('a', { href: api.exportUrl(data.id, { ...asked(), format, cols: format === 'csv' ? columnsShown() : '' }), download: '' }).click();
  const stops = [data.on('row', arrived), data.on('reloaded', load)];
  load();
  return {
    element: h('section', { class: 'card flush' },
      h('div', { class: 'filters' },
        h('div', { class: 'inline-field' }, h('label', { for: kind.id }, words.kind), kind), from.element, to.element,
        h('label', { class: 'check' }, unmodeled, words.unmodeled), h('label', { class: 'check' }, follow, words.follow), waiting,
        h('div', { class: 'tools end' }, columns,
          menuButton({
            label: words.export, text: words.export, className: 'small', testId: 'raw-export',
            items: () => [{ text: words.csv, testId: 'export-csv', act: () => save('csv') }, { text: words.jsonl, testId: 'export-jsonl', act: () => save('jsonl') }],
          }))),
      error, damage, empty, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': words.title }, table), h('div', { class: 'pager' }, more)),
    close() {
      closed = true;
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    },
  };
}

/** Whether a row has anything that its template does not know or that is wrong. */
const isOdd = (row) => Object.keys(row.unmodeled ?? {}).length > 0 || (row.problems?.length ?? 0) > 0;

/** All columns by name: the fixed ones, then one for each telemetry and property of the template. */
function columnNames(template) {
  const fixed = Object.entries(words.fixed).map(([name, title]) => [name, { title, cell: CELLS[name] }]);
  const own = template.capabilities.filter((one) => ['telemetry', 'property'].includes(one.kind)).map((capability) => [capability.path, {
    title: template.fullLabel(capability),
    cell: (row) => (row.component ?? null) === (capability.component ?? null) && Object.hasOwn(row.modeled ?? {}, capability.name)
      ? valueText(row.modeled[capability.name], capability) : texts.none,
  }]);
  return new Map([...fixed, ...own]);
}

const pairs = (values, className) => h('span', { class: className }, Object.entries(values ?? {}).map(([name, value]) => h('code', { class: 'pair-of' }, `${name}: ${oneLine(value)}`)));

const CELLS = {
  at: (row) => clockTime(row.at),
  kind: (row) => h('span', { class: 'chip' }, words.kinds[row.kind] ?? row.kind),
  component: (row) => row.component ?? texts.none,
  values: (row) => (row.modeled && Object.keys(row.modeled).length > 0 ? pairs(row.modeled, 'values') : bodyWithoutValues(row)),
  unmodeled: (row) => (Object.keys(row.unmodeled ?? {}).length > 0 ? pairs(row.unmodeled, 'values unmodeled') : ''),
  body: (row) => h('code', { class: 'body' }, row.bodyText),
  size: (row) => words.bytes(row.size),
  received: (row) => clockTime(row.enqueuedAt),
  problem: (row) => h('ul', { class: 'plain problem' }, (row.problems ?? []).map((text) => h('li', {}, text))),
};

/** What is no JSON object is shown as it came. */
const bodyWithoutValues = (row) => (Object.keys(row.unmodeled ?? {}).length > 0 ? '' : h('code', { class: 'body' }, row.bodyText));

function rawRow(row, shown) {
  return h('tr', { 'data-testid': 'message-row', 'data-kind': row.kind, 'data-seq': row.seq, 'data-odd': isOdd(row) || null },
    shown.map(([name, column]) => h('td', { 'data-label': column.title, 'data-column': name }, column.cell(row))));
}

/** A time that may be left empty, in the operator's zone. */
function timeInput(label, value, testId, change) {
  const input = h('input', { type: 'datetime-local', step: 1, id: freshId('time'), 'data-testid': testId, on: { change: () => change(input.value ? new Date(input.value).toISOString() : '') } });
  const at = new Date(value);
  if (value && !Number.isNaN(at.getTime())) input.value = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  return { element: h('div', { class: 'inline-field' }, h('label', { for: input.id }, label), input) };
}

function columnChooser(names, chosen, onChange) {
  const list = h('div', { class: 'choices' }, [...names].map(([name, column]) => {
    const box = h('input', {
      type: 'checkbox', checked: chosen.has(name), 'data-testid': `column-${name}`,
      on: { change: () => { if (box.checked) chosen.add(name); else chosen.delete(name); onChange(); } },
    });
    return h('label', { class: 'check' }, box, column.title);
  }));
  return h('details', { class: 'chooser' }, h('summary', { class: 'button small', 'data-testid': 'raw-columns' }, words.columns), list);
}
