// The list of templates, and what to do when there is none.

import { h, replace } from '../dom.js';
import { ageTime } from '../format.js';
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

  // devices that are assigned by the hundred tell of their template by the hundred
  const load = coalesced(async () => {
    try {
      const { items } = await templatesApi.list();
      replace(content, items.length > 0 ? table(items) : blank());
    } catch (failure) {
      showFailure(content, failure.message, load);
    }
  });

  const blank = () => h('div', { class: 'blank', 'data-testid': 'no-templates' }, h('p', {}, words.empty), h('p', { class: 'hint' }, words.emptyHint),
    h('div', { class: 'tools' }, importLink(), h('button', { type: 'button', 'data-testid': 'import-sample', on: { click: trySample } }, words.sample)));

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

function table(items) {
  const { columns } = words;
  return h('table', { class: 'cards' },
    h('thead', {}, h('tr', {}, Object.values(columns).map((title) => h('th', { scope: 'col' }, title)))),
    h('tbody', { 'data-rows': true }, items.map((one) => h('tr', { 'data-row': true, 'data-testid': `template-row-${one.id}` },
      h('td', { class: 'card-title' }, h('a', { class: 'device-link', href: templatePath(one.id), 'data-link': true }, one.name)),
      h('td', { 'data-label': columns.state }, statePills(one)),
      h('td', { 'data-label': columns.version }, String(one.version)),
      h('td', { 'data-label': columns.model }, h('code', {}, one.modelId)),
      h('td', { 'data-label': columns.devices }, String(one.deviceCount)),
      h('td', { 'data-label': columns.changed }, ageTime(one.changedAt))))));
}
