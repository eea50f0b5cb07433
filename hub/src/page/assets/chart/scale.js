// Axes: from values to pixels, and which round values deserve a tick. Pure functions, but for the choice of UTC.

const STEPS = [1, 2, 2.5, 5, 10];
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const TIME_STEPS = [1000, 2000, 5000, 10_000, 15_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  60 * MINUTE, 120 * MINUTE, 180 * MINUTE, 360 * MINUTE, 720 * MINUTE, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY];
const UTC = 'utc';
const NEAR = 1e-9; // of their size: values that are this close are one value to the eye and to a step
const [SMALLEST, LARGEST] = [1e-300, 1e300];
const WIDE = 1e7; // from here on a label has an exponent

/** Whether times of charts are shown in UTC instead of the operator's zone. */
export const isUtc = () => localStorage.getItem(UTC) !== null;

export function setUtc(on) {
  if (on) localStorage.setItem(UTC, '');
  else localStorage.removeItem(UTC);
}

/** Maps [low, high] to [from, to]. */
export function linear(low, high, from, to) {
  const factor = high === low ? 0 : (to - from) / (high - low);
  const scale = (value) => from + (value - low) * factor;
  scale.invert = (pixel) => (factor === 0 ? low : low + (pixel - from) / factor);
  return scale;
}

/** A range that holds both values with round ends and at most about `count` ticks; a constant gets room around it. */
export function niceRange(low, high, count) {
  const [least, most] = [low, high].map((value) => Math.min(Math.max(value, -LARGEST), LARGEST));
  const isConstant = most - least < Math.max(NEAR * Math.max(Math.abs(least), Math.abs(most)), SMALLEST);
  const [from, to] = isConstant ? [least - pad(least), most + pad(most)] : [least, most];
  const raw = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = STEPS.find((candidate) => candidate * power >= raw) * power;
  const first = Math.floor(from / step);
  const last = Math.ceil(to / step);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  return { low: ticks[0], high: ticks.at(-1), ticks, step };
}

/** The label of a value's tick, with the digits that its step has. */
export function tickText(value, step) {
  const power = Math.floor(Math.log10(step) + NEAR);
  const digits = Number.isInteger(Number((step / 10 ** power).toPrecision(3))) ? -power : 1 - power;
  if (value !== 0 && (Math.abs(value) >= WIDE || digits > 6)) {
    const places = Math.floor(Math.log10(Math.abs(value)) + NEAR) + digits;
    return value.toExponential(Math.min(Math.max(places, 0), 12));
  }
  const places = Math.min(Math.max(digits, 0), 6);
  return value.toLocaleString('en', { minimumFractionDigits: places, maximumFractionDigits: places });
}

const pad = (value) => Math.max(Math.abs(value) * 0.05, 1);

/** Times of ticks at round clock times of the shown zone. */
export function timeTicks(from, to, count) {
  const step = TIME_STEPS.find((candidate) => (to - from) / candidate <= count) ?? TIME_STEPS.at(-1);
  const offset = isUtc() ? 0 : new Date(from).getTimezoneOffset() * MINUTE;
  const ticks = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) ticks.push(at);
  return { step, ticks };
}

/** The label of a time tick: seconds only where the step needs them, the day where it begins. */
export function timeLabel(at, step) {
  const two = (part) => String(part).padStart(2, '0');
  const time = isUtc() ? new Date(at + new Date(at).getTimezoneOffset() * MINUTE) : new Date(at);
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  const day = `${time.getDate()} ${time.toLocaleString('en', { month: 'short' })}`;
  if (step >= DAY) return day;
  if (clock === '00:00') return day;
  return step < MINUTE ? `${clock}:${two(time.getSeconds())}` : clock;
}

/** The zone of the time axis, as an offset. */
export function zoneText(at) {
  const minutes = isUtc() ? 0 : -new Date(at).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${size % 60 ? `:${String(size % 60).padStart(2, '0')}` : ''}`;
}
