// Which values are shown as old: the device is away, the stream is lost, or it is much longer than usual since the last one.

import { usualInterval } from './data.js';

const USUAL = 5; // usual intervals
const SHORTEST = 10_000;

/** Whether the newest value of a telemetry is old. */
export function isStale(data, latest, now = Date.now()) {
  if (!data.item?.connected) return true;
  const usual = usualInterval(latest);
  return usual !== null && now - Date.parse(latest.at) > Math.max(USUAL * usual, SHORTEST);
}
