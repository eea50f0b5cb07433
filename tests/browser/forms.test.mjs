// What an operator types: nothing of it is lost without a question, what cannot be is said at its field, and only what was
// changed is sent. Everything waits for a condition; nothing sleeps for time to pass.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { oddTemplate } from './support/odd.mjs';
import { editTemplate, openBrowser, shot, startHub } from './support/site.mjs';

const ID = 'odd-1';
const FORM = `/devices/${ID}/form/settings`;
// a value that is refused is meant to be
const allowed = /\b(400|409)\b/;
let hub;
let browser;
let page;
let template;

before(async () => {
  hub = await startHub();
  template = await oddTemplate(hub);
  await hub.api('POST', '/api/devices', { id: ID, templateId: template });
  browser = await openBrowser(hub);
  page = await browser.page({ allowed });
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

const hook = (id) => page.getByTestId(id);
const open = (path) => page.goto(hub.origin + path);
const link = (name) => page.locator('nav').getByRole('link', { name, exact: true });
const twin = () => hub.api('GET', `/api/devices/${ID}/twin`);
const question = () => page.getByRole('dialog', { name: 'Leave without saving?' });
const answer = async (name) => {
  await question().getByRole('button', { name, exact: true }).click();
  await question().waitFor({ state: 'detached' });
};

describe('somebody who types', { concurrency: false }, () => {
  test('is asked before a form, the twin, the customisations or a view that is not saved is left', async () => {
    const editors = [
      [FORM, () => hook('input-level').fill('7'), () => hook('input-level').inputValue()],
      [`/devices/${ID}/twin`, () => hook('twin-desired').fill('{"level": 7}'), () => hook('twin-desired').inputValue()],
      [`/templates/${template}/customize`, async () => {
        await hook('customize-level').locator('summary').click();
        await hook('customize-level-displayName').fill('7');
      }, () => hook('customize-level-displayName').inputValue()],
      [`/templates/${template}/views/settings`, () => hook('view-name').fill('7'), () => hook('view-name').inputValue()],
    ];
    for (const [path, type, typed] of editors) {
      await open(path);
      await type();
      const before = await typed();
      await link('Hub').click();
      await question().waitFor();
      if (path === FORM) await shot(page, 'leave');
      await page.keyboard.press('Escape');
      await question().waitFor({ state: 'detached' });
      assert.deepEqual([await typed(), new URL(page.url()).pathname], [before, path]);
      await link('Hub').click();
      await answer('Discard');
      await page.waitForURL('**/hub');
    }
  });

  test('is asked before another tab of the device', async () => {
    await open(FORM);
    await hook('input-level').fill('7');
    await page.locator('.tabs').getByRole('link', { name: 'Twin' }).click();
    await answer('Stay');
    assert.equal(await hook('input-level').inputValue(), '7');
  });

  test('stays where Back and Forward would lose something, and goes there when it may be lost', async () => {
    await open('/devices');
    await link('Hub').click();
    await page.waitForURL('**/hub');
    await link('Devices').click();
    await page.locator('.device-link', { hasText: ID }).click();
    await page.waitForURL(`**/${ID}*`);
    await page.locator('.tabs').getByRole('link', { name: 'Settings' }).click();
    await hook('input-level').fill('7');
    await page.evaluate(() => history.go(-2));
    await question().waitFor();
    await page.waitForURL(`**${FORM}`);
    // what has the focus is the harmless answer
    await page.keyboard.press('Enter');
    await question().waitFor({ state: 'detached' });
    assert.equal(await hook('input-level').inputValue(), '7');
    await page.evaluate(() => history.go(-2));
    await answer('Discard');
    await page.waitForURL('**/devices');
    await page.locator('.device-link').waitFor();
    await page.evaluate(() => history.forward());
    await page.evaluate(() => history.forward());
    await hook('input-level').waitFor();
    await page.evaluate(() => history.back());
    await page.waitForURL(`**/${ID}*`);
    assert.equal(await question().count(), 0, 'nothing is typed now');
  });

  test('is asked by the browser before the page is loaded again', async () => {
    await open(FORM);
    await hook('input-level').fill('7');
    const asked = page.waitForEvent('dialog');
    page.reload().catch(() => {});
    const dialog = await asked;
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    assert.equal(await hook('input-level').inputValue(), '7');
    await hook('input-level').fill('8');
    await hook('save-form').click();
    await page.getByText('Nothing is changed.').waitFor();
    await page.reload();
    await page.waitForFunction(() => document.querySelector('[data-testid="input-level"]')?.value === '8');
  });

  test('is told at the field that a twin does not hold so great a number', async () => {
    await open(FORM);
    await hook('input-level').fill('9223372036854775807');
    await page.getByText('Enter a number from -4503599627370496 to 4503599627370496.').waitFor();
    assert.equal(await hook('save-form').isDisabled(), true);
  });

  test('finds the items of a list numbered as they stand', async () => {
    await open(FORM);
    const slots = hook('input-slots');
    const labels = () => slots.locator('.row').evaluateAll((rows) => rows.map((row) => [row.querySelector('label').textContent, row.querySelector('button').ariaLabel]));
    const add = slots.getByRole('button', { name: 'Add', exact: true });
    for (let count = 0; count < 3; count += 1) await add.click();
    await slots.getByRole('button', { name: 'Remove item 1' }).click();
    assert.deepEqual(await labels(), [['Item 1', 'Remove item 1'], ['Item 2', 'Remove item 2']]);
    await add.click();
    assert.deepEqual((await labels()).map(([label]) => label), ['Item 1', 'Item 2', 'Item 3']);
  });

  test('sees a long name inside its own column', async () => {
    await open(FORM);
    await hook('input-long').waitFor();
    const over = await page.locator('.edited label, .edited legend').evaluateAll((labels) => labels.filter((label) => {
      const range = document.createRange();
      range.selectNodeContents(label);
      return range.getBoundingClientRect().right > label.closest('.edited').getBoundingClientRect().right + 1;
    }).map((label) => label.textContent));
    assert.deepEqual(over, []);
  });

  test('keeps JSON that the fields would lose a part of', async () => {
    await open(FORM);
    const slots = hook('input-slots');
    await slots.getByRole('button', { name: 'Edit as JSON' }).click();
    await hook('json-input-slots').fill('{"no": 1}');
    await slots.getByRole('button', { name: 'Edit as fields' }).click();
    await slots.getByText('This does not fit the fields').waitFor();
    assert.equal(await hook('json-input-slots').inputValue(), '{"no": 1}');
    await hook('json-input-slots').fill('[4, 5]');
    await slots.getByRole('button', { name: 'Edit as fields' }).click();
    assert.deepEqual(await slots.locator('.row input').evaluateAll((inputs) => inputs.map((input) => input.value)), ['4', '5']);
  });

  test('enters a place by its parts, and a date by the calendar of the browser', async () => {
    await open(FORM);
    const place = hook('input-place');
    await place.getByLabel('Longitude').fill('200');
    await place.getByText('Enter a number from -180 to 180.').waitFor();
    await place.getByLabel('Longitude').fill('8.5');
    assert.equal(await hook('save-form').isDisabled(), true, 'a place has a latitude, too');
    await place.getByLabel('Latitude').fill('47');
    await page.getByLabel('Choose: Day').fill('2026-03-04');
    assert.equal(await hook('input-day').inputValue(), '2026-03-04');
    await hook('save-form').click();
    await page.getByText('Saved: will be delivered when the device connects.').waitFor();
    const { desired } = await twin();
    assert.deepEqual([desired.place, desired.day], [{ type: 'Point', coordinates: [8.5, 47] }, '2026-03-04']);
  });

  test('may enter only what the template leaves in the range of a property', async () => {
    await editTemplate(hub, template, 'PATCH', '/customizations', { level: { min: 0, max: 10 } });
    await editTemplate(hub, template, 'POST', '/publish', {});
    await open(FORM);
    await hook('input-level').fill('99');
    await page.getByText('Enter a number from 0 to 10.').waitFor();
    assert.equal(await hook('save-form').isDisabled(), true);
  });

  test('is asked what a model is imported for that a template has already', async () => {
    await open('/templates/new');
    await hook('import-sample').click();
    await page.waitForURL(/templates\/(?!new)/);
    const first = new URL(page.url()).pathname;
    for (const [choice, found] of [['replace', new RegExp(`${first}$`)], ['version', /-v2$/], ['another', /-2$/]]) {
      await open('/templates/new');
      await hook('import-sample').click();
      await page.getByRole('dialog', { name: 'This model is there already' }).waitFor();
      if (choice === 'replace') await shot(page, 'import-again');
      await hook(`again-${choice}`).click();
      await page.waitForURL(found);
    }
    assert.equal((await hub.api('GET', '/api/templates')).items.filter((one) => one.modelId.includes('environmental_sensor')).length, 3);
  });

  test('adds a tile with what its list stands at, and is told at the tile what is wrong', async () => {
    await open(`/templates/${template}/views/new?kind=view`);
    await hook('view-name').fill('Air');
    await hook('new-tile-type').selectOption('line');
    await hook('add-tile').click();
    await hook('new-tile-type').selectOption('label');
    await hook('add-tile').click();
    await hook('save-view').click();
    await hook('tile').nth(1).locator('.field-error').waitFor();
    await hook('view-error').getByText('Tile 2, Text: A label needs a text.').waitFor();
    await hook('tile').nth(1).getByTestId('tile-title').fill('Air');
    await hook('save-view').click();
    await page.waitForURL('**/views');
    const { views } = await hub.api('GET', `/api/templates/${template}`);
    assert.deepEqual(views.find((view) => view.slug === 'air').tiles.map((tile) => tile.capabilities), [['workingSet'], []]);
  });

  test('sends of a twin only what was changed, and nothing when nothing was', async () => {
    await hub.api('PATCH', `/api/devices/${ID}/twin`, { desired: { level: 1, other: { a: 1, b: 2 } } });
    await open(`/devices/${ID}/twin`);
    await hook('twin-desired').waitFor();
    await page.waitForFunction(() => document.querySelector('[data-testid="twin-desired"]').value.includes('other'));
    assert.equal(await hook('save-twin-desired').isDisabled(), true);
    await hook('twin-desired').fill('{"level": 1, "other": {"a": 1, "b": 3}}');
    await hook('discard-twin-desired').click();
    assert.equal(await hook('save-twin-desired').isDisabled(), true);
    const sent = page.waitForRequest((request) => request.method() === 'PATCH');
    await hook('twin-desired').fill('{"level": 1, "other": {"a": 1, "b": 3}}');
    await hook('save-twin-desired').click();
    assert.deepEqual((await sent).postDataJSON(), { desired: { other: { b: 3 } } });
    await page.waitForFunction(() => document.querySelector('[data-testid="save-twin-desired"]').disabled);
    assert.equal((await twin()).desired.other.b, 3);
  });

  test('nothing went wrong beside', () => assert.deepEqual(browser.complaints, []));
});
