// azure-iot-device with its MQTT transport and azure-iot-provisioning-device, unmodified, as devices of a local hub.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import deviceMqtt from 'azure-iot-device-mqtt';
import device from 'azure-iot-device';
import provisioningDevice from 'azure-iot-provisioning-device';
import provisioningMqtt from 'azure-iot-provisioning-device-mqtt';
import symmetric from 'azure-iot-security-symmetric-key';
import x509 from 'azure-iot-security-x509';
import { KEY, OTHER_KEY, body, connected, derived, enrollments, facts, fresh, keys, latest, mqttHost, newDevice, next, on443, registry, request, service }
  from './hub.mjs';

const { Client, Message, ModuleClient } = device;
const { Mqtt, MqttWs } = deviceMqtt;
const certificate = { cert: readFileSync(process.env.DEVICE_CERTIFICATE, 'utf8'), key: readFileSync(process.env.DEVICE_KEY, 'utf8') };
const chained = { cert: readFileSync(process.env.CHAIN, 'utf8'), key: readFileSync(process.env.CHAIN_KEY, 'utf8') };
const call = (methodName, payload) => ({ methodName, payload, responseTimeoutInSeconds: 10, connectTimeoutInSeconds: 10 });

async function registered(registrationId, security, payload) {
  const client = provisioningDevice.ProvisioningDeviceClient.create(mqttHost, facts.id_scope, new provisioningMqtt.Mqtt(), security);
  if (payload) client.setProvisioningPayload(payload);
  const answer = await client.register();
  assert.equal(answer.status, 'assigned');
  return answer;
}

test('telemetry arrives with its properties', async () => {
  const { deviceId, string } = await newDevice();
  await connected(Client.fromConnectionString(string, Mqtt), async (client) => {
    const message = new Message(JSON.stringify({ temp: 21.5 }));
    Object.assign(message, { messageId: 'm-1', contentType: 'application/json', contentEncoding: 'utf-8' });
    message.properties.add('a key', 'a value/with ä');
    await client.sendEvent(message);
    assert.equal(await latest(deviceId, 'temp'), 21.5);
  });
});

test('a twin is read, reported and told what is desired', async () => {
  const { deviceId, string } = await newDevice();
  await connected(Client.fromConnectionString(string, Mqtt), async (client) => {
    const twin = await client.getTwin();
    const desired = new Promise((resolve) => {
      twin.on('properties.desired', (patch) => patch.brightness !== undefined && resolve(patch));
    });
    await new Promise((resolve, reject) => { twin.properties.reported.update({ state: true, deep: { a: [1] } }, (error) => (error ? reject(error) : resolve())); });
    assert.deepEqual(body(await registry.getTwin(deviceId)).properties.reported.deep, { a: [1] });
    await registry.updateTwin(deviceId, { properties: { desired: { brightness: 2 } } }, '*');
    assert.deepEqual(await desired, { brightness: 2, $version: 2 });
  });
});

test('a method is answered with the device\'s own status and payload', async () => {
  const { deviceId, string } = await newDevice();
  await connected(Client.fromConnectionString(string, Mqtt), async (client) => {
    client.onDeviceMethod('blink', (asked, answer) => answer.send(201, { got: asked.payload }, () => {}));
    const { status, payload } = body(await service.invokeDeviceMethod(deviceId, call('blink', 5)));
    assert.deepEqual([status, payload], [201, { got: 5 }]);
  });
});

test('a message to the device arrives with its properties and is completed', async () => {
  const { deviceId, string } = await newDevice();
  await connected(Client.fromConnectionString(string, Mqtt), async (client) => {
    const arrived = next(client, 'message');
    assert.ok(await request('POST', `/devices/${deviceId}/messages/devicebound`, { 'iothub-messageid': 'm-1', 'iothub-app-colour': 'blue' }, 'hello') < 300);
    const message = await arrived;
    assert.deepEqual([message.data.toString(), message.messageId, message.properties.getValue('colour')], ['hello', 'm-1', 'blue']);
    await client.complete(message);
  });
});

test('a model id is announced at the connection', async () => {
  const { deviceId, string } = await newDevice();
  const client = Client.fromConnectionString(string, Mqtt);
  await client.setOptions({ modelId: 'dtmi:com:example:Thermostat;1' });
  await connected(client, async () => {
    assert.equal(body(await registry.getTwin(deviceId)).modelId, 'dtmi:com:example:Thermostat;1');
  });
});

test('a device speaks over WebSocket', on443, async () => {
  const { deviceId } = await newDevice();
  const string = `HostName=localhost;DeviceId=${deviceId};SharedAccessKey=${KEY}`;
  await connected(Client.fromConnectionString(string, MqttWs), async (client) => {
    await client.sendEvent(new Message('{"temp":1}'));
    assert.equal(await latest(deviceId, 'temp'), 1);
  });
});

test('a file is uploaded', on443, async () => {
  const { deviceId } = await newDevice();
  const path = join(mkdtempSync(join(tmpdir(), 'device-model-')), 'a.txt');
  writeFileSync(path, 'content');
  const string = `HostName=localhost;DeviceId=${deviceId};SharedAccessKey=${KEY}`;
  const client = Client.fromConnectionString(string, Mqtt);
  const place = await client.getBlobSharedAccessSignature('logs/a.txt');
  const url = `https://${place.hostName}/${place.containerName}/${place.blobName}${place.sasToken}`;
  const put = await fetch(url, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'content' });
  assert.equal(put.status, 201);
  await client.notifyBlobUploadStatus(place.correlationId, true, 200, 'OK');
});

test('a module has a twin and methods of its own', async () => {
  const { deviceId, string } = await newDevice();
  await registry.addModule({ deviceId, moduleId: 'camera', authentication: keys });
  await connected(ModuleClient.fromConnectionString(`${string.replace(';SharedAccessKey', ';ModuleId=camera;SharedAccessKey')}`, Mqtt), async (client) => {
    client.onMethod('focus', (asked, answer) => answer.send(200, asked.payload, () => {}));
    const { payload } = body(await service.invokeDeviceMethod(deviceId, 'camera', call('focus', 1)));
    assert.equal(payload, 1);
    assert.equal((await client.getTwin()).properties.desired.$version, 1);
  });
});

test('a device is known by its certificate', async () => {
  const deviceId = 'certified';
  const x509Thumbprint = { primaryThumbprint: process.env.DEVICE_THUMBPRINT, secondaryThumbprint: process.env.DEVICE_THUMBPRINT };
  await registry.create({ deviceId, status: 'enabled', authentication: { type: 'selfSigned', x509Thumbprint } });
  const client = Client.fromConnectionString(`HostName=${mqttHost};DeviceId=${deviceId};x509=true`, Mqtt);
  await client.setOptions(certificate);
  await connected(client, async () => assert.equal((await client.getTwin()).properties.desired.$version, 1));
  await registry.delete(deviceId);
});

test('a device of the group is registered and connects', async () => {
  const registrationId = fresh('group');
  const key = derived(facts.group_key, registrationId);
  const { deviceId, assignedHub } = await registered(registrationId, new symmetric.SymmetricKeySecurityClient(registrationId, key), { modelId: 'dtmi:a:b;1' });
  assert.equal(deviceId, registrationId);
  await connected(Client.fromConnectionString(`HostName=${assignedHub};DeviceId=${deviceId};SharedAccessKey=${key}`, Mqtt), (client) => client.getTwin());
});

test('a device with an enrollment of its own is registered, and its registration is known', async () => {
  const registrationId = fresh('individual');
  await enrollments.createOrUpdateIndividualEnrollment({
    registrationId, deviceId: `${registrationId}-x`, attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: KEY, secondaryKey: OTHER_KEY } },
  });
  const { deviceId } = await registered(registrationId, new symmetric.SymmetricKeySecurityClient(registrationId, KEY));
  assert.equal(deviceId, `${registrationId}-x`);
  assert.equal(body(await enrollments.getDeviceRegistrationState(registrationId)).status, 'assigned');
  await enrollments.deleteDeviceRegistrationState(registrationId);
});

test('a device with a certificate is registered', async () => {
  const attestation = { type: 'x509', x509: { clientCertificates: { primary: { certificate: certificate.cert } } } };
  await enrollments.createOrUpdateIndividualEnrollment({ registrationId: 'certified', attestation });
  const { deviceId } = await registered('certified', new x509.X509Security('certified', certificate));
  assert.equal(deviceId, 'certified');
});

test('a chain by an intermediate leads to the root of a group, and the device connects with it', async () => {
  const enrollmentGroupId = fresh('fleet');
  const attestation = { type: 'x509', x509: { signingCertificates: { primary: { certificate: readFileSync(process.env.CHAIN_ROOT, 'utf8') } } } };
  await enrollments.createOrUpdateEnrollmentGroup({ enrollmentGroupId, attestation });
  const { deviceId, assignedHub } = await registered('chained', new x509.X509Security('chained', chained));
  assert.equal(deviceId, 'chained');
  const client = Client.fromConnectionString(`HostName=${assignedHub};DeviceId=${deviceId};x509=true`, Mqtt);
  await client.setOptions(chained);
  await connected(client, async () => {
    await client.sendEvent(new Message('{"temp":7}'));
    assert.equal(await latest(deviceId, 'temp'), 7);
  });
  await enrollments.deleteEnrollmentGroup(enrollmentGroupId);
});
