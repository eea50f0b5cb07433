// What the checks of the operator's pages have in common: a hub of their own, a browser that notes everything that is wrong,
// and devices that do as they are told over MQTT.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import mqtt from 'mqtt';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '../..');
export const artifacts = process.env.ARTIFACTS ?? join(root, 'target/browser');
export const DEADLINE = 20_000;
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Starts a hub with the tutorial's model; `HUB` is the program. */
export async function startHub({ options = [] } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hub-'));
  const program = process.env.HUB ?? join(root, 'target/debug/device-model');
  const models = join(dir, 'models');
  mkdirSync(models);
  const run = spawn(program, ['hub', '--dir', join(dir, 'data'), '--mqtt', '127.0.0.1:0', '--http', '127.0.0.1:0', '--https', '127.0.0.1:0', '--json', ...options],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, RUST_LOG: 'error' } });
  const [line] = await Promise.race([
    (async () => { for await (const text of createInterface({ input: run.stdout })) return [text]; return []; })(),
    new Promise((_, fail) => run.once('exit', (code) => fail(new Error(`the hub ended with ${code}`)))),
  ]);
  const ready = JSON.parse(line);
  const hub = {
    ...ready,
    origin: `http://${ready.http.replace('127.0.0.1', 'localhost')}`,
    ca: readFileSync(ready.ca_file),
    async stop() {
      const ended = new Promise((done) => run.once('exit', done));
      run.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true });
    },
    /** Calls the page's API. */
    async api(method, path, body) {
      const response = await fetch(hub.origin + path, { method, body: body === undefined ? undefined : JSON.stringify(body), headers: { 'content-type': 'application/json' } });
      const text = await response.text();
      assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
      return text && response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : text;
    },
  };
  return hub;
}

/** Publishes the tutorial's model as a template with its default views, a form and the names Online and Offline. */
export async function tutorialTemplate(hub, name = 'environmental_sensor.json') {
  const text = readFileSync(join(root, 'models', name), 'utf8');
  const imported = await hub.api('POST', '/api/templates', { files: [{ name, text }] });
  const template = imported.items?.[0] ?? imported.template ?? imported;
  const path = `/api/templates/${template.id}`;
  const headers = async () => ({ etag: (await hub.api('GET', path)).etag });
  const send = async (method, end, body) => {
    const { etag } = await headers();
    const response = await fetch(hub.origin + path + end, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'if-match': etag } });
    const answer = await response.text();
    assert.ok(response.ok, `${method} ${end}: ${response.status} ${answer}`);
  };
  await send('POST', '/generateViews', { commands: true, overview: true, about: true });
  await send('PATCH', '/customizations', { state: { trueName: 'Online', falseName: 'Offline' } });
  await send('POST', '/views', {
    kind: 'form', name: 'Properties', columns: 1, sections: [{ title: 'Settings', fields: [{ path: 'brightness', editable: true }, { path: 'name', editable: true }] }],
  });
  await send('POST', '/publish', {});
  return template.id;
}

/** A browser whose pages note console errors, exceptions, failed answers and requests to anywhere else. */
export async function openBrowser(hub) {
  mkdirSync(artifacts, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });
  const complaints = [];
  return {
    complaints,
    close: () => browser.close(),
    /** `allowed` matches the failed answers that a check provokes. */
    async page({ allowed = /$^/, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(DEADLINE);
      page.on('console', (message) => message.type() === 'error' && !allowed.test(message.text()) && complaints.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(`exception: ${error.stack}`));
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== hub.origin) complaints.push(`request to ${url}`);
      });
      page.on('response', (response) => response.status() >= 400 && !allowed.test(String(response.status())) && complaints.push(`${response.status()} ${response.url()}`));
      return page;
    },
  };
}

const sign = (key, text) => createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');

/** A shared access signature for a resource. */
function token(resource, key, policy) {
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const sr = encodeURIComponent(resource);
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sign(key, `${sr}\n${expiry}`))}&se=${expiry}${policy ? `&skn=${policy}` : ''}`;
}

/** The key that a device of the enrollment group derives for itself. */
export const groupKey = (hub, id) => sign(hub.group_key, id);

/** A connection to the hub's listener; `fail` is told what the hub says against it. */
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
  const assigned = await answer.finally(() => client.end(true));
  return assigned;
}

/** A device that does as it is told. `onDesired(patch, version)` and `onMethod(name, payload)` may be set at any time. */
export class Device {
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
