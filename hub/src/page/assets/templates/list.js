// The list of templates, and what to do when there is none.

import { arrange, h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { keptRows } from '../rows.js';
import { showFailure } from '../shell/router.js';
import { toast, toastError } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced, once } from '../turns.js';
import { templatePath, templatesApi } from './api.js';
import { statePills } from './pills.js';

const words = texts.templates;

export default function listPage(context) {
  context.titled([[words.title]]);
  const content = h('section', { class: 'card flush', 'aria-label': words.title }, h('p', { class: 'empty blank' }, texts.loading));
  const table = templateTable();
  const blank = blankCard(once(trySample));

  // devices that are assigned by the hundred tell of their template by the hundred
  const load = coalesced(async () => {
    try {
      const { items } = await templatesApi.list();
      arrange(content, items.length > 0 ? table.element : blank);
      // only where there is a choice is it worth a word
      table.show(items.map((one) => ({ ...one, shared: items.some((other) => other !== one && other.modelId === one.modelId) })));
    } catch (failure) {
      showFailure(content, failure.message, load);
    }
  });

  async function trySample() {
    try {
      const template = await templatesApi.importModel({ sample: true });
      toast(words.done.imported(template.name));
      context.go(templatePath(template.id));
    } catch (failure) {
      toastError(failure.message);
    }
  }

  return {
    element: h('div', { class: 'page' }, h('div', { class: 'page-head' }, h('h1', {}, words.title), importLink()), content),
    topics: ['templates'],
    load,
    event: (name) => name === 'template' && load(),
  };
}

const importLink = () => h('a', { class: 'button primary', href: '/templates/new', 'data-link': true, 'data-testid': 'import-model' }, words.add);

const blankCard = (trySample) => h('div', { class: 'blank', 'data-testid': 'no-templates' }, h('p', {}, words.empty), h('p', { class: 'hint' }, words.emptyHint),
  h('div', { class: 'tools' }, importLink(), h('button', { type: 'button', 'data-testid': 'import-sample', on: { click: trySample } }, words.sample)));

function templateTable() {
  const body = h('tbody', { 'data-rows': true });
  return {
    element: h('table', { class: 'cards' }, h('thead', {}, h('tr', {}, Object.values(words.columns).map((title) => h('th', { scope: 'col' }, title)))), body),
    show: keptRows(body, (one) => one.id, templateRow),
  };
}

function templateRow({ id }) {
  const { columns } = words;
  const link = h('a', { class: 'device-link', href: templatePath(id), 'data-link': true });
  const cell = (name) => h('td', { 'data-label': columns[name] });
  const cells = Object.fromEntries(['state', 'version', 'model', 'devices', 'changed'].map((name) => [name, cell(name)]));
  return {
    element: h('tr', { 'data-row': true, 'data-testid': `template-row-${id}` }, h('td', { class: 'card-title' }, link), Object.values(cells)),
    update(one) {
      setText(link, one.name);
      replace(cells.state, statePills(one), one.shared && one.takesDevices ? [' ', h('span', { class: 'chip' }, words.takesDevices)] : null);
      setText(cells.version, String(one.version));
      replace(cells.model, h('code', {}, one.modelId));
      setText(cells.devices, String(one.deviceCount));
      replace(cells.changed, ageTime(one.changedAt));
    },
  };
}
