// What an operator does with devices: checks 6 to 18 of the operator pages' reference, each by its number, in a real browser
// against a hub of its own, with devices that do as they are told.
// Everything waits for a condition; nothing sleeps for time to pass.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Device, editTemplate, groupKey, openBrowser, provision, shot as picture, startHub, tutorialTemplate, until } from './support/site.mjs';

let hub;
let browser;
let page;
let template;
let device;
let secret;
const ID = 'sensor-1';

before(async () => {
  hub = await startHub({ options: ['--approve-devices'] });
  template = await tutorialTemplate(hub);
  browser = await openBrowser(hub);
  page = await browser.page();
});

after(async () => {
  await device?.end();
  await browser?.close();
  await hub?.stop();
});

const at = (path) => page.goto(`${hub.origin}/devices/${ID}${path}`);
const sync = (name, state) => page.locator(`[data-testid="sync-${name}"][data-sync="${state}"]`);
const shot = (name) => picture(page, name);
const desired = async () => (await hub.api('GET', `/api/devices/${ID}/twin`)).desired;

describe('an operator of devices', { concurrency: false }, () => {
  test('check 6: makes a device, is told in place when its id is too long, and copies what Connect shows', async () => {
    await page.goto(`${hub.origin}/devices`);
    await page.getByRole('heading', { name: 'There is no device yet.' }).waitFor();
    await page.getByTestId('add-device').click();
    await page.getByTestId('input-device-template').selectOption(template);
    await page.getByTestId('input-device-id').fill('x'.repeat(129));
    await page.getByTestId('submit-device').click();
    await page.getByText('An id has at most 128 characters, this one has 129.').waitFor();
    assert.equal(await page.getByTestId('input-device-id').getAttribute('aria-invalid'), 'true');
    assert.equal((await hub.api('GET', '/api/devices')).items.length, 0);
    await page.getByTestId('input-device-id').fill(ID);
    await page.getByTestId('input-device-name').fill('Sensor at the window');
    await page.getByTestId('submit-device').click();
    const dialog = page.locator('dialog');
    await dialog.getByTestId('connect-primary-key').waitFor();
    const given = await hub.api('GET', `/api/devices/${ID}/credentials`);
    assert.equal(await dialog.getByTestId('connect-id-scope').textContent(), given.idScope);
    assert.equal(await dialog.getByTestId('connect-device-id').textContent(), ID);
    assert.match(await dialog.getByTestId('connect-primary-key').textContent(), /^•+$/);
    assert.ok(!(await dialog.textContent()).includes(given.primaryKey), 'the key is shown nowhere unasked');
    await shot('connect');
    await dialog.getByTestId('copy-connect-primary-key').click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), given.primaryKey);
    await dialog.getByTestId('copy-connect-rust').click();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(command.includes(`export IOTHUB_DEVICE_DPS_DEVICE_KEY='${given.primaryKey}'`) && command.includes('cargo run --example environmental_sensor'));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.device-facts [data-status="registered"]').waitFor();
    secret = { idScope: given.idScope, deviceId: ID, primaryKey: given.primaryKey };
  });

  test('check 7: sees it provisioned and connected without loading the page again', async () => {
    const marked = page.evaluate(() => { window.marked = true; });
    await marked;
    assert.match(await provision(hub, secret), /^localhost(:\d+)?$/);
    device = await Device.connect(hub, secret);
    await page.locator('.device-facts [data-status="provisioned"]').waitFor();
    await page.locator('.device-facts [data-connected="true"]').waitFor();
    assert.equal(await page.evaluate(() => window.marked), true);
  });

  test('check 8: sees two values and their charts in °F and % move with a message', async () => {
    await at('/view/overview');
    await page.getByTestId('latest-temp').waitFor();
    await device.send({ temp: 71.5, humid: 40.25 });
    await until(page, 'latest-temp', 'textContent', '71.50');
    await device.send({ temp: 72.5, humid: 41 });
    await until(page, 'latest-temp', 'textContent', '72.50');
    for (const [name, unit] of [['temp', '°F'], ['humid', '%']]) {
      const chart = page.getByTestId(`chart-${name}`);
      await page.waitForFunction((hook) => document.querySelector(`[data-testid="chart-${hook}"] .stroke`)?.getAttribute('d').includes('L'), name);
      assert.ok((await chart.textContent()).includes(unit), unit);
    }
    assert.equal(await page.locator('[data-tile="lkv"]').count(), 2);
    await shot('overview');
  });

  test('check 9: reads Online from the text "true", with a mark, and Offline from false', async () => {
    await at('/view/about');
    await device.report({ state: 'true' });
    const value = page.getByTestId('value-state');
    await value.getByText('Online').waitFor();
    assert.equal(await value.getByTestId('type-mark').textContent(), 'string');
    await device.report({ state: false });
    await value.getByText('Offline').waitFor();
    assert.equal(await value.getByTestId('type-mark').count(), 0);
    await shot('about');
  });

  test('check 10: saves 0, 2 and an empty name, and exactly those are desired', async () => {
    await at('/form/properties');
    const save = page.getByTestId('save-form');
    for (const brightness of [0, 2]) {
      await page.getByTestId('input-brightness').fill(String(brightness));
      await save.click();
      await page.waitForFunction((text) => document.querySelector('[data-testid="note-brightness"]')?.textContent.includes(text), `asked for ${brightness}`);
      assert.deepEqual((await desired()).brightness, { value: brightness });
    }
    await page.getByTestId('empty-input-name').click();
    await save.click();
    await sync('name', 'pending').waitFor();
    assert.deepEqual(await desired(), { brightness: { value: 2 }, name: { value: '' } });
    await page.getByTestId('input-brightness').fill('2.5');
    assert.ok(await save.isDisabled());
    assert.match(await page.getByTestId('save-reason').textContent(), /Brightness/);
  });

  test('check 11: sees Pending at once, Synced when the device has answered, and a stale answer changing nothing', async () => {
    const asked = new Promise((done) => { device.onDesired = (patch, version) => patch.brightness && done(version); });
    await page.getByTestId('input-brightness').fill('3');
    await page.getByTestId('save-form').click();
    await sync('brightness', 'pending').waitFor();
    const version = await asked;
    await device.report({ brightness: { value: 3, status: 'completed', desiredVersion: version - 1 } });
    await page.waitForFunction(() => document.querySelector('[data-testid="note-brightness"]')?.textContent.includes('not acknowledged'));
    assert.equal(await sync('brightness', 'pending').textContent(), 'Pending');
    await device.report({ brightness: { value: 3, status: 'completed', desiredVersion: version } });
    await sync('brightness', 'synced').waitFor();
    await shot('form');
  });

  test('check 12: reads why a value was refused, tries again with a higher version, and sees what the device chose instead', async () => {
    let versions = [];
    let again;
    device.onDesired = (_patch, version) => {
      versions.push(version);
      if (versions.length === 1) device.report({ brightness: { value: 3, ac: 400, av: version, ad: 'too bright for the night' } });
      else again(version);
    };
    const retried = new Promise((done) => { again = done; });
    await page.getByTestId('input-brightness').fill('9');
    await page.getByTestId('save-form').click();
    await sync('brightness', 'error').waitFor();
    assert.match(await page.getByTestId('note-brightness').textContent(), /asked for 9.*code 400.*too bright for the night/);
    assert.equal(await page.getByTestId('input-brightness').inputValue(), '9', 'the field keeps what was asked for');
    await page.getByTestId('retry-note-brightness').click();
    const version = await retried;
    assert.ok(version > versions[0], `${version} after ${versions[0]}`);
    await device.report({ brightness: { value: 4, ac: 200, av: version } });
    await sync('brightness', 'synced').waitFor();
    assert.match(await page.getByTestId('note-brightness').textContent(), /device chose 4, you asked for 9/);
    device.onDesired = () => {};
  });

  test('check 13: sees the same badges for both formats of an acknowledgement and for their mix', async () => {
    const { properties } = await hub.api('GET', `/api/devices/${ID}`);
    const { desiredVersion: version } = properties.find((one) => one.name === 'name');
    const forms = (code, status) => [
      { value: '', ac: code, av: version }, { value: '', status, desiredVersion: version },
      { value: { value: '' }, status, desiredVersion: version, ad: status, av: version, ac: code },
    ];
    for (const [code, status, badge] of [[200, 'completed', 'synced'], [202, 'in progress', 'working'], [500, 'failed', 'error']]) {
      for (const ack of forms(code, status)) {
        await device.report({ name: null });
        await sync('name', 'pending').waitFor();
        await device.report({ name: ack });
        await sync('name', badge).waitFor();
      }
    }
  });

  test('check 14: goes on typing while the value changes: neither text nor caret move', async () => {
    const input = page.getByTestId('input-brightness');
    await input.fill('12345');
    await input.evaluate((element) => element.setSelectionRange(2, 2));
    await hub.api('PATCH', `/api/devices/${ID}/properties`, [{ component: null, name: 'brightness', value: 7 }]);
    await page.getByTestId('offer-brightness').waitFor();
    assert.match(await page.getByTestId('offer-brightness').textContent(), /Changed to 7/);
    assert.deepEqual(await input.evaluate((element) => [element.value, element.selectionStart]), ['12345', 2]);
    await page.getByTestId('offer-brightness').getByRole('button').click();
    assert.equal(await input.inputValue(), '7');
  });

  test('check 15: runs blink with 3 and reads its answer, and diagnostics that complete later; finished rows stay', async () => {
    await at('/commands');
    device.onMethod = (name, payload) => (name === 'blink' ? [200, { description: `blinking every ${payload} s` }] : [202, null]);
    await page.getByTestId('input-blink').fill('3');
    await page.getByTestId('run-blink').click();
    const row = (name, state) => page.locator(`[data-testid="history-row"][data-command="${name}"][data-state="${state}"]`);
    await row('blink', 'succeeded').waitFor();
    const finished = await row('blink', 'succeeded').innerText();
    assert.match(finished, /3[\s\S]*Succeeded 200[\s\S]*blinking every 3 s/);
    await page.getByTestId('run-rundiagnostics').click();
    await row('rundiagnostics', 'accepted').waitFor();
    await device.report({ rundiagnostics: { value: 'half of it', statusCode: 202 } });
    await row('rundiagnostics', 'accepted').getByText('half of it').first().waitFor();
    await device.report({ rundiagnostics: { value: 'all well' }, blink: { value: 'must not be shown' } });
    await row('rundiagnostics', 'completed').getByText('all well').waitFor();
    assert.equal(await row('blink', 'succeeded').innerText(), finished);
    await shot('commands');
  });

  test('check 16: a command is rejected at once when the device is away; a queued one waits, is delivered, or expires', async () => {
    await device.end();
    await page.locator('.device-facts [data-connected="false"]').waitFor();
    await page.getByTestId('input-blink').fill('1');
    await page.getByTestId('run-blink').click();
    await page.locator('[data-testid="history-row"][data-state="offline"]').waitFor();
    await page.getByText('Any command').click();
    await page.getByTestId('free-name').fill('blink');
    await page.getByTestId('free-payload').fill('5');
    await page.getByTestId('queue-free').check();
    await page.getByTestId('run-free').click();
    const queued = page.locator('[data-testid="history-row"][data-state="queued"]');
    await queued.waitFor();
    await hub.api('POST', `/api/devices/${ID}/commands`, { name: 'turnoff', queueIfOffline: true, timeToLive: 1 });
    await page.locator('[data-testid="history-row"][data-command="turnoff"][data-state="expired"]').waitFor();
    assert.equal(await queued.count(), 1);
    device = await Device.connect(hub, secret);
    await page.locator('[data-testid="history-row"][data-command="blink"][data-state="delivered"]').waitFor();
    const [{ topic, body }] = device.messages;
    assert.match(topic, /method-name=blink/);
    assert.equal(body, '5');
  });

  test('check 17: finds an extra field, a name in the wrong case and bad JSON in the raw data', async () => {
    await at('/raw');
    await page.locator('[data-testid="message-row"][data-kind="command"]').first().waitFor();
    await device.send({ temp: 70, extra: 1 });
    await device.send({ Temp: 71 });
    await device.send('{"temp": ');
    await device.send({ temp: 'hot' });
    const cell = (name) => page.locator(`[data-testid="message-row"] [data-column="${name}"]`);
    await cell('unmodeled').getByText('extra: 1').waitFor();
    await cell('unmodeled').getByText('Temp: 71').waitFor();
    await cell('problem').getByText(/not JSON.*column/).waitFor();
    await cell('problem').getByText(/temp: expected a number, got string/).waitFor();
    await page.getByTestId('raw-unmodeled').check();
    await page.waitForFunction(() => [...document.querySelectorAll('[data-testid="message-row"]')].every((row) => row.dataset.odd !== undefined));
    await page.getByTestId('raw-columns').click();
    await page.getByTestId('column-temp').check();
    await page.getByTestId('column-component').uncheck();
    assert.match(page.url(), /unmodeled=1/);
    await shot('raw');
    await page.reload();
    await cell('temp').first().waitFor();
    assert.equal(await cell('component').count(), 0);
  });

  test('saves the raw data that is shown by the Export button, as CSV with its columns and as JSON lines, which read back', async () => {
    const saved = async (format) => {
      await page.getByTestId('raw-export').click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(`export-${format}`).click()]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
    };
    await page.goto(`${hub.origin}/devices/${ID}/raw?unmodeled=1&cols=kind,temp,unmodeled`);
    await page.getByTestId('message-row').first().waitFor();
    const csv = await saved('csv');
    assert.match(csv.name, /\.csv$/);
    const rows = await page.evaluate(async (text) => (await import('/assets/devices/csv.js')).readCsv(text), csv.text);
    const columns = await page.locator('thead th').count();
    assert.ok(rows.every((row) => row.length === columns), csv.text);
    assert.deepEqual(rows[0], ['kind', 'unmodeled', 'temp']);
    assert.ok(rows.some(([kind, unmodeled, temp]) => kind === 'telemetry' && temp === '70' && unmodeled === '{"extra":1}'), csv.text);
    assert.equal(rows.length - 1, await page.getByTestId('message-row').count());
    await page.goto(`${hub.origin}/devices/${ID}/raw?kind=telemetry`);
    await page.getByTestId('message-row').first().waitFor();
    const jsonl = await saved('jsonl');
    assert.match(jsonl.name, /\.jsonl$/);
    const lines = jsonl.text.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.every(({ kind }) => kind === 'telemetry'));
    assert.ok(lines.some((row) => row.bodyText === '{"temp": ' && row.problems.length === 1));
    const shown = await page.getByTestId('message-row').evaluateAll((all) => all.map((row) => Number(row.dataset.seq)));
    assert.deepEqual(lines.map(({ seq }) => seq).sort((a, b) => b - a), shown);
  });

  test('check 18: blocks a device, gives it its former status back, and approves one that waits, from the list', async () => {
    await page.goto(`${hub.origin}/devices`);
    const row = (id) => page.getByTestId(`device-row-${id}`);
    await page.getByTestId(`menu-${ID}`).click();
    await page.getByTestId('block-device').click();
    await page.locator('dialog').getByText('Sensor at the window').waitFor();
    await page.getByTestId('confirm').click();
    await row(ID).locator('[data-status="blocked"]').waitFor();
    await device.closed;
    await assert.rejects(provision(hub, secret), /401/);
    await page.getByTestId(`menu-${ID}`).click();
    await page.getByTestId('unblock-device').click();
    await row(ID).locator('[data-status="provisioned"]').waitFor();
    const waiting = { idScope: hub.id_scope, deviceId: 'newcomer', primaryKey: groupKey(hub, 'newcomer') };
    await assert.rejects(provision(hub, waiting), /401/);
    await row('newcomer').locator('[data-status="waiting"]').waitFor();
    await shot('devices');
    await page.getByTestId('approve-newcomer').click();
    await row('newcomer').locator('[data-status="registered"]').waitFor();
    await provision(hub, waiting);
    await row('newcomer').locator('[data-status="provisioned"]').waitFor();
    device = await Device.connect(hub, secret);
    await page.getByTestId('menu-newcomer').click();
    await page.getByTestId('delete-device').click();
    await page.getByTestId('confirm').click();
    await page.getByText('This is another name.').waitFor();
    await page.getByTestId('confirm-name').fill('newcomer');
    await page.getByTestId('confirm').click();
    await row('newcomer').waitFor({ state: 'detached' });
  });

  test('gives a device another template, and sees its views without loading the page again', async () => {
    const next = await hub.api('POST', `/api/templates/${template}/version`, { name: 'Sensor of next year' });
    await editTemplate(hub, next.id, 'POST', '/views', { kind: 'view', name: 'Climate', tiles: [{ type: 'lkv', capabilities: ['temp'], width: 1 }] });
    await editTemplate(hub, next.id, 'POST', '/publish', {});
    await at('');
    await page.getByTestId('tab-view-overview').waitFor();
    await page.evaluate(() => { window.marked = true; });
    await page.getByTestId('manage-device').click();
    await page.getByTestId('migrate-device').click();
    await page.locator('dialog select').selectOption(next.id);
    await page.locator('dialog [type="submit"]').click();
    await page.getByTestId('tab-view-climate').waitFor();
    await page.locator('.device-facts').getByText('Sensor of next year').waitFor();
    await page.getByTestId('tab-view-climate').click();
    await page.getByTestId('latest-temp').waitFor();
    assert.equal(await page.evaluate(() => window.marked), true);
    // it goes on as it was: the device need not know
    await device.send({ temp: 66.5 });
    await until(page, 'latest-temp', 'textContent', '66.50');
    await page.goto(`${hub.origin}/devices`);
  });

  test('finds devices by search, filter and tag, and the address keeps what was asked', async () => {
    for (const id of ['b-1', 'b-2']) await hub.api('POST', '/api/devices', { id });
    await hub.api('PATCH', '/api/devices/b-1', { tags: { site: 'north' } });
    await page.getByTestId('device-row-b-2').waitFor();
    await page.getByTestId('filter-tag').selectOption('site: north');
    await page.getByTestId('device-row-b-2').waitFor({ state: 'detached' });
    assert.match(page.url(), /tag=site/);
    await page.getByTestId('filter-devices').fill('nothing like it');
    await page.getByText('No device matches the filters.').waitFor();
    await page.locator('.blank').getByRole('button', { name: 'Clear filters' }).click();
    await page.getByTestId('filter-conn').selectOption('connected');
    await page.reload();
    await page.getByTestId(`device-row-${ID}`).waitFor();
    assert.equal(await page.locator('[data-row]').count(), 1);
  });

  test('reported no error and asked no other host', () => assert.deepEqual(browser.complaints, []));
});
