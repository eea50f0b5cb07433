// Turning values, times and units into the text an operator reads.

import { stringify } from './json.js';
import { h, setText } from './dom.js';
import { durationOf } from './duration.js';
import { REALS } from './numbers.js';
import { texts } from './texts.js';

const SCHEMAS = { date: dateText, dateTime: momentText, duration: durationText };
// years and the like stay in one piece
const whole = new Intl.NumberFormat('en', { useGrouping: 'min2' });
// always as many digits, so that a number does not jump about from one reading to the next
const real = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const large = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
// below 1, what counts are the digits that are not zero
const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, maximumFractionDigits: 20 });
const tiny = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'scientific' });
const TINY = 1e-6;
const LARGE = 1e5;
const HUGE = 1e15;
const huge = new Intl.NumberFormat('en', { maximumSignificantDigits: 6, notation: 'scientific' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const calendar = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

/** A value as text; an enum value by its label, a missing one as a dash. */
export function formatValue(value, schema) {
  if (value === undefined || value === null) return texts.none;
  if (schema?.type === 'enum') {
    const known = schema.values.find((entry) => entry.value === value);
    return known ? known.label : texts.unknown(stringify(value));
  }
  if (typeof value === 'string') return value === '' ? '""' : SCHEMAS[schema?.type]?.(value) ?? value;
  if (typeof value === 'bigint') return whole.format(value);
  if (typeof value === 'number') return REALS.has(schema?.type) ? realText(value) : Number.isInteger(value) ? whole.format(value) : stringify(value);
  return stringify(value);
}

function realText(value) {
  const size = Math.abs(value);
  if (size >= HUGE) return huge.format(value);
  if (size >= LARGE) return large.format(value);
  if (size >= 1 || Number(value.toFixed(2)) === value) return real.format(value);
  return (size < TINY ? tiny : small).format(value);
}

/** A day of the calendar, whatever zone this is; null for what is none. */
function dateText(text) {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(at) ? null : calendar.format(at);
}

/** A point in time in this zone, which it names. */
function momentText(text) {
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : full.format(at);
}

/** An ISO 8601 duration by its parts. */
function durationText(text) {
  const found = durationOf(text);
  return found && Object.entries(found).filter(([, number]) => number !== undefined).map(([unit, number]) => texts.span[unit](number)).join(' ');
}

/** The time of day, with the date when it is not today. */
export function formatTime(milliseconds) {
  const at = new Date(milliseconds);
  const today = at.toDateString() === new Date().toDateString();
  return today ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`;
}

/** How long ago, in words. */
export function formatAge(milliseconds, now = Date.now()) {
  const seconds = secondsSince(milliseconds, now);
  return seconds < 2 ? texts.age.now : texts.age.ago(spanText(seconds));
}

/** For how long, in words. */
function formatFor(milliseconds, now = Date.now()) {
  return texts.age.for(spanText(Math.max(1, secondsSince(milliseconds, now))));
}

const secondsSince = (milliseconds, now) => Math.max(0, Math.round((now - milliseconds) / 1000));

/** Only the greatest part, as whole as it has become. */
function spanText(seconds) {
  const [name, size] = [['days', 172800, 86400], ['hours', 3600, 3600], ['minutes', 60, 60]].map(([part, least, each]) => (seconds >= least ? [part, each] : null)).find(Boolean) ?? ['seconds', 1];
  return texts.span[name](Math.floor(seconds / size));
}

/** A `<time>` that shows the clock. */
export function clockTime(text) {
  const at = Date.parse(text);
  return h('time', { datetime: text, title: full.format(at) }, formatTime(at));
}

const AGES = { ago: formatAge, for: formatFor };

/** A `<time>` that shows its age and keeps it current (see `startAges`): `ago`, or `for` how long something is so. */
export function ageTime(text, kind = 'ago') {
  const at = Date.parse(text);
  return h('time', { datetime: text, title: full.format(at), 'data-age': at, 'data-kind': kind }, AGES[kind](at));
}

/** Refreshes every shown age while the page is visible. */
export function startAges() {
  setInterval(() => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll('time[data-age]')) {
      setText(element, AGES[element.dataset.kind](Number(element.dataset.age)));
    }
  }, 1000);
}
