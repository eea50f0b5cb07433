// Importing a model: files, a folder, a model that the hub was given, or the sample; and, with `?for=`, replacing the model of
// a template's draft. Errors are shown at their places in the files.

import { api } from '../api.js';
import { freshId, h, replace } from '../dom.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { once } from '../turns.js';
import { templatePath, templatesApi } from './api.js';
import { openAgain } from './import-again.js';
import { filesCard } from './import-files.js';
import { problemList } from './problems.js';

const words = texts.templates.import;

export default function importPage(context) {
  const replaced = context.query.get('for');
  const title = h('h1', {}, words.title);
  const result = h('div', { 'aria-live': 'polite', 'data-testid': 'import-result' });
  const known = h('div');
  const fail = (text) => replace(result, h('section', { class: 'card' }, h('p', { class: 'field-error', role: 'alert' }, text)));
  const files = filesCard((chosen) => send({ files: chosen }, chosen), fail);
  const gate = importGate(files);
  let template = null; // whose model is replaced
  let tell;
  // before it is known whose model is replaced, a file would make a template of its own
  const whose = new Promise((done) => { tell = done; });

  /** Sends one import at a time: what is chosen while one is under way would be lost. */
  const send = once(async (source, chosen = [], again = false) => {
    await whose;
    gate.set({ busy: true });
    replace(result, h('p', { class: 'hint' }, words.reading));
    try {
      const made = template ? await templatesApi.replaceModel(template, source) : await templatesApi.importModel({ ...source, onlyNew: !again });
      toast(template ? texts.templates.done.replaced : texts.templates.done.imported(made.name));
      context.go(templatePath(made.id));
    } catch (failure) {
      if (failure.code === 'model') replace(result, problemList(failure.details, chosen));
      else if (failure.code === 'known') askAgain(failure.details[0], source, chosen);
      else fail(failure.message);
    } finally {
      gate.set({ busy: false });
    }
  });

  /** A template has the model already: this may be meant for it. */
  function askAgain(known, source, chosen) {
    replace(result);
    openAgain(known, async (prepare) => {
      try {
        template = await prepare() ?? template;
      } catch (failure) {
        return fail(failure.message);
      }
      return send(source, chosen, true);
    });
  }

  async function load() {
    try {
      const [models] = await Promise.all([api.models(), loadReplaced()]);
      replace(known, models.items.length > 0 ? knownModels(models.items, gate.add, send) : null);
    } catch (failure) {
      fail(failure.message);
    }
  }

  async function loadReplaced() {
    if (replaced !== null) template = await templatesApi.read(replaced);
    become();
    const name = template ? words.titleFor(template.name) : words.title;
    replace(title, name);
    context.titled([[texts.templates.title, '/templates'], ...(template ? [[template.name, templatePath(template.id)]] : []), [name]]);
  }

  function become() {
    tell();
    gate.set({ ready: true });
  }

  const sample = replaced === null ? h('section', { class: 'card' }, h('h2', {}, words.sampleTitle), h('p', { class: 'hint spaced' }, words.sampleHint),
    gate.add(h('button', { type: 'button', 'data-testid': 'import-sample', on: { click: () => send({ sample: true }) } }, texts.templates.sample))) : null;

  context.titled([[texts.templates.title, '/templates'], [words.title]]);
  if (replaced === null) become();
  return { element: h('div', { class: 'page' }, title, files.element, result, h('div', { class: 'columns' }, known, sample)), load };
}

/** Lets files be chosen and buttons be pressed, those added to it, while it is known whose model is replaced and nothing is under way. */
function importGate(files) {
  const buttons = [];
  const state = { ready: false, busy: false };

  function allow() {
    const isOpen = state.ready && !state.busy;
    files.enable(isOpen);
    for (const button of buttons) button.disabled = !isOpen;
  }

  allow();
  return {
    set(change) {
      Object.assign(state, change);
      allow();
    },
    add(button) {
      buttons.push(button);
      allow();
      return button;
    },
  };
}

/** The models that the hub was given, to choose one of. */
function knownModels(models, addButton, send) {
  const select = h('select', { id: freshId('model'), 'data-testid': 'known-model' }, models.map((one) => h('option', { value: one.id }, `${one.name} (${one.id})`)));
  const submit = (event) => {
    event.preventDefault();
    send({ modelId: select.value });
  };
  return h('section', { class: 'card' }, h('h2', { class: 'spaced' }, words.known), h('form', { class: 'inline-form', on: { submit } },
    h('div', { class: 'field' }, h('label', { for: select.id }, words.model), select),
    addButton(h('button', { type: 'submit', 'data-testid': 'import-known' }, words.useKnown))));
}
