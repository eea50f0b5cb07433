// Two operators at once: what one of them has saved is never undone unseen by what the other saves.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { editTemplate, openBrowser, startHub, tutorialTemplate, until } from './support/site.mjs';

const ID = 'shared';
let hub;
let browser;
let template;
let one;
let other;

before(async () => {
  hub = await startHub();
  template = await tutorialTemplate(hub);
  await hub.api('POST', '/api/devices', { id: ID, name: 'Shared sensor', templateId: template });
  await hub.api('PATCH', `/api/devices/${ID}`, { tags: { site: 'north', floor: '1' } });
  browser = await openBrowser(hub);
  // what is refused because of the other is meant to be
  [one, other] = await Promise.all([0, 1].map(() => browser.page({ allowed: /\b412\b/ })));
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

const both = (path) => Promise.all([one, other].map((page) => page.goto(hub.origin + path)));
const twin = () => hub.api('GET', `/api/devices/${ID}/twin`);
const readTemplate = () => hub.api('GET', `/api/templates/${template}`);

describe('two operators of a device', { concurrency: false }, () => {
  test('save different properties of one form, and both are wished', async () => {
    await both(`/devices/${ID}/form/properties`);
    await one.getByTestId('input-brightness').fill('1');
    await other.getByTestId('input-name').fill('Contoso');
    await Promise.all([one, other].map((page) => page.getByTestId('save-form').click()));
    for (const page of [one, other]) {
      await until(page, 'sync-brightness', 'data-sync', 'pending');
      await until(page, 'sync-name', 'data-sync', 'pending');
    }
    assert.deepEqual((await twin()).desired, { brightness: { value: 1 }, name: { value: 'Contoso' } });
  });

  test('save the same property: the one who types is offered the value of the other and may still put an own one over it', async () => {
    await one.getByTestId('input-brightness').fill('21');
    await other.getByTestId('input-brightness').fill('22');
    await other.getByTestId('save-form').click();
    await one.getByTestId('offer-brightness').getByText('Changed to 22').waitFor();
    assert.equal(await one.getByTestId('input-brightness').inputValue(), '21');
    await one.getByTestId('save-form').click();
    await until(other, 'input-brightness', 'value', '21');
    assert.deepEqual((await twin()).desired.brightness, { value: 21 });
  });

  for (const [part, mine, theirs, expected] of [
    ['desired', { setpoint: 5 }, { mode: 'eco' }, { setpoint: 5, mode: 'eco' }],
    ['tags', { site: 'south' }, { floor: '2' }, { site: 'south', floor: '2' }],
  ]) {
    test(`edit ${part} of the twin as JSON: who types is told, and what the other has changed stays`, async () => {
      await both(`/devices/${ID}/twin`);
      const texts = [one, other].map((page) => page.getByTestId(`twin-${part}`));
      for (const [text, changes] of [[texts[0], mine], [texts[1], theirs]]) {
        await text.page().waitForFunction((id) => document.querySelector(`[data-testid="${id}"]`)?.value, `twin-${part}`);
        await text.fill(JSON.stringify({ ...JSON.parse(await text.inputValue()), ...changes }));
      }
      await other.getByTestId(`save-twin-${part}`).click();
      await one.getByTestId(`changed-twin-${part}`).waitFor();
      await one.getByTestId(`save-twin-${part}`).click();
      await one.getByText('The twin is saved.').first().waitFor();
      const now = (await twin())[part];
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(now[key], value, key);
    });
  }

  test('edit name and tags by the dialog: only what one has changed is saved', async () => {
    await both(`/devices/${ID}`);
    for (const page of [one, other]) {
      await page.getByTestId('manage-device').click();
      await page.getByTestId('edit-device').click();
      await page.getByTestId('input-name').waitFor();
    }
    await other.getByTestId('input-name').fill('Renamed by the other');
    await other.getByTestId('input-tag-value').last().fill('3');
    await other.getByTestId('save-edit').click();
    await other.locator('dialog').waitFor({ state: 'detached' });
    const before = (await twin()).tags;
    await one.getByTestId('add-tag').click();
    await one.getByTestId('input-tag').last().fill('owner');
    await one.getByTestId('input-tag-value').last().fill('me');
    await one.getByTestId('save-edit').click();
    await one.locator('dialog').waitFor({ state: 'detached' });
    assert.deepEqual((await twin()).tags, { ...before, owner: 'me' });
    await one.getByRole('heading', { level: 1, name: 'Renamed by the other' }).waitFor();
  });
});

describe('two who build a template', { concurrency: false }, () => {
  test('edit one view: the second is told, and saves over it only when saving again', async () => {
    await both(`/templates/${template}/views/overview`);
    await one.getByTestId('view-name').fill('Mine');
    await other.getByTestId('view-name').fill('Theirs');
    await other.getByTestId('save-view').click();
    await other.getByTestId('view-overview').getByText('Theirs').waitFor();
    await one.getByTestId('save-view').click();
    await one.getByTestId('view-error').getByText('changed elsewhere').waitFor();
    assert.equal(await one.getByTestId('view-name').inputValue(), 'Mine');
    assert.equal((await readTemplate()).views.find(({ slug }) => slug === 'overview').name, 'Theirs');
    await one.getByTestId('save-view').click();
    await other.getByTestId('view-overview').getByText('Mine').waitFor();
  });

  test('customise one capability: the second is told which, and saves over it only when saving again', async () => {
    await both(`/templates/${template}/customize`);
    for (const [page, name] of [[one, 'Mine'], [other, 'Theirs']]) {
      await page.getByTestId('customize-temp').locator('summary').click();
      await page.getByTestId('customize-temp-displayName').fill(name);
    }
    await other.getByTestId('save-customizations').click();
    await until(other, 'customize-status', 'textContent', 'No changes.');
    await one.getByTestId('save-customizations').click();
    await one.getByTestId('customize-error').getByText('Customised elsewhere: Temperature').waitFor();
    assert.equal((await readTemplate()).customizations.temp.displayName, 'Theirs');
    await one.getByTestId('save-customizations').click();
    await until(other, 'customize-temp-displayName', 'value', 'Mine');
  });

  test('edit the cloud properties: the second is refused instead of undoing the first', async () => {
    await both(`/templates/${template}`);
    for (const [page, name] of [[one, 'mine'], [other, 'theirs']]) {
      await page.getByTestId('edit-cloud').click();
      await page.getByTestId('add-cloud').click();
      await page.getByTestId('cloud-name').last().fill(name);
    }
    await other.getByTestId('submit-dialog').click();
    await other.locator('dialog').waitFor({ state: 'detached' });
    // the page behind the dialog knows of it by now
    await one.locator('main').getByText('theirs: string').waitFor();
    await one.getByTestId('submit-dialog').click();
    await one.locator('dialog [role="alert"]').filter({ hasText: /\S/ }).waitFor();
    assert.deepEqual((await readTemplate()).cloudProperties.map(({ name }) => name), ['theirs']);
    await one.keyboard.press('Escape');
  });

  test('discard a draft: what was not seen when it was asked is not discarded', async () => {
    await editTemplate(hub, template, 'POST', '/publish', {});
    await editTemplate(hub, template, 'PATCH', '/customizations', { humid: { decimals: 1 } });
    await one.goto(`${hub.origin}/templates/${template}`);
    await one.getByTestId('template-menu').click();
    await one.getByTestId('revert-template').click();
    await editTemplate(hub, template, 'PATCH', '/customizations', { humid: { decimals: 2 } });
    await one.getByTestId('confirm').click();
    await one.locator('dialog [role="alert"]').filter({ hasText: /\S/ }).waitFor();
    assert.equal((await readTemplate()).customizations.humid.decimals, 2);
    await one.keyboard.press('Escape');
  });
});

test('the pages of two operators reported no error and asked no other host', () => {
  assert.deepEqual(browser.complaints, []);
});
