// One device: its head and its tabs. Which tab is shown stands in the address. Loading again changes what is shown in place, so that
// a form being filled in survives. What stands above the tabs is in head.js, the tabs in tabs.js, what is below them in panel.js.

import { openConnect } from '../devices/connect.js';
import { nameOf } from '../devices/pills.js';
import { h, replace, setText } from '../dom.js';
import { missing, showFailure } from '../shell/router.js';
import { texts } from '../texts.js';
import { DeviceData } from './data.js';
import { deviceHead } from './head.js';
import { tabPanel } from './panel.js';
import { tabAt, tabBar, tabsOf } from './tabs.js';

const words = texts.device;

export default function devicePage(context) {
  const { id } = context.params;
  const data = new DeviceData(id);
  const head = deviceHead(data, () => current.go('/devices', { saved: true }));
  const tabs = tabBar();
  const panel = tabPanel(data, follow);
  const outdated = h('p', { class: 'field-error', role: 'alert', hidden: true });
  let current = context;
  let wantsRaw = false;
  let gone = false;
  let closed = false;

  data.on('item', showItem);

  function showItem() {
    const { item } = data;
    if (closed) return undefined;
    if (item.deleted) return showGone();
    current.titled([[texts.devices.title, '/devices'], [nameOf(item)]]);
    head.update(item);
    panel.element.classList.toggle('disconnected', !item.connected);
    if (panel.differs(tabAt(tabsOf(id, data.template), current.rest))) showTab();
    return undefined;
  }

  function showGone() {
    if (gone) return;
    gone = true;
    panel.leave();
    head.clear();
    tabs.clear();
    outdated.hidden = true;
    replace(panel.element, h('section', { class: 'card blank' }, h('p', { role: 'alert' }, words.deleted), h('a', { class: 'button', href: '/devices', 'data-link': true }, texts.devices.title)));
  }

  function showTab() {
    const all = tabsOf(id, data.template);
    const tab = tabAt(all, current.rest);
    tabs.draw(all, tab.key);
    return panel.show(tab, current);
  }

  /** The stream brings single rows only while they are looked at. */
  function follow(kind) {
    if (wantsRaw === (kind === 'raw')) return;
    wantsRaw = kind === 'raw';
    current.follow(topics());
  }

  const topics = () => [`device:${id}`, 'templates', ...(wantsRaw ? [`raw:${id}`] : [])];

  async function load() {
    try {
      await data.load();
      if (closed || data.item.deleted) return;
      gone = false;
      outdated.hidden = true;
      panel.element.classList.remove('stale');
      await showTab();
    } catch (failure) {
      if (!closed && !gone) failed(failure);
    }
  }

  /** What is shown stays, but it is said that it is not how things stand. */
  function failed(failure) {
    const isGone = failure.status === 404;
    if (data.item === null && isGone) return replace(page, missing(words.notFound, '/devices', texts.devices.all));
    if (data.item === null) return showFailure(panel.element, failure.message, load);
    if (isGone) return showGone();
    outdated.hidden = false;
    setText(outdated, words.outdated(failure.message));
    panel.element.classList.add('stale');
    return undefined;
  }

  /** Another tab, or the dialog that an address asks for. */
  function moved(next) {
    current = next;
    if (data.item !== null && !gone) showTab();
    askedConnect();
  }

  function askedConnect() {
    if (location.hash !== '#connect' || document.querySelector('dialog[open]')) return;
    openConnect(id);
    history.replaceState(history.state, '', location.pathname + location.search);
  }

  function event(name, change) {
    const isDevice = name === 'device' && change.id === id && !change.deleted;
    if (name === 'template') {
      // published again: what is shown is drawn anew; where there is none yet, it is one to choose
      const its = data.item?.templateId ?? change.id;
      if (change.id === its && !gone) load();
    } else if (isDevice && (gone || (change.templateId ?? null) !== (data.item?.templateId ?? null))) load();
    else data.event(name, change);
  }

  function close() {
    closed = true;
    panel.leave();
  }

  const page = h('div', { class: 'page' }, head.element, head.notice, outdated, panel.republished, tabs.element, panel.element);
  askedConnect();
  return {
    element: page,
    topics: topics(),
    load,
    event,
    moved,
    isDirty: panel.isDirty,
    close,
  };
}
