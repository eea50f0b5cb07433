// What the list of devices is searched and filtered by: a box to type in and what can be chosen. It knows the words of the
// address and of the request, and shows the choices that the hub names.

import { freshId, h, replace } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.devices;
const UNASSIGNED = '-';
const CHOSEN = ['template', 'status', 'conn', 'tag'];

/** The filters of the address. */
export const FILTERS = ['q', ...CHOSEN];

/** `wanted` holds a text for each filter, empty for none; `onChange` is told after it was changed. */
export function deviceFilters(wanted, onChange) {
  const search = h('input', {
    type: 'search', id: freshId('search'), value: wanted.q, placeholder: words.searchHint, 'data-testid': 'filter-devices', 'aria-keyshortcuts': '/',
    on: { input: () => change('q', search.value) },
  });
  const selects = Object.fromEntries(CHOSEN.map((name) => [name, h('select', {
    'aria-label': words.filters[name], 'data-testid': `filter-${name}`, on: { change: () => change(name, selects[name].value) },
  })]));
  const clearButton = h('button', { type: 'button', class: 'link', 'data-testid': 'clear-filters', on: { click: clear } }, words.clear);

  function change(name, value) {
    wanted[name] = value;
    onChange();
  }

  function clear() {
    for (const name of FILTERS) wanted[name] = '';
    search.value = '';
    onChange();
    search.focus();
  }

  return {
    elements: [h('label', { for: search.id, class: 'visually-hidden' }, words.search), search, Object.values(selects), clearButton],
    clear,
    /** Shows what can be chosen: the published templates and what devices have. */
    update(templates, choices) {
      const options = {
        template: [...new Map([...templates.map(({ id, name }) => [id, name]), ...Object.entries(choices.templates)]), ...(choices.unassigned ? [[UNASSIGNED, words.unassigned]] : [])],
        status: Object.entries(words.status).filter(([status]) => status !== 'unassociated'),
        conn: [['connected', words.connected], ['disconnected', words.disconnected]],
        tag: choices.tags.map((tag) => [tag, tag]),
      };
      for (const [name, select] of Object.entries(selects)) {
        fillSelect(select, [['', words.any[name]], ...options[name]], wanted[name]);
        select.hidden = name === 'tag' && options.tag.length === 0 && wanted.tag === '';
      }
      clearButton.hidden = FILTERS.every((name) => wanted[name] === '');
    },
  };
}

/** Writes a select's options only when they changed, so that an open one is left alone. */
function fillSelect(select, options, value) {
  const key = JSON.stringify(options);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    replace(select, options.map(([option, text]) => h('option', { value: option }, text)));
  }
  select.value = value;
  // a filter for what is not there (any more) is shown as it stands in the address
  if (select.selectedIndex < 0) select.append(h('option', { value, selected: true }, value));
}
