// Check 20 of the operator pages' reference, without its keyboard (keyboard.test.mjs): an audit without findings on every page in
// light and dark, no sideways scroll at 320 pixels, a device's name that is only text, and no request to another host.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { audit, Device, openBrowser, provision, secretOf, shot, startHub, tooWide, tutorialTemplate, unlabelled } from './support/site.mjs';

const ID = 'sensor-1';
const NAME = '<img src=x onerror="window.hacked = true">';
const PHONE = { width: 320, height: 700 };

let hub;
let browser;
let device;
let template;

/** An address of every page there is. */
const pages = () => ['/devices', '/devices/new', `/devices/${ID}/view/overview`, `/devices/${ID}/view/about`, `/devices/${ID}/form/properties`, `/devices/${ID}/commands`,
  `/devices/${ID}/raw`, `/devices/${ID}/twin`, `/devices/${ID}#connect`, '/devices/plain', '/hub', '/hub/enrollments', '/hub/enrollments/group/default', '/hub/enrollments/new?kind=group',
  '/hub/enrollments/new?kind=individual', '/hub/certificates', '/hub/faults', '/devices/nobody',
  '/templates', '/templates/new', ...['', '/customize', '/views', '/views/overview', '/views/properties', '/views/new?kind=view'].map((part) => `/templates/${template}${part}`)];

before(async () => {
  hub = await startHub();
  template = await tutorialTemplate(hub);
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
  if (path.endsWith('/view/overview')) await page.getByTestId('chart-temp').scrollIntoViewIfNeeded();
  if (path.endsWith('/view/overview')) await page.locator('[data-testid="chart-temp"] .stroke').waitFor({ state: 'attached' });
  if (path.endsWith('/raw')) await page.getByTestId('message-row').first().waitFor();
  if (path.endsWith('#connect')) await page.getByTestId('connect-python').waitFor();
  if (path.startsWith(`/templates/${template}`)) await page.getByTestId('template-menu').waitFor();
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

describe('check 20: every page', { concurrency: false }, () => {
  for (const colorScheme of ['light', 'dark']) {
    // in light on a screen that becomes a phone's, in dark on a phone from the beginning
    const viewport = colorScheme === 'light' ? { width: 1360, height: 900 } : PHONE;
    test(`passes an audit of accessibility, names its controls, fits 320 pixels and shows a device's text as text, ${colorScheme}`, async () => {
      const page = await browser.page({ colorScheme, viewport, allowed: /404/, bypassCSP: true });
      const found = {};
      for (const path of pages()) {
        await openAll(page, path);
        const wrong = [...await audit(page), ...await unlabelled(page)];
        await page.setViewportSize(PHONE);
        wrong.push(...await tooWide(page));
        if (await page.locator('main img, dialog img').count() > 0 || await page.evaluate(() => window.hacked)) wrong.push('text of a device became an element');
        if (wrong.length > 0) found[path] = wrong;
        await shot(page, `phone-${colorScheme}${path.replaceAll(/[/#?=]/g, '-')}`);
        await page.setViewportSize(viewport);
      }
      await page.close();
      assert.deepEqual(found, {});
    });
  }

  test('shows the name of a device that looks like markup as it is', async () => {
    const page = await browser.page();
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

test('check 20: the pages reported no error and asked no other host', () => assert.deepEqual(browser.complaints, []));
