// What the environment says to the tests, and where they find the repository.
//
// ARTIFACTS     folder for screenshots and what failures leave (default: target/browser)
// CHROMIUM      the browser (default: /usr/bin/chromium)
// CPU_THROTTLE  by how much the browser's processor is slowed down (default: 1); deadlines grow with it
// DEVICE_MODEL  the program (default: target/debug/device-model)
// LAG           by how many milliseconds, at most, a page gets late what it waits for (default: 0)
// PAGE_ASSETS   a folder whose files the pages get in place of the program's own: to try a change without a build
// SENSOR        the example environmental_sensor (default: target/debug/examples/environmental_sensor)

import { basename, join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');
export const artifacts = process.env.ARTIFACTS ?? join(root, 'target/browser');
export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const throttle = Number(process.env.CPU_THROTTLE ?? 1);
/** See lag.mjs. */
export const lateBy = Number(process.env.LAG ?? 0);
export const program = process.env.DEVICE_MODEL ?? join(root, 'target/debug/device-model');
/** The folder of page files, or undefined for those that the program has. */
export const assets = process.env.PAGE_ASSETS;
export const sensor = process.env.SENSOR ?? join(root, 'target/debug/examples/environmental_sensor');
/** How long a test waits for a condition, in milliseconds: for the slowest machine, as a test that holds never waits so long. */
export const DEADLINE = 30_000 * Math.max(1, throttle / 2);
/** The file of tests that runs. */
export const testFile = basename(process.argv[1] ?? 'tests');
