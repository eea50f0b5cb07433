// The whole twin as JSON. Desired properties and tags can be changed as in the service API: what is null is taken away.

import { api } from '../api.js';
import { h, replace, setText } from '../dom.js';
import { jsonField } from '../forms.js';
import { same, stringify } from '../json.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';

const words = texts.twin;

export default function twinTab({ data }) {
  const desired = part(words.desired, 'twin-desired', (value) => api.patchTwin(data.id, { desired: value }));
  const tags = part(words.tags, 'twin-tags', (value) => api.patchTwin(data.id, { tags: value }));
  const reported = h('pre', { class: 'copy-value json', tabindex: 0, 'data-testid': 'twin-reported' });
  const versions = h('span', { class: 'hint' });
  const error = h('p', { class: 'field-error', role: 'alert' });

  let closed = false;

  const load = coalesced(async () => {
    try {
      const twin = await api.twin(data.id);
      if (closed) return;
      desired.update(twin.desired);
      tags.update(twin.tags);
      setText(reported, stringify(twin.reported, 2));
      setText(versions, words.versions(twin.desiredVersion, twin.reportedVersion));
      replace(error);
    } catch (failure) {
      setText(error, failure.message);
    }
  });

  const stops = ['properties', 'item', 'reloaded'].map((kind) => data.on(kind, load));
  load();
  return {
    element: h('div', { class: 'stack' }, h('div', { class: 'card-head' }, h('h2', {}, words.title), versions), error,
      h('div', { class: 'columns' }, desired.element, h('section', { class: 'card stack' }, h('h2', { class: 'plain-title' }, words.reported), reported), tags.element)),
    close() {
      closed = true;
      stops.forEach((stop) => stop());
    },
  };
}

/** One part that can be edited; while it is, what changes meanwhile is only told. */
function part(title, testId, send) {
  const field = jsonField({ label: title, testId });
  const note = h('p', { class: 'hint', hidden: true }, words.changed, ' ', h('button', { type: 'button', class: 'link', on: { click: () => fill(newest) } }, words.reload));
  const button = h('button', { type: 'submit', 'data-testid': `save-${testId}` }, words.save);
  let newest = {};
  let dirty = false;

  function fill(value) {
    dirty = false;
    note.hidden = true;
    field.write(value);
  }

  async function submit(event) {
    event.preventDefault();
    const { value, error } = field.read();
    if (error) return field.focus();
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return field.fail(words.notObject);
    try {
      await send(value);
      dirty = false;
      toast(words.saved);
    } catch (failure) {
      field.fail(failure.message);
    }
    return undefined;
  }

  return {
    element: h('form', { class: 'card stack', novalidate: true, on: { submit, input: () => { dirty = true; } } }, field.element, h('p', { class: 'hint' }, words.hint), note,
      h('div', { class: 'actions' }, button)),
    update(value) {
      const changed = !same(value, newest);
      newest = value;
      if (!dirty) fill(value);
      else if (changed) note.hidden = false;
    },
  };
}
