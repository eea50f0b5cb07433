// The tabs of a device's page: the views and forms of its template, then commands, raw data and the twin.

import { h, setAttribute, setText } from '../dom.js';
import { keptRows } from '../rows.js';
import { devicePath } from '../shell/routes.js';
import { texts } from '../texts.js';

const words = texts.device;

/** `[{ key, text, path, kind, view }]` in their order, for a device and its template. */
export function tabsOf(id, template) {
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

/** The tab that the rest of an address asks for. */
export function tabAt(tabs, rest) {
  const asked = rest.join('/');
  return tabs.find((tab) => tab.key === asked) ?? (asked === '' ? tabs[0] : { key: asked, kind: 'missing', view: null });
}

/** The bar of tabs. */
export function tabBar() {
  const element = h('nav', { class: 'tabs', 'aria-label': words.views });
  const show = keptRows(element, ({ key }) => key, ({ key }) => {
    const link = h('a', { 'data-link': true, 'data-testid': `tab-${key.replace('/', '-')}` });
    return {
      element: link,
      update({ text, path, current }) {
        setText(link, text);
        setAttribute(link, 'href', path);
        setAttribute(link, 'aria-current', current ? 'page' : null);
      },
    };
  });
  let active = null;

  return {
    element,
    /** Shows the tabs with the one of this key as the current one. */
    draw(tabs, key) {
      show(tabs.map((tab) => ({ ...tab, current: tab.key === key })));
      if (active === key) return;
      active = key;
      element.querySelector('[aria-current]')?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
    },
    clear: () => show([]),
  };
}
