// How operators see each capability: names, units, decimals, range, colour, and where a form begins. What is left empty is as in
// the model. Only what was changed is sent, so that two people who edit different capabilities do not undo each other.

import { labelled } from '../fields.js';
import { h, replace, setText } from '../dom.js';
import { field } from '../forms.js';
import { same } from '../json.js';
import { isNumber, readNumber } from '../numbers.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { templatesApi } from './api.js';

const words = texts.templates.customize;
const isMeasured = (one) => isNumber(one.schema?.type);
const isBoolean = (one) => one.schema?.type === 'boolean';
const isCommand = (one) => one.kind === 'command';
/** What a form of the capability sets, if it is one that can be set. */
const settable = (one) => (isCommand(one) ? one.request?.schema : one.writable && one.schema) || null;

/** What can be customised of which capability; the hub has the same table. */
const FIELDS = {
  displayName: { suits: () => true, make: (one, options) => textField(options, one.modelLabel) },
  displayUnit: { suits: (one) => !isCommand(one) && !isBoolean(one) && one.schema.type !== 'enum', make: (one, options) => textField(options, one.modelUnit ?? '') },
  trueName: { suits: isBoolean, make: (_, options) => textField(options, texts.form.yes) },
  falseName: { suits: isBoolean, make: (_, options) => textField(options, texts.form.no) },
  decimals: { suits: isMeasured, make: (_, options) => checkedField(options, /^([0-9]|1[0-5])$/, words.errors.decimals, Number) },
  min: { suits: isMeasured, make: (_, options) => numberField(options) },
  max: { suits: isMeasured, make: (_, options) => numberField(options) },
  color: { suits: (one) => !isCommand(one), make: (_, options) => checkedField(options, /^#[0-9a-f]{6}$/i, words.errors.color, (text) => text) },
  initialValue: { suits: settable, make: (one, options) => field(settable(one), { ...options, optional: true }) },
  durable: { suits: isCommand, make: (_, options) => checkField(options) },
};

export function customizePart(page) {
  const rows = new Map();
  let base = null; // the template that the edits began with: its state is what the hub compares
  const list = h('div', { class: 'parts' });
  const stale = h('div');
  const status = h('p', { class: 'hint', role: 'status', 'data-testid': 'customize-status' });
  const error = h('div', { class: 'field-error', role: 'alert', 'data-testid': 'customize-error' });
  const save = h('button', { type: 'submit', class: 'primary', 'data-testid': 'save-customizations' }, words.save);
  const filter = h('input', { type: 'search', 'aria-label': words.filter, placeholder: words.filter, on: { input: applyFilter } });
  const form = h('form', { class: 'parts', novalidate: true, on: { submit, input: showStatus, click: showStatus } }, filter, list, stale, error,
    h('div', { class: 'save-bar' }, status, save));

  function build(template) {
    rows.clear();
    replace(list, template.groups.concat(template.cloudProperties.length > 0 ? [{ key: '$cloud', title: texts.templates.model.cloud }] : []).map((group) => {
      const own = template.capabilities.filter((one) => one.group === group.key);
      return h('section', { class: 'card', 'aria-label': group.title }, h('h2', { class: 'spaced' }, group.title), own.map((one) => {
        const row = capabilityRow(one, template.customizations[one.path] ?? {});
        rows.set(one.path, row);
        return row.element;
      }));
    }));
    showStatus();
  }

  /** What was customised and is not in the model any more: it can only be forgotten. */
  function showStale(template) {
    const known = new Set(template.capabilities.map((one) => one.path));
    const paths = Object.keys(template.customizations).filter((path) => !known.has(path));
    replace(stale, paths.length === 0 ? null : h('section', { class: 'card', 'aria-label': words.stale }, h('h2', {}, words.stale), h('p', { class: 'hint spaced' }, words.staleHint),
      h('ul', { class: 'plain' }, paths.map((path) => h('li', { class: 'chosen' }, h('code', {}, path),
        h('button', { type: 'button', class: 'small', 'data-testid': `forget-${path}`, 'aria-label': words.forgetNamed(path), on: { click: () => forget(path) } }, words.forget))))));
  }

  async function forget(path) {
    try {
      base = await templatesApi.customize(base, { [path]: null });
      page.take(base);
    } catch (failure) {
      await refused(failure);
    }
  }

  function applyFilter() {
    const wanted = filter.value.trim().toLowerCase();
    for (const { element, words: text } of rows.values()) element.hidden = !text.includes(wanted);
  }

  const changed = () => [...rows].filter(([, row]) => row.isChanged());

  function showStatus() {
    const count = changed().length;
    setText(status, count === 0 ? words.unchanged : words.changed(count));
    save.disabled = count === 0;
  }

  async function submit(event) {
    event.preventDefault();
    replace(error);
    const changes = {};
    for (const [path, row] of changed()) {
      const { value, wrong } = row.read();
      if (wrong) return wrong.focus();
      changes[path] = value;
    }
    if (Object.keys(changes).length === 0) return undefined;
    try {
      const template = await templatesApi.customize(base, changes);
      for (const path of Object.keys(changes)) rows.get(path).saved(template.customizations[path] ?? {});
      page.take(template);
      toast(texts.templates.done.customized);
    } catch (failure) {
      await refused(failure);
    }
    showStatus();
    return undefined;
  }

  async function refused(failure) {
    if (failure.code === 'changed') return conflict();
    const rest = failure.details.filter(({ pointer, message }) => !markField(pointer, message));
    if (rest.length > 0 || failure.details.length === 0) replace(error, h('p', {}, failure.message), h('ul', { class: 'problems' }, rest.map(({ message }) => h('li', {}, message))));
    return undefined;
  }

  /** Somebody else saved: what they customised is told, what was typed here stays, and saving again is deliberate. */
  async function conflict() {
    const before = base.customizations;
    const now = await templatesApi.read(page.template.id);
    const elsewhere = [...rows].filter(([path]) => !same(before[path] ?? {}, now.customizations[path] ?? {}));
    for (const [path, row] of elsewhere) row.rebase(now.customizations[path] ?? {});
    base = now;
    page.take(now);
    replace(error, h('p', {}, words.conflict), elsewhere.length > 0 ? h('p', {}, words.conflictIn(elsewhere.map(([, row]) => row.label))) : null);
  }

  function markField(pointer, message) {
    const [path, name] = pointer.slice(1).split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const control = rows.get(path)?.fields.get(name);
    control?.fail?.(message);
    return control !== undefined;
  }

  return {
    element: form,
    edits: true,
    isDirty: () => changed().length > 0,
    update(template) {
      if (rows.size === 0) build(template);
      if (changed().length === 0) {
        for (const [path, row] of rows) row.rebase(template.customizations[path] ?? {});
        base = template;
      }
      showStale(template);
    },
  };
}

/** One capability that can be unfolded. */
function capabilityRow(one, given) {
  let base = given;
  let touched = false;
  const fields = new Map();
  for (const [name, { suits, make }] of Object.entries(FIELDS)) {
    if (!suits(one)) continue;
    const control = make(one, { label: words.fields[name], testId: `customize-${one.path}-${name}` });
    control.write(given[name]);
    fields.set(name, control);
  }
  const values = () => [...fields].map(([name, control]) => [name, control.read()]);
  const read = () => {
    const all = values();
    const bad = all.find(([, { error }]) => error);
    if (bad) {
      element.open = true;
      return { wrong: fields.get(bad[0]) };
    }
    const set = Object.fromEntries(all.filter(([, { absent }]) => !absent).map(([name, { value }]) => [name, value]));
    return { value: Object.keys(set).length > 0 ? set : null };
  };
  const mark = h('span', { class: 'chip', hidden: true }, texts.templates.model.traits.customized);
  const showMark = () => { mark.hidden = Object.keys(base).length === 0; };
  const touch = () => { touched = true; };
  const element = h('details', { class: 'customize', 'data-testid': `customize-${one.path}`, on: { input: touch } },
    h('summary', {}, h('strong', {}, one.modelLabel), ' ', h('code', {}, one.name), ' ', h('span', { class: 'hint' }, texts.templates.model.kinds[one.kind]), ' ', mark),
    h('div', { class: 'customize-fields', on: { click: (event) => event.target.closest('button') && touch() } }, [...fields.values()].map((control) => control.element)));
  const write = (state) => fields.forEach((control, name) => control.write(state[name]));
  showMark();
  return {
    element, fields, read, label: one.modelLabel, words: `${one.modelLabel} ${one.name}`.toLowerCase(),
    isChanged: () => touched,
    saved(state) {
      base = state;
      touched = false;
      write(state);
      showMark();
    },
    /** Another state to begin with; what was not typed over follows it. */
    rebase(state) {
      base = state;
      if (!touched) write(state);
      showMark();
    },
  };
}

const empty = (input) => input.value.trim() === '';

function textField(options, placeholder) {
  const input = h('input', { autocomplete: 'off', placeholder: placeholder || words.asInModel });
  return labelled(input, options, {
    read: () => (empty(input) ? { absent: true } : { value: input.value.trim() }),
    write: (value) => { input.value = value ?? ''; },
  });
}

function checkedField(options, pattern, error, convert) {
  const input = h('input', { autocomplete: 'off', placeholder: words.asInModel });
  return labelled(input, options, {
    read() {
      if (empty(input)) return { absent: true };
      const text = input.value.trim();
      return pattern.test(text) ? { value: convert(text) } : { error };
    },
    write: (value) => { input.value = value ?? ''; },
  });
}

function numberField(options) {
  const input = h('input', { autocomplete: 'off', inputmode: 'decimal', class: 'number', placeholder: words.asInModel });
  return labelled(input, options, {
    read: () => (empty(input) ? { absent: true } : readNumber('double', input.value.trim())),
    write: (value) => { input.value = value ?? ''; },
  });
}

function checkField(options) {
  const input = h('input', { type: 'checkbox' });
  return labelled(input, options, {
    read: () => (input.checked ? { value: true } : { absent: true }),
    write: (value) => { input.checked = value === true; },
  });
}
