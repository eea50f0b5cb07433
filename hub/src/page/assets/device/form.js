// A form of the template: several properties that are saved in one go. What is being edited is never overwritten; what
// changes meanwhile is offered instead. Nothing that is not valid can be saved, and the button says why.

import { announce } from '../announce.js';
import { api, detailsOf } from '../api.js';
import { freshId, h, hook, setText } from '../dom.js';
import { field } from '../forms.js';
import { same } from '../json.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { valueText } from '../value.js';
import { savedText, syncBadge, syncNote } from './sync.js';
import { propertyRow } from './tiles.js';

const words = texts.properties;

export default function formTab({ data, tab }) {
  const { view } = tab;
  const fields = [];
  const rows = [];
  const reason = h('p', { class: 'hint', role: 'status', id: freshId('reason'), 'data-testid': 'save-reason' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const button = h('button', { type: 'submit', class: 'primary', 'data-testid': 'save-form', 'aria-describedby': reason.id }, words.save);
  const discard = h('button', { type: 'button', hidden: true, on: { click: () => { fields.forEach((one) => one.reset()); judge(); } } }, words.discard);
  let sending = false;

  const section = ({ title, fields: members }) => h('section', { class: 'form-section' }, title ? h('h2', {}, title) : null,
    h('div', { class: `form-grid c${view.columns ?? 1}` }, members.map(member).filter(Boolean)));

  function member({ path, editable }) {
    const capability = data.template.get(path);
    if (!capability) return null;
    if (!editable) {
      const row = propertyRow(capability);
      rows.push(row);
      return row.element;
    }
    const one = new EditedProperty(data, capability, judge);
    fields.push(one);
    return one.element;
  }

  /** Whether there is anything to save, and what stands against it. */
  function judge() {
    const changed = fields.filter((one) => one.dirty);
    const invalid = changed.filter((one) => one.invalid());
    const why = invalid.length > 0 ? words.invalid(invalid.map((one) => one.capability.label).join(', ')) : changed.length === 0 ? words.unchanged : '';
    button.disabled = sending || why !== '';
    setText(reason, why);
    discard.hidden = changed.length === 0;
  }

  function update() {
    for (const row of rows) row.update(data);
    for (const one of fields) one.update();
    judge();
  }

  async function save(event) {
    event.preventDefault();
    judge();
    if (button.disabled) return;
    const changed = fields.filter((one) => one.dirty);
    sending = true;
    judge();
    setText(error, '');
    try {
      const { version } = await api.setProperties(data.id, changed.map((one) => one.write()));
      for (const one of changed) one.saved(version);
      toast(savedText(changed.filter((one) => one.capability.kind !== 'cloudProperty').length, data.item.connected));
    } catch (failure) {
      const known = changed.filter((one) => one.refused(detailsOf(failure)));
      if (known.length === 0) setText(error, failure.message);
      (known[0] ?? changed[0]).focus();
    }
    sending = false;
    judge();
  }

  const stops = [data.on('properties', update), data.on('item', update)];
  const form = h('form', { class: 'card form', 'data-testid': `form-${view.slug}`, novalidate: true, on: { submit: save, input: judge } },
    view.sections.map(section), error, h('div', { class: 'form-foot' }, button, discard, reason));
  update();
  return { element: form, isDirty: () => fields.some((one) => one.dirty), close: () => stops.forEach((stop) => stop()) };
}

/** One property in a form: its field, its state, and what came while it was being edited. */
class EditedProperty {
  constructor(data, capability, onChange) {
    this.data = data;
    this.capability = capability;
    this.onChange = onChange;
    this.dirty = false;
    this.state = { sync: 'none' };
    const { component, name, label, schema, unit, display, description } = capability;
    this.field = field(schema, { label, optional: true, unit, display, json: true, testId: hook('input', component, name), about: description, inTwin: capability.kind !== 'cloudProperty' });
    this.badge = syncBadge(hook('sync', component, name));
    this.note = syncNote(hook('note', component, name), capability, (value) => this.#send(value));
    this.offered = undefined;
    this.offerText = h('span');
    this.offer = h('p', { class: 'offer', hidden: true, 'data-testid': hook('offer', component, name) }, this.offerText, ' ',
      h('button', { type: 'button', class: 'link', on: { click: () => this.#use() } }, words.use));
    this.element = h('div', { class: 'edited', 'data-testid': hook('property', component, name), on: { input: () => this.#edited() } },
      this.field.element, h('div', { class: 'edited-state' }, capability.kind === 'cloudProperty' ? h('span', { class: 'hint' }, words.cloud) : this.badge.element, this.note.element),
      this.offer);
    this.#fill(this.#current());
  }

  /** What the form begins with: what was asked for, else what the device says, else the template's own. */
  #current() {
    const state = this.data.property(this.capability.component, this.capability.name);
    return state?.desired ?? state?.reported ?? this.capability.display?.initialValue ?? undefined;
  }

  #edited() {
    this.dirty = true;
    const { error } = this.field.read();
    this.problem = error ?? null;
    this.onChange();
  }

  invalid() {
    return Boolean(this.field.read(true).error);
  }

  /** Takes the property's state as the hub has it. */
  update() {
    const { component, name, label } = this.capability;
    const before = this.state;
    this.state = this.data.property(component, name) ?? { sync: 'none' };
    this.badge.update(this.state);
    this.note.update(this.state, this.data.item.connected);
    if (before.name && before.sync !== this.state.sync) announce(this, words.syncChanged(label, words.sync[this.state.sync] ?? this.state.sync));
    const current = this.#current();
    if (same(current ?? null, this.shown ?? null)) return;
    if (!this.dirty && !this.element.contains(document.activeElement)) this.#fill(current);
    else if (!this.#holds(current)) this.#offerValue(current);
  }

  #holds(value) {
    const { value: typed, error } = this.field.read(true);
    return !error && same(typed ?? null, value ?? null);
  }

  #offerValue(value) {
    this.shown = value;
    this.offered = value;
    setText(this.offerText, words.changed(valueText(value, this.capability)));
    this.offer.hidden = false;
  }

  #use() {
    this.#fill(this.offered);
    this.onChange();
    this.field.focus();
  }

  #fill(value) {
    this.shown = value;
    this.field.write(value ?? undefined);
    this.dirty = false;
    this.offer.hidden = true;
  }

  reset() {
    this.#fill(this.#current());
  }

  /** The change to send; an emptied field withdraws the wish. */
  write() {
    const { value, absent } = this.field.read();
    this.sent = absent ? null : value;
    this.before = this.#current();
    return { component: this.capability.component, name: this.capability.name, value: this.sent };
  }

  /** The hub took it as this version: the field is as before again, unless it was edited meanwhile. */
  saved(version) {
    const { value, absent } = this.field.read(true);
    this.shown = this.sent ?? undefined;
    this.dirty = !same(absent ? null : value ?? null, this.sent);
    this.offer.hidden = true;
    if (this.#overtaken(version)) this.update();
  }

  /** Whether the stream has told of a newer wish than the one whose answer comes now. */
  #overtaken(version) {
    const wished = this.data.property(this.capability.component, this.capability.name)?.desiredVersion;
    if (typeof wished === 'number') return wished > version;
    // a cloud property has no version
    const current = this.#current() ?? null;
    return !same(current, this.before ?? null) && !same(current, this.sent ?? null);
  }

  /** Shows what the hub says against this value; answers whether it said anything. */
  refused(details) {
    const detail = details.find((one) => one.name === this.capability.name && (one.component ?? null) === (this.capability.component ?? null));
    if (detail) this.field.fail?.(detail.message);
    return Boolean(detail);
  }

  focus() {
    this.field.focus();
  }

  async #send(value) {
    try {
      const { version } = await api.setProperties(this.data.id, [{ component: this.capability.component, name: this.capability.name, value }]);
      // what was typed meanwhile stays
      if (this.dirty) this.shown = value;
      else this.#fill(value);
      if (this.#overtaken(version)) this.update();
    } catch (failure) {
      this.field.fail?.(detailsOf(failure)[0]?.message ?? failure.message);
    }
    this.onChange();
  }
}
