// The hub's page API: one function a resource. Every failure is an ApiError whose message can be shown.

import { parse, stringify } from './json.js';
import { texts } from './texts.js';

/** The hub speaks in clauses, as programs do; people read sentences. */
const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? '' : '.') : text);

class ApiError extends Error {
  constructor(status, code, message, details) {
    super(sentence(message));
    this.status = status;
    this.code = code;
    this.details = (details ?? []).map((one) => ({ ...one, message: sentence(one.message) }));
  }
}

/** What the hub says beside its message, where a failure comes from it: `[{ message, ... }]`. */
export const detailsOf = (failure) => failure.details ?? [];

/** What is called when the hub asks for its token. */
export const onUnauthorized = { call: () => {} };

/** Text as the hub keeps it: what a file begins with is part of it. */
const exactly = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text that the hub answers. */
async function ask(method, path, body, type = 'application/json', headers = {}) {
  const { response, text } = await reach(path, { method, body, headers: body === undefined ? headers : { 'content-type': type, ...headers } });
  if (response.ok) return text;
  if (response.status === 401) onUnauthorized.call();
  const answer = parseOr(text, null);
  throw new ApiError(response.status, answer?.code ?? 'http', answer?.message ?? `HTTP ${response.status}`, answer?.details);
}

async function reach(path, options) {
  try {
    const response = await fetch(path, options);
    return { response, text: exactly.decode(await response.arrayBuffer()) };
  } catch (cause) {
    throw new ApiError(0, 'unreachable', texts.unreachable(cause.message));
  }
}

const call = async (...request) => parseOr(await ask(...request), null);

function parseOr(text, fallback) {
  try {
    return parse(text);
  } catch {
    return fallback;
  }
}

const device = (id) => `/api/devices/${encodeURIComponent(id)}`;
const send = (method, path, value) => call(method, path, stringify(value));

export const api = {
  call,
  text: (path) => ask('GET', path),
  send,
  /** A wrong token is an error like any other: whoever calls shows it. */
  logIn: (token) => send('POST', '/api/login', { token }),
  hub: () => call('GET', '/api/hub'),
  /** The newest rows that have this text. */
  log: (contains = '') => call('GET', `/api/log?${query({ limit: 100, contains })}`),
  models: () => call('GET', '/api/models'),
  templates: () => call('GET', '/api/templates'),

  /** The part of the list that `{ q, template, status, conn, tag, sort, limit, offset }` asks for: `{ items, total, all, choices }`. */
  devices: (wanted) => call('GET', `/api/devices?${query(wanted)}`),
  /** `{ id, name, templateId }` */
  addDevice: (given) => send('POST', '/api/devices', given),
  /** `{ name, tags }`; a tag that is null is taken away. */
  editDevice: (id, changes) => send('PATCH', device(id), changes),
  /** 'approve', 'block' or 'unblock'. */
  act: (id, action) => call('POST', `${device(id)}/${action}`),
  deleteDevice: (id) => call('DELETE', device(id)),
  device: (id) => call('GET', device(id)),
  credentials: (id) => call('GET', `${device(id)}/credentials`),
  assignTemplate: (id, templateId) => send('PUT', `${device(id)}/template`, { templateId }),
  /** `[{ component, name, value }]` */
  setProperties: (id, writes) => send('PATCH', `${device(id)}/properties`, writes),
  /** `{ component, name, request, queueIfOffline, timeout }` */
  runCommand: (id, command) => send('POST', `${device(id)}/commands`, command),
  twin: (id) => call('GET', `${device(id)}/twin`),
  /** `{ desired }` or `{ tags }`, merged. */
  patchTwin: (id, patch) => send('PATCH', `${device(id)}/twin`, patch),
  /** `{ kind, from, to, unmodeled, limit, after }` */
  raw: (id, filter) => call('GET', `${device(id)}/raw?${query(filter)}`),
  exportUrl: (id, filter) => `${device(id)}/raw/export?${query(filter)}`,

  /** History of telemetries between two times in milliseconds, reduced to what a chart of `width` pixels shows; `most` points are sent as they are. */
  series: (id, paths, from, to, size) => call('GET', `${device(id)}/telemetry/series?${query({ ...span(paths, from, to), ...size })}`),
  /** The newest values of telemetries, each on its own. */
  events: (id, paths, from, to, limit) => call('GET', `${device(id)}/telemetry/events?${query({ ...span(paths, from, to), limit })}`),
};

const span = (paths, from, to) => ({ paths: paths.join(','), from: new Date(from).toISOString(), to: new Date(to).toISOString() });

/** The parts of a query that have a value. */
export function query(parts) {
  return new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== '' && value !== null && value !== undefined));
}
