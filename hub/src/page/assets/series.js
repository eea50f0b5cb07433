// One line of a chart: its points in time order, where it has gaps, and its least and greatest value per pixel column.
// Pure: no element, no request.

const LIMIT = 5000;
const SHORTEST_GAP = 10_000;

export class Series {
  constructor() {
    this.points = [];
    this.step = 0;
  }

  /** Replaces the history. `raw` tells how many values it was made of, `step` the milliseconds of one bucket. */
  load(points, raw, step) {
    const newest = points.at(-1)?.[0] ?? -Infinity;
    const live = this.points.filter(([at]) => at > newest);
    this.points = [...points, ...live];
    this.step = raw > points.length ? step : 0;
  }

  /** Adds a value as it arrives; one that comes late is put in its place. */
  add(at, value) {
    let index = this.points.length;
    while (index > 0 && this.points[index - 1][0] > at) index -= 1;
    this.points.splice(index, 0, [at, value]);
    if (this.points.length > LIMIT) this.points = thin(this.points);
  }

  /** The points from `from` on, with one before it so that the line enters from the edge. */
  since(from) {
    const first = this.points.findIndex(([at]) => at >= from);
    return first < 0 ? [] : this.points.slice(Math.max(0, first - 1));
  }

  /** The real sample that is nearest in time. */
  nearest(at) {
    let best = null;
    for (const point of this.points) {
      if (best === null || Math.abs(point[0] - at) <= Math.abs(best[0] - at)) best = point;
    }
    return best;
  }
}

/** Halves the count and keeps the extremes: of each four points the first, the least, the greatest and the last. */
function thin(points) {
  const kept = [];
  for (let start = 0; start < points.length; start += 8) kept.push(...extremes(points.slice(start, start + 8)));
  return kept;
}

function extremes(group) {
  let least = group[0];
  let greatest = group[0];
  for (const point of group) {
    if (point[1] < least[1]) least = point;
    if (point[1] > greatest[1]) greatest = point;
  }
  return group.filter((point, index) => index === 0 || index === group.length - 1 || point === least || point === greatest);
}

/** The silence after which a line is broken: three usual intervals, but never less than ten seconds. */
export function gapLength(points, step) {
  const intervals = points.slice(1).map(([at], index) => at - points[index][0]).sort((a, b) => a - b);
  const median = intervals[Math.floor(intervals.length / 2)] ?? 0;
  return Math.max(3 * median, SHORTEST_GAP, 2 * step);
}

/** Splits points into the runs between gaps. */
export function runs(points, gap) {
  const result = [];
  for (const point of points) {
    const run = result.at(-1);
    if (run && point[0] - run.at(-1)[0] <= gap) run.push(point);
    else result.push([point]);
  }
  return result;
}

/** Per pixel column the first, least, greatest and last point of a run, in time order: exact for a one-pixel line. */
export function perColumn(run, column) {
  const result = [];
  let group = [];
  for (const point of run) {
    if (group.length > 0 && column(point[0]) !== column(group[0][0])) {
      result.push(...extremes(group));
      group = [];
    }
    group.push(point);
  }
  return group.length > 0 ? result.concat(extremes(group)) : result;
}
