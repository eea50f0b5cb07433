// A hub of its own for a test file: `device-model hub` in an empty folder, on free ports. Begin with `startHub`.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './process.mjs';
import { program } from './settings.mjs';

const FREE = { mqtt: '127.0.0.1:0', http: '127.0.0.1:0', https: '127.0.0.1:0' };

/** Starts a hub; what it prints when it is ready stands in the answer, `stop` ends it and takes its folder away. */
export async function startHub({ options = [] } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hub-'));
  let running = await start(dir, FREE, options);
  const hub = {
    ...running.ready,
    origin: `http://${running.ready.http.replace('127.0.0.1', 'localhost')}`,
    ca: readFileSync(running.ready.ca_file),
    async stop() {
      await end(running, 'SIGTERM');
      rmSync(dir, { recursive: true });
    },
    /** Ends it as a power failure does. */
    kill: () => end(running, 'SIGKILL'),
    /** Starts it again in the same folder and at the same addresses. */
    async restart() {
      running = await start(dir, hub, options);
    },
    /** Calls the page's API, whatever it answers. */
    call: (method, path, body, headers = {}) => fetch(hub.origin + path,
      { method, body: body === undefined ? undefined : JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
    /** Calls the page's API, which is to succeed. */
    async api(method, path, body, headers) {
      const response = await hub.call(method, path, body, headers);
      const text = await response.text();
      assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
      return text && response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : text;
    },
  };
  return hub;
}

function start(dir, addresses, options) {
  const listeners = ['mqtt', 'http', 'https'].flatMap((name) => [`--${name}`, addresses[name]]);
  return startProgram(program, ['hub', '--dir', join(dir, 'data'), ...listeners, '--json', ...options], { RUST_LOG: process.env.RUST_LOG ?? 'warn' }, JSON.parse);
}

async function end({ child, exit }, signal) {
  child.kill(signal);
  await exit;
}
