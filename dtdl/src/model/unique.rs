//! Names and values that may occur only once.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::types::{EnumValue, Form, Interface, Name, Part};
use crate::diagnostic::{Faults, texts};
use crate::source::Location;

/// Reports every name that was used before among `names`.
pub(super) fn names<'n>(names: impl Iterator<Item = &'n Name>, among: &str, faults: &mut Faults) {
    let mut seen: BTreeMap<&str, Location> = BTreeMap::new();
    for name in names {
        match seen.get(name.text.as_str()) {
            Some(first) if *first != name.at => {
                faults.push_pair(texts::duplicate_name(&name.text, among), name.at, *first);
            }
            Some(_) => {}
            None => {
                seen.insert(&name.text, name.at);
            }
        }
    }
}

/// The contents of an Interface, inherited ones included, share one name space.
pub(super) fn contents(interface: &Interface, faults: &mut Faults) {
    let mut all: Vec<&Name> =
        own_names(interface).chain(interface.components.iter().map(|component| &component.name)).collect();
    all.sort_by_key(|name| name.at);
    names(all.into_iter(), "the contents of the Interface", faults);
}

/// The instances of a capability model share one name space on the wire (kind by kind: a telemetry and a property of the
/// same name do not meet there).
pub(super) fn across_instances(form: Form, parts: &[Part], interfaces: &[Interface], faults: &mut Faults) {
    if form != Form::CapabilityModel {
        return;
    }
    let among = "the interfaces of the capability model, which share one name space on the wire";
    let of = |part: &Part| &interfaces[part.interface];
    names(parts.iter().flat_map(|part| of(part).telemetry.iter().map(|item| &item.name)), among, faults);
    names(parts.iter().flat_map(|part| of(part).properties.iter().map(|item| &item.name)), among, faults);
    names(parts.iter().flat_map(|part| of(part).commands.iter().map(|item| &item.name)), among, faults);
}

fn own_names(interface: &Interface) -> impl Iterator<Item = &Name> {
    let telemetry = interface.telemetry.iter().map(|item| &item.name);
    let properties = interface.properties.iter().map(|item| &item.name);
    telemetry.chain(properties).chain(interface.commands.iter().map(|item| &item.name))
}

/// Both the names and the values of an Enum occur once.
pub(super) fn enum_values<T: Display>(values: &[(EnumValue<T>, Location)], faults: &mut Faults) {
    names(values.iter().map(|(value, _)| &value.name), "the values of an Enum", faults);
    let mut seen: BTreeMap<String, Location> = BTreeMap::new();
    for (value, at) in values {
        let text = value.value.to_string();
        match seen.get(&text) {
            Some(first) => faults.push_pair(texts::duplicate_enum_value(&text), *at, *first),
            None => {
                seen.insert(text, *at);
            }
        }
    }
}
