//! One HTTPS request on a connection of its own, by HTTP/1.1.
//!
//! What is asked and what an answer means is for the caller. Nothing is left running: the connection lives and ends in
//! the request's future.

use std::io;
use std::pin::pin;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Body;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;

use super::tls::Tls;
use crate::connection::Endpoint;

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Sends a request, and reads the whole answer.
pub(super) async fn exchange<B>(
    tls: &Tls,
    endpoint: &Endpoint,
    request: Request<B>,
) -> io::Result<(StatusCode, Bytes)>
where
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let stream = tls.secure(endpoint).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let mut connection = pin!(connection);
    let mut answered = pin!(async {
        let answer = sender.send_request(request).await.map_err(failed)?;
        let status = answer.status();
        let body =
            Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await.map_err(io::Error::other)?;
        Ok((status, body.to_bytes()))
    });
    let mut ended = false;
    loop {
        tokio::select! {
            biased;
            answer = &mut answered => return answer,
            // The answer, or what went wrong, has been handed over by then.
            _ = &mut connection, if !ended => ended = true,
        }
    }
}

/// What went wrong, with the cause below it: the library's own text says only in which phase.
fn failed(error: hyper::Error) -> io::Error {
    match std::error::Error::source(&error) {
        Some(source) => io::Error::other(format!("{error}: {source}")),
        None => io::Error::other(error),
    }
}
