// The tutorial's template as operators have it after the first five checks, made by the page's API.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './settings.mjs';

/** Edits a template as a page would that has just read it. */
export async function editTemplate(hub, id, method, end, body) {
  const path = `/api/templates/${id}`;
  const { etag } = await hub.api('GET', path);
  return hub.api(method, path + end, body, { 'if-match': etag });
}

/** Publishes the tutorial's model as a template with its default views, a form and the names Online and Offline. */
export async function tutorialTemplate(hub, name = 'environmental_sensor.json') {
  const text = readFileSync(join(root, 'models', name), 'utf8');
  const { id } = await hub.api('POST', '/api/templates', { files: [{ name, text }] });
  await editTemplate(hub, id, 'POST', '/generateViews', { commands: true, overview: true, about: true });
  await editTemplate(hub, id, 'PATCH', '/customizations', { state: { trueName: 'Online', falseName: 'Offline' } });
  await editTemplate(hub, id, 'POST', '/views', {
    kind: 'form', name: 'Properties', columns: 1, sections: [{ title: 'Settings', fields: [{ path: 'brightness', editable: true }, { path: 'name', editable: true }] }],
  });
  await editTemplate(hub, id, 'POST', '/publish', {});
  return id;
}
