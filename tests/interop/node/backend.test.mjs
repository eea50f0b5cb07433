// azure-iothub and azure-iot-provisioning-service, unmodified, as back ends of a local hub.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEY, OTHER_KEY, body, enrollments, fresh, keys, newDevice, registry, service } from './hub.mjs';

const refused = (promise, name) => assert.rejects(promise, { name });

test('the registry creates, reads, updates, lists and deletes a device', async () => {
  const deviceId = fresh('device');
  const made = body(await registry.create({ deviceId, status: 'enabled', authentication: keys }));
  assert.equal(made.authentication.symmetricKey.primaryKey, KEY);
  const read = body(await registry.get(deviceId));
  assert.equal(read.etag, made.etag);
  const changed = body(await registry.update({ ...read, status: 'disabled' }));
  assert.equal(changed.status, 'disabled');
  const listed = body(await registry.list());
  assert.ok(listed.some((device) => device.deviceId === deviceId));
  await registry.delete(deviceId);
  await refused(registry.get(deviceId), 'DeviceNotFoundError');
});

test('the service makes keys where none are given', async () => {
  const deviceId = fresh('device');
  const made = body(await registry.create({ deviceId, authentication: { symmetricKey: { primaryKey: '', secondaryKey: '' } } }));
  assert.equal(Buffer.from(made.authentication.symmetricKey.primaryKey, 'base64').length, 64);
});

test('a second device of the same id is refused', async () => {
  const { deviceId } = await newDevice();
  await refused(registry.create({ deviceId, authentication: keys }), 'DeviceAlreadyExistsError');
});

test('devices are added, updated and removed in bulk', async () => {
  const devices = [1, 2, 3].map(() => ({ deviceId: fresh('bulk'), status: 'enabled', authentication: keys }));
  assert.equal(body(await registry.addDevices(devices)).isSuccessful, true);
  assert.equal(body(await registry.updateDevices(devices.map((device) => ({ ...device, status: 'disabled' })), true)).isSuccessful, true);
  assert.equal(body(await registry.get(devices[1].deviceId)).status, 'disabled');
  assert.equal(body(await registry.removeDevices(devices, true)).isSuccessful, true);
  await refused(registry.get(devices[1].deviceId), 'DeviceNotFoundError');
});

test('devices are counted', async () => {
  const statistics = body(await registry.getRegistryStatistics());
  assert.equal(statistics.totalDeviceCount, statistics.enabledDeviceCount + statistics.disabledDeviceCount);
});

test('twins are patched and queried page by page', async () => {
  const room = fresh('room');
  const ids = [];
  for (let number = 0; number < 3; number += 1) {
    const { deviceId } = await newDevice();
    ids.push(deviceId);
    const twin = body(await registry.updateTwin(deviceId, { tags: { room, number }, properties: { desired: { brightness: number } } }, '*'));
    assert.equal(twin.properties.desired.brightness, number);
  }
  const query = registry.createQuery(`SELECT * FROM devices WHERE tags.room = '${room}'`, 2);
  const found = [];
  while (query.hasMoreResults) found.push(...body(await query.nextAsTwin()).map((twin) => twin.deviceId));
  assert.deepEqual(found.sort(), ids.sort());
  assert.equal(body(await registry.getTwin(ids[0])).tags.room, room);
});

test('modules are added, listed and removed', async () => {
  const { deviceId } = await newDevice();
  await registry.addModule({ deviceId, moduleId: 'camera', authentication: keys });
  assert.deepEqual(body(await registry.getModulesOnDevice(deviceId)).map((module) => module.moduleId), ['camera']);
  await registry.removeModule(deviceId, 'camera');
  assert.deepEqual(body(await registry.getModulesOnDevice(deviceId)), []);
});

test('a method of a device that is not there is refused as not found', async () => {
  const { deviceId } = await newDevice();
  const call = service.invokeDeviceMethod(deviceId, { methodName: 'blink', payload: 1, responseTimeoutInSeconds: 10, connectTimeoutInSeconds: 0 });
  await assert.rejects(call, (error) => /404103|online|connect/i.test(`${error.message} ${error.responseBody ?? ''}`));
});

test('an individual enrollment is made, read, queried, shown with its keys and deleted', async () => {
  const registrationId = fresh('individual');
  const made = body(await enrollments.createOrUpdateIndividualEnrollment({
    registrationId, deviceId: `${registrationId}-x`, provisioningStatus: 'enabled',
    attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: KEY, secondaryKey: OTHER_KEY } },
  }));
  assert.equal(made.deviceId, `${registrationId}-x`);
  const read = body(await enrollments.getIndividualEnrollment(registrationId));
  assert.equal(read.etag, made.etag);
  assert.ok(!JSON.stringify(read).includes(KEY), 'keys are shown by the attestation mechanism alone');
  const mechanism = body(await enrollments.getIndividualEnrollmentAttestationMechanism(registrationId));
  assert.equal(mechanism.symmetricKey.primaryKey, KEY);
  const query = enrollments.createIndividualEnrollmentQuery({ query: 'SELECT * FROM enrollments' }, 100);
  assert.ok(body(await query.next()).some((one) => one.registrationId === registrationId));
  await enrollments.deleteIndividualEnrollment(registrationId);
  await assert.rejects(enrollments.getIndividualEnrollment(registrationId));
});

test('an enrollment group is made, read, queried and deleted', async () => {
  const enrollmentGroupId = fresh('group');
  const made = body(await enrollments.createOrUpdateEnrollmentGroup({
    enrollmentGroupId, provisioningStatus: 'enabled', attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: KEY, secondaryKey: OTHER_KEY } },
  }));
  assert.equal(body(await enrollments.getEnrollmentGroup(enrollmentGroupId)).etag, made.etag);
  assert.equal(body(await enrollments.getEnrollmentGroupAttestationMechanism(enrollmentGroupId)).symmetricKey.primaryKey, KEY);
  const query = enrollments.createEnrollmentGroupQuery({ query: 'SELECT * FROM enrollmentGroups' }, 100);
  assert.ok(body(await query.next()).some((one) => one.enrollmentGroupId === enrollmentGroupId));
  await enrollments.deleteEnrollmentGroup(enrollmentGroupId);
  await assert.rejects(enrollments.getEnrollmentGroup(enrollmentGroupId));
});

test('enrollments are made in bulk', async () => {
  const made = [1, 2].map(() => ({
    registrationId: fresh('bulk'), attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: KEY, secondaryKey: OTHER_KEY } },
  }));
  // without a callback the package's promise never ends
  const answer = await new Promise((resolve, reject) => {
    enrollments.runBulkEnrollmentOperation({ mode: 'create', enrollments: made }, (error, result) => (error ? reject(error) : resolve(result)));
  });
  assert.equal(answer.isSuccessful, true);
});
