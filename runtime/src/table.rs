//! What the runtime knows of a model: names, grouped by component, and the wire convention.
//!
//! Generated code hands a [`ModelTable`] over as a constant. The tables decide which command and property names are
//! legal; they carry no schemas (values are read by the generated types) and no behaviour. Begin with [`ModelTable`].

/// How values are framed on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// The form of 2019 and 2020 (capability models): flat names, `{"value","status","desiredVersion"}`
    /// acknowledgements, components invisible on the wire.
    Central2020,
    /// IoT Plug and Play: `__t` markers, `component*command`, `$.sub`, `{"value","ac","av","ad"}`.
    Pnp,
}

/// One device model.
#[derive(Clone, Copy, Debug)]
pub struct ModelTable {
    /// The model's id, a DTMI or a `urn:` capability model id.
    pub id: &'static str,
    /// The framing the model's language version asks for.
    pub convention: Convention,
    /// The default component (`component: None`) and the named ones, in declaration order.
    pub parts: &'static [PartTable],
}

/// The contents of one component, or of the device itself.
#[derive(Clone, Copy, Debug)]
pub struct PartTable {
    /// The component's name; `None` for the device's own contents.
    pub component: Option<&'static str>,
    /// Telemetry names.
    pub telemetry: &'static [&'static str],
    /// Property names.
    pub properties: &'static [PropertyTable],
    /// Command names.
    pub commands: &'static [CommandTable],
}

/// One property.
#[derive(Clone, Copy, Debug)]
pub struct PropertyTable {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether the cloud may set it (desired properties).
    pub writable: bool,
}

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct CommandTable {
    /// The name on the wire, without component.
    pub name: &'static str,
    /// Whether the cloud gets 202 at once and the result later, as a reported property.
    pub asynchronous: bool,
}

/// A property that only the device sets.
pub const fn read_only(name: &'static str) -> PropertyTable {
    PropertyTable { name, writable: false }
}

/// A property that the cloud may set.
pub const fn writable(name: &'static str) -> PropertyTable {
    PropertyTable { name, writable: true }
}

/// A command that is answered when it is done.
pub const fn command(name: &'static str) -> CommandTable {
    CommandTable { name, asynchronous: false }
}

/// A command that is answered at once and reports its result later.
pub const fn asynchronous(name: &'static str) -> CommandTable {
    CommandTable { name, asynchronous: true }
}

/// A command found in a table, with the component it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FoundCommand {
    pub(crate) component: Option<&'static str>,
    pub(crate) name: &'static str,
    pub(crate) asynchronous: bool,
}

impl ModelTable {
    /// Finds the command a method's wire name stands for: `blink`, or `sensor*blink` in [`Convention::Pnp`].
    pub(crate) fn command(&self, wire_name: &str) -> Option<FoundCommand> {
        let (component, name) = match self.convention {
            Convention::Central2020 => (None, wire_name),
            Convention::Pnp => match wire_name.split_once('*') {
                Some((component, name)) => (Some(component), name),
                None => (None, wire_name),
            },
        };
        self.parts
            .iter()
            .filter(|part| self.convention == Convention::Central2020 || part.component == component)
            .find_map(|part| {
                let found = part.commands.iter().find(|command| command.name == name)?;
                Some(FoundCommand {
                    component: part.component,
                    name: found.name,
                    asynchronous: found.asynchronous,
                })
            })
    }

    /// The wire names of all commands, in declaration order.
    pub(crate) fn command_names(&self) -> Vec<String> {
        let named = |part: &PartTable, name: &str| self.wire_name(part.component, name);
        self.parts
            .iter()
            .flat_map(|part| part.commands.iter().map(move |command| named(part, command.name)))
            .collect()
    }

    /// The name a command has on the wire.
    pub(crate) fn wire_name(&self, component: Option<&str>, name: &str) -> String {
        match (self.convention, component) {
            (Convention::Pnp, Some(component)) => format!("{component}*{name}"),
            _ => name.to_owned(),
        }
    }

    /// The part of a component.
    pub(crate) fn part(&self, component: Option<&str>) -> Option<&'static PartTable> {
        self.parts.iter().find(|part| part.component == component)
    }
}

impl PartTable {
    /// Whether it is a property, or a command, whose result is reported under its name.
    pub(crate) fn has(&self, name: &str) -> bool {
        let property = self.properties.iter().any(|property| property.name == name);
        property || self.commands.iter().any(|command| command.name == name)
    }

    /// The writable property of that name.
    pub(crate) fn writable(&self, name: &str) -> Option<&'static PropertyTable> {
        self.properties.iter().find(|property| property.writable && property.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: PartTable = PartTable {
        component: Some("sensor"),
        telemetry: &["temp"],
        properties: &[PropertyTable { name: "brightness", writable: true }],
        commands: &[CommandTable { name: "blink", asynchronous: false }],
    };
    const PNP: ModelTable = ModelTable { id: "dtmi:x;1", convention: Convention::Pnp, parts: &[PART] };

    #[test]
    fn pnp_commands_of_a_component_need_its_name() {
        assert_eq!(PNP.command("sensor*blink").map(|found| found.name), Some("blink"));
        assert!(PNP.command("blink").is_none());
        assert!(PNP.command("other*blink").is_none());
        assert_eq!(PNP.command_names(), ["sensor*blink"]);
    }

    #[test]
    fn central_commands_share_one_name_space() {
        let model = ModelTable { convention: Convention::Central2020, ..PNP };
        assert_eq!(model.command("blink").and_then(|found| found.component), Some("sensor"));
        assert!(model.command("sensor*blink").is_none());
    }
}
