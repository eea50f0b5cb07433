// The editor of one view or form: its name, and what tiles.js or sections.js edit of it. `new` in the address makes one; `?kind=`
// says which.

import { detailsOf } from '../api.js';
import { freshId, h, replace, setText } from '../dom.js';
import { same } from '../json.js';
import { openConfirm } from '../shell/dialog.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { once } from '../turns.js';
import { templatePath, templatesApi } from './api.js';
import { sectionsEditor } from './sections.js';
import { tilesEditor } from './tiles.js';

const words = texts.templates.editor;

export function viewEditor(page) {
  const { context, slug } = page;
  const isNew = slug === 'new';
  const element = h('div');
  const error = h('div', { class: 'field-error', role: 'alert', 'data-testid': 'view-error' });
  const name = h('input', { id: freshId('name'), autocomplete: 'off', required: true, maxlength: 256, 'data-testid': 'view-name' });
  const back = () => context.go(templatePath(page.template.id, 'views'), { saved: true });
  let view = null;
  let base = null; // the template that the edits began with: its state is what the hub compares
  let begun = null; // what was shown at first: what differs from it was edited
  let body = null;

  function build(template) {
    base = template;
    view = isNew ? { kind: context.query.get('kind') === 'form' ? 'form' : 'view', name: '' } : template.views.find((one) => one.slug === slug);
    if (!view) {
      if (body !== null || element.childElementCount === 0) replace(element, h('section', { class: 'card blank' }, h('p', { role: 'alert' }, texts.shell.notFoundHint), backLink(page)));
      body = null;
      return;
    }
    name.value = view.name;
    body = (view.kind === 'form' ? sectionsEditor : tilesEditor)(template, view);
    const titles = isNew ? words.newTitle : texts.templates.views.kinds;
    replace(element, h('form', { class: 'stacked', novalidate: true, on: { submit } }, nameCard(titles[view.kind], name), body.element, error, saveBar(page, isNew ? null : () => askDelete(view, remove, back))));
    begun = shown();
    if (isNew) name.focus();
  }

  async function remove() {
    page.template = await templatesApi.deleteView(base, slug);
  }

  const shown = () => structuredClone({ name: name.value.trim(), ...body.read() });
  const isDirty = () => body !== null && !same(shown(), begun);

  function submit(event) {
    event.preventDefault();
    return save();
  }

  const save = once(async () => {
    replace(error);
    if (name.value.trim() === '') {
      setText(error, words.nameRequired);
      return name.focus();
    }
    const value = { kind: view.kind, ...shown() };
    try {
      const saved = isNew ? await templatesApi.addView(base, value) : await templatesApi.saveView(base, slug, value);
      page.template = saved;
      toast(texts.templates.done.view(value.name));
      back();
    } catch (failure) {
      await refused(failure).catch((other) => setText(error, other.message));
    }
    return undefined;
  });

  async function refused(failure) {
    if (failure.code === 'changed') {
      // saving once more is deliberate
      base = await templatesApi.read(page.template.id);
      page.take(base);
      return replace(error, words.conflict);
    }
    const told = detailsOf(failure).map(({ pointer, message }) => [pointer, [body.mark?.(pointer, message), message].filter(Boolean).join(': ')]);
    return replace(error, told.length === 0 ? h('p', {}, failure.message) : h('ul', { class: 'problems' }, told.map(([pointer, text]) => h('li', { 'data-pointer': pointer }, text))));
  }

  return {
    element,
    isDirty,
    update(template) {
      if (!view) build(template);
      // what was not edited follows; what was is compared with what it began with
      else if (!isDirty() && template.etag !== base.etag && !element.contains(document.activeElement)) build(template);
    },
  };
}

const backLink = (page) => h('a', { href: templatePath(page.template.id, 'views'), 'data-link': true }, words.back);

const nameCard = (title, name) => h('section', { class: 'card' }, h('h2', { class: 'spaced' }, title),
  h('div', { class: 'field narrow' }, h('label', { for: name.id }, words.name), name));

/** The way back and the buttons; `remove` asks whether to delete what is there already. */
function saveBar(page, remove) {
  return h('div', { class: 'save-bar' }, backLink(page), h('span', { class: 'tools' },
    remove && h('button', { type: 'button', 'data-testid': 'delete-view', on: { click: remove } }, words.delete),
    h('button', { type: 'submit', class: 'primary', 'data-testid': 'save-view' }, words.save)));
}

function askDelete({ name }, remove, back) {
  openConfirm({
    title: words.deleteTitle(name), text: words.deleteText, button: words.delete.replace('…', ''),
    act: async () => {
      await remove();
      toast(texts.templates.done.viewDeleted(name));
      back();
    },
  });
}
