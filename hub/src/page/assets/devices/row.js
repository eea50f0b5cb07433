// One device in the list. Its controls are made once; an update writes only what is different, so that a press or the focus
// on one of them outlasts it.

import { h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { stringify } from '../json.js';
import { menuButton } from '../shell/menu.js';
import { devicePath } from '../shell/routes.js';
import { texts } from '../texts.js';
import { approveDevice, deviceActions } from './actions.js';
import { connectionPill, nameOf, statusPill, tagChips, tagList, templateOf } from './pills.js';

const words = texts.devices;

/** A part that is drawn again when what it is drawn from has changed. */
function part(element, draw) {
  let drawn = null;
  return {
    element,
    update(...given) {
      const key = stringify(given);
      if (key === drawn) return;
      drawn = key;
      replace(element, draw(...given));
    },
  };
}

/** `onCheck(id, checked, event)` is told of the row's box. */
export function deviceRow(device, { isChecked, onCheck }) {
  const { columns } = words;
  let shown = device;
  const box = h('input', { type: 'checkbox', 'data-testid': `select-${device.id}`, on: { click: (event) => onCheck(device.id, box.checked, event) } });
  const link = h('a', { class: 'device-link', href: devicePath(device.id), 'data-link': true });
  const id = h('code', { class: 'weak device-id' }, device.id);
  const approve = h('button', { type: 'button', class: 'small', 'data-testid': `approve-${device.id}`, on: { click: () => approveDevice(shown) } }, words.actions.approve);
  const menu = menuButton({ label: words.actions.menu(nameOf(device)), testId: `menu-${device.id}`, items: () => deviceActions(shown) });
  const status = part(h('span'), (word) => statusPill({ status: word }));
  const connection = part(h('td', { 'data-label': columns.conn }), (connected) => connectionPill({ connected }));
  const template = part(h('td', { 'data-label': columns.template }), (name) => name ?? h('span', { class: 'weak' }, words.unassigned));
  const tags = part(h('td', { 'data-label': columns.tags }), (given) => tagChips({ tags: given }));
  const seen = part(h('td', { 'data-label': columns.seen }), (at) => (at ? ageTime(at) : h('span', { class: 'weak' }, words.never)));
  const element = h('tr', { 'data-testid': `device-row-${device.id}`, 'data-row': true, 'data-id': device.id },
    h('td', { class: 'card-title' }, h('span', { class: 'with-box' }, box, h('span', {}, link, id))),
    h('td', { 'data-label': columns.status }, h('span', { class: 'pills' }, status.element, approve)),
    connection.element, template.element, tags.element, seen.element, h('td', { class: 'row-actions' }, menu));

  function update(next) {
    shown = next;
    const name = nameOf(next);
    setText(link, name);
    id.hidden = !next.name;
    box.checked = isChecked(next.id);
    box.setAttribute('aria-label', words.bulk.select(name));
    menu.firstChild.setAttribute('aria-label', words.actions.menu(name));
    Object.assign(element.dataset, { status: next.status, connected: String(next.connected) });
    approve.hidden = next.status !== 'waiting';
    status.update(next.status);
    connection.update(next.connected);
    template.update(templateOf(next));
    tags.update(next.tags ?? {});
    tags.element.classList.toggle('none', tagList(next).length === 0);
    seen.update((next.connected ? next.connectedSince : next.lastSeen) ?? null);
  }

  return { element, update, device: () => shown };
}
