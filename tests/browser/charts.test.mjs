// What charts and lanes show: lines that come in and go out of the frame, the state that is in force when it begins, where
// nothing is known, exact numbers, and history that outlives the hub (check 19).
//
// Everything waits for a condition; nothing sleeps for time to pass.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect, publish, timeOf } from './support/charts.mjs';
import { openBrowser, shot, startHub } from './support/site.mjs';

const TELEMETRIES = {
  temp: 'double', count: 'long', on: 'boolean', location: { '@type': 'Object', fields: [{ name: 'speed', schema: 'double' }, { name: 'road', schema: 'string' }] },
};
const TILES = [['line', ['temp']], ['line', ['count']], ['state', ['on']], ['line', ['location.speed']]];
const MINUTE = 60_000;
const LEFT = 52; // where the frame of a plot begins, in pixels
const BEGIN = Date.parse('2026-03-02T08:00:00Z');

let hub;
let browser;
let page;
let template;

/** A new device, connected. */
async function create(id) {
  await hub.api('POST', '/api/devices', { id, templateId: template });
  return connect(hub, id);
}

/** Sends values with the times they are of, `[milliseconds, values]`. */
const send = (device, rows) => Promise.all(rows.map(([at, values]) => device.send(values, timeOf(at))));

/** Opens the view, for a time if there is one, with everything loaded. */
async function open(id, from = null, to = null) {
  const range = from === null ? '' : `?from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  await page.goto(`${hub.origin}/devices/${id}/view/charts${range}`);
  await page.waitForFunction((count) => document.querySelectorAll('figure.chart[data-loaded]').length === count, TILES.length);
}

const chart = (name) => page.getByTestId(`chart-${name}`);

/** The pixels a line goes through. */
async function spots(name) {
  const path = await chart(name).locator('.stroke').first().getAttribute('d');
  return path.split(/[ML]/).filter(Boolean).map((spot) => spot.split(',').map(Number));
}

/** Moves the pointer to a part of the frame's width. */
async function hover(name, part) {
  await chart(name).scrollIntoViewIfNeeded();
  const box = await chart(name).locator('.plot').boundingBox();
  const right = LEFT + Number(await chart(name).locator('clipPath rect').getAttribute('width'));
  await page.mouse.move(box.x + LEFT + (right - LEFT) * part, box.y + 100);
  await chart(name).locator('.tip').waitFor();
  return chart(name).locator('.tip').textContent();
}

/** The lane's blocks, `[the state or null, first pixel, last pixel]`. */
const blocks = () => page.getByTestId('states-on').locator('.block').evaluateAll((all) => all.map((block) => {
  const rect = block.querySelector('rect');
  return [block.dataset.state ?? null, Math.round(Number(rect.getAttribute('x'))), Math.round(Number(rect.getAttribute('x')) + Number(rect.getAttribute('width')))];
}));

/** What "Show as table" has of a chart's line, the oldest first. */
async function table(name) {
  const details = chart(name).locator('details');
  if (await details.getAttribute('open') === null) await details.locator('summary').click();
  await details.locator('tbody tr').first().waitFor();
  return (await details.locator('tbody tr td:nth-child(2)').allTextContents()).reverse();
}

before(async () => {
  hub = await startHub();
  template = await publish(hub, TELEMETRIES, TILES);
  browser = await openBrowser(hub);
  page = await browser.page({ allowed: /ERR_/ });
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('a chart', { concurrency: false }, () => {
  test('lets a line come in from before its frame and go out of it', async () => {
    const device = await create('line');
    await send(device, [[-5_000, 10], [5_000, 20], [12_000, 10], [5 * MINUTE, 5]].map(([at, temp]) => [BEGIN + at, { temp }]));
    await open('line', BEGIN, BEGIN + 8_000);
    const points = await spots('temp');
    assert.deepEqual(points.length, 3, 'the value before, the one within and the one after');
    const width = Number(await chart('temp').locator('clipPath rect').getAttribute('width'));
    assert.ok(points[0][0] < LEFT && points[2][0] > LEFT + width, `${points} around ${width} pixels`);
    assert.match(await chart('temp').locator('.body, g[clip-path]').first().getAttribute('clip-path'), /^url\(#frame-\d+\)$/);
    assert.match(await chart('temp').locator('.chart-summary').textContent(), /last 20.*1 value/);
    await open('line', BEGIN - 4_000, BEGIN + 4_000);
    assert.equal((await spots('temp')).length, 2, 'a line through a frame without values');
    await open('line', BEGIN + 60_000, BEGIN + 120_000);
    await chart('temp').getByText('No data in this range').waitFor();
    await chart('temp').getByTestId('show-past').click();
    await page.waitForFunction(() => document.querySelector('[data-testid="chart-temp"] .chart-summary').textContent.includes('3 values'));
    await shot(page, 'chart-edges');
    await device.end();
  });

  test('shows a lane in the state that was set before its frame', async () => {
    const device = await create('lane');
    await send(device, [[BEGIN - 60 * MINUTE, { on: false }], [BEGIN - 50 * MINUTE, { on: true }]]);
    await send(device, Array.from({ length: 300 }, (_, second) => [BEGIN - 10 * MINUTE + second * 1000, { temp: second }]));
    await open('lane', BEGIN, BEGIN + 10 * MINUTE);
    const width = await page.getByTestId('states-on').locator('.plot').evaluate((plot) => Math.floor(plot.getBoundingClientRect().width));
    assert.deepEqual(await blocks(), [['true', 12, width - 12]]);
    await send(device, [[BEGIN + 5 * MINUTE, { on: false }]]);
    await open('lane', BEGIN, BEGIN + 10 * MINUTE);
    assert.deepEqual((await blocks()).map(([state]) => state), ['true', 'false']);
    const rows = page.getByTestId('states-on').locator('tbody tr');
    await page.getByTestId('states-on').locator('summary').click();
    await rows.first().waitFor();
    assert.deepEqual(await rows.locator('td:nth-child(4)').allTextContents(), ['false', 'true']);
    await device.end();
  });

  test('shows in a lane where nothing is known', async () => {
    const device = await create('away');
    await open('away');
    await device.send({ on: true });
    await page.locator('.block[data-state="true"]').waitFor({ state: 'attached' });
    await device.end();
    await page.locator('.block.unknown').waitFor({ state: 'attached' });
    await open('away');
    await page.locator('.block.unknown').waitFor({ state: 'attached' });
    assert.deepEqual((await blocks()).map(([state]) => state), ['true', null]);
    const again = await connect(hub, 'away');
    await again.send({ on: true });
    await page.waitForFunction(() => [...document.querySelectorAll('[data-testid="states-on"] .block')].at(-1).dataset.state === 'true');
    assert.deepEqual((await blocks()).map(([state]) => state), ['true', null, 'true']);
    await shot(page, 'chart-lanes');
    await again.end();
  });

  test('tells a long with all its digits', async () => {
    const device = await create('long');
    const values = ['9007199254740993', '9007199254740995', '-9223372036854775807'];
    const digits = (text) => text.replaceAll(',', '');
    for (const [index, value] of values.entries()) await device.send(`{"count":${value}}`, timeOf(BEGIN + (index - 1) * 4000));
    await open('long', BEGIN - 8_000, BEGIN + 8_000);
    assert.deepEqual((await table('count')).map(digits), values);
    assert.ok(digits(await hover('count', 0.5)).includes(values[1]));
    const live = '9223372036854775807';
    await open('long');
    await device.send(`{"count":${live}}`);
    await chart('count').locator('.stroke').waitFor({ state: 'attached' });
    assert.ok(digits(await hover('count', 1)).includes(live));
    await device.end();
  });

  test('marks the true place of a peak among thousands of values', async () => {
    const device = await create('peak');
    const [count, peak] = [4_200, 2_102];
    await send(device, Array.from({ length: count }, (_, second) => [BEGIN + second * 1000, { temp: second === peak ? 99.5 : second % 7 }]));
    await open('peak', BEGIN, BEGIN + count * 1000);
    assert.match(await hover('temp', peak / count), /99\.50 of \d+: 0\.00 to 99\.50/);
    const width = Number(await chart('temp').locator('clipPath rect').getAttribute('width'));
    const dot = Number(await chart('temp').locator('circle.dot').getAttribute('cx'));
    assert.ok(Math.abs(dot - (LEFT + (width * peak) / count)) < 0.5, `${dot} of ${width}`);
    assert.match(await chart('temp').locator('.chart-summary').textContent(), /highest 99\.50, 4,?200 values/);
    await device.end();
  });

  test('draws the numbers inside an object, which the editor of views offers', async () => {
    const device = await create('inside');
    await send(device, [3, 5, 4].map((speed, second) => [BEGIN + second * 1000, { location: { speed, road: 'A1' } }]));
    await open('inside', BEGIN - 1000, BEGIN + 3000);
    assert.equal((await spots('location.speed')).length, 3);
    await device.send({ location: { speed: 7 } });
    await open('inside');
    assert.match(await chart('location.speed').locator('.chart-summary').textContent(), /location · speed: last 7/);
    const { views } = await hub.api('GET', `/api/templates/${template}`);
    await page.goto(`${hub.origin}/templates/${template}/views/${views[0].slug}`);
    await page.getByTestId('pick').first().waitFor();
    const offered = await page.locator('[data-testid="tile"][data-capabilities="temp"] [data-testid="pick"] option').evaluateAll((all) => all.map((one) => one.value));
    assert.deepEqual(offered, ['count', 'location.speed']);
    await device.end();
  });

  test('19: is whole after the hub was killed and the page is loaded again', async () => {
    const rows = (from, to) => Array.from({ length: to - from }, (_, index) => [BEGIN + (from + index) * 1000, { temp: from + index }]);
    const first = await create('kept');
    await send(first, rows(0, 10));
    await open('kept', BEGIN - 1000, BEGIN + 20_000);
    assert.equal((await spots('temp')).length, 10);
    await hub.kill();
    await first.end();
    await page.locator('#banner').waitFor();
    await hub.restart();
    const second = await connect(hub, 'kept');
    await send(second, rows(10, 20));
    await page.reload();
    await page.waitForFunction(() => document.querySelector('[data-testid="chart-temp"][data-loaded] .chart-summary')?.textContent.includes('20 values'));
    assert.deepEqual((await table('temp')).map(Number), Array.from({ length: 20 }, (_, value) => value));
    await second.end();
  });

  test('has seen nothing wrong in the pages', () => {
    assert.deepEqual(browser.complaints, []);
  });
});
