// Misbehaviour on demand: a form for a fault with its bounds, the faults in force, and an end of them. What each fault does is
// said in the texts, which also have its parameters with what is usual.

import { api } from '../api.js';
import { freshId, h, replace, setText } from '../dom.js';
import { formatTime } from '../format.js';
import { keptRows } from '../rows.js';
import { showFailure } from '../shell/router.js';
import { texts } from '../texts.js';
import { hubCrumbs, hubTabs, refreshing } from './parts.js';

const words = texts.faults;
const REFRESH = 2_000;
const PATH = '/api/faults';
const DEVICES = 100; // to choose from; others are typed

export function faultsPage(context) {
  context.titled(hubCrumbs([words.title]));
  const list = activeCard(load);
  const failure = h('div');

  async function load() {
    try {
      list.update((await api.call('GET', PATH)).items);
      replace(failure);
    } catch (cause) {
      showFailure(failure, cause.message, load);
    }
  }

  return {
    element: h('div', { class: 'page' }, h('h1', {}, words.title), hubTabs('faults'), h('p', { class: 'hint' }, words.intro), failure,
      h('div', { class: 'columns' }, formCard(load), list.element)),
    load,
    close: refreshing(load, REFRESH),
  };
}

function field(label, options = {}, hint = null) {
  const input = h('input', { id: freshId('fault'), autocomplete: 'off', ...options });
  return { input, element: h('div', { class: 'field' }, h('label', { for: input.id }, label), input, hint && h('p', { class: 'hint' }, hint)) };
}

const number = (label, options = {}, hint = null) => field(label, { type: 'number', ...options }, hint);

function formCard(onChanged) {
  const kind = h('select', { id: freshId('fault'), 'data-testid': 'fault-kind', on: { change: showKind } },
    Object.entries(words.kinds).map(([value, { name }]) => h('option', { value }, name)));
  const does = h('p', { class: 'hint' });
  const place = h('div', { class: 'stack' });
  const known = h('datalist', { id: freshId('devices') });
  const device = field(words.device, { list: known.id, 'data-testid': 'fault-device' }, words.deviceHint);
  api.devices({ limit: DEVICES }).then(({ items }) => replace(known, items.map(({ id, name }) => h('option', { value: id }, name)))).catch(() => {});
  const times = number(words.times, { min: 1, 'data-testid': 'fault-times' }, words.timesHint);
  const seconds = number(words.seconds, { min: 1, 'data-testid': 'fault-seconds' }, words.secondsHint);
  const probability = number(words.probability, { min: 0, max: 1, step: 'any', value: 1, required: true, 'data-testid': 'fault-probability' }, words.probabilityHint);
  const result = h('p', { role: 'status' });
  let parameters = {};

  function showKind() {
    const chosen = words.kinds[kind.value];
    setText(does, chosen.does);
    parameters = Object.fromEntries(Object.entries(chosen.parameters).map(([name, usual]) => [name,
      number(words.parameters[name], { value: usual, required: name !== 'retryAfter', 'data-testid': `fault-${name}` })]));
    replace(place, Object.values(parameters).map(({ element }) => element));
  }

  const given = ({ input }) => (input.value.trim() === '' ? null : Number(input.value));

  async function submit(event) {
    event.preventDefault();
    const fault = { kind: kind.value, device: device.input.value.trim() || null, times: given(times), forSeconds: given(seconds), probability: given(probability) };
    for (const [name, parameter] of Object.entries(parameters)) fault[name] = given(parameter);
    await tell(() => api.send('POST', PATH, fault), () => '');
  }

  const cut = () => tell(() => api.send('POST', `${PATH}/cut`, { device: device.input.value.trim() || null }), (answer) => words.cutDone(answer.cut));

  /** Does it and says what came of it. */
  async function tell(act, say) {
    try {
      const text = say(await act());
      result.className = 'success';
      setText(result, text);
      onChanged();
    } catch (failure) {
      result.className = 'field-error';
      setText(result, failure.message);
    }
  }

  showKind();
  return h('section', { class: 'card', 'aria-label': words.submit },
    h('form', { class: 'stack', on: { submit } },
      h('div', { class: 'field' }, h('label', { for: kind.id }, words.kind), kind, does),
      place, device.element, known, times.element, seconds.element, probability.element, result,
      h('div', { class: 'actions' },
        h('button', { type: 'button', 'data-testid': 'fault-cut', on: { click: cut } }, words.cut),
        h('button', { type: 'submit', class: 'primary', 'data-testid': 'fault-submit' }, words.submit))));
}

function activeCard(onChanged) {
  const list = h('ul', { class: 'plain' });
  const rows = keptRows(list, ({ id }) => id, (fault) => faultRow(fault, () => end(`/${fault.id}`)));
  const empty = h('p', { class: 'empty' }, words.none);
  const problem = h('p', { class: 'field-error', role: 'alert' });
  const clear = h('button', { type: 'button', class: 'small', 'data-testid': 'fault-clear', on: { click: () => end('') } }, words.clear);

  async function end(id) {
    try {
      await api.call('DELETE', PATH + id);
      setText(problem, '');
    } catch (failure) {
      setText(problem, failure.message);
    }
    onChanged();
  }

  return {
    element: h('section', { class: 'card', 'aria-label': words.active },
      h('header', { class: 'card-head' }, h('h2', {}, words.active), clear), problem, empty, list),
    update(items) {
      empty.hidden = items.length > 0;
      clear.disabled = items.length === 0;
      rows(items);
    },
  };
}

function faultRow(fault, end) {
  const text = h('span');
  return {
    element: h('li', { class: 'row', 'data-testid': 'fault-row' }, text,
      h('button', { type: 'button', class: 'small', 'aria-label': words.endNamed(words.kinds[fault.kind].name), on: { click: end } }, words.end)),
    update: (next) => replace(text, described(next)),
  };
}

function described({ kind, device, times, until, probability, hits, ...rest }) {
  const { name, parameters } = words.kinds[kind];
  const values = Object.keys(parameters).filter((key) => rest[key] !== null).map((key) => words.values[key](rest[key]));
  const bounds = [device ?? words.every, times === null ? words.always : words.left(times), until && words.until(formatTime(Date.parse(until))),
    probability < 1 && words.chance(probability), words.hits(hits)];
  return [h('strong', {}, [name, ...values].join(' ')), h('br'), h('span', { class: 'hint' }, bounds.filter(Boolean).join(' · '))];
}
