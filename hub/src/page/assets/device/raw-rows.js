// Which rows of raw data are held, the newest first: pages of the hub's answers and rows of the stream, joined without a gap and
// without doubles. Nothing here is drawn or asked for.

const SHOWN = 1000; // rows before the oldest are taken away, unless more were asked for

export class RawRows {
  constructor() {
    this.shown = [];
    /** Newer rows that are not shown yet. */
    this.fresh = [];
    /** After which row the next page begins, or null after the last. */
    this.next = null;
    this.limit = SHOWN;
    this.gap = null; // where the page of the fresh rows ends, when it does not reach those that are shown
  }

  /** The number of the newest row that is held. */
  get newest() {
    return Math.max(this.shown[0]?.seq ?? -1, this.fresh[0]?.seq ?? -1);
  }

  /** Takes the newest page for another filter, and those of the held rows that came after `since` and match it. */
  begin({ items, next = null }, { since, matches, follow }) {
    const came = this.#since(items[0]?.seq ?? since).filter(matches);
    this.shown = follow ? [...came, ...items] : items;
    this.fresh = follow ? [] : came;
    this.next = next;
    this.limit = SHOWN;
    this.gap = null;
  }

  /** Takes the newest page for the same filter again: older rows that were asked for stay, as does what is read while it is not followed. */
  renew({ items, next = null }, { since, follow }) {
    const came = this.#since(items[0]?.seq ?? since);
    const joins = next !== null && this.newest >= next && this.gap === null;
    const older = joins ? this.#all().filter(({ seq }) => seq < next) : [];
    const all = [...came, ...items, ...older];
    const end = joins ? this.next : next;
    const top = this.shown[0]?.seq;
    if (follow || top === undefined) {
      this.shown = all;
      this.fresh = [];
      this.next = end;
      this.gap = null;
    } else if (joins || next === null || top >= next) {
      this.fresh = all.filter(({ seq }) => seq > top);
      this.shown = all.filter(({ seq }) => seq <= top);
      this.next = end;
      this.gap = null;
    } else {
      this.fresh = all;
      this.gap = next;
    }
  }

  /** Takes the page after the last row. */
  extend({ items, next = null }) {
    this.shown = [...this.shown, ...items];
    this.limit = Math.max(this.limit, this.shown.length);
    this.next = next;
  }

  /** Takes a row of the stream; answers whether it is a new one. */
  arrive(row) {
    if (row.seq <= this.newest) return false;
    this.fresh.unshift(row);
    this.fresh.length = Math.min(this.fresh.length, this.limit);
    return true;
  }

  /** Shows the fresh rows. */
  take() {
    if (this.gap !== null) [this.shown, this.next] = [this.fresh, this.gap];
    else this.shown = [...this.fresh, ...this.shown];
    this.fresh = [];
    this.gap = null;
    if (this.shown.length <= this.limit) return;
    this.shown.length = this.limit;
    this.next = this.shown.at(-1).seq;
  }

  #all() {
    return [...this.fresh, ...this.shown];
  }

  #since(seq) {
    return this.#all().filter((row) => row.seq > seq);
  }
}
