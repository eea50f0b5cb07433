// What the hub itself is: its address and counters, the models it knows, and why it refused something.

import { api } from './api.js';
import { copyable } from './clipboard.js';
import { h, replace } from './dom.js';
import { clockTime } from './format.js';
import { texts } from './texts.js';

const words = texts.hub;

export function hubSummary() {
  const element = h('section', { class: 'facts', 'aria-label': texts.app });
  const fact = (label, value) => h('div', { class: 'fact' }, h('span', { class: 'copy-label' }, label), h('strong', {}, value));
  return {
    element,
    update(hub) {
      replace(element, fact(words.devices, String(hub.devices)), fact(words.connected, String(hub.connected)),
        copyable(words.mqtt, hub.mqtt), copyable(words.idScope, hub.idScope));
    },
  };
}

/** The known models with an import; `onImported` is told so that others load them again. */
export function modelsCard(onImported) {
  const list = h('ul', { class: 'plain' });
  const empty = h('p', { class: 'empty' }, words.noModels);
  const result = h('div', { role: 'status' });
  const file = h('input', { type: 'file', accept: '.json', class: 'visually-hidden', 'data-testid': 'input-model', on: { change: read } });

  async function read() {
    const [chosen] = file.files;
    if (!chosen) return;
    try {
      const model = await api.importModel(chosen.name, await chosen.text());
      replace(result, h('p', { class: 'success' }, words.uploaded(model.name)));
      onImported();
    } catch (failure) {
      replace(result, h('p', { class: 'field-error' }, failure.message), h('ul', { class: 'problems' }, failure.details.map(problem)));
    }
    file.value = '';
  }

  const problem = ({ code, message, line, column }) => h('li', {}, line ? `${words.position(line, column)}: ` : null, message,
    code ? h('code', {}, ` ${code}`) : null);

  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'models-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'models-title' }, words.models),
        h('label', { class: 'button' }, words.upload, file)),
      result, empty, list),
    update(models) {
      empty.hidden = models.length > 0;
      replace(list, models.map(({ id, name, language }) => h('li', {}, h('strong', {}, name), ' ',
        language ? h('span', { class: 'chip' }, language) : null, h('br'), h('code', {}, id))));
    },
  };
}

export function logCard() {
  const list = h('ul', { class: 'plain log' });
  const empty = h('p', { class: 'empty' }, words.logEmpty);
  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'log-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'log-title' }, words.log), h('span', { class: 'hint' }, words.logIntro)), empty, list),
    update(items) {
      empty.hidden = items.length > 0;
      replace(list, items.map(({ at, device, message }) => h('li', { 'data-testid': 'log-row' }, clockTime(at), ' ',
        device ? h('strong', {}, device, ' ') : null, h('span', {}, message))));
    },
  };
}
