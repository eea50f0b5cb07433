//! How long the handlers of commands may take: one limit for each of the two kinds, and others by name.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::Error;
use crate::table::{FoundCommand, ModelTable};

/// The deadlines of handlers.
#[derive(Clone, Debug)]
pub(crate) struct Deadlines {
    /// Of commands whose caller waits.
    pub(crate) answered: Duration,
    /// Of asynchronous commands, of desired properties and of messages.
    pub(crate) long: Duration,
    /// Of commands by their name on the wire.
    pub(super) named: BTreeMap<String, Duration>,
}

impl Default for Deadlines {
    fn default() -> Self {
        let (answered, long) = (Duration::from_secs(25), Duration::from_secs(15 * 60));
        Self { answered, long, named: BTreeMap::new() }
    }
}

impl Deadlines {
    /// The deadline of a command.
    pub(crate) fn of(&self, model: &ModelTable, command: &FoundCommand) -> Duration {
        let default = if command.asynchronous { self.long } else { self.answered };
        if self.named.is_empty() {
            return default;
        }
        self.named.get(&model.wire_name(command.component, command.name)).copied().unwrap_or(default)
    }

    /// Refuses names that mean nothing in the model.
    pub(crate) fn check(&self, model: &ModelTable) -> Result<(), Error> {
        let Some(name) = self.named.keys().find(|name| model.command(name).is_none()) else {
            return Ok(());
        };
        let problem = match model.command_names().as_slice() {
            [] => "the model has no commands".to_owned(),
            names => format!("the model has no such command; it has {}", names.join(", ")),
        };
        Err(Error::configuration(format!("the deadline for {name:?}"), problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Convention, PartTable, asynchronous, command};

    const MODEL: ModelTable = ModelTable {
        id: "dtmi:x;1",
        convention: Convention::Pnp,
        parts: &[PartTable {
            component: Some("sensor"),
            telemetry: &[],
            properties: &[],
            commands: &[command("blink"), asynchronous("diagnose")],
        }],
    };

    #[test]
    fn a_command_has_its_own_deadline_or_that_of_its_kind() {
        let named = BTreeMap::from([("sensor*blink".to_owned(), Duration::from_secs(3))]);
        let of =
            |deadlines: &Deadlines, name: &str| deadlines.of(&MODEL, &MODEL.command(name).unwrap()).as_secs();
        let deadlines = Deadlines { named, ..Deadlines::default() };
        assert!(deadlines.check(&MODEL).is_ok());
        assert_eq!((of(&deadlines, "sensor*blink"), of(&deadlines, "sensor*diagnose")), (3, 900));
        assert_eq!(of(&Deadlines::default(), "sensor*blink"), 25);
    }

    #[test]
    fn a_name_that_means_nothing_is_an_error_that_shows_the_others() {
        let named = BTreeMap::from([("blink".to_owned(), Duration::from_secs(3))]);
        let error = Deadlines { named, ..Deadlines::default() }.check(&MODEL).unwrap_err();
        let text =
            "the deadline for \"blink\": the model has no such command; it has sensor*blink, sensor*diagnose";
        assert_eq!(error.to_string(), text);
    }
}
