// The two dialogs: adding a device, and what a device needs to connect. Both close with Escape and return the focus.

import { api } from './api.js';
import { copyable } from './clipboard.js';
import { freshId, h, replace, setText } from './dom.js';
import { texts } from './texts.js';

function openDialog(title, ...content) {
  const id = freshId('dialog');
  const dialog = h('dialog', { 'aria-labelledby': id, on: { close: () => dialog.remove() } },
    h('header', { class: 'card-head' }, h('h2', { id }, title),
      h('button', { type: 'button', class: 'small', on: { click: () => dialog.close() } }, texts.close)),
    content);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks for a new device; `onAdded` takes its id. */
export function openAddDevice(models, onAdded) {
  const words = texts.add;
  const id = h('input', { id: freshId('id'), required: true, maxlength: 128, autocomplete: 'off', 'data-testid': 'input-device-id' });
  const model = h('select', { id: freshId('model'), 'data-testid': 'input-device-model' }, h('option', { value: '' }, words.modelNone),
    models.map((known) => h('option', { value: known.id }, known.name)));
  const error = h('p', { class: 'field-error', role: 'alert' });
  const form = h('form', { class: 'stack', on: { submit } },
    h('div', { class: 'field' }, h('label', { for: id.id }, words.id), id, h('p', { class: 'hint' }, words.idHint)),
    h('div', { class: 'field' }, h('label', { for: model.id }, words.model), model),
    error,
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary', 'data-testid': 'submit-device' }, words.submit)));
  const dialog = openDialog(words.title, form);
  id.focus();

  async function submit(event) {
    event.preventDefault();
    try {
      const device = await api.addDevice(id.value.trim(), model.value || null);
      dialog.close();
      onAdded(device.id);
    } catch (failure) {
      setText(error, failure.message);
      id.focus();
    }
  }
}

/** Shows what the device's program needs. */
export async function openConnect(deviceId) {
  const words = texts.connect;
  const content = h('div', { class: 'stack' }, h('p', { class: 'empty' }, texts.loading));
  openDialog(words.title(deviceId), content);
  try {
    const given = await api.credentials(deviceId);
    replace(content, h('p', { class: 'hint' }, words.intro),
      copyable(words.idScope, given.idScope, { testId: 'connect-id-scope' }),
      copyable(words.deviceId, given.deviceId, { testId: 'connect-device-id' }),
      copyable(words.primaryKey, given.primaryKey, { secret: true, testId: 'connect-primary-key' }),
      copyable(words.host, `${given.host}:${given.port}`, { testId: 'connect-host' }),
      copyable(words.connectionString, given.connectionString, { secret: true }),
      copyable(words.environment, environment(given), { secret: true, block: true }));
  } catch (failure) {
    replace(content, h('p', { class: 'field-error', role: 'alert' }, failure.message));
  }
}

/** The variables that `Connection::from_env()` reads. */
function environment({ idScope, deviceId, primaryKey, host, port }) {
  return Object.entries({
    IOTHUB_DEVICE_SECURITY_TYPE: 'DPS',
    IOTHUB_DEVICE_DPS_ENDPOINT: `${host}:${port}`,
    IOTHUB_DEVICE_DPS_ID_SCOPE: idScope,
    IOTHUB_DEVICE_DPS_DEVICE_ID: deviceId,
    IOTHUB_DEVICE_DPS_DEVICE_KEY: primaryKey,
  }).map(([name, value]) => `export ${name}='${value}'`).join('\n');
}
