// The page for a new device: its template first, then its id and name. What is wrong is said under the control.

import { api } from '../api.js';
import { freshId, h, setText } from '../dom.js';
import { isEdited } from '../edited.js';
import { devicePath } from '../shell/routes.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { once } from '../turns.js';
import { checkName, textControl } from './edit.js';

const words = texts.devices.new;
const ID_LIMIT = 128;
const NO_ID = /[^A-Za-z0-9\-._:%*?!(),=@$']/gu;

/** The check of a device's id. */
function checkId(text) {
  const id = text.trim();
  if (id === '') return { error: words.errors.noId };
  if (id.length > ID_LIMIT) return { error: words.errors.longId(id.length) };
  const bad = new Set(id.match(NO_ID));
  return bad.size > 0 ? { error: words.errors.badId([...bad].map((one) => (one === ' ' ? 'blanks' : one)).join(' ')) } : { value: id };
}

export default function newDevicePage(context) {
  context.titled([[texts.devices.title, '/devices'], [words.title]]);
  const template = h('select', { id: freshId('template'), 'data-testid': 'input-device-template' }, h('option', { value: '' }, words.templateNone));
  const id = textControl(words.id, { testId: 'input-device-id', check: checkId, attributes: { spellcheck: 'false', autocapitalize: 'off' } });
  const name = textControl(words.name, { testId: 'input-device-name', check: checkName });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const form = h('form', { class: 'stack narrow', on: { submit }, novalidate: true },
    h('div', { class: 'field' }, h('label', { for: template.id }, words.template), template),
    h('div', {}, id.element, h('p', { class: 'hint' }, words.idHint)),
    h('div', {}, name.element, h('p', { class: 'hint' }, words.nameHint)),
    error,
    h('div', { class: 'actions' }, h('a', { class: 'button', href: '/devices', 'data-link': true }, words.cancel),
      h('button', { type: 'submit', class: 'primary', 'data-testid': 'submit-device' }, words.submit)));

  async function load() {
    try {
      const { items } = await api.templates();
      const asked = context.query.get('template');
      const chosen = template.value || asked;
      template.replaceChildren(template.firstChild, ...items.filter((one) => one.state !== 'draft').map((one) => h('option', { value: one.id, selected: one.id === asked }, one.name)));
      template.value = chosen ?? '';
      if (template.selectedIndex < 0) template.value = '';
      template.dataset.loaded = '';
    } catch (failure) {
      setText(error, failure.message);
    }
  }

  function submit(event) {
    event.preventDefault();
    return send();
  }

  const send = once(async () => {
    setText(error, '');
    const fields = [[id, id.read()], [name, name.read()]];
    const wrong = fields.find(([, { error: problem }]) => problem);
    if (wrong) return wrong[0].focus();
    try {
      const device = await api.addDevice({ id: fields[0][1].value, name: fields[1][1].value || undefined, templateId: template.value || undefined });
      toast(texts.devices.done.create(device.name || device.id));
      context.go(`${devicePath(device.id)}#connect`, { saved: true });
    } catch (failure) {
      if (failure.code === 'exists') id.fail(failure.message);
      else setText(error, failure.message);
      id.focus();
    }
    return undefined;
  });

  return {
    element: h('div', { class: 'page' }, h('h1', {}, words.title), h('section', { class: 'card' }, h('p', { class: 'hint spaced' }, words.intro), form)),
    load,
    isDirty: () => isEdited(form),
  };
}
