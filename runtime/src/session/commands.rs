//! The command desk: which method call runs, waits, or is answered at once.
//!
//! Decides by the model's table and the limits; handlers run elsewhere. Calls are known by the hub's request id within
//! one connection: a repeated id is ignored, and so is one of an earlier connection that the hub marks as delivered
//! before. An answer to a call of a lost connection is not sent: a hub keeps no call beyond the connection it went out
//! on, and tells its caller at once that the device is gone.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::seen::Seen;
use crate::call::Answer;
use crate::json::Json;
use crate::refusal::CommandError;
use crate::table::{FoundCommand, ModelTable};

/// How many calls may wait for a handler to end.
const MOST_WAITING: usize = 64;

/// Names a call to whoever runs its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallId(u64);

/// A handler to be called.
#[derive(Debug, PartialEq)]
pub(super) struct Run {
    pub(super) call: CallId,
    pub(super) command: FoundCommand,
    pub(super) payload: Bytes,
}

/// An answer to be sent.
#[derive(Debug, PartialEq)]
pub(super) struct Reply {
    pub(super) request_id: String,
    pub(super) status: u16,
    pub(super) body: Json,
}

/// What the end of a handler leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Ended {
    /// The caller gets an answer.
    Reply(Reply),
    /// An asynchronous command's result is reported.
    Result(FoundCommand),
    /// Nobody waits for it any more.
    Nothing,
}

#[derive(Debug)]
struct Running {
    /// `None` when the connection it came by is gone, or the answer has been sent.
    request_id: Option<String>,
    command: FoundCommand,
}

#[derive(Debug)]
struct Waiting {
    request_id: String,
    command: FoundCommand,
    payload: Bytes,
}

/// The desk.
#[derive(Debug)]
pub(super) struct Commands {
    model: ModelTable,
    limit: usize,
    last: u64,
    running: BTreeMap<CallId, Running>,
    waiting: VecDeque<Waiting>,
    /// How many run: first those that are answered by their handler, then the asynchronous ones.
    busy: [usize; 2],
    seen: Seen,
    /// Those seen on earlier connections.
    seen_before: Seen,
}

impl Commands {
    pub(super) fn new(model: ModelTable, limit: usize) -> Self {
        let (running, waiting) = (BTreeMap::new(), VecDeque::new());
        let (seen, seen_before) = (Seen::default(), Seen::default());
        Self { model, limit, last: 0, running, waiting, busy: [0; 2], seen, seen_before }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }

    /// Whether somebody on this connection still waits for an answer.
    pub(super) fn owes_answers(&self) -> bool {
        !self.waiting.is_empty() || self.running.values().any(|running| running.request_id.is_some())
    }

    /// The command whose handler runs for this call.
    pub(super) fn running(&self, call: CallId) -> Option<FoundCommand> {
        self.running.get(&call).map(|running| running.command)
    }

    /// A method call has arrived: what to answer at once, what to run now. `again` when the hub says that it was delivered
    /// before.
    pub(super) fn called(
        &mut self,
        wire_name: &str,
        request_id: &str,
        payload: Bytes,
        again: bool,
    ) -> (Option<Reply>, Option<Run>) {
        if self.seen.contains(request_id) || (again && self.seen_before.contains(request_id)) {
            tracing::debug!(request_id, "method call was received before");
            return (None, None);
        }
        self.seen.add(request_id);
        let reply = |status, body| Some(Reply { request_id: request_id.to_owned(), status, body });
        let refuse = |error: &CommandError| reply(error.status(), error.body());
        let Some(command) = self.model.command(wire_name) else {
            return (refuse(&self.unknown(wire_name)), None);
        };
        let free = self.count(command.asynchronous) < self.limit;
        if command.asynchronous {
            if !free {
                return (refuse(&CommandError::new(429, "too many of these commands are running")), None);
            }
            return (reply(202, Json::Null), Some(self.run(None, command, payload)));
        }
        if free {
            return (None, Some(self.run(Some(request_id.to_owned()), command, payload)));
        }
        if self.waiting.len() == MOST_WAITING {
            return (refuse(&CommandError::new(429, "too many commands are waiting")), None);
        }
        self.waiting.push_back(Waiting { request_id: request_id.to_owned(), command, payload });
        (None, None)
    }

    /// A handler has ended: what to send, and what to run next.
    pub(super) fn ended(
        &mut self,
        call: CallId,
        result: &Result<Answer, CommandError>,
    ) -> (Ended, Option<Run>) {
        let Some(Running { request_id, command }) = self.running.remove(&call) else {
            return (Ended::Nothing, None);
        };
        self.busy[usize::from(command.asynchronous)] -= 1;
        let ended = match (command.asynchronous, request_id) {
            (true, _) => Ended::Result(command),
            (false, None) => Ended::Nothing,
            (false, Some(request_id)) => {
                let (status, body) = match result {
                    Ok(Answer(value)) => (200, value.clone()),
                    Err(error) => (error.status(), error.body()),
                };
                Ended::Reply(Reply { request_id, status, body })
            }
        };
        let free = self.count(false) < self.limit;
        let next = if free { self.waiting.pop_front() } else { None };
        (ended, next.map(|next| self.run(Some(next.request_id), next.command, next.payload)))
    }

    /// The hub has given up every call of this connection.
    pub(super) fn connection_lost(&mut self) {
        self.waiting.clear();
        self.seen_before.take(&mut self.seen);
        self.running.values_mut().for_each(|running| running.request_id = None);
    }

    /// Runs a command that nobody waits for. It comes one at a time, so it needs no limit.
    pub(super) fn run_offline(&mut self, command: FoundCommand, payload: Bytes) -> Run {
        self.run(None, command, payload)
    }

    fn count(&self, asynchronous: bool) -> usize {
        self.busy[usize::from(asynchronous)]
    }

    fn run(&mut self, request_id: Option<String>, command: FoundCommand, payload: Bytes) -> Run {
        self.last += 1;
        let call = CallId(self.last);
        self.busy[usize::from(command.asynchronous)] += 1;
        self.running.insert(call, Running { request_id, command });
        Run { call, command, payload }
    }

    fn unknown(&self, wire_name: &str) -> CommandError {
        let names = self.model.command_names();
        let hint = match names.as_slice() {
            [] => "the model has none".to_owned(),
            names => format!("the model has {}", names.join(", ")),
        };
        CommandError::new(404, format!("there is no command {wire_name:?}; {hint}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::table::{CommandTable, Convention, PartTable};

    const MODEL: ModelTable = ModelTable {
        id: "dtmi:x;1",
        convention: Convention::Pnp,
        parts: &[PartTable {
            component: None,
            telemetry: &[],
            properties: &[],
            commands: &[
                CommandTable { name: "blink", asynchronous: false },
                CommandTable { name: "diagnose", asynchronous: true },
            ],
        }],
    };

    fn call(desk: &mut Commands, name: &str, id: &str) -> (Option<u16>, Option<CallId>) {
        let (reply, run) = desk.called(name, id, Bytes::new(), false);
        (reply.map(|reply| reply.status), run.map(|run| run.call))
    }

    #[test]
    fn an_unknown_command_is_answered_with_the_names_of_the_legal_ones() {
        let (reply, run) = Commands::new(MODEL, 1).called("dance", "1", Bytes::new(), false);
        let reply = reply.unwrap();
        assert!(run.is_none());
        assert_eq!(reply.status, 404);
        let message = json!("there is no command \"dance\"; the model has blink, diagnose");
        assert_eq!(reply.body["message"], message);
    }

    #[test]
    fn calls_beyond_the_limit_wait_and_then_are_refused() {
        let mut desk = Commands::new(MODEL, 1);
        let (_, first) = call(&mut desk, "blink", "first");
        for number in 0..MOST_WAITING {
            assert_eq!(call(&mut desk, "blink", &number.to_string()), (None, None));
        }
        assert_eq!(call(&mut desk, "blink", "over"), (Some(429), None));
        let (ended, next) = desk.ended(first.unwrap(), &Ok(Answer(json!(1))));
        assert_eq!(
            ended,
            Ended::Reply(Reply { request_id: "first".to_owned(), status: 200, body: json!(1) })
        );
        assert!(next.is_some());
    }

    #[test]
    fn an_asynchronous_command_is_answered_at_once_and_reported_later() {
        let mut desk = Commands::new(MODEL, 1);
        let (status, call) = call(&mut desk, "diagnose", "1");
        assert_eq!(status, Some(202));
        desk.connection_lost();
        let (ended, _) = desk.ended(call.unwrap(), &Ok(Answer(json!("fine"))));
        assert!(matches!(ended, Ended::Result(command) if command.name == "diagnose"));
        assert!(desk.is_idle());
    }

    #[test]
    fn a_repeated_request_is_ignored_and_a_lost_callers_answer_is_not_sent() {
        let mut desk = Commands::new(MODEL, 4);
        let (_, running) = call(&mut desk, "blink", "1");
        assert_eq!(call(&mut desk, "blink", "1"), (None, None));
        desk.connection_lost();
        assert_eq!(desk.ended(running.unwrap(), &Ok(Answer(json!(1)))).0, Ended::Nothing);
        assert!(call(&mut desk, "blink", "1").1.is_some(), "ids start anew on a new connection");
    }

    /// azure-iot-sdk-csharp#3354: methods are delivered twice after a reconnect.
    #[test]
    fn a_call_that_is_delivered_again_after_a_reconnect_runs_once() {
        let mut desk = Commands::new(MODEL, 4);
        call(&mut desk, "blink", "1");
        desk.connection_lost();
        assert_eq!(desk.called("blink", "1", Bytes::new(), true), (None, None));
    }
}
