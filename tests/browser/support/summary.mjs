// A reporter of node's test runner that says at the end, in a few lines a test, what failed, at which step and on which page:
// the rest of a long output may be cut.

import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { evidencePath } from './evidence-path.mjs';

const LINES = 6; // of an error's message

export default async function* summary(events) {
  const failed = [];
  let passed = 0;
  for await (const { type, data } of events) {
    if (type === 'test:pass' && data.details?.type !== 'suite') passed += 1;
    // a suite fails with its tests, but also by itself when a hook of it fails
    if (type === 'test:fail' && !(data.details?.error?.failureType === 'subtestsFailed')) failed.push(data);
  }
  yield failed.length === 0 ? `all ${passed} browser tests passed\n` : `${failed.length} browser tests FAILED, ${passed} passed\n`;
  for (const one of failed) yield* told(one);
}

function* told({ name, file = '', line, details }) {
  const cause = details?.error?.cause ?? details?.error ?? {};
  const message = String(cause.message ?? cause).split('\n').filter((text) => text.trim() !== '').slice(0, LINES);
  yield `\n${basename(file)}:${line} ${name}\n${message.map((text) => `  ${text}\n`).join('')}`;
  const step = String(cause.stack ?? '').match(/([^/\s]+\.test\.mjs):(\d+)/);
  if (step) yield `  step: ${step[0]}: ${sourceLine(file, step)}\n`;
  const path = `${evidencePath(basename(file), name)}.json`;
  if (!existsSync(path)) return;
  for (const { url, picture, focus, complaints } of JSON.parse(readFileSync(path, 'utf8'))) {
    yield `  page: ${url} (${picture})\n  focus: ${String(focus).split('\n')[0]}\n${complaints.slice(-3).map((text) => `  complaint: ${text.split('\n')[0]}\n`).join('')}`;
  }
}

function sourceLine(file, [, name, number]) {
  if (basename(file) !== name || !existsSync(file.replace('file://', ''))) return '';
  return readFileSync(file.replace('file://', ''), 'utf8').split('\n')[number - 1]?.trim() ?? '';
}
