// The list of devices while it changes: controls that stay under the pointer, pages that the hub cuts, and many devices at
// once.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { groupKey, heard, listen, openBrowser, pressDuring, provision, startHub, tutorialTemplate } from './support/site.mjs';

let hub;
let browser;
let page;
let template;

before(async () => {
  hub = await startHub({ options: ['--approve-devices'] });
  template = await tutorialTemplate(hub);
  browser = await openBrowser(hub);
  page = await browser.page();
  await listen(page);
  for (let index = 0; index < 60; index += 1) await add(index);
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

const idOf = (index) => `d-${String(index).padStart(3, '0')}`;
const add = (index) => hub.api('POST', '/api/devices', { id: idOf(index) });
const row = (id) => page.getByTestId(`device-row-${id}`);
const name = (id, text) => hub.api('PATCH', `/api/devices/${id}`, { name: text });
const tag = (id, tags) => hub.api('PATCH', `/api/devices/${id}`, { tags });
const chosen = (count) => page.getByTestId('bulk-count').filter({ hasText: `${count} selected` });
const device = async (id) => (await hub.api('GET', `/api/devices/${id}`)).device;

describe('the list of devices', { concurrency: false }, () => {
  test('acts on a press that is held while this row and others change', async () => {
    await page.goto(`${hub.origin}/devices`);
    await row(idOf(2)).waitFor();
    await pressDuring(page, page.getByTestId(`menu-${idOf(2)}`), async () => {
      await name(idOf(2), 'a new name');
      await row(idOf(2)).getByText('a new name').waitFor();
      await tag(idOf(1), { site: 'north' });
      await row(idOf(1)).getByText('site: north').waitFor();
    });
    await page.getByTestId('edit-device').waitFor();
    // the name moves the row to the front of the list, which waits until the menu is closed
    await page.keyboard.press('Escape');
    await page.waitForFunction((id) => document.querySelector('[data-row]').dataset.id === id, idOf(2));
    assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), `menu-${idOf(2)}`, 'the focus moves with its row');
    await name(idOf(2), '');
  });

  test('follows a link that is pressed while its device and its place change', async () => {
    await page.waitForFunction((id) => document.querySelectorAll('[data-row]')[2].dataset.id === id, idOf(2));
    await pressDuring(page, row(idOf(2)).locator('.device-link'), async () => {
      for (const text of ['zz', 'aa', 'a last name']) {
        await name(idOf(2), text);
        await row(idOf(2)).getByText(text, { exact: true }).waitFor();
      }
    });
    await page.getByTestId('manage-device').waitFor();
    await page.goBack();
    await name(idOf(2), '');
    await row(idOf(2)).waitFor();
  });

  test('keeps a row and its focus when others come, go and move', async () => {
    const kept = await row(idOf(10)).elementHandle();
    await row(idOf(10)).locator('.device-link').focus();
    await hub.api('POST', '/api/devices', { id: 'a-first' });
    await row('a-first').waitFor();
    await hub.api('DELETE', '/api/devices/a-first');
    await row('a-first').waitFor({ state: 'detached' });
    assert.ok(await kept.evaluate((element) => element.isConnected && element.contains(document.activeElement)));
  });

  test('is cut into pages by the hub, which finds and sorts', async () => {
    const asked = [];
    page.on('request', (request) => request.url().includes('/api/devices?') && asked.push(new URL(request.url()).searchParams));
    await page.getByTestId('device-count').getByText('60 devices').waitFor();
    assert.equal(await page.locator('[data-row]').count(), 50);
    await page.getByRole('button', { name: 'Next page' }).click();
    await row(idOf(55)).waitFor();
    assert.equal(await page.locator('[data-row]').count(), 10);
    assert.match(page.url(), /page=2/);
    await page.reload();
    await row(idOf(55)).waitFor();
    await page.locator('[data-sort-by="name"]').click();
    await row(idOf(9)).waitFor();
    assert.equal(await page.locator('th[aria-sort="descending"]').count(), 1);
    await page.getByTestId('filter-devices').fill('d-00');
    await page.getByTestId('device-count').getByText('10 of 60 devices').waitFor();
    assert.ok(asked.every((query) => query.get('limit') === '50'), 'no more than a page is asked for');
    await page.getByTestId('clear-filters').click();
    await page.locator('[data-sort-by="name"]').click();
    await row(idOf(0)).waitFor();
  });

  test('shows the page before when the last one has become empty', async () => {
    for (let index = 60; index < 101; index += 1) await add(index);
    await page.goto(`${hub.origin}/devices?page=3`);
    await row(idOf(100)).waitFor();
    await hub.api('DELETE', `/api/devices/${idOf(100)}`);
    await row(idOf(99)).waitFor();
    for (let index = 60; index < 100; index += 1) await hub.api('DELETE', `/api/devices/${idOf(index)}`);
  });

  test('exports every device that matches and not only those that are shown', async () => {
    await page.goto(`${hub.origin}/devices?q=d-0`);
    await page.getByTestId('device-count').getByText('60 devices').waitFor();
    await page.getByRole('button', { name: 'Import and export' }).click();
    const download = page.waitForEvent('download');
    await page.getByTestId('export-csv').click();
    const stream = await (await download).createReadStream();
    let text = '';
    for await (const chunk of stream) text += chunk;
    assert.equal(text.split('\r\n').length, 61);
  });

  test('tags, blocks and gives a template to the chosen devices', async () => {
    await page.goto(`${hub.origin}/devices`);
    await page.getByTestId(`select-${idOf(0)}`).check();
    await page.getByTestId(`select-${idOf(3)}`).click({ modifiers: ['Shift'] });
    await chosen(4).waitFor();
    await page.getByTestId('bulk-tag').click();
    await page.getByTestId('bulk-tag-key').fill('no blanks');
    await page.getByTestId('submit-dialog').click();
    await page.getByText('A tag has a name of letters').waitFor();
    await page.getByTestId('bulk-tag-key').fill('floor');
    await page.getByTestId('bulk-tag-value').fill('3');
    await page.getByTestId('submit-dialog').click();
    await page.getByText('Tagged 4 devices.').waitFor();
    assert.equal((await device(idOf(3))).tags.floor, '3');
    await page.getByTestId(`select-${idOf(0)}`).uncheck();
    await page.getByTestId('bulk-template').click();
    await page.getByTestId('bulk-template-to').selectOption(template);
    await page.getByTestId('submit-dialog').click();
    await page.getByText('Changed the template of 3 devices.').waitFor();
    assert.equal((await device(idOf(1))).templateId, template);
    assert.equal((await device(idOf(0))).templateId, null);
    await page.getByTestId('bulk-block').click();
    await page.getByTestId('confirm').click();
    for (const index of [1, 2, 3]) await row(idOf(index)).locator('[data-status="blocked"]').waitFor();
    await page.locator('[data-testid="bulk-block"]:disabled').waitFor();
    await page.getByTestId('bulk-unblock').click();
    await row(idOf(3)).locator('[data-status="registered"]').waitFor();
  });

  test('approves those that wait, and deletes as many as are typed', async () => {
    for (const id of ['new-1', 'new-2']) {
      await heard(page, 'device', '"status":"waiting"', () => assert.rejects(provision(hub, { idScope: hub.id_scope, deviceId: id, primaryKey: groupKey(hub, id) }), /401/));
    }
    await page.getByTestId('filter-devices').fill('new-');
    await row('new-2').waitFor();
    await row(idOf(0)).waitFor({ state: 'detached' });
    await page.getByTestId('select-all').check();
    await chosen(2).waitFor();
    await page.getByTestId('bulk-approve').click();
    for (const id of ['new-1', 'new-2']) await row(id).locator('[data-status="registered"]').waitFor();
    await page.getByTestId('bulk-delete').click();
    await page.getByTestId('confirm').click();
    await page.getByText('This is not the number of devices.').waitFor();
    await page.getByTestId('confirm-name').fill('2');
    await page.getByTestId('confirm').click();
    await page.getByText('Deleted 2 devices.').waitFor();
    await row('new-1').waitFor({ state: 'detached' });
    await page.getByTestId('clear-filters').click();
  });

  test('is worked by the keyboard alone', async () => {
    await row(idOf(0)).waitFor();
    const press = (keys) => page.keyboard.press(keys);
    await page.getByTestId('select-all').focus();
    await press('Space');
    await chosen(50).waitFor();
    await press('Space');
    await chosen(50).waitFor({ state: 'detached' });
    await page.getByTestId(`select-${idOf(4)}`).focus();
    await press('Space');
    await chosen(1).waitFor();
    await page.getByTestId('bulk-tag').focus();
    await press('Enter');
    await page.keyboard.type('by');
    await press('Tab');
    await page.keyboard.type('keyboard');
    await press('Control+Enter');
    await page.getByText('Tagged one device.').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'bulk-tag', 'the focus comes back');
    assert.equal((await device(idOf(4))).tags.by, 'keyboard');
  });

  test('reported no error and asked no other host', () => assert.deepEqual(browser.complaints, []));
});
