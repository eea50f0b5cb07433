// What happens on the pages of templates under the hands of whoever builds them: controls that are pressed while the page changes,
// answers that come late, edits that are made while others are saved.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { editTemplate, heard, hold, listen, loadAgain, openBrowser, pressDuring, startHub, tutorialTemplate, until } from './support/site.mjs';
import { oddTemplate } from './support/odd.mjs';

let hub;
let browser;
let page;
let template;
let devices = 0;

before(async () => {
  hub = await startHub();
  template = await tutorialTemplate(hub);
  browser = await openBrowser(hub);
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

beforeEach(async () => {
  await page?.context().close();
  page = await browser.page({ allowed: /\b(404|409|412)\b/ });
  await listen(page);
});

const hook = (id) => page.getByTestId(id);
const at = (path = '') => page.goto(`${hub.origin}/templates/${template}${path}`);
const heading = (text) => page.getByRole('heading', { level: 1, name: text, exact: true });
const edit = (method, end, body) => editTemplate(hub, template, method, end, body);
const read = () => hub.api('GET', `/api/templates/${template}`);
/** One more device, which every page of the template tells. */
async function addDevice() {
  devices += 1;
  await hub.api('POST', '/api/devices', { id: `device-${devices}`, templateId: template });
  await until(page, 'device-count', 'textContent', devices === 1 ? '1 device' : `${devices} devices`);
}

describe('a press lasts while a template changes, and counts', { concurrency: false }, () => {
  test('on its row in the list, while it is renamed', async () => {
    await page.goto(`${hub.origin}/templates`);
    await pressDuring(page, hook(`template-row-${template}`).getByRole('link'), async () => {
      await edit('PATCH', '', { name: 'Sensor of the air' });
      await page.getByRole('link', { name: 'Sensor of the air' }).waitFor();
    });
    await heading('Sensor of the air').waitFor();
  });

  test('on the cloud properties, while a device is added', async () => {
    await at();
    await pressDuring(page, hook('edit-cloud'), addDevice);
    await hook('add-cloud').waitFor();
  });

  test('on Publish and on the menu, while a device is added', async () => {
    await edit('PATCH', '/customizations', { temp: { decimals: 1 } });
    await at();
    await hook('template-changes').waitFor();
    await pressDuring(page, hook('publish'), addDevice);
    await hook('template-changes').waitFor({ state: 'detached' });
    await pressDuring(page, hook('template-menu'), addDevice);
    await hook('rename-template').waitFor();
    await addDevice();
    assert.ok(await hook('rename-template').isVisible(), 'an open menu stays open');
  });

  test('on a view and on what moves it, while a device is added', async () => {
    await at('/views');
    const down = hook('view-overview').getByRole('button').last();
    await pressDuring(page, down, addDevice);
    await page.waitForFunction(() => document.querySelector('[data-testid^="view-"]')?.dataset.testid === 'view-about');
    await pressDuring(page, hook('view-about').getByRole('link'), addDevice);
    await page.waitForURL('**/views/about');
  });

  test('on what forgets a customisation that the model has no more, while a device is added', async () => {
    await edit('PATCH', '/customizations', { humid: { decimals: 2 } });
    const { files } = await read();
    const text = (await hub.api('GET', `/api/templates/${template}/model?file=${encodeURIComponent(files[0].name)}`));
    const model = typeof text === 'string' ? text : JSON.stringify(text);
    await edit('PUT', '/model', { files: [{ name: files[0].name, text: model.replace(/"name":\s*"humid"/, '"name": "humidity"') }] });
    await at('/customize');
    await pressDuring(page, hook('forget-humid'), addDevice);
    await hook('forget-humid').waitFor({ state: 'detached' });
    await edit('POST', '/revert', {});
  });
});

describe('an answer about a template that comes late', { concurrency: false }, () => {
  test('to a save leaves what was typed after it was sent, which is saved next without a conflict', async () => {
    await at('/customize');
    const row = hook('customize-state');
    await row.locator('summary').click();
    await hook('customize-state-trueName').fill('Awake');
    const save = await hold(page, `**/api/templates/${template}/customizations`, { method: 'PATCH' });
    await hook('save-customizations').click();
    await save.came;
    await hook('customize-state-falseName').fill('Asleep');
    await save.release();
    await page.locator('.toast').first().waitFor();
    assert.equal(await hook('customize-state-falseName').inputValue(), 'Asleep');
    await hook('save-customizations').click();
    await until(page, 'customize-status', 'textContent', 'No changes.');
    assert.equal(await hook('customize-error').textContent(), '');
    assert.deepEqual((await read()).customizations.state, { trueName: 'Awake', falseName: 'Asleep' });
  });

  test('to the first of two moves does not keep the second from happening, and the focus stays with what moves', async () => {
    await edit('PUT', '/views', ['overview', 'about', 'commands', 'properties']);
    await at('/views');
    const down = hook('view-overview').getByRole('button').last();
    const move = await hold(page, `**/api/templates/${template}/views`, { method: 'PUT' });
    await down.focus();
    await page.keyboard.press('Enter');
    await move.came;
    await page.keyboard.press('Enter');
    await move.release();
    const order = (slugs) => page.waitForFunction((wanted) => [...document.querySelectorAll('.view-row')].map((row) => row.dataset.testid.slice(5)).join() === wanted, slugs.join());
    await order(['about', 'commands', 'overview', 'properties']);
    assert.ok(await hook('view-overview').evaluate((one) => one.contains(document.activeElement)));
    await page.keyboard.press('Enter');
    await order(['about', 'commands', 'properties', 'overview']);
    await page.waitForFunction(() => document.activeElement.dataset.move === 'up');
    await page.keyboard.press('Enter');
    await order(['about', 'commands', 'overview', 'properties']);
    assert.ok(await hook('view-overview').evaluate((one) => one.contains(document.activeElement)));
  });

  test('to the deletion of a view leads back to the views, also when the stream has told of it before', async () => {
    await edit('POST', '/views', { kind: 'view', name: 'Gone', tiles: [] });
    await at('/views/gone');
    const deletion = await hold(page, `**/api/templates/${template}/views/gone`, { method: 'DELETE' });
    await hook('delete-view').click();
    await hook('confirm').click();
    await deletion.came;
    await hook('delete-view').waitFor({ state: 'detached' });
    await deletion.release();
    await page.waitForURL('**/views');
    await page.getByText('Gone').first().waitFor();
  });

  test('to a load that began before a device was added leaves the newer count, as the template is loaded once more', async () => {
    await at();
    await hook('publish').waitFor();
    const load = await hold(page, `**/api/templates/${template}`);
    await loadAgain(page);
    await load.came;
    await addDevice();
    const again = page.waitForRequest(`**/api/templates/${template}`);
    await load.release();
    await again;
    assert.equal(await hook('device-count').textContent(), `${devices} devices`);
  });

  test('before it is known whose model is replaced lets no file make a template of its own', async () => {
    const before = (await hub.api('GET', '/api/templates')).items.length;
    const load = await hold(page, `**/api/templates/${template}`);
    await page.goto(`${hub.origin}/templates/new?for=${template}`);
    await load.came;
    assert.ok(await hook('input-files').isDisabled());
    await load.release();
    const { files } = await read();
    const text = await hub.api('GET', `/api/templates/${template}/model?file=${encodeURIComponent(files[0].name)}`);
    await page.waitForFunction(() => document.querySelector('[data-testid="input-files"]')?.disabled === false);
    await hook('input-files').setInputFiles({ name: files[0].name, mimeType: 'application/json', buffer: Buffer.from(typeof text === 'string' ? text : JSON.stringify(text)) });
    await page.waitForURL(`**/templates/${template}`);
    assert.equal((await hub.api('GET', '/api/templates')).items.length, before);
  });

  test('to an import keeps other files from being chosen meanwhile', async () => {
    const before = (await hub.api('GET', '/api/templates')).items.length;
    await page.goto(`${hub.origin}/templates/new`);
    const send = await hold(page, '**/api/templates', { method: 'POST' });
    await hook('import-sample').click();
    await send.came;
    assert.ok(await hook('input-files').isDisabled());
    assert.ok(await hook('import-sample').isDisabled());
    await send.release();
    // the sample is a template already
    await hook('again-another').click();
    await hook('template-menu').waitFor();
    assert.equal((await hub.api('GET', '/api/templates')).items.length, before + 1);
  });

  test('of a page that was left opens no dialog on the next one', async () => {
    await edit('PATCH', '', { name: 'Sensor again' });
    if ((await read()).deviceCount === 0) await hub.api('POST', '/api/devices', { id: 'counted', templateId: template });
    await at();
    await hook('template-menu').click();
    const list = await hold(page, '**/api/templates');
    await hook('migrate-devices').click();
    await list.came;
    await page.getByRole('link', { name: 'Devices' }).first().click();
    await hook('add-device').waitFor();
    const answered = page.waitForResponse('**/api/templates');
    await list.release();
    await answered;
    await hook('add-device').click();
    await hook('input-device-id').waitFor();
    assert.equal(await page.locator('dialog').count(), 0);
  });

  test('of a page that was left changes neither title nor content of the next one', async () => {
    const load = await hold(page, `**/api/templates/${template}`);
    await at('/views');
    await load.came;
    await page.getByRole('link', { name: 'Devices' }).first().click();
    await hook('add-device').waitFor();
    const title = await page.title();
    const answered = page.waitForResponse(`**/api/templates/${template}`);
    await load.release();
    await answered;
    await hook('filter-devices').fill('x');
    assert.equal(await page.title(), title);
  });
});

describe('what is typed about a template stays', { concurrency: false }, () => {
  test('while everything is loaded again, and what is not typed in follows', async () => {
    await at('/customize');
    await hook('customize-temp').locator('summary').click();
    await hook('customize-humid').locator('summary').click();
    await edit('PATCH', '/customizations', { humid: { displayUnit: 'percent' } });
    await until(page, 'customize-humid-displayUnit', 'value', 'percent');
    await hook('customize-temp-displayName').fill('Warmth');
    const answered = page.waitForResponse(`**/api/templates/${template}`);
    await loadAgain(page);
    await answered;
    await addDeviceCounted();
    assert.equal(await hook('customize-temp-displayName').inputValue(), 'Warmth');
    await hook('save-customizations').click();
    await until(page, 'customize-status', 'textContent', 'No changes.');
    const { customizations } = await read();
    assert.equal(customizations.temp.displayName, 'Warmth');
    assert.equal(customizations.humid.displayUnit, 'percent');
  });

  test('in the editor of a view, while a device is added and everything is loaded again', async () => {
    await at('/views/overview');
    await hook('view-name').fill('Everything at once');
    const answered = page.waitForResponse(`**/api/templates/${template}`);
    await loadAgain(page);
    await answered;
    await addDeviceCounted();
    assert.equal(await hook('view-name').inputValue(), 'Everything at once');
    await hook('save-view').click();
    await page.getByRole('link', { name: 'Everything at once' }).waitFor();
  });
});

describe('what is not there', { concurrency: false }, () => {
  test('is a template that was deleted while the page heard of nothing, whose edits are nothing to stay for', async () => {
    const { id } = await hub.api('POST', '/api/templates', { sample: true });
    await page.goto(`${hub.origin}/templates/${id}/customize`);
    await page.locator('details.customize summary').first().click();
    await page.locator('details.customize input').first().fill('Edited');
    await page.evaluate(() => window.streams.at(-1).close());
    await hub.api('DELETE', `/api/templates/${id}`);
    await loadAgain(page);
    await hook('not-found').waitFor();
    await hook('publish').waitFor({ state: 'detached' });
    await page.locator('[data-section="hub"]').click();
    await hook('tab-hub-overview').waitFor();
  });

  test('is a page that every object has by its name', async () => {
    await page.goto(`${hub.origin}/hub/constructor`);
    await hook('not-found').waitFor();
    await at('/constructor');
    await page.locator('[data-testid="tab-model"][aria-current="page"]').waitFor();
    await hook('publish').waitFor();
  });
});

describe('what was not edited is left without a question', { concurrency: false }, () => {
  const leave = () => page.getByTestId('tab-model').click();
  const left = () => page.locator('[data-testid="tab-model"][aria-current="page"]').waitFor();
  const asked = async () => {
    await leave();
    await hook('cancel').click();
  };

  test('a view whose deletion was cancelled, and one whose tile was added and removed again', async () => {
    await at('/views/about');
    await hook('delete-view').click();
    await hook('cancel').click();
    await leave();
    await left();
    await at('/views/about');
    await hook('add-tile').click();
    await asked();
    await hook('remove-tile').last().click();
    await leave();
    await left();
  });

  test('a width that is chosen is an edit at once, which is not published', async () => {
    await at('/views/about');
    await until(page, 'publish', 'title', '');
    const width = hook('tile-width').first();
    await width.selectOption(await width.inputValue() === '1' ? '2' : '1');
    await page.waitForFunction(() => document.querySelector('[data-testid="publish"]').title !== '');
    await asked();
  });

  test('a customisation that was only looked at as JSON', async () => {
    await page.goto(`${hub.origin}/templates/${await oddTemplate(hub)}/customize`);
    await hook('customize-minmax').locator('summary').click();
    await hook('customize-minmax').locator('.as-json').click();
    await hook('json-customize-minmax-initialValue').waitFor();
    await until(page, 'customize-status', 'textContent', 'No changes.');
    await leave();
    await left();
  });
});

/** Has the page hear of one more device, which it need not show while something is typed. */
async function addDeviceCounted() {
  devices += 1;
  await heard(page, 'template', template, () => hub.api('POST', '/api/devices', { id: `device-${devices}`, templateId: template }));
}

test('the pages of templates reported no error and asked no other host', () => {
  assert.deepEqual(browser.complaints, []);
});
