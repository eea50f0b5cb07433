//! Tests of file uploads through the router: places and tokens, content whole and in blocks, and how uploads end.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::tests::{as_device, make, owner};
use crate::page::tests::Site;

/// Begins an upload of `d1`: its correlation id, and the address to put content to.
async fn begin_upload(site: &Site, name: &str) -> (String, String) {
    let body = json!({ "blobName": name }).to_string();
    let begun = as_device(site, "POST", "/devices/d1/files", &[], &body).await;
    assert_eq!(begun.status(), StatusCode::OK);
    let bytes = axum::body::to_bytes(begun.into_body(), 1 << 16).await.unwrap();
    let place: Value = serde_json::from_slice(&bytes).unwrap();
    let text = |name: &str| place[name].as_str().unwrap().to_owned();
    assert_eq!(text("hostName"), "localhost:8443");
    let path =
        format!("/{}/{}{}", text("containerName"), text("blobName").replace(' ', "%20"), text("sasToken"));
    (text("correlationId"), path)
}

async fn put(site: &Site, path: &str, headers: &[(&str, &str)], body: &str) -> Response<Body> {
    let mut request = Request::put(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap()
}

async fn end_upload(site: &Site, correlation: &str, success: bool) -> StatusCode {
    let body = json!({ "correlationId": correlation, "isSuccess": success, "statusCode": 200,
        "statusDescription": "OK" });
    let path = "/devices/d1/files/notifications";
    as_device(site, "POST", path, &[], &body.to_string()).await.status()
}

#[tokio::test]
async fn a_file_is_put_whole_and_can_be_downloaded_from_the_page() {
    let site = Site::new();
    make(&site, "d1").await;
    let (correlation, path) = begin_upload(&site, "logs/a b.log").await;
    let blob = [("x-ms-blob-type", "BlockBlob")];
    assert_eq!(end_upload(&site, &correlation, true).await, StatusCode::BAD_REQUEST, "it has not come");
    assert_eq!(put(&site, &path, &[], "hello").await.status(), StatusCode::BAD_REQUEST);
    let stored = put(&site, &path, &blob, "hello").await;
    assert_eq!(stored.status(), StatusCode::CREATED);
    assert!(stored.headers().contains_key("last-modified"));
    let again = put(&site, &path, &[blob[0], ("if-none-match", "*")], "hello").await;
    assert_eq!(
        (again.status(), &again.headers()["x-ms-error-code"]),
        (StatusCode::CONFLICT, &"BlobAlreadyExists".parse().unwrap())
    );
    assert_eq!(end_upload(&site, &correlation, true).await, StatusCode::NO_CONTENT);
    assert_eq!(put(&site, &path, &blob, "later").await.status(), StatusCode::FORBIDDEN);
    let (_, listed) = site.page("GET", "/api/devices/d1/files", Value::Null).await;
    assert_eq!(
        (&listed["items"][0]["name"], &listed["items"][0]["size"]),
        (&json!("logs/a b.log"), &json!(5))
    );
    let request = Request::get("/api/devices/d1/files/logs/a%20b.log").header("host", "localhost:8080");
    let download = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert!(download.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(axum::body::to_bytes(download.into_body(), 100).await.unwrap(), "hello");
    let (status, _) = site.page("DELETE", "/api/devices/d1/files/logs/a%20b.log", Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = site.page("GET", "/api/devices/d1/files/logs/a%20b.log", Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_is_put_in_blocks_by_its_token_only() {
    let site = Site::new();
    make(&site, "d1").await;
    let (correlation, path) = begin_upload(&site, "big.bin").await;
    for (id, text) in [("Mg%3D%3D", "world"), ("MQ%3D%3D", "hello ")] {
        let block = put(&site, &format!("{path}&comp=block&blockid={id}"), &[], text).await;
        assert_eq!(block.status(), StatusCode::CREATED);
    }
    let list = "<?xml version=\"1.0\"?><BlockList><Latest>MQ==</Latest><Latest>Mg==</Latest></BlockList>";
    assert_eq!(put(&site, &format!("{path}&comp=blocklist"), &[], list).await.status(), StatusCode::CREATED);
    assert_eq!(end_upload(&site, &correlation, true).await, StatusCode::NO_CONTENT);
    let files = site.shared.files.as_ref().unwrap();
    assert_eq!(files.list("d1").await.unwrap()[0].size, 11);
    let (_, path) = begin_upload(&site, "other.bin").await;
    let blob = [("x-ms-blob-type", "BlockBlob")];
    let foreign = path.replace("other.bin", "big.bin");
    assert_eq!(put(&site, &foreign, &blob, "x").await.status(), StatusCode::FORBIDDEN);
    let (bare, _) = path.split_once('?').unwrap();
    assert_eq!(put(&site, bare, &blob, "x").await.status(), StatusCode::FORBIDDEN);
    let log = site.page("GET", "/api/log", Value::Null).await.1;
    assert!(log.to_string().contains("upload of"), "{log}");
}

const BLOB: [(&str, &str); 1] = [("x-ms-blob-type", "BlockBlob")];

#[tokio::test]
async fn content_is_its_own_uploads_also_when_another_one_has_the_name() {
    let site = Site::new();
    make(&site, "d1").await;
    for _ in 0..4 {
        let (_, _) = begin_upload(&site, "a.log").await;
        let (second, path) = begin_upload(&site, "a.log").await;
        assert_eq!(put(&site, &path, &BLOB, "x").await.status(), StatusCode::CREATED);
        assert_eq!(end_upload(&site, &second, true).await, StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn a_token_is_good_while_its_device_is_there_and_enabled() {
    let site = Site::new();
    make(&site, "d1").await;
    let (_, path) = begin_upload(&site, "a.log").await;
    assert_eq!(put(&site, &path, &BLOB, "secret").await.status(), StatusCode::CREATED);
    let disabled = json!({ "status": "disabled" });
    owner(&site).with("if-match", "*").json("PUT", "/devices/d1", disabled).await;
    assert_eq!(put(&site, &path, &BLOB, "x").await.status(), StatusCode::FORBIDDEN);
    owner(&site).json("DELETE", "/devices/d1", Value::Null).await;
    assert_eq!(put(&site, &path, &BLOB, "x").await.status(), StatusCode::FORBIDDEN);
    make(&site, "d1").await;
    assert_eq!(put(&site, &path, &BLOB, "x").await.status(), StatusCode::FORBIDDEN, "it was another one's");
    let (_, listed) = site.page("GET", "/api/devices/d1/files", Value::Null).await;
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn an_upload_that_fails_while_content_comes_keeps_no_other_from_being_taken() {
    let site = Site::new();
    make(&site, "d1").await;
    let (correlation, path) = begin_upload(&site, "a.log").await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<&'static str, std::io::Error>>(4);
    sender.send(Ok("half")).await.unwrap();
    let body = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver));
    let request = Request::put(format!("{path}&comp=block&blockid=MQ%3D%3D")).body(body).unwrap();
    let late = site.router.clone().oneshot(request);
    let end = async {
        assert_eq!(end_upload(&site, &correlation, false).await, StatusCode::NO_CONTENT);
        // nobody may want it any more
        let _ = sender.send(Ok("rest")).await;
        drop(sender);
    };
    let (late, ()) = tokio::join!(late, end);
    assert_eq!(late.unwrap().status(), StatusCode::FORBIDDEN);
    let (_, path) = begin_upload(&site, "b.log").await;
    assert_eq!(put(&site, &path, &BLOB, "hello").await.status(), StatusCode::CREATED);
}
