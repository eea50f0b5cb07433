// Where nothing is known: between two values that are much farther apart than usual, and from when the device went or said
// that there is no value until the next one. The hub finds the gaps of history by the same rule. Pure.

const SHORTEST = 10_000;
const USUAL = 3; // usual intervals
const INTERVALS = 50; // of which the usual one is taken
const ENOUGH = 3; // of them to say what is usual
const MOST = 5000; // gaps that are kept

export class Gaps {
  constructor() {
    this.load([], null, null);
  }

  /** Takes the hub's gaps, `[from, to]`, of which one without an end lasts; the usual interval and the newest value's time. */
  load(gaps, interval, last) {
    this.closed = gaps.filter(([, to]) => to !== null);
    this.since = gaps.find(([, to]) => to === null)?.[0] ?? null;
    this.intervals = interval === null ? [] : Array(ENOUGH).fill(interval);
    this.last = last;
  }

  /** A value; one that comes late changes nothing. */
  value(t) {
    if (this.last !== null && t < this.last) return;
    if (this.last !== null) {
      if (this.since !== null || t - this.last > this.#limit()) this.#close(t);
      this.intervals.push(t - this.last);
      if (this.intervals.length > INTERVALS) this.intervals.shift();
    }
    this.since = null;
    this.last = t;
  }

  interrupt(t) {
    if (this.last !== null) this.since ??= Math.max(t, this.last);
  }

  /** Of too many, the two that are oldest become one: what lies between them counts as unknown, not as known. */
  #close(t) {
    this.closed.push([this.since ?? this.last, t]);
    if (this.closed.length > MOST) this.closed.splice(0, 2, [this.closed[0][0], this.closed[1][1]]);
  }

  #limit() {
    const sorted = this.intervals.toSorted((a, b) => a - b);
    return sorted.length < ENOUGH ? SHORTEST : Math.max(USUAL * sorted[Math.floor(sorted.length / 2)], SHORTEST);
  }

  /** All gaps in order; one that lasts has no end. */
  all() {
    return this.since === null ? this.closed : [...this.closed, [this.since, Infinity]];
  }
}
