"""The tutorial's environmental sensor, written against the unmodified azure-iot-device package.

It speaks the convention of 2020: flat names, `{"value", "status", "desiredVersion"}` acknowledgements, 202 and a reported
property for the asynchronous command, and `state` as a string. The variables IOTHUB_DEVICE_DPS_* say where to connect,
SSL_CERT_FILE names a private certificate authority. `q` on standard input ends it.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import threading

from azure.iot.device import Message, MethodResponse
from azure.iot.device.aio import IoTHubDeviceClient, ProvisioningDeviceClient

MODEL_ID = "urn:device_model:environmental_sensor:1"
DIAGNOSTICS_SECONDS = 1.0


class Sensor:
    """The device: what it measures, what can be set, what it can be told to do."""

    def __init__(self, client):
        self.client = client
        self.settings = {"name": None, "brightness": None}
        self.light = False
        self.commands = {
            "blink": self.blink,
            "turnon": self.turn_on,
            "turnoff": self.turn_off,
            "rundiagnostics": self.run_diagnostics,
        }
        self.diagnostics = set()

    def blink(self, interval):
        return 200, {"description": f"blinking every {interval} s"}

    def turn_on(self, _payload):
        self.light = True
        return 200, None

    def turn_off(self, _payload):
        self.light = False
        return 200, None

    def run_diagnostics(self, _payload):
        task = asyncio.get_running_loop().create_task(self.diagnose())
        self.diagnostics.add(task)
        task.add_done_callback(self.diagnostics.discard)
        return 202, None

    async def diagnose(self):
        """The asynchronous command's work; its result is a reported property of the command's name."""
        await asyncio.sleep(DIAGNOSTICS_SECONDS)
        await self.client.patch_twin_reported_properties({"rundiagnostics": {"value": "temperature and humidity are plausible"}})

    async def on_command(self, request):
        status, payload = self.commands[request.name](request.payload)
        print(f"command {request.name} {json.dumps(request.payload)} -> {status}", flush=True)
        await self.client.send_method_response(MethodResponse.create_from_method_request(request, status, payload))

    async def on_desired(self, patch):
        version = patch.pop("$version")
        for name, setting in patch.items():
            if name not in self.settings:
                continue
            self.settings[name] = setting["value"]
            print(f"setting {name} = {json.dumps(setting['value'])}, version {version}", flush=True)
            acknowledgement = {"value": setting["value"], "status": "completed", "desiredVersion": version}
            await self.client.patch_twin_reported_properties({name: acknowledgement})

    async def send_telemetry(self, interval):
        while True:
            measured = {"temp": round(random.uniform(68, 74), 2), "humid": round(random.uniform(38, 46), 2)}
            await self.client.send_message(Message(json.dumps(measured)))
            await asyncio.sleep(interval)


async def provision():
    """Announces the capability model to the provisioning service; answers the hub's name and the device id."""
    client = ProvisioningDeviceClient.create_from_symmetric_key(
        # The package knows only port 8883.
        provisioning_host=os.environ["IOTHUB_DEVICE_DPS_ENDPOINT"].removesuffix(":8883"),
        registration_id=os.environ["IOTHUB_DEVICE_DPS_DEVICE_ID"],
        id_scope=os.environ["IOTHUB_DEVICE_DPS_ID_SCOPE"],
        symmetric_key=os.environ["IOTHUB_DEVICE_DPS_DEVICE_KEY"],
    )
    client.provisioning_payload = {"__iot:interfaces": {"CapabilityModelId": MODEL_ID}}
    result = await client.register()
    if result.status != "assigned":
        sys.exit(f"the device was not provisioned: {result.status}")
    return result.registration_state.assigned_hub, result.registration_state.device_id


async def until_quit():
    """Returns when a line `q`, or the end of standard input, is read."""
    loop, quit_read = asyncio.get_running_loop(), asyncio.Event()

    def read():
        for line in sys.stdin:
            if line.strip().lower() == "q":
                break
        loop.call_soon_threadsafe(quit_read.set)

    # A daemon thread, so that a read that never returns does not keep the program alive.
    threading.Thread(target=read, daemon=True).start()
    await quit_read.wait()


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interval", type=float, default=1.0, help="seconds from one message to the next")
    arguments = parser.parse_args()

    hub, device_id = await provision()
    print(f"provisioned as {device_id} at {hub}", flush=True)
    client = IoTHubDeviceClient.create_from_symmetric_key(
        symmetric_key=os.environ["IOTHUB_DEVICE_DPS_DEVICE_KEY"], hostname=hub, device_id=device_id
    )
    await client.connect()
    sensor = Sensor(client)
    client.on_method_request_received = sensor.on_command
    client.on_twin_desired_properties_patch_received = sensor.on_desired
    await client.patch_twin_reported_properties({"state": "true"})
    print("ready", flush=True)

    telemetry = asyncio.create_task(sensor.send_telemetry(arguments.interval))
    quit_line = asyncio.create_task(until_quit())
    await asyncio.wait({telemetry, quit_line}, return_when=asyncio.FIRST_COMPLETED)
    failed = telemetry.done()
    telemetry.cancel()
    await client.shutdown()
    if failed:
        sys.exit(f"telemetry ended: {telemetry.exception()}")


if __name__ == "__main__":
    asyncio.run(main())
