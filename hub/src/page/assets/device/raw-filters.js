// Which raw data is asked for: a kind, a time, or only what the template does not know. The controls, what they say in the address,
// and whether a row of the stream is one of those.

import { freshId, h } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.raw;

/** The controls for what an address asks for; `onChange` is told when they ask for something else. */
export function rawFilters(query, onChange) {
  const filter = { kind: query.get('kind') ?? '', from: query.get('from') ?? '', to: query.get('to') ?? '', unmodeled: query.get('unmodeled') === '1' };

  function refine(changes) {
    Object.assign(filter, changes);
    onChange();
  }

  const kind = h('select', { id: freshId('kind'), 'data-testid': 'raw-kind', on: { change: () => refine({ kind: kind.value }) } },
    h('option', { value: '' }, words.allKinds), Object.entries(words.kinds).map(([value, text]) => h('option', { value, selected: value === filter.kind }, text)));
  const unmodeled = h('input', { type: 'checkbox', checked: filter.unmodeled, 'data-testid': 'raw-unmodeled', on: { change: () => refine({ unmodeled: unmodeled.checked }) } });
  const from = timeInput(words.from, filter.from, 'raw-from', (value) => refine({ from: value }));
  const to = timeInput(words.to, filter.to, 'raw-to', (value) => refine({ to: value }));

  return {
    elements: [h('div', { class: 'inline-field' }, h('label', { for: kind.id }, words.kind), kind), from, to, h('label', { class: 'check' }, unmodeled, words.unmodeled)],
    /** Asks for everything. */
    clear() {
      for (const control of [kind, ...[from, to].map((one) => one.querySelector('input'))]) control.value = '';
      unmodeled.checked = false;
      refine({ kind: '', from: '', to: '', unmodeled: false });
    },
    /** As the query of the hub and of the page's own address. */
    asked: () => ({ ...filter, unmodeled: filter.unmodeled ? '1' : '' }),
    matches(row) {
      const at = Date.parse(row.at);
      return (filter.kind === '' || row.kind === filter.kind) && (!filter.unmodeled || isOdd(row))
        && (filter.from === '' || at >= Date.parse(filter.from)) && (filter.to === '' || at <= Date.parse(filter.to));
    },
  };
}

/** Whether a row has anything that its template does not know or that is wrong. */
export const isOdd = (row) => Object.keys(row.unmodeled ?? {}).length > 0 || (row.problems?.length ?? 0) > 0;

/** A time that may be left empty, in the operator's zone. */
function timeInput(label, value, testId, change) {
  const input = h('input', { type: 'datetime-local', step: 1, id: freshId('time'), 'data-testid': testId, on: { change: () => change(input.value ? new Date(input.value).toISOString() : '') } });
  const at = new Date(value);
  if (value && !Number.isNaN(at.getTime())) input.value = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  return h('div', { class: 'inline-field' }, h('label', { for: input.id }, label), input);
}
