//! Tests of the service API on its router: requests in, responses out.

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::page::tests::Site;
use crate::sas::sign;

/// A request of the service API and what came of it.
struct Call<'a> {
    site: &'a Site,
    policy: &'static str,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Call<'a> {
    fn of(site: &'a Site, policy: &'static str) -> Self {
        Self { site, policy, headers: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    async fn send(&self, method: &str, path: &str, body: impl Into<Body>) -> Response<Body> {
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

    async fn json(&self, method: &str, path: &str, body: Value) -> (StatusCode, HeaderMap, Value) {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.send(method, path, body).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
        (status, headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

fn owner(site: &Site) -> Call<'_> {
    Call::of(site, "iothubowner")
}

async fn make(site: &Site, id: &str) -> Value {
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
