//! Co-types that name another element beside them: an annotation annotates one, an override overrides a member of one.

use std::collections::BTreeMap;

use super::Inheritance;
use super::cotypes::lineage;
use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Demand, Element, Graph, Held, Ix};
use crate::language::cotypes::{Constraint, Sibling};
use crate::language::members::members;
use crate::language::standard::alias;
use crate::language::terms;
use crate::resolve::called;
use crate::source::Location;

/// The member around, what is named, and what is overridden there: each may be overridden once.
type Overridden = (Ix, &'static str, String, String);

/// A constraint at work: the element that names, the one that it names, and in which member of whom both are.
struct Pair<'g> {
    graph: &'g Graph,
    current: &'g Element,
    target: &'g Element,
    holder: Ix,
    member: &'static str,
    keyref: &'static str,
    key: &'static str,
    name: String,
}

pub(super) fn check(graph: &Graph, inheritance: &Inheritance, faults: &mut Faults) {
    let mut overridden: BTreeMap<Overridden, Location> = BTreeMap::new();
    let some = |element: &Element| !element.is_standard() && !element.cotypes().is_empty();
    for (ix, element) in graph.iter().filter(|(_, element)| some(element)) {
        let siblings: Vec<&Sibling> =
            lineage(element).into_iter().flat_map(|cotype| &cotype.siblings).collect();
        if siblings.is_empty() {
            continue;
        }
        for (holder, member) in inheritance.holders(graph, ix) {
            for sibling in &siblings {
                let (key, keyref) = (sibling.key, sibling.keyref.as_str());
                let pair = named(graph, inheritance, element, [holder, ix], member, key, keyref);
                if let Some(pair) = pair {
                    pair.check_reference(sibling, &mut overridden, faults);
                    pair.check_types(sibling, faults);
                    pair.check_member(sibling, faults);
                }
            }
        }
    }
    check_values(graph, inheritance, faults);
}

/// The element that `element` names by a member of its co-type, among those beside it.
fn named<'g>(
    graph: &'g Graph,
    inheritance: &Inheritance,
    element: &'g Element,
    [holder, _]: [Ix; 2],
    member: &'static str,
    key: &'static str,
    keyref: &str,
) -> Option<Pair<'g>> {
    let name = graph.text(element, keyref)?.to_owned();
    let beside = inheritance.children(graph, holder, member);
    let target = beside.iter().find(|other| graph.text(graph.get(**other), key) == Some(name.as_str()))?;
    let keyref = terms::term_of(keyref)?;
    Some(Pair { graph, current: element, target: graph.get(*target), holder, member, keyref, key, name })
}

impl Pair<'_> {
    /// Where the naming member is written.
    fn reference_at(&self) -> Location {
        let written =
            self.current.entries.iter().find(|entry| terms::term_of(entry.name) == Some(self.keyref));
        written.map_or(self.current.at(), |entry| entry.place.key)
    }

    fn fault(&self, code: Code) -> Fault {
        let fault =
            Fault::new(code, self.reference_at()).id(self.graph.id(self.current)).property(self.keyref);
        let fault = fault.secondary(self.graph.id(self.target)).aux(self.key).value(&self.name);
        fault.also(self.target.at())
    }

    fn check_reference(
        &self,
        sibling: &Sibling,
        overridden: &mut BTreeMap<Overridden, Location>,
        faults: &mut Faults,
    ) {
        let Some(unique) = sibling.unique_reference.as_deref() else { return };
        let Some(path) = identifier(self.graph, self.current, unique) else { return };
        let key = (self.holder, self.member, self.name.clone(), path.to_owned());
        let Some(first) = overridden.insert(key, self.current.at()) else { return };
        let names = [self.keyref, terms::term_of(unique).unwrap_or(unique)];
        let values = [self.name.as_str(), terms::term_of(path).unwrap_or(path)];
        let fault = Fault::new(Code::MultipleReference, first).id(self.graph.id(self.graph.get(self.holder)));
        let fault = fault.property(self.member).secondary(unique);
        let fault = fault.aux(&format!("'{}' and '{}'", names[0], names[1]));
        let fault = fault.value(format!("'{}' and '{}'", values[0], values[1]));
        faults.push(fault.also(self.current.at()).shown_at(self.current.at()));
    }

    fn check_types(&self, sibling: &Sibling, faults: &mut Faults) {
        let required = &sibling.required_types;
        if !required.is_empty() && !required.iter().any(|id| self.target.has_type(id)) {
            let fault = self.fault(Code::NotSiblingRequiredType);
            faults.push(fault.kind(&sibling.required_types_text));
        }
        if let Some(disallowed) = sibling.disallowed_type.as_ref().filter(|id| self.target.has_type(id)) {
            let name = terms::term_of(disallowed).unwrap_or(disallowed);
            faults.push(self.fault(Code::DisallowedType).kind(name));
        }
    }

    /// What is overridden is a member that a co-type brings to the named element.
    fn check_member(&self, sibling: &Sibling, faults: &mut Faults) {
        let Some(path) = sibling.supplemental_property.as_deref() else { return };
        let Some(overridden) = identifier(self.graph, self.current, path) else { return };
        if self.target.cotypes().iter().any(|cotype| cotype.member(overridden).is_some()) {
            return;
        }
        let term = terms::term_of(overridden).unwrap_or(overridden);
        let own = members(self.target.class, self.target.version).any(|member| member.name == term);
        let code =
            if own { Code::MatchingPropertyNotSupplemental } else { Code::NoMatchingSupplementalProperty };
        let fault = self.fault(code).restriction(term).kind(self.target.class.name());
        faults.push(fault.transformation(terms::term_of(path).unwrap_or(path)));
    }
}

/// The DTMI in a member.
fn identifier<'g>(graph: &'g Graph, element: &'g Element, member: &str) -> Option<&'g str> {
    match element.held(member) {
        Some(Held::Identifier(id)) => Some(graph.str(element, *id)),
        _ => None,
    }
}

/// The schema of an override is that of what it overrides.
fn check_values(graph: &Graph, inheritance: &Inheritance, faults: &mut Faults) {
    for expectation in &graph.expectations {
        let Demand::Constraint(constraint) = expectation.demand else { continue };
        let (Some(key), Some(keyref)) = (constraint.sibling_key, constraint.sibling_keyref.as_deref()) else {
            continue;
        };
        let source = expectation.source;
        let current = graph.get(source);
        for (holder, member) in inheritance.holders(graph, source) {
            let pair = named(graph, inheritance, current, [holder, source], member, key, keyref);
            let called = called(graph, &expectation.target);
            let found = alias(&called);
            if let Some(wanted) = pair.and_then(|pair| wanted_value(&pair, constraint))
                && alias(wanted) != found
            {
                let entry = current.entry(expectation.member);
                let at = entry.map_or(current.at(), |entry| entry.place.key);
                let fault = Fault::new(Code::SiblingPropertyMismatch, at).id(graph.id(current));
                let fault = fault.property(expectation.member);
                let fault = fault.value(terms::term_of(&called).unwrap_or(&called));
                faults.push(fault.restriction(terms::term_of(wanted).unwrap_or(wanted)));
            }
        }
    }
}

/// The element that the overridden member's values are part of, or its type.
fn wanted_value<'g>(pair: &Pair<'g>, constraint: &Constraint) -> Option<&'g str> {
    let parent_of = constraint.sibling_parent_of.as_deref();
    let class_of = constraint.sibling_class_of.as_deref();
    let overridden = identifier(pair.graph, pair.current, parent_of.or(class_of)?)?;
    let member = pair.target.cotypes().iter().find_map(|cotype| cotype.member(overridden))?;
    match parent_of {
        Some(_) => member.child_of.as_deref(),
        None => match &member.value {
            crate::language::cotypes::MemberValue::Element(class) => Some(class),
            _ => None,
        },
    }
}
