// The sections of a form and the properties in them. Only what the model lets an operator set can be editable; the rest is shown.

import { freshId, h, replace } from '../dom.js';
import { texts } from '../texts.js';
import { focusMove, moveButtons, moved } from './order.js';
import { picker } from './picker.js';

const words = texts.templates.editor;
const isProperty = (one) => one.kind === 'property' || one.kind === 'cloudProperty';

export function sectionsEditor(template, view) {
  let sections = (view.sections ?? [{ title: '', fields: [] }]).map((section) => ({ ...section, fields: section.fields.map((field) => ({ ...field })) }));
  const byPath = new Map(template.capabilities.map((one) => [one.path, one]));
  const label = (path) => byPath.get(path)?.label ?? words.unknown(path);
  const list = h('ol', { class: 'plain tile-list' });
  const columns = h('select', { id: freshId('columns'), 'data-testid': 'form-columns' }, [1, 2, 3].map((n) => h('option', { value: n, selected: n === (view.columns ?? 1) }, String(n))));
  const add = h('button', { type: 'button', 'data-testid': 'add-section', on: { click: addSection } }, words.addSection);

  function addSection() {
    sections.push({ title: '', fields: [] });
    draw();
    list.lastChild.querySelector('input')?.focus();
  }

  function draw(mark = null) {
    replace(list, sections.map(sectionRow));
    if (mark !== null) (list.querySelector(`[data-mark="${mark}"]`) ?? add).focus();
  }

  function sectionRow(section, index) {
    const name = section.title || words.section(index + 1);
    const title = h('input', {
      id: freshId('section'), value: section.title, maxlength: 256, autocomplete: 'off', 'data-testid': 'section-title',
      on: { input: (event) => { section.title = event.target.value; } },
    });
    return h('li', { class: 'tile-row', 'data-testid': 'section' }, h('fieldset', {}, h('legend', {}, words.section(index + 1)),
      h('div', { class: 'field' }, h('label', { for: title.id }, words.sectionTitle), title),
      fields(section, name, index),
      h('div', { class: 'tile-tools' },
        moveButtons(name, index, sections.length, (to) => {
          sections = moved(sections, index, to);
          draw();
          focusMove(list.children[to].querySelector('.tile-tools'), to < index ? 'up' : 'down');
        }),
        sections.length > 1 ? h('button', { type: 'button', class: 'small', 'aria-label': words.removeTile(name), on: { click: () => { sections.splice(index, 1); draw('none'); } } }, words.removeSectionText) : null)));
  }

  function fields(section, name, number) {
    const taken = new Set(sections.flatMap((one) => one.fields.map((field) => field.path)));
    const left = template.capabilities.filter((one) => isProperty(one) && !taken.has(one.path));
    const change = (list) => {
      section.fields = list;
      draw(`section-${number}`);
    };
    const rows = section.fields.map((field, index) => fieldRow(field, index, section, name, change));
    return h('div', { class: 'field' }, rows.length > 0 ? h('ul', { class: 'plain', 'aria-label': name }, rows) : h('p', { class: 'empty' }, words.noFields),
      left.length > 0 ? picker({
        label: words.addTo(name), mark: `section-${number}`, template, testId: 'pick-property',
        groups: [[words.canBeSet, left.filter((one) => one.writable)], [words.onlyShown, left.filter((one) => !one.writable)]],
        pick: (path) => change([...section.fields, { path, editable: byPath.get(path).writable }]),
      }) : null);
  }

  function fieldRow(field, index, section, name, change) {
    const writable = byPath.get(field.path)?.writable === true;
    const editable = h('input', {
      type: 'checkbox', checked: field.editable, disabled: !writable, 'aria-label': words.editableNamed(label(field.path)), 'data-testid': `editable-${field.path}`,
      on: { change: (event) => { field.editable = event.target.checked; } },
    });
    return h('li', { class: 'chosen', 'data-testid': 'form-field', 'data-path': field.path },
      h('span', {}, label(field.path), ' ', h('code', {}, field.path)),
      h('span', { class: 'tools' }, h('label', { class: 'check' }, editable, writable ? words.editable : words.readOnly),
        moveButtons(label(field.path), index, section.fields.length, (to) => change(moved(section.fields, index, to))),
        h('button', { type: 'button', class: 'small', 'aria-label': words.remove(label(field.path), name), on: { click: () => change(section.fields.filter((one) => one !== field)) } }, '×')));
  }

  draw();
  return {
    element: h('section', { class: 'card', 'aria-label': words.sections }, h('h2', { class: 'spaced' }, words.sections),
      h('div', { class: 'field narrow spaced' }, h('label', { for: columns.id }, words.columns), columns), list, add),
    read: () => ({ columns: Number(columns.value), sections }),
  };
}
