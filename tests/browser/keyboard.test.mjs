// Check 20's run by keyboard alone: checks 1 to 15 of the operator pages' reference once more, without a pointer. Focus goes by Tab
// and by the keys that the pages have; nothing is clicked, filled in or focused by the test.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Device, openBrowser, provision, root, secretOf, startHub, until } from './support/site.mjs';

const MODEL = readFileSync(join(root, 'models/environmental_sensor.json'), 'utf8');
const ID = 'by-keyboard';
const TEMPLATE = 'environmental-sensor-device';
let hub;
let browser;
let page;
let device;

before(async () => {
  hub = await startHub();
  browser = await openBrowser(hub);
  // a model with its placeholder is meant to be refused
  page = await browser.page({ allowed: /400/ });
  // while somebody listens the browser hands its choosers over; to begin and end with each one could miss a key
  page.on('filechooser', () => {});
});

after(async () => {
  await device?.end();
  await browser?.close();
  await hub?.stop();
});

const hook = (id) => page.getByTestId(id);
const sync = (name, state) => page.locator(`[data-testid="sync-${name}"][data-sync="${state}"]`).waitFor();
/** The stream may tell of a value before the answer to its save does, and until that nothing more is sent. */
const saved = () => hook('save-reason').getByText('Nothing is changed.').waitFor();
const desired = async () => (await hub.api('GET', `/api/devices/${ID}/twin`)).desired;
const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
const type = (text) => page.keyboard.type(text);

/** Presses Tab until what matches has the focus; a name stands for its hook. */
async function tabTo(target, key = 'Tab') {
  const selector = target.includes('[') || target.includes(' ') ? target : `[data-testid="${target}"]`;
  await page.locator(selector).first().waitFor({ state: 'attached' });
  for (let count = 0; count < 150; count += 1) {
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await press(key);
  }
  assert.fail(`${target} is not reached by ${key}`);
}

/** Goes to a control and presses it. */
async function enter(target) {
  await tabTo(target);
  await press('Enter');
}

/** Types over what a control has. */
async function retype(target, text) {
  await tabTo(target);
  await press('ControlOrMeta+A');
  await type(text);
}

/** Chooses a file in the chooser that the key opens. */
async function chooseFile(text) {
  await tabTo('input-files');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Enter')]);
  await chooser.setFiles({ name: 'capabilitymodel.json', mimeType: 'application/json', buffer: Buffer.from(text) });
}

/** Opens a tab by its link. */
const openTab = (name) => enter(`tab-${name}`);

describe('check 20: by keyboard alone somebody who builds templates', { concurrency: false }, () => {
  test('skips to the content, goes by keys and reads which there are (keys of every page)', async () => {
    await page.goto(`${hub.origin}/devices`);
    await hook('add-device').first().waitFor();
    await press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
    await press('Enter', '?');
    await page.locator('dialog kbd').first().waitFor();
    await press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await press('g', 't');
    await hook('no-templates').waitFor();
  });

  test('check 1: imports the tutorial file, after its placeholder was refused', async () => {
    await enter('import-model');
    await page.waitForURL('**/templates/new');
    await chooseFile(MODEL.replaceAll('urn:device_model:', 'urn:{YOUR_COMPANY_NAME_HERE}:'));
    await hook('problem').waitFor();
    assert.equal(await hook('problem').getAttribute('data-line'), '3');
    await page.waitForFunction(() => document.querySelector('[data-testid="input-files"]')?.disabled === false);
    await chooseFile(MODEL);
    await hook('group-sensor').waitFor();
    assert.equal(await page.locator('[data-testid^="capability-"]').count(), 17);
  });

  test('check 2: names the states Online and Offline, which stay, and saves the model as it was', async () => {
    await openTab('customize');
    await enter('[data-testid="customize-state"] > summary');
    await retype('customize-state-trueName', 'Online');
    await retype('customize-state-falseName', 'Offline');
    await press('Control+Enter');
    await until(page, 'customize-status', 'textContent', 'No changes.');
    await page.reload();
    await enter('[data-testid="customize-state"] > summary');
    assert.equal(await hook('customize-state-trueName').inputValue(), 'Online');
    await tabTo('template-menu', 'Shift+Tab');
    await press('Enter');
    const [download] = await Promise.all([page.waitForEvent('download'), (async () => {
      await tabTo('export-model', 'ArrowDown');
      await press('Enter');
    })()]);
    assert.equal(readFileSync(await download.path(), 'utf8'), MODEL);
  });

  test('check 3: generates the default views, twice without doubles', async () => {
    await openTab('views');
    for (let times = 0; times < 2; times += 1) {
      await enter('generate-views');
      await enter('submit-dialog');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await hook('view-commands').waitFor();
      assert.equal(await page.locator('.view-row').count(), 3);
    }
  });

  test('check 4: makes a form of two properties in their order', async () => {
    await enter('add-form');
    await page.waitForFunction(() => document.activeElement.dataset.testid === 'view-name');
    await type('Properties');
    for (const [name, path] of [['Brightness', 'brightness'], ['Customer', 'name']]) {
      await tabTo('pick-property');
      await type(name);
      await press('Tab', 'Enter');
      await hook(`editable-${path}`).waitFor();
    }
    assert.deepEqual(await hook('form-field').evaluateAll((all) => all.map((one) => one.dataset.path)), ['brightness', 'name']);
    await press('Control+Enter');
    await hook('view-properties').waitFor();
  });

  test('check 5: publishes the template, which devices can have from then on', async () => {
    const offered = async () => {
      await press('g', 'd');
      await enter('add-device');
      await page.locator('[data-testid="input-device-template"][data-loaded]').waitFor();
      return hook('input-device-template').locator('option').allTextContents();
    };
    await page.locator('h1').waitFor();
    assert.ok(!(await offered()).includes('Environmental Sensor Device'));
    await tabTo('a[data-section="templates"]', 'Shift+Tab');
    await press('Enter');
    await enter(`[data-testid="template-row-${TEMPLATE}"] a`);
    await enter('publish');
    await until(page, 'template-state', 'textContent', 'Published');
    await tabTo('tab-model');
    assert.ok((await offered()).includes('Environmental Sensor Device'));
  });
});

describe('check 20: by keyboard alone an operator', { concurrency: false }, () => {
  test('check 6: makes a device, is told of an id that is too long, and copies its key', async () => {
    await tabTo('input-device-template');
    await type('Environmental');
    await retype('input-device-id', 'x'.repeat(129));
    await press('Control+Enter');
    await page.getByText('An id has at most 128 characters, this one has 129.').waitFor();
    await retype('input-device-id', ID);
    await press('Control+Enter');
    await enter('copy-connect-primary-key');
    const { primaryKey } = await secretOf(hub, ID);
    await page.waitForFunction((key) => navigator.clipboard.readText().then((text) => text === key), primaryKey);
    await press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.locator('.device-facts [data-status="registered"]').waitFor();
  });

  test('check 7: sees the device provisioned and connected', async () => {
    const secret = await secretOf(hub, ID);
    await provision(hub, secret);
    device = await Device.connect(hub, secret);
    await page.locator('.device-facts [data-status="provisioned"]').waitFor();
    await page.locator('.device-facts [data-connected="true"]').waitFor();
  });

  test('check 8: sees values and charts, walks along a chart, zooms and goes back', async () => {
    await openTab('view-overview');
    await device.send({ temp: 71.5, humid: 40.25 });
    await until(page, 'latest-temp', 'textContent', '71.50');
    await device.send({ temp: 72.5, humid: 41 });
    await until(page, 'latest-temp', 'textContent', '72.50');
    await tabTo('[data-testid="chart-temp"] .plot');
    await press('ArrowLeft');
    await page.locator('[data-testid="chart-temp"] .tip').waitFor();
    await press('Shift+ArrowLeft');
    await page.locator('[data-testid="chart-temp"] .selection').waitFor();
    await press('Enter');
    await page.waitForFunction(() => location.search.includes('from='));
    await press('Escape');
    await page.waitForFunction(() => !location.search.includes('from='));
  });

  test('check 9: reads Online, with its mark, and Offline', async () => {
    await tabTo('tab-view-about', 'Shift+Tab');
    await press('Enter');
    await device.report({ state: 'true' });
    await hook('value-state').getByText('Online').waitFor();
    await hook('value-state').getByTestId('type-mark').waitFor();
    await device.report({ state: false });
    await hook('value-state').getByText('Offline').waitFor();
  });

  test('check 10: saves 0, 2 and an empty name', async () => {
    await openTab('form-properties');
    for (const brightness of [0, 2]) {
      await retype('input-brightness', String(brightness));
      await press('Control+Enter');
      await hook('note-brightness').getByText(`asked for ${brightness}`).waitFor();
      await saved();
      assert.deepEqual((await desired()).brightness, { value: brightness });
    }
    await enter('empty-input-name');
    await press('Control+Enter');
    await sync('name', 'pending');
    await saved();
    assert.deepEqual((await desired()).name, { value: '' });
  });

  test('check 11: sees Pending, then Synced, and a stale answer changing nothing', async () => {
    const asked = new Promise((done) => { device.onDesired = (patch, version) => patch.brightness && done(version); });
    await tabTo('input-brightness', 'Shift+Tab');
    await retype('input-brightness', '3');
    await press('Control+Enter');
    await sync('brightness', 'pending');
    await saved();
    const version = await asked;
    await device.report({ brightness: { value: 3, status: 'completed', desiredVersion: version - 1 } });
    await hook('note-brightness').getByText('not acknowledged').waitFor();
    await device.report({ brightness: { value: 3, status: 'completed', desiredVersion: version } });
    await sync('brightness', 'synced');
  });

  test('check 12: reads why a value was refused, tries it again, and sees what the device chose', async () => {
    const versions = [];
    let again;
    const retried = new Promise((done) => { again = done; });
    device.onDesired = (_patch, version) => {
      versions.push(version);
      if (versions.length === 1) device.report({ brightness: { value: 3, ac: 400, av: version, ad: 'too bright' } });
      else again(version);
    };
    await retype('input-brightness', '9');
    await press('Control+Enter');
    await hook('note-brightness').getByText('too bright').waitFor();
    await enter('retry-note-brightness');
    const version = await retried;
    assert.ok(version > versions[0]);
    await device.report({ brightness: { value: 4, ac: 200, av: version } });
    await hook('note-brightness').getByText('device chose 4, you asked for 9').waitFor();
    device.onDesired = () => {};
  });

  test('check 13: reads the same badge for each format of an acknowledgement', async () => {
    const { properties } = await hub.api('GET', `/api/devices/${ID}`);
    const { desiredVersion: version } = properties.find((one) => one.name === 'name');
    for (const ack of [{ value: '', ac: 200, av: version }, { value: '', status: 'completed', desiredVersion: version },
      { value: { value: '' }, status: 'completed', desiredVersion: version, ad: 'completed', av: version, ac: 200 }]) {
      await device.report({ name: null });
      await sync('name', 'pending');
      await device.report({ name: ack });
      await sync('name', 'synced');
    }
  });

  test('check 14: goes on typing while the value changes, and takes the new one by a key', async () => {
    await tabTo('input-brightness', 'Shift+Tab');
    await retype('input-brightness', '12345');
    await press('Home', 'ArrowRight', 'ArrowRight');
    await hub.api('PATCH', `/api/devices/${ID}/properties`, [{ component: null, name: 'brightness', value: 7 }]);
    await hook('offer-brightness').getByText('Changed to 7').waitFor();
    assert.deepEqual(await page.evaluate(() => [document.activeElement.value, document.activeElement.selectionStart]), ['12345', 2]);
    await enter('[data-testid="offer-brightness"] button');
    assert.equal(await hook('input-brightness').inputValue(), '7');
  });

  test('check 15: runs blink with 3 and the diagnostics, which complete later', async () => {
    device.onMethod = (name, payload) => (name === 'blink' ? [200, { description: `blinking every ${payload} s` }] : [202, null]);
    await tabTo('tab-commands', 'Shift+Tab');
    await press('Enter');
    await tabTo('input-blink');
    await type('3');
    await press('Control+Enter');
    const row = (name, state) => page.locator(`[data-testid="history-row"][data-command="${name}"][data-state="${state}"]`);
    await row('blink', 'succeeded').getByText('blinking every 3 s').first().waitFor();
    await enter('run-rundiagnostics');
    await row('rundiagnostics', 'accepted').waitFor();
    await device.report({ rundiagnostics: { value: 'all well' } });
    await row('rundiagnostics', 'completed').getByText('all well').waitFor();
    await enter('[data-testid="history-row"] summary');
    await page.locator('[data-testid="history-row"] details[open]').waitFor();
  });

  test('searches the list, walks through it by arrows, and turns single letters off', async () => {
    await hub.api('POST', '/api/devices', { id: 'by-keyboard-too' });
    await press('g', 'd');
    await hook('device-row-by-keyboard-too').waitFor();
    await press('/');
    await type('too');
    await hook(`device-row-${ID}`).waitFor({ state: 'detached' });
    await press('ControlOrMeta+A', 'Delete');
    await hook(`device-row-${ID}`).waitFor();
    await tabTo('.device-link ');
    await press('ArrowDown');
    assert.ok(await page.evaluate(() => document.activeElement.matches('.device-link')));
    await press('?');
    await tabTo('dialog input[type="checkbox"]');
    await press('Space', 'Escape', '/');
    assert.notEqual(await page.evaluate(() => document.activeElement.type), 'search');
    await page.evaluate(() => localStorage.clear());
  });

  test('has seen no error and no request to another host', () => assert.deepEqual(browser.complaints, []));
});
