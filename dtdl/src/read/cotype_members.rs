//! Members that co-types bring: `unit` with a semantic type, `annotates` with an annotation.

use std::sync::Arc;

use super::element::{Scope, place};
use super::literals::TextRule;
use super::object::{Object, Slot};
use super::types::Types;
use super::{Quit, Reader};
use crate::diagnostic::{Code, Fault};
use crate::graph::{Demand, Elements, Entry, Expectation, Form, Held, Id, Reference, Target};
use crate::language::cotypes::{Cotype, CotypeMember, MemberValue};
use crate::source::Location;
use crate::tape::Kind;

impl Reader<'_> {
    /// Reads a member if a co-type of the element brings it; whether one does.
    pub(super) fn cotype_member(
        &mut self,
        slot: &Slot<'_>,
        scope: Scope<'_>,
        types: &Types,
    ) -> Result<bool, Quit> {
        let Some(id) = scope.context.meaning(&slot.name) else { return Ok(false) };
        let Some(member) = types.named.iter().find_map(|cotype| cotype.member(id)) else {
            return Ok(false);
        };
        let name = member.id.as_str();
        if let Some(first) = self.graph.get(scope.ix).entry(name) {
            let fault = Fault::new(Code::DuplicatePropertyName, slot.key).id(scope.id);
            let first = first.place.key;
            self.faults.push(fault.property(member.term).also(first));
            return Ok(true);
        }
        let held = match &member.value {
            MemberValue::Element(wanted) => self.cotype_elements(slot, scope, member, wanted),
            _ => self.cotype_value(slot, scope, member, name),
        };
        let place = place(slot, member.term);
        self.graph.get_mut(scope.ix).entries.push(Entry { name, place, held });
        Ok(true)
    }

    fn cotype_value(&mut self, slot: &Slot<'_>, scope: Scope<'_>, member: &CotypeMember, name: &str) -> Held {
        let required = !member.optional;
        match member.value {
            MemberValue::Integer => self.integer(slot, scope, name, (member.min, member.max), required),
            MemberValue::Decimal => self.numeric(slot, scope, name, required),
            MemberValue::Duration => self.duration(slot, scope, name, required),
            MemberValue::Identifier => self.identifier(slot, scope, name),
            MemberValue::String | MemberValue::Element(_) => {
                let rule = TextRule::of_member(member.max_length, member.pattern);
                self.text(slot, scope, name, rule, required)
            }
        }
    }

    fn cotype_elements(
        &mut self,
        slot: &Slot<'_>,
        scope: Scope<'_>,
        member: &'static CotypeMember,
        wanted: &'static str,
    ) -> Held {
        let mut count = 0;
        for value in slot.values() {
            if !member.plural && count > 0 {
                let fault = Fault::new(Code::ObjectMultipleValues, slot.values_at()).id(scope.id);
                self.faults.push(fault.property(member.term));
                return Held::Elements(Elements::None);
            }
            let at = self.at(value);
            let fault =
                |code| Fault::new(code, slot.key).id(scope.id).property(member.term).also(at).only_at(at);
            match (value.as_str(), value.kind()) {
                (Some(written), _) => match scope.context.meaning(&written) {
                    Some(id) => {
                        self.refer_from_extension(scope, member, wanted, id, at);
                        count += 1;
                    }
                    None => {
                        let near = self.near(&written, || scope.context.terms());
                        let fault = fault(Code::BadDtmiOrTerm).value(&written).hint(near);
                        self.faults.push(fault.restriction(scope.context.version.number()));
                    }
                },
                (None, Kind::Object) => self.faults.push(fault(Code::RefObjectNotAllowed)),
                (None, _) => self.faults.push(fault(Code::RefNotStringOrObject)),
            }
        }
        let least = usize::from(!member.optional);
        // an element that is wrong by itself is reported as such; that it does not count says nothing new to a person
        if count < least && (self.options.stops_at_first || slot.values().next().is_none()) {
            let fault = Fault::new(Code::ObjectCountBelowMin, slot.key).id(scope.id);
            self.faults.push(fault.property(member.term).observed(count).expected(least));
        }
        Held::Elements(Elements::None)
    }

    fn refer_from_extension(
        &mut self,
        scope: Scope<'_>,
        member: &'static CotypeMember,
        wanted: &'static str,
        id: &str,
        at: Location,
    ) {
        let target = Id::from(id);
        self.graph.expectations.push(Expectation {
            source: scope.ix,
            member: &member.id,
            target: Target::Named(Arc::clone(&target)),
            demand: Demand::Type(wanted),
        });
        self.graph.references.push(Reference {
            source: scope.ix,
            member: &member.id,
            target: Target::Named(target),
            value: at,
            form: Form::Extension(member),
        });
    }

    /// The members that co-types require must be there.
    pub(super) fn check_cotype_members(
        &mut self,
        object: &Object<'_>,
        scope: Scope<'_>,
        types: &Types,
    ) -> Result<(), Quit> {
        for cotype in &types.named {
            for member in &cotype.members {
                if !member.optional && self.graph.get(scope.ix).entry(&member.id).is_none() {
                    let fault = missing(object, scope, cotype, member);
                    return Err(self.quit(fault));
                }
            }
        }
        Ok(())
    }
}

fn missing(object: &Object<'_>, scope: Scope<'_>, cotype: &Cotype, member: &CotypeMember) -> Fault {
    let code = match member.value {
        MemberValue::Identifier => Code::MissingSupplementalIdentifierProperty,
        MemberValue::Element(_) => Code::MissingSupplementalObjectProperty,
        _ => Code::MissingSupplementalLiteralProperty,
    };
    Fault::new(code, object.at).id(scope.id).property(member.term).kind(cotype.term)
}
