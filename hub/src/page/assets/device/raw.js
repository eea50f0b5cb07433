// Raw data: every message, property, command and connection event as it came, the newest first, with what the template does
// not know and what is wrong marked. Which columns, kinds and time are shown stands in the address; what is shown can be saved.
// Which rows are held is in raw-rows.js, what is asked for in raw-filters.js, the table in raw-columns.js.

import { api } from '../api.js';
import { h, setText } from '../dom.js';
import { menuButton } from '../shell/menu.js';
import { texts } from '../texts.js';
import { rawTable } from './raw-columns.js';
import { rawFilters } from './raw-filters.js';
import { RawRows } from './raw-rows.js';
import { unmodeledNames } from './unmodeled.js';
import { unmodeledNames } from './unmodeled.js';

const words = texts.raw;
const PAGE = 100;
const MERGE = 250; // milliseconds between two times that rows of the stream are shown

export default function rawTab({ data, context }) {
  return new RawTab(data, context);
}

class RawTab {
  constructor(data, context) {
    this.data = data;
    this.context = context;
    this.rows = new RawRows();
    this.filters = rawFilters(context.query, () => this.#refine());
    this.table = rawTable(data.template, context.query.get('cols'), () => {
      this.#remember();
      this.#draw();
    });
    this.loads = 0; // of the newest page: an answer that was asked for before another is not shown after it
    this.refinements = 0; // of the filter: rows that were asked for with another one are not shown
    this.refined = true; // another filter was chosen since the last answer
    this.timer = 0;
    this.element = this.#build();
    this.stops = [data.on('row', (row) => this.#arrived(row)), data.on('reloaded', () => this.#load())];
    this.#load();
  }

  #build() {
    const take = () => this.#takeFresh();
    this.follow = h('input', { type: 'checkbox', checked: true, 'data-testid': 'raw-follow', on: { change: () => this.follow.checked && take() } });
    this.waiting = h('button', { type: 'button', class: 'link', hidden: true, 'data-testid': 'raw-fresh', on: { click: take } }, words.fresh(0));
    this.none = h('p');
    this.clear = h('button', { type: 'button', hidden: true, 'data-testid': 'raw-clear', on: { click: () => this.filters.clear() } }, words.clear);
    this.empty = h('div', { class: 'blank', hidden: true }, this.none, this.clear);
    this.unknown = unmodeledNames(this.data);
    this.error = h('p', { class: 'field-error', role: 'alert' });
    this.damage = h('p', { class: 'field-error', hidden: true }, words.damage);
    this.more = h('button', { type: 'button', hidden: true, 'data-testid': 'raw-more', on: { click: () => this.#loadMore() } }, words.more);
    return h('section', { class: 'card flush' },
      h('div', { class: 'filters' }, this.filters.elements, h('label', { class: 'check' }, this.follow, words.follow), this.waiting,
        h('div', { class: 'tools end' }, this.table.chooser, exportMenu(this.data.id, () => ({ ...this.filters.asked(), cols: this.table.names() })))),
      this.unknown.element, this.error, this.damage, this.empty, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': words.title }, this.table.element),
      h('div', { class: 'pager' }, this.more));
  }

  #remember() {
    this.context.setQuery({ ...this.filters.asked(), cols: this.table.unusual() });
  }

  #refine() {
    this.refined = true;
    this.refinements += 1;
    this.#remember();
    this.#load();
  }

  /** Asks for a page and has it taken, if it is still `wanted()` then. */
  async #ask(after, wanted, take) {
    try {
      const page = await api.raw(this.data.id, { ...this.filters.asked(), limit: PAGE, after });
      if (!wanted()) return;
      take(page);
      setText(this.error, '');
      this.damage.hidden = !(page.damage?.length > 0);
      this.#draw();
    } catch (failure) {
      if (wanted()) setText(this.error, failure.message);
    }
  }

  #load() {
    const { rows, filters } = this;
    const since = rows.newest;
    this.loads += 1;
    const mine = this.loads;
    return this.#ask(null, () => mine === this.loads, (page) => {
      const follow = this.follow.checked;
      if (this.refined) rows.begin(page, { since, matches: filters.matches, follow });
      else rows.renew(page, { since, follow });
      this.refined = false;
    });
  }

  async #loadMore() {
    const { rows, more, refinements: mine } = this;
    const after = rows.next;
    more.disabled = true;
    await this.#ask(after, () => mine === this.refinements && rows.next === after, (page) => rows.extend(page));
    more.disabled = false;
  }

  /** A row of the stream: shown when it is asked for, at most a few times a second. */
  #arrived(row) {
    if (this.filters.matches(row) && this.rows.arrive(row) && this.timer === 0) this.timer = setTimeout(() => this.#showFresh(), MERGE);
  }

  #showFresh() {
    this.timer = 0;
    if (this.follow.checked) this.#takeFresh();
    else this.#showWaiting();
  }

  #takeFresh() {
    this.rows.take();
    this.#draw();
  }

  #showWaiting() {
    this.waiting.hidden = this.rows.fresh.length === 0;
    setText(this.waiting, words.fresh(this.rows.fresh.length));
  }

  #draw() {
    const { shown, next } = this.rows;
    this.table.draw(shown);
    this.unknown.update(shown);
    this.empty.hidden = shown.length > 0;
    const filtered = Object.values(this.filters.asked()).some((value) => value !== '');
    setText(this.none, filtered ? words.noMatch : words.empty);
    this.clear.hidden = !filtered;
    this.more.hidden = next === null;
    this.#showWaiting();
  }

  /** What is read while it is not followed is not drawn anew. */
  isDirty() {
    return !this.follow.checked;
  }

  close() {
    this.loads += 1;
    this.refinements += 1;
    clearTimeout(this.timer);
    this.stops.forEach((stop) => stop());
  }
}

/** Saves what is asked for as a file; only CSV has columns. */
function exportMenu(id, asked) {
  // a link, so that an error of the hub does not replace the application
  const save = (format) => {
    const { cols, ...filter } = asked();
    h('a', { href: api.exportUrl(id, { ...filter, format, cols: format === 'csv' ? cols : '' }), download: '' }).click();
  };
  return menuButton({
    label: words.export, text: words.export, className: 'small', testId: 'raw-export',
    items: () => [{ text: words.csv, testId: 'export-csv', act: () => save('csv') }, { text: words.jsonl, testId: 'export-jsonl', act: () => save('jsonl') }],
  });
}
