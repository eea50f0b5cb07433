// A device on the unmodified azure-iot-device package, as its documentation has it; orders on standard input.
const readline = require("node:readline");
const { Client, Message } = require("azure-iot-device");
const { Mqtt } = require("azure-iot-device-mqtt");

const say = (what) => console.log(JSON.stringify(what));
const named = (error) => (error ? error.name : undefined);

async function main() {
  const client = Client.fromConnectionString(process.argv[2], Mqtt);
  // without listeners an error would end the process
  client.on("error", () => {});
  await client.open();
  client.onDeviceMethod("count", (request, response) => response.send(200, 1, () => {}));
  const twin = await client.getTwin();
  twin.on("properties.desired", (patch) => say({ desired: patch.level ?? null }));
  say({ ready: true });
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const { number, size } = JSON.parse(line);
    const body = size ? { number, text: "x".repeat(size) } : { number };
    client.sendEvent(new Message(JSON.stringify(body)), (error) => say({ number, ok: !error, error: named(error) }));
  });
}

main();
