// What a failed test leaves in the artifacts: a picture of every page that is open, and beside it what the page has said and
// asked for. Importing this is enough; support/summary.mjs tells of it at the end of the run.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'node:test';
import { evidencePath } from './evidence-path.mjs';
import { artifacts, testFile } from './settings.mjs';

const KEPT = 120; // lines of a page's diary
const pages = new Set();

/** Keeps a diary of a page until it closes. */
export function watch(page, complaints) {
  const diary = [];
  const note = (line) => {
    diary.push(`${new Date().toISOString().slice(11, 23)} ${line}`);
    if (diary.length > KEPT) diary.shift();
  };
  page.on('console', (message) => note(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => note(`exception: ${error.stack}`));
  page.on('request', (request) => note(`${request.method()} ${request.url()}`));
  page.on('requestfailed', (request) => note(`failed: ${request.failure()?.errorText} ${request.url()}`));
  page.on('response', (response) => note(`${response.status()} ${response.url()}`));
  page.on('framenavigated', (frame) => frame === page.mainFrame() && note(`at ${frame.url()}`));
  const entry = { page, diary, complaints };
  pages.add(entry);
  page.on('close', () => pages.delete(entry));
}

afterEach(async (test) => {
  if (test.passed !== false) return;
  const path = evidencePath(testFile, test.name);
  mkdirSync(join(artifacts, 'failed'), { recursive: true });
  const told = [];
  for (const [index, { page, diary, complaints }] of [...pages].entries()) {
    // the picture of a page that hangs is not worth the end of the run
    const picture = await page.screenshot({ path: `${path}-${index}.png`, timeout: 5000 }).then(() => `${path}-${index}.png`, (error) => `no picture: ${error.message}`);
    const focus = await Promise.race([page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200)), new Promise((done) => setTimeout(done, 2000, 'the page does not answer'))]).catch(String);
    told.push({ url: page.url(), picture, focus, complaints, diary });
  }
  writeFileSync(`${path}.json`, JSON.stringify(told, null, 1));
});
