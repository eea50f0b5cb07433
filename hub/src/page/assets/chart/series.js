// One line of a chart: for each column of time its first, least, greatest and last value and how many they were (M4), in
// time order, and where values are missing. Pure: no element, no request.

const SHORTEST_GAP = 10_000;
const INTERVALS = 50; // of which the usual one is taken
const MOST = 20_000; // points that are kept of a stream that is never loaded again

export class Series {
  constructor() {
    this.clear();
  }

  clear() {
    this.points = []; // { t, first, min, max, last, n, tLast }
    this.gaps = []; // [from, to], between points
    this.added = 0;
    this.rawCount = 0;
    this.broken = false;
  }

  /** Takes what the hub answered; points that came by the stream meanwhile and are newer are kept. */
  load({ points: { t, v, first = v, min = v, max = v, last = v, n = null, tLast = null }, gaps = [], rawCount }) {
    const newest = t.length > 0 ? t.at(-1) + (tLast?.at(-1) ?? 0) : -Infinity;
    const live = this.points.slice(this.points.length - this.added).filter((point) => point.t > newest);
    this.points = t.map((at, index) => ({ t: at, first: first[index], min: min[index], max: max[index], last: last[index], n: n?.[index] ?? 1, tLast: at + (tLast?.[index] ?? 0) }));
    this.gaps = gaps;
    this.rawCount = rawCount;
    this.added = 0;
    this.broken = false;
    for (const point of live) this.add(point.t, point.last);
  }

  /** Adds a value as it arrives; one that comes late is put in its place. */
  add(t, value) {
    let index = this.points.length;
    while (index > 0 && this.points[index - 1].t > t) index -= 1;
    const before = this.points[index - 1];
    const isNewest = index === this.points.length;
    if (isNewest && before && (this.broken || t - before.tLast > this.#gapLength())) this.gaps.push([before.t, t]);
    if (isNewest) this.broken = false;
    this.points.splice(index, 0, { t, first: value, min: value, max: value, last: value, n: 1, tLast: t });
    if (this.points.length > MOST) this.points.shift();
    this.added = Math.min(this.added + 1, this.points.length);
    this.rawCount += 1;
  }

  /** The device is gone or says that there is no value: nothing is drawn across, whatever comes next. */
  interrupt() {
    this.broken = true;
  }

  /** Three usual intervals between the newest points, but never less than ten seconds. */
  #gapLength() {
    const recent = this.points.slice(-INTERVALS).filter((point) => point.n === 1);
    const intervals = recent.slice(1).map((point, index) => point.t - recent[index].t).sort((a, b) => a - b);
    return intervals.length < 3 ? SHORTEST_GAP : Math.max(3 * intervals[Math.floor(intervals.length / 2)], SHORTEST_GAP);
  }

  /** The points of a range, with one on each side so that the line runs to the edges. */
  within(from, to) {
    const first = Math.max(0, this.index(from) - 1);
    return this.points.slice(first, this.index(to) + 2);
  }

  /** The first point at or after a time. */
  index(t) {
    let [low, high] = [0, this.points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.points[middle].t < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The real sample that is nearest in time. */
  nearest(t) {
    const after = this.index(t);
    const [a, b] = [this.points[after - 1], this.points[after]];
    return !b || (a && t - a.t <= b.t - t) ? a ?? null : b;
  }

  /** Splits points into the runs between gaps. */
  runs(points) {
    const result = [];
    let gap = 0;
    for (const point of points) {
      while (gap < this.gaps.length && this.gaps[gap][1] < point.t) gap += 1;
      const run = result.at(-1);
      const broken = run && gap < this.gaps.length && this.gaps[gap][0] >= run.at(-1).t && this.gaps[gap][1] <= point.t;
      if (run && !broken) run.push(point);
      else result.push([point]);
    }
    return result;
  }
}

/** Puts points that fall into the same pixel column together: exact for a line of one pixel. */
export function perColumn(run, column) {
  const result = [];
  for (const point of run) {
    const group = result.at(-1);
    if (!group || column(point.t) !== column(group.t)) {
      result.push({ ...point });
      continue;
    }
    group.min = Math.min(group.min, point.min);
    group.max = Math.max(group.max, point.max);
    group.last = point.last;
    group.tLast = point.tLast;
    group.n += point.n;
  }
  return result;
}
