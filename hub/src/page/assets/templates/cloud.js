// The cloud properties of a template: kept by the hub, never sent to a device.

import { freshId, h, replace } from '../dom.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { openForm } from './actions.js';
import { templatesApi } from './api.js';

const words = texts.templates.model;
/** What a cloud property can be; the hub has the same list. */
const SCHEMAS = ['string', 'boolean', 'integer', 'long', 'double', 'date', 'dateTime', 'time'];

export function cloudCard(page) {
  const list = h('div');
  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'cloud-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'cloud-title' }, words.cloud),
        h('button', { type: 'button', class: 'small', 'data-testid': 'edit-cloud', on: { click: () => openCloud(page) } }, words.editCloud)),
      h('p', { class: 'hint' }, words.cloudHint), list),
    update({ cloudProperties }) {
      replace(list, cloudProperties.length > 0
        ? h('ul', { class: 'plain' }, cloudProperties.map((one) => h('li', {}, h('strong', {}, one.displayName || one.name), ' ', h('code', {}, `${one.name}: ${one.schema}`), one.unit ? ` ${one.unit}` : '')))
        : h('p', { class: 'empty' }, words.noCloud));
    },
  };
}

function openCloud(page) {
  // what is edited is what was there when the dialog opened: the hub refuses to save it over somebody else's change
  const base = page.template;
  const rows = h('div', { class: 'rows' });
  const edited = [];

  function addRow(given = { name: '', displayName: '', schema: 'string', unit: '' }) {
    const control = (name, element) => {
      element.id = freshId('cloud');
      return h('div', { class: 'field' }, h('label', { for: element.id }, words.cloudFields[name]), element);
    };
    const input = (name) => h('input', { autocomplete: 'off', value: given[name] ?? '', 'data-testid': `cloud-${name}` });
    const [name, displayName, unit] = ['name', 'displayName', 'unit'].map(input);
    const schema = h('select', { 'data-testid': 'cloud-schema' }, SCHEMAS.map((one) => h('option', { value: one, selected: one === given.schema }, one)));
    const entry = { read: () => ({ name: name.value.trim(), displayName: displayName.value.trim() || null, schema: schema.value, unit: unit.value.trim() || null }) };
    const remove = h('button', { type: 'button', class: 'small', 'aria-label': words.removeCloud(given.name) }, '×');
    const row = h('fieldset', {}, h('div', { class: 'pair' }, control('name', name), control('displayName', displayName), control('schema', schema), control('unit', unit)), remove);
    remove.addEventListener('click', () => {
      edited.splice(edited.indexOf(entry), 1);
      row.remove();
    });
    edited.push(entry);
    rows.append(row);
    return name;
  }

  base.cloudProperties.forEach((one) => addRow(one));
  const add = h('button', { type: 'button', class: 'small', 'data-testid': 'add-cloud', on: { click: () => addRow().focus() } }, words.addCloud);
  const content = h('div', {});
  replace(content, rows, add);
  openForm(words.cloud, words.cloudHint, content, texts.templates.editor.save, async () => {
    page.take(await templatesApi.setCloudProperties(base, edited.map((one) => one.read())));
    toast(texts.templates.editor.saved);
  });
}
