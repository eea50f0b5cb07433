// Choosing a capability: a list and a button, so that moving through the list by keyboard chooses nothing yet.

import { freshId, h } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.templates.editor;

/** `groups` are `[heading or null, capabilities]`; `pick` takes the path of the chosen one. */
export function picker({ label, mark, template, groups, pick, testId = 'pick' }) {
  const titles = new Map(template.groups.map((group) => [group.key, group.title]));
  const several = template.groups.length > 1;
  const text = (one) => (several && titles.has(one.group) ? `${one.label} (${titles.get(one.group)})` : one.label);
  const option = (one) => h('option', { value: one.path }, text(one));
  const select = h('select', { id: freshId('pick'), 'data-mark': mark, 'data-focus': true, 'data-testid': testId },
    groups.filter(([, list]) => list.length > 0).map(([heading, list]) => (heading ? h('optgroup', { label: heading }, list.map(option)) : list.map(option))));
  return h('div', { class: 'inline-form' }, h('div', { class: 'field' }, h('label', { for: select.id, class: 'visually-hidden' }, label), select),
    h('button', { type: 'button', class: 'small', 'aria-label': label, 'data-testid': `${testId}-add`, on: { click: () => select.value && pick(select.value) } }, words.add));
}
