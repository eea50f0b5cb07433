// What a device sends that its template does not know: added to the template from the raw data.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Device, openBrowser, provision, secretOf, startHub, tutorialTemplate } from './support/site.mjs';

const ID = 'sensor-1';

let hub;
let browser;
let page;
let template;
let device;

before(async () => {
  hub = await startHub();
  template = await tutorialTemplate(hub);
  browser = await openBrowser(hub);
  page = await browser.page();
  await hub.api('POST', '/api/devices', { id: ID, templateId: template });
  const secret = await secretOf(hub, ID);
  await provision(hub, secret);
  device = await Device.connect(hub, secret);
});

after(async () => {
  await device?.end();
  await browser?.close();
  await hub?.stop();
});

describe('an operator who finds an unmodeled name in raw data', { concurrency: false }, () => {
  test('is told when the model cannot be had or read', async () => {
    await device.send({ temp: 70, pressure: 1013.5, nested: { a: 1 }, _own: 1 });
    const own = await browser.page({ allowed: /ERR_FAILED|401/ });
    const error = (text) => own.locator('dialog .field-error', { hasText: text }).waitFor();
    await own.goto(`${hub.origin}/devices/${ID}/raw`);
    await own.getByTestId('add-pressure').click();
    const model = '**/api/templates/*/model?*';
    for (const [answer, text] of [
      [(route) => route.abort(), 'does not answer'],
      [(route) => route.fulfill({ body: 'no JSON' }), 'JSON'],
    ]) {
      await own.route(model, answer);
      await own.getByTestId('submit-dialog').click();
      await error(text);
      await own.unroute(model);
    }
    await own.route(model, (route) => route.fulfill({ status: 401, json: { code: 'unauthorized', message: 'the token is needed' } }));
    await own.getByTestId('submit-dialog').click();
    await own.getByTestId('input-token').waitFor();
    await own.context().close();
  });

  test('adds it to the draft of the template, which keeps all else', async () => {
    await page.goto(`${hub.origin}/devices/${ID}/raw`);
    await page.getByTestId('add-pressure').click();
    assert.equal(await page.locator('[data-testid="unmodeled-names"] button').count(), 1, 'what no model can have is not offered');
    await page.getByTestId('add-label').fill('Air pressure');
    await page.getByTestId('submit-dialog').click();
    await page.getByText('pressure is in the draft of').waitFor();
    const { capabilities, customizations, draftChanges } = await hub.api('GET', `/api/templates/${template}`);
    const added = capabilities.find((one) => one.name === 'pressure');
    assert.deepEqual([added.kind, added.label, added.schema.type], ['telemetry', 'Air pressure', 'double']);
    assert.equal(customizations.state.trueName, 'Online');
    assert.ok(draftChanges.length > 0);
  });

  test('sees it modeled when the template is published', async () => {
    await hub.api('POST', `/api/templates/${template}/publish`, {});
    await device.send({ pressure: 1014 });
    await page.reload();
    await page.locator('[data-testid="message-row"] [data-column="values"]', { hasText: 'pressure: 1014' }).waitFor();
    await page.getByTestId('raw-columns').click();
    await page.getByTestId('column-pressure').check();
  });

  test('reported no error and asked no other host', () => assert.deepEqual(browser.complaints, []));
});
