// What happens on the pages of the hub's section under the hands of whoever is at them: an enrollment that others change or
// delete, answers that fail, and what was typed and not saved.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { editTemplate, openBrowser, startHub, until } from './support/site.mjs';

let hub;
let browser;
let page;

before(async () => {
  hub = await startHub();
  browser = await openBrowser(hub);
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

beforeEach(async () => {
  await page?.context().close();
  page = await browser.page({ allowed: /\b(404|503)\b/ });
});

const hook = (id) => page.getByTestId(id);
const key = (text) => Buffer.from(text.repeat(16)).toString('base64');
const keys = (text) => ({ type: 'symmetricKey', symmetricKey: { primaryKey: key(text), secondaryKey: key(text) } });
const group = (enrollmentGroupId, attestation = keys('a')) => hub.api('POST', '/api/enrollments/group', { enrollmentGroupId, attestation });

/** Changes an enrollment group behind the page's back. */
async function change(id, changes) {
  const path = `/api/enrollments/group/${id}`;
  const before = await hub.api('GET', path);
  return hub.api('PUT', path, { ...before, ...changes }, { 'if-match': before.etag });
}

describe('an enrollment that is looked at', { concurrency: false }, () => {
  test('stays with the word that it may be old while it cannot be loaded, and the word goes', async () => {
    await group('watched');
    await page.goto(`${hub.origin}/hub/enrollments/group/watched`);
    await hook('show-keys').waitFor();
    const matches = '**/api/enrollments/group/watched';
    await page.route(matches, (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '{"code":"busy","message":"the hub is busy"}' }));
    const word = page.getByText('What is shown may be out of date: The hub is busy.');
    await word.waitFor();
    await hook('show-keys').waitFor();
    await page.unroute(matches);
    await word.waitFor({ state: 'hidden' });
  });

  test('shows others of its keys once they are others', async () => {
    await group('keyed');
    await page.goto(`${hub.origin}/hub/enrollments/group/keyed`);
    await hook('show-keys').click();
    await until(page, 'primary-key', 'textContent', key('a'));
    await change('keyed', { attestation: keys('b') });
    await until(page, 'primary-key', 'textContent', key('b'));
    await hook('show-keys').waitFor({ state: 'hidden' });
  });

  test('shows another proof once it asks its devices for another, and keeps what is chosen and not saved', async () => {
    await group('turned');
    await page.goto(`${hub.origin}/hub/enrollments/group/turned`);
    await hook('derive-key').waitFor();
    await hook('input-policy').selectOption('never');
    await change('turned', { attestation: { type: 'x509', x509: { caReferences: { primary: 'Factory' } } } });
    await page.getByText('Authority Factory').waitFor();
    await hook('derive-key').waitFor({ state: 'detached' });
    await until(page, 'input-policy', 'value', 'never');
    await change('turned', { attestation: keys('c') });
    await hook('show-keys').waitFor();
    await page.getByText('Authority Factory').waitFor({ state: 'detached' });
  });

  test('is gone with all that can be done with it once it is deleted elsewhere', async () => {
    await group('doomed');
    await page.goto(`${hub.origin}/hub/enrollments/group/doomed`);
    await hook('enrollment-menu').waitFor();
    const { etag } = await hub.api('GET', '/api/enrollments/group/doomed');
    await hub.api('DELETE', '/api/enrollments/group/doomed', undefined, { 'if-match': etag });
    await page.getByText('There is no such enrollment.').waitFor();
    await hook('enrollment-menu').waitFor({ state: 'hidden' });
    await group('doomed', keys('d'));
    await hook('enrollment-menu').waitFor();
    await hook('show-keys').waitFor();
  });
});

describe('a file of certificates', { concurrency: false }, () => {
  const choose = (name, bytes) => hook('input-certificate-file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: bytes });

  test('that is too large is refused in place, and one of many bytes is taken as it is', async () => {
    await page.goto(`${hub.origin}/hub/certificates`);
    await choose('huge.der', Buffer.alloc(2 ** 20 + 1, 0x30));
    await page.getByText('A file of certificates has at most 1 MiB. Choose another one.').waitFor();
    await until(page, 'input-certificate', 'aria-invalid', 'true');
    await until(page, 'input-certificate-file', 'value', '');
    const large = Buffer.alloc(2 ** 20, 0x30);
    await choose('large.der', large);
    await until(page, 'input-certificate', 'value', large.toString('base64'));
    await until(page, 'input-certificate', 'aria-invalid', null);
  });
});

describe('what was typed and not sent is asked about before it is left', { concurrency: false }, () => {
  const leave = () => page.locator('[data-section="templates"]').click();

  /** Edits a control of a page, stays, takes the edit back, and leaves. */
  async function keeps(path, control, edit, takeBack) {
    await page.goto(hub.origin + path);
    await edit(hook(control));
    await leave();
    await page.getByText('Leave without saving?').waitFor();
    await hook('cancel').click();
    await page.getByText('Leave without saving?').waitFor({ state: 'hidden' });
    await takeBack(hook(control));
    await leave();
    await page.waitForURL('**/templates');
  }

  const fill = (text) => (control) => control.fill(text);
  const choose = (value) => (control) => control.selectOption(value);

  test('in a new enrollment', async () => {
    await keeps('/hub/enrollments/new?kind=individual', 'input-enrollment-id', fill('one'), fill(''));
    await keeps('/hub/enrollments/new?kind=group', 'input-attestation', choose('certificate'), choose('symmetricKey'));
    await keeps('/hub/enrollments/new?kind=group', 'input-enabled', (control) => control.uncheck(), (control) => control.check());
  });

  test('in a new authority', () => keeps('/hub/certificates', 'input-certificate', fill('text'), fill('')));

  test('in the policy of an enrollment', async () => {
    await group('kept');
    await keeps('/hub/enrollments/group/kept', 'input-policy', choose('reset'), choose('migrate'));
  });

  test('in a new device, whose template may be chosen by the address', async () => {
    const { id } = await hub.api('POST', '/api/templates', { sample: true });
    await editTemplate(hub, id, 'POST', '/publish', {});
    await keeps(`/devices/new?template=${id}`, 'input-device-id', fill('device'), fill(''));
    await keeps(`/devices/new?template=${id}`, 'input-device-template', async (control) => {
      await until(page, 'input-device-template', 'value', id);
      await control.selectOption('');
    }, choose(id));
  });
});

test('the pages of the hub reported no error and asked no other host', () => assert.deepEqual(browser.complaints, []));
