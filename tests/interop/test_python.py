"""The official Python packages, unmodified, against a local hub: azure-iot-device as devices and modules, azure-iot-hub as
the back end. Each test is one thing that a user of the packages does.

DEVICE_MODEL_BIN names the `device-model` binary. What needs port 443, which the packages do not let one change, is skipped
where the port cannot be bound.
"""

import contextlib
import json
import os
import queue
import ssl
import tempfile
import threading
import unittest
import urllib.request
import uuid
from pathlib import Path

from azure.iot.device import (IoTHubDeviceClient, IoTHubModuleClient, Message, MethodResponse, ProvisioningDeviceClient, X509)
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import CloudToDeviceMethod, ExportImportDevice, QuerySpecification, Twin, TwinProperties, AuthenticationMechanism, SymmetricKey
from msrest.exceptions import HttpOperationError

from certificates import Authority, DeviceCertificate
from hub import API_VERSION, Hub, call, can_bind, request, sign

DEADLINE = 20.0
MODELS = Path(__file__).resolve().parent.parent.parent / "models"
HTTPS = 443 if can_bind(443) else 0
on_443 = unittest.skipUnless(HTTPS == 443, "port 443 cannot be bound")
KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="
OTHER_KEY = "ZmVkY2JhOTg3NjU0MzIxMA=="

hub = folder = manager = None


def setUpModule():
    global hub, folder, manager
    folder = tempfile.TemporaryDirectory(prefix="device-model-certificates-")
    hub = Hub(os.environ["DEVICE_MODEL_BIN"], str(MODELS), https=HTTPS)
    hub.__enter__()
    # what both packages and `requests` trust
    os.environ["SSL_CERT_FILE"] = os.environ["REQUESTS_CA_BUNDLE"] = hub.facts["ca_file"]
    manager = IoTHubRegistryManager.from_connection_string(hub.facts["service_connection_string"])


def tearDownModule():
    hub.__exit__()
    folder.cleanup()


def fresh(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def new_device():
    """A device in the registry and its connection string."""
    device = fresh("device")
    manager.create_device_with_sas(device, KEY, OTHER_KEY, "enabled")
    return device, f"HostName=localhost;DeviceId={device};SharedAccessKey={KEY}"


class Connected:
    """A client that is connected, and disconnected at the end of the block; what it is told waits in queues."""

    def __init__(self, client):
        self.client = client
        self.patches, self.messages = queue.Queue(), queue.Queue()

    def __enter__(self):
        self.client.connect()
        return self

    def __exit__(self, *_):
        self.client.shutdown()

    def hear(self):
        self.client.on_twin_desired_properties_patch_received = self.patches.put
        self.client.on_message_received = self.messages.put
        return self

    def answer(self):
        """Answers each method with its own name and payload; `fail` with status 500."""
        def handle(request):
            status = 500 if request.name == "fail" else 200
            payload = {"name": request.name, "payload": request.payload}
            self.client.send_method_response(MethodResponse.create_from_method_request(request, status, payload))

        self.client.on_method_request_received = handle
        return self


def as_device(connection_string, **options):
    return Connected(IoTHubDeviceClient.create_from_connection_string(connection_string, **options))


@contextlib.contextmanager
def closed_at_the_end(client):
    """A provisioning client ends its connection only when it was assigned, and has no call to end it otherwise."""
    try:
        yield
    finally:
        ended = threading.Event()
        try:
            client._pipeline.shutdown(callback=lambda **_: ended.set())
            ended.wait(DEADLINE)
        except Exception:  # it was assigned, and has ended
            pass


def enroll_group(group, x509):
    body = {"enrollmentGroupId": group, "provisioningStatus": "enabled", "attestation": {"type": "x509", "x509": x509}}
    status, answer = hub.service.call("PUT", f"/enrollmentGroups/{group}", body, version="2021-10-01")
    assert status == 200, answer


def trust(authority):
    """Lets the hub trust an authority; the name under which it does."""
    status, answer = request(f"{hub.page.base}/certificates", "POST", authority.pem.encode(), {"content-type": "application/x-pem-file"})
    assert status == 201, answer
    return answer["names"][0]


class Refused:
    """The block fails with an HTTP error of this status."""

    def __init__(self, test, status):
        self.test, self.status = test, status

    def __enter__(self):
        self.context = self.test.assertRaises(HttpOperationError)
        self.context.__enter__()

    def __exit__(self, *failure):
        caught = self.context.__exit__(*failure)
        if caught:
            self.test.assertEqual(self.context.exception.response.status_code, self.status)
        return caught


class TheRegistry(unittest.TestCase):
    def test_a_device_is_created_read_updated_and_deleted(self):
        device = fresh("device")
        made = manager.create_device_with_sas(device, KEY, OTHER_KEY, "enabled")
        self.assertEqual((made.device_id, made.authentication.symmetric_key.primary_key), (device, KEY))
        read = manager.get_device(device)
        self.assertEqual((read.etag, read.connection_state, read.status), (made.etag, "Disconnected", "enabled"))
        changed = manager.update_device_with_sas(device, made.etag, OTHER_KEY, KEY, "disabled")
        self.assertEqual((changed.status, changed.authentication.symmetric_key.primary_key), ("disabled", OTHER_KEY))
        manager.delete_device(device)
        with Refused(self, 404):
            manager.get_device(device)

    def test_a_second_device_of_the_same_id_is_refused(self):
        device, _ = new_device()
        with Refused(self, 409):
            manager.create_device_with_sas(device, KEY, OTHER_KEY, "enabled")

    def test_an_update_with_an_old_etag_is_refused(self):
        device, _ = new_device()
        old = manager.get_device(device).etag
        manager.update_device_with_sas(device, old, KEY, OTHER_KEY, "disabled")
        with Refused(self, 412):
            manager.update_device_with_sas(device, old, KEY, OTHER_KEY, "enabled")

    def test_a_device_by_thumbprints_and_one_by_authority_are_made(self):
        by_thumbprint = manager.create_device_with_x509(fresh("device"), "A" * 64, "B" * 64, "enabled")
        self.assertEqual((by_thumbprint.authentication.type, by_thumbprint.authentication.x509_thumbprint.primary_thumbprint), ("selfSigned", "A" * 64))
        by_authority = manager.create_device_with_certificate_authority(fresh("device"), "enabled")
        self.assertEqual(by_authority.authentication.type, "certificateAuthority")

    def test_devices_are_listed_and_counted(self):
        device, _ = new_device()
        self.assertIn(device, [one.device_id for one in manager.get_devices(1000)])
        statistics = manager.get_device_registry_statistics()
        self.assertGreaterEqual(statistics.total_device_count, 1)
        self.assertEqual(statistics.total_device_count, statistics.enabled_device_count + statistics.disabled_device_count)
        self.assertGreaterEqual(manager.get_service_statistics().connected_device_count, 0)

    def test_devices_are_made_and_deleted_in_bulk(self):
        devices = [fresh("bulk") for _ in range(3)]

        def bulk(mode):
            keys = AuthenticationMechanism(type="sas", symmetric_key=SymmetricKey(primary_key=KEY, secondary_key=OTHER_KEY))
            rows = [ExportImportDevice(id=device, import_mode=mode, status="enabled", authentication=keys) for device in devices]
            return manager.bulk_create_or_update_devices(rows)

        self.assertTrue(bulk("create").is_successful)
        self.assertEqual({one.device_id for one in manager.get_devices(1000)} & set(devices), set(devices))
        self.assertTrue(bulk("delete").is_successful)
        self.assertEqual({one.device_id for one in manager.get_devices(1000)} & set(devices), set())

    def test_modules_are_made_listed_and_deleted(self):
        device, _ = new_device()
        made = manager.create_module_with_sas(device, "camera", "nobody", KEY, OTHER_KEY)
        self.assertEqual((made.device_id, made.module_id), (device, "camera"))
        self.assertEqual([module.module_id for module in manager.get_modules(device)], ["camera"])
        self.assertEqual(manager.get_module(device, "camera").etag, made.etag)
        manager.delete_module(device, "camera")
        self.assertEqual(manager.get_modules(device), [])


class Twins(unittest.TestCase):
    def test_a_twin_is_patched_replaced_and_read(self):
        device, _ = new_device()
        patch = Twin(tags={"room": "kitchen"}, properties=TwinProperties(desired={"brightness": 2, "gone": True}))
        twin = manager.update_twin(device, patch, "*")
        self.assertEqual((twin.tags, twin.properties.desired["brightness"], twin.properties.desired["$version"]), ({"room": "kitchen"}, 2, 2))
        twin = manager.update_twin(device, Twin(properties=TwinProperties(desired={"gone": None})), twin.etag)
        self.assertNotIn("gone", twin.properties.desired)
        twin = manager.replace_twin(device, Twin(tags={}, properties=TwinProperties(desired={"name": "x"})), "*")
        read = manager.get_twin(device)
        self.assertEqual((read.etag, read.tags or {}, read.properties.desired["name"]), (twin.etag, {}, "x"))
        self.assertNotIn("brightness", read.properties.desired)
        with Refused(self, 412):
            manager.update_twin(device, patch, "bm8=")

    def test_twins_are_queried_page_by_page(self):
        room = fresh("room")
        devices = sorted(new_device()[0] for _ in range(3))
        for number, device in enumerate(devices):
            manager.update_twin(device, Twin(tags={"room": room, "number": number}), "*")
        query = QuerySpecification(query=f"SELECT * FROM devices WHERE tags.room = '{room}' AND tags.number >= 0")
        found, token = [], None
        while True:
            page = manager.query_iot_hub(query, token, 2)
            self.assertLessEqual(len(page.items), 2)
            found += [twin.device_id for twin in page.items]
            token = page.continuation_token
            if not token:
                break
        self.assertEqual(sorted(found), devices)
        with Refused(self, 400):
            manager.query_iot_hub(QuerySpecification(query="SELECT FROM"))

    def test_a_device_reports_and_is_told_what_is_desired(self):
        device, connection = new_device()
        with as_device(connection) as connected:
            connected.hear()
            twin = connected.client.get_twin()
            self.assertEqual((twin["desired"]["$version"], twin["reported"]["$version"]), (1, 1))
            connected.client.patch_twin_reported_properties({"state": True, "nested": {"list": [1, "two"]}})
            reported = manager.get_twin(device).properties.reported
            self.assertEqual((reported["state"], reported["nested"]), (True, {"list": [1, "two"]}))
            manager.update_twin(device, Twin(properties=TwinProperties(desired={"brightness": {"value": 2}})), "*")
            self.assertEqual(connected.patches.get(timeout=DEADLINE), {"brightness": {"value": 2}, "$version": 2})
            self.assertEqual(manager.get_twin(device).connection_state, "Connected")

    def test_a_report_that_breaks_the_rules_is_an_error_at_the_device(self):
        _, connection = new_device()
        with as_device(connection) as connected:
            with self.assertRaises(Exception):
                connected.client.patch_twin_reported_properties({"a b": 1})
            self.assertEqual(connected.client.get_twin()["reported"]["$version"], 1)


class Methods(unittest.TestCase):
    def call(self, device, name, payload=None):
        method = CloudToDeviceMethod(method_name=name, payload=payload, response_timeout_in_seconds=10, connect_timeout_in_seconds=0)
        return manager.invoke_device_method(device, method)

    def test_a_device_answers_with_its_own_status_and_payload(self):
        device, connection = new_device()
        with as_device(connection) as connected:
            connected.answer()
            for payload in (5, "text", {"deep": [1, None]}):
                answer = self.call(device, "blink", payload)
                self.assertEqual((answer.status, answer.payload), (200, {"name": "blink", "payload": payload}))
            # azure-iot-hub sends no payload for None, and azure-iot-device reads that as an empty text
            self.assertFalse(self.call(device, "turnon").payload["payload"])
            self.assertEqual(self.call(device, "fail").status, 500)

    def test_a_device_that_is_not_there_is_404103(self):
        device, _ = new_device()
        with self.assertRaises(HttpOperationError) as caught:
            self.call(device, "blink")
        self.assertEqual(caught.exception.response.status_code, 404)
        self.assertIn("404103", caught.exception.response.text)


class Messages(unittest.TestCase):
    def test_telemetry_arrives_with_its_properties(self):
        device, connection = new_device()
        with as_device(connection) as connected:
            message = Message(json.dumps({"temp": 21.5}), content_encoding="utf-8", content_type="application/json")
            message.message_id, message.correlation_id = "m-1", "c-1"
            message.custom_properties["a key"] = "a value/with ä"
            connected.client.send_message(message)
            self.assertEqual(hub.page.latest(device)["temp"]["value"], 21.5)

    def test_a_message_to_the_device_arrives_with_its_properties(self):
        device, connection = new_device()
        with as_device(connection) as connected:
            connected.hear()
            status, _ = hub.service.send(device, b"hello", {"iothub-messageid": "m-1", "iothub-app-colour": "blue"})
            self.assertIn(status, (200, 201, 204))
            message = connected.messages.get(timeout=DEADLINE)
            self.assertEqual((message.data, message.message_id, message.custom_properties), (b"hello", "m-1", {"colour": "blue"}))

    @on_443
    def test_a_device_speaks_over_websockets(self):
        device, connection = new_device()
        with as_device(connection, websockets=True) as connected:
            connected.client.send_message('{"temp": 1}')
            self.assertEqual(hub.page.latest(device)["temp"]["value"], 1)

    @on_443
    def test_a_file_is_uploaded(self):
        device, connection = new_device()
        with as_device(connection) as connected:
            place = connected.client.get_storage_info_for_blob("logs/a.txt")
            url = f"https://{place['hostName']}/{place['containerName']}/{place['blobName']}{place['sasToken']}"
            put = urllib.request.Request(url, b"content", {"x-ms-blob-type": "BlockBlob"}, method="PUT")
            with urllib.request.urlopen(put, context=hub.service.context) as answer:
                self.assertEqual(answer.status, 201)
            connected.client.notify_blob_upload_status(place["correlationId"], True, 200, "OK")
        files = [path for path in Path(hub.folder.name).rglob("*a.txt")]
        self.assertEqual([path.read_bytes() for path in files], [b"content"])


class ModulesAndCertificates(unittest.TestCase):
    def test_a_module_has_a_twin_methods_and_telemetry_of_its_own(self):
        device, _ = new_device()
        manager.create_module_with_sas(device, "camera", "nobody", KEY, OTHER_KEY)
        connection = f"HostName=localhost;DeviceId={device};ModuleId=camera;SharedAccessKey={KEY}"
        with Connected(IoTHubModuleClient.create_from_connection_string(connection)) as connected:
            connected.answer()
            connected.client.patch_twin_reported_properties({"lens": "wide"})
            self.assertEqual(manager.get_module_twin(device, "camera").properties.reported["lens"], "wide")
            self.assertNotIn("lens", manager.get_twin(device).properties.reported)
            method = CloudToDeviceMethod(method_name="focus", payload=1, response_timeout_in_seconds=10)
            self.assertEqual(manager.invoke_device_module_method(device, "camera", method).payload["payload"], 1)
            connected.client.send_message("{}")

    def test_a_device_is_known_by_its_certificate(self):
        device = fresh("x509")
        certificate = DeviceCertificate(folder.name, device)
        manager.create_device_with_x509(device, certificate.thumbprint, certificate.thumbprint, "enabled")
        x509 = X509(str(certificate.certificate_file), str(certificate.key_file))
        with Connected(IoTHubDeviceClient.create_from_x509_certificate(x509, "localhost", device)) as connected:
            self.assertEqual(connected.client.get_twin()["desired"]["$version"], 1)


    def test_a_chain_by_an_intermediate_names_a_device_of_an_authority_by_mqtt_and_https(self):
        root, device = Authority(fresh("root")), fresh("x509")
        trust(root)
        manager.create_device_with_certificate_authority(device, "enabled")
        certificate = DeviceCertificate(folder.name, device, Authority("intermediate", root))
        x509 = X509(str(certificate.certificate_file), str(certificate.key_file))
        with Connected(IoTHubDeviceClient.create_from_x509_certificate(x509, "localhost", device)) as connected:
            self.assertEqual(connected.client.get_twin()["desired"]["$version"], 1)
        context = ssl.create_default_context(cafile=hub.facts["ca_file"])
        context.load_cert_chain(certificate.certificate_file, certificate.key_file)

        def send(name):
            url = f"https://{hub.service.host}/devices/{name}/messages/events?api-version={API_VERSION}"
            return call(url, "POST", {"temp": 4}, {}, context)[0]

        self.assertEqual(send(device), 204)
        self.assertEqual(hub.page.latest(device)["temp"]["value"], 4)
        self.assertEqual(send(new_device()[0]), 401)

    def test_a_token_that_a_policy_has_signed_lets_any_device_connect(self):
        device, _ = new_device()
        token = hub.service.token(f"localhost/devices/{device}")
        with Connected(IoTHubDeviceClient.create_from_sastoken(token)) as connected:
            connected.client.send_message('{"temp": 5}')
            self.assertEqual(hub.page.latest(device)["temp"]["value"], 5)


class Provisioning(unittest.TestCase):
    def register(self, client, payload=None):
        client.provisioning_payload = payload
        result = client.register()
        self.assertEqual(result.status, "assigned")
        self.assertEqual(result.registration_state.assigned_hub, "localhost")
        return result.registration_state.device_id

    def by_key(self, registration, key):
        scope = hub.facts["id_scope"]
        return ProvisioningDeviceClient.create_from_symmetric_key("localhost", registration, scope, key)

    def test_a_device_of_the_group_is_registered_and_connects(self):
        registration = fresh("group")
        key = sign(hub.facts["group_key"], registration)
        device = self.register(self.by_key(registration, key), {"modelId": "dtmi:com:example:Thermostat;1"})
        self.assertEqual(device, registration)
        with as_device(f"HostName=localhost;DeviceId={device};SharedAccessKey={key}") as connected:
            connected.client.get_twin()

    def test_a_device_with_an_enrollment_of_its_own_is_registered(self):
        registration = fresh("individual")
        device = f"{registration}-of-the-hub"
        enrollment = {"registrationId": registration, "deviceId": device, "provisioningStatus": "enabled",
                      "attestation": {"type": "symmetricKey", "symmetricKey": {"primaryKey": KEY, "secondaryKey": OTHER_KEY}},
                      "initialTwin": {"tags": {"room": "hall"}, "properties": {"desired": {"brightness": 3}}}}
        status, answer = hub.service.call("PUT", f"/enrollments/{registration}", enrollment, version="2021-10-01")
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.register(self.by_key(registration, KEY)), device)
        twin = manager.get_twin(device)
        self.assertEqual((twin.tags, twin.properties.desired["brightness"]), ({"room": "hall"}, 3))

    def test_a_device_with_a_certificate_is_registered(self):
        registration = fresh("x509")
        certificate = DeviceCertificate(folder.name, registration)
        enrollment = {"registrationId": registration, "provisioningStatus": "enabled", "attestation": {
            "type": "x509", "x509": {"clientCertificates": {"primary": {"certificate": certificate.pem}}}}}
        status, answer = hub.service.call("PUT", f"/enrollments/{registration}", enrollment, version="2021-10-01")
        self.assertEqual(status, 200, answer)
        self.by_certificate(registration, certificate)

    def by_certificate(self, registration, certificate):
        """Registers with a certificate, and connects with it to where the device was sent."""
        x509 = X509(str(certificate.certificate_file), str(certificate.key_file))
        scope = hub.facts["id_scope"]
        client = ProvisioningDeviceClient.create_from_x509_certificate("localhost", registration, scope, x509)
        with closed_at_the_end(client):
            device = self.register(client)
        with Connected(IoTHubDeviceClient.create_from_x509_certificate(x509, "localhost", device)) as connected:
            connected.client.send_message('{"temp": 3}')
            self.assertEqual(hub.page.latest(device)["temp"]["value"], 3)

    def test_a_chain_by_an_intermediate_leads_to_the_root_of_a_group(self):
        root, group = Authority(fresh("root")), fresh("fleet")
        enroll_group(group, {"signingCertificates": {"primary": {"certificate": root.pem}}})
        intermediate = Authority("intermediate", root)
        for registration in (fresh("chain"), fresh("chain")):
            self.by_certificate(registration, DeviceCertificate(folder.name, registration, intermediate))
        stranger = fresh("chain")
        with self.assertRaises(Exception):
            self.by_certificate(stranger, DeviceCertificate(folder.name, stranger, Authority("intermediate", Authority("other"))))
        _, registrations = hub.service.call("POST", f"/registrations/{group}/query", {}, version="2021-10-01")
        self.assertEqual(len(registrations), 2)

    def test_a_group_may_enroll_the_intermediate_or_name_an_authority_of_the_hub(self):
        root = Authority(fresh("root"))
        intermediate = Authority(fresh("intermediate"), root)
        enroll_group(fresh("fleet"), {"signingCertificates": {"primary": {"certificate": intermediate.pem}}})
        registration = fresh("chain")
        self.by_certificate(registration, DeviceCertificate(folder.name, registration, intermediate))
        trusted = Authority(fresh("trusted"))
        enroll_group(fresh("fleet"), {"caReferences": {"primary": trust(trusted)}})
        registration = fresh("chain")
        self.by_certificate(registration, DeviceCertificate(folder.name, registration, Authority("between", trusted)))

    def test_a_wrong_key_is_refused(self):
        client = self.by_key(fresh("group"), KEY)
        with closed_at_the_end(client), self.assertRaises(Exception):
            client.register()


if __name__ == "__main__":
    unittest.main(verbosity=2)
