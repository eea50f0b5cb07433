// What is known of one device: loaded as a whole, then changed by the events of the stream. Those who show a part of it are
// told when that part changed; nothing here is drawn.

import { api } from '../api.js';
import { coalesced } from '../turns.js';
import { Template } from './template.js';

const keyOf = (component, name) => `${component ?? ''}/${name}`;
const INTERVALS = 10; // of a value's messages, for what is usual
const COMMANDS = 500; // rows that are kept here; the hub keeps more
const NAMES = 2000; // of values; a device that makes up names must not fill the page
const PROPERTIES = 20_000; // what both sides of a twin can name, and a model beside it; the hub sends no more
const WAITING = 1000; // events that are kept during a load; after more it is loaded again
/** How far a command has got; every other state is its last. */
const STEPS = { queued: 0, sent: 1, accepted: 2 };
const LAST = 3;
const stepOf = ({ state }) => STEPS[state] ?? LAST;

export class DeviceData {
  constructor(id) {
    this.id = id;
    this.item = null;
    this.template = new Template(null);
    this.properties = new Map();
    this.latest = new Map();
    this.commands = new Map();
    this.listeners = new Map();
    this.waiting = null;
    /** Loads everything; events that come meanwhile are applied after it. */
    this.load = coalesced(() => this.#load());
  }

  /** Calls `listener(change)` at each change of a part: 'item', 'properties', 'latest', 'commands', 'message', 'row'; answers how to stop. */
  on(part, listener) {
    const all = this.listeners.get(part) ?? new Set();
    this.listeners.set(part, all.add(listener));
    return () => all.delete(listener);
  }

  #tell(part, change) {
    for (const listener of [...this.listeners.get(part) ?? []]) listener(change);
  }

  async #load() {
    this.waiting = [];
    try {
      const { device, template, properties, latest, commands } = await api.device(this.id);
      this.item = device;
      if (new Template(template ?? null).etag !== this.template.etag) this.template = new Template(template ?? null);
      this.properties = new Map(properties.slice(0, PROPERTIES).map((one) => [keyOf(one.component, one.name), one]));
      this.latest = new Map(latest.slice(0, NAMES).map((one) => {
        const key = keyOf(one.component, one.name);
        // what is usual stays known
        return [key, { ...one, times: this.latest.get(key)?.times ?? [] }];
      }));
      this.commands = new Map(commands.map((one) => [one.id, one]));
    } finally {
      const missed = this.waiting;
      this.waiting = null;
      if (missed.length > WAITING) this.load();
      else for (const [name, data] of missed) this.event(name, data);
    }
    for (const part of ['item', 'properties', 'latest', 'commands', 'reloaded']) this.#tell(part);
  }

  /** Takes an event of the stream. */
  event(name, data) {
    if (this.waiting !== null) this.waiting.length <= WAITING && this.waiting.push([name, data]);
    else if ((data.device ?? data.id) === this.id) this.#apply(name, data);
  }

  #apply(name, data) {
    if (name === 'telemetry') this.#messages(data);
    else if (name === 'properties') {
      for (const one of data.removed ?? []) this.properties.delete(keyOf(one.component, one.name));
      for (const one of data.properties) this.#property(one);
      this.#tell('properties', data.properties);
    } else if (name === 'command') {
      // what waited for a load may be older than what was loaded
      if (!isFurther(data, this.commands.get(data.id))) return;
      this.commands.set(data.id, data);
      if (this.commands.size > COMMANDS) this.commands.delete(Math.min(...this.commands.keys()));
      this.#tell('commands', data);
    } else if (name === 'raw') this.#tell('row', data);
    else if (name === 'device') {
      this.item = data;
      this.#tell('item');
    }
  }

  #property(one) {
    const key = keyOf(one.component, one.name);
    if (this.properties.size < PROPERTIES || this.properties.has(key)) this.properties.set(key, one);
  }

  #messages({ items, missed }) {
    for (const { at, component, values } of items) {
      for (const [name, value] of Object.entries(values)) {
        const key = keyOf(component, name);
        if (this.latest.size >= NAMES && !this.latest.has(key)) continue;
        const times = [...this.latest.get(key)?.times ?? [], Date.parse(at)].slice(-INTERVALS);
        this.latest.set(key, { component, name, value, at, times });
      }
    }
    this.#tell('latest');
    this.#tell('message', { items, missed });
  }

  property(component, name) {
    return this.properties.get(keyOf(component, name)) ?? null;
  }

  latestOf(component, name) {
    return this.latest.get(keyOf(component, name)) ?? null;
  }

  /** Rows of the command history, the newest first. */
  history() {
    return [...this.commands.values()].sort((a, b) => b.id - a.id);
  }

  /** Takes the answer to a command that was sent here, unless the stream has told more of it already. */
  takeCommand(row) {
    this.#apply('command', { ...row, device: this.id });
  }
}

/** Whether a row of the command history may stand in place of the one that is known: what is finished never changes. */
function isFurther(row, known) {
  if (!known || stepOf(row) > stepOf(known)) return true;
  return stepOf(row) === stepOf(known) && stepOf(known) < LAST && (row.progress?.length ?? 0) >= (known.progress?.length ?? 0);
}

/** The usual time between the messages of a value, in milliseconds, once there were enough of them. */
export function usualInterval({ times }) {
  if (times.length < 3) return null;
  const intervals = times.slice(1).map((at, index) => at - times[index]).sort((a, b) => a - b);
  return intervals[Math.floor(intervals.length / 2)];
}
