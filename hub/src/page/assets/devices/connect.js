// The dialog with what a device's program needs to connect: three values, and command lines that are ready to paste.

import { api } from '../api.js';
import { freshId, h, replace, s, setText } from '../dom.js';
import { copyable } from '../shell/clipboard.js';
import { openDialog } from '../shell/dialog.js';
import { texts } from '../texts.js';

const words = texts.devices.connect;

export async function openConnect(deviceId) {
  const content = h('div', { class: 'stack' }, h('p', { class: 'empty' }, texts.loading));
  openDialog(words.title(deviceId), content);
  try {
    replace(content, parts(await api.credentials(deviceId)));
  } catch (failure) {
    replace(content, h('p', { class: 'field-error', role: 'alert' }, failure.message));
  }
}

function parts(given) {
  const { idScope, deviceId, primaryKey, connectionString, host, port, qr } = given;
  const secret = (masked) => ({ secret: masked.replaceAll(primaryKey, '••••••••') });
  const rust = `${environment(given)}\ncargo run --example environmental_sensor`;
  const script = python(given);
  return [
    h('p', { class: 'hint' }, words.intro),
    copyable(words.idScope, idScope, { testId: 'connect-id-scope' }),
    copyable(words.deviceId, deviceId, { testId: 'connect-device-id' }),
    copyable(words.primaryKey, primaryKey, { secret: true, testId: 'connect-primary-key' }),
    qr ? qrCode(deviceId, qr) : null,
    h('h3', {}, words.ready),
    copyable(words.rust, rust, { ...secret(rust), block: true, testId: 'connect-rust' }),
    copyable(words.python, script, { ...secret(script), block: true, testId: 'connect-python' }),
    port === 8883 ? null : h('p', { class: 'hint' }, words.pythonPort),
    h('details', { class: 'more' }, h('summary', {}, words.more), h('div', { class: 'stack' },
      copyable(words.host, `${host}:${port}`, { testId: 'connect-host' }),
      copyable(words.connectionString, connectionString, { ...secret(connectionString), block: true, testId: 'connect-string' }))),
  ];
}

const QUIET = 4; // modules around a code, without which it is not found

/** The three values as a code for a camera; it has the key, and so is not shown before it is asked for. */
function qrCode(deviceId, { size, path }) {
  const id = freshId('qr');
  const side = size + 2 * QUIET;
  const code = s('svg', {
    id, class: 'qr', role: 'img', 'aria-label': words.qrOf(deviceId), viewBox: `${-QUIET} ${-QUIET} ${side} ${side}`, 'data-testid': 'connect-qr', 'shape-rendering': 'crispEdges', hidden: true,
  }, s('path', { d: path }));
  const button = h('button', { type: 'button', class: 'small', 'aria-controls': id, 'aria-expanded': 'false', 'data-testid': 'show-qr', on: { click: toggle } }, words.showQr);

  function toggle() {
    const hides = !code.hasAttribute('hidden');
    code.toggleAttribute('hidden', hides);
    button.setAttribute('aria-expanded', String(!hides));
    setText(button, hides ? words.showQr : words.hideQr);
  }

  return h('div', { class: 'stack' }, h('div', {}, button), code);
}

/** The variables that `Connection::from_env()` reads. */
function environment({ idScope, deviceId, primaryKey, host, port, caFile }) {
  return exports({
    IOTHUB_DEVICE_SECURITY_TYPE: 'DPS',
    IOTHUB_DEVICE_DPS_ENDPOINT: `${host}:${port}`,
    IOTHUB_DEVICE_DPS_ID_SCOPE: idScope,
    IOTHUB_DEVICE_DPS_DEVICE_ID: deviceId,
    IOTHUB_DEVICE_DPS_DEVICE_KEY: primaryKey,
    ...(caFile ? { DEVICE_MODEL_CA_FILE: caFile } : {}),
  });
}

const exports = (variables) => Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`).join('\n');
const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

/** A device of a few lines, for a shell. */
function python({ idScope, deviceId, primaryKey, host, caFile }) {
  const text = (value) => JSON.stringify(String(value));
  return [
    "pip install azure-iot-device && python3 - <<'END'",
    'from azure.iot.device import IoTHubDeviceClient, Message, ProvisioningDeviceClient',
    caFile ? `ca = open(${text(caFile)}).read()` : 'ca = None',
    `key = ${text(primaryKey)}`,
    `dps = ProvisioningDeviceClient.create_from_symmetric_key(${text(host)}, ${text(deviceId)}, ${text(idScope)}, key, server_verification_cert=ca)`,
    'hub = dps.register().registration_state.assigned_hub',
    `client = IoTHubDeviceClient.create_from_symmetric_key(key, hub, ${text(deviceId)}, server_verification_cert=ca)`,
    'client.connect()',
    'client.send_message(Message(\'{"temp": 21.5}\', "utf-8", "application/json"))',
    'client.shutdown()',
    'END',
  ].join('\n');
}
