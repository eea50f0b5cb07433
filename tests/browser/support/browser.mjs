// The browser of the tests, and what is wrong on any page: complaints of the console, exceptions, failed answers, requests to
// anywhere else, controls without a name.
//
// ARTIFACTS  folder for screenshots (default: target/browser)
// CHROMIUM   the browser (default: /usr/bin/chromium)

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export const artifacts = process.env.ARTIFACTS ?? join(import.meta.dirname, '../../../target/browser');

export function launch() {
  mkdirSync(artifacts, { recursive: true });
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });
}

/** A page that notes what it complains about; `expected(status, url)` says which failed answers are meant to fail. */
export async function openPage(browser, origin, complaints, options = {}, expected = () => false) {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, ...options });
  page.setDefaultTimeout(20_000);
  // the console repeats failed answers, which are judged by themselves
  page.on('console', (message) => message.type() === 'error' && !message.text().startsWith('Failed to load resource') && complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`exception: ${error.stack}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin) complaints.push(`request to ${url}`);
  });
  page.on('response', (response) => response.status() >= 400 && !expected(response.status(), response.url()) && complaints.push(`${response.status()} ${response.url()}`));
  return page;
}

/** Controls without a name; runs in the page. */
export function unlabelled() {
  const named = (control) => control.labels?.length > 0 || control.ariaLabel || control.getAttribute('aria-labelledby')
    || (control.tagName === 'BUTTON' && control.textContent.trim() !== '');
  return [...document.querySelectorAll('input, select, textarea, button')].filter((control) => !named(control)).map((control) => control.outerHTML);
}
