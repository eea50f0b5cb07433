// One device: its head and its tabs. The tabs are the views and forms of its published template, then commands, raw data and
// the twin; which one is shown stands in the address. Loading again changes what is shown in place, so that a form being
// filled in survives.

import { openConnect } from '../devices/connect.js';
import { approveDevice, deviceActions } from '../devices/actions.js';
import { connectionPill, nameOf, statusPill, tagChips, tagList, templateOf } from '../devices/pills.js';
import { h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { menuButton } from '../shell/menu.js';
import { showFailure } from '../shell/router.js';
import { devicePath } from '../shell/routes.js';
import { texts } from '../texts.js';
import { DeviceData } from './data.js';
import { neverConnected, unassignedView } from './unassigned.js';

const words = texts.device;

/** What can stand behind a tab; loaded when it is first shown. */
const MODULES = {
  view: () => import('./view.js'),
  form: () => import('./form.js'),
  commands: () => import('./commands.js'),
  raw: () => import('./raw.js'),
  twin: () => import('./twin.js'),
};

/** What needs no module of its own. */
const HERE = { unassigned: unassignedView, missing: () => ({ element: h('section', { class: 'card blank' }, h('p', { role: 'alert' }, words.noView)) }) };

export default function devicePage(context) {
  const { id } = context.params;
  const data = new DeviceData(id);
  const title = h('h1', {}, id);
  const facts = h('div', { class: 'device-facts' });
  const tools = h('div', { class: 'tools' });
  const tabs = h('nav', { class: 'tabs', 'aria-label': words.views });
  const notice = h('div');
  const outdated = h('p', { class: 'field-error', role: 'alert', hidden: true });
  const republished = h('p', { class: 'remark wait', role: 'status', hidden: true }, words.republished, ' ',
    h('button', { type: 'button', class: 'link', 'data-testid': 'show-republished', on: { click: () => showTab(true) } }, words.showRepublished));
  const panel = h('div', { class: 'panel' }, h('p', { class: 'empty' }, texts.loading));
  let current = context;
  let shown = null; // { key, view }
  let turn = 0;
  let wantsRaw = false;
  let closed = false;

  data.on('item', showHead);

  function showHead() {
    const { item } = data;
    if (closed) return undefined;
    if (item.deleted) return showGone();
    setText(title, nameOf(item));
    current.titled([[texts.devices.title, '/devices'], [nameOf(item)]]);
    const since = item.connected ? item.connectedSince : item.lastSeen;
    replace(facts, statusPill(item), connectionPill(item), item.name ? h('code', {}, item.id) : null,
      h('span', {}, templateOf(item) ?? texts.devices.unassigned),
      since ? h('span', {}, `${item.connected ? words.since : words.lastSeen} `, ageTime(since)) : null,
      tagList(item).length > 0 ? tagChips(item) : null);
    panel.classList.toggle('disconnected', !item.connected);
    const isNew = !item.lastSeen && !item.connected;
    if (isNew !== notice.hasChildNodes()) replace(notice, isNew ? neverConnected(item, () => openConnect(id)) : null);
    if (tools.childElementCount === 0) showTools();
    approve.hidden = item.status !== 'waiting';
    if (shown && shown.key !== tabKey(wantedTab())) showTab();
    return undefined;
  }

  const approve = h('button', { type: 'button', class: 'primary', hidden: true, on: { click: () => approveDevice(data.item) } }, texts.devices.actions.approve);

  function showTools() {
    replace(tools, approve,
      h('button', { type: 'button', 'data-testid': 'connect-device', on: { click: () => openConnect(id) } }, texts.devices.connect.open),
      menuButton({ label: words.manageNamed(nameOf(data.item)), text: words.manage, className: '', testId: 'manage-device', items: () => deviceActions(data.item, () => current.go('/devices')) }));
  }

  function showGone() {
    leaveTab();
    replace(panel, h('section', { class: 'card blank' }, h('p', { role: 'alert' }, words.deleted), h('a', { class: 'button', href: '/devices', 'data-link': true }, texts.devices.title)));
    for (const part of [notice, tabs, tools]) replace(part);
    delete tabs.dataset.key;
    outdated.hidden = true;
    republished.hidden = true;
  }

  /** `[{ key, text, path, kind, view }]` in their order. */
  function allTabs() {
    const { template } = data;
    const path = (...rest) => devicePath(id, ...rest);
    const views = template.published ? template.views : [{ slug: 'values', kind: 'unassigned', name: words.everything }];
    const isCommands = (view) => view === views.find((one) => one.kind === 'commands');
    return [
      ...views.filter((view) => !isCommands(view)).map((view) => {
        const kind = view.kind === 'form' ? 'form' : 'view';
        return { key: `${kind}/${view.slug}`, text: view.name, path: path(kind, view.slug), kind: view.kind === 'unassigned' ? 'unassigned' : kind, view };
      }),
      ...['commands', 'raw', 'twin'].map((kind) => ({
        key: kind, kind, path: path(kind), view: kind === 'commands' ? views.find(isCommands) ?? null : null,
        text: (kind === 'commands' && views.find(isCommands)?.name) || words.tabs[kind],
      })),
    ];
  }

  function wantedTab() {
    const all = allTabs();
    const asked = current.rest.join('/');
    return all.find((tab) => tab.key === asked) ?? (asked === '' ? all[0] : { key: asked, kind: 'missing', view: null });
  }

  // what is drawn depends on the template as well as on the address
  const tabKey = (tab) => `${tab.key} ${tab.kind} ${data.template.etag}`;

  /** Shows what the address asks for; a form that is being filled in is not replaced unless that is wanted. */
  async function showTab(replacing = false) {
    const tab = wantedTab();
    drawTabs(tab);
    const key = tabKey(tab);
    republished.hidden = true;
    if (shown?.key === key) return;
    if (!replacing && shown?.tab === tab.key && shown.view.isDirty?.()) {
      republished.hidden = false;
      return;
    }
    turn += 1;
    const mine = turn;
    const make = tab.kind in HERE ? HERE[tab.kind] : (await MODULES[tab.kind]()).default;
    if (closed || mine !== turn) return;
    shown?.view.close?.();
    const view = make({ data, tab, context: current });
    shown = { key, tab: tab.key, view };
    replace(panel, view.element);
    await follow(tab.kind === 'raw');
    view.shown?.();
  }

  /** The stream brings single rows only while they are looked at. */
  async function follow(raw) {
    if (raw === wantsRaw) return;
    wantsRaw = raw;
    current.follow(topics());
  }

  const topics = () => [`device:${id}`, 'templates', ...(wantsRaw ? [`raw:${id}`] : [])];

  function drawTabs(tab) {
    const links = allTabs().map(({ key, text, path }) => h('a', {
      href: path, 'data-link': true, 'data-testid': `tab-${key.replace('/', '-')}`, 'aria-current': key === tab.key ? 'page' : null,
    }, text));
    if (tabs.dataset.key !== links.map((link) => link.outerHTML).join()) {
      const focused = tabs.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
      tabs.dataset.key = links.map((link) => link.outerHTML).join();
      replace(tabs, links);
      const active = tabs.querySelector('[aria-current]');
      active?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
      if (focused) tabs.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  async function load() {
    try {
      await data.load();
      if (closed) return;
      outdated.hidden = true;
      panel.classList.remove('stale');
      await showTab();
    } catch (failure) {
      if (!closed) failed(failure);
    }
  }

  /** What is shown stays, but it is said that it is not how things stand. */
  function failed(failure) {
    const isGone = failure.status === 404;
    if (data.item === null) return showFailure(panel, isGone ? words.notFound : failure.message, load);
    if (isGone) return showGone();
    outdated.hidden = false;
    setText(outdated, words.outdated(failure.message));
    panel.classList.add('stale');
    return undefined;
  }

  /** Another tab, or the dialog that an address asks for. */
  function moved(next) {
    current = next;
    if (data.item !== null) showTab();
    askedConnect();
  }

  function askedConnect() {
    if (location.hash !== '#connect' || document.querySelector('dialog[open]')) return;
    openConnect(id);
    history.replaceState(null, '', location.pathname + location.search);
  }

  function event(name, change) {
    if (name === 'template') {
      // published again: what is shown is drawn anew
      if (change.id === data.item?.templateId) load();
    } else if (name === 'device' && change.id === id && !change.deleted && (change.templateId ?? null) !== (data.item?.templateId ?? null)) load();
    else data.event(name, change);
  }

  function close() {
    closed = true;
    leaveTab();
  }

  function leaveTab() {
    turn += 1;
    shown?.view.close?.();
    shown = null;
  }

  askedConnect();
  return {
    element: h('div', { class: 'page' }, h('div', { class: 'page-head' }, h('div', {}, title, facts), tools), notice, outdated, republished, tabs, panel),
    topics: topics(),
    load,
    event,
    moved,
    close,
  };
}
