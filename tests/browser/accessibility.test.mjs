// Check 20 of the operator pages' reference: everything by keyboard alone, an audit without findings on every page in light
// and dark, no sideways scroll at 320 pixels, a device's name that is only text, and no request to another host.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { audit, Device, openBrowser, provision, secretOf, shot, startHub, tooWide, tutorialTemplate, unlabelled } from './support/site.mjs';

const ID = 'sensor-1';
const NAME = '<img src=x onerror="window.hacked = true">';
const PAGES = ['/devices', '/devices/new', `/devices/${ID}/view/overview`, `/devices/${ID}/view/about`, `/devices/${ID}/form/properties`, `/devices/${ID}/commands`,
  `/devices/${ID}/raw`, `/devices/${ID}/twin`, `/devices/${ID}#connect`, '/devices/plain', '/hub',
  '/hub/enrollments', '/hub/enrollments/group/default', '/hub/enrollments/new?kind=group', '/hub/enrollments/new?kind=individual', '/hub/certificates', '/hub/faults',
  '/templates', '/nowhere/at/all'];

let hub;
let browser;
let device;

before(async () => {
  hub = await startHub();
  const template = await tutorialTemplate(hub);
  browser = await openBrowser(hub);
  await hub.api('POST', '/api/devices', { id: ID, name: NAME, templateId: template });
  await hub.api('POST', '/api/devices', { id: 'plain' });
  await hub.api('PATCH', `/api/devices/${ID}`, { tags: { '<b>': NAME } }).catch(() => hub.api('PATCH', `/api/devices/${ID}`, { tags: { site: NAME } }));
  const secret = await secretOf(hub, ID);
  await provision(hub, secret);
  device = await Device.connect(hub, secret);
  device.onMethod = (name) => (name === 'blink' ? [200, { description: NAME }] : [202, NAME]);
  device.onDesired = (patch, version) => {
    for (const [name, { value }] of Object.entries(patch)) device.report({ [name]: { value, ac: 200, av: version } });
  };
  await device.send({ temp: 70, humid: 40, extra: NAME });
  await device.send({ temp: 71, humid: 41 });
  await device.send('{"broken');
  await device.report({ state: 'true', manufacturer: NAME });
});

after(async () => {
  await device?.end();
  await browser?.close();
  await hub?.stop();
});

/** Opens a page and waits for what it loads. */
async function open(page, path) {
  await page.goto(hub.origin + path);
  await page.locator('main h1').first().waitFor();
  if (path.startsWith(`/devices/${ID}`)) await page.locator('.tabs a').first().waitFor();
  // a chart is drawn when it is seen
  if (path.endsWith('/overview')) await page.getByTestId('chart-temp').scrollIntoViewIfNeeded();
  if (path.endsWith('/overview')) await page.locator('[data-testid="chart-temp"] .stroke').waitFor({ state: 'attached' });
  if (path.endsWith('/raw')) await page.getByTestId('message-row').first().waitFor();
  if (path.endsWith('#connect')) await page.getByTestId('connect-python').waitFor();
  if (path === '/devices') await page.getByTestId(`device-row-${ID}`).waitFor();
  if (path === '/hub/enrollments') await page.getByTestId('enrollment-row-default').waitFor();
}

/** The same with everything open that a page has besides. */
async function openAll(page, path) {
  await open(page, path);
  if (path === '/devices') await page.getByTestId(`select-${ID}`).check();
  if (path.endsWith('#connect')) await page.getByTestId('show-qr').click();
  if (path === '/hub/enrollments/group/default') await page.getByTestId('show-keys').click();
  if (path === '/hub/enrollments/group/default') await page.getByTestId('primary-key').waitFor();
}

describe('every page', { concurrency: false }, () => {
  for (const colorScheme of ['light', 'dark']) {
    test(`passes an audit of accessibility, ${colorScheme}`, async () => {
      const page = await browser.page({ colorScheme, allowed: /404/, bypassCSP: true });
      const all = {};
      for (const path of PAGES.filter((one) => !one.startsWith('/nowhere'))) {
        await openAll(page, path);
        const found = await audit(page);
        if (found.length > 0) all[path] = found;
      }
      await page.close();
      assert.deepEqual(all, {});
    });
  }

  test('has a label on every control', async () => {
    const page = await browser.page();
    for (const path of PAGES.filter((one) => !one.startsWith('/nowhere'))) {
      await openAll(page, path);
      assert.deepEqual(await unlabelled(page), [], path);
    }
    await page.close();
  });

  test('does not scroll sideways at 320 pixels', async () => {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.page({ viewport: { width: 320, height: 700 }, colorScheme });
      for (const path of PAGES.filter((one) => !one.startsWith('/nowhere'))) {
        await openAll(page, path);
        assert.deepEqual(await tooWide(page), [], path);
        await shot(page, `phone-${colorScheme}${path.replaceAll(/[/#?=]/g, '-')}`);
      }
      await page.close();
    }
  });

  test('shows what a device says as text only', async () => {
    const page = await browser.page();
    for (const path of PAGES.filter((one) => !one.startsWith('/nowhere'))) {
      await openAll(page, path);
      assert.equal(await page.locator('main img, dialog img').count(), 0, path);
      assert.equal(await page.evaluate(() => window.hacked), undefined, path);
    }
    await open(page, `/devices/${ID}/view/about`);
    await page.getByRole('heading', { name: NAME }).waitFor();
    await page.getByTestId('value-manufacturer').getByText(NAME).waitFor();
    await page.close();
  });

  test('keeps to reduced motion and to forced colours', async () => {
    const page = await browser.page({ reducedMotion: 'reduce', forcedColors: 'active' });
    await open(page, `/devices/${ID}/form/properties`);
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    await shot(page, 'forced-colors');
    await page.close();
  });
});

describe('by keyboard alone an operator', { concurrency: false }, () => {
  let page;
  const press = (keys) => page.keyboard.press(keys);
  const focused = () => page.evaluate(() => document.activeElement.dataset.testid ?? document.activeElement.textContent);

  /** Presses Tab until the wanted control has the focus. */
  async function tabTo(testId) {
    for (let count = 0; count < 80; count += 1) {
      if (await page.evaluate((hook) => document.activeElement.dataset?.testid === hook, testId)) return;
      await press('Tab');
    }
    assert.fail(`${testId} is not reached by Tab`);
  }

  before(async () => { page = await browser.page(); });
  after(() => page.close());

  test('skips to the content, searches, and opens a device from the list', async () => {
    await open(page, '/devices');
    await press('Tab');
    assert.equal(await focused(), 'Skip to content');
    await press('Enter');
    await press('/');
    await page.keyboard.type('sensor');
    await page.getByTestId('device-row-plain').waitFor({ state: 'detached' });
    await page.locator('.device-link').focus();
    await press('Enter');
    await page.getByTestId('tab-form-properties').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  });

  test('makes a device and closes its Connect dialog', async () => {
    await press('g');
    await press('d');
    await page.getByTestId('add-device').waitFor();
    await tabTo('add-device');
    await press('Enter');
    await page.getByTestId('input-device-id').waitFor();
    await tabTo('input-device-id');
    await page.keyboard.type('by-keyboard');
    await press('Control+Enter');
    await page.getByTestId('connect-primary-key').waitFor();
    await tabTo('copy-connect-primary-key');
    await press('Enter');
    await press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
  });

  test('saves a property and runs a command', async () => {
    await open(page, `/devices/${ID}/form/properties`);
    await tabTo('input-brightness');
    await page.keyboard.type('2');
    await press('Control+Enter');
    await page.locator('[data-testid="sync-brightness"][data-sync="synced"]').waitFor();
    await page.getByTestId('tab-commands').focus();
    await press('Enter');
    await page.getByTestId('input-blink').waitFor();
    await tabTo('input-blink');
    await page.keyboard.type('3');
    await press('Control+Enter');
    await page.locator('[data-testid="history-row"][data-command="blink"][data-state="succeeded"]').waitFor();
  });

  test('walks along a chart, selects a range, zooms to it and goes back', async () => {
    await open(page, `/devices/${ID}/view/overview`);
    await page.locator('[data-testid="chart-temp"] .plot').focus();
    await press('ArrowLeft');
    await page.locator('[data-testid="chart-temp"] .tip').waitFor();
    await press('Shift+ArrowLeft');
    await page.locator('[data-testid="chart-temp"] .selection').waitFor();
    await press('Enter');
    await page.waitForFunction(() => location.search.includes('from='));
    await press('Escape');
    await page.waitForFunction(() => !location.search.includes('from='));
  });

  test('reads the list of keys and turns single letters off', async () => {
    await open(page, '/devices');
    await press('?');
    const off = page.locator('dialog input[type="checkbox"]');
    await off.waitFor();
    await off.focus();
    await press('Space');
    await press('Escape');
    await press('/');
    assert.notEqual(await page.evaluate(() => document.activeElement.type), 'search');
    await page.evaluate(() => localStorage.clear());
  });

  test('reports no error and asks no other host', () => assert.deepEqual(browser.complaints, []));
});
