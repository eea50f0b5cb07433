// The hub's API of enrollments and certificate authorities. An enrollment is the JSON of the provisioning service; `kind` is
// 'individual' or 'group'.

import { api, query } from '../api.js';
import { stringify } from '../json.js';

const path = (...parts) => ['/api/enrollments', ...parts.map(encodeURIComponent)].join('/');
const matching = ({ etag }) => ({ 'if-match': etag });

/** What names an enrollment of a kind. */
export const ID = { individual: 'registrationId', group: 'enrollmentGroupId' };

export const enrollmentsApi = {
  /** `{ q, limit, offset }` */
  list: (kind, part) => api.call('GET', `${path(kind)}?${query(part)}`),
  read: (kind, id) => api.call('GET', path(kind, id)),
  add: (kind, enrollment) => api.send('POST', path(kind), enrollment),
  /** Writes back what was read, with changes. */
  write: (kind, enrollment) => api.call('PUT', path(kind, enrollment[ID[kind]]), stringify(enrollment), 'application/json', matching(enrollment)),
  delete: (kind, enrollment) => api.call('DELETE', path(kind, enrollment[ID[kind]]), undefined, undefined, matching(enrollment)),
  /** The attestation with its keys. */
  keys: (kind, id) => api.call('GET', path(kind, id, 'keys')),
  /** The key of a device of a group. */
  deviceKey: (group, registrationId) => api.send('POST', path('group', group, 'deviceKey'), { registrationId }),
  registrations: (group, part) => api.call('GET', `${path('group', group, 'registrations')}?${query(part)}`),
};

export const certificatesApi = {
  list: () => api.call('GET', '/api/certificates'),
  /** A text of PEM or base64; an empty name is that of its subject. */
  add: (name, text) => api.call('POST', `/api/certificates?${query({ name })}`, text, 'application/x-pem-file'),
  remove: (name) => api.call('DELETE', `/api/certificates/${encodeURIComponent(name)}`),
};

/** The address of an enrollment's page. */
export const enrollmentPath = (kind, id) => ['/hub/enrollments', kind, id].map((part, index) => (index === 0 ? part : encodeURIComponent(part))).join('/');
