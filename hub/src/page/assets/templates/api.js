// The hub's API of templates. An edit names the state it began with; ApiError with the code `changed` says that the template
// is another by now.

import { api } from '../api.js';
import { stringify } from '../json.js';

const path = (id, ...rest) => ['/api/templates', id, ...rest].map((part, index) => (index === 0 ? part : encodeURIComponent(part))).join('/');
const edit = (method, url, value, etag) => api.call(method, url, value === undefined ? undefined : stringify(value), 'application/json', etag ? { 'if-match': etag } : {});

export const templatesApi = {
  list: () => api.call('GET', '/api/templates'),
  read: (id) => api.call('GET', path(id)),
  /** `{ files: [{ name, text }] }`, `{ modelId }` or `{ sample: true }` */
  importModel: (source) => api.send('POST', '/api/templates', source),
  replaceModel: ({ id, etag }, source) => edit('PUT', path(id, 'model'), source, etag),
  exportUrl: (id, file) => `${path(id, 'model')}?file=${encodeURIComponent(file)}`,
  /** A file of the model as it was imported. */
  modelText: (id, file) => api.text(templatesApi.exportUrl(id, file)),
  rename: ({ id, etag }, name) => edit('PATCH', path(id), { name }, etag),
  customize: ({ id, etag }, changes) => edit('PATCH', path(id, 'customizations'), changes, etag),
  setCloudProperties: ({ id, etag }, list) => edit('PUT', path(id, 'cloudProperties'), list, etag),
  addView: ({ id, etag }, view) => edit('POST', path(id, 'views'), view, etag),
  saveView: ({ id, etag }, slug, view) => edit('PUT', path(id, 'views', slug), view, etag),
  deleteView: ({ id, etag }, slug) => edit('DELETE', path(id, 'views', slug), undefined, etag),
  orderViews: ({ id, etag }, slugs) => edit('PUT', path(id, 'views'), slugs, etag),
  generateViews: ({ id }, wanted) => api.send('POST', path(id, 'generateViews'), wanted),
  publish: ({ id, etag }) => edit('POST', path(id, 'publish'), undefined, etag),
  revert: ({ id, etag }) => edit('POST', path(id, 'revert'), undefined, etag),
  newVersion: ({ id }, name) => api.send('POST', path(id, 'version'), { name }),
  migrate: (to, from) => api.send('POST', path(to, 'migrate'), { from }),
  delete: ({ id }) => api.call('DELETE', path(id)),
};

/** The address of a template's page; `new` as an id would look like the import. */
export const templatePath = (id, ...rest) => ['/templates', id, ...rest].map((part, index) => (index === 0 ? part : encodeURIComponent(part))).join('/');
