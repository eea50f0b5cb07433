// Choosing the files of a model: single ones, a folder, or dropped ones; answered as `[{ name, text }]`.

import { h } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.templates.import;

/** The card with the ways to choose files. `onFiles(files)` takes them; `onFailure(text)` is told what is wrong with them. */
export function filesCard(onFiles, onFailure) {
  const inputs = [];
  let disabled = false;

  const picker = (label, testId, attributes) => {
    const input = h('input', { type: 'file', class: 'visually-hidden', 'data-testid': testId, on: { change: () => take(input) }, ...attributes });
    inputs.push(input);
    return h('label', { class: 'button' }, label, input);
  };

  async function take(input) {
    const files = [...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
    await readAll(files);
    // the same file can be chosen again once it is mended
    input.value = '';
  }

  async function readAll(chosen) {
    const models = chosen.filter(({ name }) => name.toLowerCase().endsWith('.json'));
    if (models.length === 0) return onFailure(words.noJson);
    try {
      return await onFiles(await Promise.all(models.map(async ({ file, name }) => ({ name, text: await textOf(file, name) }))));
    } catch (failure) {
      return onFailure(failure.message);
    }
  }

  function drop(event) {
    event.preventDefault();
    element.classList.remove('over');
    if (!disabled) readAll([...event.dataTransfer.files].map((file) => ({ file, name: file.name })));
  }

  const over = (event) => {
    event.preventDefault();
    element.classList.add('over');
  };
  const element = h('section', { class: 'card drop', on: { dragover: over, dragleave: () => element.classList.remove('over'), drop } },
    h('p', { class: 'hint' }, words.intro),
    h('div', { class: 'tools' }, picker(words.files, 'input-files', { accept: '.json,application/json', multiple: true }),
      picker(words.folder, 'input-folder', { webkitdirectory: true, multiple: true }), h('span', { class: 'hint drop-hint' }, words.drop)));

  return {
    element,
    /** Files can be chosen, or not while some are under way. */
    enable(wanted) {
      disabled = !wanted;
      for (const input of inputs) input.disabled = disabled;
    },
  };
}

/** The text of a file, a byte order mark included: the export is to be the same bytes. */
async function textOf(file, name) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Error(words.notText(name));
  }
}
