// Axes: from values to pixels, and which round values deserve a tick. Pure functions.

const STEPS = [1, 2, 2.5, 5, 10];
const MINUTE = 60_000;
const TIME_STEPS = [5_000, 10_000, 15_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  60 * MINUTE, 120 * MINUTE, 180 * MINUTE, 360 * MINUTE, 720 * MINUTE, 1440 * MINUTE];

/** Maps [low, high] to [from, to]. */
export function linear(low, high, from, to) {
  const factor = high === low ? 0 : (to - from) / (high - low);
  const scale = (value) => from + (value - low) * factor;
  scale.invert = (pixel) => (factor === 0 ? low : low + (pixel - from) / factor);
  return scale;
}

/** A range that holds both values with round ends and at most about `count` ticks; a constant gets room around it. */
export function niceRange(low, high, count) {
  const [from, to] = low === high ? [low - pad(low), high + pad(high)] : [low, high];
  const raw = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = STEPS.find((candidate) => candidate * power >= raw) * power;
  const first = Math.floor(from / step);
  const last = Math.ceil(to / step);
  const ticks = [];
  for (let index = first; index <= last; index += 1) ticks.push(Number((index * step).toPrecision(12)));
  return { low: ticks[0], high: ticks.at(-1), ticks };
}

const pad = (value) => Math.max(Math.abs(value) * 0.05, 1);

/** Times of ticks at round local clock times. */
export function timeTicks(from, to, count) {
  const step = TIME_STEPS.find((candidate) => (to - from) / candidate <= count) ?? TIME_STEPS.at(-1);
  const offset = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) ticks.push(at);
  return { step, ticks };
}

/** The label of a time tick: seconds only where the step needs them. */
export function timeLabel(at, step) {
  const two = (part) => String(part).padStart(2, '0');
  const time = new Date(at);
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return step < MINUTE ? `${minutes}:${two(time.getSeconds())}` : minutes;
}
