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
  return new DevicePage(context);
}

/** A view as the router takes it. */
class DevicePage {
  constructor(context) {
    this.id = context.params.id;
    this.context = context;
    this.data = new DeviceData(this.id);
    this.head = deviceHead(this.data, () => this.context.go('/devices', { saved: true }));
    this.tabs = tabBar();
    this.panel = tabPanel(this.data, (kind) => this.#follow(kind));
    this.outdated = h('p', { class: 'field-error', role: 'alert', hidden: true });
    this.wantsRaw = false;
    this.gone = false;
    this.closed = false;
    this.element = h('div', { class: 'page' }, this.head.element, this.head.notice, this.outdated, this.panel.republished, this.tabs.element, this.panel.element);
    this.data.on('item', () => this.#showItem());
    this.#askedConnect();
  }

  get topics() {
    return [`device:${this.id}`, 'templates', ...(this.wantsRaw ? [`raw:${this.id}`] : [])];
  }

  #showItem() {
    const { item, template } = this.data;
    if (this.closed) return;
    if (item.deleted) {
      this.#showGone();
      return;
    }
    this.context.titled([[texts.devices.title, '/devices'], [nameOf(item)]]);
    this.head.update(item);
    this.panel.element.classList.toggle('disconnected', !item.connected);
    if (this.panel.differs(tabAt(tabsOf(this.id, template), this.context.rest))) this.#showTab();
  }

  #showGone() {
    if (this.gone) return;
    this.gone = true;
    this.panel.leave();
    this.head.clear();
    this.tabs.clear();
    this.outdated.hidden = true;
    replace(this.panel.element, h('section', { class: 'card blank' }, h('p', { role: 'alert' }, words.deleted), h('a', { class: 'button', href: '/devices', 'data-link': true }, texts.devices.title)));
  }

  #showTab() {
    const all = tabsOf(this.id, this.data.template);
    const tab = tabAt(all, this.context.rest);
    this.tabs.draw(all, tab.key);
    return this.panel.show(tab, this.context);
  }

  /** The stream brings single rows only while they are looked at. */
  #follow(kind) {
    if (this.wantsRaw === (kind === 'raw')) return;
    this.wantsRaw = kind === 'raw';
    this.context.follow(this.topics);
  }

  async load() {
    try {
      await this.data.load();
      if (this.closed || this.data.item.deleted) return;
      this.gone = false;
      this.outdated.hidden = true;
      this.panel.element.classList.remove('stale');
      await this.#showTab();
    } catch (failure) {
      if (!this.closed && !this.gone) this.#failed(failure);
    }
  }

  /** What is shown stays, but it is said that it is not how things stand. */
  #failed(failure) {
    const isGone = failure.status === 404;
    if (this.data.item === null && isGone) replace(this.element, missing(words.notFound, '/devices', texts.devices.all));
    else if (this.data.item === null) showFailure(this.panel.element, failure.message, () => this.load());
    else if (isGone) this.#showGone();
    else {
      this.outdated.hidden = false;
      setText(this.outdated, texts.outdated(failure.message));
      this.panel.element.classList.add('stale');
    }
  }

  /** Another tab, or the dialog that an address asks for. */
  moved(next) {
    this.context = next;
    if (this.data.item !== null && !this.gone) this.#showTab();
    this.#askedConnect();
  }

  #askedConnect() {
    if (location.hash !== '#connect' || document.querySelector('dialog[open]')) return;
    openConnect(this.id);
    history.replaceState(history.state, '', location.pathname + location.search);
  }

  event(name, change) {
    const { item } = this.data;
    const isDevice = name === 'device' && change.id === this.id && !change.deleted;
    if (name === 'template') {
      // published again: what is shown is drawn anew; where there is none yet, it is one to choose
      const its = item?.templateId ?? change.id;
      if (change.id === its && !this.gone) this.load();
    } else if (isDevice && (this.gone || (change.templateId ?? null) !== (item?.templateId ?? null))) this.load();
    else this.data.event(name, change);
  }

  isDirty() {
    return this.panel.isDirty();
  }

  close() {
    this.closed = true;
    this.panel.leave();
  }
}
