// What the pages of the hub have in common: their tabs, loading again while they are looked at, and problems shown where they are.

import { detailsOf } from '../api.js';
import { h } from '../dom.js';
import { texts } from '../texts.js';

const REFRESH = 5_000;

/** The pages of the section by what follows `/hub/` in their addresses. */
const TABS = ['', 'enrollments', 'certificates', 'faults'];

export function hubTabs(current) {
  return h('nav', { class: 'tabs', 'aria-label': texts.hub.pages }, TABS.map((name) => h('a', {
    href: name ? `/hub/${name}` : '/hub', 'data-link': true, 'data-testid': `tab-hub-${name || 'overview'}`, 'aria-current': name === current ? 'page' : null,
  }, texts.hub.tabs[name || 'overview'])));
}

/** The way to a page of the section. */
export const hubCrumbs = (...crumbs) => [[texts.shell.sections.hub, '/hub'], ...crumbs];

/** Calls `load` every few seconds, or every `each` milliseconds, while the page is visible, until the answered function is called. */
export function refreshing(load, each = REFRESH) {
  const timer = setInterval(() => !document.hidden && load(), each);
  return () => clearInterval(timer);
}

/** Shows what is wrong with single fields under them, and answers the rest of a failure. */
export function failFields(failure, fields) {
  const known = detailsOf(failure).filter(({ field }) => field in fields);
  for (const { field, message } of known) fields[field].fail(message);
  if (known.length > 0) fields[known[0].field].focus();
  return known.length > 0 ? '' : failure.message;
}
