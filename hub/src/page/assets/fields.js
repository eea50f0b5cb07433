// Controls for the schemas of a single value. A field is `{ element, read, write, focus, fail, rename }`: `read` answers
// `{ value }`, `{ absent: true }` or `{ error }` and shows the error under the control; `read(true)` is silent.
// "Not set" is never the same as empty, 0 or false.

import { freshId, h, setAttribute, setText } from './dom.js';
import { durationOf, durationParts } from './duration.js';
import { stringify } from './json.js';
import { isInteger, isNumeric, readNumber } from './numbers.js';
import { BASE64 } from './patterns.js';
import { texts } from './texts.js';

const errors = texts.form.errors;

/** What a text has to look like, for the schemas that are text on the wire. */
const PATTERNS = {
  date: { test: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && isDate(text), error: errors.date, placeholder: '2026-01-31' },
  dateTime: {
    test: (text) => /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/.test(text) && isDate(text.slice(0, 10)),
    error: errors.dateTime, placeholder: '2026-01-31T12:00:00+01:00',
  },
  time: {
    test: (text) => /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/.test(text), error: errors.time, placeholder: '12:00:00',
  },
  duration: { test: (text) => durationOf(text) !== null, error: errors.duration, placeholder: 'PT30S' },
  uuid: { test: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text), error: errors.uuid, placeholder: '123e4567-e89b-12d3-a456-426614174000' },
  bytes: { test: (text) => BASE64.test(text), error: errors.bytes, placeholder: 'AQIDBA==' },
};

/** Whether a text of the right form is a day of the calendar. */
function isDate(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Whether `scalarField` knows the schema. */
export function isScalar(schema) {
  return isNumeric(schema.type) || schema.type in PATTERNS || ['boolean', 'enum', 'string'].includes(schema.type);
}

/** A field for a boolean, number, text or enum. Options: `label`, `hideLabel`, `optional`, `testId`, `display`. */
export function scalarField(schema, options) {
  if (schema.type === 'boolean') {
    const { trueName = texts.form.yes, falseName = texts.form.no } = options.display ?? {};
    return choice([[trueName, true], [falseName, false]], options);
  }
  if (schema.type === 'enum') return choice(schema.values.map(({ label, value }) => [label, value]), options);
  if (isNumeric(schema.type)) return numberField(schema.type, options);
  return schema.type in PATTERNS ? patternField(schema.type, options) : stringField(options);
}

function numberField(type, options) {
  const input = h('input', {
    type: 'text', inputmode: isInteger(type) ? 'numeric' : 'decimal', autocomplete: 'off', class: 'number', placeholder: options.optional ? texts.form.notSet : null,
  });
  return labelled(input, options, {
    read: () => (input.value.trim() === '' ? missing(options) : readNumber(type, input.value.trim(), options)),
    write: (value) => { input.value = value === undefined || value === null ? '' : bare(value); },
  });
}

/** A text: not set until something is typed, or until it is said to be the empty text. */
function stringField(options) {
  const input = h('input', { type: 'text', autocomplete: 'off' });
  let isSet = false;
  const empty = h('button', { type: 'button', class: 'link', 'data-testid': options.testId && `empty-${options.testId}`, on: { click: makeEmpty } }, texts.form.empty);
  const show = () => {
    input.placeholder = isSet ? texts.form.emptyText : texts.form.notSet;
    empty.hidden = isSet;
  };
  input.addEventListener('input', () => {
    isSet = true;
    show();
  });

  function makeEmpty() {
    input.value = '';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.focus();
  }

  show();
  return labelled(input, { ...options, extra: empty }, {
    read: () => (isSet ? { value: input.value } : missing(options)),
    write(value) {
      isSet = value !== undefined && value !== null;
      input.value = isSet ? bare(value) : '';
      show();
    },
  });
}

function patternField(type, options) {
  const rule = PATTERNS[type];
  const input = h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: texts.form.like(rule.placeholder) });
  const now = type === 'dateTime' && h('button', {
    type: 'button', class: 'link',
    on: { click: () => { input.value = isoNow(); input.dispatchEvent(new Event('input', { bubbles: true })); } },
  }, texts.form.now);
  const calendar = NATIVE[type] && h('input', { ...NATIVE[type], class: 'native', 'aria-label': texts.form.choose(options.label), on: { input: take } });

  /** What is chosen is written into the text, which says more: fractions and the zone. */
  function take(event) {
    event.stopPropagation();
    if (calendar.value === '') return;
    input.value = type === 'dateTime' ? isoNow(new Date(calendar.value)) : calendar.value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  const parts = type === 'duration' ? durationParts(input, options) : null;
  return labelled(input, { ...options, beside: calendar || null, extra: parts?.element ?? (now || null) }, {
    read: () => (input.value === '' ? missing(options) : rule.test(input.value.trim()) ? { value: input.value.trim() } : { error: rule.error }),
    write(value) {
      input.value = value === undefined || value === null ? '' : bare(value);
      parts?.show();
    },
  });
}

/** The present time with seconds and this zone's offset. */
function isoNow(at = new Date()) {
  const minutes = -at.getTimezoneOffset();
  const two = (number) => String(number).padStart(2, '0');
  const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  const size = Math.abs(minutes);
  return minutes === 0 ? `${local}Z` : `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The browser's own controls for times. */
const NATIVE = { date: { type: 'date' }, dateTime: { type: 'datetime-local', step: 1 }, time: { type: 'time', step: 1 } };

const OTHER = 'other';

function choice(entries, options) {
  const other = h('option', { value: OTHER, disabled: true });
  let unknown = null;
  const select = h('select', {}, h('option', { value: '' }, texts.form.notSet), entries.map(([label], index) => h('option', { value: index }, label)));
  return labelled(select, options, {
    read: () => (select.value === '' ? missing(options) : select.value === OTHER ? unknown : { value: entries[Number(select.value)][1] }),
    write(value) {
      const index = entries.findIndex(([, candidate]) => candidate === value);
      other.remove();
      unknown = index < 0 && value !== undefined && value !== null ? { value } : null;
      if (unknown) {
        // it is there, though it cannot be chosen: not the same as not set
        setText(other, texts.unknown(stringify(value)));
        select.append(other);
      }
      select.value = unknown ? OTHER : index < 0 ? '' : String(index);
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
  const about = options.about ? h('p', { class: 'hint', id: `${control.id}-about` }, options.about) : null;
  control.setAttribute('aria-describedby', [error.id, about?.id].filter(Boolean).join(' '));
  const show = (text) => {
    error.hidden = !text;
    setText(error, text ?? '');
    setAttribute(control, 'aria-invalid', text ? 'true' : null);
  };
  control.addEventListener('input', () => show(null));
  const label = h('label', { for: control.id, class: options.hideLabel ? 'visually-hidden' : null }, options.label);
  return {
    element: h('div', { class: 'field' }, label, about,
      options.unit || options.beside ? h('div', { class: 'with-unit' }, control, options.beside ?? null, options.unit ? h('span', { class: 'unit', 'aria-hidden': 'true' }, options.unit) : null) : control,
      options.extra ?? null, error),
    read(silent = false) {
      const result = read();
      if (!silent) show(result.error);
      return result;
    },
    write(value) {
      write(value);
      show(null);
    },
    focus: () => control.focus(),
    fail: show,
    rename: (text) => setText(label, text),
  };
}
