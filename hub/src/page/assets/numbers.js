// Reading numbers as DTDL means them: every integer type with its range, 64 bits without losing a digit.

import { texts } from './texts.js';

const signed = (bits) => [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
const unsigned = (bits) => [0n, 2n ** BigInt(bits) - 1n];

const INTEGERS = {
  byte: signed(8), short: signed(16), integer: signed(32), long: signed(64),
  unsignedByte: unsigned(8), unsignedShort: unsigned(16), unsignedInteger: unsigned(32), unsignedLong: unsigned(64),
};
/** The types with a fraction. */
export const REALS = new Set(['float', 'double', 'decimal', 'scaledDecimal']);

export const isInteger = (type) => type in INTEGERS;
/** Whether its values are numbers on the wire: what a line can be drawn of. */
export const isNumber = (type) => isInteger(type) || type === 'float' || type === 'double';
export const isNumeric = (type) => isInteger(type) || REALS.has(type);

/** The whole numbers that a twin of IoT Hub holds. */
const IN_TWIN = [-(2n ** 52n), 2n ** 52n];

/** The number that a text says: `{ value }` or `{ error }`. Integers a number cannot hold are BigInt. */
export function readNumber(type, text, { inTwin = false, display = {} } = {}) {
  if (!isInteger(type)) return within(readReal(text), display);
  const [low, high] = INTEGERS[type];
  return within(readInteger(inTwin ? [low > IN_TWIN[0] ? low : IN_TWIN[0], high < IN_TWIN[1] ? high : IN_TWIN[1]] : [low, high], text), display);
}

/** Refuses what the template leaves out. */
function within(read, { min, max }) {
  const { errors } = texts.form;
  if (read.error || !(read.value < min || read.value > max)) return read;
  return { error: min === undefined ? errors.most(max) : max === undefined ? errors.least(min) : errors.range(min, max) };
}

function readInteger([low, high], text) {
  if (!/^[+-]?\d+$/.test(text)) return { error: texts.form.errors.integer };
  const exact = BigInt(text.replace('+', ''));
  if (exact < low || exact > high) return { error: texts.form.errors.range(low, high) };
  const number = Number(exact);
  return { value: Number.isSafeInteger(number) ? number : exact };
}

function readReal(text) {
  const value = Number(text);
  return Number.isFinite(value) && /^[+-]?[\d.]/.test(text) && !/^[+-]?0[xob]/i.test(text) ? { value } : { error: texts.form.errors.number };
}
