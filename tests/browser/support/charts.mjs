// What tests and measurements of charts have in common: a template whose view has just these tiles, and devices whose messages
// say which time they are of.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Device } from './site.mjs';

/** Calls the page's API of a hub. */
export async function call(hub, method, path, body, headers = {}) {
  const response = await fetch(hub.origin + path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** Publishes a model of telemetries with one view, "Charts", of `[type, paths]`; answers the template's id. */
export async function publish(hub, telemetries, tiles) {
  const contents = Object.entries(telemetries).map(([name, schema]) => ({ '@type': 'Telemetry', name, schema }));
  const model = { '@context': 'dtmi:dtdl:context;2', '@id': 'dtmi:com:example:Tracker;1', '@type': 'Interface', displayName: 'Tracker', contents };
  const imported = await call(hub, 'POST', '/api/templates', { files: [{ name: 'tracker.json', text: JSON.stringify(model) }] });
  const { id } = imported.items?.[0] ?? imported.template ?? imported;
  const view = { kind: 'view', name: 'Charts', tiles: tiles.map(([type, capabilities]) => ({ type, title: null, capabilities, range: null, width: 2 })) };
  for (const [end, body] of [['views', view], ['publish', {}]]) {
    const { etag } = await call(hub, 'GET', `/api/templates/${id}`);
    await call(hub, 'POST', `/api/templates/${id}/${end}`, body, { 'if-match': etag });
  }
  return id;
}

/** Connects a device that there is. */
export async function connect(hub, id) {
  const { primaryKey } = await call(hub, 'GET', `/api/devices/${id}/credentials`);
  return Device.connect({ ...hub.ready, ca: readFileSync(hub.ready.ca_file) }, { deviceId: id, primaryKey });
}

/** The property of a message that says which time it is of, in milliseconds. */
export const timeOf = (at) => `%24.ctime=${encodeURIComponent(new Date(at).toISOString())}`;
