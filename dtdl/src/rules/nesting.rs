//! How deep schemas are nested, which may refer to themselves, and how much an Interface holds altogether.

use std::collections::BTreeSet;

use super::Inheritance;
use super::paths::{Fold, Paths, Step};
use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Graph, Ix};
use crate::language::Version;
use crate::language::class::Class;
use crate::language::extensions::Limits;

/// The members that make a schema deeper.
const DEEPER: &[&str] = &["elementSchema", "schema"];
/// The members that are counted in a whole Interface beside `contents`, among which are those that are inherited.
const COUNTED: &[&str] =
    &["fields", "enumValues", "request", "response", "properties", "schema", "elementSchema", "mapValue"];
const COUNTED_TEXT: &str = "'contents' or 'fields' or 'enumValues' or 'request' or 'response' or 'properties' or \
                            'schema' or 'elementSchema' or 'mapValue'";
/// The greatest number of those, since v3.
const MOST: u32 = 100_000;

pub(super) fn check(graph: &Graph, inheritance: &Inheritance, faults: &mut Faults) {
    check_depth(graph, faults);
    check_count(graph, inheritance, faults);
}

fn check_depth(graph: &Graph, faults: &mut Faults) {
    let mut paths = Paths::new(graph);
    let mut depth = Depth { graph, cycles: BTreeSet::new() };
    for (ix, element) in graph.iter() {
        if !element.class.is_a(Class::ComplexSchema) || element.is_standard() {
            continue;
        }
        let found = paths.value(ix, &mut depth);
        let most = greatest_depth(element.version, element.limits);
        if found > most {
            let deepest = beyond(graph, ix, most);
            let fault = Fault::new(Code::ExcessiveDepthWide, element.at()).id(graph.id(element));
            let fault = fault.secondary(graph.id(graph.get(deepest)));
            let fault = fault.observed(found as usize).expected(most as usize);
            faults.push(fault.also(graph.get(deepest).at()).shown_at(graph.get(deepest).at().head()));
        }
    }
    for ix in depth.cycles {
        let element = graph.get(ix);
        // v4 lets schemas refer to themselves
        if element.version < Version::V4 {
            let fault = Fault::new(Code::RecursiveStructureWide, element.at()).id(graph.id(element));
            faults.push(fault.only_at(element.at().head()));
        }
    }
}

fn greatest_depth(version: Version, limits: Limits) -> u32 {
    match (version, limits) {
        (Version::V4, Limits::Core) => 8,
        (Version::V4, Limits::Aio1) => 12,
        (Version::V4, Limits::Onvif1) => 24,
        _ => 5,
    }
}

/// The element that goes deeper at the limit, along the first way that leads too deep.
fn beyond(graph: &Graph, from: Ix, most: u32) -> Ix {
    let mut stack = vec![(from, 0)];
    let mut seen = BTreeSet::new();
    while let Some((ix, depth)) = stack.pop() {
        let steps: Vec<Step> = schema_steps(graph, ix).collect();
        if depth == most && steps.iter().any(|step| step.counts) {
            return ix;
        }
        if seen.insert((ix, depth)) {
            stack.extend(steps.iter().rev().map(|step| (step.to, depth + u32::from(step.counts))));
        }
    }
    from
}

fn schema_steps(graph: &Graph, from: Ix) -> impl Iterator<Item = Step> {
    graph.get(from).element_members().flat_map(|(name, elements)| {
        let counts = DEEPER.contains(&name);
        elements.iter().map(move |to| Step { to: *to, counts })
    })
}

struct Depth<'g> {
    graph: &'g Graph,
    cycles: BTreeSet<Ix>,
}

impl Fold for Depth<'_> {
    type Value = u32;

    fn steps(&self, from: Ix, steps: &mut Vec<Step>) {
        steps.extend(schema_steps(self.graph, from));
    }

    fn start(&self) -> u32 {
        0
    }

    fn join(&self, value: u32, step: Step, reached: u32) -> u32 {
        value.max(reached.saturating_add(u32::from(step.counts)))
    }

    fn cycle(&mut self, to: Ix) {
        self.cycles.insert(to);
    }
}

fn check_count(graph: &Graph, inheritance: &Inheritance, faults: &mut Faults) {
    let mut paths = Paths::new(graph);
    let mut count = Count { graph, inheritance, cycles: BTreeSet::new() };
    for (ix, element) in graph.iter() {
        if element.class != Class::Interface || element.version < Version::V3 {
            continue;
        }
        let found = paths.value(ix, &mut count);
        if found > MOST {
            let fault = Fault::new(Code::ExcessiveCount, element.at()).id(graph.id(element));
            let found = usize::try_from(found).unwrap_or(usize::MAX);
            let fault = fault.property(COUNTED_TEXT).observed(found).expected(100_000);
            faults.push(fault.only_at(element.at().head()));
        }
    }
    for ix in count.cycles {
        let element = graph.get(ix);
        if element.version == Version::V3 {
            let fault = Fault::new(Code::RecursiveStructureNarrow, element.at()).id(graph.id(element));
            faults.push(fault.property(COUNTED_TEXT).only_at(element.at().head()));
        }
    }
}

struct Count<'g> {
    graph: &'g Graph,
    inheritance: &'g Inheritance,
    cycles: BTreeSet<Ix>,
}

impl Fold for Count<'_> {
    type Value = u32;

    fn steps(&self, from: Ix, steps: &mut Vec<Step>) {
        let element = self.graph.get(from);
        let contents = self.inheritance.contents(self.graph, from).iter();
        let own = element.element_members().filter(|(name, _)| COUNTED.contains(name));
        let all = contents.chain(own.flat_map(|(_, elements)| elements));
        steps.extend(all.map(|to| Step { to: *to, counts: true }));
    }

    fn start(&self) -> u32 {
        0
    }

    fn join(&self, value: u32, _: Step, reached: u32) -> u32 {
        value.saturating_add(reached).saturating_add(1)
    }

    fn cycle(&mut self, to: Ix) {
        self.cycles.insert(to);
    }
}
