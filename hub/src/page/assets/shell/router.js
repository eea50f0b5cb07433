// From the address to the page that is shown, and back: links, the browser's history, the query.
//
// It knows the table of routes and nothing of what pages show. Begin with `Router.start`.

import { h, replace } from '../dom.js';
import { openConfirm } from './dialog.js';
import { dismissErrors } from './toast.js';
import { texts } from '../texts.js';

export class Router {
  constructor(routes, frame, live) {
    this.routes = routes;
    this.frame = frame;
    this.live = live;
    this.view = null;
    this.key = null;
    this.shown = null; // stands for the page that is shown, so that one that was left changes nothing
    this.address = null;
    this.path = null; // of the address, without its query
    this.turn = 0;
    this.place = history.state?.place ?? 0; // in the browser's history, so that a step that is refused can be taken back
    this.passes = false; // a step was allowed, or takes one back
  }

  start() {
    document.addEventListener('click', (event) => this.#click(event));
    window.addEventListener('popstate', () => this.#stepped());
    window.addEventListener('beforeunload', (event) => this.view?.isDirty?.() && event.preventDefault());
    history.replaceState({ place: this.place }, '');
    this.#show();
  }

  /** Goes to another address of this application; `saved` says that nothing typed is lost by it. */
  go(path, { replacing = false, saved = false } = {}) {
    if (path === location.pathname + location.search + location.hash) return;
    const leaves = new URL(path, location.href).pathname !== location.pathname;
    if (leaves && !saved && this.view?.isDirty?.()) return void askToLeave(() => this.go(path, { replacing, saved: true }));
    if (leaves) dismissErrors();
    if (!replacing) this.place += 1;
    history[replacing ? 'replaceState' : 'pushState']({ place: this.place }, '', path);
    this.#show();
  }

  /** Back or forward was pressed: the address is another one already. */
  #stepped() {
    // a link to another place of the page has made an entry of its own
    if (history.state === null) history.replaceState({ place: this.place + 1 }, '');
    const { place } = history.state;
    const steps = place - this.place;
    if (this.passes) this.passes = false;
    else {
      for (const dialog of document.querySelectorAll('dialog[open]:not([data-stays])')) dialog.close();
      if (location.pathname !== this.path && this.view?.isDirty?.()) {
        this.#step(-steps);
        return void askToLeave(() => this.#step(steps));
      }
    }
    if (location.pathname !== this.path) dismissErrors();
    this.place = place;
    return this.#show();
  }

  #step(steps) {
    this.passes = true;
    history.go(steps);
  }

  /** Writes values into the query of the present address without leaving the page; empty ones are taken out. */
  setQuery(changes) {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === '') query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    history.replaceState(history.state, '', location.pathname + (text && `?${text}`) + location.hash);
  }

  async #show() {
    const found = find(this.routes, location.pathname);
    if (found?.route.redirect) return this.go(found.route.redirect, { replacing: true });
    const key = found && `${found.route.pattern} ${JSON.stringify(found.params)}`;
    this.turn += 1;
    this.path = location.pathname;
    const turn = this.turn;
    if (key !== null && key === this.key && this.view?.moved) {
      this.address = location.pathname + location.search;
      return this.view.moved(this.#context(found, this.shown));
    }
    // the part after # alone is another place of the same page
    const address = location.pathname + location.search;
    if (key !== null && key === this.key && address === this.address) return undefined;
    this.address = address;
    const make = await this.#maker(found);
    // another page was asked for while this one's module was loaded
    if (turn !== this.turn) return undefined;
    const first = this.view === null;
    this.view?.close?.();
    this.key = key;
    this.frame.showSection(found?.route.section ?? null);
    this.shown = {};
    this.view = make(this.#context(found, this.shown));
    this.frame.showPage(this.view.element, !first);
    this.live.follow(this.view.topics ?? [], this.view);
    return undefined;
  }

  async #maker(found) {
    if (found === null) return notFound;
    try {
      return (await found.route.module()).default;
    } catch (cause) {
      return () => failed(texts.unreachable(cause.message));
    }
  }

  /** What a page can do: nothing any more once another is shown. */
  #context(found, page) {
    const whileShown = (act) => (...given) => (page === this.shown ? act(...given) : undefined);
    return {
      params: found?.params ?? {},
      rest: found?.rest ?? [],
      query: new URLSearchParams(location.search),
      go: whileShown((path, options) => this.go(path, options)),
      setQuery: whileShown((changes) => this.setQuery(changes)),
      titled: whileShown((crumbs) => this.frame.showCrumbs(crumbs)),
      follow: whileShown((topics) => this.live.follow(topics, this.view)),
    };
  }

  #click(event) {
    const link = event.target.closest?.('a[data-link]');
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  }
}

/** Asks whether what was typed may be lost; staying is what a quick Enter or Escape does. */
const askToLeave = (leave) => openConfirm({ ...texts.shell.leave, act: leave });

/** The route of a path with what its pattern's names stand for, or null. */
export function find(routes, path) {
  const parts = path.split('/').filter((part) => part !== '');
  for (const route of routes) {
    const match = matched(route.pattern.split('/').filter((part) => part !== ''), parts);
    if (match) return { route, ...match };
  }
  return null;
}

function matched(pattern, parts) {
  const open = pattern.at(-1) === '*';
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? parts.length < fixed.length : parts.length !== fixed.length) return null;
  const params = {};
  for (const [index, name] of fixed.entries()) {
    if (name.startsWith(':')) params[name.slice(1)] = decoded(parts[index]);
    else if (name !== parts[index]) return null;
  }
  return { params, rest: parts.slice(fixed.length).map(decoded) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The page for an address that stands for nothing. */
export function notFound(context) {
  context.titled([[texts.shell.notFound]]);
  return failed(texts.shell.notFoundHint);
}

const failed = (text) => ({ element: h('div', { class: 'page' }, missing(text, '/devices', texts.devices.title)) });

/** What is shown of something that is not there, with the way to what is. */
export const missing = (text, href, label) => h('section', { class: 'card blank', 'data-testid': 'not-found' }, h('h1', {}, texts.shell.notFound), h('p', { role: 'alert' }, text),
  h('a', { class: 'button', href, 'data-link': true }, label));

/** Shows a failed load with a way to try again. */
export function showFailure(element, text, again) {
  // the same failure again leaves the button under the pointer
  if (element.firstElementChild?.dataset.failure === text) return;
  replace(element, h('section', { class: 'card blank', 'data-failure': text }, h('p', { role: 'alert' }, text),
    h('button', { type: 'button', on: { click: again } }, texts.retry)));
}
