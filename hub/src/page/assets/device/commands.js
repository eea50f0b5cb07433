// Commands: a card for each with the form of its request, one for any command, and the history of what was sent.

import { api } from '../api.js';
import { freshId, h, hook, replace, setText } from '../dom.js';
import { field, jsonField } from '../forms.js';
import { stringify } from '../json.js';
import { texts } from '../texts.js';
import { answerOf, historyView, statePill } from './history.js';

const words = texts.commands;
const NO_NAME = /[\s/+#*]/;
const TIMEOUT = { least: 5, most: 300, usual: 30 };

export default function commandsTab({ data, tab, context }) {
  const { template } = data;
  const inView = tab.view?.tiles.flatMap((tile) => tile.capabilities).map((path) => template.get(path)).filter((one) => one?.kind === 'command');
  const capabilities = inView ?? template.of('command');
  const cards = capabilities.map((capability) => commandCard(data, capability));
  const free = freeCard(data);
  const history = historyView(data, context);
  return {
    isDirty: () => [...cards, free].some((card) => card.isDirty()),
    element: h('div', { class: 'stack' },
      capabilities.length === 0 && template.published ? h('p', { class: 'empty' }, words.empty) : null,
      h('div', { class: 'command-grid' }, cards.map((card) => card.element)), free.element, history.element),
    close() {
      for (const part of [...cards, free, history]) part.close();
    },
  };
}

/** The card of one command. */
export function commandCard(data, capability) {
  const { component, name, label, description, asynchronous = capability.async, durable, request, display } = capability;
  const named = (kind) => hook(kind, component, name);
  const input = request && field(request.schema, { label: request.label, testId: named('input'), json: true, display });
  if (input && display?.initialValue !== undefined) input.write(display.initialValue);
  const run = runner(data, {
    named, label, durable, method: component ? `${component}*${name}` : name,
    read: (silent) => (input ? input.read(silent) : { value: undefined }),
    target: () => ({ component, name }),
    focus: () => input?.focus(),
    shows: (row) => row.name === name && (row.component ?? null) === (component ?? null),
  });
  return {
    element: h('article', { class: 'command card', 'data-testid': named('command') },
      h('div', { class: 'command-head' }, h('h2', { class: 'plain-title' }, data.template.fullLabel(capability)),
        asynchronous ? h('span', { class: 'chip' }, words.asynchronous) : null),
      description ? h('p', { class: 'property-description' }, description) : null,
      h('form', { class: 'command-form', novalidate: true, on: { submit: run.submit, input: run.edited } }, input?.element ?? null, run.element)),
    isDirty: run.isDirty,
    close: run.close,
  };
}

/** A command by name with any payload: for devices without a template, and what a model does not say. */
function freeCard(data) {
  const text = (label, testId) => h('input', { id: freshId('free'), 'aria-label': label, 'data-testid': testId, autocomplete: 'off', spellcheck: 'false' });
  const [component, name] = [text(words.component, 'free-component'), text(words.name, 'free-name')];
  const payload = jsonField({ label: words.payload, optional: true, testId: 'free-payload' });
  const labelledInput = (label, input) => h('div', { class: 'field' }, h('label', { for: input.id }, label), input);
  const run = runner(data, {
    named: (kind) => `${kind}-free`, label: words.free, durable: true, method: null,
    read(silent) {
      if (name.value === '' || [name, component].some((input) => NO_NAME.test(input.value))) return { error: words.nameError };
      return payload.read(silent);
    },
    target: () => ({ component: component.value || null, name: name.value }),
    focus: () => name.focus(),
    shows: () => false,
  });
  return {
    element: h('details', { class: 'card command', open: data.template.published === null },
      h('summary', {}, words.free), h('p', { class: 'hint' }, words.freeHint),
      h('form', { class: 'command-form', novalidate: true, on: { submit: run.submit, input: run.edited } },
        h('div', { class: 'pair' }, labelledInput(words.component, component), labelledInput(words.name, name)), payload.element, run.element)),
    isDirty: run.isDirty,
    close: run.close,
  };
}

/** How long the answer is waited for. */
function timeoutField(testId) {
  const input = h('input', { type: 'number', min: TIMEOUT.least, max: TIMEOUT.most, value: TIMEOUT.usual, id: freshId('timeout'), 'data-testid': testId });
  const seconds = () => Number(input.value);
  return {
    element: h('div', { class: 'field narrow' }, h('label', { for: input.id }, words.timeout), input),
    seconds,
    error: () => (!Number.isInteger(seconds()) || seconds() < TIMEOUT.least || seconds() > TIMEOUT.most ? words.timeoutError : null),
  };
}

/** What stands below each command's fields: the button, how it is sent, a preview of it, and the last answer. */
function runner(data, { named, label, durable, method, read, target, focus, shows }) {
  const queue = durable ? h('input', { type: 'checkbox', 'data-testid': named('queue') }) : null;
  const timeout = timeoutField(named('timeout'));
  const reason = h('span', { class: 'hint', role: 'status', id: freshId('reason') });
  const button = h('button', { type: 'submit', class: 'primary', 'data-testid': named('run'), 'aria-label': words.runNamed(label), 'aria-describedby': reason.id }, words.run);
  const preview = h('pre', { class: 'preview', 'data-testid': named('preview') });
  const details = h('details', { class: 'more', on: { toggle: draw } }, h('summary', {}, words.preview), preview, timeout.element);
  const result = h('p', { class: 'command-result', 'data-testid': named('result'), hidden: true });
  let sending = false;
  let dirty = false; // something was typed that was not sent
  let latest = -1;

  /** Nothing that is not valid can be sent. */
  function judge() {
    const error = read(true).error ?? timeout.error();
    button.disabled = sending || Boolean(error);
    setText(reason, error ?? '');
    draw();
  }

  function edited() {
    dirty = true;
    judge();
  }

  function draw() {
    if (!details.open) return;
    const { value, error } = read(true);
    const { component, name } = target();
    const called = method ?? (component ? `${component}*${name}` : name);
    const body = error ? error : value === undefined ? words.previewNone : stringify(value, 2);
    setText(preview, `${queue?.checked ? words.previewQueue(called) : words.previewTopic(called)}\n${body}`);
  }

  function show(row) {
    if (!row || !shows(row) || row.id < latest) return;
    latest = row.id;
    result.hidden = false;
    replace(result, statePill(row), ' ', answerOf(row));
  }

  async function submit(event) {
    event.preventDefault();
    if (sending) return undefined;
    const { value, error } = read();
    if (error || timeout.error()) return focus();
    sending = true;
    dirty = false;
    judge();
    result.hidden = false;
    replace(result, h('span', { class: 'waiting' }, words.running));
    try {
      const row = await api.runCommand(data.id, { ...target(), request: value, queueIfOffline: queue?.checked ?? false, timeout: timeout.seconds() });
      data.takeCommand(row);
      const newest = data.commands.get(row.id) ?? row;
      if (result.querySelector('.waiting')) replace(result, statePill(newest), ' ', answerOf(newest));
    } catch (failure) {
      dirty = true;
      replace(result, h('span', { class: 'failure', role: 'alert' }, failure.message));
    }
    sending = false;
    judge();
    return undefined;
  }

  const stop = data.on('commands', show);
  judge();
  show(data.history().find(shows));
  return {
    submit,
    edited,
    isDirty: () => dirty,
    close: stop,
    element: [
      h('div', { class: 'command-foot' }, button,
        queue ? h('label', { class: 'check', title: words.queueHint }, queue, words.queue) : null, reason), details, result],
  };
}
