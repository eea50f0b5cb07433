// Who may be provisioned, as an operator sees it: groups and individual enrollments, keys on demand, certificate authorities.
// Devices come over MQTT.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openBrowser, provision, shot, startHub } from './support/site.mjs';

let hub;
let browser;
let page;
let folder;

before(async () => {
  hub = await startHub();
  browser = await openBrowser(hub);
  page = await browser.page({ allowed: /40[049]/ });
  folder = mkdtempSync(join(tmpdir(), 'certificates-'));
});

after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await browser?.close();
  await hub?.stop();
});

/** Makes an authority's certificate; answers its file. */
function authority(name) {
  const file = join(folder, `${name}.pem`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', `/CN=${name}`, '-keyout', join(folder, `${name}.key`),
    '-out', file, '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'], { stdio: 'ignore' });
  return file;
}

let derived;

describe('an operator of enrollments', { concurrency: false }, () => {
  test('makes a group, is told in place what is wrong, and sees no key unasked', async () => {
    await page.goto(`${hub.origin}/hub`);
    await page.getByTestId('tab-hub-enrollments').click();
    await page.getByTestId('enrollment-row-default').waitFor();
    await page.getByTestId('add-group').click();
    await page.getByTestId('submit-enrollment').click();
    await page.getByText('Enter a name.').waitFor();
    await page.getByTestId('input-enrollment-id').fill('default');
    await page.getByTestId('input-primaryKey').fill('not base64');
    await page.getByTestId('submit-enrollment').click();
    await page.getByText('A key is base64 of 16 to 64 bytes.').waitFor();
    await page.getByTestId('input-primaryKey').fill('');
    await page.getByTestId('submit-enrollment').click();
    await page.locator('.field-error', { hasText: 'there already is an enrollment' }).waitFor();
    assert.equal(await page.getByTestId('input-enrollment-id').getAttribute('aria-invalid'), 'true');
    await page.getByTestId('input-enrollment-id').fill('Line 1');
    await page.getByTestId('submit-enrollment').click();
    await page.getByRole('heading', { name: 'Line 1' }).waitFor();
    await page.getByTestId('show-keys').waitFor();
    const { symmetricKey } = await hub.api('GET', '/api/enrollments/group/Line%201/keys');
    assert.ok(!(await page.content()).includes(symmetricKey.primaryKey), 'the key is shown nowhere unasked');
    await page.getByTestId('show-keys').click();
    assert.equal(await page.getByTestId('primary-key').textContent(), symmetricKey.primaryKey);
  });

  test('derives the key of a device, with which it is provisioned by the group', async () => {
    await page.getByTestId('derive-key').click();
    await page.getByText('Enter a registration id.').waitFor();
    await page.getByTestId('derive-id').fill('no blanks');
    await page.getByTestId('derive-key').click();
    await page.locator('.field-error', { hasText: 'a registration id has' }).waitFor();
    await page.getByTestId('derive-id').fill('machine-7');
    await page.getByTestId('derive-key').click();
    await page.getByRole('button', { name: 'Show: Key of the device' }).click();
    derived = { idScope: await page.getByTestId('derived-id-scope').textContent(), deviceId: 'machine-7', primaryKey: await page.getByTestId('derived-key').textContent() };
    await provision(hub, derived);
    await page.getByTestId('registration-row-machine-7').getByText('machine-7').first().waitFor();
    await shot(page, 'enrollment');
  });

  test('disables the group, which refuses its devices then, and enables it again', async () => {
    await page.getByTestId('enrollment-menu').click();
    await page.getByTestId('disable-enrollment').click();
    await page.locator('.device-facts').getByText('Disabled').waitFor();
    assert.equal(await provision(hub, derived), undefined, 'no hub is assigned');
    await page.getByTestId('registration-row-machine-7').getByText('disabled').waitFor();
    await page.getByTestId('enrollment-menu').click();
    await page.getByTestId('enable-enrollment').click();
    await page.locator('.device-facts').getByText('Enabled').waitFor();
    assert.match(await provision(hub, derived), /^localhost/);
  });

  test('chooses what becomes of a device that registers again', async () => {
    await page.getByTestId('input-policy').selectOption('never');
    await page.getByTestId('save-policy').click();
    await page.getByText('Line 1 is saved.').waitFor();
    const { reprovisionPolicy } = await hub.api('GET', '/api/enrollments/group/Line%201');
    assert.deepEqual(reprovisionPolicy, { updateHubAssignment: false, migrateDeviceData: false });
    await page.goto(`${hub.origin}/hub/enrollments`);
    await page.getByTestId('enrollment-row-Line 1').getByText('Leave it as it is').waitFor();
  });

  test('trusts an authority, is told what is no certificate, and makes a group of it', async () => {
    const file = authority('Factory');
    await page.getByTestId('tab-hub-certificates').click();
    await page.getByText('No authority is trusted yet.').waitFor();
    await page.getByTestId('input-certificate').fill('nothing of the kind');
    await page.getByTestId('add-certificate').click();
    await page.locator('.field-error', { hasText: 'the certificate is not taken' }).waitFor();
    assert.equal(await page.getByTestId('input-certificate').getAttribute('aria-invalid'), 'true');
    await page.getByTestId('input-certificate-file').setInputFiles(file);
    await page.waitForFunction((text) => document.querySelector('[data-testid="input-certificate"]').value === text, readFileSync(file, 'utf8'));
    await page.getByTestId('add-certificate').click();
    const row = page.getByTestId('authority-row-Factory');
    await row.getByText('Trusted').waitFor();
    const [{ thumbprint }] = (await hub.api('GET', '/api/certificates')).items;
    await row.getByText(thumbprint).waitFor();
    await shot(page, 'certificates');
    await page.getByTestId('tab-hub-enrollments').click();
    await page.getByTestId('add-group').click();
    await page.getByTestId('input-enrollment-id').fill('by-factory');
    await page.getByTestId('input-attestation').selectOption('authority');
    await page.getByTestId('input-authority').selectOption('Factory');
    await page.getByTestId('submit-enrollment').click();
    await page.getByText('Authority Factory').waitFor();
  });

  test('makes an individual enrollment with a certificate, and is told when it is none', async () => {
    await page.goto(`${hub.origin}/hub/enrollments/new?kind=individual`);
    await page.getByTestId('input-enrollment-id').fill('one-of-a-kind');
    await page.getByTestId('input-enrollment-device').fill('its-device');
    await page.getByTestId('input-attestation').selectOption('certificate');
    await page.getByTestId('input-primary-certificate').fill('nothing of the kind');
    await page.getByTestId('submit-enrollment').click();
    await page.locator('.field-error', { hasText: 'the primary certificate' }).waitFor();
    await page.getByTestId('input-primary-certificate').fill(readFileSync(authority('one-of-a-kind'), 'utf8'));
    await page.getByTestId('submit-enrollment').click();
    await page.locator('main dd', { hasText: 'CN=one-of-a-kind' }).first().waitFor();
  });

  test('removes an authority and deletes an enrollment by their names', async () => {
    await page.goto(`${hub.origin}/hub/enrollments`);
    await page.getByTestId('menu-one-of-a-kind').click();
    await page.getByTestId('delete-enrollment').click();
    await page.getByTestId('confirm-name').fill('one-of-a-kind');
    await page.getByTestId('confirm').click();
    await page.getByTestId('enrollment-row-one-of-a-kind').waitFor({ state: 'detached' });
    await page.getByTestId('tab-hub-certificates').click();
    await page.getByTestId('remove-Factory').click();
    await page.getByTestId('confirm-name').fill('Factory');
    await page.getByTestId('confirm').click();
    await page.getByText('No authority is trusted yet.').waitFor();
  });

  test('reported no error and asked no other host', () => assert.deepEqual(browser.complaints, []));
});
