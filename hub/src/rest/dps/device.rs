//! Registering by HTTPS: the same requests and answers as by MQTT.
//!
//! What the service says is decided in [`crate::provisioning`]. Begin with [`register`]. Facts: protocol reference,
//! section 1.6.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::certificate::Presented;
use crate::http::Peer;
use crate::provisioning::{Answer, Ask, FAILURES, Request, error_body};
use crate::shared::{self, Shared};

pub(super) async fn register(
    State(shared): State<Arc<Shared>>,
    Path((scope, id)): Path<(String, String)>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    ask(&shared, &scope, &id, peer.as_deref(), &headers, Ask::Register { body: &body })
}

pub(super) async fn poll(
    State(shared): State<Arc<Shared>>,
    Path((scope, id, operation)): Path<(String, String, String)>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Response {
    ask(&shared, &scope, &id, peer.as_deref(), &headers, Ask::Outcome { operation: &operation })
}

pub(super) async fn look_up(
    State(shared): State<Arc<Shared>>,
    Path((scope, id)): Path<(String, String)>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Response {
    ask(&shared, &scope, &id, peer.as_deref(), &headers, Ask::Standing)
}

/// Asks the service on behalf of who sent a request, with its token or its certificate.
fn ask(
    shared: &Shared,
    scope: &str,
    id: &str,
    peer: Option<&Peer>,
    headers: &HeaderMap,
    what: Ask<'_>,
) -> Response {
    if peer.is_some_and(|peer| peer.failures.count() >= FAILURES) {
        let message =
            format!("the credentials were refused {FAILURES} times on this connection: open another");
        let body = error_body(401_000, &message, shared::now());
        return (StatusCode::UNAUTHORIZED, [(CONNECTION, "close")], Json(body)).into_response();
    }
    let password = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let certificate = peer.and_then(|peer| peer.certificate.as_ref()).map(|presented| {
        presented.verify(shared, |state, verified, now| state.question_of_registration(id, verified, now))
    });
    let presented = Presented { password, certificate: certificate.as_ref() };
    let request = Request { scope, id, presented, by_websocket: false };
    let answer = shared.with(|state, now| request.answer(what, state, now));
    if let Some(peer) = peer.filter(|_| answer.is_failure()) {
        peer.failures.add();
    }
    let Answer { status, retry_after, body } = answer;
    // a fault may ask for a status that is none
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(body)).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
