// A card for each command: what it does, the form of its request, the button, and the last answer.

import { api } from '../api.js';
import { h, hook, replace } from '../dom.js';
import { field } from '../forms.js';
import { answerOf, statePill } from './history.js';
import { texts } from '../texts.js';

/** `onRow` takes each row of the history that a run answers with. */
export function commandsView(deviceId, groups, onRow) {
  const shown = groups.filter((group) => group.commands.length > 0);
  const cards = new Map();
  const sections = shown.map((group) => h('div', { class: 'group' },
    shown.length > 1 ? h('h3', {}, group.title) : null,
    group.commands.map((command) => {
      const card = commandCard(deviceId, group.component, command, onRow);
      cards.set(`${group.component ?? ''}/${command.name}`, card);
      return card.element;
    })));
  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'commands-title' },
      h('header', { class: 'card-head' }, h('h2', { id: 'commands-title' }, texts.commands.title)),
      sections.length > 0 ? sections : h('p', { class: 'empty' }, texts.commands.empty)),
    /** Shows a changed row on its command's card. */
    update: (row) => cards.get(`${row.component ?? ''}/${row.name}`)?.show(row),
  };
}

function commandCard(deviceId, component, command, onRow) {
  const { name, label, description, asynchronous, request } = command;
  const named = (kind) => hook(kind, component, name);
  const input = request && field(request.schema, { label: request.label, testId: named('input') });
  const button = h('button', { type: 'submit', 'data-testid': named('run'), 'aria-label': texts.commands.runNamed(label) }, texts.commands.run);
  const result = h('p', { class: 'command-result', 'data-testid': named('result'), hidden: true });
  let latest = -1;

  function show(row) {
    if (row.id < latest) return;
    latest = row.id;
    result.hidden = false;
    replace(result, statePill(row), ' ', answerOf(row));
  }

  async function run(event) {
    event.preventDefault();
    const { value, error } = input ? input.read() : { value: undefined };
    if (error) {
      input.focus();
      return;
    }
    button.disabled = true;
    result.hidden = false;
    replace(result, h('span', { class: 'waiting' }, texts.commands.running));
    try {
      onRow(await api.runCommand(deviceId, { component, name, request: value }));
    } catch (failure) {
      replace(result, h('span', { class: 'failure', role: 'alert' }, failure.message));
    } finally {
      button.disabled = false;
    }
  }

  return {
    element: h('div', { class: 'command', 'data-testid': named('command') },
      h('div', { class: 'command-head' }, h('h4', {}, label),
        asynchronous ? h('span', { class: 'chip' }, texts.commands.asynchronous) : null),
      description ? h('p', { class: 'property-description' }, description) : null,
      h('form', { class: input ? 'command-form' : 'command-form bare', on: { submit: run } }, input?.element ?? null, button), result),
    show,
  };
}
