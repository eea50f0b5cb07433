// One property: its value, how far a change has got, and the form of a writable one. What the operator is typing is
// never overwritten; a change that arrives meanwhile is offered instead.

import { announce } from '../announce.js';
import { api } from '../api.js';
import { h, hook, replace, setAttribute, setText } from '../dom.js';
import { field } from '../forms.js';
import { isScalar } from '../fields.js';
import { ageTime, formatValue, withUnit } from '../format.js';
import { same } from '../json.js';
import { texts } from '../texts.js';

const words = texts.properties;

export class PropertyRow {
  constructor(deviceId, component, definition) {
    this.deviceId = deviceId;
    this.component = component;
    this.definition = definition;
    this.state = { sync: 'none' };
    this.dirty = false;
    const named = (kind) => hook(kind, component, definition.name);
    this.value = h('span', { class: 'property-value', 'data-testid': named('value') });
    this.badge = h('span', { class: 'badge', 'data-testid': named('sync') });
    this.note = h('p', { class: 'property-note', 'data-testid': named('note'), hidden: true });
    this.form = definition.writable ? this.#form(named) : null;
    this.element = h('div', { class: 'property', 'data-testid': named('property') },
      h('div', { class: 'property-head' },
        h('h4', { title: definition.description ?? null }, definition.label),
        h('span', { class: 'property-state' }, this.value, this.badge)),
      definition.writable && definition.description ? h('p', { class: 'property-description' }, definition.description) : null,
      this.note, this.form);
    this.#show();
  }

  #form(named) {
    const { label, schema } = this.definition;
    this.field = field(schema, { label: words.newValue(label), hideLabel: true, testId: named('input') });
    this.offer = h('p', { class: 'offer', hidden: true });
    this.button = h('button', { type: 'submit', 'data-testid': named('set'), 'aria-label': words.setNamed(label) }, words.set);
    return h('form', {
      class: isScalar(schema) ? 'property-form' : 'property-form tall',
      on: { submit: (event) => this.#submit(event), input: () => { this.dirty = true; } },
    }, this.field.element, this.button, this.offer);
  }

  /** Takes the property's state as the hub has it. */
  update(next) {
    const before = this.state;
    this.state = next;
    this.#show();
    if (before.sync !== next.sync && before.name) {
      announce(this, words.syncChanged(this.definition.label, words.sync[next.sync] ?? next.sync));
    }
    if (this.form) this.#follow(before);
  }

  /** The value a form begins with: what was asked for, else what the device says. */
  static current(state) {
    return state.desired ?? state.reported;
  }

  #follow(before) {
    const current = PropertyRow.current(this.state);
    const editing = this.dirty || (before.name && this.form.contains(document.activeElement));
    if (!editing) {
      this.field.write(current ?? undefined);
    } else if (!same(current ?? null, PropertyRow.current(before) ?? null) && !this.#holds(current)) {
      this.#offerValue(current);
    }
  }

  #holds(value) {
    const { value: typed, error } = this.field.read();
    return !error && same(typed ?? null, value ?? null);
  }

  #offerValue(value) {
    const use = h('button', { type: 'button', class: 'link', on: { click: () => this.#fill(value) } }, words.use);
    replace(this.offer, words.changed(formatValue(value, this.definition.schema)), ' ', use);
    this.offer.hidden = false;
  }

  #fill(value) {
    this.field.write(value ?? undefined);
    this.dirty = false;
    this.offer.hidden = true;
  }

  #show() {
    const { definition, state } = this;
    const unset = state.sync === 'none';
    setText(this.value, unset ? this.#unsetText() : withUnit(state.reported, definition.schema, definition.unit));
    this.value.classList.toggle('weak', unset);
    setText(this.badge, words.sync[state.sync] ?? state.sync);
    this.badge.dataset.sync = state.sync;
    // What is only reported or never set needs no badge when an operator cannot change it.
    this.badge.hidden = !definition.writable && ['reported', 'none'].includes(state.sync);
    setAttribute(this.badge, 'data-version', state.desiredVersion);
    this.#showNote();
  }

  /** A writable property says by its badge that it is not set. */
  #unsetText() {
    return this.definition.writable ? '' : words.notSet;
  }

  #showNote() {
    const { state, definition } = this;
    const parts = [];
    if (['pending', 'working', 'error'].includes(state.sync)) parts.push(words.asked(withUnit(state.desired, definition.schema, definition.unit)));
    if (state.sync === 'error' && state.code) parts.push(words.code(state.code));
    if (state.note) parts.push(state.note);
    const text = parts.join(' · ');
    const since = state.sync === 'pending' && state.desiredAt ? [' · ', ageTime(state.desiredAt)] : [];
    replace(this.note, text, text ? since : [], state.sync === 'error' && definition.writable ? this.#remedies() : []);
    this.note.hidden = text === '';
  }

  #remedies() {
    const button = (text, value) => h('button', { type: 'button', class: 'link', on: { click: () => this.#send(value) } }, text);
    const { desired, reported } = this.state;
    return [' ', button(words.retry, desired), reported === null || reported === undefined ? null : [' ', button(words.revert, reported)]];
  }

  async #submit(event) {
    event.preventDefault();
    const { value, error } = this.field.read();
    if (error) this.field.focus();
    else await this.#send(value);
  }

  async #send(value) {
    this.button.disabled = true;
    try {
      await api.setProperties(this.deviceId, [{ component: this.component, name: this.definition.name, value }]);
      this.#fill(value);
    } catch (failure) {
      this.field.fail?.(failure.details[0]?.message ?? failure.message);
    } finally {
      this.button.disabled = false;
    }
  }
}
