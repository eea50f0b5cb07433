//! What a user sets about how the session serves: retries and commands.

use std::sync::Arc;
use std::time::Duration;

use super::{AfterRestart, Connection, LONGEST};
use crate::client::Client;
use crate::message::{CloudMessage, MessageError, MessageHandler};
use crate::retry::RetryPolicy;

impl Connection {
    /// Decides by this policy when to try again after a failed attempt or a lost connection, instead of by
    /// [`Connection::with_backoff`]. A policy that gives up ends the session.
    #[must_use]
    pub fn with_retry_policy(mut self, policy: impl RetryPolicy) -> Self {
        self.options.retry = Arc::new(policy);
        self
    }

    /// How long a command's handler may take before its caller gets 504. Default 25 s. A hub gives up after the response
    /// timeout of the call, 30 s unless the caller asks for another (5 s to 300 s), and does not tell the device which:
    /// [`Connection::with_deadline_for`] is for commands that are called with another.
    #[must_use]
    pub fn with_command_deadline(mut self, deadline: Duration) -> Self {
        self.options.deadlines.answered = deadline.min(LONGEST);
        self
    }

    /// How long the handlers of asynchronous commands, of desired properties and of messages may take. Default 15 min.
    #[must_use]
    pub fn with_long_command_deadline(mut self, deadline: Duration) -> Self {
        self.options.deadlines.long = deadline.min(LONGEST);
        self
    }

    /// Calls this function for every message that the cloud sends to the device, one after the other as they come. The
    /// client is of the device's own type, as the argument says, or the untyped one.
    ///
    /// With `Ok` the hub forgets the message. With an error, after a panic, and after the deadline of long commands it
    /// keeps it, and delivers it again on the next connection; after ten deliveries it gives it up and tells the sender,
    /// if that wants to know. MQTT has no way to reject a message at once: what no repetition mends is best logged and
    /// answered with `Ok`. A message comes again, too, when the connection is lost before the hub heard of its end;
    /// where it has an id it is then not processed a second time by the same process.
    ///
    /// Offline commands that the model does not have come to it, too, and all of them without
    /// [`Connection::with_offline_commands`]: their name is the property `method-name`.
    #[must_use]
    pub fn with_message_handler<C, F, R>(mut self, handler: F) -> Self
    where
        C: From<Client>,
        F: Fn(CloudMessage, C) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), MessageError>> + Send + 'static,
    {
        self.options.message_handler = Some(MessageHandler::new(handler));
        self
    }

    /// Whether the device takes commands that were called while it was away (IoT Central's offline commands), where its
    /// model has any. Default: it does. Without them and without a handler of messages, the hub drops what it queued for
    /// the device at each connection (MQTT's clean session).
    #[must_use]
    pub fn with_offline_commands(mut self, take: bool) -> Self {
        self.options.offline_commands = take;
        self
    }

    /// How long the handler of a desired property runs before the cloud is told that it is being worked on (202), before
    /// the acknowledgement that is final. Default 2 s; `Duration::MAX` for never. A handler says so earlier, and in its own
    /// words, by `Client::pending`.
    #[must_use]
    pub fn with_pending_after(mut self, time: Duration) -> Self {
        self.options.pending_after = time.min(LONGEST);
        self
    }

    /// What is done with desired values that an earlier process of this device has acknowledged. Default:
    /// [`AfterRestart::ApplyAll`]. [`AfterRestart::ApplyChanges`] needs [`Connection::with_state_dir`], which is where
    /// the acknowledged versions and values are kept, and is an error at the start without it.
    #[must_use]
    pub fn with_after_restart(mut self, choice: AfterRestart) -> Self {
        self.options.after_restart = choice;
        self
    }

    /// How long the handler of this one command may take. The name is the one on the wire: `blink`, or `sensor*blink` for
    /// a component's where the model's convention is plug and play. A name that the model does not have is an error when
    /// the device connects.
    #[must_use]
    pub fn with_deadline_for(mut self, command: impl Into<String>, deadline: Duration) -> Self {
        self.options.deadlines.named.insert(command.into(), deadline.min(LONGEST));
        self
    }
}
