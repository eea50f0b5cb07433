// A view of the template: its tiles in a grid. Charts, strips and lists of events share one time range, which stands in the
// address.

import { h } from '../dom.js';
import { TimeRange, rangeBar } from '../chart/range.js';
import { texts } from '../texts.js';
import { TILES } from './tiles.js';

const RANGED = ['line', 'state', 'events'];

export default function viewTab({ data, tab, context }) {
  const { view } = tab;
  const ranged = view.tiles.filter((tile) => RANGED.includes(tile.type));
  const range = new TimeRange(context.query, ranged.find((tile) => tile.range)?.range, context.setQuery);
  const shared = { data, range, template: data.template };
  const tiles = view.tiles.map((tile) => TILES[tile.type]?.(tile, shared)).filter(Boolean);
  const bar = ranged.length > 0 ? rangeBar(range) : null;
  return {
    element: h('div', { class: 'view', 'data-testid': `view-${view.slug}` }, bar?.element ?? null,
      tiles.length === 0 ? h('p', { class: 'empty' }, texts.device.emptyView) : null,
      bands(tiles.map((tile) => tile.element)).map(([first, ...rest]) => h('div', { class: isValue(first) ? 'value-grid' : 'tile-grid' }, first, rest))),
    isDirty: () => tiles.some((tile) => tile.isDirty?.()),
    close() {
      bar?.close();
      for (const tile of tiles) tile.close?.();
    },
  };
}

const isValue = (element) => element.dataset.tile === 'lkv';

/** Values that follow one another stand in a band of their own, so that they are not as high as the charts beside them. */
function bands(elements) {
  const result = [];
  for (const element of elements) {
    const band = result.at(-1);
    if (band && isValue(band[0]) === isValue(element)) band.push(element);
    else result.push([element]);
  }
  return result;
}
