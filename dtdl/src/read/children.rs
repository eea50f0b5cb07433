//! Members that hold elements: each written in place or referred to by id.
//!
//! Decides how many there may be and in what form; whether what is referred to exists is in `resolve`.

use super::element::Scope;
use super::object::{Object, Slot};
use super::types::Types;
use super::{Holder, Quit, Reader};
use crate::diagnostic::{Code, Fault};
use crate::graph::{Demand, Expectation, Expected, Form, Id, Reference, Target};
use crate::language::Version;
use crate::language::class::Class;
use crate::language::members::Elements;
use crate::language::standard::standard;
use crate::resolve::suits;
use crate::source::Location;
use crate::tape::{Kind, Node};

/// A member that holds elements.
pub(super) struct Slotted<'s> {
    pub(super) slot: &'s Slot<'s>,
    pub(super) scope: Scope<'s>,
    pub(super) name: &'static str,
    pub(super) elements: &'static Elements,
    /// The class wanted in this version.
    pub(super) class: Class,
    pub(super) types: &'s Types,
}

/// What keeps the elements of one member in their order: behind one that waits to be linked, all others wait.
#[derive(Default)]
struct Order {
    waits: bool,
}

impl<'s> Slotted<'s> {
    pub(super) fn holder(&self) -> Holder<'_> {
        Holder { ix: self.scope.ix, id: self.scope.id, member: self.name, partition: self.scope.partition }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    fn fault(&self, code: Code) -> Fault {
        Fault::new(code, self.slot.key).id(self.scope.id).property(self.name)
    }
}

impl Reader<'_> {
    /// Reads the elements of a member, of which there must be at least `least`.
    pub(super) fn children(&mut self, slotted: &Slotted<'_>, least: usize) -> Result<(), Quit> {
        let mut count = 0;
        let mut order = Order::default();
        for value in slotted.slot.values() {
            if !slotted.elements.plural && count > 0 {
                let at = slotted.slot.values_at();
                let fault = Fault::new(Code::ObjectMultipleValues, at).id(slotted.scope.id);
                self.faults.push(fault.property(slotted.name));
                return Ok(());
            }
            let read = match value.kind() {
                Kind::String => self.reference(slotted, value, &mut order),
                Kind::Object => match self.inline(slotted, value, &mut order) {
                    Err(Quit) if !self.options.stops_at_first => {
                        count += 1;
                        false
                    }
                    read => read?,
                },
                _ => {
                    let at = self.at(value);
                    self.faults.push(slotted.fault(Code::RefNotStringOrObject).also(at).only_at(at));
                    false
                }
            };
            count += usize::from(read);
        }
        if count < least {
            let fault = slotted.fault(Code::ObjectCountBelowMin).observed(count).expected(least);
            // an element that is wrong by itself is reported as such; that it does not count says nothing new to a person
            if self.options.stops_at_first || slotted.slot.values().next().is_none() {
                self.faults.push(fault);
            }
        }
        Ok(())
    }

    fn reference(&mut self, slotted: &Slotted<'_>, value: Node<'_>, order: &mut Order) -> bool {
        let written = value.as_str().unwrap_or_default();
        let at = self.at(value);
        let Some(id) = slotted.scope.context.meaning(&written) else {
            let version = slotted.scope.context.version;
            let near = self.near(&written, || suggestions(slotted));
            let fault = slotted.fault(Code::BadDtmiOrTerm).value(&written).restriction(version.number());
            self.faults.push(fault.also(at).only_at(at).hint(near));
            return false;
        };
        let by_term = !written.contains(':');
        self.refer_by_id(slotted, value, (id, by_term), order);
        true
    }

    fn refer_by_id(
        &mut self,
        slotted: &Slotted<'_>,
        value: Node<'_>,
        (id, by_term): (&str, bool),
        order: &mut Order,
    ) {
        let (class, older) = (slotted.class, slotted.elements.older);
        let expected = Expected { class, version: slotted.scope.context.version, older, by_term };
        // what is at hand needs no copy of its id in every place
        let known = self.at_hand(id, by_term, self.at(value));
        let target = known.unwrap_or_else(|| Target::Named(Id::from(id)));
        self.expect(slotted, &target);
        if let Target::Known(ix) | Target::Alias(ix, _) = target
            && by_term
            && !order.waits
            && suits(self.graph.get(ix), expected)
        {
            self.graph.put(slotted.scope.ix, slotted.name, ix);
            return;
        }
        self.refer(slotted, value, target, Form::ById(expected), order);
    }

    /// The element of an id that was read before, or that a term means.
    fn at_hand(&mut self, id: &str, by_term: bool, at: Location) -> Option<Target> {
        if !by_term {
            return self.graph.find(id).map(Target::Known);
        }
        if let Some((_, target)) = self.meant.iter().find(|(known, _)| *known == id) {
            return Some(target.clone());
        }
        let called = standard(id)?;
        let ix = self.graph.standard(id, at)?;
        let aliased = called.alias_for().is_some();
        let target = if aliased { Target::Alias(ix, &called.id) } else { Target::Known(ix) };
        self.meant.push((&called.id, target.clone()));
        Some(target)
    }

    /// Notes a reference to be linked when all documents are read.
    fn refer(
        &mut self,
        slotted: &Slotted<'_>,
        value: Node<'_>,
        target: Target,
        form: Form,
        order: &mut Order,
    ) {
        order.waits = true;
        let (source, member, value) = (slotted.scope.ix, slotted.name, self.at(value));
        self.graph.references.push(Reference { source, member, target, value, form });
    }

    /// Notes what the co-types of the element demand of what stands in this member.
    fn expect(&mut self, slotted: &Slotted<'_>, target: &Target) {
        for cotype in &slotted.types.cotypes {
            let mut lineage = Some(*cotype);
            while let Some(one) = lineage {
                let here = |constraint: &&crate::language::cotypes::Constraint| {
                    constraint.property == slotted.name && !constraint.inverse
                };
                self.graph.expectations.extend(one.constraints.iter().filter(here).map(|constraint| {
                    Expectation {
                        source: slotted.scope.ix,
                        member: slotted.name,
                        target: target.clone(),
                        demand: Demand::Constraint(constraint),
                    }
                }));
                lineage = one.parent();
            }
        }
    }

    /// Reads an element written in place; whether it counts.
    fn inline(&mut self, slotted: &Slotted<'_>, value: Node<'_>, order: &mut Order) -> Result<bool, Quit> {
        let object = Object::new(self.file, value);
        let context = slotted.scope.context.child(self, &object)?;
        if object.len() == 1
            && let Some(slot) = &object.id
        {
            return Ok(self.id_object(slotted, &object, slot, order));
        }
        self.check_keywords(slotted, &object, context.restricts_keywords());
        if !slotted.elements.allows(context.version, slotted.scope.context.version) {
            let allowed = allowed_versions(slotted);
            let fault = Fault::new(Code::DisallowedVersionDefinition, context.at).id(slotted.scope.id);
            let fault = fault.property(slotted.name).value(context.version.number());
            self.faults.push(fault.restriction(allowed));
        }
        let required = slotted.elements.id_required;
        let holder = slotted.holder();
        let keyed = slotted.elements.keyed;
        let id = self.element_id(&object, &context, Some(holder), required, keyed)?;
        let Some(ix) = self.element(&object, &context, &id, Some(slotted))? else { return Ok(false) };
        self.expect(slotted, &Target::Known(ix));
        if order.waits {
            self.refer(slotted, value, Target::Known(ix), Form::Inline, order);
        } else {
            self.graph.put(slotted.scope.ix, slotted.name, ix);
        }
        Ok(true)
    }

    /// `{"@id": ..}` is no reference, though early v2 models have it.
    fn id_object(
        &mut self,
        slotted: &Slotted<'_>,
        object: &Object<'_>,
        slot: &Slot<'_>,
        order: &mut Order,
    ) -> bool {
        let id = slot.value.as_str().unwrap_or_default();
        let tolerated = self.tolerant && slotted.scope.context.version == Version::V2;
        let lenient = slotted.scope.context.version == Version::V1Preview;
        if !tolerated && !lenient {
            let fault = Fault::new(Code::IdReference, object.at).id(slotted.scope.id);
            self.faults.push(fault.property(slotted.name).value(&id));
            return false;
        }
        match slotted.scope.context.meaning(&id) {
            Some(target) => {
                self.refer_by_id(slotted, object.node, (target, !id.contains(':')), order);
                true
            }
            None => {
                let fault = Fault::new(Code::IdRefBadDtmiOrTerm, slot.key).id(slotted.scope.id);
                let fault = fault.property(slotted.name).value(&id);
                self.faults.push(fault.restriction(slotted.scope.context.version.number()));
                false
            }
        }
    }

    fn check_keywords(&mut self, slotted: &Slotted<'_>, object: &Object<'_>, restricted: bool) {
        let fault = |code, at| Fault::new(code, at).id(slotted.scope.id).property(slotted.name);
        if let Some(graph) = &object.graph {
            self.faults.push(fault(Code::GraphDisallowed, graph.key));
        }
        if restricted {
            for (keyword, at) in object.foreign_keywords() {
                self.faults.push(fault(Code::KeywordDisallowed, at).value(keyword));
            }
        }
    }
}

/// The versions that elements of this member may be of: "4 ,3 ,2".
pub(super) fn allowed_versions(slotted: &Slotted<'_>) -> String {
    let parent = slotted.scope.context.version;
    let versions = [Version::V4, Version::V3, Version::V2].into_iter();
    let allowed = versions.filter(|version| slotted.elements.allows(*version, parent));
    allowed.map(|version| version.number().to_string()).collect::<Vec<_>>().join(" ,")
}

/// The terms that could stand in a member, to suggest one.
fn suggestions(slotted: &Slotted<'_>) -> Vec<&'static str> {
    if !slotted.elements.words.is_empty() {
        return slotted.elements.words.to_vec();
    }
    let lower = |term: &&str| term.starts_with(|first: char| first.is_ascii_lowercase());
    slotted.scope.context.terms().into_iter().filter(lower).collect()
}
