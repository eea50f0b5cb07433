//! The one outcome of a message: promised by a [`Receipt`], awaited as a [`Delivery`].

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;
use tokio::task::coop::{Unconstrained, unconstrained};

use crate::error::Error;

/// The duty to tell one outcome. When it is dropped instead, the outcome is [`Error::Closed`].
#[derive(Debug)]
pub(crate) struct Receipt(oneshot::Sender<Result<(), Error>>);

impl Receipt {
    pub(crate) fn new() -> (Self, Delivery) {
        let (sender, receiver) = oneshot::channel();
        (Self(sender), Delivery(unconstrained(receiver)))
    }

    /// Whether nobody waits.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.is_closed()
    }

    pub(crate) fn tell(self, outcome: Result<(), Error>) {
        // Whoever asked may have stopped waiting.
        let _ = self.0.send(outcome);
    }
}

/// The one outcome of a queued telemetry message: acknowledged, or the error that ended it.
///
/// Dropping it does not take the message back.
#[must_use = "a queued message may still fail: await its delivery, or drop it knowingly"]
pub struct Delivery(
    // A task that awaits many deliveries takes all that are there at once.
    Unconstrained<oneshot::Receiver<Result<(), Error>>>,
);

impl Future for Delivery {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|outcome| outcome.unwrap_or(Err(Error::Closed)))
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Delivery").finish_non_exhaustive()
    }
}
