// The properties of one device, by component: those an operator can set first, then what the device says about itself.

import { h } from '../dom.js';
import { PropertyRow } from './property.js';
import { texts } from '../texts.js';

const keyOf = (component, name) => `${component ?? ''}/${name}`;

export function propertiesView(deviceId, groups) {
  const rows = new Map();
  const shown = groups.filter((group) => group.properties.length > 0);
  // Groups with something to set come first; the order of the model is kept otherwise.
  const ordered = [...shown.filter(settable), ...shown.filter((group) => !settable(group))];
  const sections = ordered.map((group) => {
    const section = h('div', { class: 'group' }, shown.length > 1 ? h('h3', {}, group.title) : null);
    for (const definition of group.properties) {
      const row = new PropertyRow(deviceId, group.component, definition);
      rows.set(keyOf(group.component, definition.name), row);
      section.append(row.element);
    }
    return section;
  });
  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'properties-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'properties-title' }, texts.properties.title)),
      sections.length > 0 ? sections : h('p', { class: 'empty' }, texts.properties.empty)),
    update: (properties) => properties.forEach((property) => rows.get(keyOf(property.component, property.name))?.update(property)),
  };
}

const settable = (group) => group.properties.some((property) => property.writable);
