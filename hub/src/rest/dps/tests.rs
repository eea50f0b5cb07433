//! Tests of the provisioning service's API through the router, without a socket.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::certificate::tests::{device, signer};
use crate::http::Peer;
use crate::page::tests::Site;
use crate::sas::{Key, sign};
use crate::state::tests::group_token;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

struct Service {
    site: Site,
}

impl Service {
    fn new() -> Self {
        Self { site: Site::new() }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.site.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn call_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.call_as("provisioningserviceowner", method, path, headers, body).await
    }

    async fn call_as(
        &self,
        policy: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let key = &self.site.shared.settings.policies[policy];
        let token = sign("localhost", key, jiff::Timestamp::now().as_second() + 60, Some(policy));
        let uri = format!("{path}?api-version=2021-10-01");
        let mut request = Request::builder().method(method).uri(uri).header("authorization", token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).unwrap()).await
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.call_with(method, path, &[], &body).await
    }

    /// A call of a device's, with a token or a certificate.
    async fn ask(&self, method: &str, path: &str, token: &str, peer: Option<Peer>, body: &str) -> Answer {
        let uri = format!("/0neTEST/registrations/{path}?api-version=2021-06-01");
        let request = Request::builder().method(method).uri(uri).header("authorization", token);
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        self.send(request).await
    }
}

fn individual(id: &str) -> Value {
    json!({ "registrationId": id, "attestation": { "type": "symmetricKey" } })
}

#[tokio::test]
async fn an_enrollment_is_made_read_changed_listed_and_deleted() {
    let service = Service::new();
    let new = json!({
        "registrationId": "r1", "deviceId": "kitchen", "provisioningStatus": "enabled",
        "attestation": { "type": "symmetricKey", "symmetricKey": { "primaryKey": "", "secondaryKey": "" } },
        "initialTwin": { "tags": { "room": "k" }, "properties": { "desired": { "interval": 5 } } },
        "reprovisionPolicy": { "updateHubAssignment": true, "migrateDeviceData": false },
        "allocationPolicy": "static", "iotHubHostName": "localhost", "capabilities": { "iotEdge": false },
    });
    let made = service.call("PUT", "/enrollments/r1", new.clone()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let etag = made.body["etag"].as_str().unwrap().to_owned();
    assert_eq!(made.header("etag"), Some(etag.as_str()));
    for name in ["deviceId", "provisioningStatus", "initialTwin", "reprovisionPolicy", "allocationPolicy"] {
        assert_eq!(made.body[name], new[name], "{name}");
    }
    assert_eq!(made.body["attestation"], json!({ "type": "symmetricKey" }), "keys are not told here");
    let again = service.call("PUT", "/enrollments/r1", new.clone()).await;
    assert_eq!((again.status, &again.body["errorCode"]), (StatusCode::CONFLICT, &json!(409_201)));
    let keys = service.call("POST", "/enrollments/r1/attestationmechanism", Value::Null).await;
    let key = keys.body["symmetricKey"]["primaryKey"].as_str().unwrap().to_owned();
    assert!(Key::parse(&key).is_some());

    let mut changed = made.body.clone();
    changed["provisioningStatus"] = "disabled".into();
    let changed = service.call_with("PUT", "/enrollments/r1", &[("if-match", &etag)], &changed).await;
    assert_eq!((changed.status, &changed.body["provisioningStatus"]), (StatusCode::OK, &json!("disabled")));
    let stale = service.call_with("PUT", "/enrollments/r1", &[("if-match", &etag)], &made.body).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let kept = service.call("POST", "/enrollments/r1/attestationmechanism", Value::Null).await;
    assert_eq!(
        kept.body["symmetricKey"]["primaryKey"],
        key.as_str(),
        "written back as read, it keeps its keys"
    );

    service.call("PUT", "/enrollments/r2", individual("r2")).await;
    let query = json!({ "query": "SELECT * FROM enrollments" });
    let one = service.call_with("POST", "/enrollments/query", &[("x-ms-max-item-count", "1")], &query).await;
    let next = one.header("x-ms-continuation").unwrap();
    assert_eq!(one.body[0]["registrationId"], "r1");
    let rest = [("x-ms-max-item-count", "1"), ("x-ms-continuation", next)];
    let rest = service.call_with("POST", "/enrollments/query", &rest, &query).await;
    assert_eq!((&rest.body[0]["registrationId"], rest.header("x-ms-continuation")), (&json!("r2"), None));
    let other = service.call("POST", "/enrollments/query", json!({ "query": "SELECT x" })).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);

    assert_eq!(service.call("DELETE", "/enrollments/R1", Value::Null).await.status, StatusCode::NO_CONTENT);
    let gone = service.call("GET", "/enrollments/r1", Value::Null).await;
    assert_eq!((gone.status, &gone.body["errorCode"]), (StatusCode::NOT_FOUND, &json!(404_201)));
    assert!(gone.body["trackingId"].is_string() && gone.body["timestampUtc"].is_string());
}

#[tokio::test]
async fn the_words_of_a_route_have_any_case_and_another_policy_is_refused() {
    let service = Service::new();
    for path in ["/enrollmentGroups/default", "/enrollmentgroups/DEFAULT", "/ENROLLMENTGROUPS/default"] {
        let read = service.call("GET", path, Value::Null).await;
        assert_eq!(
            (read.status, &read.body["enrollmentGroupId"]),
            (StatusCode::OK, &json!("default")),
            "{path}"
        );
    }
    let keys = service.call("POST", "/enrollmentgroups/default/attestationMechanism", Value::Null).await;
    assert!(keys.body["symmetricKey"]["primaryKey"].is_string());
    let refused =
        service.call_as("registryRead", "GET", "/enrollmentGroups/default", &[], &Value::Null).await;
    assert_eq!((refused.status, &refused.body["errorCode"]), (StatusCode::UNAUTHORIZED, &json!(401_000)));
}

#[tokio::test]
async fn what_this_service_does_not_do_is_refused_with_a_reason() {
    let service = Service::new();
    let with = |name: &str, value: Value| {
        let mut body = individual("r1");
        body[name] = value;
        body
    };
    let x509 = |value: Value| with("attestation", json!({ "type": "x509", "x509": value }));
    for (body, why) in [
        (with("attestation", json!({ "type": "tpm", "tpm": { "endorsementKey": "x" } })), "TPM"),
        (with("attestation", Value::Null), "attestation"),
        (
            with("attestation", json!({ "type": "symmetricKey", "symmetricKey": { "primaryKey": "x" } })),
            "base64",
        ),
        (with("allocationPolicy", "custom".into()), "custom"),
        (with("allocationPolicy", "other".into()), "allocationPolicy"),
        (with("iotHubs", json!(["elsewhere.azure-devices.net"])), "not linked"),
        (with("deviceId", "a b".into()), "device id"),
        (with("registrationId", "r2".into()), "in the path"),
        (with("provisioningStatus", "off".into()), "provisioningStatus"),
        (with("initialTwin", json!({ "tags": { "a.b": 1 } })), "a.b"),
        (x509(json!({})), "clientCertificates"),
        (x509(json!({ "clientCertificates": { "primary": { "certificate": "x" } } })), "primary certificate"),
        (x509(json!({ "signingCertificates": {} })), "primary"),
    ] {
        let refused = service.call("PUT", "/enrollments/r1", body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{why}");
        assert!(refused.body["message"].as_str().unwrap().contains(why), "{why}: {}", refused.body);
    }
    let refused = service.call("DELETE", "/enrollmentGroups/default", Value::Null).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn several_enrollments_are_made_in_one_request_and_failures_are_listed() {
    let service = Service::new();
    let bulk = |mode: &str, ids: &[&str]| json!({ "mode": mode, "enrollments": ids.iter().map(|id| individual(id)).collect::<Vec<_>>() });
    let made = service.call("POST", "/enrollments/", bulk("create", &["a", "b"])).await;
    assert_eq!(made.body, json!({ "isSuccessful": true, "errors": [] }));
    let again = service.call("POST", "/enrollments", bulk("create", &["b", "c"])).await;
    assert_eq!(
        (&again.body["isSuccessful"], &again.body["errors"][0]["registrationId"]),
        (&json!(false), &json!("b"))
    );
    let etag = service.call("POST", "/enrollments", bulk("updateIfMatchETag", &["a"])).await;
    assert_eq!(etag.body["isSuccessful"], false);
    for mode in ["update", "delete"] {
        let done = service.call("POST", "/enrollments", bulk(mode, &["a", "b", "c"])).await;
        assert_eq!(done.body["isSuccessful"], true, "{mode}: {}", done.body);
    }
    let many: Vec<String> = (0..11).map(|number| format!("r{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(
        service.call("POST", "/enrollments", bulk("create", &many)).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_device_registers_by_https_and_tools_see_and_forget_its_registration() {
    let service = Service::new();
    let token = service.site.shared.with(|state, _| {
        // the tests' state is of 1970, the API of today
        let key = state.group_key().derive("d1");
        sign("0neTEST/registrations/d1", &key, jiff::Timestamp::now().as_second() + 60, None)
    });
    let body = r#"{"registrationId":"d1","payload":{"modelId":"dtmi:m;1"}}"#;
    let taken = service.ask("PUT", "d1/register", &token, None, body).await;
    assert_eq!((taken.status, taken.header("retry-after")), (StatusCode::ACCEPTED, Some("1")));
    assert_eq!(taken.body["status"], "assigning");
    let operation = taken.body["operationId"].as_str().unwrap();
    let done = service.ask("GET", &format!("d1/operations/{operation}"), &token, None, "").await;
    assert_eq!((done.status, &done.body["registrationState"]["deviceId"]), (StatusCode::OK, &json!("d1")));
    let unknown = service.ask("GET", "d1/operations/4.x", &token, None, "").await;
    assert_eq!((unknown.status, &unknown.body["errorCode"]), (StatusCode::NOT_FOUND, &json!(404_202)));
    let state = service.ask("POST", "d1", &token, None, r#"{"registrationId":"d1"}"#).await;
    assert_eq!((state.status, &state.body["status"]), (StatusCode::OK, &json!("assigned")));
    let stranger = service.site.shared.with(|state, _| group_token(state, "d2"));
    let refused = service.ask("PUT", "d1/register", &stranger, None, body).await;
    assert_eq!((refused.status, &refused.body["errorCode"]), (StatusCode::UNAUTHORIZED, &json!(401_000)));
    let other = service.ask("PUT", "d1/register", &token, None, r#"{"registrationId":"d2"}"#).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);

    let listed = service.call("POST", "/registrations/default/query", Value::Null).await;
    assert_eq!(listed.body[0]["registrationId"], "d1");
    let read = service.call("GET", "/registrations/D1", Value::Null).await;
    assert_eq!((read.status, &read.body["substatus"]), (StatusCode::OK, &json!("initialAssignment")));
    let etag = read.header("etag").unwrap().to_owned();
    let stale = [("if-match", "\"0\"")];
    let stale = service.call_with("DELETE", "/registrations/d1", &stale, &Value::Null).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let gone = service.call_with("DELETE", "/registrations/d1", &[("if-match", &etag)], &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let read = service.call("GET", "/registrations/d1", Value::Null).await;
    assert_eq!((read.status, &read.body["errorCode"]), (StatusCode::NOT_FOUND, &json!(404_202)));
}

#[tokio::test]
async fn a_group_by_certificate_is_described_written_back_and_takes_its_devices() {
    let service = Service::new();
    let root = signer("root", None);
    let certificate = base64::engine::general_purpose::STANDARD.encode(root.pem());
    let group = json!({
        "enrollmentGroupId": "fleet",
        "attestation": { "type": "x509", "x509": { "signingCertificates": { "primary": { "certificate": certificate } } } },
    });
    let made = service.call("PUT", "/enrollmentGroups/fleet", group).await;
    let info = &made.body["attestation"]["x509"]["signingCertificates"]["primary"]["info"];
    assert_eq!((made.status, &info["subjectName"]), (StatusCode::OK, &json!("CN=root")), "{}", made.body);
    let back = service.call_with("PUT", "/enrollmentGroups/fleet", &[("if-match", "*")], &made.body).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.body);
    assert_eq!(back.body["attestation"], made.body["attestation"]);

    let presented = device("d1", &[&root]);
    let own = Peer {
        address: std::net::SocketAddr::from(([127, 0, 0, 1], 1)),
        secure: true,
        certificate: Some(crate::http::Presented::new(std::sync::Arc::new(presented))),
        failures: crate::http::Failures::default(),
        upgrade: crate::http::Upgrade::default(),
    };
    let taken = service.ask("PUT", "d1/register", "", Some(own.clone()), "{}").await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.body);
    let other = service.ask("PUT", "d2/register", "", Some(own.clone()), "{}").await;
    assert_eq!((other.status, &other.body["errorCode"]), (StatusCode::UNAUTHORIZED, &json!(401_002)));
    let without = service.ask("PUT", "d1/register", "", None, "{}").await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);
    for _ in 1..crate::provisioning::FAILURES {
        service.ask("PUT", "d2/register", "", Some(own.clone()), "{}").await;
    }
    let late = service.ask("PUT", "d1/register", "", Some(own), "{}").await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED, "the connection was wrong too often");
}

#[tokio::test]
async fn pages_of_enrollments_go_on_where_the_last_one_ended_whatever_was_made_or_deleted() {
    let service = Service::new();
    for id in ["b", "d", "f"] {
        service.call("PUT", &format!("/enrollments/{id}"), individual(id)).await;
    }
    let size = ("x-ms-max-item-count", "2");
    let first = service.call_with("POST", "/enrollments/query", &[size], &Value::Null).await;
    service.call("DELETE", "/enrollments/b", Value::Null).await;
    service.call("PUT", "/enrollments/a", individual("a")).await;
    let next = first.header("x-ms-continuation").unwrap();
    let headers = [size, ("x-ms-continuation", next)];
    let second = service.call_with("POST", "/enrollments/query", &headers, &Value::Null).await;
    let ids = |answer: &Answer| -> Vec<String> {
        let rows = answer.body.as_array().unwrap();
        rows.iter().map(|row| row["registrationId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((ids(&first), ids(&second)), (vec!["b".into(), "d".into()], vec!["f".into()]));
    assert_eq!(second.header("x-ms-continuation"), None);
    let wrong = service.call("POST", "/enrollments/query", json!({ "query": 5 })).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_refusal_of_the_service_has_its_form() {
    let service = Service::new();
    let large = json!({ "note": "x".repeat(9000) });
    let mut full = individual("r1");
    full["optionalDeviceInformation"] = large;
    for (method, path, body, status, code) in [
        ("PATCH", "/enrollments/r1", Value::Null, 405, 405_000),
        ("GET", "/enrollmentGroups", Value::Null, 404, 404_000),
        ("POST", "/0neTEST/registrations/d1/register", Value::Null, 405, 405_000),
        ("GET", "/enrollments/%ff", Value::Null, 400, 400_004),
        ("PUT", "/enrollments/r1", full, 400, 400_004),
    ] {
        let refused = service.call(method, path, body).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errorCode"]), (status, &json!(code)), "{path}");
        assert!(refused.body["trackingId"].is_string() && refused.body["message"].is_string());
    }
}
