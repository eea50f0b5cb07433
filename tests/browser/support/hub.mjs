// A hub of its own for a test: `device-model hub` in an empty folder, on free ports.
//
// DEVICE_MODEL  the program (default: target/debug/device-model of this repository)

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = process.env.DEVICE_MODEL ?? join(import.meta.dirname, '../../../target/debug/device-model');

/** Starts it; `origin` is the address of its pages, `stop` ends it and takes its folder away. */
export async function startHub(...options) {
  const dir = await mkdtemp(join(tmpdir(), 'hub-'));
  const free = ['--mqtt', '--http', '--https'].flatMap((name) => [name, '127.0.0.1:0']);
  let { child, exit, ready } = await start(dir, free, options);
  return {
    ready,
    origin: `http://localhost:${ready.http.split(':').at(-1)}`,
    async stop() {
      child.kill('SIGTERM');
      await exit;
      await rm(dir, { recursive: true });
    },
    /** Ends it as a power failure does. */
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    /** Starts it again in the same folder and at the same addresses. */
    async restart() {
      const same = ['mqtt', 'http', 'https'].flatMap((name) => [`--${name}`, ready[name]]);
      ({ child, exit, ready } = await start(dir, same, options));
    },
  };
}

async function start(dir, addresses, options) {
  const child = spawn(program, ['hub', '--dir', dir, ...addresses, '--json', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exit = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), exit.then(([code]) => { throw new Error(`the hub ended with ${code}`); })]);
  return { child, exit, ready: JSON.parse(line) };
}
