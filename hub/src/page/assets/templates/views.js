// The views of a template's draft: their order, the default ones, and ways to make and edit others.

import { h, replace, setText } from '../dom.js';
import { keptRows } from '../rows.js';
import { toast, toastError } from '../shell/toast.js';
import { texts } from '../texts.js';
import { openForm } from './actions.js';
import { templatePath, templatesApi } from './api.js';
import { focusMove, moveButton, moved } from './order.js';

const words = texts.templates.views;

export function viewsPart(page) {
  const list = h('ul', { class: 'plain view-list' });
  const empty = h('p', { class: 'empty', 'data-testid': 'no-views' }, words.empty);
  const hint = h('p', { class: 'hint' }, words.order);
  const fresh = (kind) => `${templatePath(page.template.id, 'views', 'new')}?kind=${kind}`;
  const tools = h('div', { class: 'tools' },
    h('button', { type: 'button', 'data-testid': 'generate-views', on: { click: () => openGenerate(page) } }, words.generate),
    h('a', { class: 'button', href: fresh('view'), 'data-link': true, 'data-testid': 'add-view' }, words.addView),
    h('a', { class: 'button', href: fresh('form'), 'data-link': true, 'data-testid': 'add-form' }, words.addForm));

  const showRows = keptRows(list, (view) => view.slug, (view) => viewRow(page, view, move));
  let moves = Promise.resolve();

  /** One move after another: each begins with the order that the one before has made. */
  function move(slug, by, buttons) {
    moves = moves.then(async () => {
      const slugs = page.template.views.map((view) => view.slug);
      const index = slugs.indexOf(slug);
      const to = index + by;
      if (index < 0 || to < 0 || to >= slugs.length) return;
      try {
        page.take(await templatesApi.orderViews(page.template, moved(slugs, index, to)));
        // what moves in the document loses the focus, as does what can go no further
        const focused = document.activeElement;
        if (focused === null || focused === document.body || focused.disabled) focusMove(buttons, by < 0 ? 'up' : 'down');
      } catch (failure) {
        toastError(failure.message);
        page.load();
      }
    });
  }

  return {
    element: h('section', { class: 'card', 'aria-label': texts.templates.tabs.views }, tools, hint, empty, list),
    update(template) {
      empty.hidden = template.views.length > 0;
      hint.hidden = template.views.length < 2;
      showRows(template.views);
    },
  };
}

/** One view, with buttons that move it up and down. */
function viewRow(page, { slug }, move) {
  const link = h('a', { class: 'device-link', href: templatePath(page.template.id, 'views', slug), 'data-link': true });
  const chips = h('span');
  const count = h('div', { class: 'hint' });
  const up = moveButton('up', () => move(slug, -1, buttons));
  const down = moveButton('down', () => move(slug, 1, buttons));
  const buttons = h('span', { class: 'move' }, up.element, down.element);
  return {
    element: h('li', { class: 'view-row', 'data-testid': `view-${slug}` }, h('div', {}, link, ' ', chips, count), buttons),
    update(view, index, all) {
      this.element.dataset.kind = view.kind;
      setText(link, view.name);
      replace(chips, h('span', { class: 'chip' }, words.kinds[view.kind]), view.generated ? [' ', h('span', { class: 'chip' }, words.generated)] : null);
      setText(count, view.kind === 'form' ? words.fields((view.sections ?? []).reduce((sum, { fields }) => sum + fields.length, 0)) : words.tiles((view.tiles ?? []).length));
      up.update(view.name, index > 0);
      down.update(view.name, index < all.length - 1);
    },
  };
}

function openGenerate(page) {
  const { title, hint, submit, nothing, ...kinds } = texts.templates.generate;
  const switches = ['overview', 'about', 'commands'].map((kind) => h('input', { type: 'checkbox', checked: true, 'data-testid': `generate-${kind}` }));
  const names = ['overview', 'about', 'commands'];
  const content = h('div', { class: 'stack' }, names.map((kind, index) => h('label', { class: 'check' }, switches[index], kinds[kind])));
  const result = h('ul', { class: 'problems', role: 'status', 'data-testid': 'generated' });
  const { dialog } = openForm(title, hint, [content, result], submit, async () => {
    const wanted = Object.fromEntries(names.map((kind, index) => [kind, switches[index].checked]));
    if (!Object.values(wanted).includes(true)) throw new Error(nothing);
    const { outcomes, template } = await templatesApi.generateViews(page.template, wanted);
    page.take(template);
    // a view that was not made is worth reading about
    const news = outcomes.filter(({ outcome }) => outcome === 'empty' || outcome === 'kept');
    replace(result, outcomes.map(({ name, outcome, message }) => h('li', { 'data-outcome': outcome, 'data-name': name }, message)));
    if (news.length === 0) toast(outcomes.map(({ message }) => message).join('\n'));
    return news.length > 0 ? false : undefined;
  });
  return dialog;
}
