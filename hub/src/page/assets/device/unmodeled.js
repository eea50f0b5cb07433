// What devices send that their template does not know, by name: each can be added to the model of the template's draft.

import { freshId, h, setText } from '../dom.js';
import { stringify } from '../json.js';
import { keptRows } from '../rows.js';
import { toast } from '../shell/toast.js';
import { openForm } from '../templates/actions.js';
import { isName, schemasFor, withCapability } from '../templates/add-capability.js';
import { templatesApi } from '../templates/api.js';
import { texts } from '../texts.js';
import { textControl } from '../devices/edit.js';

const words = texts.templates.addCapability;
const NAMES = 20;
const KINDS = { telemetry: 'Telemetry', property: 'Property' };

/** The names in rows of raw data; nothing for a device without a template. */
export function unmodeledNames(data) {
  const list = h('span', { class: 'pills' });
  const element = h('div', { class: 'filters unmodeled-names', hidden: true, 'data-testid': 'unmodeled-names' }, h('span', { class: 'hint' }, words.title), list);
  const show = keptRows(list, (one) => one.key, (one) => ({ element: nameButton(data, one) }));
  return {
    element,
    update(rows) {
      const found = data.template.published ? namesIn(rows) : [];
      show(found);
      element.hidden = found.length === 0;
    },
  };
}

/** The first names that a model can have, each with its newest value. */
function namesIn(rows) {
  const found = new Map();
  for (const { kind, component = null, unmodeled } of rows) {
    if (!(kind in KINDS)) continue;
    for (const [name, value] of Object.entries(unmodeled ?? {})) {
      const key = `${kind} ${component ?? ''}/${name}`;
      if (!found.has(key) && isName(name) && schemasFor(value).length > 0) found.set(key, { key, kind, component, name, value });
      if (found.size >= NAMES) return [...found.values()];
    }
  }
  return [...found.values()];
}

function nameButton(data, one) {
  return h('button', { type: 'button', class: 'small', 'aria-label': words.addNamed(one.name), 'data-testid': `add-${one.name}`, on: { click: () => openAdd(data, one) } },
    one.component ? `${one.component} · ${one.name}` : one.name);
}

function openAdd(data, { kind, component, name, value }) {
  const schemas = schemasFor(value);
  const schema = h('select', { id: freshId('schema'), 'data-testid': 'add-schema' }, schemas.map((one) => h('option', { value: one }, one)));
  const label = textControl(words.label, { testId: 'add-label' });
  const newest = h('code');
  setText(newest, stringify(value));
  const content = h('div', { class: 'stack' }, h('p', {}, `${words.kinds[kind]} `, h('strong', {}, name), ', ', words.newest, ' ', newest),
    h('div', { class: 'field' }, h('label', { for: schema.id }, words.schema), schema), label.element);
  openForm(words.addNamed(name), words.hint, content, words.submit, async () => {
    const displayName = label.read().value.trim();
    const capability = { '@type': KINDS[kind], name, ...(displayName ? { displayName } : {}), schema: schema.value };
    const template = await templatesApi.read(data.template.published.id);
    const files = await Promise.all(template.files.map(async (file) => ({ name: file.name, text: await templatesApi.modelText(template.id, file.name) })));
    await templatesApi.replaceModel(template, { files: withCapability(files, template.modelId, component, capability), modelId: template.modelId });
    toast(words.done(name, template.name));
  });
}
