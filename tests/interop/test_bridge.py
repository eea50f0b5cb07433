"""The hub's bridge against a real broker, Debian's mosquitto: what devices send is republished, also what they sent while the
broker was away.

DEVICE_MODEL_BIN names the `device-model` binary. The watcher is mosquitto_sub with a session that the broker keeps, so that
nothing depends on who is back first.
"""

import json
import os
import socket
import subprocess
import tempfile
import threading
import queue
import unittest
from pathlib import Path

from hub import Hub

DEADLINE = 60.0
MODELS = Path(__file__).resolve().parent.parent.parent / "models"
PREFIX = "factory/north"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """mosquitto on a port of its own, with what it keeps in a folder; and whoever watches it."""

    def __init__(self, folder):
        self.port = free_port()
        self.file = Path(folder) / "mosquitto.conf"
        # as root it would go on as another user, to whom the folder does not belong
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "persistence true", f"persistence_location {folder}/",
                 "user root" if os.getuid() == 0 else ""]
        self.file.write_text("\n".join(lines) + "\n")
        self.seen = queue.Queue()

    def start(self):
        self.broker = subprocess.Popen(["mosquitto", "-c", str(self.file)], stderr=subprocess.PIPE, text=True)
        for line in self.broker.stderr:
            if "running" in line:
                break
        else:
            raise SystemExit(f"mosquitto ended with {self.broker.wait()}")
        # what it says later is nobody's, but must be read
        threading.Thread(target=self.broker.stderr.read, daemon=True).start()

    def subscribe(self):
        """From now on the broker keeps for the watcher what is published."""
        subprocess.run([*self.watching(), "-E"], check=True, timeout=DEADLINE)

    def watching(self):
        return ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.port), "-V", "mqttv311", "-i", "watcher", "-c", "-q", "1", "-t", f"{PREFIX}/#"]

    def watch(self):
        """Begins to read what is published."""
        self.watcher = subprocess.Popen([*self.watching(), "-F", "%t %p"], stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, args=(self.watcher,), daemon=True).start()

    def read(self, watcher):
        for line in watcher.stdout:
            topic, payload = line.rstrip("\n").split(" ", 1)
            self.seen.put((topic, payload))

    def next_telemetry(self):
        """The next telemetry that was published, whatever else comes between."""
        while True:
            topic, payload = self.seen.get(timeout=DEADLINE)
            if topic.endswith("/telemetry"):
                return topic, json.loads(payload)

    def stop(self):
        """Ends both; the broker writes down what it keeps."""
        for process in (self.watcher, self.broker):
            process.terminate()
            process.wait(DEADLINE)


class BridgeToABroker(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="device-model-broker-")
        self.broker = Broker(self.folder.name)
        self.broker.start()
        self.broker.subscribe()
        self.broker.watch()
        self.hub = Hub(os.environ["DEVICE_MODEL_BIN"], str(MODELS), more=["--bridge", f"mqtt://127.0.0.1:{self.broker.port}/{PREFIX}"])
        self.hub.__enter__()

    def tearDown(self):
        self.hub.__exit__()
        self.broker.stop()
        self.folder.cleanup()

    def test_telemetry_is_republished_and_what_came_while_the_broker_was_away_is_not_lost(self):
        status, _ = self.hub.service.call("PUT", "/devices/d1", {"deviceId": "d1"})
        self.assertEqual(status, 200)
        self.hub.service.telemetry("d1", {"temp": 1})
        self.assertEqual(self.broker.next_telemetry(), (f"{PREFIX}/d1/telemetry", {"temp": 1}))
        self.broker.stop()
        for number in (2, 3):
            self.hub.service.telemetry("d1", {"temp": number})
        self.broker.start()
        self.broker.watch()
        self.assertEqual([self.broker.next_telemetry()[1]["temp"] for _ in range(2)], [2, 3])
        self.hub.service.telemetry("d1", {"temp": 4})
        self.assertEqual(self.broker.next_telemetry()[1], {"temp": 4})


if __name__ == "__main__":
    unittest.main(verbosity=2)
