// Showing a value as its capability says: names for true and false, labels of Enums, units, decimals; structured values as a
// list of their parts; and a quiet mark where a value is not of the model's type. Never blank.

import { h } from './dom.js';
import { formatValue } from './format.js';
import { stringify } from './json.js';
import { isInteger, isNumeric } from './numbers.js';
import { texts } from './texts.js';

const PARTS = 50; // of a structured value, before the rest is counted

/** The value as text, with the unit unless `bare`. */
export function valueText(value, capability, { bare = false } = {}) {
  if (value === undefined || value === null) return texts.none;
  const { schema = null, display = {}, unit = null } = capability ?? {};
  const text = plainText(value, schema, display);
  return unit && !bare ? `${text} ${unit}` : text;
}

function plainText(value, schema, display) {
  if (schema?.type === 'boolean') {
    const truth = truthOf(value);
    if (truth !== null) return (truth ? display.trueName : display.falseName) ?? String(truth);
  }
  if (typeof value === 'number' && display.decimals !== undefined) {
    return value.toLocaleString('en', { minimumFractionDigits: display.decimals, maximumFractionDigits: display.decimals });
  }
  return formatValue(value, schema);
}

/** What a value says as a boolean: devices also send "true" as a text. */
export function truthOf(value) {
  if (typeof value === 'boolean') return value;
  return { true: true, false: false }[String(value).toLowerCase()] ?? null;
}

/** The JSON type of a value when it is not what the schema has, or null. */
export function mismatch(value, schema) {
  if (value === undefined || value === null || !schema) return null;
  const type = typeOf(value);
  const wanted = WANTED[schema.type] ?? (isNumeric(schema.type) && schema.type !== 'decimal' ? 'number' : null);
  // a value outside the model is said to be that by its text
  if (schema.type === 'enum') return schema.values.some((one) => typeOf(one.value) === type) ? null : type;
  if (wanted === null || wanted === type) {
    return isInteger(schema.type) && typeof value === 'number' && !Number.isInteger(value) ? type : null;
  }
  return type;
}

const TIMES = ['date', 'dateTime', 'duration'];
const WANTED = {
  boolean: 'boolean', string: 'string', date: 'string', dateTime: 'string', time: 'string', duration: 'string', uuid: 'string', bytes: 'string',
  object: 'object', map: 'object', vector: 'object', geopoint: 'object', array: 'array',
};

function typeOf(value) {
  if (Array.isArray(value)) return 'array';
  return { bigint: 'number' }[typeof value] ?? typeof value;
}

/** The value as an element's content: text, a link, or the parts of a structured value. */
export function valueContent(value, capability) {
  const schema = capability?.schema;
  const other = mismatch(value, schema);
  const mark = other && h('span', { class: 'mark', title: texts.value.mismatchHint(schema.type), 'data-testid': 'type-mark' }, texts.value.mismatch(other));
  return [body(value, capability), mark && [' ', mark]];
}

function body(value, capability) {
  if (value !== null && typeof value === 'object') return parts(value, capability?.schema);
  const text = valueText(value, capability);
  // what was put into words is there as it came, too
  if (typeof value === 'string' && TIMES.includes(capability?.schema?.type)) return h('span', { title: value }, text);
  return isLink(value) ? h('a', { href: value, rel: 'noopener noreferrer', target: '_blank' }, text) : text;
}

/** Only these may be followed from a device's text. */
function isLink(value) {
  return typeof value === 'string' && /^https?:\/\/[^\s]+$/i.test(value) && URL.canParse(value);
}

function parts(value, schema) {
  const entries = Object.entries(value);
  if (entries.length === 0) return Array.isArray(value) ? '[]' : '{}';
  const schemaOf = (key) => schema?.fields?.find((field) => field.name === key)?.schema ?? schema?.element ?? schema?.value?.schema ?? null;
  const labelOf = (key) => schema?.fields?.find((field) => field.name === key)?.label ?? (Array.isArray(value) ? texts.form.item(Number(key) + 1) : key);
  const shown = entries.slice(0, PARTS).map(([key, member]) => [h('dt', {}, labelOf(key)), h('dd', {}, body(member, { schema: schemaOf(key) }))]);
  const rest = entries.length - PARTS;
  return h('dl', { class: 'parts' }, shown, rest > 0 ? h('dd', { class: 'weak' }, texts.value.more(rest)) : null);
}

/** A value on one line, for tables. */
export function oneLine(value) {
  return value === undefined || value === null ? texts.none : stringify(value);
}
