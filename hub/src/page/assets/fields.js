// Controls for the schemas of a single value. A field is `{ element, read, write, focus }`: `read` answers
// `{ value }`, `{ absent: true }` or `{ error }` and shows the error under the control.

import { freshId, h, setAttribute, setText } from './dom.js';
import { stringify } from './json.js';
import { isInteger, isNumeric, readNumber } from './numbers.js';
import { texts } from './texts.js';

const errors = texts.form.errors;

/** What a text has to look like, for the schemas that are text on the wire. */
const PATTERNS = {
  date: { pattern: /^\d{4}-\d\d-\d\d$/, error: errors.date, placeholder: '2026-01-31' },
  dateTime: { pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, error: errors.dateTime, placeholder: '2026-01-31T12:00:00Z' },
  time: { pattern: /^\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/, error: errors.time, placeholder: '12:00:00' },
  duration: { pattern: /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/, error: errors.duration, placeholder: 'PT30S' },
};

/** Whether `scalarField` knows the schema. */
export function isScalar(schema) {
  return isNumeric(schema.type) || schema.type in PATTERNS || ['boolean', 'enum', 'string', 'uuid', 'bytes'].includes(schema.type);
}

/** A field for a boolean, number, text or enum. */
export function scalarField(schema, options) {
  if (schema.type === 'boolean') {
    return choice([[texts.form.yes, true], [texts.form.no, false]], options);
  }
  if (schema.type === 'enum') return choice(schema.values.map(({ label, value }) => [label, value]), options);
  if (isNumeric(schema.type)) return numberField(schema.type, options);
  return textField(PATTERNS[schema.type] ?? null, options);
}

function numberField(type, options) {
  const input = h('input', { type: 'text', inputmode: isInteger(type) ? 'numeric' : 'decimal', autocomplete: 'off', class: 'number' });
  return labelled(input, options, {
    read: () => (input.value.trim() === '' ? missing(options) : readNumber(type, input.value.trim())),
    write: (value) => { input.value = value === undefined || value === null ? '' : bare(value); },
  });
}

function textField(rule, options) {
  const input = h('input', { type: 'text', autocomplete: 'off', placeholder: rule?.placeholder ?? (options.optional ? texts.form.notSet : null) });
  return labelled(input, options, {
    read() {
      const text = input.value;
      // An empty text is a value of its own, except where leaving the field out is possible.
      if (text === '' && (rule || options.optional)) return missing(options);
      return rule && !rule.pattern.test(text) ? { error: rule.error } : { value: text };
    },
    write: (value) => { input.value = value === undefined || value === null ? '' : bare(value); },
  });
}

function choice(entries, options) {
  const select = h('select', {}, h('option', { value: '' }, texts.form.notSet),
    entries.map(([label], index) => h('option', { value: index }, label)));
  return labelled(select, options, {
    read: () => (select.value === '' ? missing(options) : { value: entries[Number(select.value)][1] }),
    write(value) {
      const index = entries.findIndex(([, candidate]) => candidate === value);
      select.value = index < 0 ? '' : String(index);
    },
  });
}

const missing = (options) => (options.optional ? { absent: true } : { error: errors.required });
const bare = (value) => (typeof value === 'string' ? value : stringify(value));

/** Puts a label before a control and an error below it; the error goes when the control is changed. */
export function labelled(control, options, { read, write }) {
  control.id = freshId('field');
  const error = h('p', { class: 'field-error', id: `${control.id}-error`, hidden: true });
  setAttribute(control, 'data-testid', options.testId ?? null);
  control.setAttribute('aria-describedby', error.id);
  const show = (text) => {
    error.hidden = !text;
    setText(error, text ?? '');
    setAttribute(control, 'aria-invalid', text ? 'true' : null);
  };
  control.addEventListener('input', () => show(null));
  return {
    element: h('div', { class: 'field' },
      h('label', { for: control.id, class: options.hideLabel ? 'visually-hidden' : null }, options.label), control, error),
    read() {
      const result = read();
      show(result.error);
      return result;
    },
    write(value) {
      write(value);
      show(null);
    },
    focus: () => control.focus(),
    fail: show,
  };
}
