//! Tests of the API of enrollments and of the list of devices, through the router.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::tests::Site;

async fn put(site: &Site, path: &str, etag: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::put(path).header("host", "localhost:8080").header("if-match", etag);
    site.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn keys_group(id: &str) -> Value {
    json!({ "enrollmentGroupId": id, "attestation": { "type": "symmetricKey" } })
}

#[tokio::test]
async fn a_group_is_made_read_changed_as_it_was_read_and_deleted() {
    let site = Site::new();
    let (status, made) = site.page("POST", "/api/enrollments/group", keys_group("Line 1")).await;
    assert_eq!((status, &made["provisioningStatus"]), (StatusCode::CREATED, &json!("enabled")), "{made}");
    let (status, again) = site.page("POST", "/api/enrollments/group", keys_group("line 1")).await;
    assert_eq!((status, &again["details"][0]["field"]), (StatusCode::CONFLICT, &json!("id")), "{again}");
    let path = "/api/enrollments/group/Line%201";
    let mut changed = made.clone();
    changed["provisioningStatus"] = json!("disabled");
    let (_, keys) = site.page("GET", &format!("{path}/keys"), Value::Null).await;
    let (status, now) = put(&site, path, made["etag"].as_str().unwrap(), &changed).await;
    assert_eq!((status, &now["provisioningStatus"]), (StatusCode::OK, &json!("disabled")), "{now}");
    let (_, kept) = site.page("GET", &format!("{path}/keys"), Value::Null).await;
    assert_eq!(keys, kept, "what is written back as it was read keeps its keys");
    let (status, stale) = put(&site, path, made["etag"].as_str().unwrap(), &made).await;
    assert_eq!((status, &stale["code"]), (StatusCode::PRECONDITION_FAILED, &json!("changed")));
    assert_eq!(site.page("PUT", path, made).await.0, StatusCode::BAD_REQUEST, "without a tag");
    assert_eq!(site.page("DELETE", path, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(site.page("GET", path, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_an_enrollment_is_told_at_its_member() {
    let site = Site::new();
    let individual = |id: &str, device: &str, attestation: Value| json!({ "registrationId": id, "deviceId": device, "attestation": attestation });
    let key = |key: &str| json!({ "type": "symmetricKey", "symmetricKey": { "secondaryKey": key } });
    let pem = |pem: &str| {
        let pair = json!({ "primary": { "certificate": pem } });
        json!({ "type": "x509", "x509": { "clientCertificates": pair } })
    };
    for (body, field) in [
        (individual("no blank", "", key("")), "id"),
        (individual("r1", "no blank", key("")), "deviceId"),
        (individual("r1", "", key("x")), "secondaryKey"),
        (individual("r1", "", pem("x")), "primary"),
        (individual("r1", "", pem("")), "primary"),
    ] {
        let (status, told) = site.page("POST", "/api/enrollments/individual", body.clone()).await;
        assert_eq!(
            (status, &told["details"][0]["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{body} {told}"
        );
    }
    let (status, told) = site
        .page("POST", "/api/enrollments/group/default/deviceKey", json!({ "registrationId": "a b" }))
        .await;
    assert_eq!((status, &told["details"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("registrationId")));
    assert_eq!(site.page("GET", "/api/enrollments/other", Value::Null).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_list_of_enrollments_is_found_in_and_cut() {
    let site = Site::new();
    for id in ["a1", "a2", "b1"] {
        site.page("POST", "/api/enrollments/group", keys_group(id)).await;
    }
    let (_, found) = site.page("GET", "/api/enrollments/group?q=A&limit=1&offset=1", Value::Null).await;
    assert_eq!(
        (&found["total"], &found["items"][0]["enrollmentGroupId"]),
        (&json!(3), &json!("a2")),
        "{found}"
    );
    let (_, all) = site.page("GET", "/api/enrollments/group", Value::Null).await;
    assert_eq!(all["total"], 4, "with the hub's own");
}

#[tokio::test]
async fn a_derived_key_provisions_a_device_of_the_group_and_it_is_among_its_registrations() {
    let site = Site::new();
    site.page("POST", "/api/enrollments/group", keys_group("line")).await;
    let (_, derived) =
        site.page("POST", "/api/enrollments/group/line/deviceKey", json!({ "registrationId": "r1" })).await;
    let key = crate::sas::Key::parse(derived["key"].as_str().unwrap()).unwrap();
    let registered = site.shared.with(|state, now| {
        let expiry = now.as_second() + 60;
        let token = crate::sas::sign("0neTEST/registrations/r1", &key, expiry, Some("registration"));
        state.register("0neTEST", "r1", &token, &Value::Null, now).map(drop)
    });
    assert_eq!(registered, Ok(()));
    let (_, found) = site.page("GET", "/api/enrollments/group/line/registrations", Value::Null).await;
    assert_eq!((&found["total"], &found["items"][0]["registrationId"]), (&json!(1), &json!("r1")), "{found}");
}

async fn get(site: &Site, path: &str) -> (HeaderMap, Vec<u8>) {
    let request = Request::get(path).header("host", "localhost:8080").header("accept-encoding", "gzip");
    let response = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let headers = response.headers().clone();
    (headers, to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
}

#[tokio::test]
async fn what_has_keys_is_not_compressed_and_lists_are() {
    let site = Site::new();
    for index in 0..20 {
        site.page("POST", "/api/devices", json!({ "id": format!("d{index}") })).await;
    }
    assert_eq!(get(&site, "/api/devices").await.0["content-encoding"], "gzip");
    for path in ["/api/devices/d1/credentials", "/api/enrollments/group/default/keys"] {
        let (headers, body) = get(&site, path).await;
        assert!(!headers.contains_key("content-encoding"), "{path}");
        assert!(serde_json::from_slice::<Value>(&body).is_ok(), "{path}");
    }
}

#[tokio::test]
async fn a_list_of_devices_is_whole_without_a_question_and_a_part_with_one() {
    let site = Site::new();
    for id in ["a", "b", "c"] {
        site.page("POST", "/api/devices", json!({ "id": id })).await;
    }
    site.page("PATCH", "/api/devices/c", json!({ "name": "Attic", "tags": { "site": "north" } })).await;
    let list = |query: &'static str| site.page("GET", query, Value::Null);
    let ids = |body: &Value| {
        let items = body["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect::<String>()
    };
    let (_, all) = list("/api/devices").await;
    assert_eq!((ids(&all).as_str(), all.as_object().unwrap().len()), ("abc", 1), "{all}");
    let (_, part) = list("/api/devices?sort=-name&limit=2&offset=1").await;
    assert_eq!(
        (ids(&part).as_str(), &part["total"], &part["offset"]),
        ("ca", &json!(3), &json!(1)),
        "{part}"
    );
    let (_, found) = list("/api/devices?q=north&sort=name&limit=1").await;
    assert_eq!((ids(&found).as_str(), &found["total"], &found["all"]), ("c", &json!(1), &json!(3)));
    assert_eq!(found["choices"]["tags"], json!(["site: north"]));
    for wrong in [
        "/api/devices?sort=colour",
        "/api/devices?status=gone",
        "/api/devices?limits=1",
        "/api/devices?limit=x",
    ] {
        let (status, body) = list(wrong).await;
        assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!("invalid")), "{wrong}");
    }
}
