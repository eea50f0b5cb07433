// Devices that do as they are told: over MQTT as the official packages speak it, or one message over HTTPS' device API.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import mqtt from 'mqtt';

const sign = (key, text) => createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');

/** A shared access signature for a resource. */
function token(resource, key, policy) {
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const sr = encodeURIComponent(resource);
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sign(key, `${sr}\n${expiry}`))}&se=${expiry}${policy ? `&skn=${policy}` : ''}`;
}

/** The key that a device of the enrollment group derives for itself. */
export const groupKey = (hub, id) => sign(hub.group_key, id);

/** What a device needs to connect, as Connect shows it. */
export async function secretOf(hub, deviceId) {
  const { primaryKey, idScope } = await hub.api('GET', `/api/devices/${deviceId}/credentials`);
  return { idScope, deviceId, primaryKey };
}

/** A connection to the hub's listener; fails with what the hub says against it. */
function connect(hub, clientId, username, password, options = {}) {
  const [host, port] = hub.mqtt.split(':');
  const client = mqtt.connect({
    protocol: 'mqtts', host, port: Number(port), servername: 'localhost', ca: hub.ca, clientId, username, password, protocolVersion: 4, clean: true, reconnectPeriod: 0, ...options,
  });
  return new Promise((done, fail) => {
    client.once('connect', () => done(client));
    client.once('error', (error) => { client.end(true); fail(error); });
  });
}

/** Provisions a device with just id scope, id and key; answers the name of its hub. */
export async function provision(hub, { idScope, deviceId, primaryKey }) {
  const resource = `${idScope}/registrations/${deviceId}`;
  const client = await connect(hub, deviceId, `${resource}/api-version=2019-03-31`, token(resource, primaryKey, 'registration'));
  const answer = new Promise((done, fail) => {
    client.on('message', (topic, body) => {
      const status = Number(topic.split('/')[3]);
      const value = JSON.parse(body.toString());
      if (status === 202 && value.operationId) setTimeout(() => client.publish(`$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${value.operationId}`, ''), 100);
      else if (status < 300) done(value.registrationState.assignedHub);
      else fail(new Error(`${status} ${body}`));
    });
  });
  await client.subscribeAsync('$dps/registrations/res/#');
  await client.publishAsync('$dps/registrations/PUT/iotdps-register/?$rid=1', JSON.stringify({ registrationId: deviceId }), { qos: 1 });
  return answer.finally(() => client.end(true));
}

/** Sends one message as the device over HTTPS' device API, for devices that need no connection. */
export async function sendOverHttp(hub, id, values) {
  const { primaryKey } = await secretOf(hub, id);
  const answer = await hub.call('POST', `/devices/${id}/messages/events?api-version=2021-04-12`, values, { authorization: token(`localhost/devices/${id}`, primaryKey) });
  assert.equal(answer.status, 204, await answer.text());
}

/** A device that does as it is told. `onDesired(patch, version)` and `onMethod(name, payload)` may be set at any time. */
export class Device {
  /** `secret` as `secretOf` answers it. */
  static async connect(hub, { deviceId, primaryKey, clean = false }) {
    const device = new Device(deviceId);
    const username = `localhost/${deviceId}/?api-version=2021-04-12`;
    device.client = await connect(hub, deviceId, username, token(`localhost/devices/${deviceId}`, primaryKey), { clean });
    device.client.on('message', (topic, body) => device.#message(topic, body));
    device.client.on('error', () => {});
    device.closed = new Promise((done) => device.client.once('close', done));
    await device.client.subscribeAsync(['$iothub/twin/res/#', '$iothub/twin/PATCH/properties/desired/#', '$iothub/methods/POST/#']);
    await device.client.subscribeAsync(`devices/${deviceId}/messages/devicebound/#`, { qos: 1 });
    return device;
  }

  constructor(id) {
    this.id = id;
    this.rid = 0;
    this.waiting = new Map();
    this.messages = [];
    this.onDesired = () => {};
    this.onMethod = () => [404, null];
  }

  #message(topic, body) {
    const text = body.toString();
    if (topic.startsWith('$iothub/twin/res/')) {
      const [, status, rid] = topic.match(/res\/(\d+)\/\?\$rid=(\w+)/);
      this.waiting.get(rid)?.(Number(status));
    } else if (topic.startsWith('$iothub/twin/PATCH/')) {
      const { $version, ...patch } = JSON.parse(text);
      this.onDesired(patch, $version);
    } else if (topic.startsWith('$iothub/methods/POST/')) {
      const [, name, rid] = topic.match(/POST\/([^/]+)\/\?\$rid=(\w+)/);
      const [status, answer] = this.onMethod(name, text === '' ? undefined : JSON.parse(text));
      if (status) this.client.publish(`$iothub/methods/res/${status}/?$rid=${rid}`, JSON.stringify(answer));
    } else this.messages.push({ topic: decodeURIComponent(topic), body: text });
  }

  /** Sends telemetry; a text goes as it is. */
  send(body, properties = '') {
    return this.client.publishAsync(`devices/${this.id}/messages/events/${properties}`, typeof body === 'string' ? body : JSON.stringify(body), { qos: 1 });
  }

  /** Reports properties and waits until the hub has them. */
  async report(patch) {
    this.rid += 1;
    const rid = String(this.rid);
    const answered = new Promise((done) => this.waiting.set(rid, done));
    await this.client.publishAsync(`$iothub/twin/PATCH/properties/reported/?$rid=${rid}`, JSON.stringify(patch));
    assert.ok(await answered < 300);
  }

  end() {
    return this.client.endAsync(true);
  }
}
