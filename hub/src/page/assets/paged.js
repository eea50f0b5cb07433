// The rows of a list that the hub hands out in parts, with the buttons that go through it. What was asked last is shown, however
// late an earlier answer comes.

import { pager } from './pager.js';
import { toastError } from './shell/toast.js';
import { coalesced } from './turns.js';

/** Rows that one part of the list has. */
const PAGE = 25;

/** `read({ limit, offset })` answers `{ items, total }`; `show(items)` shows them in `table`, and `empty` stands where there are none. */
export function pagedRows({ read, show, table, empty }) {
  let page = 1;
  const pages = pager(PAGE, turn);

  const load = coalesced(async () => {
    const { items, total } = await read({ limit: PAGE, offset: (page - 1) * PAGE });
    if (items.length === 0 && total > 0) {
      // the last rows are gone
      page = Math.ceil(total / PAGE);
      load();
      return;
    }
    show(items);
    table.hidden = items.length === 0;
    empty.hidden = items.length > 0;
    pages.update(page, total);
  });

  function turn(next) {
    page = next;
    return load().catch((failure) => toastError(failure.message));
  }

  return { elements: [empty, table, pages.element], load, turn };
}
