//! What may not stand below something: a Component below a Component, before v3 an Array below a Property, and in
//! v1-preview a `geospatial` there.

use super::Inheritance;
use super::paths::{Fold, Paths, Step};
use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Graph, Ix};
use crate::language::Version;
use crate::language::class::Class;

pub(super) fn check(graph: &Graph, inheritance: &Inheritance, faults: &mut Faults) {
    let everywhere = |version| version >= Version::V2;
    let components =
        Exclusion { graph, inheritance, class: Class::Component, along: Some(&["schema", "contents"]) };
    run(components, Class::Component, &everywhere, "'schema' or 'contents'", faults);
    let early = |version| version <= Version::V2;
    let arrays = Exclusion { graph, inheritance, class: Class::Array, along: None };
    run(arrays, Class::Property, &early, "'schema'", faults);
    let preview = |version| version == Version::V1Preview;
    let places = Exclusion { graph, inheritance, class: Class::Geospatial, along: None };
    run(places, Class::Property, &preview, "'schema'", faults);
}

fn run(
    mut fold: Exclusion<'_>,
    root: Class,
    versions: &dyn Fn(Version) -> bool,
    members: &str,
    faults: &mut Faults,
) {
    let graph = fold.graph;
    if !graph.iter().any(|(_, element)| element.class == fold.class) {
        return;
    }
    let mut paths = Paths::new(graph);
    for (ix, element) in graph.iter() {
        if element.class != root || !versions(element.version) {
            continue;
        }
        if let Some(found) = paths.value(ix, &mut fold) {
            let found = graph.get(found);
            let fault = Fault::new(Code::ExcludedType, element.at()).id(graph.id(element)).property(members);
            let fault = fault.secondary(graph.id(found)).restriction(fold.class.name()).kind(root.name());
            // a standard element stands nowhere: the schema is shown that leads to it
            if found.is_standard() {
                let schema = element.entry("schema").map_or(element.at(), |entry| entry.place.values());
                faults.push(fault.only_at(schema));
                continue;
            }
            let shown = if element.at().file() == found.at().file() { found.at() } else { element.at() };
            faults.push(fault.also(found.at()).shown_at(shown));
        }
    }
}

/// Looks for the first element of a class in a member that counts.
struct Exclusion<'g> {
    graph: &'g Graph,
    inheritance: &'g Inheritance,
    class: Class,
    /// The members to go along; all of them, and only `schema` counts, when `None`.
    along: Option<&'static [&'static str]>,
}

impl Fold for Exclusion<'_> {
    type Value = Option<Ix>;

    fn steps(&self, from: Ix, steps: &mut Vec<Step>) {
        match self.along {
            Some(members) => {
                let of = |name: &&str| self.inheritance.children(self.graph, from, name);
                steps.extend(members.iter().flat_map(of).map(|to| Step { to: *to, counts: true }));
            }
            None => {
                let members = self.graph.get(from).element_members();
                steps.extend(members.flat_map(|(name, elements)| {
                    elements.iter().map(move |to| Step { to: *to, counts: name == "schema" })
                }));
            }
        }
    }

    fn start(&self) -> Option<Ix> {
        None
    }

    fn join(&self, value: Option<Ix>, step: Step, reached: Option<Ix>) -> Option<Ix> {
        let here = step.counts && self.graph.get(step.to).class == self.class;
        value.or(if here { Some(step.to) } else { reached })
    }

    fn cycle(&mut self, _: Ix) {}
}
