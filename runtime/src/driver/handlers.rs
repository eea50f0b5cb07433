//! Running the device's handlers: each in a task of its own, with a deadline, and joined.
//!
//! A handler that panics or takes too long ends with an error like any other; it never takes the connection along.

use std::future::poll_fn;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Instant;

use bytes::Bytes;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::timeout;
use tracing::Instrument;

use super::transport::BoxFuture;
use crate::call::{Answer, CommandCall, DesiredChange, InForce};
use crate::client::{Client, Shared};
use crate::connection::{Deadlines, Options};
use crate::device::Device;
use crate::json::Json;
use crate::message::{CloudMessage, MessageError, MessageHandler};
use crate::progress::Holder;
use crate::refusal::{CommandError, PropertyError};
use crate::session::{CallId, Input};
use crate::table::{FoundCommand, ModelTable};
use crate::twin::PropertyKey;

/// A device whose type is forgotten.
pub(crate) trait Dispatch: Send + Sync + 'static {
    fn command(
        self: Arc<Self>,
        command: FoundCommand,
        payload: Bytes,
        client: Client,
    ) -> BoxFuture<'static, Result<Answer, CommandError>>;

    fn desired(
        self: Arc<Self>,
        key: PropertyKey,
        value: Json,
        client: Client,
    ) -> BoxFuture<'static, Result<InForce, PropertyError>>;
}

impl<D: Device> Dispatch for D {
    fn command(
        self: Arc<Self>,
        command: FoundCommand,
        payload: Bytes,
        client: Client,
    ) -> BoxFuture<'static, Result<Answer, CommandError>> {
        Box::pin(async move {
            let call = CommandCall::new(command.component, command.name, &payload);
            self.__command(call, &client).await
        })
    }

    fn desired(
        self: Arc<Self>,
        key: PropertyKey,
        value: Json,
        client: Client,
    ) -> BoxFuture<'static, Result<InForce, PropertyError>> {
        Box::pin(async move {
            let change = DesiredChange::new(key.component, key.name, &value);
            self.__desired(change, &client).await
        })
    }
}

/// Whose handler a task runs.
#[derive(Clone, Copy)]
enum Job {
    Command { call: CallId, began: Instant },
    Desired(PropertyKey),
    Message,
}

impl Job {
    /// When a command's handler began.
    fn began(self) -> Option<Instant> {
        match self {
            Self::Command { began, .. } => Some(began),
            Self::Desired(_) | Self::Message => None,
        }
    }
}

/// A handler that has ended.
pub(super) struct Finished {
    pub(super) input: Input,
    /// When a command's handler began.
    pub(super) began: Option<Instant>,
}

/// The handlers that run.
pub(super) struct Handlers {
    device: Arc<dyn Dispatch>,
    client: Weak<Shared>,
    model: ModelTable,
    deadlines: Deadlines,
    messages: Option<MessageHandler>,
    tasks: JoinSet<Input>,
    /// A few: they are searched through.
    jobs: Vec<(Id, Job)>,
    /// Whether some have not had their first turn.
    fresh: bool,
}

impl Handlers {
    pub(super) fn new(
        device: Arc<dyn Dispatch>,
        client: Weak<Shared>,
        model: ModelTable,
        options: &Options,
    ) -> Self {
        let (deadlines, messages) = (options.deadlines.clone(), options.message_handler.clone());
        Self {
            device,
            client,
            model,
            deadlines,
            messages,
            tasks: JoinSet::new(),
            jobs: Vec::new(),
            fresh: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Calls a command's handler.
    pub(super) fn run(&mut self, now: Instant, call: CallId, command: FoundCommand, payload: Bytes) {
        let Some(client) = Client::for_handler(&self.client, Holder::Command(call)) else {
            return;
        };
        let limit = self.deadlines.of(&self.model, &command);
        let handler = Arc::clone(&self.device).command(command, payload, client);
        let task = async move {
            let result = timeout(limit, handler).await.unwrap_or_else(|_| {
                Err(CommandError::new(504, format!("the handler took longer than {} s", limit.as_secs_f32())))
            });
            Input::CommandEnded { call, result }
        };
        let span = tracing::debug_span!("command", component = command.component, name = command.name);
        self.spawn(Job::Command { call, began: now }, task.instrument(span));
    }

    /// Calls a property's handler.
    pub(super) fn apply(&mut self, key: PropertyKey, value: Json) {
        let Some(client) = Client::for_handler(&self.client, Holder::Property(key)) else {
            return;
        };
        let limit = self.deadlines.long;
        let handler = Arc::clone(&self.device).desired(key, value, client);
        let task = async move {
            let result = timeout(limit, handler).await.unwrap_or_else(|_| {
                Err(PropertyError::new(
                    504,
                    format!("the handler took longer than {} s", limit.as_secs_f32()),
                ))
            });
            Input::DesiredEnded { key, result }
        };
        let span = tracing::debug_span!("property", component = key.component, name = key.name);
        self.spawn(Job::Desired(key), task.instrument(span));
    }

    /// Calls the handler of messages. The session asks for it only where there is one.
    pub(super) fn deliver(&mut self, message: CloudMessage) {
        let (Some(client), Some(handler)) =
            (Client::for_handler(&self.client, Holder::Owner), self.messages.clone())
        else {
            return;
        };
        let limit = self.deadlines.long;
        let span = tracing::debug_span!("message", id = message.id());
        let task = async move {
            // The handler's own code may panic before its future does, so it is called in its task.
            let result = timeout(limit, async { handler.call(message, client).await }).await;
            Input::MessageEnded(result.unwrap_or_else(|_| {
                Err(MessageError::new(format!("the handler took longer than {} s", limit.as_secs_f32())))
            }))
        };
        self.spawn(Job::Message, task.instrument(span));
    }

    fn spawn(&mut self, job: Job, task: impl Future<Output = Input> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        self.jobs.push((id, job));
        self.fresh = true;
    }

    /// Lets handlers that were called just now have their turn first: many end in it, and then their driver need not wait
    /// for anything. It goes to the end of the queue of tasks that are ready, no further.
    pub(super) async fn begin(&mut self) {
        if std::mem::take(&mut self.fresh) {
            let mut waited = false;
            poll_fn(|context| {
                if std::mem::replace(&mut waited, true) {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
    }

    /// Waits for a handler to end; `None` when none runs. Safe to cancel.
    pub(super) async fn next(&mut self) -> Option<Finished> {
        let joined = self.tasks.join_next_with_id().await?;
        self.finish(joined)
    }

    /// A handler that has ended already.
    pub(super) fn ended(&mut self) -> Option<Finished> {
        let joined = self.tasks.try_join_next_with_id()?;
        self.finish(joined)
    }

    fn finish(&mut self, joined: Result<(Id, Input), JoinError>) -> Option<Finished> {
        let id = joined.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let index = self.jobs.iter().position(|(other, _)| *other == id)?;
        let (_, job) = self.jobs.swap_remove(index);
        match joined {
            Ok((_, input)) => Some(Finished { input, began: job.began() }),
            Err(failure) => {
                tracing::warn!(%failure, "a handler panicked");
                let input = match job {
                    Job::Command { call, .. } => Input::CommandEnded {
                        call,
                        result: Err(CommandError::failed("the handler panicked")),
                    },
                    Job::Message => Input::MessageEnded(Err(MessageError::new("the handler panicked"))),
                    Job::Desired(key) => Input::DesiredEnded {
                        key,
                        result: Err(PropertyError::failed("the handler panicked")),
                    },
                };
                Some(Finished { input, began: job.began() })
            }
        }
    }

    /// Ends and joins what still runs.
    pub(super) async fn shut_down(&mut self) {
        self.tasks.shutdown().await;
    }
}
