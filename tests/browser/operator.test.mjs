// What an operator does with the environmental sensor, in a real browser against a running hub and device.
//
// PAGE_URL   an address of the operator page; the device must be connected and send telemetry every second
// ARTIFACTS  folder for screenshots (default: target/browser)
// CHROMIUM   the browser (default: /usr/bin/chromium)
//
// Everything waits for a condition on the page; nothing sleeps.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';

const origin = new URL(required('PAGE_URL')).origin;
const artifacts = process.env.ARTIFACTS ?? join(import.meta.dirname, '../../target/browser');
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const DEADLINE = 20_000;

const complaints = [];
let browser;
let page;
let devicePath;

before(async () => {
  mkdirSync(artifacts, { recursive: true });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });
  page = await openPage({ viewport: { width: 1360, height: 900 } });
  await page.goto(`${origin}/`);
  const link = page.locator('[data-testid^="device-row-"][data-connected="true"] a').first();
  await link.waitFor();
  devicePath = await link.getAttribute('href');
});

after(async () => {
  await browser?.close();
});

describe('an operator', { concurrency: false }, () => {
  test('sees the connected device in the list', async () => {
    await page.screenshot({ path: join(artifacts, 'devices.png'), fullPage: true });
    await page.locator(`a[href="${devicePath}"]`).click();
    await page.getByTestId('latest-temp').waitFor();
    assert.ok(new URL(page.url()).pathname.startsWith(devicePath));
  });

  test('sees telemetry move and a line in its chart', async () => {
    await numberOf('latest-temp');
    const first = await page.getByTestId('latest-temp').textContent();
    await page.waitForFunction((old) => document.querySelector('[data-testid="latest-temp"]').textContent !== old, first);
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
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: join(artifacts, 'device.png'), fullPage: true });
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
    await page.screenshot({ path: join(artifacts, 'messages.png') });
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
      assert.deepEqual(await page.evaluate(unlabelled), [], path);
    }
  });

  test('fits a phone of 320 pixels, light and dark', async () => {
    for (const colorScheme of ['light', 'dark']) {
      const phone = await openPage({ viewport: { width: 320, height: 700 }, colorScheme });
      for (const path of ['/devices', devicePath, `${devicePath}/raw`, `${devicePath}/commands`]) {
        await phone.goto(origin + path);
        await phone.locator('main h1').waitFor();
        if (path === devicePath) await phone.getByTestId('latest-temp').waitFor();
        const [content, screen] = await phone.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.ok(content <= screen, `${path} is ${content} pixels wide on a screen of ${screen}`);
      }
      await phone.goto(origin + devicePath);
      await phone.getByTestId('latest-temp').waitFor();
      await phone.screenshot({ path: join(artifacts, `phone-${colorScheme}.png`), fullPage: true });
      await phone.close();
    }
  });

  test('is usable in the dark', async () => {
    const dark = await openPage({ viewport: { width: 1360, height: 900 }, colorScheme: 'dark' });
    await dark.goto(origin + devicePath);
    await dark.locator('[data-testid="chart-temp"] .stroke').waitFor();
    const [r, g, b] = await dark.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
    assert.ok(r + g + b < 200, `background ${r},${g},${b}`);
    await dark.screenshot({ path: join(artifacts, 'dark.png'), fullPage: true });
    await dark.close();
  });

  test('stayed on its host and reported no error', () => {
    assert.deepEqual(complaints, []);
  });
});

/** A page that notes console errors, exceptions, failed answers and requests to anywhere else. */
async function openPage(options) {
  const opened = await browser.newPage(options);
  opened.setDefaultTimeout(DEADLINE);
  opened.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
  opened.on('pageerror', (error) => complaints.push(`exception: ${error.stack}`));
  opened.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) complaints.push(`request to ${url}`);
  });
  opened.on('response', (response) => response.status() >= 400 && complaints.push(`${response.status()} ${response.url()}`));
  return opened;
}

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

/** Controls without a name; runs in the page. */
function unlabelled() {
  const named = (control) => control.labels?.length > 0 || control.ariaLabel || control.getAttribute('aria-labelledby')
    || (control.tagName === 'BUTTON' && control.textContent.trim() !== '');
  return [...document.querySelectorAll('input, select, textarea, button')].filter((control) => !named(control)).map((control) => control.outerHTML);
}

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}`);
  return value;
}
