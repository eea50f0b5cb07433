// What tests and measurements of charts have in common: a template whose view has just these tiles, and devices whose messages
// say which time they are of.

import { Device, secretOf } from './device.mjs';
import { editTemplate } from './templates.mjs';

/** Publishes a model of telemetries with one view, "Charts", of `[type, paths]`; answers the template's id. */
export async function publish(hub, telemetries, tiles) {
  const contents = Object.entries(telemetries).map(([name, schema]) => ({ '@type': 'Telemetry', name, schema }));
  const model = { '@context': 'dtmi:dtdl:context;2', '@id': 'dtmi:com:example:Tracker;1', '@type': 'Interface', displayName: 'Tracker', contents };
  const { id } = await hub.api('POST', '/api/templates', { files: [{ name: 'tracker.json', text: JSON.stringify(model) }] });
  await editTemplate(hub, id, 'POST', '/views', { kind: 'view', name: 'Charts', tiles: tiles.map(tile) });
  await editTemplate(hub, id, 'POST', '/publish', {});
  return id;
}

export const tile = ([type, capabilities]) => ({ type, title: null, capabilities, range: null, width: 2 });

/** Connects a device that there is. */
export const connect = async (hub, id) => Device.connect(hub, await secretOf(hub, id));

/** The property of a message that says which time it is of, in milliseconds. */
export const timeOf = (at) => `%24.ctime=${encodeURIComponent(new Date(at).toISOString())}`;
