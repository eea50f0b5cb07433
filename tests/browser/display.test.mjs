// How values, words and messages look to somebody who reads them: nothing broken in two, nothing over something else, English
// that can be read. Everything waits for a condition; nothing sleeps for time to pass.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LONG_NAME, oddTemplate } from './support/odd.mjs';
import { Device, openBrowser, secretOf, sendOverHttp, shot, startHub, tooWide } from './support/site.mjs';

const ID = 'odd-1';
let hub;
let browser;
let page;
let template;
let device;

before(async () => {
  hub = await startHub();
  template = await oddTemplate(hub);
  await hub.api('POST', '/api/devices', { id: ID, templateId: template });
  device = await Device.connect(hub, await secretOf(hub, ID));
  await device.report({ bounds: { low: 1, high: 2 }, storage: 128000000 });
  await device.send({ workingSet: 9511000, stamp: '2026-02-03T05:06:07Z', took: 'PT1H30M', count: 1234567, mode: 5 });
  browser = await openBrowser(hub);
  page = await browser.page({ allowed: /\b404\b/ });
});

after(async () => {
  await device?.end();
  await browser?.close();
  await hub?.stop();
});

const hook = (id) => page.getByTestId(id);
const open = (path) => page.goto(hub.origin + path);
const phone = (width) => page.setViewportSize({ width, height: 720 });
const desk = () => page.setViewportSize({ width: 1360, height: 900 });
/** Whether an element stands in one line. */
const lines = (locator) => locator.evaluate((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
});
const meet = (left, right) => page.evaluate(([one, other]) => {
  const [a, b] = [one, other].map((selector) => document.querySelector(selector).getBoundingClientRect());
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}, [left, right]);

describe('somebody who reads', { concurrency: false }, () => {
  test('sees the name and the value of a part side by side', async () => {
    await open(`/devices/${ID}/view/about`);
    const parts = hook('value-bounds').locator('dl');
    await parts.waitFor();
    const tops = await parts.evaluate((list) => [...list.children].map((one) => Math.round(one.getBoundingClientRect().top)));
    assert.deepEqual([tops[0], tops[2]], [tops[1], tops[3]]);
  });

  test('sees a great number whole and in one line, at any width', async () => {
    for (const resize of [desk, () => phone(360), () => phone(320)]) {
      await resize();
      await open(`/devices/${ID}/view/overview`);
      await page.waitForFunction(() => document.querySelector('[data-testid="latest-workingSet"]')?.textContent === '9,511,000');
      assert.equal(await lines(hook('latest-workingSet')), 1);
      const inside = await hook('latest-workingSet').evaluate((one) => one.parentElement.scrollWidth <= one.parentElement.clientWidth);
      assert.ok(inside, 'the number and its unit fit into the tile');
      assert.deepEqual(await tooWide(page), []);
    }
    await desk();
  });

  test('reads whole numbers by their groups, times in this zone and durations in words', async () => {
    await open(`/devices/${ID}/view/overview`);
    await page.waitForFunction(() => document.querySelector('[data-testid="latest-count"]')?.textContent === '1,234,567');
    assert.equal(await hook('latest-took').textContent(), '1 h 30 min');
    assert.equal(await hook('latest-took').locator('[title]').getAttribute('title'), 'PT1H30M');
    assert.match(await hook('latest-stamp').textContent(), /^3 Feb 2026,? .*\d\d:06:07 \S+$/);
    assert.equal(await hook('latest-mode').textContent(), '5 (not in the model)');
    await shot(page, 'odd-overview');
    await open(`/devices/${ID}/view/about`);
    assert.equal(await hook('value-storage').textContent(), '128,000,000');
  });

  test('reads since when a device is connected as a span of time', async () => {
    await open(`/devices/${ID}`);
    await page.locator('.device-facts', { hasText: /Connected for \d+ (s|min)/ }).waitFor();
    const seen = await page.evaluate(async () => {
      const { formatAge } = await import('/assets/format.js');
      return [0, 24, 62, 3599, 3600, 86400, 200_000].map((seconds) => formatAge(0, seconds * 1000));
    });
    assert.deepEqual(seen, ['just now', '24 s ago', '1 min ago', '59 min ago', '1 h ago', '24 h ago', '2 d ago']);
  });

  test('sees the kind of raw data as one word', async () => {
    for (const resize of [desk, () => phone(360)]) {
      await resize();
      await open(`/devices/${ID}/raw`);
      await page.locator('.raw .chip').first().waitFor();
      for (const chip of await page.locator('.raw .chip').all()) assert.equal(await lines(chip), 1);
    }
    await desk();
  });

  test('finds Save free of the message that the save before has left', async () => {
    const places = [
      [`/templates/${template}/customize`, async () => {
        await hook('customize-level').locator('summary').click();
        await hook('customize-level-displayName').fill('Level');
      }, 'save-customizations'],
      [`/devices/${ID}/form/settings`, () => hook('input-level').fill('3'), 'save-form'],
    ];
    for (const resize of [desk, () => phone(360), () => phone(320)]) {
      for (const [path, edit, save] of places) {
        await resize();
        await open(path);
        await edit();
        await hook(save).click();
        await page.locator('.toast').waitFor();
        await hook(save).scrollIntoViewIfNeeded();
        assert.equal(await meet('.toast', `[data-testid="${save}"]`), false, `${path} at ${page.viewportSize().width}`);
      }
    }
    await desk();
  });

  test('is asked for the id of a device whose name is long', async () => {
    await hub.api('POST', '/api/devices', { id: 'long-1', name: LONG_NAME });
    for (const resize of [desk, () => phone(320)]) {
      await resize();
      await open('/devices/long-1');
      await hook('manage-device').click();
      await hook('delete-device').click();
      await page.getByLabel('Type long-1 to go on').waitFor();
      assert.ok(await page.locator('dialog').evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth), 'nothing sideways');
      await shot(page, `delete-long-${page.viewportSize().width}`);
      await page.keyboard.press('Escape');
    }
    await desk();
  });

  test('is told of one imported device in the singular', async () => {
    await open('/devices');
    await page.evaluate(async () => {
      const { importCsv } = await import('/assets/devices/csv.js');
      await importCsv(new File(['IOTC_DeviceID\nimported-1\n'], 'devices.csv'));
    });
    await page.getByText('1 device was added.').waitFor();
  });

  test('is told of a file of devices that cannot be read', async () => {
    await open('/devices');
    await page.evaluate(async () => {
      const { importCsv } = await import('/assets/devices/csv.js');
      await importCsv({ text: () => Promise.reject(new Error('it is gone')) });
    });
    await page.getByText('The file cannot be read (it is gone).').waitFor();
  });

  test('reads until when a fault is in force, and its figures with their units', async () => {
    await hub.api('POST', '/api/faults', { kind: 'delayAcknowledgement', device: 'nobody', times: null, forSeconds: 600, probability: 1, milliseconds: 5000 });
    await open('/hub/faults');
    const row = hook('fault-row');
    await row.waitFor();
    assert.match(await row.textContent(), /Late acknowledgement 5000 ms.*until \d\d:\d\d:\d\d.*not applied yet/);
  });

  test('is told why a device is refused, with the button that lets it in', async () => {
    await hub.api('POST', '/api/devices/odd-1/block');
    await device.end();
    await open(`/devices/${ID}`);
    const notice = hook('blocked-notice');
    await notice.waitFor();
    await shot(page, 'blocked');
    await notice.getByRole('button', { name: 'Unblock' }).click();
    await notice.waitFor({ state: 'detached' });
  });

  test('finds the way from what is not there to what is', async () => {
    for (const [path, link, target] of [['/devices/nope', 'All devices', '/devices'], ['/templates/none', 'All templates', '/templates'], ['/hub/zzz', 'Devices', '/devices']]) {
      await open(path);
      const card = hook('not-found');
      await card.getByRole('heading', { name: 'Nothing here' }).waitFor();
      assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
      assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
      await card.getByRole('link', { name: link }).click();
      await page.waitForURL(`**${target}`);
    }
  });

  test('nothing went wrong beside', () => assert.deepEqual(browser.complaints, []));
});
