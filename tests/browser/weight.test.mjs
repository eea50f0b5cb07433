// What a page weighs: the bytes that travel for its first visit, counted by the browser.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Device, openBrowser, provision, startHub, tutorialTemplate } from './support/site.mjs';

const ID = 'sensor-1';
const LIMIT = 200_000;

let hub;
let browser;
let template;
let device;

before(async () => {
  hub = await startHub();
  template = await tutorialTemplate(hub);
  browser = await openBrowser(hub);
  await hub.api('POST', '/api/devices', { id: ID, templateId: template });
  // as many as a page shows, and some more
  for (let index = 0; index < 60; index += 1) await hub.api('POST', '/api/devices', { id: `d-${index}`, name: `Device ${index}`, templateId: template });
  const { primaryKey, idScope } = await hub.api('GET', `/api/devices/${ID}/credentials`);
  const secret = { idScope, deviceId: ID, primaryKey };
  await provision(hub, secret);
  device = await Device.connect(hub, secret);
  for (let index = 0; index < 100; index += 1) await device.send({ temp: 70 + index / 10, humid: 40 });
});

after(async () => {
  await device?.end();
  await browser?.close();
  await hub?.stop();
});

/** Opens a page in a browser that knows nothing yet; answers the bytes of each answer by its address, and of all. */
async function weigh(path, ready) {
  const page = await browser.page();
  const session = await page.context().newCDPSession(page);
  const urls = new Map();
  const bytes = new Map();
  session.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(urls.get(requestId), encodedDataLength));
  await session.send('Network.enable');
  await page.goto(hub.origin + path);
  await ready(page);
  await page.waitForLoadState('load');
  const named = await page.locator('link[rel="modulepreload"]').evaluateAll((links) => links.map(({ href }) => href));
  await page.context().close();
  const total = [...bytes.values()].reduce((sum, one) => sum + one, 0);
  console.log(`${path}: ${total} bytes in ${bytes.size} answers`);
  return { bytes, total, named };
}

describe('a page that is visited for the first time', { concurrency: false }, () => {
  for (const [name, path, ready] of [
    ['the list of devices', () => '/devices', (page) => page.locator('[data-row]').first().waitFor()],
    ['the overview of a device', () => `/devices/${ID}/view/overview`, (page) => page.locator('[data-testid="chart-temp"] .stroke').waitFor({ state: 'attached' })],
    ['a template', () => `/templates/${template}`, (page) => page.getByTestId('publish').waitFor()],
    ['the customisations of a template', () => `/templates/${template}/customize`, (page) => page.locator('main input').first().waitFor()],
    ['the enrollments', () => '/hub/enrollments', (page) => page.getByTestId('enrollment-row-default').waitFor()],
  ]) {
    test(`loads ${name} with fewer than ${LIMIT} bytes`, async () => {
      const { total, bytes, named } = await weigh(path(), ready);
      assert.deepEqual([...bytes.keys()].filter((url) => url?.endsWith('.js')).sort(), named.sort(), 'scripts that the page names, to be fetched at once');
      assert.ok(bytes.size > 5, 'the answers are counted');
      assert.ok(total < LIMIT, `${total} bytes:\n${[...bytes].map(([url, size]) => `${size} ${url}`).join('\n')}`);
    });
  }

  test('finds files and lists compressed, and what has keys as it is', async () => {
    const encoding = async (path) => (await fetch(hub.origin + path, { headers: { 'accept-encoding': 'gzip' } })).headers.get('content-encoding');
    assert.equal(await encoding('/assets/app.js'), 'gzip');
    assert.equal(await encoding('/api/devices'), 'gzip');
    assert.equal(await encoding(`/api/devices/${ID}/credentials`), null);
    assert.equal(await encoding('/api/enrollments/group/default/keys'), null);
  });

  test('does not fetch again what it has', async () => {
    const page = await browser.page();
    await page.goto(`${hub.origin}/devices`);
    await page.locator('[data-row]').first().waitFor();
    const again = page.waitForResponse((response) => response.url().endsWith('/assets/style.css'));
    await page.reload();
    assert.equal((await again).status(), 304);
    await page.context().close();
  });

  test('reported no error and asked no other host', () => assert.deepEqual(browser.complaints, []));
});
