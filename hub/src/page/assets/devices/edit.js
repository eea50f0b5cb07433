// The dialog for what an operator calls a device: its name and its tags, which the device never sees.

import { api } from '../api.js';
import { labelled } from '../fields.js';
import { h, replace, setText } from '../dom.js';
import { changesOf } from '../json.js';
import { openDialog } from '../shell/dialog.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { nameOf, tagList } from './pills.js';

const words = texts.devices.edit;
const NAME_LIMIT = 148;
const TAG = /^[A-Za-z0-9_-]{1,128}$/;

/** Reads and writes a one-line text. */
export function textControl(label, options = {}) {
  const input = h('input', { autocomplete: 'off', ...options.attributes });
  return labelled(input, { label, testId: options.testId }, {
    read: () => options.check?.(input.value) ?? { value: input.value },
    write: (value) => { input.value = value ?? ''; },
  });
}

/** The check of a device's name. */
export function checkName(text) {
  const length = [...text.trim()].length;
  return length > NAME_LIMIT ? { error: texts.devices.new.errors.longName(length) } : { value: text.trim() };
}

/** The check of a tag's name. */
export const checkTag = (text) => (TAG.test(text) ? { value: text } : { error: words.errors.key });

export function openEdit(device) {
  const name = textControl(words.name, { testId: 'input-name', check: checkName });
  name.write(device.name ?? '');
  const rows = h('div', { class: 'rows' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  // Tags that are more than a text are left as they are; they can be edited with the twin.
  const known = tagList(device).filter(([key]) => typeof device.tags[key] === 'string');
  const edited = [];

  function addRow(key = '', value = '') {
    const pair = {
      key: textControl(words.key, { testId: 'input-tag', check: checkTag }),
      value: textControl(words.value, { testId: 'input-tag-value' }),
    };
    pair.key.write(key);
    pair.value.write(value);
    const remove = h('button', { type: 'button', class: 'small', 'aria-label': words.remove(key) }, '×');
    const row = h('div', { class: 'row' }, h('div', { class: 'pair' }, pair.key.element, pair.value.element), remove);
    remove.addEventListener('click', () => {
      edited.splice(edited.indexOf(pair), 1);
      row.remove();
    });
    edited.push(pair);
    rows.append(row);
    return pair;
  }

  function readTags() {
    const tags = {};
    for (const [key] of known) tags[key] = null;
    const seen = new Set();
    for (const { key, value } of edited) {
      const read = key.read();
      if (read.error) return read;
      if (seen.has(read.value)) return { error: words.errors.twice(read.value) };
      seen.add(read.value);
      tags[read.value] = value.read().value;
    }
    return { tags };
  }

  known.forEach(([key, value]) => addRow(key, value));
  const form = h('form', { class: 'stack', on: { submit: save } }, name.element,
    h('fieldset', {}, h('legend', {}, words.tags), rows,
      h('button', { type: 'button', class: 'small', 'data-testid': 'add-tag', on: { click: () => addRow().key.focus() } }, words.add)),
    error, h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary', 'data-testid': 'save-edit' }, words.save)));
  const dialog = openDialog(words.title(nameOf(device)), form);
  name.focus();

  /** What another operator has changed since the dialog was opened stays. */
  function changes(newName, tags) {
    return { name: newName === (device.name ?? '') ? undefined : newName, tags: changesOf(Object.fromEntries(known), tags) };
  }

  async function save(event) {
    event.preventDefault();
    replace(error);
    const { value, error: wrong } = name.read();
    const { tags, error: wrongTag } = readTags();
    if (wrong || wrongTag) return setText(error, wrong ?? wrongTag);
    try {
      await api.editDevice(device.id, changes(value, tags));
      dialog.close();
      toast(texts.devices.done.edit(value || device.id));
    } catch (failure) {
      setText(error, failure.message);
    }
    return undefined;
  }
}
