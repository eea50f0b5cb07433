// Templates and views in a real browser against a hub without any: the browser checks 1 to 5, and what stands around them.
//
// Everything waits for a condition on the page; nothing sleeps.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openBrowser, root, shot as picture, startHub, tooWide, unlabelled, until } from './support/site.mjs';

const MODEL = readFileSync(join(root, 'models/environmental_sensor.json'), 'utf8');
const DTMI = join(root, 'models/dtmi');
const ID = 'environmental-sensor-device';
const PATH = `/templates/${ID}`;

// an import that is wrong, and edits that are refused, are meant to fail
const allowed = /\b(400|409|412)\b/;
let browser;
let hub;
let page;

before(async () => {
  hub = await startHub();
  browser = await openBrowser(hub);
  page = await browser.page({ allowed });
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

const shot = (name, target = page) => picture(target, name);
const hook = (id, target = page) => target.getByTestId(id);
const choose = (text, name = 'capabilitymodel.json') => hook('input-files').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
const goto = (path, target = page) => target.goto(hub.origin + path);
const api = async (path) => (await fetch(hub.origin + path)).json();
const attributes = (locator, ...names) => locator.evaluateAll((all, list) => all.map((one) => list.map((name) => one.getAttribute(name)).join(' ')), names);

describe('somebody who builds templates', { concurrency: false }, () => {
  test('is offered an import and the sample where there is no template', async () => {
    await goto('/templates');
    await hook('no-templates').waitFor();
    await shot('templates-empty');
    await hook('import-model').first().click();
    await page.waitForURL('**/templates/new');
  });

  test('check 1: a placeholder left in the tutorial file is one clear error with its line', async () => {
    await choose(MODEL.replaceAll('urn:device_model:', 'urn:{YOUR_COMPANY_NAME_HERE}:'));
    await hook('problem').waitFor();
    assert.equal(await hook('problem').count(), 1);
    assert.equal(await hook('problem').getAttribute('data-line'), '3');
    const text = await hook('problem').textContent();
    assert.match(text, /Replace the placeholder \{YOUR_COMPANY_NAME_HERE\}/);
    assert.match(text, /line 3, column 15/);
    assert.match(await hook('problem').locator('mark').textContent(), /"@id": "urn:\{YOUR_COMPANY_NAME_HERE\}/);
    await shot('templates-placeholder');
  });

  test('sees every error of a file at its place', async () => {
    await choose(MODEL.replace('"schema": "boolean"', '"schema": "bolean"').replace('"schema": "double"', '"schema": "dobule"'));
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="problem"]').length === 2);
    const lines = await attributes(hook('problem'), 'data-line');
    assert.deepEqual(lines, ['92', '116']);
    assert.match(await hook('problem').first().textContent(), /\/implements\/1\/schema\/contents\/0\/schema/);
    await shot('templates-errors');
    await choose('{ "@id": ');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="problem"]').length === 1);
  });

  test('check 1: the tutorial file is imported with nine sensor and eight device capabilities', async () => {
    await choose(MODEL);
    await page.waitForURL(`**${PATH}`);
    await hook('group-sensor').waitFor();
    const count = (group) => hook(group).locator('[data-testid^="capability-"]').count();
    assert.deepEqual([await count('group-sensor'), await count('group-deviceinfo')], [9, 8]);
    assert.match(await hook('capability-temp').textContent(), /Temperature.*Telemetry.*double.*°F/s);
    assert.match(await hook('capability-rundiagnostics').textContent(), /asynchronous/);
    assert.equal(await hook('template-state').textContent(), 'Draft');
    await shot('templates-model');
  });

  test('check 2: Online and Offline are kept, and the exported model is unchanged', async () => {
    await hook('tab-customize').click();
    const row = hook('customize-state');
    await row.locator('summary').click();
    await hook('customize-state-trueName').fill('Online');
    await hook('customize-state-falseName').fill('Offline');
    assert.match(await hook('customize-status').textContent(), /1 capability changed/);
    await hook('save-customizations').click();
    await until(page, 'customize-status', 'textContent', 'No changes.');
    await shot('templates-customize');
    await page.reload();
    await row.locator('summary').click();
    assert.equal(await hook('customize-state-trueName').inputValue(), 'Online');
    assert.equal(await hook('customize-state-falseName').inputValue(), 'Offline');
    await hook('template-menu').click();
    const [download] = await Promise.all([page.waitForEvent('download'), hook('export-model').click()]);
    assert.equal(readFileSync(await download.path(), 'utf8'), MODEL);
  });

  test('is told under the field what a customisation cannot be', async () => {
    await hook('customize-temp').locator('summary').click();
    await hook('customize-temp-color').fill('red');
    await hook('save-customizations').click();
    await until(page, 'customize-temp-color', 'aria-invalid', 'true');
    await hook('customize-temp-color').fill('#c2410c');
    await hook('customize-temp-min').fill('9');
    await hook('customize-temp-max').fill('3');
    await hook('save-customizations').click();
    await until(page, 'customize-temp-max', 'aria-invalid', 'true');
    await hook('customize-temp-max').fill('130');
    await hook('save-customizations').click();
    await until(page, 'customize-status', 'textContent', 'No changes.');
  });

  test('does not overwrite what somebody else has saved meanwhile', async () => {
    await hook('customize-humid').locator('summary').click();
    await hook('customize-humid-decimals').fill('1');
    const elsewhere = await fetch(`${hub.origin}/api/templates/${ID}/customizations`, { method: 'PATCH', body: JSON.stringify({ brightness: { displayName: 'Brightness' } }) });
    assert.equal(elsewhere.status, 200);
    await hook('save-customizations').click();
    await page.waitForFunction(() => document.querySelector('[data-testid="customize-error"]')?.textContent.includes('Brightness Level'));
    assert.equal(await hook('customize-humid-decimals').inputValue(), '1');
    await hook('save-customizations').click();
    await until(page, 'customize-status', 'textContent', 'No changes.');
    const { customizations } = await api(`/api/templates/${ID}`);
    assert.deepEqual([customizations.humid, customizations.brightness], [{ decimals: 1 }, { displayName: 'Brightness' }]);
  });

  test('check 3: the default views are exactly those of the rule, and twice makes no more', async () => {
    await hook('tab-views').click();
    await hook('no-views').waitFor();
    for (const times of [1, 2]) {
      await hook('generate-views').click();
      for (const kind of ['overview', 'about', 'commands']) assert.ok(await hook(`generate-${kind}`).isChecked(), `${kind} is on`);
      if (times === 1) await shot('templates-generate');
      await hook('submit-dialog').click();
      await page.locator('dialog').waitFor({ state: 'detached' });
      await hook('view-commands').waitFor();
      assert.deepEqual(await attributes(page.locator('[data-testid^="view-"]'), 'data-testid', 'data-kind'), ['view-overview view', 'view-about view', 'view-commands commands']);
    }
    await shot('templates-views');
    await hook('view-overview').getByRole('link').click();
    await hook('tile').first().waitFor();
    assert.deepEqual(await attributes(hook('tile'), 'data-type', 'data-capabilities'), ['lkv temp', 'lkv humid', 'line temp', 'line humid']);
    await goto(`${PATH}/views/about`);
    await hook('tile').first().waitFor();
    assert.deepEqual(await attributes(hook('tile'), 'data-type', 'data-capabilities'), [
      'properties manufacturer model swVersion osName processorArchitecture processorManufacturer totalStorage totalMemory',
      'properties state name brightness',
    ]);
    await goto(`${PATH}/views/commands`);
    await hook('tile').first().waitFor();
    assert.deepEqual(await attributes(hook('tile'), 'data-type', 'data-capabilities'), ['command blink', 'command turnon', 'command turnoff', 'command rundiagnostics']);
  });

  test('check 4: a form keeps its two fields in order, and a read-only property cannot be set in it', async () => {
    await goto(`${PATH}/views`);
    await hook('add-form').click();
    await hook('view-name').fill('Properties');
    for (const path of ['brightness', 'name', 'state']) {
      await hook('pick-property').selectOption(path);
      await hook('pick-property-add').click();
      await hook(`editable-${path}`).waitFor();
    }
    assert.equal(await hook('editable-state').isDisabled(), true);
    assert.equal(await hook('editable-state').isChecked(), false);
    await page.getByRole('button', { name: /^Remove Device State/ }).click();
    await shot('templates-form');
    await hook('save-view').click();
    await hook('view-properties').waitFor();
    await hook('view-properties').getByRole('link').click();
    await hook('form-field').first().waitFor();
    assert.deepEqual(await attributes(hook('form-field'), 'data-path'), ['brightness', 'name']);
    const wrong = { kind: 'form', name: 'Wrong', sections: [{ title: '', fields: [{ path: 'state', editable: true }] }] };
    const refused = await fetch(`${hub.origin}/api/templates/${ID}/views`, { method: 'POST', body: JSON.stringify(wrong) });
    assert.equal(refused.status, 400);
    assert.match((await refused.json()).details[0].message, /read-only/);
  });

  test('makes a view of chosen tiles by the keyboard alone', async () => {
    await goto(`${PATH}/views`);
    await hook('add-view').focus();
    await page.keyboard.press('Enter');
    await hook('view-name').waitFor();
    await page.keyboard.type('Air');
    for (const [type, path] of [['line', 'temp'], ['lkv', 'humid']]) {
      await hook('new-tile-type').focus();
      await hook('new-tile-type').selectOption(type);
      await hook('add-tile').focus();
      await page.keyboard.press('Enter');
      // the focus is in the list of capabilities of the new tile
      await page.waitForFunction(() => document.activeElement.dataset.testid === 'pick');
      await page.evaluate((value) => { document.activeElement.value = value; }, path);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
    }
    const second = page.getByRole('button', { name: 'Move Tile 2, Last known value up' });
    await second.focus();
    await page.keyboard.press('Enter');
    assert.deepEqual(await attributes(hook('tile'), 'data-type', 'data-capabilities'), ['lkv humid', 'line temp']);
    await shot('templates-editor');
    await page.keyboard.press('Control+Enter');
    await hook('view-air').waitFor();
  });

  test('check 5: a draft is absent from the devices until it is published, and edits are invisible until published again', async () => {
    const choices = async () => {
      await goto('/devices/new');
      await page.locator('[data-testid="input-device-template"][data-loaded]').waitFor();
      return hook('input-device-template').locator('option').allTextContents();
    };
    assert.ok(!(await choices()).includes('Environmental Sensor Device'));
    await goto(PATH);
    await hook('draft-hint').waitFor();
    await hook('publish').click();
    await until(page, 'template-state', 'textContent', 'Published');
    assert.ok((await choices()).includes('Environmental Sensor Device'));

    await fetch(`${hub.origin}/api/devices`, { method: 'POST', body: JSON.stringify({ id: 'd1', templateId: ID }) });
    const shown = async () => (await api('/api/devices/d1')).template;
    assert.deepEqual((await shown()).views.map((view) => view.slug), ['overview', 'about', 'commands', 'properties', 'air']);
    await goto(`${PATH}/views/air`);
    await hook('delete-view').click();
    await hook('confirm').click();
    await hook('unpublished').waitFor();
    assert.equal((await shown()).views.length, 5);
    await shot('templates-unpublished');
    await hook('publish').click();
    await hook('template-changes').waitFor({ state: 'detached' });
    assert.equal((await shown()).views.length, 4);
  });

  test('makes a new version of a breaking change and migrates the devices', async () => {
    await hook('template-menu').click();
    await hook('replace-model').click();
    await choose(MODEL.replace('"name": "humid"', '"name": "humidity"'));
    await page.waitForURL(`**${PATH}`);
    await page.locator('[data-testid="issue"][data-code="breaking"]').waitFor();
    assert.deepEqual([await hook('publish').isDisabled(), /new version/.test(await hook('publish').getAttribute('title'))], [true, true]);
    await shot('templates-breaking');
    await hook('new-version-instead').click();
    await hook('submit-dialog').click();
    await page.waitForURL('**/templates/environmental-sensor-device-v2');
    // the version that devices use is not left with changes that can never be published
    await page.waitForFunction((path) => fetch(`/api${path}`).then((answer) => answer.json()).then((template) => template.draftChanges.length === 0), PATH);
    // tiles of what is gone stand in the way
    await page.locator('[data-testid="issue"][data-code="view"]').first().waitFor();
    await goto('/templates/environmental-sensor-device-v2/customize');
    await hook('forget-humid').click();
    await hook('forget-humid').waitFor({ state: 'detached' });
    await hook('tab-views').click();
    await hook('generate-views').click();
    await hook('submit-dialog').click();
    await page.locator('[data-testid="issue"][data-code="view"]').first().waitFor({ state: 'detached' });
    await hook('publish').click();
    await until(page, 'template-state', 'textContent', 'Published');
    await goto(PATH);
    await hook('template-menu').click();
    await hook('migrate-devices').click();
    await hook('submit-dialog').click();
    await until(page, 'device-count', 'textContent', '0 devices');
    assert.equal((await api('/api/devices/d1')).device.templateId, 'environmental-sensor-device-v2');
  });

  test('deletes a template by typing its name, but not one with devices', async () => {
    const name = 'Environmental Sensor Device';
    await goto('/templates/environmental-sensor-device-v2');
    await hook('template-menu').click();
    await hook('delete-template').click();
    await hook('confirm-name').fill(`${name} v2`);
    await hook('confirm').click();
    await page.locator('dialog [role="alert"]', { hasText: '1 device uses the template' }).waitFor();
    await page.keyboard.press('Escape');
    await goto(PATH);
    await hook('template-menu').click();
    await hook('delete-template').click();
    await hook('confirm-name').fill('something else');
    await hook('confirm').click();
    await page.locator('dialog [role="alert"]', { hasText: 'another name' }).waitFor();
    await hook('confirm-name').fill(name);
    await hook('confirm').click();
    await page.waitForURL('**/templates');
    await hook('template-row-environmental-sensor-device-v2').waitFor();
    assert.equal(await hook(`template-row-${ID}`).count(), 0);
  });

  test('joins the files of a folder to one model', async () => {
    await goto('/templates/new');
    await hook('input-folder').setInputFiles(DTMI);
    await page.waitForURL('**/templates/temperature-controller');
    await hook('group-thermostat2').waitFor();
    assert.match(await hook('capability-thermostat1/targetTemperature').textContent(), /writable/);
    await shot('templates-joined');
    await goto('/templates');
    await hook('template-row-temperature-controller').waitFor();
    await shot('templates-list');
  });

  test('gives a template cloud properties', async () => {
    await goto('/templates/temperature-controller');
    await hook('edit-cloud').click();
    await hook('add-cloud').click();
    await hook('cloud-name').fill('site');
    await hook('cloud-displayName').fill('Site');
    await hook('submit-dialog').click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    const { capabilities } = await api('/api/templates/temperature-controller');
    assert.equal(capabilities.at(-1).path, '$cloud/site');
  });
});

describe('the pages of templates', { concurrency: false }, () => {
  const id = 'environmental-sensor-device-v2';
  const paths = ['/templates', '/templates/new', `/templates/${id}`, `/templates/${id}/customize`, `/templates/${id}/views`, `/templates/${id}/views/overview`,
    `/templates/${id}/views/properties`, `/templates/${id}/views/new?kind=form`];

  test('name every control', async () => {
    for (const path of paths) {
      await goto(path);
      await hook({ '/templates': `template-row-${id}`, '/templates/new': 'import-sample' }[path] ?? 'template-menu').waitFor();
      assert.deepEqual(await unlabelled(page), [], path);
    }
  });

  test('fit phones of 320 and 360 pixels, light and dark', async () => {
    for (const [width, colorScheme] of [[320, 'light'], [360, 'dark']]) {
      const phone = await browser.page({ allowed, viewport: { width, height: 740 }, colorScheme });
      for (const path of paths) {
        await goto(path, phone);
        await phone.locator('main .card').first().waitFor();
        assert.deepEqual(await tooWide(phone), [], path);
        if (width === 360) await shot(`templates-phone${path.replace(/[^a-z]+/g, '-')}`, phone);
      }
      await phone.close();
    }
  });

  test('are usable in the dark', async () => {
    const dark = await browser.page({ allowed, colorScheme: 'dark' });
    for (const path of [`/templates/${id}`, `/templates/${id}/customize`, `/templates/${id}/views/overview`]) {
      await goto(path, dark);
      await dark.locator('main .card').first().waitFor();
      await shot(`templates-dark${path.replace(/[^a-z]+/g, '-')}`, dark);
    }
    await dark.close();
  });

  test('stayed on their host and reported no error', () => {
    assert.deepEqual(browser.complaints, []);
  });
});
