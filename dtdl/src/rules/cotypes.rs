//! What co-types demand: of the elements in the members of theirs, of their companions, of the element around them, and
//! of the values that they bring. One interpreter over the tables of `language`.

use super::Inheritance;
use super::members::literal_text;
use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Demand, Element, Expectation, Graph, Ix};
use crate::instance;
use crate::language::Primitive;
use crate::language::cotypes::{Constraint, Cotype, CotypeMember, cotype};
use crate::language::standard::alias;
use crate::language::terms;
use crate::model::{Schema, SchemaKind, Texts};
use crate::resolve;

/// What was noted while reading: a semantic type wants a number, an annotation's unit is a unit.
pub(super) fn check_expectations(graph: &Graph, faults: &mut Faults) {
    for expectation in &graph.expectations {
        let Some(target) = resolve::target(graph, &expectation.target) else { continue };
        let target = graph.get(target);
        match expectation.demand {
            Demand::Constraint(constraint) => {
                check_constraint(graph, expectation, constraint, target, faults);
            }
            Demand::Type(wanted) if !target.has_type(wanted) => {
                let wanted = terms::term_of(wanted).unwrap_or(wanted);
                faults.push(not_required(graph, expectation, target, Code::NotRequiredType).kind(wanted));
            }
            Demand::Type(_) => {}
        }
    }
}

fn check_constraint(
    graph: &Graph,
    expectation: &Expectation,
    constraint: &Constraint,
    target: &Element,
    faults: &mut Faults,
) {
    let types = &constraint.required_types;
    if !types.is_empty() && !types.iter().any(|id| target.has_type(id)) {
        let fault = not_required(graph, expectation, target, Code::NotRequiredType);
        faults.push(fault.kind(&constraint.required_types_text));
    }
    let (values, found) = (&constraint.required_values, graph.id(target));
    if !values.is_empty() && !values.iter().any(|id| alias(id) == found) {
        let fault = not_required(graph, expectation, target, Code::NotRequiredValue);
        faults.push(fault.restriction(&constraint.required_values_text));
    }
}

fn not_required(graph: &Graph, expectation: &Expectation, target: &Element, code: Code) -> Fault {
    let source = graph.get(expectation.source);
    let entry = source.entry(expectation.member);
    let at = entry.map_or(source.at(), |entry| entry.place.key);
    let fault = Fault::new(code, at).id(graph.id(source)).property(expectation.member);
    fault.secondary(graph.id(target)).only_at(entry.map_or(at, |entry| entry.place.values()))
}

/// The co-types of every element.
pub(super) fn check(graph: &Graph, inheritance: &Inheritance, faults: &mut Faults) {
    for (ix, element) in graph.iter().filter(|(_, element)| !element.is_standard()) {
        for cotype in element.cotypes() {
            check_companions(graph, element, cotype, faults);
            for constraint in cotype.constraints.iter().filter(|constraint| constraint.inverse) {
                check_holder(graph, inheritance, ix, cotype, constraint, faults);
            }
            for member in &cotype.members {
                check_member(graph, inheritance, ix, member, faults);
            }
        }
    }
}

fn check_companions(graph: &Graph, element: &Element, cotype: &Cotype, faults: &mut Faults) {
    for forbidden in &cotype.forbids {
        if element.has_cotype(forbidden) {
            let other = terms::term_of(forbidden).unwrap_or(forbidden);
            let fault = Fault::new(Code::DisallowedCocotype, element.types_at()).id(graph.id(element));
            faults.push(fault.kind(cotype.term).restriction(other));
        }
    }
}

/// What a co-type demands of the element that holds this one, and of the others that it holds.
fn check_holder(
    graph: &Graph,
    inheritance: &Inheritance,
    ix: Ix,
    cotype: &Cotype,
    constraint: &Constraint,
    faults: &mut Faults,
) {
    let element = graph.get(ix);
    let fault = |code| {
        let fault = Fault::new(code, element.types_at()).id(graph.id(element)).kind(cotype.term);
        fault.property(constraint.property)
    };
    for (holder, member) in inheritance.holders(graph, ix) {
        if member != constraint.property {
            continue;
        }
        let types = &constraint.required_types;
        if !types.is_empty() && !types.iter().any(|id| graph.get(holder).has_type(id)) {
            let text = &constraint.required_types_text;
            faults.push(fault(Code::ParentMissingCotype).restriction(text));
        }
        let others: Vec<Ix> = inheritance
            .children(graph, holder, member)
            .iter()
            .filter(|other| **other != ix)
            .copied()
            .collect();
        let with = |id: &str| others.iter().find(|other| graph.get(**other).has_cotype(id)).copied();
        if let Some(id) = &constraint.none_other
            && let Some(other) = with(id)
        {
            let name = terms::term_of(id).unwrap_or(id);
            let fault = fault(Code::SiblingDuplicatesCotype).secondary(graph.id(graph.get(other)));
            faults.push(fault.restriction(name));
        }
        if let Some(id) = constraint.some_other.as_ref().filter(|id| with(id).is_none()) {
            let name = terms::term_of(id).unwrap_or(id);
            faults.push(fault(Code::SiblingMissingCotype).restriction(name));
        }
    }
}

fn check_member(
    graph: &Graph,
    inheritance: &Inheritance,
    ix: Ix,
    member: &CotypeMember,
    faults: &mut Faults,
) {
    let element = graph.get(ix);
    if element.entry(&member.id).is_none() {
        return;
    }
    if member.unique {
        check_unique(graph, inheritance, ix, member, faults);
    }
    if let Some(governing) = member.instance_of {
        check_instance(graph, ix, member, governing, faults);
    }
}

/// No other element beside this one has the same value.
fn check_unique(
    graph: &Graph,
    inheritance: &Inheritance,
    ix: Ix,
    member: &CotypeMember,
    faults: &mut Faults,
) {
    let Some(value) = literal_text(graph, graph.get(ix), &member.id) else { return };
    for (holder, property) in inheritance.holders(graph, ix) {
        for other in inheritance.children(graph, holder, property) {
            if *other == ix || literal_text(graph, graph.get(*other), &member.id).as_ref() != Some(&value) {
                continue;
            }
            let at = |ix: Ix| graph.get(ix).entry(&member.id).map_or(graph.get(ix).at(), |e| e.place.key);
            let fault = Fault::new(Code::NonUniquePropertyValue, at(ix)).id(graph.id(graph.get(holder)));
            let fault = fault.property(property).aux(&member.id).value(&value);
            faults.push(fault.also(at(*other)));
        }
    }
}

/// A limit on a value must itself be such a value.
fn check_instance(
    graph: &Graph,
    ix: Ix,
    member: &CotypeMember,
    governing: &'static str,
    faults: &mut Faults,
) {
    let element = graph.get(ix);
    let text = literal_text(graph, element, &member.id);
    let (Some(schema), Some(text)) = (graph.child(ix, governing), text) else { return };
    let schema = graph.get(schema);
    let Some(primitive) = primitive_of(schema) else { return };
    let schema = Schema {
        kind: SchemaKind::Primitive(primitive),
        id: None,
        shared: false,
        texts: Texts::default(),
        at: element.at(),
    };
    let violations = instance::check_instance(&schema, &|_| None, &text);
    if violations.is_empty() {
        return;
    }
    let place = |name: &str| element.entry(name).map_or(element.at(), |entry| entry.place.values());
    let fault = Fault::new(Code::NonConformantPropertyValue, place(&member.id)).id(graph.id(element));
    let fault = fault.property(member.term).restriction(governing).value(text);
    faults.push(fault.observed(violations.len()).also(place(governing)));
}

/// The primitive schema that a standard element is.
pub(crate) fn primitive_of(element: &Element) -> Option<Primitive> {
    element.as_standard()?.primitive
}

/// The co-types of an element with all above them.
pub(super) fn lineage(element: &Element) -> Vec<&'static Cotype> {
    let mut all: Vec<&'static Cotype> = Vec::new();
    for one in element.cotypes() {
        let mut next = Some(*one);
        while let Some(known) = next {
            all.push(known);
            next = known.parent.as_deref().and_then(cotype);
        }
    }
    all
}
