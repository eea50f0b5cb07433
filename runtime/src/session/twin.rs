//! The twin side of the session: what is reported, and what becomes of desired values.

use std::time::{Duration, Instant};

use serde_json::Map;

use super::{Action, CallId, Session};
use crate::convention::envelope;
use crate::error::Error;
use crate::json::Json;
use crate::outbox::{Settled, Ticket};
use crate::refusal::{CommandError, PropertyError};
use crate::table::FoundCommand;
use crate::twin::{Field, PropertyKey, Report, Step, limits};

impl Session {
    /// Reports properties, the writable ones as acknowledgements of the version that is in force.
    pub(super) fn report(
        &mut self,
        now: Instant,
        ticket: Ticket,
        component: Option<&'static str>,
        mut fields: Map<String, Json>,
    ) {
        let convention = self.model.convention;
        for part in self.model.parts.iter().filter(|part| part.component == component) {
            for (name, value) in &mut fields {
                let Some(property) = part.writable(name) else {
                    continue;
                };
                let key = PropertyKey { component, name: property.name };
                self.desired.reported(key, value.clone());
                *value = envelope::reported_writable(convention, value, self.desired.acknowledged(key));
            }
        }
        match limits::check(component, &fields) {
            Ok(size) => {
                let fields =
                    fields.into_iter().map(|(name, value)| Field::new(component, name, value)).collect();
                let waiting = Some((ticket, now + self.options.report_deadline));
                self.requests.report(Report::new(fields, size, waiting));
            }
            Err(error) => self.settle(ticket, Err(error)),
        }
    }

    /// Carries out what the desired properties ask for.
    pub(super) fn follow(&mut self, now: Instant, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Apply { key, version, value } => {
                    tracing::debug!(name = key.name, version, "applying a desired value");
                    self.counters.desired_applied += 1;
                    self.pending.insert(key, now + self.options.pending_after);
                    self.actions.push_back(Action::Apply { key, value });
                }
                Step::Acknowledge { key, framed } => self.acknowledge(key, framed),
                Step::Fetch => self.requests.fetch(),
            }
        }
    }

    /// A property's handler has ended.
    pub(super) fn desired_ended(
        &mut self,
        now: Instant,
        key: PropertyKey,
        result: &Result<crate::call::InForce, PropertyError>,
    ) {
        self.pending.remove(&key);
        let steps = self.desired.ended(key, result);
        self.follow(now, steps);
    }

    /// Handlers that run for long are acknowledged as pending.
    pub(super) fn long_handlers(&mut self, now: Instant) {
        let due = |due: &Instant| *due <= now;
        let keys: Vec<_> = self.pending.iter().filter(|(_, at)| due(at)).map(|(key, _)| *key).collect();
        for key in keys {
            self.pending.remove(&key);
            self.acknowledge_pending(key, "in progress");
        }
    }

    /// A property's handler says itself that it takes a while.
    pub(super) fn handler_is_pending(&mut self, ticket: Ticket, key: PropertyKey, text: &str) {
        self.pending.remove(&key);
        let outcome = match self.acknowledge_pending(key, text) {
            true => Ok(()),
            false => Err(Error::OutOfPlace { what: "pending", place: "the running handler of a property" }),
        };
        self.settle(ticket, outcome);
    }

    /// An asynchronous command's handler says how far it has come.
    pub(super) fn progress(&mut self, ticket: Ticket, call: CallId, value: &Json) {
        let outcome = match self.commands.running(call) {
            Some(command) if command.asynchronous => {
                let framed = envelope::command_progress(self.model.convention, value);
                self.report_alone(command.component, command.name, framed)
            }
            _ => Err(Error::OutOfPlace {
                what: "progress",
                place: "the running handler of an asynchronous command",
            }),
        };
        self.settle(ticket, outcome);
    }

    /// Reports what an asynchronous command came to.
    pub(super) fn report_result(&mut self, command: FoundCommand, result: Result<&Json, &CommandError>) {
        let framed = envelope::command_result(self.model.convention, result);
        if let Err(error) = self.report_alone(command.component, command.name, framed) {
            tracing::warn!(command = command.name, %error, "the result of a command cannot be reported");
            let error = CommandError::failed(format!("the result cannot be reported: {error}"));
            let framed = envelope::command_result(self.model.convention, Err(&error));
            // A framed text of ours is within every limit.
            let _ = self.report_alone(command.component, command.name, framed);
        }
    }

    /// When a handler that still runs is acknowledged as pending.
    pub(super) fn next_pending(&self) -> Option<Instant> {
        self.pending.values().min().copied()
    }

    fn acknowledge_pending(&mut self, key: PropertyKey, text: &str) -> bool {
        let Some(framed) = self.desired.pending(key, text) else {
            return false;
        };
        if let Err(error) = self.report_alone(key.component, key.name, framed) {
            tracing::debug!(name = key.name, %error, "a pending value cannot be reported");
        }
        true
    }

    /// Reports an acknowledgement. What is in force and cannot be reported is told as a failure.
    fn acknowledge(&mut self, key: PropertyKey, mut framed: Json) {
        let size =
            match limits::check(key.component, &Map::from_iter([(key.name.to_owned(), framed.clone())])) {
                Ok(size) => size,
                Err(error) => {
                    tracing::warn!(name = key.name, %error, "a value in force cannot be reported");
                    let error =
                        PropertyError::failed(format!("the value in force cannot be reported: {error}"));
                    let version = self.desired.acknowledged(key).unwrap_or(0);
                    let convention = self.model.convention;
                    framed = envelope::acknowledgement(convention, &Json::Null, version, Some(&error));
                    framed.to_string().len()
                }
            };
        let record = if self.ledger.is_some() { self.desired.record(key) } else { None };
        let field = Field::new(key.component, key.name, framed).with(record);
        self.requests.report(Report::new(vec![field], size, None));
    }

    /// Reports one field that nobody waits for.
    fn report_alone(
        &mut self,
        component: Option<&'static str>,
        name: &str,
        value: Json,
    ) -> Result<(), Error> {
        let fields = Map::from_iter([(name.to_owned(), value)]);
        let size = limits::check(component, &fields)?;
        let fields = fields.into_iter().map(|(name, value)| Field::new(component, name, value)).collect();
        self.requests.report(Report::new(fields, size, None));
        Ok(())
    }

    fn settle(&mut self, ticket: Ticket, outcome: Result<(), Error>) {
        self.actions.push_back(Action::Settle(Settled { ticket, outcome }));
    }
}

/// How long a property's handler runs before it is acknowledged as pending, unless it is set.
pub(crate) const PENDING_AFTER: Duration = Duration::from_secs(2);
