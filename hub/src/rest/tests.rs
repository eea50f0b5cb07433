//! Tests of the service API on its router: requests in, responses out.

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use serde_json::{Value, json};
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;

use crate::certificate::ClientCertificate;
use crate::certificate::tests::{device, signer};
use crate::http::{Failures, Peer, Presented, Upgrade};
use crate::page::tests::Site;
use crate::sas::sign;

/// A request of the service API and what came of it.
pub(super) struct Call<'a> {
    site: &'a Site,
    policy: &'static str,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Call<'a> {
    pub(super) fn of(site: &'a Site, policy: &'static str) -> Self {
        Self { site, policy, headers: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: impl Into<Body>) -> Response<Body> {
        let key = self.site.shared.settings.policy_keys(self.policy).unwrap().next().unwrap();
        let expiry = jiff::Timestamp::now().as_second() + 60;
        let token = sign("localhost:8443", key, expiry, Some(self.policy));
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{path}{separator}api-version=2021-04-12"))
            .header("authorization", token);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        self.site.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap()
    }

    pub(super) async fn json(&self, method: &str, path: &str, body: Value) -> (StatusCode, HeaderMap, Value) {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.send(method, path, body).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
        (status, headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

pub(super) fn owner(site: &Site) -> Call<'_> {
    Call::of(site, "iothubowner")
}

pub(super) async fn make(site: &Site, id: &str) -> Value {
    let (status, _, body) =
        owner(site).json("PUT", &format!("/devices/{id}"), json!({ "deviceId": id })).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

#[tokio::test]
async fn an_identity_changes_only_under_its_current_etag() {
    let site = Site::new();
    let made = make(&site, "d1").await;
    let etag = made["etag"].as_str().unwrap();
    let body = json!({ "deviceId": "d1", "status": "disabled", "statusReason": "lost" });
    let (status, headers, changed) =
        owner(&site).with("if-match", format!("\"{etag}\"")).json("PUT", "/devices/d1", body.clone()).await;
    assert_eq!((status, &changed["status"]), (StatusCode::OK, &json!("disabled")));
    assert_eq!(headers["etag"], format!("\"{}\"", changed["etag"].as_str().unwrap()));
    let (status, headers, refused) =
        owner(&site).with("if-match", etag).json("PUT", "/devices/d1", body.clone()).await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(headers["iothub-errorcode"], "PreconditionFailed");
    assert!(refused["Message"].as_str().unwrap().starts_with("ErrorCode:PreconditionFailed;"), "{refused}");
    let (status, ..) = owner(&site).with("if-match", etag).json("DELETE", "/devices/d1", Value::Null).await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    let (status, ..) = owner(&site).with("if-match", "*").json("DELETE", "/devices/d1", Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, ..) = owner(&site).with("if-match", "*").json("PUT", "/devices/d1", body).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_bulk_request_does_what_it_can_and_names_the_rest() {
    let site = Site::new();
    let old = make(&site, "old").await;
    let operations = json!([
        { "id": "new", "importMode": "create", "status": "disabled", "tags": { "site": "x" } },
        { "id": "old", "importMode": "updateIfMatchETag", "eTag": old["etag"], "statusReason": "moved" },
        { "id": "made", "importMode": "createOrUpdate" },
    ]);
    let (status, _, body) = owner(&site).json("POST", "/devices", operations).await;
    assert_eq!((status, &body["isSuccessful"]), (StatusCode::OK, &json!(true)), "{body}");
    let operations = json!([
        { "id": "new", "importMode": "create" },
        { "id": "old", "importMode": "deleteIfMatchETag", "eTag": old["etag"] },
        { "id": "made", "importMode": "delete" },
        { "id": "made", "importMode": "delete" },
        { "id": "nobody", "importMode": "update" },
        { "id": "x", "importMode": "explode" },
    ]);
    let (status, _, body) = owner(&site).json("POST", "/devices", operations).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let errors: Vec<(&str, u64)> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["deviceId"].as_str().unwrap(), error["errorCode"].as_u64().unwrap()))
        .collect();
    let wanted = [("new", 409_001), ("old", 412_001), ("made", 400_012), ("nobody", 404_001), ("x", 400_004)];
    assert_eq!(errors, wanted);
    let (_, _, twin) = owner(&site).json("GET", "/twins/new", Value::Null).await;
    assert_eq!((&twin["tags"]["site"], &twin["status"]), (&json!("x"), &json!("disabled")));
    let (status, ..) = owner(&site).json("GET", "/devices/made", Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_twins_etag_changes_with_what_the_service_side_changes_and_not_with_reports() {
    let site = Site::new();
    make(&site, "d1").await;
    let (_, _, twin) = owner(&site).json("GET", "/twins/d1", Value::Null).await;
    let etag = twin["etag"].as_str().unwrap().to_owned();
    let reported = json!({ "a": 1 });
    site.shared.with(|state, now| state.report("d1", reported.as_object().unwrap(), now)).unwrap();
    let patch = json!({ "tags": { "site": "x" }, "properties": { "desired": { "b": { "c": 2 } } } });
    let (status, _, twin) = owner(&site).with("if-match", &etag).json("PATCH", "/twins/d1", patch).await;
    assert_eq!(status, StatusCode::OK, "{twin}");
    assert_ne!(twin["etag"], json!(etag));
    let metadata = &twin["properties"]["desired"]["$metadata"];
    for at in ["/$lastUpdatedVersion", "/b/$lastUpdatedVersion", "/b/c/$lastUpdatedVersion"] {
        assert_eq!(metadata.pointer(at), Some(&json!(2)), "{at}");
    }
    assert!(metadata.pointer("/b/c/$lastUpdated").is_some());
    let (status, ..) =
        owner(&site).with("if-match", etag).json("PUT", "/twins/d1", json!({ "tags": {} })).await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    let (_, _, twin) = owner(&site).json("PUT", "/twins/d1", json!({ "tags": { "floor": 2 } })).await;
    assert_eq!(twin["tags"], json!({ "floor": 2 }));
    let bad = json!({ "tags": [1] });
    let (status, ..) = owner(&site).json("PATCH", "/twins/d1", bad).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn pages_of_a_query_go_on_where_the_last_one_ended_whatever_was_deleted() {
    let site = Site::new();
    for number in 0..100 {
        make(&site, &format!("d{number:02}")).await;
    }
    let query = json!({ "query": "SELECT TOP 90 deviceId FROM devices WHERE NOT endswith(deviceId, '5')" });
    let service = || Call::of(&site, "service").with("x-ms-max-item-count", "40");
    let (_, headers, first) = service().json("POST", "/devices/query", query.clone()).await;
    assert_eq!((first.as_array().unwrap().len(), &headers["x-ms-item-type"]), (40, &"Raw".parse().unwrap()));
    let last = first.as_array().unwrap().last().unwrap()["deviceId"].clone();
    owner(&site).json("DELETE", &format!("/devices/{}", last.as_str().unwrap()), Value::Null).await;
    let mut next = headers["x-ms-continuation"].to_str().unwrap().to_owned();
    let mut lengths = Vec::new();
    loop {
        let (_, headers, rows) =
            service().with("x-ms-continuation", next).json("POST", "/devices/query", query.clone()).await;
        assert_ne!(rows[0]["deviceId"], last);
        lengths.push(rows.as_array().unwrap().len());
        let Some(more) = headers.get("x-ms-continuation") else { break };
        next = more.to_str().unwrap().to_owned();
    }
    assert_eq!(lengths, [40, 10]);
    let wrong = json!({ "query": "SELECT * FROM devices WHERE" });
    let (status, _, body) = service().json("POST", "/devices/query", wrong).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body["Message"].as_str().unwrap().contains("at character 28"), "{body}");
}

#[tokio::test]
async fn each_policy_opens_what_its_permissions_are_for_and_nothing_else() {
    let site = Site::new();
    make(&site, "d1").await;
    let routes = [
        ("GET", "/devices/d1"),
        ("PUT", "/devices/d2"),
        ("GET", "/twins/d1"),
        ("GET", "/statistics/devices"),
        ("GET", "/statistics/service"),
    ];
    for (policy, wanted) in [
        ("iothubowner", [true, true, true, true, true]),
        ("service", [false, false, true, false, true]),
        ("registryRead", [true, false, false, true, false]),
        ("registryReadWrite", [true, true, false, true, false]),
        ("device", [false; 5]),
    ] {
        let mut opened = Vec::new();
        for (method, path) in routes {
            let call = Call::of(&site, policy).with("if-match", "*");
            let (status, headers, _) = call.json(method, path, json!({})).await;
            if status == StatusCode::UNAUTHORIZED {
                assert_eq!(headers["iothub-errorcode"], "IotHubUnauthorized");
            }
            opened.push(status != StatusCode::UNAUTHORIZED);
        }
        assert_eq!(opened, wanted, "{policy}");
    }
    let (status, ..) = owner(&site).json("PATCH", "/devices/d1", json!({})).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_secondary_key_of_a_policy_signs_as_well() {
    let site = Site::new();
    let key = &site.shared.settings.secondary_policies["registryRead"];
    let token = sign("localhost", key, jiff::Timestamp::now().as_second() + 60, Some("registryRead"));
    let request = Request::get("/devices?api-version=2021-04-12").header("authorization", token);
    assert_eq!(site.send(request.body(Body::empty()).unwrap()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_method_takes_payloads_up_to_the_limit() {
    let site = Site::new();
    make(&site, "d1").await;
    let call = |size: usize| json!({ "methodName": "m", "payload": "x".repeat(size) });
    let service = Call::of(&site, "service");
    let (status, ..) = service.json("POST", "/twins/d1/methods", call(128 * 1024 - 2)).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "taken, but the device is not there");
    let (status, ..) = service.json("POST", "/twins/d1/methods", call(128 * 1024)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// A call of a device with its own key.
pub(super) async fn as_device(
    site: &Site,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response<Body> {
    let key = site.shared.with(|state, _| state.device("d1").unwrap().record.primary.clone());
    let token = sign("localhost/devices/d1", &key, jiff::Timestamp::now().as_second() + 60, None);
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{path}{separator}api-version=2020-03-13"))
        .header("authorization", token);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap()
}

#[tokio::test]
async fn modules_are_made_read_changed_and_deleted_beside_their_device() {
    let site = Site::new();
    make(&site, "d1").await;
    let path = "/devices/d1/modules/m1";
    let new = json!({ "deviceId": "d1", "moduleId": "m1", "managedBy": "me" });
    let (status, _, module) = owner(&site).json("PUT", path, new.clone()).await;
    assert_eq!(
        (status, &module["moduleId"], &module["deviceId"]),
        (StatusCode::OK, &json!("m1"), &json!("d1"))
    );
    assert!(module["authentication"]["symmetricKey"]["primaryKey"].is_string());
    let (status, ..) = owner(&site).json("PUT", path, new).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (_, _, all) = owner(&site).json("GET", "/devices/d1/modules", Value::Null).await;
    assert_eq!(all.as_array().unwrap().len(), 1);
    let (_, _, devices) = owner(&site).json("GET", "/devices", Value::Null).await;
    assert_eq!(devices.as_array().unwrap().len(), 1);
    let patch = json!({ "properties": { "desired": { "a": 1 } } });
    let (status, _, twin) = owner(&site).json("PATCH", "/twins/d1/modules/m1", patch).await;
    assert_eq!((status, &twin["moduleId"]), (StatusCode::OK, &json!("m1")));
    let query =
        json!({ "query": "SELECT deviceId, moduleId FROM devices.modules WHERE properties.desired.a = 1" });
    let (_, _, rows) = owner(&site).json("POST", "/devices/query", query).await;
    assert_eq!(rows, json!([{ "deviceId": "d1", "moduleId": "m1" }]));
    let (status, ..) =
        owner(&site).json("POST", "/twins/d1/modules/m1/methods", json!({ "methodName": "x" })).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it is not online");
    for path in ["/devices/d1%2Fm1", "/twins/d1%2Fm1"] {
        assert_eq!(owner(&site).json("GET", path, Value::Null).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let (status, ..) = owner(&site).json("DELETE", path, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_message_goes_to_a_device_by_https_and_what_became_of_it_comes_back() {
    let site = Site::new();
    make(&site, "d1").await;
    let service = Call::of(&site, "service")
        .with("iothub-messageid", "m1")
        .with("iothub-ack", "full")
        .with("iothub-app-level", "high")
        .with("content-type", "text/plain");
    assert_eq!(service.send("POST", "/devices/d1/messages/devicebound", "hello").await.status(), 204);
    let path = "/devices/d1/messages/deviceBound";
    let received = as_device(&site, "GET", path, &[("IotHub-MessageLockTimeout", "30")], "").await;
    assert_eq!(received.status(), StatusCode::OK);
    let headers = received.headers().clone();
    for (name, value) in
        [("iothub-messageid", "m1"), ("iothub-app-level", "high"), ("iothub-deliverycount", "0")]
    {
        assert_eq!(headers[name], value);
    }
    assert_eq!(axum::body::to_bytes(received.into_body(), 100).await.unwrap(), "hello");
    assert_eq!(as_device(&site, "GET", path, &[], "").await.status(), StatusCode::NO_CONTENT);
    let lock = headers["etag"].to_str().unwrap().trim_matches('"');
    let rejected = as_device(&site, "DELETE", &format!("{path}/{lock}?reject"), &[], "").await;
    assert_eq!(rejected.status(), StatusCode::NO_CONTENT);
    let lost = as_device(&site, "DELETE", &format!("{path}/{lock}"), &[], "").await;
    assert_eq!(
        (lost.status(), &lost.headers()["iothub-errorcode"]),
        (StatusCode::PRECONDITION_FAILED, &"DeviceMessageLockLost".parse().unwrap())
    );
    let service = Call::of(&site, "service");
    let (status, headers, told) = service.json("GET", "/messages/serviceBound/feedback", Value::Null).await;
    assert_eq!((status, &told[0]["originalMessageId"]), (StatusCode::OK, &json!("m1")));
    assert_eq!(told[0]["statusCode"], "Rejected");
    let lock = headers["etag"].to_str().unwrap().trim_matches('"').to_owned();
    let done = service.send("DELETE", &format!("/messages/serviceBound/feedback/{lock}"), "").await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert_eq!(service.send("GET", "/messages/serviceBound/feedback", "").await.status(), 204);
    for _ in 0..3 {
        service.send("POST", "/devices/d1/messages/devicebound", "x").await;
    }
    let (_, _, purged) = service.json("DELETE", "/devices/d1/commands", Value::Null).await;
    assert_eq!(purged["totalMessagesPurged"], 3);
}

#[tokio::test]
async fn telemetry_comes_by_https_one_by_one_and_in_batches() {
    let site = Site::new();
    make(&site, "d1").await;
    make(&site, "d2").await;
    let path = "/devices/d1/messages/events";
    assert_eq!(
        as_device(&site, "POST", path, &[("dt-subject", "sensor")], r#"{"temp":1}"#).await.status(),
        204
    );
    let batch = r#"[{"body":"eyJ0ZW1wIjoyfQ==","properties":{"iothub-app-a":"b"}},
        {"body":"{\"humid\":3}","base64Encoded":false}]"#;
    let batch_type = [("content-type", "application/vnd.microsoft.iothub.json")];
    assert_eq!(as_device(&site, "POST", path, &batch_type, batch).await.status(), 204);
    let values: Vec<Value> = site.shared.with(|state, _| {
        state.device("d1").unwrap().latest.values().map(|latest| latest.value.clone()).collect()
    });
    assert_eq!(values, [json!(3), json!(2), json!(1)]);
    let large = "x".repeat(256 * 1024 + 1);
    assert_eq!(as_device(&site, "POST", path, &[], &large).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let other = as_device(&site, "POST", "/devices/d2/messages/events", &[], "{}").await;
    assert_eq!(other.status(), StatusCode::UNAUTHORIZED, "the key is another device's");
    let by_policy = Call::of(&site, "device").send("POST", "/devices/d2/messages/events", "{}").await;
    assert_eq!(by_policy.status(), StatusCode::NO_CONTENT);
    let by_service = Call::of(&site, "service").send("POST", path, "{}").await;
    assert_eq!(by_service.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_device_that_is_known_by_a_certificate_sends_and_receives_by_https_with_it() {
    let site = Site::new();
    let (root, stranger) = (signer("root", None), signer("stranger", None));
    for id in ["d1", "d2"] {
        let identity = json!({ "deviceId": id, "authentication": { "type": "certificateAuthority" } });
        let (status, _, body) = owner(&site).json("PUT", &format!("/devices/{id}"), identity).await;
        assert_eq!(status, StatusCode::OK, "{body}");
    }
    site.shared.with(|state, now| state.trust(None, &root.pem(), now)).unwrap();
    let peer = |presented: ClientCertificate| Peer {
        address: ([127, 0, 0, 1], 1).into(),
        secure: true,
        certificate: Some(Presented::new(presented.into())),
        failures: Failures::default(),
        upgrade: Upgrade::default(),
    };
    let ask = async |peer: Option<Peer>, method: &str, path: &str| {
        let mut request = Request::builder().method(method).uri(format!("{path}?api-version=2021-04-12"));
        if let Some(peer) = peer {
            request = request.extension(peer);
        }
        let request = request.body(Body::from("{\"a\":1}")).unwrap();
        site.router.clone().oneshot(request).await.unwrap().status()
    };
    let own = peer(device("d1", &[&signer("middle", Some(&root))]));
    let (telemetry, messages) = ("/devices/d1/messages/events", "/devices/d1/messages/deviceBound");
    assert_eq!(ask(Some(own.clone()), "POST", telemetry).await, StatusCode::NO_CONTENT);
    assert_eq!(ask(Some(own.clone()), "GET", messages).await, StatusCode::NO_CONTENT);
    let other = ask(Some(own.clone()), "POST", "/devices/d2/messages/events").await;
    assert_eq!(other, StatusCode::UNAUTHORIZED, "it is another device's");
    let service = ask(Some(own), "GET", "/devices/d1").await;
    assert_eq!(service, StatusCode::UNAUTHORIZED, "a device does not read the registry");
    for foreign in [None, Some(peer(device("d1", &[&stranger])))] {
        assert_eq!(ask(foreign, "POST", telemetry).await, StatusCode::UNAUTHORIZED);
    }
    let why = site.shared.with(|state, _| state.log().map(|row| row.message.clone()).collect::<Vec<_>>());
    assert!(why.iter().any(|text| text.contains("does not lead to a known authority")), "{why:?}");
}

#[tokio::test]
async fn other_programs_read_what_devices_send_and_go_on_where_they_were() {
    let site = Site::new();
    make(&site, "d1").await;
    let service = Call::of(&site, "service");
    let mut live = service.send("GET", "/messages/events", "").await.into_body().into_data_stream();
    let send = async |text: &'static str| {
        as_device(&site, "POST", "/devices/d1/messages/events", &[("iothub-app-a", "b")], text).await;
    };
    send("1").await;
    let line = live.next().await.unwrap().unwrap();
    let first: Value = serde_json::from_slice(&line).unwrap();
    assert_eq!((&first["body"], &first["properties"]["a"]), (&json!(1), &json!("b")));
    assert_eq!(first["systemProperties"]["iothub-connection-device-id"], "d1");
    make(&site, "d2").await;
    send("2").await;
    let from = first["sequence"].as_u64().unwrap() + 1;
    let path = format!("/messages/events?from={from}&source=telemetry");
    let mut again = service.send("GET", &path, "").await.into_body().into_data_stream();
    let line = again.next().await.unwrap().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&line).unwrap()["body"], 2);
    let mut early = service.send("GET", "/messages/events?from=1", "").await.into_body().into_data_stream();
    let lines = early.next().await.unwrap().unwrap();
    let lines: Vec<Value> =
        lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    assert_eq!(lines[0]["missed"], json!({ "from": 1, "to": from - 2 }));
    let sources: Vec<_> =
        lines[1..].iter().map(|line| &line["systemProperties"]["iothub-message-source"]).collect();
    assert_eq!(sources, ["Telemetry", "deviceLifecycleEvents", "Telemetry"]);
    for wrong in ["from=x", "source=x"] {
        let refused = service.send("GET", &format!("/messages/events?{wrong}"), "").await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
    let other = Call::of(&site, "registryRead").send("GET", "/messages/events", "").await;
    assert_eq!(other.status(), StatusCode::UNAUTHORIZED);
}
