// Importing a model: files, a folder, a model that the hub was given, or the sample; and, with `?for=`, replacing the model of
// a template's draft. Errors are shown at their places in the files.

import { api } from '../api.js';
import { freshId, h, replace } from '../dom.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { once } from '../turns.js';
import { templatePath, templatesApi } from './api.js';
import { problemList } from './problems.js';

const words = texts.templates.import;

export default function importPage(context) {
  const replaced = context.query.get('for');
  const title = h('h1', {}, words.title);
  const result = h('div', { 'aria-live': 'polite', 'data-testid': 'import-result' });
  const known = h('div');
  let template = null;

  const picker = (label, testId, attributes) => {
    const input = h('input', { type: 'file', class: 'visually-hidden', 'data-testid': testId, on: { change: () => take(input) }, ...attributes });
    return h('label', { class: 'button' }, label, input);
  };

  async function take(input) {
    const files = [...input.files];
    // the same file can be chosen again once it is mended
    await readAll(files.map((file) => ({ file, name: file.webkitRelativePath || file.name })));
    input.value = '';
  }

  async function readAll(chosen) {
    const models = chosen.filter(({ name }) => name.toLowerCase().endsWith('.json'));
    if (models.length === 0) return fail(words.noJson);
    replace(result, h('p', { class: 'hint' }, words.reading));
    try {
      const files = await Promise.all(models.map(async ({ file, name }) => ({ name, text: await textOf(file, name) })));
      await send({ files }, files);
    } catch (failure) {
      fail(failure.message);
    }
    return undefined;
  }

  const send = once(async (source, files = []) => {
    try {
      const made = template ? await templatesApi.replaceModel(template, source) : await templatesApi.importModel(source);
      toast(template ? texts.templates.done.replaced : texts.templates.done.imported(made.name));
      context.go(templatePath(made.id));
    } catch (failure) {
      if (failure.code === 'model') replace(result, problemList(failure.details, files));
      else fail(failure.message);
    }
  });

  const fail = (text) => replace(result, h('section', { class: 'card' }, h('p', { class: 'field-error', role: 'alert' }, text)));

  async function load() {
    try {
      const [models] = await Promise.all([api.models(), loadReplaced()]);
      replace(known, models.items.length > 0 ? knownModels(models.items) : null);
    } catch (failure) {
      fail(failure.message);
    }
  }

  async function loadReplaced() {
    if (replaced !== null) template = await templatesApi.read(replaced);
    const name = template ? words.titleFor(template.name) : words.title;
    replace(title, name);
    context.titled([[texts.templates.title, '/templates'], ...(template ? [[template.name, templatePath(template.id)]] : []), [name]]);
  }

  function knownModels(models) {
    const select = h('select', { id: freshId('model'), 'data-testid': 'known-model' }, models.map((one) => h('option', { value: one.id }, `${one.name} (${one.id})`)));
    const submit = (event) => {
      event.preventDefault();
      send({ modelId: select.value });
    };
    return h('section', { class: 'card' }, h('h2', { class: 'spaced' }, words.known), h('form', { class: 'inline-form', on: { submit } },
      h('div', { class: 'field' }, h('label', { for: select.id }, words.model), select),
      h('button', { type: 'submit', 'data-testid': 'import-known' }, words.useKnown)));
  }

  const drop = h('section', {
    class: 'card drop', on: {
      dragover: (event) => { event.preventDefault(); drop.classList.add('over'); },
      dragleave: () => drop.classList.remove('over'),
      drop: (event) => {
        event.preventDefault();
        drop.classList.remove('over');
        readAll([...event.dataTransfer.files].map((file) => ({ file, name: file.name })));
      },
    },
  }, h('p', { class: 'hint' }, words.intro),
  h('div', { class: 'tools' }, picker(words.files, 'input-files', { accept: '.json,application/json', multiple: true }),
    picker(words.folder, 'input-folder', { webkitdirectory: true, multiple: true }), h('span', { class: 'hint drop-hint' }, words.drop)));

  const sample = replaced === null ? h('section', { class: 'card' }, h('h2', {}, words.sampleTitle), h('p', { class: 'hint spaced' }, words.sampleHint),
    h('button', { type: 'button', 'data-testid': 'import-sample', on: { click: () => send({ sample: true }) } }, texts.templates.sample)) : null;

  context.titled([[texts.templates.title, '/templates'], [words.title]]);
  return { element: h('div', { class: 'page' }, title, drop, result, h('div', { class: 'columns' }, known, sample)), load };
}

/** The text of a file, a byte order mark included: the export is to be the same bytes. */
async function textOf(file, name) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Error(words.notText(name));
  }
}
