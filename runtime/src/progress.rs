//! What a running handler says before it has ended: how far it has come, or that it takes a while.
//!
//! Both are reported properties. They are told on the client that the handler was given, which knows what it runs for.

use serde::Serialize;
use tokio::sync::oneshot;

use crate::client::Client;
use crate::driver::{ReportRequest, Reporting};
use crate::error::Error;
use crate::json::to_json;
use crate::session::CallId;
use crate::twin::PropertyKey;

/// Whom a client was given to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Holder {
    /// Whoever connected the device.
    Owner,
    /// The handler of this call of a command.
    Command(CallId),
    /// The handler of this property.
    Property(PropertyKey),
}

impl Client {
    /// Tells how far an asynchronous command has come: a text, a number, or anything that becomes JSON. The latest is
    /// reported under the command's name, as its result will be, with 202 as the sign that it is not the last. It returns
    /// when it is queued; while the hub is away only the latest is kept.
    ///
    /// # Errors
    /// [`Error::OutOfPlace`] on any other client than the one that the running handler of an asynchronous command was
    /// given; [`Error::Value`] and [`Error::TooLarge`] when a twin does not take the value.
    pub async fn progress<T: Serialize>(&self, value: T) -> Result<(), Error> {
        let Holder::Command(call) = self.holder() else {
            let place = "the running handler of an asynchronous command";
            return Err(Error::OutOfPlace { what: "progress", place });
        };
        self.tell(Reporting::Progress { call, value: to_json(&value)? }).await
    }

    /// Tells the cloud that a desired property is being worked on (202), and what is in force until then. The runtime does
    /// so by itself for a handler that takes long (`Connection::with_pending_after`).
    ///
    /// # Errors
    /// [`Error::OutOfPlace`] on any other client than the one that the running handler of a property was given.
    pub async fn pending(&self, text: impl Into<String>) -> Result<(), Error> {
        let Holder::Property(key) = self.holder() else {
            return Err(Error::OutOfPlace { what: "pending", place: "the running handler of a property" });
        };
        self.tell(Reporting::Pending { key, text: text.into() }).await
    }

    async fn tell(&self, what: Reporting) -> Result<(), Error> {
        let (outcome, answer) = oneshot::channel();
        self.hand_in(ReportRequest { what, outcome }, answer).await
    }
}
