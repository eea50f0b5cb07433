//! The body of a request that has to come at a pace: one that trickles in does not hold its place for ever.
//!
//! Decides on the time only; sizes are limited where a body is read. Begin with [`pace`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// Bytes a second that a body has to come at in the long run.
const PACE: u64 = 4096;

/// A time that is as good as none: clocks do not count to the end of all durations.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// Lets the bodies of requests take `limit`, and a second more for each 4 KiB that have come.
pub(crate) async fn pace(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let deadline = Instant::now() + limit.min(LONGEST);
    let paced = |body| {
        let due = Box::pin(sleep_until(deadline));
        Body::new(Paced { body, deadline, due, received: 0 })
    };
    next.run(request.map(paced)).await
}

struct Paced {
    body: Body,
    /// When a body that brings nothing is given up.
    deadline: Instant,
    due: Pin<Box<Sleep>>,
    received: u64,
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.received = self.received.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
                let due = self.deadline + Duration::from_secs(self.received / PACE);
                self.due.as_mut().reset(due);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(other) => Poll::Ready(other.map(|frame| frame.map_err(BoxError::from))),
            Poll::Pending => self
                .due
                .as_mut()
                .poll(cx)
                .map(|()| Some(Err("the body of the request comes too slowly".into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_stream::StreamExt as _;
    use tokio_stream::wrappers::IntervalStream;

    const LIMIT: Duration = Duration::from_secs(20);

    async fn read(pieces: usize, bytes: usize, every: Duration) -> Result<Bytes, axum::Error> {
        let pieces = IntervalStream::new(tokio::time::interval(every)).take(pieces);
        let body = Body::from_stream(pieces.map(move |_| Ok::<_, std::io::Error>(vec![b'x'; bytes])));
        let deadline = Instant::now() + LIMIT;
        let due = Box::pin(sleep_until(deadline));
        axum::body::to_bytes(Body::new(Paced { body, deadline, due, received: 0 }), usize::MAX).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_in_is_given_up() {
        let began = Instant::now();
        assert!(read(1_000, 1, Duration::from_secs(1)).await.is_err());
        assert_eq!(began.elapsed(), LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_body_has_the_time_it_needs() {
        let whole = read(60, 8192, Duration::from_secs(1)).await.unwrap();
        assert_eq!(whole.len(), 60 * 8192);
    }
}
