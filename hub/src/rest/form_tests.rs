//! Tests of the service API's forms: spellings of addresses, versions, refusals, pages, headers of messages.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Map, Value, json};

use super::tests::{Call, as_device, make, owner};
use crate::page::tests::Site;
use crate::sas::sign;

#[tokio::test]
async fn devices_receive_by_the_spelling_of_the_official_clients() {
    let site = Site::new();
    make(&site, "D1").await;
    make(&site, "d1").await;
    let path = "/devices/d1/messages/devicebound";
    let sent = Call::of(&site, "service").send("POST", "/devices/d1/messages/deviceBound", "hello").await;
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    let received = as_device(&site, "GET", path, &[], "").await;
    assert_eq!(received.status(), StatusCode::OK);
    let lock = received.headers()["etag"].to_str().unwrap().trim_matches('"').to_owned();
    let done = as_device(&site, "DELETE", &format!("{path}/{lock}"), &[], "").await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let events = as_device(&site, "POST", "/devices/d1/Messages/Events", &[], "{}").await;
    assert_eq!(events.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_version_that_the_service_does_not_have_is_refused() {
    let site = Site::new();
    let key = &site.shared.settings.policies["iothubowner"];
    let token = sign("localhost", key, jiff::Timestamp::now().as_second() + 60, Some("iothubowner"));
    let ask = async |path: &str| {
        let request = Request::get(path).header("authorization", &token).body(Body::empty()).unwrap();
        site.send(request).await
    };
    for path in [
        "/devices",
        "/devices?api-version=",
        "/devices?api-version=1999-01-01",
        "/devices?api-version=2030-01-01",
    ] {
        let (status, body) = ask(path).await;
        let message = body["Message"].as_str().unwrap_or_default();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(message.starts_with("ErrorCode:InvalidProtocolVersion;"), "{path}: {body}");
    }
    let (status, body) = ask("/enrollments/x?api-version=2024-03-31").await;
    assert_eq!((status, &body["errorCode"]), (StatusCode::BAD_REQUEST, &json!(400_004)));
    for version in ["2018-06-30", "2021-04-12", "2024-03-31"] {
        assert_eq!(ask(&format!("/devices?api-version={version}")).await.0, StatusCode::OK, "{version}");
    }
}

#[tokio::test]
async fn what_does_not_fit_a_route_is_refused_in_the_form_of_the_api() {
    let site = Site::new();
    for (path, status) in [("/devices?top=abc", 400), ("/devices/%ff", 400), ("/nothing", 404)] {
        let (found, headers, body) = owner(&site).json("GET", path, Value::Null).await;
        assert_eq!(found.as_u16(), status, "{path}");
        assert!(headers.contains_key("iothub-errorcode"), "{path}");
        assert!(body["Message"].as_str().unwrap().starts_with("ErrorCode:"), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_token_for_one_device_opens_none_whose_id_differs_in_case() {
    let site = Site::new();
    make(&site, "CaSe").await;
    let ask = async |path: &str| {
        let resource = "localhost:8443/devices/CaSe";
        site.service_for(resource, "service", "GET", path, Value::Null).await.0
    };
    assert_eq!(ask("/twins/CaSe").await, StatusCode::OK);
    make(&site, "case").await;
    assert_eq!(ask("/twins/CaSe").await, StatusCode::OK);
    assert_eq!(ask("/twins/case").await, StatusCode::UNAUTHORIZED);
    // some clients sign their resources in lower case
    make(&site, "Alone").await;
    let lower =
        site.service_for("localhost/devices/alone", "service", "GET", "/twins/Alone", Value::Null).await;
    assert_eq!(lower.0, StatusCode::OK);
}

#[tokio::test]
async fn a_page_of_large_twins_ends_by_its_bytes_and_goes_on() {
    let site = Site::new();
    let values: Map<String, Value> = (0..3_500).map(|number| (format!("b{number}"), true.into())).collect();
    for number in 0..12 {
        let id = format!("d{number:02}");
        make(&site, &id).await;
        site.shared.with(|state, now| state.report(&id, &values, now)).unwrap();
    }
    let query = json!({ "query": "SELECT * FROM devices" });
    let (mut next, mut ids, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let call = Call::of(&site, "service").with("x-ms-continuation", &next);
        let (_, headers, rows) = call.json("POST", "/devices/query", query.clone()).await;
        pages += 1;
        ids.extend(rows.as_array().unwrap().iter().map(|row| row["deviceId"].as_str().unwrap().to_owned()));
        let Some(more) = headers.get("x-ms-continuation") else { break };
        next = more.to_str().unwrap().to_owned();
    }
    let wanted: Vec<String> = (0..12).map(|number| format!("d{number:02}")).collect();
    assert_eq!(ids, wanted);
    assert!(pages > 1);
}

#[tokio::test]
async fn groups_come_in_pages_as_rows_do() {
    let site = Site::new();
    for number in 0..5 {
        let id = format!("d{number}");
        make(&site, &id).await;
        // the third has a name that is too long for a header
        let text = if number == 2 { "a".repeat(4_000) } else { format!("site{number}") };
        let tags = json!({ "tags": { "site": text } });
        owner(&site).json("PATCH", &format!("/twins/{id}"), tags).await;
    }
    let query = json!({ "query": "SELECT tags.site, COUNT() FROM devices GROUP BY tags.site" });
    let (mut next, mut rows) = (String::new(), Vec::new());
    loop {
        let call =
            Call::of(&site, "service").with("x-ms-max-item-count", "1").with("x-ms-continuation", &next);
        let (_, headers, page) = call.json("POST", "/devices/query", query.clone()).await;
        assert!(page.as_array().unwrap().len() <= 1);
        rows.extend(page.as_array().unwrap().clone());
        let Some(more) = headers.get("x-ms-continuation") else { break };
        next = more.to_str().unwrap().to_owned();
    }
    let sites: Vec<&str> = rows.iter().map(|row| &row["site"].as_str().unwrap()[..5]).collect();
    assert_eq!(sites, ["aaaaa", "site0", "site1", "site3", "site4"]);
}

#[tokio::test]
async fn a_batch_has_five_hundred_messages_at_most() {
    let site = Site::new();
    make(&site, "d1").await;
    let send = async |count: usize| {
        let batch = json!(vec![json!({ "body": "" }); count]).to_string();
        let kind = [("content-type", "application/vnd.microsoft.iothub.json")];
        as_device(&site, "POST", "/devices/d1/messages/events", &kind, &batch).await.status()
    };
    assert_eq!(send(501).await, StatusCode::BAD_REQUEST);
    assert_eq!(send(500).await, StatusCode::NO_CONTENT);
    assert_eq!(site.shared.with(|state, _| state.device("d1").unwrap().record.messages), 500);
}

#[tokio::test]
async fn an_expiry_beyond_two_days_is_told_as_it_is_kept_and_an_odd_acknowledgement_is_refused() {
    let site = Site::new();
    make(&site, "d1").await;
    let send = async |name: &'static str, value: String| {
        let call = Call::of(&site, "service").with(name, value);
        call.send("POST", "/devices/d1/messages/devicebound", "x").await.status()
    };
    assert_eq!(send("iothub-ack", "nonsense".to_owned()).await, StatusCode::BAD_REQUEST);
    let now = jiff::Timestamp::now();
    let far = now + std::time::Duration::from_secs(30 * 24 * 3600);
    assert_eq!(send("iothub-expiry", far.to_string()).await, StatusCode::NO_CONTENT);
    site.shared.with(|state, now| {
        let (_, queued) =
            state.receive_message("d1", std::time::Duration::from_secs(60), now).unwrap().unwrap();
        let told: jiff::Timestamp = queued.message.properties["$.exp"].parse().unwrap();
        let apart = queued.expires.duration_since(told).abs();
        assert!(told < far && apart < jiff::SignedDuration::from_secs(60), "{told} {}", queued.expires);
    });
}

#[tokio::test]
async fn feedback_is_settled_by_its_lock_with_quotes_and_without() {
    let site = Site::new();
    make(&site, "d1").await;
    let service = || Call::of(&site, "service");
    let quoted = async || {
        let sender = service().with("iothub-ack", "full");
        sender.send("POST", "/devices/d1/messages/devicebound", "x").await;
        service().json("DELETE", "/devices/d1/commands", Value::Null).await;
        let told = service().send("GET", "/messages/serviceBound/feedback", "").await;
        told.headers()["etag"].to_str().unwrap().replace('"', "%22")
    };
    let lock = quoted().await;
    let path = format!("/messages/serviceBound/feedback/{lock}/abandon");
    assert_eq!(service().send("POST", &path, "").await.status(), StatusCode::NO_CONTENT);
    let lock = quoted().await;
    let done = service().send("DELETE", &format!("/messages/serviceBound/feedback/{lock}"), "").await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
}
