// A form control for every schema: scalars from fields.js, objects, arrays and maps built of them, and a JSON editor for
// whatever is left. Every value can be edited as JSON at any time.

import { h, replace, setText } from './dom.js';
import { isScalar, labelled, scalarField } from './fields.js';
import { parse, same, stringify } from './json.js';
import { rowList } from './form-rows.js';
import { NAME } from './patterns.js';
import { PARTS, PLACE, partsOf, pointOf, shapeError } from './places.js';
import { texts } from './texts.js';

const named = (fields) => (_, options) => objectBody({ fields }, options);
const COMPOSITES = { object: objectBody, array: arrayBody, map: mapBody, geopoint: named(PARTS.geopoint), vector: named(PARTS.vector), point: pointBody };
const ROWS = [4, 30]; // of a text of JSON: least, and most before it scrolls

/** A field for a schema. Options: `label`, `hideLabel`, `about` (a sentence below it), `optional`, `testId`, `display`, `unit`, `json`,
 * `inTwin` where the value goes into a twin, which holds fewer whole numbers. */
export function field(schema, options) {
  if (isScalar(schema)) return options.json ? scalarWithJson(schema, options) : scalarField(schema, options);
  return schema.type in COMPOSITES ? compositeField(schema, options) : jsonField({ ...options, shape: schema.type });
}

/** A field for any JSON. Options beside those of `field`: `rows`, and the `shape` it is to have. */
export function jsonField(options) {
  const least = options.rows ?? ROWS[0];
  const area = h('textarea', { rows: least, spellcheck: 'false', class: 'code', placeholder: options.optional ? texts.form.notSet : null });
  return labelled(area, options, {
    read() {
      if (area.value.trim() === '') return options.optional ? { absent: true } : { error: texts.form.errors.required };
      try {
        const value = parse(area.value);
        const error = shapeError(options.shape, value);
        return error ? { error } : { value };
      } catch (cause) {
        return { error: texts.form.errors.json(cause.message) };
      }
    },
    write(value) {
      area.value = value === undefined || value === null ? '' : stringify(value, 2);
      area.rows = Math.min(ROWS[1], Math.max(least, area.value.split('\n').length));
    },
  });
}

function scalarWithJson(schema, options) {
  const { content, toggle, self } = switchable(scalarField(schema, options), options);
  return { ...self, element: h('div', { class: 'switchable' }, content, toggle) };
}

function compositeField(schema, options) {
  const { content, toggle, self } = switchable(COMPOSITES[schema.type](schema, options), { ...options, about: null });
  const about = options.about ? h('p', { class: 'hint' }, options.about) : null;
  const legend = h('legend', { class: options.hideLabel ? 'visually-hidden' : null }, options.label);
  return {
    ...self,
    rename(label) {
      setText(legend, label);
      self.rename(label);
    },
    element: h('fieldset', { 'data-testid': options.testId ?? null }, legend, about, content, toggle),
  };
}

/** A field that can be edited as JSON as well. */
function switchable(body, options) {
  const json = jsonField({ ...options, testId: options.testId && `json-${options.testId}`, unit: null });
  let active = body;
  const toggle = h('button', { type: 'button', class: 'link as-json', on: { click: switchOver } }, texts.form.json);
  const content = h('div', { class: 'fieldset-body' }, body.element);

  function switchOver() {
    const { value, error } = active.read();
    // what is no JSON stays to be mended; what does not fit the form begins the JSON editor anew
    if (error && active === json) return;
    const next = active === body ? json : body;
    next.write(value);
    // what the fields do not show would be lost
    if (next === body && value !== undefined && !holds(body.read(true), value)) return json.fail(texts.form.errors.fields);
    active = next;
    replace(content, active.element);
    setText(toggle, active === body ? texts.form.json : texts.form.fields);
    active.focus();
  }

  return {
    content,
    toggle,
    self: {
      read: (silent) => active.read(silent),
      write: (value) => active.write(value),
      focus: () => active.focus(),
      fail: (text) => active.fail?.(text),
      rename(label) {
        body.rename?.(label);
        json.rename(label);
      },
    },
  };
}

/** What holds for the parts of a value as well. */
const kept = ({ inTwin }) => ({ inTwin });

/** Whether a field that was given a value has all of it, be it to be mended. */
const holds = ({ value, error }, given) => Boolean(error) || same(value ?? null, Object.keys(given ?? {}).length === 0 && value === undefined ? null : given);

function objectBody(schema, options) {
  const members = schema.fields.map((member) => [member.name, field(member.schema, { ...kept(options), label: member.label, display: member.display, optional: true })]);
  return {
    element: h('div', { class: 'members' }, members.map(([, member]) => member.element)),
    read(silent) {
      const { error, values } = readAll(members, silent);
      if (error) return { error };
      return options.optional && Object.keys(values).length === 0 ? { absent: true } : { value: values };
    },
    write: (value) => members.forEach(([name, member]) => member.write(value?.[name])),
    focus: () => members[0]?.[1].focus(),
  };
}

/** A point of GeoJSON by its parts. */
function pointBody(_, options) {
  const parts = objectBody({ fields: PLACE }, { ...options, optional: true });
  return {
    ...parts,
    read(silent) {
      const { value, absent, error } = parts.read(silent);
      if (error) return { error };
      if (absent) return options.optional ? { absent } : { error: texts.form.errors.required };
      const point = pointOf(value);
      return point ? { value: point } : { error: texts.form.places.both };
    },
    write: (value) => parts.write(partsOf(value)),
  };
}

/** Reads every named field, so that all errors show at once; absent ones are left out. */
function readAll(members, silent) {
  const values = {};
  let failed = null;
  for (const [name, member] of members) {
    const { value, absent, error } = member.read(silent);
    if (error) failed ??= error;
    else if (!absent) values[name] = value;
  }
  return { error: failed, values };
}

function arrayBody(schema, options) {
  const rows = rowList((index) => field(schema.element, { ...kept(options), label: texts.form.item(index + 1) }), (item) => item.element);
  return {
    element: rows.element,
    read(silent) {
      const { error, values } = readAll(rows.items().map((item, index) => [index, item]), silent);
      const list = Object.values(values);
      if (error) return { error };
      return options.optional && list.length === 0 ? { absent: true } : { value: list };
    },
    write: (value) => rows.fill(Array.isArray(value) ? value : [], (item, member) => item.write(member)),
    focus: rows.focus,
  };
}

function mapBody(schema, options) {
  const rows = rowList(() => ({
    key: scalarField({ type: 'string' }, { label: schema.key.name }),
    value: field(schema.value.schema, { ...kept(options), label: schema.value.name }),
  }), (pair) => h('div', { class: 'pair' }, pair.key.element, pair.value.element));
  return {
    element: rows.element,
    read(silent) {
      const pairs = rows.items().map((pair) => [pair.key.read(true).value ?? '', pair]);
      const bad = checkKeys(pairs, silent);
      if (bad) return { error: bad };
      const { error, values } = readAll(pairs.map(([key, pair]) => [key, pair.value]), silent);
      if (error) return { error };
      return options.optional && pairs.length === 0 ? { absent: true } : { value: values };
    },
    write: (value) => rows.fill(Object.entries(value ?? {}), (pair, [key, member]) => {
      pair.key.write(key);
      pair.value.write(member);
    }),
    focus: rows.focus,
  };
}

function checkKeys(pairs, silent) {
  const seen = new Set();
  let first = null;
  for (const [key, pair] of pairs) {
    const error = NAME.test(key) ? (seen.has(key) && texts.form.errors.duplicate(key)) : texts.form.errors.key;
    seen.add(key);
    if (!silent) pair.key.fail(error || null);
    first ??= error || null;
  }
  return first;
}
