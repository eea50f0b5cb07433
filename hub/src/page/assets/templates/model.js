// The capabilities of a template's model in tables, a table for each interface or component.

import { h, replace } from '../dom.js';
import { same } from '../json.js';
import { texts } from '../texts.js';
import { cloudCard } from './cloud.js';

const words = texts.templates.model;

export function modelPart(page) {
  const id = h('p', { class: 'hint' });
  const groups = h('div', { class: 'stacked' });
  const cloud = cloudCard(page);
  let drawn = null;
  return {
    element: h('div', { class: 'stacked' }, id, groups, cloud.element),
    update(template) {
      cloud.update(template);
      const { modelId, description, groups: all, capabilities, customizations } = template;
      // how many devices there are changes nothing here
      const shown = { modelId, description, all, capabilities, customizations };
      if (same(shown, drawn)) return;
      drawn = shown;
      replace(id, `${words.id}: `, h('code', { 'data-testid': 'model-id' }, modelId), description ? ` · ${description}` : '');
      replace(groups, all.map((group) => groupCard(group, template)));
    },
  };
}

function groupCard(group, template) {
  const own = template.capabilities.filter((one) => one.group === group.key && one.kind !== 'cloudProperty');
  const id = `group-${group.key || 'root'}`;
  const { columns } = words;
  return h('section', { class: 'card', 'aria-labelledby': id, 'data-testid': id },
    h('header', { class: 'card-head' }, h('h2', { id }, group.title), h('span', { class: 'hint' }, group.key ? [h('code', {}, group.key), ' · '] : null, words.groupCount(own.length))),
    h('div', { class: 'scroll' }, h('table', { class: 'cards capabilities' },
      h('thead', {}, h('tr', {}, Object.entries(columns).map(([key, title]) => h('th', { scope: 'col' }, key === 'traits' ? h('span', { class: 'visually-hidden' }, title) : title)))),
      h('tbody', {}, own.map((one) => h('tr', { 'data-testid': `capability-${one.path}` },
        h('td', { class: 'card-title' }, h('strong', {}, one.label), h('br'), h('code', {}, one.name), one.description ? h('p', { class: 'hint' }, one.description) : null),
        h('td', { 'data-label': columns.kind }, words.kinds[one.kind]),
        h('td', { 'data-label': columns.schema }, schemaText(one)),
        h('td', { 'data-label': columns.unit, class: one.unit ? null : 'none' }, one.unit ?? texts.none),
        h('td', {}, traits(one, template))))))));
}

function traits(one, template) {
  const all = { ...one, customized: one.path in template.customizations };
  return h('span', { class: 'pills' }, Object.entries(words.traits).filter(([key]) => all[key]).map(([, text]) => h('span', { class: 'chip' }, text)));
}

function schemaText({ kind, schema, request, response, semanticType }) {
  if (kind === 'command') {
    if (!request && !response) return texts.none;
    return words.schema.call(request ? schemaName(request.schema) : texts.none, response ? schemaName(response.schema) : texts.none);
  }
  return semanticType ? `${schemaName(schema)} (${semanticType})` : schemaName(schema);
}

/** A schema in a few words. */
function schemaName(schema) {
  switch (schema.type) {
    case 'enum': return words.schema.enum(schema.values.length);
    case 'object': return words.schema.object(schema.fields.length);
    case 'array': return words.schema.array(schemaName(schema.element));
    case 'map': return words.schema.map(schemaName(schema.value.schema));
    default: return schema.type;
  }
}
