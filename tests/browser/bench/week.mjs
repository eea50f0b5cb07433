// What charts cost: a week of one-second data from the click to the drawn lines, on a cold page and with a processor that is four
// times as slow; what moving the pointer takes; and what the page does while much arrives. Prints figures and judges none.
//
// DEVICE_MODEL  the program, optimised: target/release/device-model
// CHROMIUM      the browser (default: /usr/bin/chromium)
// WEEK_SECONDS  how many seconds of data (default: those of a week)
// LIVE_SECONDS  how long messages arrive (default: 30)

import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { connect, publish, tile, timeOf } from '../support/charts.mjs';
import { chromium as executablePath } from '../support/settings.mjs';
import { editTemplate, startHub } from '../support/site.mjs';

const WEEK = Number(process.env.WEEK_SECONDS ?? 604_800);
const LIVE = Number(process.env.LIVE_SECONDS ?? 30);
const WINDOW = 2000; // messages that wait for their acknowledgements at a time
const SLOW = 4;
const RATE = 50; // messages a second, with a value for each line
const LINES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const HOVERS = 200;

const say = (what, ...figures) => console.log(`${what}: ${figures.join(', ')}`);
const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

const hub = await startHub();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const numbers = ['temp', 'humid', 'pressure', ...LINES];
  const template = await publish(hub, { ...Object.fromEntries(numbers.map((name) => [name, 'double'])), on: 'boolean' }, [['line', ['temp', 'humid', 'pressure']], ['state', ['on']]]);
  await hub.api('POST', '/api/devices', { id: 'week', templateId: template });
  await fill();
  await server();
  for (const slow of [1, SLOW]) await page(slow);
  await live(template);
} finally {
  await browser.close();
  await hub.stop();
}

/** Stores a message for each second until now. */
async function fill() {
  const device = await connect(hub, 'week');
  const begin = Date.now();
  const first = begin - WEEK * 1000;
  let waiting = [];
  for (let second = 0; second < WEEK; second += 1) {
    const body = `{"temp":${(20 + Math.sin(second / 3600) * 5 + (second % 13) / 20).toFixed(2)},"humid":${(40 + (second % 100) / 10).toFixed(1)},"pressure":${1000 + Math.floor(second / 7) % 50},"on":${Math.floor(second / 3600) % 2 === 0}}`;
    waiting.push(device.send(body, timeOf(first + second * 1000)));
    if (waiting.length === WINDOW) {
      await Promise.all(waiting);
      waiting = [];
    }
  }
  await Promise.all(waiting);
  await device.end();
  say(`${WEEK} messages stored`, `${Math.round((WEEK * 1000) / (Date.now() - begin))} a second`);
}

/** What the hub takes, asked by a program. */
async function server() {
  const to = Date.now();
  const hour = to - 3_600_000;
  const week = to - WEEK * 1000;
  for (const [what, paths, from] of [['a week, one line', 'temp', week], ['a week, three lines', 'temp,humid,pressure', week], ['a week, one lane', 'on', week], ['an hour, one line', 'temp', hour],
    ['an hour of what was never sent', LINES[0], hour]]) {
    const times = [];
    let text = '';
    for (let turn = 0; turn < 5; turn += 1) {
      const begin = performance.now();
      text = await (await fetch(`${hub.origin}/api/devices/week/telemetry/series?paths=${paths}&from=${from}&to=${to}&width=1000&most=4000`)).text();
      times.push(performance.now() - begin);
    }
    say(`the hub's answer, ${what}`, ms(times.sort((a, b) => a - b)[2]), `${Math.round(text.length / 1000)} kB`, `${Math.round(gzipSync(text).length / 1000)} kB gzip`);
  }
}

/** A page of its own, without a cache, on a processor that is so many times as slow. */
async function open(slow, path) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 } });
  const tab = await context.newPage();
  const devtools = await context.newCDPSession(tab);
  if (slow > 1) await devtools.send('Emulation.setCPUThrottlingRate', { rate: slow });
  // what is on the screen when the charts are drawn, in milliseconds since the navigation began
  await tab.addInitScript(() => {
    window.drawn = (since) => new Promise((done) => {
      const look = () => {
        const charts = [...document.querySelectorAll('figure.chart')];
        const isNew = ({ dataset }) => dataset.loaded !== undefined && dataset.loaded !== since;
        if (charts.length > 0 && charts.every((chart) => isNew(chart) && chart.querySelector('.stroke, .block'))) requestAnimationFrame(() => setTimeout(() => done(performance.now())));
        else requestAnimationFrame(look);
      };
      look();
    });
    window.first = window.drawn(undefined);
  });
  await tab.goto(hub.origin + path);
  const loaded = await tab.evaluate(() => window.first);
  return { tab, context, devtools, loaded };
}

/** Has the plots' drawing and pointer timed, in the page. */
function time(tab) {
  return tab.evaluate(async () => {
    const { Plot } = await import('/assets/chart/plot.js');
    window.times = { draw: [], moveTo: [] };
    for (const name of ['draw', 'moveTo']) {
      const own = Plot.prototype[name];
      Plot.prototype[name] = function timed(...given) {
        const begin = performance.now();
        own.apply(this, given);
        window.times[name].push(performance.now() - begin);
      };
    }
  });
}

async function page(slow) {
  const what = slow === 1 ? '' : `, processor ${slow} times slower`;
  const cold = await open(slow, '/devices/week/view/charts?span=604800');
  say(`a week, from the navigation to the drawn charts on a cold page${what}`, ms(cold.loaded));
  await cold.context.close();
  const { tab, context, loaded } = await open(slow, '/devices/week/view/charts');
  say(`half an hour on a cold page${what}`, ms(loaded));
  await time(tab);
  const taken = await tab.evaluate(async () => {
    const { loaded: before } = document.querySelector('figure.chart').dataset;
    const begin = performance.now();
    document.querySelector('[data-testid="range-604800"]').click();
    return (await window.drawn(before)) - begin;
  });
  const [first] = await tab.evaluate(() => window.times.draw);
  say(`a week, from the click to the drawn charts${what}`, ms(taken), `the plot of three lines drawn in ${ms(first)}`);
  const box = await tab.locator('.plot').first().boundingBox();
  for (let step = 0; step < HOVERS; step += 1) await tab.mouse.move(box.x + 60 + (step * (box.width - 80)) / HOVERS, box.y + 100);
  const moves = (await tab.evaluate(() => window.times.moveTo)).sort((a, b) => a - b);
  say(`a pointer's move over it${what}`, `median ${ms(moves[Math.floor(moves.length / 2)])}`, `99 of 100 within ${ms(moves[Math.floor(moves.length * 0.99)])}`);
  await context.close();
}

/** Lines that much arrives for, on a slow processor. */
async function live(template) {
  const { views: [view] } = await hub.api('GET', `/api/templates/${template}`);
  const tiles = [LINES.slice(0, 4), LINES.slice(4)].map((paths) => tile(['line', paths]));
  await editTemplate(hub, template, 'PUT', `/views/${view.slug}`, { ...view, tiles });
  await editTemplate(hub, template, 'POST', '/publish', {});
  await hub.api('POST', '/api/devices', { id: 'live', templateId: template });
  const device = await connect(hub, 'live');
  const sending = setInterval(() => {
    for (let turn = 0; turn < RATE / 10; turn += 1) device.send(Object.fromEntries(LINES.map((name, index) => [name, index + Math.random()])));
  }, 100);
  const { tab, devtools } = await open(SLOW, '/devices/live/view/charts');
  await time(tab);
  await devtools.send('Performance.enable');
  const metrics = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    return Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
  };
  const before = await metrics();
  await tab.evaluate((seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); }), LIVE);
  const busy = Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
  const after = await metrics();
  clearInterval(sending);
  const { draw } = await tab.evaluate(() => window.times);
  say(`${RATE} messages a second for ${LINES.length} lines, processor ${SLOW} times slower, ${LIVE} s`, `${(draw.length / 2 / LIVE).toFixed(1)} drawings a second of each chart`,
    `main thread busy ${Math.round((100 * (busy.TaskDuration - before.TaskDuration)) / (busy.Timestamp - before.Timestamp))} %`, `heap grew by ${((after.JSHeapUsedSize - before.JSHeapUsedSize) / 1e6).toFixed(1)} MB`);
  await device.end();
}
