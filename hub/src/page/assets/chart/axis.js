// The axis of time below a plot or lanes, with the zone it is in.

import { s } from '../dom.js';
import { timeLabel, timeTicks, zoneText } from './scale.js';

const LABEL = 110; // pixels for one
const [BEFORE, AFTER] = [16, 30]; // room of half a label, and of the zone's

/** Labels for the times that `x` maps to the pixels between two; the zone stands at the end of the width. */
export function timeAxis(x, [from, to], [left, right], width, y) {
  const { ticks, step } = timeTicks(from, to, Math.max(2, Math.floor(width / LABEL)));
  return [
    ticks.filter((at) => x(at) > left + BEFORE && x(at) < right - AFTER).map((at) => s('text', { class: 'tick-x', x: x(at), y }, timeLabel(at, step))),
    s('text', { class: 'tick-y zone', x: width - 2, y }, zoneText(to)),
  ];
}
