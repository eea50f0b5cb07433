// The tiles of a view: added, filled with capabilities, titled, sized, and put in order by buttons. The whole list is drawn anew
// after each step, and the focus goes to where one was.

import { freshId, h, replace } from '../dom.js';
import { leaves } from '../leaves.js';
import { isNumber } from '../numbers.js';
import { texts } from '../texts.js';
import { focusMove, moveButtons, moved } from './order.js';
import { picker } from './picker.js';

const words = texts.templates.editor;
const isTelemetry = (one) => one.kind === 'telemetry';
const isState = (one) => isTelemetry(one) && (['boolean', 'enum'].includes(one.schema.type) || one.semanticType === 'State');

/** What a type of tile shows: which capabilities, how many at most, and how wide it usually is. The hub has the same table. */
const TYPES = {
  lkv: { suits: isTelemetry, most: 1, width: 1 },
  line: { suits: (one) => isTelemetry(one) && isNumber(one.schema.type), most: 4, width: 2 },
  state: { suits: isState, most: 4, width: 2 },
  events: { suits: isTelemetry, most: 1000, width: 2 },
  properties: { suits: (one) => one.kind === 'property' || one.kind === 'cloudProperty', most: 1000, width: 2 },
  command: { suits: (one) => one.kind === 'command', most: 1, width: 1 },
  label: { suits: () => false, most: 0, width: 4 },
};

export function tilesEditor(template, view) {
  let tiles = (view.tiles ?? []).map((tile) => ({ ...tile, capabilities: [...tile.capabilities] }));
  const inside = template.capabilities.flatMap((one) => leaves(one));
  const labels = new Map([...template.capabilities, ...inside].map((one) => [one.path, one.label]));
  const label = (path) => labels.get(path) ?? words.unknown(path);
  const list = h('ol', { class: 'plain tile-list' });
  const type = h('select', { id: freshId('type'), 'data-testid': 'new-tile-type' }, Object.keys(TYPES).map((one) => h('option', { value: one }, words.types[one])));
  const add = h('button', { type: 'button', 'data-testid': 'add-tile', on: { click: addTile } }, words.addTile);

  function addTile() {
    tiles.push({ type: type.value, title: null, capabilities: [], range: null, width: TYPES[type.value].width });
    draw();
    list.lastChild.querySelector('[data-focus]')?.focus();
  }

  /** Draws, then gives the focus to the control with this mark, or to the button that adds. */
  function draw(mark = null) {
    replace(list, tiles.length === 0 ? h('li', { class: 'empty' }, words.noTiles) : tiles.map(tileRow));
    if (mark !== null) (list.querySelector(`[data-mark="${mark}"]`) ?? add).focus();
  }

  function tileRow(tile, index) {
    const name = `${words.tile(index + 1)}, ${words.types[tile.type]}`;
    return h('li', { class: 'tile-row', 'data-testid': 'tile', 'data-type': tile.type, 'data-capabilities': tile.capabilities.join(' ') },
      h('fieldset', {}, h('legend', {}, name),
        tileFields(tile),
        tile.type === 'label' ? null : capabilities(tile, name),
        h('div', { class: 'tile-tools' },
          moveButtons(name, index, tiles.length, (to) => {
            tiles = moved(tiles, index, to);
            draw();
            focusMove(list.children[to].querySelector('.tile-tools'), to < index ? 'up' : 'down');
          }),
          h('button', {
            type: 'button', class: 'small', 'aria-label': words.removeTile(name), 'data-testid': 'remove-tile',
            on: { click: () => { tiles.splice(index, 1); draw('none'); } },
          }, words.removeTileText))));
  }

  function capabilities(tile, name) {
    const { suits, most } = TYPES[tile.type];
    const change = (paths) => {
      tile.capabilities = paths;
      draw(`${tiles.indexOf(tile)}`);
    };
    const chosen = tile.capabilities.map((path, index) => h('li', { class: 'chosen' }, h('span', {}, label(path), ' ', h('code', {}, path)),
      h('span', { class: 'tools' }, tile.capabilities.length > 1 ? moveButtons(label(path), index, tile.capabilities.length, (to) => change(moved(tile.capabilities, index, to))) : null,
        h('button', { type: 'button', class: 'small', 'aria-label': words.remove(label(path), name), on: { click: () => change(tile.capabilities.filter((one) => one !== path)) } }, '×'))));
    const offered = tile.type === 'line' ? [...template.capabilities, ...inside] : template.capabilities;
    const left = offered.filter((one) => suits(one) && !tile.capabilities.includes(one.path));
    return h('div', { class: 'field' }, h('ul', { class: 'plain', 'aria-label': `${words.shows}: ${name}` }, chosen),
      tile.capabilities.length < most && left.length > 0
        ? picker({ label: words.addTo(name), mark: `${tiles.indexOf(tile)}`, template, groups: [[null, left]], pick: (path) => change([...tile.capabilities, path]) }) : null);
  }

  draw();
  return {
    element: h('section', { class: 'card', 'aria-label': words.tiles }, h('h2', { class: 'spaced' }, words.tiles), list,
      h('div', { class: 'inline-form' }, h('div', { class: 'field' }, h('label', { for: type.id }, words.type), type), add)),
    /** In a tile that has nothing yet, what its list stands at counts as chosen: it is what one sees. */
    read: () => ({
      tiles: tiles.map((tile, index) => {
        const shown = list.children[index].querySelector('[data-focus]')?.value;
        return tile.type === 'label' || tile.capabilities.length > 0 || !shown ? tile : { ...tile, capabilities: [shown] };
      }),
    }),
    /** Shows a problem at its tile; answers the tile's name, or null. */
    mark(pointer, message) {
      const index = Number(pointer.match(/^\/tiles\/(\d+)/)?.[1] ?? NaN);
      const row = list.children[index];
      if (!tiles[index] || !row) return null;
      row.firstChild.append(h('p', { class: 'field-error' }, message));
      row.scrollIntoView({ block: 'nearest' });
      return `${words.tile(index + 1)}, ${words.types[tiles[index].type]}`;
    },
  };
}

/** The title and the width of a tile. */
function tileFields(tile) {
  const title = h('input', {
    id: freshId('title'), value: tile.title ?? '', placeholder: tile.type === 'label' ? '' : words.titleHint, maxlength: 256, autocomplete: 'off', 'data-testid': 'tile-title',
    'data-focus': tile.type === 'label', on: { input: (event) => { tile.title = event.target.value.trim() || null; } },
  });
  const width = h('select', { id: freshId('width'), 'data-testid': 'tile-width', on: { change: (event) => { tile.width = Number(event.target.value); } } },
    Object.entries(words.widths).map(([value, text]) => h('option', { value, selected: Number(value) === tile.width }, text)));
  return h('div', { class: 'tile-fields' },
    h('div', { class: 'field' }, h('label', { for: title.id }, words.title), title),
    h('div', { class: 'field' }, h('label', { for: width.id }, words.width), width));
}
