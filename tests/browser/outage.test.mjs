// Check 19: the hub is killed while pages look at it, and started again in the same folder and on the same port: they say so, and
// lose and double nothing.
//
// Devices send their messages through the service's side of the device API, over HTTPS: what counts here is what pages show.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser, sendOverHttp, shot, startHub, tutorialTemplate } from './support/site.mjs';

const DEVICES = ['d1', 'd2', 'd3', 'd4', 'd5'];
let hub;
let browser;
let tabs;

const send = (id, values) => sendOverHttp(hub, id, values);

/** The counts that the device has sent, as its raw data has them. */
async function kept(id) {
  const { items } = await hub.api('GET', `/api/devices/${id}/raw?limit=1000`);
  return items.filter(({ kind }) => kind === 'telemetry').map((row) => JSON.parse(row.bodyText).count).sort((a, b) => a - b);
}

/** Waits until the rows of raw data on a page are the messages with these counts, each once and the newest first. */
const rows = (page, counts) => page.waitForFunction((wanted) => [...document.querySelectorAll('[data-testid="message-row"][data-kind="telemetry"]')]
  .map((row) => row.querySelector('[data-column="values"], [data-column="unmodeled"]') && row.textContent.match(/count: (\d+)/)?.[1]).join() === wanted, counts.join());

before(async () => {
  hub = await startHub();
  for (const id of DEVICES) {
    await hub.api('POST', '/api/devices', { id });
    for (let count = 1; count <= 5; count += 1) await send(id, { count });
  }
  browser = await openBrowser(hub);
  // while the hub is gone, what the browser complains about is what it should
  tabs = await Promise.all([0, 1].map(() => browser.page({ allowed: /./ })));
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('check 19: a hub that is killed and started again', { concurrency: false }, () => {
  test('is missed by its pages at once, which grey what they show', async () => {
    await tabs[0].goto(`${hub.origin}/devices/d1/raw`);
    await rows(tabs[0], [5, 4, 3, 2, 1]);
    await tabs[1].goto(`${hub.origin}/devices`);
    for (const tab of tabs) await tab.locator('[data-testid="stream-state"][data-state="open"]').waitFor();
    await hub.kill();
    for (const tab of tabs) {
      await tab.locator('#banner').waitFor();
      assert.match(await tab.locator('#banner').textContent(), /connection to the hub is lost/);
      assert.ok(await tab.evaluate(() => document.body.classList.contains('stale')));
    }
    await shot(tabs[0], 'outage');
  });

  test('is found again by them without a reload, with nothing lost', async () => {
    await hub.restart();
    for (const tab of tabs) {
      await tab.locator('[data-testid="stream-state"][data-state="open"]').waitFor();
      await tab.locator('#banner').waitFor({ state: 'hidden' });
      assert.ok(!await tab.evaluate(() => document.body.classList.contains('stale')));
    }
    await rows(tabs[0], [5, 4, 3, 2, 1]);
    for (const id of DEVICES) assert.deepEqual(await kept(id), [1, 2, 3, 4, 5]);
  });

  test('shows what comes then, once', async () => {
    for (const id of DEVICES) await send(id, { count: 6 });
    for (const id of DEVICES) assert.deepEqual(await kept(id), [1, 2, 3, 4, 5, 6]);
    await rows(tabs[0], [6, 5, 4, 3, 2, 1]);
    await tabs[0].reload();
    await rows(tabs[0], [6, 5, 4, 3, 2, 1]);
  });

  test('draws a chart whole after a reload, with what was sent before and after', async () => {
    const template = await tutorialTemplate(hub);
    await hub.api('POST', '/api/devices', { id: 'charted', templateId: template });
    for (const temp of [70, 71, 72]) await send('charted', { temp });
    await tabs[0].goto(`${hub.origin}/devices/charted/view/overview`);
    await tabs[0].locator('[data-testid="stream-state"][data-state="open"]').waitFor();
    await tabs[0].getByTestId('latest-temp').waitFor();
    await hub.kill();
    await tabs[0].locator('#banner').waitFor();
    await hub.restart();
    await tabs[0].locator('#banner').waitFor({ state: 'hidden' });
    for (const temp of [73, 74]) await send('charted', { temp });
    await tabs[0].waitForFunction(() => Number(document.querySelector('[data-testid="latest-temp"]')?.textContent) === 74);
    await tabs[0].reload();
    await tabs[0].getByTestId('chart-temp').scrollIntoViewIfNeeded();
    await tabs[0].locator('[data-testid="chart-temp"] .stroke').first().waitFor({ state: 'attached' });
    await tabs[0].getByTestId('chart-temp').getByText('Show as table').click();
    await tabs[0].waitForFunction(() => document.querySelector('[data-testid="chart-temp"] table')?.textContent.includes('70') && document.querySelector('[data-testid="chart-temp"] table').textContent.includes('74'));
  });

  test('serves two tabs that go through five devices each', async () => {
    await Promise.all(tabs.map(async (tab) => {
      for (const id of DEVICES) {
        await tab.goto(`${hub.origin}/devices/${id}`);
        await tab.locator('main h1').filter({ hasText: id }).waitFor();
        await tab.locator('[data-testid="stream-state"][data-state="open"]').waitFor();
      }
    }));
  });

  test('has seen no exception in the pages', () => {
    assert.deepEqual(browser.complaints, []);
  });
});
