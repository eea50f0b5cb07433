// What an operator does with the environmental sensor, in a real browser against a running hub and device.
//
// Everything waits for a condition on the page; nothing sleeps.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser, shot, startSensor, tooWide, unlabelled } from './support/site.mjs';

let sensor;
let origin;
let browser;
let page;
let devicePath;

before(async () => {
  sensor = await startSensor();
  origin = sensor.origin;
  browser = await openBrowser({ origin });
  page = await browser.page();
  await page.goto(`${origin}/`);
  const link = page.locator('[data-testid^="device-row-"][data-connected="true"] a').first();
  await link.waitFor();
  devicePath = await link.getAttribute('href');
});

after(async () => {
  await browser?.close();
  await sensor?.quit();
});

describe('an operator', { concurrency: false }, () => {
  test('sees the connected device in the list', async () => {
    await shot(page, 'sensor-devices');
    await page.locator(`a[href="${devicePath}"]`).click();
    await page.getByTestId('latest-temp').waitFor();
    assert.ok(new URL(page.url()).pathname.startsWith(devicePath));
  });

  test('sees telemetry move and a line in its chart', async () => {
    await numberOf('latest-temp');
    const first = await page.getByTestId('latest-temp').textContent();
    await page.waitForFunction((old) => document.querySelector('[data-testid="latest-temp"]')?.textContent !== old, first);
    assert.ok(Number.isFinite(await numberOf('latest-humid')));
    for (const name of ['temp', 'humid']) {
      await page.waitForFunction((hook) => document.querySelector(`[data-testid="chart-${hook}"] .stroke`)?.getAttribute('d').includes('L'), name);
    }
  });

  test('sees what the device reports of itself', async () => {
    await page.getByTestId('tab-view-about').click();
    await page.getByTestId('value-state').getByText('true').waitFor();
    await page.getByTestId('value-manufacturer').getByText('device-model').waitFor();
  });

  test('calls blink with 3 and reads the answer in the history', async () => {
    await page.getByTestId('tab-commands').click();
    await page.getByTestId('input-blink').fill('3');
    const states = await recordStates('blink');
    await page.getByTestId('run-blink').click();
    await page.waitForFunction((list) => list.includes('succeeded'), states);
    const row = page.locator('[data-testid="history-row"][data-command="blink"][data-state="succeeded"]').first();
    const text = await row.textContent();
    assert.match(text, /200/);
    assert.match(text, /description/);
    assert.match(text, /3/);
  });

  test('calls rundiagnostics and sees it accepted, then completed', async () => {
    const states = await recordStates('rundiagnostics');
    await page.getByTestId('run-rundiagnostics').click();
    await page.waitForFunction((list) => list.includes('completed'), states);
    const seen = await states.evaluate((list) => [...new Set(list)]);
    assert.ok(seen.includes('accepted'), `states seen: ${seen}`);
    assert.ok(seen.indexOf('accepted') < seen.indexOf('completed'), `states seen: ${seen}`);
    await shot(page, 'sensor-commands');
  });

  test('finds history and charts again after loading the page anew', async () => {
    await page.reload();
    await page.locator('[data-testid="history-row"][data-command="blink"]').first().waitFor();
    await page.goto(origin + devicePath);
    await page.locator('[data-testid="chart-temp"] .stroke').waitFor({ state: 'attached' });
  });

  test('reads the raw messages', async () => {
    await page.getByTestId('tab-raw').click();
    const row = page.locator('[data-testid="message-row"][data-kind="telemetry"]').first();
    await row.waitFor();
    assert.match(await row.textContent(), /temp: /);
    await shot(page, 'sensor-messages');
  });

  test('reads what a device needs to connect, keys only when asked for', async () => {
    await page.getByTestId('connect-device').click();
    const key = page.getByTestId('connect-primary-key');
    await key.waitFor();
    assert.match(await key.textContent(), /^•+$/);
    await page.locator('dialog .copyable', { has: key }).getByRole('button', { name: /^Show/ }).click();
    assert.match(await key.textContent(), /^[A-Za-z0-9+/]+=*$/);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
  });
});

describe('the page', { concurrency: false }, () => {
  test('labels every control', async () => {
    for (const path of ['/devices', devicePath]) {
      await page.goto(origin + path);
      await page.locator('main h1').waitFor();
      if (path === devicePath) await page.getByTestId('latest-temp').waitFor();
      assert.deepEqual(await unlabelled(page), [], path);
    }
  });

  test('fits a phone of 320 pixels, light and dark', async () => {
    for (const colorScheme of ['light', 'dark']) {
      const phone = await browser.page({ viewport: { width: 320, height: 700 }, colorScheme });
      for (const path of ['/devices', devicePath, `${devicePath}/raw`, `${devicePath}/commands`]) {
        await phone.goto(origin + path);
        await phone.locator('main h1').waitFor();
        if (path === devicePath) await phone.getByTestId('latest-temp').waitFor();
        assert.deepEqual(await tooWide(phone), [], path);
        // the longest that is said of the connection, which may be said at any time
        await phone.locator('#stream').evaluate((element) => { element.textContent = 'Connecting'; });
        assert.deepEqual(await tooWide(phone), [], `${path}, connecting`);
      }
      await phone.goto(origin + devicePath);
      await phone.getByTestId('latest-temp').waitFor();
      await shot(phone, `sensor-phone-${colorScheme}`);
      await phone.close();
    }
  });

  test('is usable in the dark', async () => {
    const dark = await browser.page({ colorScheme: 'dark' });
    await dark.goto(origin + devicePath);
    await dark.locator('[data-testid="chart-temp"] .stroke').waitFor();
    const [r, g, b] = await dark.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
    assert.ok(r + g + b < 200, `background ${r},${g},${b}`);
    await shot(dark, 'sensor-dark');
    await dark.close();
  });

  test('stayed on its host and reported no error', () => {
    assert.deepEqual(browser.complaints, []);
  });

  test('is closed before its device, which ends well by its key', async () => {
    await browser.close();
    assert.equal(await sensor.quit(), 0);
  });
});

/** The number an element shows, once it shows one. */
async function numberOf(testId) {
  const handle = await page.waitForFunction((hook) => {
    const text = document.querySelector(`[data-testid="${hook}"]`)?.textContent.replaceAll(',', '') ?? '';
    return /\d/.test(text) && Number.isFinite(Number(text)) ? { number: Number(text) } : null;
  }, testId);
  return (await handle.jsonValue()).number;
}

/** Every state that the newest row of a command goes through from now on. */
async function recordStates(command) {
  return page.evaluateHandle((name) => {
    const known = new Set([...document.querySelectorAll('[data-testid="history-row"]')].map((row) => row.dataset.id));
    const states = [];
    new MutationObserver(() => {
      for (const row of document.querySelectorAll(`[data-testid="history-row"][data-command="${name}"]`)) {
        if (!known.has(row.dataset.id)) states.push(row.dataset.state);
      }
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
    return states;
  }, command);
}
