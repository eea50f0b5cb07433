// Turning values, times and units into the text an operator reads.

import { stringify } from './json.js';
import { h, setText } from './dom.js';
import { REALS } from './numbers.js';
import { texts } from './texts.js';

const real = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 2 });
// below 1, what counts are the digits that are not zero
const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, maximumFractionDigits: 20 });
const tiny = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'scientific' });
const TINY = 1e-6;
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

/** A value as text; an enum value by its label, a missing one as a dash. */
export function formatValue(value, schema) {
  if (value === undefined || value === null) return texts.none;
  if (schema?.type === 'enum') {
    const known = schema.values.find((entry) => entry.value === value);
    return known ? known.label : texts.unknown(stringify(value));
  }
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (typeof value === 'number' && (REALS.has(schema?.type) || !Number.isInteger(value))) return realText(value);
  return stringify(value);
}

function realText(value) {
  const size = Math.abs(value);
  if (size >= 1 || value === 0) return real.format(value);
  return (size < TINY ? tiny : small).format(value);
}

/** The time of day, with the date when it is not today. */
export function formatTime(milliseconds) {
  const at = new Date(milliseconds);
  const today = at.toDateString() === new Date().toDateString();
  return today ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`;
}

/** How long ago, in words. */
export function formatAge(milliseconds, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - milliseconds) / 1000));
  if (seconds < 2) return texts.age.now;
  if (seconds < 90) return texts.age.seconds(seconds);
  if (seconds < 5400) return texts.age.minutes(Math.round(seconds / 60));
  if (seconds < 129600) return texts.age.hours(Math.round(seconds / 3600));
  return texts.age.days(Math.round(seconds / 86400));
}

/** A `<time>` that shows the clock. */
export function clockTime(text) {
  const at = Date.parse(text);
  return h('time', { datetime: text, title: full.format(at) }, formatTime(at));
}

/** A `<time>` that shows its age and keeps it current (see `startAges`). */
export function ageTime(text) {
  const at = Date.parse(text);
  return h('time', { datetime: text, title: full.format(at), 'data-age': at }, formatAge(at));
}

/** Refreshes every shown age while the page is visible. */
export function startAges() {
  setInterval(() => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll('time[data-age]')) {
      setText(element, formatAge(Number(element.dataset.age)));
    }
  }, 1000);
}
