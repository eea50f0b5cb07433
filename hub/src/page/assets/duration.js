// Durations by their days, hours, minutes and seconds, beside the ISO 8601 text that the wire has: either can be typed, and the
// other follows. A text with years or months is left to the text alone, since those have no fixed number of days.

import { freshId, h } from './dom.js';
import { texts } from './texts.js';

const UNITS = ['days', 'hours', 'minutes', 'seconds'];
const DURATION = /^P(?=.)(?:(?<years>\d+)Y)?(?:(?<months>\d+)M)?(?:(?<weeks>\d+)W)?(?:(?<days>\d+)D)?(?:T(?=.)(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?(?:(?<seconds>\d+(?:\.\d+)?)S)?)?$/;
const WEEK = 7; // days

/** What an ISO 8601 duration has of each unit, the longest first, as texts, `undefined` where it has none; null when it is no duration. */
export const durationOf = (text) => DURATION.exec(text)?.groups ?? null;

/** The parts of a duration as texts, empty where it has none; null when it has others, or is none. */
export function readParts(text) {
  const found = durationOf(text);
  if (found === null || found.years !== undefined || found.months !== undefined) return null;
  const { weeks, days, hours = '', minutes = '', seconds = '' } = found;
  const all = weeks === undefined ? days : String(BigInt(weeks) * BigInt(WEEK) + BigInt(days ?? 0));
  return { days: all ?? '', hours, minutes, seconds };
}

/** The text of a duration of these parts; without any, empty. */
export function writeParts({ days, hours, minutes, seconds }) {
  const part = (text, letter) => (text === '' ? '' : text + letter);
  const time = part(hours, 'H') + part(minutes, 'M') + part(seconds, 'S');
  const all = part(days, 'D') + (time && `T${time}`);
  return all && `P${all}`;
}

/** The four fields for the parts of what stands in `input`. */
export function durationParts(input, { label, testId }) {
  const fields = Object.fromEntries(UNITS.map((unit) => [unit, h('input', {
    type: 'text', inputmode: unit === 'seconds' ? 'decimal' : 'numeric', autocomplete: 'off', class: 'number', id: freshId('duration'), 'data-testid': testId && `${testId}-${unit}`, on: { input: write },
  })]));
  let writing = false;

  function write(event) {
    event.stopPropagation();
    input.value = writeParts(Object.fromEntries(UNITS.map((unit) => [unit, fields[unit].value.trim()])));
    writing = true;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    writing = false;
  }

  /** Shows the parts of the text, unless they are what it was just written from. */
  function show() {
    if (writing) return;
    const text = input.value.trim();
    const parts = readParts(text);
    for (const unit of UNITS) {
      fields[unit].value = parts?.[unit] ?? '';
      fields[unit].disabled = parts === null && text !== '';
    }
  }

  input.addEventListener('input', show);
  return {
    element: h('div', { class: 'duration', role: 'group', 'aria-label': texts.form.durationOf(label) },
      UNITS.map((unit) => h('div', { class: 'field' }, h('label', { for: fields[unit].id }, texts.form.units[unit]), fields[unit]))),
    show,
  };
}
