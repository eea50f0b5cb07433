// Where the evidence of a failed test stands: for those who write it and those who tell of it.

import { join } from 'node:path';
import { artifacts } from './settings.mjs';

/** The path without its ending. */
export function evidencePath(file, test) {
  return join(artifacts, 'failed', `${file.replace('.test.mjs', '')}-${test.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}`);
}
