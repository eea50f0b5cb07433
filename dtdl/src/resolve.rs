//! References: which are to elements that exist, and the elements they are linked to.
//!
//! Finds what is missing ([`missing`]), and, when nothing is, links members to elements ([`link`]) and checks what can be
//! seen from a reference alone: class, version, the Interface around, the family of a unit.

use std::borrow::Cow;
use std::sync::Arc;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{self, Element, Expected, Form, Graph, Id, Ix, Place, Reference, Target};
use crate::language::Version;
use crate::language::class::Class;
use crate::language::cotypes::CotypeMember;
use crate::language::extensions;
use crate::language::standard::{StandardValue, alias};
use crate::source::Location;

/// The member that holds its elements by name.
const KEYED: &str = "contents";

/// An id that nothing defines, and where it is asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unresolved {
    /// The id.
    pub id: String,
    /// Every place that asks for it.
    pub asked_at: Vec<Location>,
}

/// Adds the standard elements that are referred to, and gives the ids that nothing defines; terms that mean no element
/// and unknown ids of the language's own are reported.
pub(crate) fn missing(graph: &mut Graph, faults: &mut Faults) -> Vec<Unresolved> {
    let mut missing: Vec<Unresolved> = Vec::new();
    let mut known: HashMap<Id, usize> = HashMap::default();
    for number in 0..graph.references.len() {
        let reference = &graph.references[number];
        let Target::Named(id) = &reference.target else { continue };
        let (id, at) = (Arc::clone(id), reference.value);
        if graph.find(&id).or_else(|| graph.standard(&id, at)).is_some() {
            continue;
        }
        if let Some(fault) = refused(graph, &graph.references[number], &id) {
            faults.push(fault);
            continue;
        }
        let index = *known.entry(Arc::clone(&id)).or_insert_with(|| {
            missing.push(Unresolved { id: id.to_string(), asked_at: Vec::new() });
            missing.len() - 1
        });
        missing[index].asked_at.push(at);
    }
    missing
}

/// The fault of a reference to what no document could define.
fn refused(graph: &Graph, reference: &Reference, id: &Id) -> Option<Fault> {
    let fault = |code| {
        let fault = Fault::new(code, graph.key_of(reference)).id(graph.id(graph.get(reference.source)));
        fault.property(reference.member).secondary(id).also(reference.value).only_at(reference.value)
    };
    if let Form::ById(expected @ Expected { by_term: true, .. }) = reference.form {
        return Some(fault(Code::BadType).kind(kinds(expected)));
    }
    extensions::is_reserved_anywhere(id).then(|| fault(Code::UndefinedReservedId))
}

/// Links every reference to its element and reports those that may not stand where they do.
pub(crate) fn link(graph: &mut Graph, faults: &mut Faults) {
    for reference in std::mem::take(&mut graph.references) {
        if let Some(target) = target(graph, &reference.target)
            && check(graph, &reference, target, faults)
        {
            graph.link(reference.source, reference.member, target);
        }
    }
    graph.finish_links();
    for ix in graph.indices() {
        if let Some(kept) = check_keys(graph, ix, faults) {
            graph.keep(ix, KEYED, kept);
        }
    }
    link_standards(graph);
}

/// Whether a reference may be linked.
fn check(graph: &Graph, reference: &Reference, target: Ix, faults: &mut Faults) -> bool {
    check_partition(graph, reference, target, faults);
    if let Form::ById(expected) = reference.form
        && !check_expected(graph, reference, expected, target, faults)
    {
        return false;
    }
    check_parent(graph, reference, target, faults);
    true
}

/// The element that is referred to, if there is one.
pub(crate) fn target(graph: &Graph, target: &Target) -> Option<Ix> {
    match target {
        Target::Known(ix) | Target::Alias(ix, _) => Some(*ix),
        Target::Named(id) => find(graph, id),
    }
}

/// The id that a target is called by, which may be an alias of the element's.
pub(crate) fn called<'r>(graph: &'r Graph, target: &'r Target) -> Cow<'r, str> {
    match target {
        Target::Known(ix) => graph.id(graph.get(*ix)),
        Target::Alias(_, id) => Cow::Borrowed(id),
        Target::Named(id) => Cow::Borrowed(id),
    }
}

fn find(graph: &Graph, id: &str) -> Option<Ix> {
    graph.find(id).or_else(|| graph.find(alias(id)))
}

/// Standard elements hold one another, too.
fn link_standards(graph: &mut Graph) {
    for ix in graph.indices() {
        let element = graph.get(ix);
        let Some(standard) = element.as_standard() else { continue };
        let place = Place::new(element.at(), element.at(), false);
        for (member, target) in &standard.links {
            if let Some(target) = graph.find(alias(target)) {
                graph.get_mut(ix).push_element(member, target, place);
            }
        }
        for (member, value) in &standard.cotype_values {
            match value {
                StandardValue::Element(target) => {
                    if let Some(target) = graph.find(alias(target)) {
                        graph.get_mut(ix).push_element(member, target, place);
                    }
                }
                StandardValue::Literal(literal) => {
                    let entry = graph::Entry { name: member, place, held: graph.held(literal) };
                    graph.get_mut(ix).entries.push(entry);
                }
            }
        }
    }
}

/// What is written in an Interface may be referred to from inside it only.
fn check_partition(graph: &Graph, reference: &Reference, target: Ix, faults: &mut Faults) {
    let (source, target) = (graph.get(reference.source), graph.get(target));
    if target.is_partition() {
        return;
    }
    let own = source.partition.filter(|_| !source.is_partition());
    let from = own.unwrap_or(reference.source);
    if let Some(to) = target.partition.filter(|to| *to != from) {
        let (from, to) = (graph.id(graph.get(from)), graph.id(graph.get(to)));
        let place = graph.key_of(reference);
        let fault = Fault::new(Code::CrossPartitionReference, place).id(graph.id(source));
        let fault = fault.property(reference.member).secondary(called(graph, &reference.target));
        faults.push(fault.value(to).restriction(from).also(target.at()));
    }
}

/// Whether an element is of the class and of a version that a member allows.
pub(crate) fn suits(target: &Element, expected: Expected) -> bool {
    is_of(target, expected) && allows(expected, target.version)
}

fn is_of(target: &Element, expected: Expected) -> bool {
    let bare_instance = expected.class == Class::InterfaceInstance && target.class == Class::Interface;
    fits(target.class, expected) || bare_instance
}

fn allows(expected: Expected, version: Version) -> bool {
    let same = expected.version == Version::V1Preview || version == expected.version;
    same || (expected.older && version < expected.version)
}

/// Reports a target that does not [suit](suits); whether it is of a class that it may be linked for.
fn check_expected(
    graph: &Graph,
    reference: &Reference,
    expected: Expected,
    target: Ix,
    faults: &mut Faults,
) -> bool {
    let (source, target) = (graph.get(reference.source), graph.get(target));
    if !is_of(target, expected) {
        let fault = Fault::new(Code::BadType, graph.key_of(reference))
            .id(graph.id(source))
            .property(reference.member);
        let fault = fault
            .secondary(called(graph, &reference.target))
            .value(target.class.name())
            .kind(kinds(expected));
        faults.push(fault.also(reference.value).only_at(reference.value));
        return false;
    }
    if !allows(expected, target.version) {
        let versions = [Version::V4, Version::V3, Version::V2].into_iter();
        let versions = versions.filter(|version| allows(expected, *version));
        let versions: Vec<_> = versions.map(|version| version.number().to_string()).collect();
        let place = graph.key_of(reference);
        let fault = Fault::new(Code::DisallowedVersionReference, place).id(graph.id(source));
        let fault = fault.property(reference.member).secondary(called(graph, &reference.target));
        let fault = fault.value(target.version.number()).restriction(versions.join(" ,"));
        faults.push(fault.also(target.at()));
    }
    true
}

/// A unit must be of the family that the semantic type wants.
fn check_parent(graph: &Graph, reference: &Reference, target: Ix, faults: &mut Faults) {
    let Form::Extension(CotypeMember { child_of: Some(wanted), .. }) = reference.form else { return };
    let parent = graph.parent(target);
    if parent.as_deref() == Some(wanted) {
        return;
    }
    let relation = match parent {
        Some(parent) => format!("child of {parent}"),
        None => "top-level element".to_owned(),
    };
    let fault =
        Fault::new(Code::WrongParent, graph.key_of(reference)).id(graph.id(graph.get(reference.source)));
    let fault = fault.property(reference.member).secondary(called(graph, &reference.target));
    faults.push(fault.value(relation).restriction(wanted).only_at(reference.value));
}

/// What a member holds by name has a name, which nothing else there has. Gives what is left where something has the name
/// of another.
fn check_keys(graph: &Graph, holder: Ix, faults: &mut Faults) -> Option<Vec<Ix>> {
    let held = graph.children(holder, KEYED);
    if held.is_empty() {
        return None;
    }
    let mut names: HashMap<&str, Ix> = HashMap::with_capacity(held.len());
    let mut kept = Vec::with_capacity(held.len());
    for ix in held {
        let Some(name) = graph.text(graph.get(*ix), "name") else {
            faults.push(nameless(graph, holder, *ix));
            kept.push(*ix);
            continue;
        };
        match names.entry(name) {
            Entry::Vacant(free) => {
                free.insert(*ix);
                kept.push(*ix);
            }
            Entry::Occupied(first) if first.get() == ix => {}
            Entry::Occupied(first) => faults.push(named_twice(graph, holder, name, [*first.get(), *ix])),
        }
    }
    (kept.len() < held.len()).then_some(kept)
}

fn nameless(graph: &Graph, holder: Ix, ix: Ix) -> Fault {
    let (holder, element) = (graph.get(holder), graph.get(ix));
    let place = holder.entry(KEYED).map_or(holder.at(), |entry| entry.place.key);
    let fault = Fault::new(Code::MissingDictKeyPropertyValue, place).id(graph.id(holder)).property(KEYED);
    fault.secondary(graph.id(element)).value("name").also(element.at())
}

fn named_twice(graph: &Graph, holder: Ix, name: &str, [first, second]: [Ix; 2]) -> Fault {
    let at = |ix| graph.get(ix).key_at("name").unwrap_or(graph.get(ix).at());
    let fault = Fault::new(Code::NonUniquePropertyValue, at(first)).id(graph.id(graph.get(holder)));
    let fault = fault.property(KEYED).aux("name").value(name);
    fault.also(at(second)).shown_at(at(second))
}

/// Whether elements of `class` may stand where `expected` is.
fn fits(class: Class, expected: Expected) -> bool {
    class.is_a(expected.class) && class.versions().contains(&expected.version)
}

/// The classes that a member allows, for people.
fn kinds(expected: Expected) -> String {
    let fitting = Class::EVERY.iter().filter(|class| !class.is_abstract() && fits(**class, expected));
    fitting.map(|class| class.name()).collect::<Vec<_>>().join(" or ")
}
