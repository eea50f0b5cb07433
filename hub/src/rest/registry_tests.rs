//! Tests of identities and twins in the service API: forms that are odd or wrong, modules in bulk requests.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::tests::{Call, make, owner};
use crate::page::tests::Site;

async fn make_module(site: &Site, module: &str) {
    let path = format!("/devices/d1/modules/{module}");
    let (status, _, body) = owner(site).json("PUT", &path, json!({ "moduleId": module })).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

async fn status(site: &Site, path: &str) -> StatusCode {
    owner(site).json("GET", path, Value::Null).await.0
}

#[tokio::test]
async fn a_bulk_operation_of_a_module_leaves_its_device_alone() {
    let site = Site::new();
    make(&site, "d1").await;
    make_module(&site, "old").await;
    make_module(&site, "same").await;
    let operations = json!([
        { "id": "d1", "moduleId": "old", "importMode": "delete" },
        { "id": "d1", "moduleId": "new", "importMode": "create", "tags": { "a": 1 } },
        { "id": "d1", "moduleId": "same", "importMode": "updateTwin", "tags": { "b": 2 } },
    ]);
    let (status_of, _, body) = owner(&site).json("POST", "/devices", operations).await;
    assert_eq!(status_of, StatusCode::OK, "{body}");
    assert_eq!(status(&site, "/devices/d1").await, StatusCode::OK, "the device is there");
    assert_eq!(status(&site, "/devices/d1/modules/old").await, StatusCode::NOT_FOUND);
    for (path, tags) in [("new", json!({ "a": 1 })), ("same", json!({ "b": 2 }))] {
        let path = format!("/twins/d1/modules/{path}");
        assert_eq!(owner(&site).json("GET", &path, Value::Null).await.2["tags"], tags);
    }
    let device = owner(&site).json("GET", "/twins/d1", Value::Null).await.2;
    assert_eq!(device["tags"], json!({}));
    let again = json!([
        { "id": "d1", "moduleId": "new", "importMode": "create" },
        { "id": "d1", "moduleId": "new", "importMode": "delete" },
        { "id": "d1/new", "importMode": "delete" },
    ]);
    let (_, _, body) = owner(&site).json("POST", "/devices", again).await;
    let errors: Vec<_> = body["errors"].as_array().unwrap().iter().map(|one| &one["errorCode"]).collect();
    assert_eq!(errors, [409_001, 400_012, 404_001], "{body}");
    assert_eq!(body["errors"][0]["moduleId"], "new");
}

#[tokio::test]
async fn a_bulk_operation_that_cannot_be_read_does_not_keep_the_others_from_being_done() {
    let site = Site::new();
    let operations = json!([
        { "id": "no mode" },
        { "id": "a", "importMode": "create", "etag": "x", "eTag": "y" },
        5,
        { "id": "good", "importMode": "create" },
    ]);
    let (status_of, _, body) = owner(&site).json("POST", "/devices", operations).await;
    assert_eq!(status_of, StatusCode::BAD_REQUEST);
    let errors: Vec<_> = body["errors"].as_array().unwrap().iter().map(|one| &one["errorCode"]).collect();
    assert_eq!(errors, [400_004, 400_004, 400_004], "{body}");
    assert!(body["errors"][0]["errorStatus"].as_str().unwrap().contains("importMode"), "{body}");
    assert_eq!(status(&site, "/devices/good").await, StatusCode::OK);
}

#[tokio::test]
async fn a_body_of_the_wrong_type_is_refused_and_changes_nothing() {
    let site = Site::new();
    make(&site, "d1").await;
    for (method, path, body) in [
        ("PUT", "/devices/d2", json!([])),
        ("PUT", "/devices/d2", json!({ "status": 5 })),
        ("PUT", "/devices/d2", json!({ "deviceId": 5 })),
        ("PUT", "/devices/d2", json!({ "authentication": 7 })),
        ("PUT", "/devices/d2", json!({ "authentication": { "symmetricKey": { "primaryKey": 1 } } })),
        ("PUT", "/devices/d2", json!({ "capabilities": { "iotEdge": "yes" } })),
        ("PUT", "/devices/d2", json!({ "parentScopes": ["a", 1] })),
        ("PATCH", "/twins/d1", json!([])),
        ("PATCH", "/twins/d1", json!({ "properties": 5 })),
        ("PUT", "/twins/d1", json!("tags")),
    ] {
        let (status, _, answer) = owner(&site).json(method, path, body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer["Message"].as_str().unwrap().contains("must be"), "{answer}");
    }
    assert_eq!(status(&site, "/devices/d2").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_patch_without_tags_and_desired_properties_keeps_version_and_etag() {
    let site = Site::new();
    make(&site, "d1").await;
    let (_, _, before) = owner(&site).json("GET", "/twins/d1", Value::Null).await;
    for body in [json!({}), json!({ "properties": { "reported": { "a": 1 } } }), json!({ "tags": null })] {
        let (status, _, after) = owner(&site).json("PATCH", "/twins/d1", body).await;
        assert_eq!((status, after), (StatusCode::OK, before.clone()));
    }
}

#[tokio::test]
async fn a_key_that_is_given_is_kept_and_only_the_missing_one_is_made() {
    let site = Site::new();
    let given = "c2Vjb25kYXJ5LWtleS0xMjM0NTY3ODkw";
    for (id, name, other) in [("d1", "primaryKey", "secondaryKey"), ("d2", "secondaryKey", "primaryKey")] {
        let body = json!({ "authentication": { "symmetricKey": { name: given } } });
        let (_, _, made) = owner(&site).json("PUT", &format!("/devices/{id}"), body).await;
        let keys = &made["authentication"]["symmetricKey"];
        assert_eq!(keys[name], given);
        assert!(keys[other].is_string() && keys[other] != keys[name], "{keys}");
    }
}

#[tokio::test]
async fn thumbprints_without_a_type_make_a_device_that_is_known_by_them() {
    let site = Site::new();
    let print = "A".repeat(40);
    let body = json!({ "authentication": { "x509Thumbprint": { "primaryThumbprint": print } } });
    let (_, _, made) = owner(&site).json("PUT", "/devices/d1", body).await;
    assert_eq!(made["authentication"]["type"], "selfSigned");
    assert_eq!(made["authentication"]["x509Thumbprint"]["primaryThumbprint"], print);
}

#[tokio::test]
async fn a_device_without_a_way_to_authenticate_is_registered_and_never_comes() {
    let site = Site::new();
    let none = json!({ "authentication": { "type": "none" } });
    let (status, _, made) = owner(&site).json("PUT", "/devices/d1", none.clone()).await;
    assert_eq!((status, &made["authentication"]["type"]), (StatusCode::OK, &json!("none")));
    assert_eq!(made["authentication"]["symmetricKey"]["primaryKey"], Value::Null);
    let (status, ..) = owner(&site).json("PUT", "/devices/d1/modules/$edgeAgent", none).await;
    assert_eq!(status, StatusCode::OK);
    site.shared.with(|state, now| {
        let key = state.device("d1").unwrap().record.primary.clone();
        let token = crate::sas::sign("localhost/devices/d1", &key, now.as_second() + 60, None);
        let refused = state.authenticate("d1", &token, now).unwrap_err();
        assert!(refused.to_string().contains("type none"), "{refused}");
    });
    let sas = json!({ "authentication": { "type": "sas" } });
    let (_, _, changed) = owner(&site).with("if-match", "*").json("PUT", "/devices/d1", sas).await;
    assert!(changed["authentication"]["symmetricKey"]["primaryKey"].is_string());
}

#[tokio::test]
async fn times_of_twins_are_written_alike_and_found_by_a_query_of_any_precision() {
    let site = Site::new();
    make(&site, "d1").await;
    let seen: jiff::Timestamp = "2026-11-25T10:00:54.51Z".parse().unwrap();
    site.shared.with(|state, _| {
        let session = state.next_session();
        state.connect("d1", session, None, true, seen).unwrap();
        state.report("d1", json!({ "a": 1 }).as_object().unwrap(), seen).unwrap();
    });
    let (_, _, twin) = owner(&site).json("GET", "/twins/d1", Value::Null).await;
    for at in
        ["/lastActivityTime", "/connectionStateUpdatedTime", "/properties/reported/$metadata/a/$lastUpdated"]
    {
        assert_eq!(twin.pointer(at), Some(&json!("2026-11-25T10:00:54.510Z")), "{at}");
    }
    let service = Call::of(&site, "service");
    for (condition, found) in [
        ("lastActivityTime > '2026-11-25T10:00:54Z'", 1),
        ("lastActivityTime < '2026-11-25T10:00:54.5123456Z'", 1),
        ("connectionStateUpdatedTime = '2026-11-25T11:00:54.51+01:00'", 1),
        ("lastActivityTime > '2026-11-25T10:00:55Z'", 0),
    ] {
        let query = json!({ "query": format!("SELECT * FROM devices WHERE {condition}") });
        let (_, _, rows) = service.json("POST", "/devices/query", query).await;
        assert_eq!(rows.as_array().unwrap().len(), found, "{condition}");
    }
}
