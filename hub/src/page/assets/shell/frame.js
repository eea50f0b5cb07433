// What stands around every page: sections, breadcrumb and title, the state of the stream with its banner, light and dark.

import { announce } from '../announce.js';
import { h, replace, setText } from '../dom.js';
import { texts } from '../texts.js';

const THEMES = ['system', 'light', 'dark'];
const words = texts.shell;

export class Frame {
  constructor(page) {
    const byId = (id) => page.getElementById(id);
    this.main = byId('main');
    this.crumbs = byId('crumbs');
    this.banner = byId('banner');
    this.stream = byId('stream');
    this.sections = [...page.querySelectorAll('[data-section]')];
    this.crumbs.setAttribute('aria-label', words.crumbs);
    for (const link of this.sections) setText(link.querySelector('span'), words.sections[link.dataset.section]);
    setText(byId('keys'), words.keys.open);
    this.#startTheme(byId('theme'));
  }

  showSection(name) {
    for (const link of this.sections) {
      if (link.dataset.section === name) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }

  /** `[[text, href], ..., [text]]`: the way to this page, the last of which is where one is. */
  showCrumbs(crumbs) {
    const texted = crumbs.filter(([text]) => text);
    document.title = [...texted.map(([text]) => text).reverse(), texts.app].join(' · ');
    this.crumbs.hidden = texted.length < 2;
    replace(this.crumbs, h('ol', {}, texted.map(([text, href], index) => h('li', {},
      index === texted.length - 1 ? h('span', { 'aria-current': 'page' }, text) : h('a', { href, 'data-link': true }, text)))));
  }

  /** Puts a page in place; after the first one the focus goes to its heading. */
  showPage(element, focus) {
    replace(this.main, element);
    if (!focus) return;
    window.scrollTo(0, 0);
    const heading = element.querySelector('h1') ?? this.main;
    heading.setAttribute('tabindex', '-1');
    heading.focus({ preventScroll: true });
  }

  /** 'connecting', 'open', 'lost', or null where a page needs no stream. */
  showStream(state) {
    const wasLost = !this.banner.hidden;
    this.stream.hidden = state === null;
    this.stream.dataset.state = state ?? '';
    setText(this.stream, texts.stream[state] ?? '');
    if (state === 'connecting') return;
    document.body.classList.toggle('stale', state === 'lost');
    this.banner.hidden = state !== 'lost';
    setText(this.banner, state === 'lost' ? texts.streamLost : '');
    if (wasLost && state === 'open') announce('stream', texts.streamBack);
  }

  #startTheme(button) {
    let theme = THEMES.includes(localStorage.getItem('theme')) ? localStorage.getItem('theme') : 'system';
    const show = () => {
      document.documentElement.dataset.theme = theme;
      setText(button, words.themes[theme]);
      button.setAttribute('aria-label', words.themeNamed(words.themes[theme]));
    };
    button.addEventListener('click', () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      localStorage.setItem('theme', theme);
      show();
    });
    show();
  }
}
