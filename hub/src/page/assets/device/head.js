// The head of a device's page: what it is called, how it stands, what can be done with it, and what to do when it has never
// connected. Buttons are made once and stay where they are.

import { approveDevice, deviceActions } from '../devices/actions.js';
import { openConnect } from '../devices/connect.js';
import { connectionPill, nameOf, statusPill, tagChips, tagList, templateOf } from '../devices/pills.js';
import { arrange, h, replace, setAttribute, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { menuButton } from '../shell/menu.js';
import { texts } from '../texts.js';
import { neverConnected } from './unassigned.js';

const words = texts.device;

/** `onDeleted` is told when the device was deleted from here. */
export function deviceHead(data, onDeleted) {
  const { id } = data;
  const title = h('h1', {}, id);
  const facts = h('div', { class: 'device-facts' });
  const tools = h('div', { class: 'tools' });
  const notice = h('div');
  const approve = h('button', { type: 'button', class: 'primary', hidden: true, on: { click: () => approveDevice(data.item) } }, texts.devices.actions.approve);
  const connect = h('button', { type: 'button', 'data-testid': 'connect-device', on: { click: () => openConnect(id) } }, texts.devices.connect.open);
  const menu = menuButton({ label: words.manage, text: words.manage, className: '', testId: 'manage-device', items: () => deviceActions(data.item, onDeleted) });
  let noticed = null;

  function showNotice(item) {
    // its text depends on the status
    const wanted = item.lastSeen || item.connected ? null : item.status;
    if (wanted === noticed) return;
    noticed = wanted;
    replace(notice, wanted === null ? null : neverConnected(item, () => openConnect(id)));
  }

  return {
    element: h('div', { class: 'page-head' }, h('div', {}, title, facts), tools),
    notice,
    update(item) {
      setText(title, nameOf(item));
      const since = item.connected ? item.connectedSince : item.lastSeen;
      replace(facts, statusPill(item), connectionPill(item), item.name ? h('code', {}, item.id) : null,
        h('span', {}, templateOf(item) ?? texts.devices.unassigned),
        since ? h('span', {}, `${item.connected ? words.since : words.lastSeen} `, ageTime(since)) : null,
        tagList(item).length > 0 ? tagChips(item) : null);
      showNotice(item);
      approve.hidden = item.status !== 'waiting';
      setAttribute(menu.querySelector('button'), 'aria-label', words.manageNamed(nameOf(item)));
      arrange(tools, approve, connect, menu);
    },
    /** Nothing can be done with it any more. */
    clear() {
      arrange(tools);
      replace(notice);
      noticed = null;
    },
  };
}
