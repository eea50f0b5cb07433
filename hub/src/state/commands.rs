//! The bounded command history of one device.
//!
//! Decides how a row moves from sent to its end and which row a completion closes; it sends nothing.
//! Begin with [`Commands`]. Rules: operator pages reference, section 1.6.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::feedback::Outcome;

/// Most rows kept for a device.
const ROW_LIMIT: usize = 500;
/// Most reports of progress kept for a command; of more, the newest.
const PROGRESS_LIMIT: usize = 20;

/// Rows, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    rows: VecDeque<Command>,
    next: u64,
}

/// One command sent to a device: a row of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Command {
    pub(crate) id: u64,
    pub(crate) component: Option<String>,
    pub(crate) name: String,
    pub(crate) request: Option<Value>,
    /// Who sent it.
    #[serde(default)]
    pub(crate) by: Option<String>,
    pub(crate) at: Timestamp,
    pub(crate) state: CommandState,
    /// Of a queued one.
    #[serde(default)]
    pub(crate) queued_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) expires_at: Option<Timestamp>,
    /// When it went out to the device.
    #[serde(default)]
    pub(crate) sent_at: Option<Timestamp>,
    /// When the device acknowledged a queued one.
    #[serde(default)]
    pub(crate) delivered_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) responded_at: Option<Timestamp>,
    pub(crate) status: Option<i32>,
    pub(crate) response: Option<Value>,
    /// What the device reported on the way to its completion.
    #[serde(default)]
    pub(crate) progress: Vec<Progress>,
    pub(crate) completion: Option<Value>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) message: Option<String>,
    /// The number in the device's queue of a queued one.
    #[serde(default)]
    pub(crate) queue_number: Option<u64>,
}

/// How far an asynchronous command had come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) at: Timestamp,
    pub(crate) value: Value,
}

/// Where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CommandState {
    /// Waiting in the device's queue.
    Queued,
    /// Waiting for the device's answer.
    Sent,
    Succeeded,
    /// The device answered, or reported later, a status of 400 or more.
    Failed,
    Timeout,
    /// The device answered 202: a property of the command's name will complete it.
    Accepted,
    Completed,
    /// Taken out of the queue by the device, which says no more of it.
    Delivered,
    /// Never taken out of the queue.
    Expired,
    /// The device could not be reached.
    Offline,
}

/// What is to be sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Order {
    pub(crate) component: Option<String>,
    pub(crate) name: String,
    pub(crate) request: Option<Value>,
    pub(crate) by: Option<String>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CallOutcome {
    Answered {
        status: i32,
        payload: Value,
    },
    TimedOut,
    /// The connection that the request went out on has ended: it may have been carried out.
    Lost,
    Offline,
}

/// What became of a queued command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It went out; it may again.
    Sent,
    /// The device acknowledged it.
    Delivered,
    /// Its time was over.
    Expired,
    /// It went out as often as it may.
    WornOut,
    /// The device would not have it.
    Rejected,
    /// It was taken out of the queue by the service side.
    Purged,
}

impl From<Outcome> for Passage {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Delivered,
            Outcome::Expired => Self::Expired,
            Outcome::DeliveryCountExceeded => Self::WornOut,
            Outcome::Rejected => Self::Rejected,
            Outcome::Purged => Self::Purged,
        }
    }
}

impl Commands {
    /// Begins a row for a command that is being sent; answers it and the number of a row dropped for it.
    pub(crate) fn begin(&mut self, order: Order, now: Timestamp) -> (Command, Option<u64>) {
        let Order { component, name, request, by } = order;
        let row = Command {
            id: self.next,
            component,
            name,
            request,
            by,
            at: now,
            state: CommandState::Sent,
            queued_at: None,
            expires_at: None,
            sent_at: Some(now),
            delivered_at: None,
            responded_at: None,
            status: None,
            response: None,
            progress: Vec::new(),
            completion: None,
            completed_at: None,
            message: None,
            queue_number: None,
        };
        let dropped = self.restore(row.clone());
        (row, dropped)
    }

    /// Begins a row for a command that waits in the device's queue until `expires`.
    pub(crate) fn queue(
        &mut self,
        order: Order,
        number: u64,
        expires: Timestamp,
        now: Timestamp,
    ) -> Option<u64> {
        let (row, dropped) = self.begin(order, now);
        if let Some(begun) = self.rows.iter_mut().find(|one| one.id == row.id) {
            begun.state = CommandState::Queued;
            begun.queued_at = Some(now);
            begun.sent_at = None;
            begun.expires_at = Some(expires);
            begun.queue_number = Some(number);
        }
        dropped
    }

    /// Keeps a row read from the store. What was waiting for an answer then gets none any more.
    pub(crate) fn restore(&mut self, row: Command) -> Option<u64> {
        self.next = self.next.max(row.id + 1);
        self.rows.push_back(row);
        (self.rows.len() > ROW_LIMIT).then(|| self.rows.pop_front().map(|old| old.id)).flatten()
    }

    /// Ends a waiting row; a row that has ended is not rewritten.
    pub(crate) fn finish(&mut self, id: u64, outcome: &CallOutcome, now: Timestamp) -> Option<&Command> {
        let row = self.rows.iter_mut().find(|row| row.id == id && row.state == CommandState::Sent)?;
        match outcome {
            CallOutcome::Answered { status, payload } => {
                row.state = match status {
                    202 => CommandState::Accepted,
                    400.. => CommandState::Failed,
                    _ => CommandState::Succeeded,
                };
                row.status = Some(*status);
                row.responded_at = Some(now);
                row.response = (!payload.is_null()).then(|| payload.clone());
            }
            CallOutcome::TimedOut => {
                row.state = CommandState::Timeout;
                row.message = Some("the device did not answer in time".to_owned());
            }
            CallOutcome::Lost => {
                row.state = CommandState::Timeout;
                row.message =
                    Some("the connection ended before the device answered: it may have done it".to_owned());
            }
            CallOutcome::Offline => {
                row.state = CommandState::Offline;
                row.sent_at = None;
                row.message = Some("the device is not connected or does not take commands".to_owned());
            }
        }
        Some(row)
    }

    /// What became of the queued command with this number in the queue.
    pub(crate) fn passed(&mut self, number: u64, passage: Passage, now: Timestamp) -> Option<&Command> {
        let waits =
            |row: &&mut Command| row.queue_number == Some(number) && row.state == CommandState::Queued;
        let row = self.rows.iter_mut().find(waits)?;
        let (state, message) = match passage {
            Passage::Sent => {
                row.sent_at = Some(now);
                return Some(row);
            }
            Passage::Delivered => {
                row.delivered_at = Some(now);
                (CommandState::Delivered, None)
            }
            Passage::Expired => (CommandState::Expired, None),
            Passage::WornOut => {
                (CommandState::Expired, Some("the device never acknowledged it, however often it came"))
            }
            Passage::Rejected => (CommandState::Failed, Some("the device rejected it")),
            Passage::Purged => (CommandState::Expired, Some("the queue was emptied")),
        };
        row.state = state;
        row.message = message.map(str::to_owned);
        Some(row)
    }

    /// What the device reported for the oldest open accepted row of this name: with the code 202 how far it has come, with
    /// 400 or more that it failed, otherwise what it came to.
    pub(crate) fn reported(
        &mut self,
        component: Option<&str>,
        name: &str,
        (code, value): (Option<i64>, &Value),
        now: Timestamp,
    ) -> Option<&Command> {
        let row = self.rows.iter_mut().find(|row| {
            row.state == CommandState::Accepted && row.name == name && row.component.as_deref() == component
        })?;
        if code != Some(202) {
            row.completion = Some(value.clone());
            let failed = code.is_some_and(|code| code >= 400);
            row.state = if failed { CommandState::Failed } else { CommandState::Completed };
            row.completed_at = Some(now);
            row.message = code.filter(|_| failed).map(|code| format!("the device reported {code}"));
        } else {
            row.progress.push(Progress { at: now, value: value.clone() });
            if row.progress.len() > PROGRESS_LIMIT {
                row.progress.remove(0);
            }
        }
        Some(row)
    }

    /// The row with this number.
    pub(crate) fn get(&self, id: u64) -> Option<&Command> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// All rows, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Command> {
        self.rows.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn order(name: &str) -> Order {
        Order { name: name.to_owned(), ..Order::default() }
    }

    fn accepted(commands: &mut Commands) -> u64 {
        let id = commands.begin(order("run"), NOW).0.id;
        commands.finish(id, &CallOutcome::Answered { status: 202, payload: Value::Null }, NOW).unwrap();
        id
    }

    #[test]
    fn a_completion_closes_the_oldest_open_row_once() {
        let mut commands = Commands::default();
        let (first, second) = (accepted(&mut commands), accepted(&mut commands));
        let going_on = commands.reported(None, "run", (Some(202), &json!("40 %")), NOW).unwrap();
        assert_eq!(
            (going_on.id, going_on.state, &going_on.completion),
            (first, CommandState::Accepted, &None)
        );
        assert_eq!(going_on.progress, [Progress { at: NOW, value: json!("40 %") }]);
        assert_eq!(commands.reported(None, "run", (None, &json!("done")), NOW).unwrap().id, first);
        assert_eq!(commands.reported(None, "run", (None, &json!("done")), NOW).unwrap().id, second);
        assert!(commands.reported(None, "run", (None, &json!("late")), NOW).is_none());
        assert!(commands.reported(Some("x"), "run", (None, &json!("late")), NOW).is_none());
    }

    #[test]
    fn an_answer_after_the_end_changes_nothing() {
        let mut commands = Commands::default();
        let id = commands.begin(order("blink"), NOW).0.id;
        assert_eq!(commands.finish(id, &CallOutcome::TimedOut, NOW).unwrap().state, CommandState::Timeout);
        let late = CallOutcome::Answered { status: 200, payload: json!(1) };
        assert!(commands.finish(id, &late, NOW).is_none());
    }

    #[test]
    fn a_queued_command_goes_out_is_delivered_and_then_stays_as_it_is() {
        let mut commands = Commands::default();
        commands.queue(order("blink"), 7, NOW, NOW);
        let sent = commands.passed(7, Passage::Sent, NOW).unwrap();
        assert_eq!((sent.state, sent.sent_at), (CommandState::Queued, Some(NOW)));
        assert_eq!(commands.passed(7, Passage::Delivered, NOW).unwrap().state, CommandState::Delivered);
        assert!(commands.passed(7, Passage::Expired, NOW).is_none());
        commands.queue(order("blink"), 8, NOW, NOW);
        assert_eq!(commands.passed(8, Passage::Expired, NOW).unwrap().state, CommandState::Expired);
    }
}
