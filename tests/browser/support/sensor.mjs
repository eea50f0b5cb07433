// The environmental sensor of the examples with the hub that it embeds, as somebody who tries it starts it.

import { sensor } from './settings.mjs';
import { startProgram } from './process.mjs';

/** Starts it with a message every second; `quit` ends it as the keyboard does and answers its exit code. */
export async function startSensor() {
  const { child, exit, ready } = await startProgram(sensor, ['--interval', '1'], {}, (line) => line.match(/http:\/\/\S+/)?.[0]);
  return {
    origin: new URL(ready).origin,
    async quit() {
      child.stdin.end('q\n');
      return exit;
    },
  };
}
