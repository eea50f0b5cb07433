// What happens on a device's page under the hands of an operator: controls that are pressed while the page changes, answers that
// come late, pages that are left, forms that are filled in while everything is loaded again.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Device, editTemplate, heard, hold, listen, loadAgain, openBrowser, pressDuring, provision, secretOf, startHub, tutorialTemplate, until } from './support/site.mjs';

const ID = 'sensor-1';
let hub;
let browser;
let page;
let template;
let device;

before(async () => {
  hub = await startHub();
  template = await tutorialTemplate(hub);
  await hub.api('POST', '/api/devices', { id: ID, templateId: template });
  const secret = await secretOf(hub, ID);
  await provision(hub, secret);
  device = await Device.connect(hub, secret);
  await device.send({ temp: 70, humid: 40 });
  browser = await openBrowser(hub);
});

after(async () => {
  await device?.end();
  await browser?.close();
  await hub?.stop();
});

const hook = (id) => page.getByTestId(id);
const at = (path, id = ID) => page.goto(`${hub.origin}/devices/${id}${path}`);
const heading = (text) => page.getByRole('heading', { level: 1, name: text, exact: true });
const wish = (value, name = 'brightness') => hub.api('PATCH', `/api/devices/${ID}/properties`, [{ component: null, name, value }]);
const rename = (name, id = ID) => heard(page, 'device', name, () => hub.api('PATCH', `/api/devices/${id}`, { name }));
const filled = (id) => page.waitForFunction((one) => document.querySelector(`[data-testid="${one}"]`)?.value, id);
/** Publishes the template with another name of brightness. */
async function republish(label) {
  await editTemplate(hub, template, 'PATCH', '/customizations', { brightness: { displayName: label } });
  await heard(page, 'template', template, () => editTemplate(hub, template, 'POST', '/publish', {}));
}

/** A page of its own for each test: modules that were loaded once are not asked for again. */
async function fresh(options) {
  await page?.context().close();
  page = await browser.page(options);
  await listen(page);
}

describe('a press lasts while the page changes, and counts', { concurrency: false }, () => {
  beforeEach(() => fresh());

  test('on a tab, while the template is published again', async () => {
    await at('/view/overview');
    await hook('latest-temp').waitFor();
    await pressDuring(page, hook('tab-form-properties'), () => republish('Light'));
    await page.waitForURL('**/form/properties');
    await hook('property-brightness').getByText('Light').first().waitFor();
  });

  test('on the values of Connect, while a device that has never connected gets a name', async () => {
    await hub.api('POST', '/api/devices', { id: 'never' });
    await at('', 'never');
    const button = hook('never-connected').getByRole('button');
    await pressDuring(page, button, async () => {
      await rename('Not yet', 'never');
      await heading('Not yet').waitFor();
    });
    await hook('connect-primary-key').waitFor();
  });

  test('on the details of a command, which then stay open while it goes on', async () => {
    device.onMethod = () => [202, null];
    await at('/commands');
    await hook('run-rundiagnostics').click();
    const row = page.locator('[data-testid="history-row"][data-command="rundiagnostics"]').first();
    await row.and(page.locator('[data-state="accepted"]')).waitFor();
    const summary = row.locator('summary');
    // as many lines as afterwards: what moves away from the pointer is not pressed
    await device.report({ rundiagnostics: { value: 'a half of it', statusCode: 202 } });
    await row.locator('.answer').getByText('a half of it').waitFor();
    await pressDuring(page, summary, async () => {
      await device.report({ rundiagnostics: { value: 'a third of it', statusCode: 202 } });
      await row.locator('.answer').getByText('a third of it').waitFor();
    });
    assert.ok(await row.locator('details').evaluate((one) => one.open));
    await device.report({ rundiagnostics: { value: 'all of it' } });
    await row.and(page.locator('[data-state="completed"]')).waitFor();
    assert.ok(await row.locator('details').evaluate((one) => one.open));
    assert.ok(await summary.evaluate((one) => document.activeElement === one), 'the focus stays');
  });

  test('on Retry, while the device tells otherwise why it refused', async () => {
    const versions = [];
    device.onDesired = (_patch, version) => versions.push(version);
    await at('/form/properties');
    await hook('input-brightness').fill('9');
    await hook('save-form').click();
    await until(page, 'sync-brightness', 'data-sync', 'pending');
    await device.report({ brightness: { value: 1, ac: 400, av: versions[0], ad: 'not now: hot' } });
    await hook('note-brightness').getByText('not now: hot').waitFor();
    await pressDuring(page, hook('retry-note-brightness'), async () => {
      await device.report({ brightness: { value: 1, ac: 400, av: versions[0], ad: 'hot: not now' } });
      await hook('note-brightness').getByText('hot: not now').waitFor();
    });
    await until(page, 'sync-brightness', 'data-sync', 'pending');
    device.onDesired = () => {};
  });

  test('on the offer of a newer value, which is then the newest', async () => {
    await at('/form/properties');
    await hook('input-brightness').fill('123');
    await wish(4);
    await hook('offer-brightness').getByText('Changed to 4').waitFor();
    await pressDuring(page, hook('offer-brightness').getByRole('button'), async () => {
      await wish(5);
      await hook('offer-brightness').getByText('Changed to 5').waitFor();
    });
    assert.equal(await hook('input-brightness').inputValue(), '5');
  });

  test('on Try again, while the page fails to load once more', async () => {
    await fresh({ allowed: /./ });
    await page.route(`**/api/devices/${ID}`, (route) => route.fulfill({ status: 500, json: { code: 'internal', message: 'out of order' } }));
    await at('');
    const button = page.locator('main').getByRole('button', { name: 'Try again' });
    await pressDuring(page, button, async () => {
      const answered = page.waitForResponse((response) => response.status() === 500);
      await loadAgain(page);
      await answered;
      await page.unroute(`**/api/devices/${ID}`);
    });
    await hook('latest-temp').waitFor();
  });

  test('on a link that a device sends, while it is sent again', async () => {
    await hub.api('POST', '/api/devices', { id: 'linked' });
    const linked = await Device.connect(hub, await secretOf(hub, 'linked'));
    await linked.send({ help: 'http://localhost:1/help' });
    await at('', 'linked');
    const link = hook('latest-help').getByRole('link');
    await link.evaluate((one) => { one.addEventListener('click', (event) => { event.preventDefault(); window.followed = true; }); });
    await pressDuring(page, link, () => heard(page, 'telemetry', 'help', () => linked.send({ help: 'http://localhost:1/help' })));
    assert.equal(await page.evaluate(() => window.followed), true);
    await linked.end();
  });
});

describe('an answer that comes late', { concurrency: false }, () => {
  beforeEach(() => fresh());

  test('of a tab that was left again does not replace the one that is shown', async () => {
    await at('/view/overview');
    await hook('latest-temp').waitFor();
    const module = await hold(page, '**/assets/device/raw.js', { answer: false });
    await hook('tab-raw').click();
    await module.came;
    await hook('tab-view-overview').click();
    const loaded = page.waitForResponse('**/assets/device/raw-rows.js');
    await module.release();
    await loaded;
    await rename('Still the overview');
    await heading('Still the overview').waitFor();
    assert.equal(await hook('raw-rows').count(), 0);
    assert.ok(await hook('latest-temp').isVisible());
  });

  test('of a load during which the device was deleted does not bring it back', async () => {
    await hub.api('POST', '/api/devices', { id: 'short-lived', templateId: template });
    // what it asks for after it was told is answered so
    await fresh({ allowed: /404/ });
    const load = await hold(page, '**/api/devices/short-lived');
    await at('', 'short-lived');
    await load.came;
    await heard(page, 'device', 'short-lived', () => hub.api('DELETE', '/api/devices/short-lived'));
    await load.release();
    await page.getByText('This device was deleted.').waitFor();
    assert.equal(await page.locator('.tabs a').count(), 0);
    await hub.api('POST', '/api/devices', { id: 'short-lived', templateId: template });
    await hook('tab-view-overview').waitFor();
  });

  test('to a save does not hide what another operator has wished meanwhile', async () => {
    await at('/form/properties');
    await hook('input-brightness').fill('11');
    const save = await hold(page, `**/api/devices/${ID}/properties`, { method: 'PATCH' });
    await hook('save-form').click();
    await save.came;
    await heard(page, 'properties', '12', () => wish(12));
    await save.release();
    await page.waitForFunction(() => document.querySelector('[data-testid="input-brightness"]')?.value === '12' || !document.querySelector('[data-testid="offer-brightness"]')?.hidden);
  });

  test('that tells the twin lets nothing be typed before it', async () => {
    const twin = await hold(page, `**/api/devices/${ID}/twin`);
    await at('/twin');
    await twin.came;
    assert.ok(!(await hook('twin-tags').isVisible()), 'typed over what is not known');
    await twin.release();
    await hook('twin-tags').waitFor();
    await filled('twin-desired');
  });

  test('to a change of the twin does not overwrite what was typed after it was sent', async () => {
    await at('/twin');
    const tags = hook('twin-tags');
    await filled('twin-tags');
    await tags.fill('{"site": "north"}');
    const save = await hold(page, `**/api/devices/${ID}/twin`, { method: 'PATCH' });
    await hook('save-twin-tags').click();
    await save.came;
    await tags.fill('{"site": "north", "floor": 2}');
    await save.release();
    await page.getByText('The twin is saved.').first().waitFor();
    assert.equal(await tags.inputValue(), '{"site": "north", "floor": 2}');
    await hook('save-twin-tags').click();
    await page.waitForFunction(() => document.querySelector('[data-testid="twin-tags"]')?.value.includes('\n  "floor": 2'));
    assert.deepEqual((await hub.api('GET', `/api/devices/${ID}/twin`)).tags, { site: 'north', floor: 2 });
  });

  test('of a page that was left changes nothing on the next one', async () => {
    const load = await hold(page, `**/api/devices/${ID}`);
    await at('/view/overview');
    await load.came;
    await page.getByRole('link', { name: 'Templates' }).first().click();
    await hook(`template-row-${template}`).waitFor();
    const title = await page.title();
    await load.release();
    await hook(`template-row-${template}`).getByRole('link').click();
    await hook('template-menu').waitFor();
    assert.notEqual(await page.title(), title);
    assert.equal(await page.locator('.tabs a').first().getAttribute('href'), `/templates/${template}`);
  });

  test('to a tab that never comes says so, and the tab can be tried again', async () => {
    await fresh({ allowed: /./ });
    await at('/view/overview');
    await hook('latest-temp').waitFor();
    await page.route('**/assets/device/twin.js', (route) => route.abort());
    await hook('tab-twin').click();
    const again = page.locator('.panel').getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await page.unroute('**/assets/device/twin.js');
    await again.click();
    await hook('twin-desired').waitFor();
  });
});

describe('what an operator has typed or asked for stays', { concurrency: false }, () => {
  beforeEach(() => fresh());

  test('in a form while everything is loaded again', async () => {
    await at('/form/properties');
    await hook('input-brightness').fill('77');
    const answered = page.waitForResponse(`**/api/devices/${ID}`);
    await loadAgain(page);
    await answered;
    await rename('Loaded again');
    await heading('Loaded again').waitFor();
    assert.equal(await hook('input-brightness').inputValue(), '77');
  });

  for (const [tab, control, text] of [['form/properties', 'input-brightness', '33'], ['commands', 'input-blink', '7']]) {
    test(`in ${tab} while the template is published again, until the new one is asked for`, async () => {
      await at(`/${tab}`);
      await hook(control).fill(text);
      await republish(`Light for ${tab}`);
      await hook('show-republished').waitFor();
      assert.equal(await hook(control).inputValue(), text);
      await hook('show-republished').click();
      await hook('show-republished').waitFor({ state: 'hidden' });
      await page.waitForFunction(([id, old]) => document.querySelector(`[data-testid="${id}"]`)?.value !== old, [control, text]);
    });
  }

  test('no longer than until the new form is asked for, also when other news of the device comes before that one is there', async () => {
    await at('/form/properties');
    await hook('input-brightness').fill('34');
    await republish('Light at once');
    await hook('show-republished').waitFor();
    const news = JSON.stringify((await hub.api('GET', `/api/devices/${ID}`)).device);
    await page.evaluate((data) => {
      document.querySelector('[data-testid="show-republished"]').click();
      window.streams.at(-1).dispatchEvent(new MessageEvent('device', { data }));
    }, news);
    await page.waitForFunction(() => document.querySelector('[data-testid="input-brightness"]')?.value !== '34');
    await hook('show-republished').waitFor({ state: 'hidden' });
  });

  test('in the twin while the template is published again', async () => {
    await at('/twin');
    await filled('twin-desired');
    await hook('twin-desired').fill('{"name": "half typed');
    await republish('Light once more');
    await rename('Published');
    await heading('Published').waitFor();
    assert.equal(await hook('twin-desired').inputValue(), '{"name": "half typed');
  });

  test('where a value of a device without a template is typed and it gets one', async () => {
    await hub.api('POST', '/api/devices', { id: 'plain' });
    await at('', 'plain');
    await hook('input-raw-value').fill('5');
    await hub.api('PUT', '/api/devices/plain/template', { templateId: template });
    await hook('show-republished').waitFor();
    assert.equal(await hook('input-raw-value').inputValue(), '5');
    await hook('show-republished').click();
    await page.getByTestId('tab-view-overview').and(page.locator('[aria-current]')).waitFor();
  });

  test('of a device without a template: the choice of one, while another is published', async () => {
    await hub.api('POST', '/api/devices', { id: 'chooser' });
    await at('', 'chooser');
    await hook('assign-template').locator('option').first().waitFor({ state: 'attached' });
    const made = await hub.api('POST', `/api/templates/${template}/version`, { name: 'Second' });
    await hook('assign-template').evaluate((one) => { one.marked = true; });
    await hub.api('POST', `/api/templates/${made.id}/publish`, {});
    await hook('assign-template').locator('option', { hasText: 'Second' }).waitFor({ state: 'attached' });
    assert.equal(await hook('assign-template').inputValue(), template);
    assert.ok(await hook('assign-template').evaluate((one) => one.marked));
  });

  test('of raw data: older rows that were asked for, when the page loads again, and rows as they are while others come', async () => {
    const numbers = [...Array(130).keys()];
    for (const number of numbers) await device.send({ temp: number, humid: 1 });
    await at('/raw?kind=telemetry');
    const rows = hook('message-row');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="message-row"]').length === 100);
    await hook('raw-more').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="message-row"]').length > 125);
    const count = await rows.count();
    await rows.first().evaluate((row) => { row.marked = true; });
    const answered = page.waitForResponse((response) => response.url().includes('/raw?'));
    await loadAgain(page);
    await answered;
    await heard(page, 'raw', '200.5', () => device.send({ temp: 200.5 }));
    await rows.first().getByText('200.5').waitFor();
    assert.equal(await rows.count(), count + 1);
    assert.ok(await rows.nth(1).evaluate((row) => row.marked), 'the row is the same element');
    await hook('raw-follow').uncheck();
    await device.send({ temp: 201.5 });
    await page.getByRole('button', { name: '1 new row' }).waitFor();
    const again = page.waitForResponse((response) => response.url().includes('/raw?'));
    await loadAgain(page);
    await again;
    await hook('raw-fresh').click();
    await rows.first().getByText('201.5').waitFor();
    assert.equal(await rows.count(), count + 2);
  });
});

test('the pages of devices reported no error and asked no other host', () => {
  assert.deepEqual(browser.complaints, []);
});
