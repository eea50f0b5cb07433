//! `extends`: how deep and how wide, and the contents that each Interface comes to have.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::paths::{Fold, Paths, Step};
use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Graph, Ix};
use crate::language::Version;
use crate::language::class::Class;

/// The depth and the number of bases up to which hierarchies are followed as they are: no valid one has more.
const SOUND: (u32, u64) = (12, 2048);
/// How many references are followed of each Interface in others, which are refused anyway and may be of any size.
const FOLLOWED: usize = 16;

/// The contents of each Interface, inherited ones included.
#[derive(Debug, Default)]
pub(crate) struct Inheritance {
    contents: HashMap<Ix, Vec<Ix>>,
    /// For contents that are inherited, the Interfaces that inherit them.
    heirs: HashMap<Ix, Vec<Ix>>,
}

impl Inheritance {
    /// Finds out what is inherited and reports cycles, chains that are too long, too many bases, and names that meet.
    pub(super) fn of(graph: &Graph, faults: &mut Faults) -> Self {
        let mut inheritance = Self::default();
        let mut cycles = HashSet::new();
        let mut depths = Paths::new(graph);
        let mut depth = Depth { graph, cycles: &mut cycles };
        let interfaces: Vec<Ix> =
            graph.iter().filter(|(_, e)| e.class == Class::Interface).map(|(ix, _)| ix).collect();
        let depths: Vec<u32> = interfaces.iter().map(|ix| depths.value(*ix, &mut depth)).collect();
        let mut reported: Vec<Ix> = cycles.into_iter().collect();
        reported.sort_unstable();
        for ix in &reported {
            let element = graph.get(*ix);
            let at = element.key_at("extends").unwrap_or(element.at());
            let fault = Fault::new(Code::RecursiveStructureNarrow, element.at()).id(graph.id(element));
            faults.push(fault.property("'extends'").only_at(at));
        }
        let counts = counts(graph, &interfaces);
        for ((ix, depth), count) in interfaces.iter().zip(depths).zip(&counts) {
            if reported.is_empty() {
                check_depth(graph, *ix, depth, faults);
            }
            let most = if depth <= SOUND.0 && *count <= SOUND.1 { usize::MAX } else { FOLLOWED };
            inheritance.import(graph, *ix, most, faults);
        }
        if reported.is_empty() {
            check_count(graph, &interfaces, &counts, faults);
        }
        inheritance
    }

    /// What an Interface has, in the order: its own, then its bases'.
    pub(crate) fn contents<'a>(&'a self, graph: &'a Graph, interface: Ix) -> &'a [Ix] {
        match self.contents.get(&interface) {
            Some(contents) => contents,
            None => graph.children(interface, "contents"),
        }
    }

    /// The elements that hold `ix`, inheriting Interfaces included.
    pub(super) fn holders(&self, graph: &Graph, ix: Ix) -> Vec<(Ix, &'static str)> {
        let heirs = self.heirs.get(&ix).into_iter().flatten().map(|heir| (*heir, "contents"));
        let referrers = graph.referrers(ix).map(|referrer| (referrer.source, referrer.member));
        referrers.chain(heirs).collect()
    }

    /// What an element's member holds; for contents, with what is inherited.
    pub(super) fn children<'a>(&'a self, graph: &'a Graph, ix: Ix, member: &str) -> &'a [Ix] {
        if member == "contents" { self.contents(graph, ix) } else { graph.children(ix, member) }
    }

    /// Gives an Interface the contents of its bases, of which at most so many are followed.
    fn import(&mut self, graph: &Graph, interface: Ix, most: usize, faults: &mut Faults) {
        if graph.children(interface, "extends").is_empty() {
            return;
        }
        let bases = closure(graph, interface, most);
        if bases.is_empty() {
            return;
        }
        let mut contents = graph.children(interface, "contents").to_vec();
        let mut names: BTreeMap<&str, Ix> = BTreeMap::new();
        for ix in &contents {
            names.entry(graph.text(graph.get(*ix), "name").unwrap_or_default()).or_insert(*ix);
        }
        for base in bases {
            for content in graph.children(base, "contents") {
                let name = graph.text(graph.get(*content), "name").unwrap_or_default();
                match names.get(name) {
                    Some(other) if other == content => {}
                    Some(other) => faults.push(collision(graph, interface, base, name, [*other, *content])),
                    None => {
                        names.insert(name, *content);
                        contents.push(*content);
                        self.heirs.entry(*content).or_default().push(interface);
                    }
                }
            }
        }
        self.contents.insert(interface, contents);
    }
}

fn collision(graph: &Graph, interface: Ix, base: Ix, name: &str, [first, second]: [Ix; 2]) -> Fault {
    let at = |ix| graph.get(ix).key_at("name").unwrap_or(graph.get(ix).at());
    let fault =
        Fault::new(Code::NonUniqueImportedPropertyValue, at(first)).id(graph.id(graph.get(interface)));
    let fault = fault.secondary(graph.id(graph.get(base))).property("contents").transformation("'extends'");
    fault.aux("name").value(name).also(at(second))
}

/// All Interfaces that one extends, directly or not, nearest first; of more references than `most` the first.
fn closure(graph: &Graph, interface: Ix, most: usize) -> Vec<Ix> {
    let mut found = Vec::new();
    let mut seen = HashSet::from([interface]);
    let first = |ix| graph.children(ix, "extends").iter().take(most).rev();
    let mut todo: Vec<Ix> = first(interface).copied().collect();
    let mut steps = 0;
    while let Some(base) = todo.pop() {
        steps += 1;
        if steps > most {
            break;
        }
        if seen.insert(base) {
            found.push(base);
            todo.extend(first(base));
        }
    }
    found
}

fn check_depth(graph: &Graph, interface: Ix, depth: u32, faults: &mut Faults) {
    let element = graph.get(interface);
    let most = if element.version == Version::V4 { 12 } else { 10 };
    if depth <= most || element.version == Version::V1Preview {
        return;
    }
    // the first Interface beyond the limit, along the longest chain of first bases
    let mut at = interface;
    for _ in 0..=most {
        at = graph.child(at, "extends").unwrap_or(at);
    }
    let fault =
        Fault::new(Code::ExcessiveDepthNarrow, element.at()).id(graph.id(element)).property("'extends'");
    let fault = fault.secondary(graph.id(graph.get(at))).observed(depth as usize).expected(most as usize);
    let shown = element.key_at("extends").unwrap_or(element.at());
    faults.push(fault.also(graph.get(at).at()).only_at(shown));
}

/// The number of all bases of each Interface, each as often as it is reached.
fn counts(graph: &Graph, interfaces: &[Ix]) -> Vec<u64> {
    let mut counts = Paths::new(graph);
    let mut fold = Count { graph };
    interfaces.iter().map(|ix| counts.value(*ix, &mut fold)).collect()
}

/// Since v3 the number of all bases, each as often as it is reached, is bounded.
fn check_count(graph: &Graph, interfaces: &[Ix], counts: &[u64], faults: &mut Faults) {
    const MOST: u64 = 1024;
    for (ix, count) in interfaces.iter().zip(counts) {
        let element = graph.get(*ix);
        if element.version >= Version::V3 && *count > MOST {
            let observed = usize::try_from(*count).unwrap_or(usize::MAX);
            let fault = Fault::new(Code::ExcessiveCount, element.at()).id(graph.id(element));
            let fault = fault.property("'extends'").observed(observed).expected(1024);
            faults.push(fault.only_at(element.key_at("extends").unwrap_or(element.at())));
        }
    }
}

fn bases(graph: &Graph, from: Ix) -> impl Iterator<Item = Step> {
    graph.children(from, "extends").iter().map(|to| Step { to: *to, counts: true })
}

struct Depth<'g, 'c> {
    graph: &'g Graph,
    cycles: &'c mut HashSet<Ix>,
}

impl Fold for Depth<'_, '_> {
    type Value = u32;

    fn steps(&self, from: Ix, steps: &mut Vec<Step>) {
        steps.extend(bases(self.graph, from));
    }

    fn start(&self) -> u32 {
        0
    }

    fn join(&self, value: u32, _: Step, reached: u32) -> u32 {
        value.max(reached.saturating_add(1))
    }

    fn cycle(&mut self, to: Ix) {
        self.cycles.insert(to);
    }
}

struct Count<'g> {
    graph: &'g Graph,
}

impl Fold for Count<'_> {
    type Value = u64;

    fn steps(&self, from: Ix, steps: &mut Vec<Step>) {
        steps.extend(bases(self.graph, from));
    }

    fn start(&self) -> u64 {
        0
    }

    fn join(&self, value: u64, _: Step, reached: u64) -> u64 {
        value.saturating_add(reached).saturating_add(1)
    }

    fn cycle(&mut self, _: Ix) {}
}
