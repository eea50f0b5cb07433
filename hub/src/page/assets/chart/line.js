// A chart of numeric telemetry: up to two units share a plot, one axis each; more units are plots of their own below, with the
// same range and cursor. It loads history for the range from the hub and adds what arrives.

import { api } from '../api.js';
import { h, hook, replace, setText } from '../dom.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';
import { valueText } from '../value.js';
import { legend } from './legend.js';
import { Plot } from './plot.js';
import { Series } from './series.js';
import { pointTable } from './table.js';

const words = texts.chart;
const REDRAW = 250; // four times a second at most
const TICK = 1000; // a live range moves with the clock
const ADDED = 1000; // points of the stream before history is loaded again
const AXES = 2;
const SHORTEST = 60_000; // shown of a young series
const COLOURS = 4;

export function lineChart(capabilities, { data, range, title, template }) {
  const lines = capabilities.map((capability, index) => ({
    capability, colour: `line-${index % COLOURS}`, label: template.fullLabel(capability), series: new Series(), hidden: false,
    text: (value) => valueText(value, capability),
  }));
  const name = title ?? lines.map((line) => line.label).join(', ');
  const plots = byUnits(lines).map((own) => new Plot(own, range, name));
  // one cursor for all: the others show the same time
  for (const plot of plots) plot.onMove = (t) => plots.forEach((other) => other !== plot && other.showCursor(t));
  const summary = h('p', { class: 'chart-summary' });
  const failure = h('p', { class: 'field-error', role: 'alert', hidden: true });
  const table = pointTable(lines);
  const [{ component, name: first }] = capabilities;
  const element = h('figure', { class: 'chart', 'data-testid': hook('chart', component, first), 'aria-label': name },
    h('figcaption', { class: 'chart-title' }, title ? h('span', {}, title) : null, legend(lines, () => draw())),
    plots.map((plot) => plot.element), failure, summary, table.element);
  let visible = true;
  let timer = 0;
  let closed = false;
  let last = 0;

  const load = coalesced(async () => {
    const [from, to] = range.window();
    try {
      const { series } = await api.series(data.id, lines.map((line) => line.capability.path), from, to, Math.round(plots[0].width()));
      if (closed) return;
      for (const line of lines) line.series.load(series.find((one) => one.path === line.capability.path));
      failure.hidden = true;
      element.dataset.loaded = `${from} ${to}`;
    } catch (cause) {
      failure.hidden = false;
      setText(failure, cause.message);
    }
    draw();
  });

  function draw() {
    clearTimeout(timer);
    timer = 0;
    // what nobody sees is drawn when it is seen
    if (!visible || document.hidden) return;
    last = performance.now();
    const window = shownWindow();
    for (const plot of plots) plot.draw(window);
    summarize(window);
    table.draw(window);
  }

  /** A young series that is followed fills the width instead of a corner of it. */
  function shownWindow() {
    const [from, to] = range.window();
    const first = Math.min(...lines.map((line) => line.series.points[0]?.t ?? Infinity));
    return [range.isLive ? Math.max(from, Math.min(first, to - SHORTEST)) : from, to];
  }

  function soon() {
    if (timer === 0) timer = setTimeout(draw, Math.max(0, REDRAW - (performance.now() - last)));
  }

  function arrived({ items, missed }) {
    // a fixed range is loaded as a whole
    if (!range.isLive) return;
    let any = false;
    for (const { at, component: sender, values } of items) {
      for (const { capability, series } of lines) {
        if ((sender ?? null) !== (capability.component ?? null) || !Object.hasOwn(values, capability.name)) continue;
        const value = values[capability.name];
        // as the hub does with what it keeps: a text is no number, and nothing is drawn across a null
        if (['number', 'bigint'].includes(typeof value)) series.add(Date.parse(at), Number(value));
        else if (value === null) series.interrupt();
        any = true;
      }
    }
    if (missed || lines.some((line) => line.series.added > ADDED)) load();
    else if (any) soon();
  }

  function summarize([from, to]) {
    const told = lines.filter((line) => !line.hidden).map(({ series, label, text }) => {
      const points = series.points.filter((point) => point.t >= from && point.t <= to);
      if (points.length === 0) return `${label}: ${words.noData}`;
      const [min, max] = [points.reduce((low, point) => Math.min(low, point.min), Infinity), points.reduce((high, point) => Math.max(high, point.max), -Infinity)];
      return words.summary(label, text(points.at(-1).last), text(min), text(max), points.reduce((sum, point) => sum + point.n, 0));
    });
    setText(summary, told.join(' · '));
  }

  function connection() {
    if (!data.item.connected) for (const { series } of lines) series.interrupt();
  }

  const tick = setInterval(() => range.isLive && soon(), TICK);
  const seen = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    if (visible) soon();
  });
  seen.observe(element);
  const sized = new ResizeObserver(() => soon());
  sized.observe(element);
  const stops = [data.on('message', arrived), data.on('reloaded', load), data.on('item', connection), range.on(load)];
  requestAnimationFrame(load);
  return {
    element,
    close() {
      closed = true;
      clearInterval(tick);
      clearTimeout(timer);
      seen.disconnect();
      sized.disconnect();
      for (const plot of plots) plot.close();
      stops.forEach((stop) => stop());
    },
  };
}

/** Lines by plot: the first two units together, the next two, and so on. */
function byUnits(lines) {
  const units = [...new Set(lines.map((line) => line.capability.unit ?? ''))];
  const groups = [];
  for (let at = 0; at < units.length; at += AXES) {
    const own = units.slice(at, at + AXES);
    groups.push(lines.filter((line) => own.includes(line.capability.unit ?? '')).map((line) => Object.assign(line, { axis: own.indexOf(line.capability.unit ?? '') })));
  }
  return groups;
}
