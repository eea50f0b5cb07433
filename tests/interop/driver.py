"""Drives a device against a local hub as a service and an operator would, and checks each answer.

    driver.py python    the Python program beside this file
    driver.py rust      the example binary that DEVICE_MODEL_EXAMPLE names

DEVICE_MODEL_BIN names the `device-model` binary. Prints one line a check; exit code 0 only when all held.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from hub import Hub

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "models"
MODEL_ID = "urn:device_model:environmental_sensor:1"
DEADLINE = 20.0


@dataclass(frozen=True)
class Expectation:
    """Where the devices differ: the tutorial's program knows no errors and reports its state as a string."""

    command: list
    state: object
    unknown_command: int | None
    refused_brightness: int | None


def expectations(kind):
    if kind == "python":
        program = [sys.executable, str(HERE / "environmental_sensor.py"), "--interval", "1"]
        return Expectation(program, state="true", unknown_command=None, refused_brightness=None)
    program = [os.environ["DEVICE_MODEL_EXAMPLE"], "--interval", "1"]
    return Expectation(program, state=True, unknown_command=404, refused_brightness=9)


class Checks:
    """Counts and prints."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, holds, seen=None):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print(f"ok      {name}" if holds else f"FAILED  {name}: {seen!r}", flush=True)

    def eventually(self, name, look, holds):
        """Looks again until it holds or the deadline is over; answers what was seen last."""
        end = time.monotonic() + DEADLINE
        seen = look()
        while not holds(seen) and time.monotonic() < end:
            time.sleep(0.1)
            seen = look()
        self.check(name, holds(seen), seen)
        return seen


def check_arrival(checks, hub, device, expected):
    def reported(name):
        twin = hub.service.twin(device) or {"properties": {"reported": {}}}
        return twin["properties"]["reported"].get(name)

    twin = checks.eventually("the device is provisioned and connected", lambda: hub.service.twin(device),
                             lambda twin: twin is not None and twin["connectionState"] == "Connected")
    if twin is None or twin["connectionState"] != "Connected":
        raise RuntimeError("without a connection there is nothing more to check")
    checks.check("its twin has its id", twin["deviceId"] == device, twin)
    checks.eventually("the operator sees its model", lambda: ((hub.page.device(device) or {}).get("device") or {}).get("modelId"),
                      lambda model: model == MODEL_ID)
    checks.eventually("its state is reported", lambda: reported("state"), lambda state: state == expected.state)
    first = checks.eventually("telemetry temp and humid arrives", lambda: hub.page.latest(device),
                              lambda latest: all(isinstance(latest.get(name, {}).get("value"), (int, float)) for name in ("temp", "humid")))
    at = first.get("temp", {}).get("at")
    checks.eventually("more telemetry follows", lambda: hub.page.latest(device), lambda latest: latest.get("temp", {}).get("at") != at)
    checks.eventually("the history has its points",
                      lambda: hub.page.call("GET", f"/devices/{device}/telemetry?name=temp&width=600"),
                      lambda answer: answer[0] == 200 and len(answer[1]["points"]) >= 2)


def check_commands(checks, hub, device, expected):
    def answers(name, payload, status, holds):
        http, answer = hub.service.method(device, name, payload)
        right = http == 200 and answer.get("status") == status and holds(answer.get("payload"))
        checks.check(f"the command {name} answers {status}", right, (http, answer))

    answers("blink", 5, 200, lambda payload: isinstance((payload or {}).get("description"), str))
    answers("turnon", None, 200, lambda _: True)
    answers("turnoff", None, 200, lambda _: True)
    answers("rundiagnostics", None, 202, lambda _: True)
    checks.eventually("rundiagnostics reports its result later",
                      lambda: hub.service.twin(device)["properties"]["reported"].get("rundiagnostics"),
                      lambda result: isinstance((result or {}).get("value"), str))
    if expected.unknown_command:
        answers("dance", None, expected.unknown_command, lambda _: True)


def check_operator_commands(checks, hub, device):
    status, row = hub.page.call("POST", f"/devices/{device}/commands", {"component": None, "name": "blink", "request": 3})
    checks.check("the operator's blink succeeds", status == 200 and row["state"] == "succeeded", (status, row))
    status, row = hub.page.call("POST", f"/devices/{device}/commands", {"component": None, "name": "rundiagnostics"})
    # The result may be reported before the answer of the call is written.
    checks.check("the operator's rundiagnostics is accepted", status == 200 and row["state"] in ("accepted", "completed"), (status, row))
    checks.eventually("and completed when its result is reported",
                      lambda: next((item for item in hub.page.device(device)["commands"] if item["id"] == row.get("id")), {}),
                      lambda item: item.get("state") == "completed" and item.get("completion") is not None)


def check_properties(checks, hub, device, expected):
    def acknowledged(name, value, version):
        def holds(ack):
            return isinstance(ack, dict) and ack.get("value") == value and ack.get("desiredVersion") == version

        checks.eventually(f"{name} {value!r} is acknowledged with version {version}",
                          lambda: hub.service.twin(device)["properties"]["reported"].get(name), holds)
        checks.eventually(f"the operator sees {name} synced", lambda: hub.page.property(device, name),
                          lambda seen: seen.get("sync") == "synced" and seen.get("reported") == value)

    acknowledged("brightness", 2, hub.service.desire(device, {"brightness": {"value": 2}}))
    acknowledged("name", "Contoso", hub.service.desire(device, {"name": {"value": "Contoso"}}))
    status, answer = hub.page.call("PATCH", f"/devices/{device}/properties", [{"component": None, "name": "brightness", "value": 3}])
    checks.check("the operator sets the brightness", status == 200, (status, answer))
    acknowledged("brightness", 3, (answer or {}).get("version"))
    if expected.refused_brightness is not None:
        hub.service.desire(device, {"brightness": {"value": expected.refused_brightness}})
        refused = checks.eventually("a brightness out of range is refused", lambda: hub.page.property(device, "brightness"),
                                    lambda seen: seen.get("sync") == "error")
        checks.check("and the one in force is kept", refused.get("reported") == 3, refused)


def check_end(checks, hub, device, process):
    process.stdin.write("q\n")
    process.stdin.flush()
    try:
        code = process.wait(DEADLINE)
    except subprocess.TimeoutExpired:
        code = "still running"
    checks.check("the program ends with exit code 0 on q", code == 0, code)
    checks.eventually("the hub sees it disconnected", lambda: hub.service.twin(device)["connectionState"], lambda state: state == "Disconnected")
    http, answer = hub.service.method(device, "blink", 1)
    checks.check("a command to it is then refused as not online", http == 404 and "404103" in str(answer), (http, answer))


def drive(kind, checks):
    expected = expectations(kind)
    device = f"{kind}-sensor"
    with Hub(os.environ["DEVICE_MODEL_BIN"], str(MODELS)) as hub:
        process = subprocess.Popen(expected.command, env=hub.device_environment(device), stdin=subprocess.PIPE, text=True)
        try:
            check_arrival(checks, hub, device, expected)
            check_commands(checks, hub, device, expected)
            check_operator_commands(checks, hub, device)
            check_properties(checks, hub, device, expected)
            check_end(checks, hub, device, process)
        except Exception as failure:  # a broken answer is a failed check, and the hub is ended all the same
            checks.check("the checks ran to their end", False, failure)
        finally:
            process.kill()
            process.wait()


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in ("python", "rust"):
        sys.exit(__doc__)
    checks = Checks()
    drive(sys.argv[1], checks)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(checks.failed != 0)


if __name__ == "__main__":
    main()
