//! The bounded command history of one device.
//!
//! Decides how a row moves from sent to its end and which row a completion closes; it sends nothing.
//! Begin with [`Commands`]. Rules: operator pages reference, section 1.6.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most rows kept for a device.
const ROW_LIMIT: usize = 500;

/// Rows, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    rows: VecDeque<Command>,
    next: u64,
}

/// One command sent to a device: the page's `CMD`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Command {
    pub(crate) id: u64,
    pub(crate) component: Option<String>,
    pub(crate) name: String,
    pub(crate) request: Option<Value>,
    pub(crate) at: Timestamp,
    pub(crate) state: CommandState,
    pub(crate) status: Option<i32>,
    pub(crate) response: Option<Value>,
    pub(crate) completion: Option<Value>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) message: Option<String>,
}

/// Where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CommandState {
    /// Waiting for the device's answer.
    Sent,
    Succeeded,
    /// The device answered with a status of 400 or more.
    Failed,
    Timeout,
    /// The device answered 202: a property of the command's name will complete it.
    Accepted,
    Completed,
    /// The device could not be reached.
    Offline,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CallOutcome {
    Answered { status: i32, payload: Value },
    TimedOut,
    Offline,
}

impl Commands {
    /// Begins a row for a command that is being sent; answers it and the number of a row dropped for it.
    pub(crate) fn begin(
        &mut self,
        component: Option<String>,
        name: &str,
        request: Option<Value>,
        now: Timestamp,
    ) -> (Command, Option<u64>) {
        let row = Command {
            id: self.next,
            component,
            name: name.to_owned(),
            request,
            at: now,
            state: CommandState::Sent,
            status: None,
            response: None,
            completion: None,
            completed_at: None,
            message: None,
        };
        let dropped = self.restore(row.clone());
        (row, dropped)
    }

    /// Keeps a row read from the store. What was waiting for an answer then gets none any more.
    pub(crate) fn restore(&mut self, row: Command) -> Option<u64> {
        self.next = self.next.max(row.id + 1);
        self.rows.push_back(row);
        (self.rows.len() > ROW_LIMIT).then(|| self.rows.pop_front().map(|old| old.id)).flatten()
    }

    /// Ends a waiting row; a row that has ended is not rewritten.
    pub(crate) fn finish(&mut self, id: u64, outcome: &CallOutcome) -> Option<&Command> {
        let row = self.rows.iter_mut().find(|row| row.id == id && row.state == CommandState::Sent)?;
        match outcome {
            CallOutcome::Answered { status, payload } => {
                row.state = match status {
                    202 => CommandState::Accepted,
                    400.. => CommandState::Failed,
                    _ => CommandState::Succeeded,
                };
                row.status = Some(*status);
                row.response = (!payload.is_null()).then(|| payload.clone());
            }
            CallOutcome::TimedOut => {
                row.state = CommandState::Timeout;
                row.message = Some("the device did not answer in time".to_owned());
            }
            CallOutcome::Offline => {
                row.state = CommandState::Offline;
                row.message = Some("the device is not connected or does not take commands".to_owned());
            }
        }
        Some(row)
    }

    /// What the device reported for the oldest open accepted row of this name: how far it has come, or, with the time of
    /// its completion, what it came to.
    pub(crate) fn reported(
        &mut self,
        component: Option<&str>,
        name: &str,
        value: &Value,
        completed_at: Option<Timestamp>,
    ) -> Option<&Command> {
        let row = self.rows.iter_mut().find(|row| {
            row.state == CommandState::Accepted && row.name == name && row.component.as_deref() == component
        })?;
        row.completion = Some(value.clone());
        if completed_at.is_some() {
            (row.state, row.completed_at) = (CommandState::Completed, completed_at);
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

    fn accepted(commands: &mut Commands) -> u64 {
        let id = commands.begin(None, "run", None, NOW).0.id;
        commands.finish(id, &CallOutcome::Answered { status: 202, payload: Value::Null }).unwrap();
        id
    }

    #[test]
    fn a_completion_closes_the_oldest_open_row_once() {
        let mut commands = Commands::default();
        let (first, second) = (accepted(&mut commands), accepted(&mut commands));
        let going_on = commands.reported(None, "run", &json!("40 %"), None).unwrap();
        assert_eq!(
            (going_on.id, going_on.state, &going_on.completion),
            (first, CommandState::Accepted, &Some(json!("40 %")))
        );
        assert_eq!(commands.reported(None, "run", &json!("done"), Some(NOW)).unwrap().id, first);
        assert_eq!(commands.reported(None, "run", &json!("done"), Some(NOW)).unwrap().id, second);
        assert!(commands.reported(None, "run", &json!("late"), Some(NOW)).is_none());
        assert!(commands.reported(Some("x"), "run", &json!("late"), Some(NOW)).is_none());
    }

    #[test]
    fn an_answer_after_the_end_changes_nothing() {
        let mut commands = Commands::default();
        let id = commands.begin(None, "blink", Some(json!(5)), NOW).0.id;
        assert_eq!(commands.finish(id, &CallOutcome::TimedOut).unwrap().state, CommandState::Timeout);
        let late = CallOutcome::Answered { status: 200, payload: json!(1) };
        assert!(commands.finish(id, &late).is_none());
    }
}
