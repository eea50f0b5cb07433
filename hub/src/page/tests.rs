//! Tests of the router, without a socket: requests in, responses out.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::*;
use crate::limits::Throttling;
use crate::sas::sign;
use crate::settings::Settings;
use crate::state::tests::{sensor_model, state};

/// The router over a state of its own.
pub(crate) struct Site {
    pub(crate) shared: Arc<Shared>,
    pub(crate) router: Router,
    _folder: tempfile::TempDir,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::throttled(Throttling::Generous)
    }

    fn throttled(throttling: Throttling) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::load(folder.path(), jiff::Timestamp::now()).unwrap();
        let files = crate::files::Files::open(&folder.path().join("files")).unwrap();
        let shared = Arc::new(Shared::new(state(), settings, 8443, 8883, None).with_files(files));
        let limits = Limits { body_bytes: 160 * 1024, throttling, ..Limits::default() };
        let access = Access::new(Vec::new(), None, 8080, 1000);
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let router = router(Arc::clone(&shared), access, &limits, tasks, stop);
        Self { shared, router, _folder: folder }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub(crate) async fn page(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
        let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    pub(crate) async fn service(
        &self,
        policy: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        self.service_for("localhost:8443", policy, method, path, body).await
    }

    /// A call of the service API with a token for `resource`.
    pub(crate) async fn service_for(
        &self,
        resource: &str,
        policy: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let key = &self.shared.settings.policies[policy];
        let expiry = jiff::Timestamp::now().as_second() + 60;
        let token = sign(resource, key, expiry, Some(policy));
        let uri = format!("{path}?api-version=2021-04-12");
        let request = Request::builder().method(method).uri(uri).header("authorization", token);
        let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }
}

fn signed_query(site: &Site) -> Request<Body> {
    let expiry = jiff::Timestamp::now().as_second() + 60;
    let key = &site.shared.settings.policies["iothubowner"];
    let token = sign("localhost:8443", key, expiry, Some("iothubowner"));
    let request = Request::builder().method("POST").uri("/devices/query?api-version=2021-04-12");
    let request = request.header("authorization", token).header("content-type", "application/json");
    request.body(Body::from(json!({ "query": "SELECT * FROM devices" }).to_string())).unwrap()
}

#[tokio::test]
async fn the_same_path_is_the_page_or_the_service_by_its_api_version() {
    let site = Site::new();
    let (status, _) = site.page("GET", "/devices", Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    let (status, body) = site.service("registryRead", "GET", "/devices", Value::Null).await;
    assert_eq!((status, body), (StatusCode::OK, json!([])));
}

#[tokio::test]
async fn identities_are_made_read_changed_and_deleted_with_the_errors_clients_parse() {
    let site = Site::new();
    let new = json!({ "deviceId": "d1", "status": "enabled",
        "authentication": { "symmetricKey": { "primaryKey": "", "secondaryKey": "" } } });
    let (status, body) = site.service("iothubowner", "PUT", "/devices/d1", new.clone()).await;
    assert_eq!((status, &body["authentication"]["type"]), (StatusCode::OK, &json!("sas")));
    let (status, body) = site.service("iothubowner", "PUT", "/devices/d1", new).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body["Message"].as_str().unwrap().starts_with("ErrorCode:DeviceAlreadyExists;"), "{body}");
    let (status, _) = site.service("iothubowner", "DELETE", "/devices/d1", Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, body) = site.service("iothubowner", "GET", "/devices/d1", Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body["Message"].as_str().unwrap().starts_with("ErrorCode:DeviceNotFound;"), "{body}");
}

#[tokio::test]
async fn a_value_that_no_twin_holds_is_refused_at_its_property_and_nothing_is_set() {
    let site = Site::new();
    site.page("POST", "/api/devices", json!({ "id": "d1" })).await;
    let writes = json!([{ "name": "a", "value": 1 }, { "component": "c", "name": "b", "value": i64::MAX }]);
    let (status, body) = site.page("PATCH", "/api/devices/d1/properties", writes).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["details"][0]["name"], "b", "{body}");
    assert!(body["details"][0]["message"].as_str().unwrap().contains("from -4503599627370496 to"), "{body}");
    let (_, twin) = site.page("GET", "/api/devices/d1/twin", Value::Null).await;
    assert_eq!(twin["desired"], json!({}));
}

#[tokio::test]
async fn a_policy_may_do_only_what_it_is_for() {
    let site = Site::new();
    let (status, _) = site.service("registryRead", "PUT", "/devices/d1", json!({})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = site.service("device", "GET", "/devices/", Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let bare = Request::get("/devices?api-version=2021-04-12").body(Body::empty()).unwrap();
    assert_eq!(site.send(bare).await.0, StatusCode::UNAUTHORIZED);
    let log = site.page("GET", "/api/log", Value::Null).await.1;
    assert_eq!(log["items"].as_array().unwrap().len(), 3);
    assert!(!log.to_string().contains("sig="));
}

#[tokio::test]
async fn calling_a_device_that_is_not_there_is_404103_in_the_json_form() {
    let site = Site::new();
    site.page("POST", "/api/devices", json!({ "id": "d1" })).await;
    let call = json!({ "methodName": "blink", "payload": 5 });
    let (status, body) = site.service("service", "POST", "/twins/d1/methods", call).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let inner: Value = serde_json::from_str(body["Message"].as_str().unwrap()).unwrap();
    assert_eq!(inner["errorCode"], 404_103);
    assert_eq!(inner["info"], json!({ "timeout": "00:00:00" }));
    let (status, command) = site.page("POST", "/api/devices/d1/commands", json!({ "name": "blink" })).await;
    assert_eq!((status, &command["state"]), (StatusCode::OK, &json!("offline")));
}

#[tokio::test]
async fn a_query_is_cut_into_pages() {
    let site = Site::new();
    for id in ["a", "b", "c"] {
        site.page("POST", "/api/devices", json!({ "id": id })).await;
    }
    let query = json!({ "query": "SELECT deviceId FROM devices WHERE deviceId = 'b'" });
    let (_, body) = site.service("service", "POST", "/devices/query", query).await;
    assert_eq!(body, json!([{ "deviceId": "b" }]));
    let (status, _) = site.service("service", "POST", "/devices/query", json!({ "query": "x" })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_the_framework_refuses_has_the_form_of_the_pages_api() {
    let site = Site::new();
    for (method, path) in [
        ("GET", "/api/enrollments/foo"),
        ("GET", "/api/enrollments/group?limit=x"),
        ("GET", "/api/log?limit=many"),
    ] {
        let (status, body) = site.page(method, path, Value::Null).await;
        assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!("invalid")), "{path}");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{path}");
    }
}

#[tokio::test]
async fn the_page_adds_devices_and_says_what_is_wrong() {
    let site = Site::new();
    let (status, item) = site.page("POST", "/api/devices", json!({ "id": "d1" })).await;
    assert_eq!((status, &item["status"]), (StatusCode::CREATED, &json!("registered")));
    assert_eq!(site.page("POST", "/api/devices", json!({ "id": "d1" })).await.0, StatusCode::CONFLICT);
    assert_eq!(site.page("POST", "/api/devices", json!({ "id": "a b" })).await.0, StatusCode::BAD_REQUEST);
    let unknown = json!({ "id": "d2", "modelId": "dtmi:x;1" });
    assert_eq!(site.page("POST", "/api/devices", unknown).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(site.page("GET", "/api/devices/d2", Value::Null).await.0, StatusCode::NOT_FOUND);
    let (_, secret) = site.page("GET", "/api/devices/d1/credentials", Value::Null).await;
    assert!(secret["connectionString"].as_str().unwrap().starts_with("HostName=localhost;DeviceId=d1;"));
}

#[tokio::test]
async fn a_property_that_does_not_fit_is_named_in_the_details() {
    let site = Site::new();
    site.shared.with(|state, _| state.add_model(sensor_model()));
    site.page("POST", "/api/devices", json!({ "id": "d1", "modelId": "urn:test:sensor:1" })).await;
    let wrong = json!([{ "component": null, "name": "brightness", "value": "x" }]);
    let (status, body) = site.page("PATCH", "/api/devices/d1/properties", wrong).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["details"][0]["name"], "brightness");
    let good = json!([{ "component": null, "name": "brightness", "value": 2 }]);
    let (_, body) = site.page("PATCH", "/api/devices/d1/properties", good).await;
    assert_eq!(body, json!({ "version": 2 }));
}

#[tokio::test]
async fn a_model_that_is_wrong_is_refused_with_its_place() {
    let site = Site::new();
    let (status, body) = site.page("POST", "/api/models?name=x.json", json!({ "@type": "Nothing" })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["details"][0]["line"], 1);
    let model: Value =
        serde_json::from_str(include_str!("../../../models/environmental_sensor.json")).unwrap();
    let (status, body) = site.page("POST", "/api/models?name=x.json", model).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
}

#[tokio::test]
async fn another_site_is_kept_out_and_the_page_is_guarded() {
    let site = Site::new();
    let rebound = Request::get("/api/devices").header("host", "evil.example").body(Body::empty()).unwrap();
    assert_eq!(site.send(rebound).await.0, StatusCode::FORBIDDEN);
    let request = Request::get("/").header("host", "localhost:8080").body(Body::empty()).unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'"));
    assert_eq!(site.page("GET", "/assets/app.js", Value::Null).await.0, StatusCode::OK);
    assert_eq!(site.page("GET", "/assets/none.js", Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(site.page("GET", "/nothing", Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_for_one_device_does_not_open_another() {
    let site = Site::new();
    for id in ["d1", "d2"] {
        site.service("iothubowner", "PUT", &format!("/devices/{id}"), json!({ "deviceId": id })).await;
    }
    let resource = "localhost:8443/devices/d1";
    for (path, expected) in [
        ("/devices/d1", StatusCode::OK),
        ("/twins/d1", StatusCode::OK),
        ("/devices/d2", StatusCode::UNAUTHORIZED),
        ("/twins/d2", StatusCode::UNAUTHORIZED),
        ("/devices", StatusCode::UNAUTHORIZED),
    ] {
        let (status, _) = site.service_for(resource, "iothubowner", "GET", path, Value::Null).await;
        assert_eq!(status, expected, "{path}");
    }
    let reason = site.shared.with(|state, _| state.log().next().unwrap().message.clone());
    assert!(reason.contains("not for \"/devices/d2\""), "{reason}");
}

#[tokio::test]
async fn a_bulk_operation_for_an_etag_is_refused_without_it_or_with_a_stale_one() {
    let site = Site::new();
    let service = |method, path, body| site.service("iothubowner", method, path, body);
    let (_, made) = service("PUT", "/devices/d1", json!({ "deviceId": "d1" })).await;
    for mode in ["updateIfMatchETag", "deleteIfMatchETag"] {
        for etag in [Value::Null, json!("stale")] {
            let operation = json!({ "id": "d1", "importMode": mode, "eTag": etag, "status": "disabled" });
            let (status, body) = service("POST", "/devices", json!([operation])).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{mode} {etag}: {body}");
            assert!(body["errors"][0]["errorStatus"].as_str().unwrap().contains("etag"), "{body}");
        }
    }
    let (_, kept) = service("GET", "/devices/d1", Value::Null).await;
    assert_eq!((&kept["status"], &kept["etag"]), (&json!("enabled"), &made["etag"]));
    let current = json!([{ "id": "d1", "importMode": "deleteIfMatchETag", "eTag": made["etag"] }]);
    assert_eq!(service("POST", "/devices", current).await.0, StatusCode::OK);
    assert_eq!(service("GET", "/devices/d1", Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn keys_are_shown_by_those_who_are_asked_for_them_and_nowhere_else() {
    let site = Site::new();
    let (status, _) = site.page("POST", "/api/devices", json!({ "id": "d1" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let keys = site.shared.with(|state, _| {
        let record = &state.device("d1").unwrap().record;
        let keys = [&record.primary, &record.secondary, state.group_key()];
        keys.map(|key| key.reveal().to_owned())
    });
    let settings = &site.shared.settings;
    let secrets: Vec<String> = keys
        .into_iter()
        .chain([settings.group_primary.reveal().to_owned(), settings.group_secondary.reveal().to_owned()])
        .chain(settings.policies.values().map(|key| key.reveal().to_owned()))
        .collect();
    let shown = |body: &Value| secrets.iter().filter(|key| body.to_string().contains(&***key)).count();
    for path in [
        "hub",
        "log",
        "models",
        "devices",
        "devices?q=d&limit=1",
        "devices/d1",
        "devices/d1/raw",
        "devices/d1/telemetry?name=x",
        "certificates",
        "enrollments/group",
        "enrollments/group/default",
        "enrollments/group/default/registrations",
    ] {
        let (_, body) = site.page("GET", &format!("/api/{path}"), Value::Null).await;
        assert_eq!(shown(&body), 0, "{path}: {body}");
    }
    let (_, body) = site.page("GET", "/api/devices/d1/credentials", Value::Null).await;
    assert_eq!(shown(&body), 1, "the device's own and no other");
    let (_, body) = site.page("GET", "/api/enrollments/group/default/keys", Value::Null).await;
    assert_eq!(shown(&body), 1, "those of the group and no other");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_with_413_by_both_interfaces() {
    let site = Site::new();
    let long = json!({ "id": "x".repeat(161 * 1024) });
    let (status, body) = site.page("POST", "/api/devices", long.clone()).await;
    assert_eq!((status, &body["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("tooLarge")));
    let (status, body) = site.service("iothubowner", "POST", "/devices/query", long).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body["Message"].as_str().unwrap().starts_with("ErrorCode:MessageTooLarge;"), "{body}");
}

#[tokio::test]
async fn a_service_that_asks_too_often_is_told_when_to_come_again() {
    let site = Site::throttled(Throttling::S1);
    let query = || async {
        let query = json!({ "query": "SELECT * FROM devices" });
        site.service("iothubowner", "POST", "/devices/query", query).await.0
    };
    for _ in 0..20 {
        assert_eq!(query().await, StatusCode::OK);
    }
    assert_eq!(query().await, StatusCode::TOO_MANY_REQUESTS);
    let response = site.router.clone().oneshot(signed_query(&site)).await.unwrap();
    assert_eq!(response.headers()["retry-after"], "3");
    assert_eq!(response.headers()["iothub-errorcode"], "ThrottlingException");
}

#[tokio::test]
async fn whoever_may_not_ask_takes_nothing_from_those_who_may() {
    let site = Site::throttled(Throttling::S1);
    for _ in 0..30 {
        let request = Request::builder().method("POST").uri("/devices/query?api-version=2021-04-12");
        let (status, _) = site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(site.send(signed_query(&site)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn every_answer_of_the_page_keeps_foreign_scripts_out() {
    let site = Site::new();
    for path in ["/", "/devices/d1", "/assets/app.js", "/api/hub", "/api/nothing", "/nothing"] {
        let request = Request::builder().uri(path).header("host", "localhost:8080").body(Body::empty());
        let response = site.router.clone().oneshot(request.unwrap()).await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!((&*header("x-content-type-options"), &*header("x-frame-options")), ("nosniff", "DENY"));
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    }
}

#[tokio::test]
async fn a_device_is_blocked_unblocked_approved_and_deleted() {
    let site = Site::new();
    let (_, hub) = site.page("GET", "/api/hub", Value::Null).await;
    assert_eq!(hub["approval"], "automatic");
    let (status, body) = site.page("PUT", "/api/hub/approval", json!({ "approval": "operator" })).await;
    assert_eq!((status, body), (StatusCode::OK, json!({ "approval": "operator" })));
    let (status, _) = site.page("PUT", "/api/hub/approval", json!({ "approval": "nobody" })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let token = site.shared.with(|state, _| crate::state::tests::group_token(state, "d1"));
    let refused = site.shared.with(|state, _| {
        state.register("0neTEST", "d1", &token, &Value::Null, jiff::Timestamp::UNIX_EPOCH).is_err()
    });
    assert!(refused);
    for (action, status, before) in [
        ("block", "blocked", json!("waiting")),
        ("unblock", "waiting", Value::Null),
        ("approve", "registered", Value::Null),
        ("block", "blocked", json!("registered")),
    ] {
        let (code, item) = site.page("POST", &format!("/api/devices/d1/{action}"), Value::Null).await;
        assert_eq!((code, &item["status"]), (StatusCode::OK, &json!(status)), "{action}");
        assert_eq!(item["statusBeforeBlock"], before, "{action}");
    }
    let (code, body) = site.page("POST", "/api/devices/d1/approve", Value::Null).await;
    assert_eq!((code, &body["code"]), (StatusCode::CONFLICT, &json!("blocked")));
    assert_eq!(site.page("DELETE", "/api/devices/d1", Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(site.page("DELETE", "/api/devices/d1", Value::Null).await.0, StatusCode::NOT_FOUND);
}
