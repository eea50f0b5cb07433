// How operators see each capability: names, units, decimals, range, colour, and where a form begins. Only what was changed is sent,
// so that two people who edit different capabilities do not undo each other. One capability is in customize-row.js.

import { detailsOf } from '../api.js';
import { h, replace, setText } from '../dom.js';
import { same } from '../json.js';
import { keptRows } from '../rows.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { once } from '../turns.js';
import { templatesApi } from './api.js';
import { capabilityRow } from './customize-row.js';

const words = texts.templates.customize;

export function customizePart(page) {
  const edited = editedRows();
  const list = h('div', { class: 'stacked' });
  const stale = staleCard(forget);
  const error = h('div', { class: 'field-error', role: 'alert', 'data-testid': 'customize-error' });
  const bar = saveBar();
  const filter = h('input', { type: 'search', 'aria-label': words.filter, placeholder: words.filter, on: { input: () => edited.filter(filter.value) } });
  let saving = false;
  let base = null; // the template that the edits began with: its state is what the hub compares

  const isDirty = () => saving || edited.changed().length > 0;

  const showStatus = () => bar.show(edited.changed().length);

  const save = once(async () => {
    replace(error);
    const { changes, wrong } = edited.read();
    if (wrong) return wrong.focus();
    const rows = edited.changed();
    rows.forEach(([, row]) => row.sending());
    saving = true;
    try {
      await send(changes);
      for (const [path, row] of rows) row.saved(base.customizations[path] ?? {});
      toast(texts.templates.done.customized);
    } catch (failure) {
      rows.forEach(([, row]) => row.refused());
      await refused(failure);
    } finally {
      saving = false;
    }
    return showStatus();
  });

  /** The answer is what further edits begin with. */
  async function send(changes) {
    base = await templatesApi.customize(base, changes);
    page.take(base);
  }

  async function forget(path) {
    await send({ [path]: null }).catch(refused);
  }

  async function refused(failure) {
    if (failure.code === 'changed') return conflict().catch(refused);
    const details = detailsOf(failure);
    const rest = details.filter(({ pointer, message }) => !edited.mark(pointer, message));
    if (rest.length > 0 || details.length === 0) replace(error, h('p', {}, failure.message), h('ul', { class: 'problems' }, rest.map(({ message }) => h('li', {}, message))));
    return undefined;
  }

  /** Somebody else saved: what they customised is told, what was typed here stays, and saving again is deliberate. */
  async function conflict() {
    const before = base;
    base = await templatesApi.read(page.template.id);
    const elsewhere = edited.rebase(before, base);
    page.take(base);
    replace(error, h('p', {}, words.conflict), elsewhere.length > 0 ? h('p', {}, words.conflictIn(elsewhere)) : null);
  }

  const form = h('form', { class: 'stacked', novalidate: true, on: { submit: (event) => { event.preventDefault(); save(); }, input: showStatus, click: showStatus } },
    h('p', { class: 'hint' }, words.intro), filter, list, stale.element, error, bar.element);
  return {
    element: form,
    isDirty,
    update(template) {
      if (base === null) replace(list, edited.build(template));
      if (!isDirty()) {
        if (base !== null) edited.rebase(base, template);
        base = template;
      }
      stale.show(template);
      showStatus();
    },
  };
}

/** The button that saves, and how many capabilities it would change. */
function saveBar() {
  const status = h('p', { class: 'hint', role: 'status', 'data-testid': 'customize-status' });
  const button = h('button', { type: 'submit', class: 'primary', 'data-testid': 'save-customizations' }, words.save);
  return {
    element: h('div', { class: 'save-bar' }, status, button),
    show(count) {
      setText(status, count === 0 ? words.unchanged : words.changed(count));
      button.disabled = count === 0;
    },
  };
}

/** The rows of all capabilities by their paths. */
function editedRows() {
  const rows = new Map();
  const changed = () => [...rows].filter(([, row]) => row.isChanged());
  return {
    changed,
    build(template) {
      const groups = template.groups.concat(template.cloudProperties.length > 0 ? [{ key: '$cloud', title: texts.templates.model.cloud }] : []);
      return groups.map((group) => h('section', { class: 'card', 'aria-label': group.title }, h('h2', { class: 'spaced' }, group.title),
        template.capabilities.filter((one) => one.group === group.key).map((one) => {
          rows.set(one.path, capabilityRow(one, template.customizations[one.path] ?? {}));
          return rows.get(one.path).element;
        })));
    },
    filter(text) {
      const wanted = text.trim().toLowerCase();
      for (const { element, words: own } of rows.values()) element.hidden = !own.includes(wanted);
    },
    /** `{ changes }` to send, or the control that is `wrong`. */
    read() {
      const changes = {};
      for (const [path, row] of changed()) {
        const { value, wrong } = row.read();
        if (wrong) return { wrong };
        changes[path] = value;
      }
      return { changes };
    },
    /** Begins with another state of the template; answers the labels of what it has customised otherwise. */
    rebase(before, now) {
      const other = [...rows].filter(([path]) => !same(before.customizations[path] ?? {}, now.customizations[path] ?? {}));
      for (const [path, row] of other) row.rebase(now.customizations[path] ?? {});
      return other.map(([, row]) => row.label);
    },
    /** Shows a problem at its field; answers whether there is one. */
    mark(pointer, message) {
      const [path, name] = pointer.slice(1).split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
      const control = rows.get(path)?.fields.get(name);
      control?.fail?.(message);
      return control !== undefined;
    },
  };
}

/** What was customised and is not in the model any more: it can only be forgotten. */
function staleCard(forget) {
  const list = h('ul', { class: 'plain' });
  const show = keptRows(list, (path) => path, (path) => ({
    element: h('li', { class: 'chosen' }, h('code', {}, path),
      h('button', { type: 'button', class: 'small', 'data-testid': `forget-${path}`, 'aria-label': words.forgetNamed(path), on: { click: () => forget(path) } }, words.forget)),
  }));
  const element = h('section', { class: 'card', 'aria-label': words.stale, hidden: true }, h('h2', {}, words.stale), h('p', { class: 'hint spaced' }, words.staleHint), list);
  return {
    element,
    show(template) {
      const known = new Set(template.capabilities.map((one) => one.path));
      const paths = Object.keys(template.customizations).filter((path) => !known.has(path));
      element.hidden = paths.length === 0;
      show(paths);
    },
  };
}
