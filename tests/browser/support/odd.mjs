// A model with what is hard to show and to enter: values with parts, whole numbers of 64 bits, times, long names.

import { editTemplate } from './templates.mjs';

export const LONG_NAME = 'W'.repeat(90);
const limits = { '@type': 'Object', fields: [{ name: 'low', schema: 'double' }, { name: 'high', schema: 'double' }] };
const writable = (name, schema, more = {}) => ({ '@type': 'Property', name, schema, writable: true, ...more });
const telemetry = (name, schema, more = {}) => ({ '@type': 'Telemetry', name, schema, ...more });

const MODEL = {
  '@context': ['dtmi:dtdl:context;3', 'dtmi:dtdl:extension:quantitativeTypes;1'], '@id': 'dtmi:test:Odd;1', '@type': 'Interface', displayName: 'Odd',
  contents: [
    { '@type': ['Telemetry', 'DataSize'], name: 'workingSet', displayName: 'Working set', schema: 'double', unit: 'kibibyte' },
    telemetry('stamp', 'dateTime'), telemetry('took', 'duration'), telemetry('count', 'long'),
    telemetry('mode', { '@type': 'Enum', valueSchema: 'integer', enumValues: [{ name: 'off', displayName: 'Off', enumValue: 0 }, { name: 'on', displayName: 'On', enumValue: 1 }] }),
    { '@type': 'Property', name: 'storage', displayName: 'Storage', schema: 'long' },
    { '@type': 'Property', name: 'bounds', schema: limits },
    writable('level', 'long', { displayName: 'Level' }),
    writable('slots', { '@type': 'Array', elementSchema: 'integer' }, { displayName: 'Slots' }),
    writable('place', 'point', { displayName: 'Place' }),
    writable('day', 'date', { displayName: 'Day' }),
    writable('long', 'string', { displayName: LONG_NAME }),
    writable('minmax', limits, { displayName: 'Minmax' }),
  ],
};

/** Publishes it with its default views and a form of two columns. */
export async function oddTemplate(hub) {
  const { id } = await hub.api('POST', '/api/templates', { files: [{ name: 'odd.json', text: JSON.stringify(MODEL) }] });
  await editTemplate(hub, id, 'POST', '/generateViews', { commands: true, overview: true, about: true });
  const fields = ['level', 'slots', 'long', 'minmax', 'place', 'day'].map((path) => ({ path, editable: true }));
  await editTemplate(hub, id, 'POST', '/views', { kind: 'form', name: 'Settings', columns: 2, sections: [{ title: 'All', fields }] });
  await editTemplate(hub, id, 'POST', '/publish', {});
  return id;
}
