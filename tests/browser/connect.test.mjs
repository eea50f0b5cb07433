// What helps to enter and to carry over values: the QR code of Connect, and durations by their parts.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser, startHub } from './support/site.mjs';

const MODEL = {
  '@context': 'dtmi:dtdl:context;2', '@id': 'dtmi:com:example:Kettle;1', '@type': 'Interface', displayName: 'Kettle',
  contents: [{ '@type': 'Property', name: 'keepWarm', displayName: 'Keep warm', schema: 'duration', writable: true }],
};

let hub;
let browser;
let page;

before(async () => {
  hub = await startHub();
  browser = await openBrowser(hub);
  page = await browser.page();
  const { id } = await hub.api('POST', '/api/templates', { files: [{ name: 'kettle.json', text: JSON.stringify(MODEL) }] });
  await hub.api('POST', `/api/templates/${id}/views`, { kind: 'form', name: 'Settings', columns: 1, sections: [{ title: 'All', fields: [{ path: 'keepWarm', editable: true }] }] });
  await hub.api('POST', `/api/templates/${id}/publish`, {});
  await hub.api('POST', '/api/devices', { id: 'kettle', templateId: id });
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('an operator', { concurrency: false }, () => {
  test('shows the QR code of Connect when it is wanted, and none before', async () => {
    await page.goto(`${hub.origin}/devices/kettle#connect`);
    const code = page.getByTestId('connect-qr');
    await page.getByTestId('show-qr').waitFor();
    assert.equal(await code.isVisible(), false, 'it has the key');
    await page.getByTestId('show-qr').click();
    await code.waitFor();
    const { qr } = await hub.api('GET', '/api/devices/kettle/credentials');
    assert.equal(await code.locator('path').getAttribute('d'), qr.path);
    const { width, height } = await code.boundingBox();
    assert.ok(width >= 200 && Math.abs(width - height) < 2, `${width} x ${height}`);
    await page.getByTestId('show-qr').click();
    await code.waitFor({ state: 'hidden' });
  });

  test('enters a duration by its parts or as its text, each of which follows the other', async () => {
    await page.goto(`${hub.origin}/devices/kettle/form/settings`);
    const text = page.getByTestId('input-keepWarm');
    const part = (unit) => page.getByTestId(`input-keepWarm-${unit}`);
    await part('hours').fill('1');
    await part('minutes').fill('30');
    assert.equal(await text.inputValue(), 'PT1H30M');
    await text.fill('P1W2DT0.5S');
    assert.deepEqual([await part('days').inputValue(), await part('hours').inputValue(), await part('seconds').inputValue()], ['9', '', '0.5']);
    await text.fill('P1M');
    assert.ok(await part('days').isDisabled(), 'a month has no fixed number of days');
    await text.fill('');
    await part('seconds').fill('many');
    await page.getByText('Enter an ISO 8601 duration').waitFor();
    await part('seconds').fill('45');
    await part('days').fill('2');
    await page.locator('main form [type="submit"]').click();
    await page.getByTestId('sync-keepWarm').waitFor();
    const { desired } = await hub.api('GET', '/api/devices/kettle/twin');
    assert.equal(desired.keepWarm, 'P2DT45S');
  });

  test('reported no error and asked no other host', () => assert.deepEqual(browser.complaints, []));
});
