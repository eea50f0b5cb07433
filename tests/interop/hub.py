"""A local hub as a child process, and its two interfaces for services: the REST API and the operator page's API."""

import base64
import hashlib
import hmac
import json
import os
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

API_VERSION = "2021-04-12"
MQTT_PORT = 8883  # the port azure-iot-device knows


class Hub:
    """Starts `device-model hub`, with more arguments where they are given; to be used in a `with`."""

    def __init__(self, binary, models, https=0, more=()):
        self.binary, self.models, self.https, self.more = binary, models, https, more

    def __enter__(self):
        require_free(MQTT_PORT)
        self.folder = tempfile.TemporaryDirectory(prefix="device-model-interop-")
        command = [self.binary, "hub", "--dir", self.folder.name, "--mqtt", f"127.0.0.1:{MQTT_PORT}",
                   "--http", "127.0.0.1:0", "--https", f"127.0.0.1:{self.https}", "--models", self.models, "--json", *self.more]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the hub ended with exit code {self.process.wait()} before it was ready")
        self.facts = json.loads(line)
        self.page = Page(self.facts["http"])
        self.service = Service(self.facts["service_connection_string"], self.facts["ca_file"])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def device_environment(self, registration_id):
        """What a device of the enrollment group needs, as environment variables."""
        return {
            **os.environ,
            "IOTHUB_DEVICE_SECURITY_TYPE": "DPS",
            "IOTHUB_DEVICE_DPS_ENDPOINT": f"localhost:{MQTT_PORT}",
            "IOTHUB_DEVICE_DPS_ID_SCOPE": self.facts["id_scope"],
            "IOTHUB_DEVICE_DPS_DEVICE_ID": registration_id,
            "IOTHUB_DEVICE_DPS_DEVICE_KEY": sign(self.facts["group_key"], registration_id),
            "DEVICE_MODEL_CA_FILE": self.facts["ca_file"],
            "SSL_CERT_FILE": self.facts["ca_file"],
        }


def require_free(port):
    """Fails with a clear text when another process listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as cause:
            raise SystemExit(f"port {port} is busy ({cause.strerror}): azure-iot-device knows no other; end what uses it") from None


def can_bind(port):
    """Whether this program may listen on the port, and nobody else does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def sign(key, text):
    """HMAC-SHA256 with a base64 key, in base64: derives a device's key and signs tokens."""
    return base64.b64encode(hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()).decode()


def call(url, method, body, headers, context=None):
    """One request; answers `(status, value)` for success and failure alike."""
    data = None if body is None else json.dumps(body).encode()
    return request(url, method, data, {"content-type": "application/json", **headers}, context)


def request(url, method, data, headers, context=None):
    """The same with a body of bytes."""
    asked = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=40, context=context) as answer:
            return answer.status, decode(answer.read())
    except urllib.error.HTTPError as failure:
        return failure.code, decode(failure.read())


def decode(text):
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text.decode(errors="replace")


class Service:
    """The service REST API with SAS authorization."""

    def __init__(self, connection_string, ca_file):
        parts = dict(part.split("=", 1) for part in connection_string.split(";"))
        self.host, self.policy, self.key = parts["HostName"], parts["SharedAccessKeyName"], parts["SharedAccessKey"]
        self.context = ssl.create_default_context(cafile=ca_file)

    def token(self, resource=None):
        resource = urllib.parse.quote(resource or self.host, safe="")
        expiry = int(time.time()) + 3600
        signature = urllib.parse.quote(sign(self.key, f"{resource}\n{expiry}"), safe="")
        return f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={self.policy}"

    def call(self, method, path, body=None, version=API_VERSION):
        url = f"https://{self.host}{path}?api-version={version}"
        return call(url, method, body, {"authorization": self.token()}, self.context)

    def telemetry(self, device, values):
        """Sends as the device, by HTTPS; the owner's policy may."""
        status, answer = self.call("POST", f"/devices/{device}/messages/events", values)
        assert status == 204, f"telemetry: {status} {answer}"

    def send(self, device, body, headers):
        """Sends a message to a device; the headers are its properties."""
        url = f"https://{self.host}/devices/{device}/messages/devicebound?api-version={API_VERSION}"
        return request(url, "POST", body, {"authorization": self.token(), **headers}, self.context)

    def twin(self, device):
        status, twin = self.call("GET", f"/twins/{device}")
        return twin if status == 200 else None

    def desire(self, device, values):
        """Writes desired values; answers the version of the desired properties after it."""
        status, twin = self.call("PATCH", f"/twins/{device}", {"properties": {"desired": values}})
        assert status == 200, f"PATCH of the twin: {status} {twin}"
        return twin["properties"]["desired"]["$version"]

    def method(self, device, name, payload=None):
        body = {"methodName": name, "payload": payload, "responseTimeoutInSeconds": 30}
        return self.call("POST", f"/twins/{device}/methods", body)


class Page:
    """The operator page's API."""

    def __init__(self, address):
        self.base = f"http://{address}/api"

    def call(self, method, path, body=None):
        return call(self.base + path, method, body, {})

    def device(self, device):
        status, value = self.call("GET", f"/devices/{device}")
        return value if status == 200 else None

    def property(self, device, name):
        known = (self.device(device) or {}).get("properties", [])
        return next((item for item in known if item["name"] == name), {})

    def latest(self, device):
        return {item["name"]: item for item in (self.device(device) or {}).get("latest", [])}
