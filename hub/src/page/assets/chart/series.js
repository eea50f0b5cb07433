// One line of a chart: for each column of time its first, least, greatest and last value and how many they were (M4), in
// time order, and where values are missing. A value is a number, or a BigInt where that has more digits. Pure: no element, no
// request.

import { Gaps } from './gaps.js';

const MOST = 5000; // points that are kept

/** Sent of a line as they are; the rest of those that are kept is for what the stream brings until history is loaded again. */
export const LOADED = 4000;
export const ADDED = MOST - LOADED;

const point = (t, value) => ({ t, first: value, min: value, max: value, last: value, tMin: t, tMax: t, tLast: t, n: 1 });

export class Series {
  constructor() {
    this.points = []; // { t, first, min, max, last, tMin, tMax, tLast, n }
    this.gaps = new Gaps();
    this.added = 0;
  }

  /** Takes what the hub answered; points that came by the stream meanwhile and are newer are kept. */
  load({ points, gaps, interval, newest, before, after }) {
    const loaded = points.v ? points.t.map((t, index) => point(t, points.v[index])) : points.t.map((t, index) => column(points, t, index));
    const live = this.added > 0 ? this.points.slice(-this.added).filter(({ t }) => newest === null || t > newest) : [];
    this.points = [...before ? [point(...before)] : [], ...loaded, ...after ? [point(...after)] : []];
    this.gaps.load(gaps, interval, newest);
    this.added = 0;
    for (const { t, last } of live) this.add(t, last);
  }

  /** Adds a value as it arrives; one that comes late is put in its place. */
  add(t, value) {
    let index = this.points.length;
    while (index > 0 && this.points[index - 1].t > t) index -= 1;
    this.gaps.value(t);
    this.points.splice(index, 0, point(t, value));
    if (this.points.length > MOST) this.points.shift();
    this.added = Math.min(this.added + 1, this.points.length);
  }

  /** The points of a range. */
  inside(from, to) {
    return this.points.slice(this.index(from), this.index(to + 1));
  }

  /** The points of a range, with one on each side so that the line comes in and goes out. */
  around(from, to) {
    return this.points.slice(Math.max(0, this.index(from) - 1), this.index(to + 1) + 1);
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

  /** The real sample in a range that is nearest in time, `{ t, value, point }`, or null. */
  nearest(t, [from, to]) {
    const after = this.index(t);
    let best = null;
    for (const near of this.points.slice(Math.max(0, after - 1), after + 1)) {
      for (const [at, value] of samples(near)) {
        if (at >= from && at <= to && (best === null || Math.abs(at - t) < Math.abs(best.t - t))) best = { t: at, value, point: near };
      }
    }
    return best;
  }

  /** Splits points into the runs between gaps. */
  runs(points) {
    const result = [];
    const gaps = this.gaps.all();
    let gap = 0;
    for (const next of points) {
      while (gap < gaps.length && gaps[gap][1] < next.t) gap += 1;
      const run = result.at(-1);
      const broken = run && gap < gaps.length && gaps[gap][0] >= run.at(-1).t && gaps[gap][1] <= next.t;
      if (run && !broken) run.push(next);
      else result.push([next]);
    }
    return result;
  }
}

/** A column as the hub sends it: its times are milliseconds after its first one. */
function column(points, t, index) {
  const at = (times) => t + times[index];
  return {
    t, first: points.first[index], min: points.min[index], max: points.max[index], last: points.last[index],
    tMin: at(points.tMin), tMax: at(points.tMax), tLast: at(points.tLast), n: points.n[index],
  };
}

/** The values that are known of a point, `[t, value]`, in time order. */
export function samples({ t, first, min, max, last, tMin, tMax, tLast, n }) {
  if (n === 1) return [[t, last]];
  return [[t, first], ...tMin <= tMax ? [[tMin, min], [tMax, max]] : [[tMax, max], [tMin, min]], [tLast, last]];
}

/** The least and the greatest value of points, or null of none. */
export function extremes(points) {
  if (points.length === 0) return null;
  let [{ min, max }] = points;
  for (const one of points) {
    if (one.min < min) min = one.min;
    if (one.max > max) max = one.max;
  }
  return { min, max };
}

/** Puts points that fall into the same pixel column together: exact for a line of one pixel. */
export function perColumn(run, columnOf) {
  const result = [];
  let open = null;
  let place = null;
  for (const next of run) {
    const own = columnOf(next.t);
    if (open === null || own !== place) {
      open = { ...next };
      place = own;
      result.push(open);
      continue;
    }
    if (next.min < open.min) [open.min, open.tMin] = [next.min, next.tMin];
    if (next.max > open.max) [open.max, open.tMax] = [next.max, next.tMax];
    [open.last, open.tLast] = [next.last, next.tLast];
    open.n += next.n;
  }
  return result;
}
