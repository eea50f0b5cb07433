// Going through a long list page by page. Its buttons stay while what they lead to changes.

import { h, setText } from './dom.js';
import { texts } from './texts.js';

/** `onPage(page)` is told of another page, from 1. */
export function pager(size, onPage) {
  let page = 1;
  const step = (by, text) => h('button', { type: 'button', class: 'small', 'aria-label': text, on: { click: () => onPage(page + by) } }, by < 0 ? '‹' : '›');
  const [back, on] = [step(-1, texts.pager.previous), step(1, texts.pager.next)];
  const where = h('span');
  return {
    element: h('nav', { class: 'pager', 'aria-label': texts.pager.label, hidden: true }, back, where, on),
    /** Shows a page of a list of so many items. */
    update(shown, total) {
      page = shown;
      this.element.hidden = total <= size;
      back.disabled = page <= 1;
      on.disabled = page * size >= total;
      setText(where, texts.pager.page((page - 1) * size + 1, Math.min(total, page * size), total));
    },
  };
}
