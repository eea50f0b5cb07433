// The one EventSource of the tab. It says when data must be loaded again (first connection, a restarted hub, missed
// events, a long sleep of the tab) and hands on events; it knows nothing of what they mean.

import { parse } from './json.js';

const EVENTS = ['device', 'telemetry', 'properties', 'command', 'raw', 'template'];
const SILENCE = 45_000; // three missed pings
const HIDDEN = 60_000;
const REOPEN = 3_000;

export class Live {
  /** `onState('connecting' | 'open' | 'lost' | null)`; `follow` decides what is listened to. */
  constructor(onState) {
    this.onState = onState;
    this.source = null;
    this.listener = null;
    this.topics = [];
    this.timers = { silence: 0, hidden: 0, reopen: 0 };
    document.addEventListener('visibilitychange', () => this.#visibility());
    window.addEventListener('pagehide', () => this.#close());
    window.addEventListener('pageshow', (event) => event.persisted && this.#visibility());
  }

  /** Listens to topics; `listener.load()` loads all, `listener.event(name, data)` takes a change. */
  follow(topics, listener) {
    this.topics = topics;
    this.listener = listener;
    this.#open();
  }

  /** Listens to nothing. */
  stop() {
    this.#close();
    this.listener = null;
  }

  #open() {
    this.#close();
    if (this.topics.length === 0) {
      this.onState(null);
      this.listener.load?.();
      return;
    }
    this.serverId = null;
    this.onState('connecting');
    const source = new EventSource(`/events?topics=${this.topics.map((topic) => encodeURIComponent(encodeURIComponent(topic))).join(',')}`);
    this.source = source;
    source.addEventListener('hello', (message) => this.#hello(parse(message.data)));
    source.addEventListener('ping', () => this.#heard());
    for (const name of ['reset', 'lagged']) source.addEventListener(name, () => this.#load());
    for (const name of EVENTS) {
      source.addEventListener(name, (message) => {
        this.#heard();
        this.listener.event?.(name, parse(message.data));
      });
    }
    source.addEventListener('error', () => this.#failed());
  }

  #load() {
    this.#heard();
    this.listener.load?.();
  }

  #hello({ serverId }) {
    this.#heard();
    this.onState('open');
    // A reconnection to the same hub replays what was missed; anything else begins afresh.
    if (this.serverId !== serverId) this.listener.load?.();
    this.serverId = serverId;
  }

  #heard() {
    clearTimeout(this.timers.silence);
    this.timers.silence = setTimeout(() => this.#reopenAfterLoss(), SILENCE);
  }

  #failed() {
    this.onState('lost');
    if (this.serverId === null) this.listener.load?.();
    // The browser reconnects by itself unless the answer was an HTTP error.
    if (this.source?.readyState === EventSource.CLOSED) {
      clearTimeout(this.timers.reopen);
      this.timers.reopen = setTimeout(() => this.#open(), REOPEN);
    }
  }

  #reopenAfterLoss() {
    this.onState('lost');
    this.#open();
  }

  #visibility() {
    clearTimeout(this.timers.hidden);
    if (document.hidden) this.timers.hidden = setTimeout(() => this.#close(), HIDDEN);
    else if (this.source === null && this.topics.length > 0) this.#open();
  }

  #close() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.source?.close();
    this.source = null;
  }
}
