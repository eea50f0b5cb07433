// JSON without losing digits: integers beyond 2^53 are read as BigInt and written as plain digits.

/** 16 digits and more where an integer may begin, also at the beginning: without any, there is none that a number cannot hold. */
const LONG = /(^|[:[,\s-])\d{16}/;

/** Parses a text; integers that a number cannot hold become BigInt where the browser shows their source. */
export function parse(text) {
  // looking at each value takes much longer than reading it
  if (!LONG.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, context) => {
    const unsafe = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
    return unsafe && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context.source) : value;
  });
}

/** Writes a value; `indent` > 0 puts members on lines of their own. */
export function stringify(value, indent = 0, depth = 0) {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const members = Array.isArray(value)
    ? value.map((item) => stringify(item, indent, depth + 1))
    : Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${JSON.stringify(key)}:${indent ? ' ' : ''}${stringify(member, indent, depth + 1)}`);
  if (members.length === 0) return open + close;
  if (indent === 0) return open + members.join(',') + close;
  const pad = ' '.repeat(indent * (depth + 1));
  return `${open}\n${pad}${members.join(`,\n${pad}`)}\n${' '.repeat(indent * depth)}${close}`;
}

/** Whether two values are the same JSON; the order of members says nothing. */
export function same(left, right) {
  if (left === right) return true;
  if (!isStructured(left) || !isStructured(right)) return stringify(left) === stringify(right);
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [names, others] = [left, right].map((value) => Object.keys(value).filter((name) => value[name] !== undefined));
  return names.length === others.length && names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]));
}

/** What of an object differs from what it was: a merge patch without the members that are as they were. What is not named any more is left alone. */
export function changesOf(before, after) {
  const changed = Object.entries(after).filter(([name, value]) => !Object.hasOwn(before, name) || !same(before[name], value));
  return Object.fromEntries(changed.map(([name, value]) => [name, isObject(value) && isObject(before[name]) ? changesOf(before[name], value) : value]));
}

const isObject = (value) => isStructured(value) && !Array.isArray(value);
const isStructured = (value) => value !== null && typeof value === 'object';
