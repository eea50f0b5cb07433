"""A device on the unmodified azure-iot-device package, as its documentation has it; orders on standard input."""

import asyncio
import json
import sys
import threading

from azure.iot.device import Message, MethodResponse
from azure.iot.device.aio import IoTHubDeviceClient


def say(**what):
    print(json.dumps(what), flush=True)


async def send(client, number, size):
    body = {"number": number, "text": "x" * size} if size else {"number": number}
    try:
        await client.send_message(Message(json.dumps(body)))
        say(number=number, ok=True)
    except BaseException as error:
        say(number=number, ok=False, error=type(error).__name__)


async def main():
    client = IoTHubDeviceClient.create_from_connection_string(sys.argv[1])

    async def on_command(request):
        await client.send_method_response(MethodResponse.create_from_method_request(request, 200, 1))

    async def on_desired(patch):
        say(desired=patch.get("level"))

    client.on_method_request_received = on_command
    client.on_twin_desired_properties_patch_received = on_desired
    await client.connect()
    await client.get_twin()
    say(ready=True)

    loop, orders, tasks = asyncio.get_running_loop(), asyncio.Queue(), set()

    def read():
        for line in sys.stdin:
            loop.call_soon_threadsafe(orders.put_nowait, json.loads(line))

    threading.Thread(target=read, daemon=True).start()
    while True:
        order = await orders.get()
        task = asyncio.create_task(send(client, order["number"], order["size"]))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


asyncio.run(main())
