// A program that a test starts, which prints a line when it is ready and logs to the artifacts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { artifacts, testFile } from './settings.mjs';

/** Starts it; `ready(line)` answers something for the line that is waited for. What it says beside is evidence when a test fails. */
export async function startProgram(program, options, env, ready) {
  mkdirSync(artifacts, { recursive: true });
  const path = join(artifacts, `${basename(program)}-${testFile}.log`);
  const child = spawn(program, options, { stdio: ['pipe', 'pipe', openSync(path, 'a')], env: { ...process.env, ...env } });
  const exit = once(child, 'exit').then(([code]) => code);
  const found = new Promise((done) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = ready(line);
      if (answer) done(answer);
    });
  });
  const failed = exit.then((code) => { throw new Error(`${program} ended with ${code} before it was ready; see ${path}`); });
  return { child, exit, ready: await Promise.race([found, failed]) };
}
