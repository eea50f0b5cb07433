// The whole twin as JSON. Desired properties and tags can be changed as in the service API: what is null is taken away.

import { api } from '../api.js';
import { h, replace, setText } from '../dom.js';
import { jsonField } from '../forms.js';
import { changesOf, same, stringify } from '../json.js';
import { copyButton } from '../shell/clipboard.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced, once } from '../turns.js';

const words = texts.twin;
const ROWS = 10;

export default function twinTab({ data }) {
  const desired = part(words.desired, 'twin-desired', async (value) => (await api.patchTwin(data.id, { desired: value })).desired, ROWS);
  const tags = part(words.tags, 'twin-tags', async (value) => (await api.patchTwin(data.id, { tags: value })).tags);
  const reported = h('pre', { class: 'copy-value json', tabindex: 0, 'data-testid': 'twin-reported' });
  const versions = h('span', { class: 'hint' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  let closed = false;

  const load = coalesced(async () => {
    const saves = [desired.saves(), tags.saves()];
    try {
      const twin = await api.twin(data.id);
      if (closed) return;
      // what was read before a save was answered may be older than the answer
      if (saves[0] === desired.saves()) desired.update(twin.desired);
      if (saves[1] === tags.saves()) tags.update(twin.tags);
      setText(reported, stringify(twin.reported, 2));
      setText(versions, words.versions(twin.desiredVersion, twin.reportedVersion));
      replace(error);
    } catch (failure) {
      if (!closed) setText(error, failure.message);
    }
  });

  const stops = ['properties', 'item', 'reloaded'].map((kind) => data.on(kind, load));
  load();
  return {
    element: h('div', { class: 'stack' }, h('div', { class: 'card-head' }, h('h2', {}, words.title), versions), error,
      h('div', { class: 'columns' }, desired.element, h('section', { class: 'card stack' },
        h('header', { class: 'twin-head' }, h('h2', { class: 'plain-title' }, words.reported), copyButton(words.reported, () => reported.textContent, reported)), reported)), tags.element),
    isDirty: () => desired.isDirty() || tags.isDirty(),
    close() {
      closed = true;
      stops.forEach((stop) => stop());
    },
  };
}

/** One part that can be edited; while it is, what changes meanwhile is only told. `send(value)` answers how it is then. */
function part(title, testId, send, rows) {
  const field = jsonField({ label: title, hideLabel: true, testId, rows });
  const note = h('p', { class: 'hint', hidden: true, 'data-testid': `changed-${testId}` }, words.changed, ' ',
    h('button', { type: 'button', class: 'link', on: { click: () => fill(newest) } }, words.reload));
  const button = h('button', { type: 'submit', disabled: true, 'data-testid': `save-${testId}` }, words.save);
  const discard = h('button', { type: 'button', hidden: true, 'data-testid': `discard-${testId}`, on: { click: () => fill(newest) } }, words.discard);
  // nothing can be typed before it is known what it would change
  const element = h('form', { class: 'card stack', hidden: true, novalidate: true, on: { submit, input: typed } }, h('header', { class: 'twin-head' }, h('h2', { class: 'plain-title' }, title)), field.element, h('p', { class: 'hint' }, words.hint), note,
    h('div', { class: 'actions' }, discard, button));
  let newest = null;
  let base = {}; // what the text began with: only what differs from it is sent, so that nothing of others is written over
  let dirty = false;
  let touched = false; // since a save began
  let saves = 0; // that were answered

  function fill(value) {
    base = value;
    note.hidden = true;
    field.write(value);
    edited();
  }

  function typed() {
    touched = true;
    edited();
  }

  /** There is something to save only where the text says something else. */
  function edited() {
    const { value, error } = field.read(true);
    dirty = Boolean(error) || !same(value, base);
    button.disabled = !dirty;
    discard.hidden = !dirty;
  }

  function update(value) {
    if (newest !== null && same(value, newest)) return;
    const first = newest === null;
    newest = value;
    element.hidden = false;
    // a text is not changed under the caret either
    if (first || (!dirty && !element.contains(document.activeElement))) fill(value);
    else note.hidden = false;
  }

  const save = once(async () => {
    const { value, error } = field.read();
    if (error) return field.focus();
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return field.fail(words.notObject);
    touched = false;
    button.disabled = true;
    try {
      const answer = await send(changesOf(base, value));
      saves += 1;
      newest = answer;
      // what was typed meanwhile stays
      if (!touched) fill(answer);
      base = touched ? value : answer;
      toast(words.saved);
    } catch (failure) {
      field.fail(failure.message);
    }
    return edited();
  });

  function submit(event) {
    event.preventDefault();
    save();
  }

  return { element, update, isDirty: () => dirty, saves: () => saves };
}
