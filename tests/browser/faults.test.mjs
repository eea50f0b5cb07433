// The hub's misbehaviour and its log of refusals, as an operator uses them in a real browser against a hub of the test's own.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser, shot, startHub, unlabelled } from './support/site.mjs';

let hub;
let browser;
let page;

before(async () => {
  hub = await startHub();
  browser = await openBrowser(hub);
  // a fault that is wrong is meant to be refused
  page = await browser.page({ allowed: /400/ });
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('an operator who wants the hub to misbehave', { concurrency: false }, () => {
  test('finds every fault with what it does', async () => {
    await page.goto(`${hub.origin}/hub`);
    await page.getByRole('link', { name: 'Make the hub misbehave' }).click();
    const kind = page.getByTestId('fault-kind');
    const kinds = await kind.locator('option').evaluateAll((options) => options.map((option) => option.value));
    assert.equal(kinds.length, 13);
    for (const one of kinds) {
      await kind.selectOption(one);
      assert.notEqual(await page.locator('form .hint').first().textContent(), '');
    }
    assert.deepEqual(await unlabelled(page), []);
  });

  test('injects one for a device and a number of times, and sees it in force', async () => {
    await page.getByTestId('fault-kind').selectOption('refuseTwin');
    await page.getByTestId('fault-status').fill('500');
    await page.getByTestId('fault-device').fill('d1');
    await page.getByTestId('fault-times').fill('2');
    await page.getByTestId('fault-submit').click();
    const row = page.getByTestId('fault-row');
    await row.waitFor();
    assert.match(await row.textContent(), /Refuse twin requests 500.*d1.*2 more times.*not applied yet/);
    await shot(page, 'faults');
  });

  test('is told when something about it is wrong', async () => {
    await page.getByTestId('fault-status').fill('99999999');
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByTestId('fault-submit').click();
    assert.equal((await answered).status(), 400);
    await page.locator('form .field-error').waitFor();
    assert.equal(await page.getByTestId('fault-row').count(), 1);
  });

  test('ends it, and cuts the connections there are', async () => {
    await page.getByRole('button', { name: 'End: Refuse twin requests' }).click();
    await page.getByText('The hub behaves.').waitFor();
    // of all devices: one that there is not cannot be cut
    await page.getByTestId('fault-device').fill('');
    await page.getByTestId('fault-cut').click();
    await page.getByText('0 connections were cut.').waitFor();
  });

  test('reads why something was refused, and finds it by its text', async () => {
    await fetch(`${hub.origin}/twins/somebody?api-version=2021-04-12`);
    await page.goto(`${hub.origin}/hub`);
    const rows = page.getByTestId('log-row');
    await rows.first().waitFor();
    await page.getByTestId('log-filter').fill('no such text');
    await page.getByText('No row has this text.').waitFor();
    await page.getByTestId('log-filter').fill('SERVICE');
    await rows.first().waitFor();
    assert.match(await rows.first().textContent(), /service API: no shared access signature/);
  });

  test('has seen no complaint of the browser', () => assert.deepEqual(browser.complaints, []));
});
