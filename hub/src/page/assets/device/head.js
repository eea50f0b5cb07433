// The head of a device's page: what it is called, how it stands, what can be done with it, and what to do when it has never
// connected. Buttons are made once and stay where they are.

import { approveDevice, deviceActions, unblockDevice } from '../devices/actions.js';
import { openConnect } from '../devices/connect.js';
import { connectionPill, nameOf, statusPill, tagChips, tagList, templateOf } from '../devices/pills.js';
import { arrange, h, replace, setAttribute, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { menuButton } from '../shell/menu.js';
import { texts } from '../texts.js';
import { neverConnected, refusedNotice } from './unassigned.js';

const words = texts.device;

/** `onDeleted` is told when the device was deleted from here. */
export function deviceHead(data, onDeleted) {
  const { id } = data;
  const title = h('h1', {}, id);
  const facts = h('div', { class: 'device-facts' });
  const tools = h('div', { class: 'tools' });
  const notice = h('div');
  const button = (text, act) => h('button', { type: 'button', class: 'primary', on: { click: () => act(data.item) } }, text);
  const connect = h('button', { type: 'button', 'data-testid': 'connect-device', on: { click: () => openConnect(id) } }, texts.devices.connect.open);
  const menu = menuButton({ label: words.manage, text: words.manage, className: '', testId: 'manage-device', items: () => deviceActions(data.item, onDeleted) });
  let noticed = null;

  function showNotice(item) {
    // its text depends on the status
    const refused = { waiting: () => button(texts.devices.actions.approve, approveDevice), blocked: () => button(texts.devices.actions.unblock, unblockDevice) }[item.status];
    const wanted = refused || !(item.lastSeen || item.connected) ? item.status : null;
    if (wanted === noticed) return;
    noticed = wanted;
    replace(notice, refused ? refusedNotice(wanted, refused()) : wanted === null ? null : neverConnected(item, () => openConnect(id)));
  }

  return {
    element: h('div', { class: 'page-head' }, h('div', {}, title, facts), tools),
    notice,
    update(item) {
      setText(title, nameOf(item));
      const since = item.connected ? item.connectedSince : item.lastSeen;
      replace(facts, statusPill(item), connectionPill(item), item.name ? h('code', {}, item.id) : null,
        h('span', {}, templateOf(item) ?? texts.devices.unassigned),
        since ? h('span', {}, `${item.connected ? words.since : words.lastSeen} `, ageTime(since, item.connected ? 'for' : 'ago')) : null,
        tagList(item).length > 0 ? tagChips(item) : null);
      showNotice(item);
      setAttribute(menu.querySelector('button'), 'aria-label', words.manageNamed(nameOf(item)));
      arrange(tools, connect, menu);
    },
    /** Nothing can be done with it any more. */
    clear() {
      arrange(tools);
      replace(notice);
      noticed = null;
    },
  };
}
