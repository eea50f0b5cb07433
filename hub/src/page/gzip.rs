//! Answers that travel compressed: JSON of some size, to whoever takes gzip.
//!
//! Decides which answers are worth it and what the change does to their headers. A stream stays as it is: its end is not known
//! and each event is to arrive at once. Answers with keys are not routed through here, since the length of a compressed secret
//! beside a text of somebody's choice tells the secret (BREACH, <https://www.breachattack.com>). Files of the page are packed
//! once by [`super::assets`]. Begin with [`compress`].

use std::io::Write as _;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::task::spawn_blocking;

/// Smaller bodies fit into a packet as they are.
const WORTH_IT: u64 = 1024;
/// Larger bodies are compressed where nobody waits for a turn.
const LARGE: u64 = 64 * 1024;
/// Larger ones are sent as they are, so that no more than this is held twice.
const LIMIT: u64 = 16 * 1024 * 1024;
/// Two thirds of the time of the usual level for a few bytes more.
const LEVEL: u32 = 4;

pub(super) const GZIP: HeaderValue = HeaderValue::from_static("gzip");
pub(super) const BY_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");

/// Compresses the answer of a handler, if it is JSON of a known length and the client takes gzip.
pub(super) async fn compress(request: Request, next: Next) -> Response {
    let is_wanted = is_accepted(request.headers()) && request.method() != Method::HEAD;
    let mut response = next.run(request).await;
    if !is_worth_it(&response) {
        return response;
    }
    response.headers_mut().append(VARY, BY_ENCODING);
    if is_wanted { packed(response).await } else { response }
}

fn is_worth_it(response: &Response) -> bool {
    let headers = response.headers();
    let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let size = response.body().size_hint().exact();
    media.starts_with("application/json")
        && !headers.contains_key(CONTENT_ENCODING)
        && size.is_some_and(|size| (WORTH_IT..=LIMIT).contains(&size))
}

async fn packed(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let size = body.size_hint().exact().unwrap_or_default();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        // a body of a known length is in memory: it cannot fail
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let plain = bytes.clone();
    let packed = match size {
        ..LARGE => Ok(pack(&bytes, LEVEL)),
        _ => spawn_blocking(move || pack(&bytes, LEVEL)).await,
    };
    // without a thread to compress it, it goes as it is
    let Ok(packed) = packed else { return Response::from_parts(parts, Body::from(plain)) };
    parts.headers.insert(CONTENT_ENCODING, GZIP);
    parts.headers.remove(CONTENT_LENGTH);
    if let Some(tag) = parts.headers.get(ETAG).and_then(weakened) {
        parts.headers.insert(ETAG, tag);
    }
    Response::from_parts(parts, Body::from(packed))
}

/// The same state in other bytes has a weak tag, not the strong one of the first (RFC 9110, section 8.8.1).
fn weakened(tag: &HeaderValue) -> Option<HeaderValue> {
    let tag = tag.to_str().ok().filter(|tag| tag.starts_with('"'))?;
    HeaderValue::try_from(format!("W/{tag}")).ok()
}

/// Compresses a text; a higher level, to 9, takes longer for fewer bytes.
pub(super) fn pack(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    // writing to a Vec cannot fail
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Whether a client takes gzip: by its name, or by `*` where it is not named (RFC 9110, section 12.5.3).
pub(super) fn is_accepted(headers: &HeaderMap) -> bool {
    let listed = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let codings = listed.flat_map(|text| text.split(',')).map(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().trim_start_matches(['q', 'Q']).trim_start_matches('=');
        (name.trim().to_ascii_lowercase(), weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0))
    });
    let mut others = false;
    for (name, is_taken) in codings {
        match name.as_str() {
            "gzip" | "x-gzip" => return is_taken,
            "*" => others = is_taken,
            _ => {}
        }
    }
    others
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use axum::Router;
    use axum::http::Request;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::*;

    #[test]
    fn gzip_is_taken_by_its_name_or_by_a_star_and_not_with_no_weight() {
        let accepted = |text: &'static str| {
            let value = HeaderValue::from_static(text);
            is_accepted(&HeaderMap::from_iter([(ACCEPT_ENCODING, value)]))
        };
        for text in ["gzip", "deflate, GZIP ;q=0.5, br", "*", "br;q=1, *;q=0.1", "x-gzip"] {
            assert!(accepted(text), "{text}");
        }
        for text in ["", "br", "gzip;q=0", "gzip;q=0, *", "gzip; q=0.000", "*;q=0", "gzip;q=x", "identity"] {
            assert!(!accepted(text), "{text}");
        }
        assert!(!is_accepted(&HeaderMap::new()));
    }

    #[test]
    fn what_is_packed_is_the_same_when_it_is_unpacked() {
        let text = "operator ".repeat(1000);
        let packed = pack(text.as_bytes(), LEVEL);
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert!(unpacked == text && packed.len() < 200, "{}", packed.len());
    }

    async fn ask(body: Value, accepts: &str) -> (HeaderMap, Vec<u8>) {
        let answer = ([(ETAG, "\"7\"")], axum::Json(body));
        let router = Router::new().route("/", get(async move || answer)).layer(from_fn(compress));
        let request = Request::get("/").header(ACCEPT_ENCODING, accepts).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let headers = response.headers().clone();
        (headers, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_large_answer_is_compressed_with_a_weak_tag_for_who_takes_it_and_varies_for_all() {
        let body = json!({ "text": "x".repeat(100_000) });
        let (headers, bytes) = ask(body.clone(), "gzip").await;
        assert_eq!((&headers[CONTENT_ENCODING], &headers[VARY]), (&GZIP, &BY_ENCODING));
        assert_eq!(headers[ETAG], "W/\"7\"");
        assert!(bytes.len() < 1000);
        let (headers, bytes) = ask(body, "br").await;
        assert!(!headers.contains_key(CONTENT_ENCODING) && bytes.len() > 100_000);
        assert_eq!((&headers[VARY], headers[ETAG].to_str().unwrap()), (&BY_ENCODING, "\"7\""));
    }

    #[tokio::test]
    async fn a_small_answer_is_left_alone() {
        let (headers, bytes) = ask(json!({ "text": "x" }), "gzip").await;
        assert!(!headers.contains_key(CONTENT_ENCODING) && !headers.contains_key(VARY));
        assert_eq!(bytes, br#"{"text":"x"}"#);
    }
}
