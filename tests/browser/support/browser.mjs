// The browser of the tests. Its pages note everything that is wrong: complaints of the console, exceptions, failed answers,
// requests to anywhere but the hub. Begin with `openBrowser`.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { watch } from './evidence.mjs';
import { lag } from './lag.mjs';
import { artifacts, assets, chromium as executablePath, DEADLINE, lateBy, throttle } from './settings.mjs';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A browser for the pages of `hub`, of which only `origin` counts. */
export async function openBrowser(hub) {
  mkdirSync(artifacts, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: QUIET });
  const complaints = [];
  return {
    complaints,
    close: () => browser.close(),
    /** A page with a context of its own; `allowed` matches the failed answers that a check provokes. */
    async page({ allowed = /$^/, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
      if (assets) await context.route('**/assets/**', (route) => route.fulfill({ path: join(assets, new URL(route.request().url()).pathname.slice('/assets/'.length)) }));
      if (lateBy > 0) await context.addInitScript(lag, lateBy);
      const page = await context.newPage();
      page.setDefaultTimeout(DEADLINE);
      if (throttle > 1) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: throttle });
      watch(page, complaints);
      complain(page, hub.origin, complaints, allowed);
      return page;
    },
  };
}

function complain(page, origin, complaints, allowed) {
  const path = () => page.url().replace(origin, '');
  page.on('console', (message) => message.type() === 'error' && !allowed.test(message.text()) && complaints.push(`console on ${path()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`exception on ${path()}: ${error.stack}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin) complaints.push(`request to ${url} on ${path()}`);
  });
  page.on('response', (response) => response.status() >= 400 && !allowed.test(String(response.status())) && complaints.push(`${response.status()} ${response.url()} on ${path()}`));
}

/** Takes a picture of the whole page for the artifacts. */
export async function shot(page, name) {
  // what sticks to the window's edge would stand in the middle of a full page
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(artifacts, `${name}.png`), fullPage: true });
}
