// What can be customised of one capability: its fields by their names, and the row that unfolds to them. What is left empty is as in
// the model.

import { labelled } from '../fields.js';
import { h } from '../dom.js';
import { field } from '../forms.js';
import { same } from '../json.js';
import { isNumber, readNumber } from '../numbers.js';
import { texts } from '../texts.js';

const words = texts.templates.customize;
const isMeasured = (one) => isNumber(one.schema?.type);
const isBoolean = (one) => one.schema?.type === 'boolean';
const isCommand = (one) => one.kind === 'command';
/** What a form of the capability sets, if it is one that can be set. */
const settable = (one) => (isCommand(one) ? one.request?.schema : one.writable && one.schema) || null;

/** What can be customised of which capability; the hub has the same table. */
const FIELDS = {
  displayName: { suits: () => true, make: (one, options) => textField(options, one.modelLabel) },
  displayUnit: { suits: (one) => !isCommand(one) && !isBoolean(one) && one.schema.type !== 'enum', make: (one, options) => textField(options, one.modelUnit ?? '') },
  trueName: { suits: isBoolean, make: (_, options) => textField(options, texts.form.yes) },
  falseName: { suits: isBoolean, make: (_, options) => textField(options, texts.form.no) },
  decimals: { suits: isMeasured, make: (_, options) => checkedField(options, /^([0-9]|1[0-5])$/, words.errors.decimals, Number) },
  min: { suits: isMeasured, make: (_, options) => numberField({ ...options, extra: h('p', { class: 'hint' }, words.rangeHint) }) },
  max: { suits: isMeasured, make: (_, options) => numberField(options) },
  color: { suits: (one) => !isCommand(one), make: (_, options) => checkedField(options, /^#[0-9a-f]{6}$/i, words.errors.color, (text) => text) },
  initialValue: { suits: settable, make: (one, options) => field(settable(one), { ...options, optional: true }) },
  durable: { suits: isCommand, make: (_, options) => checkField(options) },
};

/** One capability that can be unfolded. */
export function capabilityRow(one, given) {
  let base = given;
  let touched = false;
  const fields = new Map();
  for (const [name, { suits, make }] of Object.entries(FIELDS)) {
    if (!suits(one)) continue;
    const control = make(one, { label: words.fields[name], testId: `customize-${one.path}-${name}` });
    control.write(given[name]);
    fields.set(name, control);
  }
  const values = () => [...fields].map(([name, control]) => [name, control.read()]);
  const read = () => {
    const all = values();
    const bad = all.find(([, { error }]) => error);
    if (bad) {
      element.open = true;
      return { wrong: fields.get(bad[0]) };
    }
    const set = Object.fromEntries(all.filter(([, { absent }]) => !absent).map(([name, { value }]) => [name, value]));
    return { value: Object.keys(set).length > 0 ? set : null };
  };
  const mark = h('span', { class: 'chip', hidden: true }, texts.templates.model.traits.customized);
  const showMark = () => { mark.hidden = Object.keys(base).length === 0; };
  const touch = () => { touched = true; };
  const element = h('details', { class: 'customize', 'data-testid': `customize-${one.path}`, on: { input: touch } },
    h('summary', {}, h('strong', {}, one.modelLabel), ' ', h('code', {}, one.name), ' ', h('span', { class: 'hint' }, texts.templates.model.kinds[one.kind]), ' ', mark),
    h('div', { class: 'customize-fields' }, [...fields.values()].map((control) => control.element)));
  const write = (state) => fields.forEach((control, name) => control.write(state[name]));
  showMark();
  return {
    element, fields, read, label: one.modelLabel, words: `${one.modelLabel} ${one.name}`.toLowerCase(),
    isChanged: () => touched,
    /** What is to be sent has been read: what is typed from now on is another change. */
    sending() {
      touched = false;
    },
    /** It was not taken. */
    refused: touch,
    /** Another state to begin with; what was not typed over follows it. */
    rebase(state) {
      if (!touched && !same(state, base)) write(state);
      base = state;
      showMark();
    },
    /** The hub has taken it as this state. */
    saved(state) {
      base = state;
      if (!touched) write(state);
      showMark();
    },
  };
}

const empty = (input) => input.value.trim() === '';

function textField(options, placeholder) {
  const input = h('input', { autocomplete: 'off', placeholder: placeholder || words.asInModel });
  return labelled(input, options, {
    read: () => (empty(input) ? { absent: true } : { value: input.value.trim() }),
    write: (value) => { input.value = value ?? ''; },
  });
}

function checkedField(options, pattern, error, convert) {
  const input = h('input', { autocomplete: 'off', placeholder: words.asInModel });
  return labelled(input, options, {
    read() {
      if (empty(input)) return { absent: true };
      const text = input.value.trim();
      return pattern.test(text) ? { value: convert(text) } : { error };
    },
    write: (value) => { input.value = value ?? ''; },
  });
}

function numberField(options) {
  const input = h('input', { autocomplete: 'off', inputmode: 'decimal', class: 'number', placeholder: words.asInModel });
  return labelled(input, options, {
    read: () => (empty(input) ? { absent: true } : readNumber('double', input.value.trim())),
    write: (value) => { input.value = value ?? ''; },
  });
}

function checkField(options) {
  const input = h('input', { type: 'checkbox' });
  return labelled(input, options, {
    read: () => (input.checked ? { value: true } : { absent: true }),
    write: (value) => { input.checked = value === true; },
  });
}
