// The life of whatever shows telemetry over time: when it loads and when it draws, what reaches it of the stream, and that
// nothing of it is left when it is closed. What it shows and how is its own.

import { h, setText } from '../dom.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';

const REDRAW = 250; // four times a second at most
const TICK = 1000; // a live range moves with the clock

/**
 * `element` is watched, and told at its end why loading failed. `ask(from, to)` asks the hub and `take(answer)` keeps what it
 * says, unless the tile is closed meanwhile; `arrived(entry, t, value)` takes a value of one of `entries` (each has a
 * `capability`) while the range is live; `interrupted(t)` hears that the device is gone; `isFull()` says that history is to be
 * loaded again. Answers `{ soon, close }`: `soon` draws within a short time.
 */
export function follow({ element, entries, data, range, ask, take, draw, arrived, interrupted = () => {}, isFull = () => false }) {
  const failure = h('p', { class: 'field-error', role: 'alert', hidden: true });
  element.append(failure);
  let visible = true;
  let closed = false;
  let timer = 0;
  let last = -REDRAW;

  const load = coalesced(async () => {
    const window = range.window();
    try {
      const answer = await ask(...window);
      if (closed) return;
      take(answer);
      element.dataset.loaded = window.join(' ');
      failure.hidden = true;
    } catch (cause) {
      failure.hidden = false;
      setText(failure, cause.message);
    }
    drawNow();
  });

  function drawNow() {
    clearTimeout(timer);
    timer = 0;
    // what nobody sees is drawn when it is seen
    if (closed || !visible || document.hidden) return;
    last = performance.now();
    draw();
  }

  function soon() {
    if (timer === 0) timer = setTimeout(drawNow, Math.max(0, REDRAW - (performance.now() - last)));
  }

  function message({ items, missed }) {
    // a fixed range is loaded as a whole
    if (!range.isLive) return;
    let any = false;
    for (const { at, component = null, values } of items) {
      for (const entry of entries) {
        const value = valueIn(values, component, entry.capability);
        if (value === undefined) continue;
        arrived(entry, Date.parse(at), value);
        any = true;
      }
    }
    if (missed || isFull()) load();
    else if (any) soon();
  }

  const tick = setInterval(() => range.isLive && soon(), TICK);
  const seen = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    if (visible) soon();
  });
  const sized = new ResizeObserver(soon);
  seen.observe(element);
  sized.observe(element);
  document.addEventListener('visibilitychange', soon);
  const stops = [data.on('message', message), data.on('reloaded', load), range.on(load), data.on('item', () => data.item.connected || interrupted(Date.now()))];
  // once it has its place, and so its width
  requestAnimationFrame(load);
  return {
    soon,
    close() {
      closed = true;
      clearInterval(tick);
      clearTimeout(timer);
      seen.disconnect();
      sized.disconnect();
      document.removeEventListener('visibilitychange', soon);
      stops.forEach((stop) => stop());
    },
  };
}

/** What a message says of a telemetry, or of a value inside it; else undefined. */
function valueIn(values, component, capability) {
  if (component !== (capability.component ?? null) || !Object.hasOwn(values, capability.name)) return undefined;
  return (capability.inner ?? []).reduce((value, name) => (value !== null && typeof value === 'object' && Object.hasOwn(value, name) ? value[name] : undefined), values[capability.name]);
}

/** How the hub's history names what a capability says. */
export const seriesPath = ({ component, name, inner = [] }) => `${component ? `${component}/` : ''}${[name, ...inner].join('.')}`;

/** What a chart is called where it has no title of its own. */
export const nameOf = (entries, title) => title ?? entries.map((entry) => entry.label).join(', ');
