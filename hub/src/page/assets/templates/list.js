// The list of templates, and what to do when there is none.

import { h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { KeyedList } from '../keyed.js';
import { showFailure } from '../shell/router.js';
import { toast, toastError } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';
import { templatePath, templatesApi } from './api.js';
import { statePills } from './pills.js';

const words = texts.templates;

export default function listPage(context) {
  context.titled([[words.title]]);
  const content = h('section', { class: 'card flush', 'aria-label': words.title }, h('p', { class: 'empty blank' }, texts.loading));

  const body = h('tbody', { 'data-rows': true });
  const rows = new KeyedList(body, templateRow);
  const table = h('table', { class: 'cards' }, h('thead', {}, h('tr', {}, Object.values(words.columns).map((title) => h('th', { scope: 'col' }, title)))), body);
  const none = blank();

  // devices that are assigned by the hundred tell of their template by the hundred
  const load = coalesced(async () => {
    try {
      const { items } = await templatesApi.list();
      rows.update(items);
      const shown = items.length > 0 ? table : none;
      if (content.firstChild !== shown) replace(content, shown);
    } catch (failure) {
      showFailure(content, failure.message, load);
    }
  });

  function blank() {
    return h('div', { class: 'blank', 'data-testid': 'no-templates' }, h('p', {}, words.empty), h('p', { class: 'hint' }, words.emptyHint),
      h('div', { class: 'tools' }, importLink(), h('button', { type: 'button', 'data-testid': 'import-sample', on: { click: trySample } }, words.sample)));
  }

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

/** One template; its link stays while the rest changes. */
function templateRow(template) {
  const { columns } = words;
  const link = h('a', { class: 'device-link', href: templatePath(template.id), 'data-link': true });
  const model = h('code');
  const cell = (name, ...content) => h('td', { 'data-label': columns[name] }, content);
  const [state, version, devices, changed] = ['state', 'version', 'devices', 'changed'].map((name) => cell(name));
  const element = h('tr', { 'data-row': true, 'data-testid': `template-row-${template.id}` }, h('td', { class: 'card-title' }, link), state, version, cell('model', model), devices, changed);

  function update(next) {
    setText(link, next.name);
    setText(model, next.modelId);
    setText(version, String(next.version));
    setText(devices, String(next.deviceCount));
    replace(state, statePills(next));
    replace(changed, ageTime(next.changedAt));
  }

  update(template);
  return { element, update };
}
