//! v1-preview: the Interfaces of a capability model share one name space on the wire, and each stands in it once.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Graph, Ix};
use crate::language::class::Class;
use crate::source::Location;

pub(super) fn check(graph: &Graph, faults: &mut Faults) {
    for (ix, element) in graph.iter() {
        if element.class == Class::CapabilityModel {
            check_instances(graph, ix, faults);
            check_names(graph, ix, faults);
        }
    }
}

/// The Interfaces that a capability model has instances of, with the places of the instances.
fn interfaces(graph: &Graph, model: Ix) -> Vec<(Ix, Location)> {
    let instances = graph.children(model, "implements").iter();
    instances
        .filter_map(|ix| {
            let element = graph.get(*ix);
            let target = if element.class == Class::Interface { *ix } else { graph.child(*ix, "schema")? };
            Some((target, element.at()))
        })
        .collect()
}

/// Of each Interface there is one instance, and one version.
fn check_instances(graph: &Graph, model: Ix, faults: &mut Faults) {
    let mut seen: BTreeMap<String, (Ix, Location)> = BTreeMap::new();
    for (target, at) in interfaces(graph, model) {
        let id = graph.id(graph.get(target));
        let versionless = id.rsplit_once(':').map_or(&*id, |(path, _)| path).to_owned();
        match seen.get(&versionless) {
            Some((first, first_at)) => {
                let code =
                    if *first == target { Code::DuplicateInstance } else { Code::InstanceVersionConflict };
                let fault = Fault::new(code, at.head()).id(graph.id(graph.get(model))).value(id);
                faults.push(fault.property("implements").also(first_at.head()));
            }
            None => {
                seen.insert(versionless, (target, at));
            }
        }
    }
}

/// Kind by kind: a telemetry and a property of one name do not meet on the wire.
fn check_names(graph: &Graph, model: Ix, faults: &mut Faults) {
    let mut seen: BTreeMap<(&str, &str), (Ix, Location)> = BTreeMap::new();
    for (interface, _) in interfaces(graph, model) {
        for content in graph.children(interface, "contents") {
            let element = graph.get(*content);
            let Some(entry) = element.entry("name") else { continue };
            let name = graph.text(element, "name").unwrap_or_default();
            let at = entry.place.values();
            match seen.get(&(element.class.name(), name)) {
                Some((first, first_at)) if *first != *content => {
                    let fault = Fault::new(Code::NameInUse, at).id(graph.id(graph.get(interface)));
                    faults.push(fault.property("contents").value(name).also(*first_at));
                }
                Some(_) => {}
                None => {
                    seen.insert((element.class.name(), name), (*content, at));
                }
            }
        }
    }
}
