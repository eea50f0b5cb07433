// The hub that the tests run beside (see with_hub.py): its facts, the back end's clients, and small helpers.

import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import iothub from 'azure-iothub';
import provisioning from 'azure-iot-provisioning-service';

export const facts = JSON.parse(process.env.HUB);
export const mqttHost = facts.mqtt.replace('127.0.0.1', 'localhost');
const port = Number(facts.https.split(':')[1]);
export const on443 = { skip: port === 443 ? false : 'port 443 cannot be bound' };
// the packages know no port but 443 for the service: their HTTP agent is told another one
const connection = facts.service_connection_string.replace(/HostName=[^;]*/, 'HostName=localhost');

function reached(client) {
  if (port !== 443) (client._restApiClient ?? client).setOptions({ http: { agent: new https.Agent({ port }) } });
  return client;
}

export const registry = reached(iothub.Registry.fromConnectionString(connection));
export const service = reached(iothub.Client.fromConnectionString(connection));
export const enrollments = reached(provisioning.ProvisioningServiceClient.fromConnectionString(connection));

export const KEY = 'MDEyMzQ1Njc4OWFiY2RlZg==';
export const OTHER_KEY = 'ZmVkY2JhOTg3NjU0MzIxMA==';
export const keys = { symmetricKey: { primaryKey: KEY, secondaryKey: OTHER_KEY } };
export const fresh = (prefix) => `${prefix}-${randomUUID().slice(0, 8)}`;
export const derived = (key, text) => createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');

/** The body of the answer; the packages answer `{ responseBody }`, `{ result }` or the body itself. */
export const body = (answer) => answer.responseBody ?? answer.result ?? answer;

/** A device in the registry, and its connection string. */
export async function newDevice() {
  const deviceId = fresh('device');
  await registry.create({ deviceId, status: 'enabled', authentication: keys });
  return { deviceId, string: `HostName=${mqttHost};DeviceId=${deviceId};SharedAccessKey=${KEY}` };
}

/** Runs `act` with an open client and closes it. */
export async function connected(client, act) {
  await client.open();
  try {
    return await act(client);
  } finally {
    await client.close();
  }
}

/** The first event of this name. */
export const next = async (emitter, name) => (await once(emitter, name, { signal: AbortSignal.timeout(20_000) }))[0];

/** The newest value of a telemetry, as the operator sees it. */
export async function latest(deviceId, name) {
  const answer = await fetch(`http://${facts.http}/api/devices/${deviceId}`);
  return (await answer.json()).latest.find((item) => item.name === name)?.value;
}

/** A request of the service API that the packages have no call for. */
export function request(method, path, headers, content) {
  const resource = encodeURIComponent('localhost');
  const expiry = Math.floor(Date.now() / 1000) + 600;
  const policy = /SharedAccessKeyName=([^;]*)/.exec(connection)[1];
  const signature = encodeURIComponent(derived(/SharedAccessKey=(.*)$/.exec(connection)[1], `${resource}\n${expiry}`));
  const authorization = `SharedAccessSignature sr=${resource}&sig=${signature}&se=${expiry}&skn=${policy}`;
  return new Promise((resolve, reject) => {
    const asked = https.request({ host: 'localhost', port, method, path: `${path}?api-version=2021-04-12`, headers: { authorization, ...headers } },
      (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
    asked.on('error', reject);
    asked.end(content);
  });
}
