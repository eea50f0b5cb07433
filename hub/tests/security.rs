//! Who is let in where: the page's token, names, other sites, keys.

mod support;

use device_model_hub::{Hub, HubBuilder, HubError};
use serde_json::{Value, json};
use support::{FREE, log, page_with};

const TOKEN: &str = "a-token-for-tests";

fn builder(dir: &std::path::Path) -> HubBuilder {
    Hub::builder().dir(dir).mqtt(FREE).http(FREE).https(FREE)
}

#[tokio::test]
async fn on_loopback_the_page_asks_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let hub = builder(folder.path()).start().await.unwrap();
    assert_eq!(hub.page_token(), None);
    assert!(!serde_json::to_string(&hub.ready()).unwrap().contains("page_token"));
    assert_eq!(page_with(&hub, "GET", "/api/hub", "", "").await.status, 200);
    assert_eq!(page_with(&hub, "POST", "/api/login", "", r#"{"token":"any"}"#).await.status, 204);
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_hub_that_other_machines_can_reach_asks_for_a_token_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let hub = builder(folder.path()).http(everywhere).start().await.unwrap();
    let token = hub.page_token().expect("a token").to_owned();
    assert!(token.len() >= 32, "{token}");
    assert!(hub.page_url().ends_with(&format!("#token={token}")));
    assert_eq!(hub.ready().page_token.as_deref(), Some(&*token));
    assert_eq!(page_with(&hub, "GET", "/api/hub", "", "").await.status, 401);
    let bearer = format!("authorization: Bearer {token}\r\n");
    assert_eq!(page_with(&hub, "GET", "/api/hub", &bearer, "").await.status, 200);
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn who_says_the_token_gets_a_cookie_that_opens_api_and_events() {
    let folder = tempfile::tempdir().unwrap();
    let hub = builder(folder.path()).page_token(TOKEN).start().await.unwrap();
    for path in ["/api/hub", "/api/devices", "/api/log", "/events", "/api/devices/d1/credentials"] {
        let answer = page_with(&hub, "GET", path, "", "").await;
        assert_eq!((answer.status, &answer.body["code"]), (401, &json!("unauthorized")), "{path}");
    }
    for path in ["/", "/devices", "/assets/app.js"] {
        assert_eq!(page_with(&hub, "GET", path, "", "").await.status, 200, "{path} holds nothing");
    }
    let wrong = page_with(&hub, "POST", "/api/login", "", r#"{"token":"a-token-for-guesses"}"#).await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, None));
    let right = page_with(&hub, "POST", "/api/login", "", &json!({ "token": TOKEN }).to_string()).await;
    assert_eq!(right.status, 204);
    let cookie = right.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(TOKEN), "the token itself is not kept in the browser");
    let cookie = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());
    assert_eq!(page_with(&hub, "GET", "/api/hub", &cookie, "").await.status, 200);
    let refusals = page_with(&hub, "GET", "/api/log", &cookie, "").await.body.to_string();
    assert!(refusals.contains("not the token") && !refusals.contains("guesses"), "{refusals}");
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_token_that_can_be_guessed_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let refused = builder(folder.path()).page_token("secret").start().await;
    assert!(matches!(refused, Err(HubError::PageToken(16))));
}

#[tokio::test]
async fn a_name_is_the_hubs_own_when_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let hub = builder(folder.path()).host_name("hub.example").start().await.unwrap();
    let status = |host: &str| {
        let more = format!("host: {host}\r\n");
        let hub = &hub;
        async move { support::raw(hub, "GET", "/api/hub", &more, "").await.status }
    };
    assert_eq!(status("localhost").await, 200);
    assert_eq!(status("hub.example:8080").await, 200);
    assert_eq!(status("rebound.example").await, 403);
    assert_eq!(status("192.168.1.2").await, 403, "without a token only this machine is served");
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn another_site_neither_changes_nor_reads_anything() {
    let folder = tempfile::tempdir().unwrap();
    let hub = builder(folder.path()).start().await.unwrap();
    for more in ["origin: https://evil.example\r\n", "sec-fetch-site: cross-site\r\n", "origin: null\r\n"] {
        let answer = page_with(&hub, "POST", "/api/devices", more, r#"{"id":"d1"}"#).await;
        assert_eq!((answer.status, &answer.body["code"]), (403, &json!("forbidden")), "{more}");
        assert_eq!(page_with(&hub, "GET", "/api/devices", more, "").await.status, 403, "{more}");
        assert_eq!(page_with(&hub, "GET", "/events", more, "").await.status, 403, "{more}");
    }
    let devices = page_with(&hub, "GET", "/api/devices", "", "").await.body;
    assert_eq!(devices["items"], Value::Array(Vec::new()));
    assert!(log(&hub).await.is_empty());
    hub.shutdown().await.unwrap();
}
