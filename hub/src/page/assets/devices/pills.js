// How a device stands, in words: its status, its connection, its template and its tags.

import { h } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.devices;

/** What a device is called: its name, or its id without one. */
export const nameOf = (device) => device.name || device.id;

/** What its template is called, or nothing when it has none. */
export const templateOf = (device) => device.templateName ?? device.modelName ?? null;

const statusText = (status) => words.status[status] ?? status;

/** Where the device is in its life. */
export function statusPill({ status }) {
  return h('span', { class: 'pill', 'data-status': status }, statusText(status));
}

/** Whether its connection is open now. */
export function connectionPill({ connected }) {
  return h('span', { class: 'pill dot', 'data-connected': String(connected) }, connected ? words.connected : words.disconnected);
}

/** The tags of a twin as `[key, text]`. */
export function tagList(device) {
  return Object.entries(device.tags ?? {}).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]);
}

export function tagChips(device) {
  return h('span', { class: 'pills' }, tagList(device).map(([key, value]) => h('span', { class: 'chip' }, `${key}: ${value}`)));
}
