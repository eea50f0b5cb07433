// The columns of raw data and its table: which there are for a template, which are chosen, and the rows in them. A row that is
// shown stays the same element while others come and go.

import { h, replace } from '../dom.js';
import { clockTime } from '../format.js';
import { keptRows } from '../rows.js';
import { texts } from '../texts.js';
import { oneLine, valueText } from '../value.js';
import { isOdd } from './raw-filters.js';

const words = texts.raw;
const SHOWN = 12; // values of a row before the rest is folded
const FILTERED = 12; // columns that are worth a filter
const USUAL = ['at', 'kind', 'component', 'values', 'unmodeled', 'problem'];

/** The table for a template; `asked` are the names of the columns in the address, `onChange` is told when others are chosen. */
export function rawTable(template, asked, onChange) {
  const names = columnNames(template);
  const chosen = new Set(asked?.split(',').filter((name) => names.has(name)) ?? USUAL);
  const heads = h('tr');
  const body = h('tbody', { 'data-testid': 'raw-rows' });
  const element = h('table', { class: 'cards raw' }, h('thead', {}, heads), body);
  const shownNames = () => [...names.keys()].filter((name) => chosen.has(name)).join(',');
  let showRows = null;

  /** Other columns make other rows. */
  function choose() {
    const shown = [...names].filter(([name]) => chosen.has(name));
    replace(heads, shown.map(([, column]) => h('th', { scope: 'col' }, column.title)));
    showRows = keptRows(body, (row) => row.seq, (row) => ({ element: rawRow(row, shown) }));
  }

  choose();
  return {
    element,
    chooser: columnChooser(names, chosen, () => {
      choose();
      onChange();
    }),
    draw(rows) {
      showRows(rows);
      element.hidden = rows.length === 0;
    },
    /** The names of the chosen columns, for the export. */
    names: shownNames,
    /** The same for the address: empty when they are the usual ones. */
    unusual: () => (shownNames() === USUAL.join(',') ? '' : shownNames()),
  };
}

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

/** Values by their names; of very many, the rest unfolds. */
function pairs(values, className) {
  const all = Object.entries(values ?? {}).map(([name, value]) => h('code', { class: 'pair-of' }, `${name}: ${oneLine(value)}`));
  const rest = all.splice(SHOWN);
  return h('span', { class: className }, all, rest.length > 0 ? h('details', { class: 'row-details' }, h('summary', {}, words.foldedValues(rest.length)), h('span', { class: className }, rest)) : null);
}

const CELLS = {
  at: (row) => clockTime(row.at),
  kind: (row) => h('span', { class: 'chip' }, words.kinds[row.kind] ?? row.kind),
  component: (row) => row.component ?? texts.none,
  values: (row) => (row.modeled && Object.keys(row.modeled).length > 0 ? pairs(row.modeled, 'values') : bodyWithoutValues(row)),
  unmodeled: (row) => (Object.keys(row.unmodeled ?? {}).length > 0 ? pairs(row.unmodeled, 'values unmodeled') : ''),
  body: (row) => h('code', { class: 'body' }, row.bodyText),
  size: (row) => words.bytes(row.size),
  received: (row) => clockTime(row.enqueuedAt),
  properties: (row) => pairs({ ...row.systemProperties, ...row.properties }, 'values'),
  problem: (row) => h('ul', { class: 'plain problem' }, (row.problems ?? []).map((text) => h('li', {}, text))),
};

/** What is no JSON object is shown as it came. */
const bodyWithoutValues = (row) => (Object.keys(row.unmodeled ?? {}).length > 0 ? '' : h('code', { class: 'body' }, row.bodyText));

function rawRow(row, shown) {
  return h('tr', { 'data-testid': 'message-row', 'data-kind': row.kind, 'data-seq': row.seq, 'data-odd': isOdd(row) || null },
    shown.map(([name, column]) => h('td', { 'data-label': column.title, 'data-column': name }, column.cell(row))));
}

function columnChooser(names, chosen, onChange) {
  const list = h('div', { class: 'choices' }, [...names].map(([name, column]) => {
    const box = h('input', {
      type: 'checkbox', checked: chosen.has(name), 'data-testid': `column-${name}`,
      on: { change: () => { if (box.checked) chosen.add(name); else chosen.delete(name); onChange(); } },
    });
    return h('label', { class: 'check' }, box, column.title);
  }));
  if (names.size > FILTERED) list.prepend(columnFilter(list));
  return h('details', { class: 'chooser' }, h('summary', { class: 'button small', 'data-testid': 'raw-columns' }, words.columns), list);
}

function columnFilter(list) {
  const input = h('input', { type: 'search', placeholder: words.filterColumns, 'aria-label': words.filterColumns, on: { input: show } });
  function show() {
    const wanted = input.value.trim().toLowerCase();
    for (const label of list.querySelectorAll('label')) label.hidden = !label.textContent.toLowerCase().includes(wanted);
  }
  return input;
}
