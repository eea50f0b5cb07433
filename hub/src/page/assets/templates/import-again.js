// What a model is imported for that a template has already: its draft, a new version of it, or another template.

import { h } from '../dom.js';
import { openDialog } from '../shell/dialog.js';
import { texts } from '../texts.js';
import { templatesApi } from './api.js';

const words = texts.templates.import.again;

/** What the model is put into, by choice; none is a template of its own. */
const CHOICES = {
  replace: ({ id }) => templatesApi.read(id),
  version: async (known) => templatesApi.newVersion(known, (await templatesApi.read(known.id)).nextVersionName),
  another: async () => null,
};

/** Asks; `take` gets a function that answers the template to put the model into, or null. */
export function openAgain(known, take) {
  const choice = (name) => h('div', {}, h('button', {
    type: 'button', 'data-testid': `again-${name}`, on: { click: () => { dialog.close(); take(() => CHOICES[name](known)); } },
  }, words[name]), h('p', { class: 'hint' }, words[`${name}Hint`]));
  const dialog = openDialog(words.title, h('p', { class: 'hint spaced' }, words.hint(known.name, known.version)), h('div', { class: 'stack' }, Object.keys(CHOICES).map(choice)));
}
