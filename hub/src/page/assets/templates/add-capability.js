// Adding a capability to a template's model: which interface of which file gets it. Pure rules about the files of a model; the
// hub checks what comes of it.

import { parse, stringify } from '../json.js';
import { NAME } from '../patterns.js';
import { texts } from '../texts.js';

const words = texts.templates.addCapability;

/** What a model may call a capability. */
export const isName = (text) => text.length <= 64 && NAME.test(text);

/** The schemas that a value can be given here, the likeliest first; none for a structured one. */
export function schemasFor(value) {
  const all = { boolean: ['boolean'], number: ['double', 'float', 'integer', 'long'], bigint: ['long'], string: ['string', 'dateTime', 'date', 'time', 'duration'] }[typeof value] ?? [];
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  return isTime ? ['dateTime', ...all.filter((one) => one !== 'dateTime')] : all;
}

/** The files `[{ name, text }]` of the model `modelId` with one more capability in its root, or in a component. */
export function withCapability(files, modelId, component, capability) {
  const documents = files.map(({ name, text }) => ({ name, text, value: parse(text.replace(/^\ufeff/, '')) }));
  const known = new Map(documents.flatMap(({ value }) => [value].flat()).map((one) => [one['@id'], one]));
  const target = interfaceOf(known.get(modelId), component, (schema) => (typeof schema === 'string' ? known.get(schema) : schema));
  if (!target) throw new Error(words.noInterface(component));
  const before = documents.map(({ value }) => stringify(value));
  target.contents = [...[target.contents ?? []].flat(), capability];
  return documents.map(({ name, text, value }, index) => ({ name, text: stringify(value) === before[index] ? text : `${stringify(value, 2)}\n` }));
}

/** Where a name of the wire belongs: the root, a component's interface, or the first interface of a capability model. */
function interfaceOf(root, component, find) {
  if (!root) return null;
  if (root.implements) {
    const instances = [root.implements].flat();
    const own = component ? instances.filter(({ name }) => name === component) : instances;
    return own.map(({ schema }) => find(schema)).find(Boolean) ?? null;
  }
  if (!component) return root;
  const part = [root.contents ?? []].flat().find(({ name, '@type': type }) => name === component && [type].flat().includes('Component'));
  return find(part?.schema) ?? null;
}
