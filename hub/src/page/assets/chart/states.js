// The states of one lane: since when each was in force, and where none is known. Pure: no element, no request.

import { Gaps } from './gaps.js';

const MOST = 5000; // changes that are kept, and states that have a colour

export class States {
  /** `keyOf(value)` is the same for values that are one state. */
  constructor(keyOf) {
    this.keyOf = keyOf;
    this.changes = []; // { t, value }
    this.gaps = new Gaps();
    this.colours = new Map(); // by state
    this.coloured = 0; // states that got one by now
    this.live = []; // [t, value] of the stream since history was loaded; null is an interruption
  }

  /** Takes what the hub answered; what came by the stream meanwhile and is newer is kept. */
  load({ states, gaps, interval, newest }) {
    this.changes = states ? states.t.map((t, index) => ({ t, value: states.values[states.v[index]] })) : [];
    this.gaps.load(gaps, interval, newest);
    const live = this.live.filter(([t]) => newest === null || t > newest);
    this.live = [];
    for (const [t, value] of live) this.add(t, value);
  }

  /** A value that is the same goes on. */
  add(t, value) {
    this.live.push([t, value]);
    if (this.live.length > MOST) this.live.shift();
    if (value === null) {
      this.gaps.interrupt(t);
      return;
    }
    this.gaps.value(t);
    const last = this.changes.at(-1);
    if (last && (t < last.t || this.keyOf(last.value) === this.keyOf(value))) return;
    this.changes.push({ t, value });
    if (this.changes.length > MOST) this.changes.shift();
  }

  /** Which of so many colours a state has. One that is new gets the next; of too many, the oldest has none any more. */
  colour(value, count) {
    const key = this.keyOf(value);
    if (!this.colours.has(key)) {
      this.colours.set(key, this.coloured % count);
      this.coloured += 1;
      if (this.colours.size > MOST) this.colours.delete(this.colours.keys().next().value);
    }
    return this.colours.get(key);
  }

  /** What was in force when, within a range: `{ value, begin, end, known }`, in order. */
  blocks(from, to) {
    const result = [];
    const gaps = this.gaps.all();
    let first = 0;
    this.changes.forEach(({ t, value }, index) => {
      const end = Math.min(this.changes[index + 1]?.t ?? to, to);
      let at = Math.max(t, from);
      const put = (until, known) => {
        if (until > at) result.push({ value, begin: at, end: until, known });
        at = Math.max(at, until);
      };
      while (first < gaps.length && gaps[first][1] <= at) first += 1;
      for (let gap = first; gap < gaps.length && gaps[gap][0] < end; gap += 1) {
        put(gaps[gap][0], true);
        put(Math.min(gaps[gap][1], end), false);
      }
      put(end, true);
    });
    return result;
  }
}
