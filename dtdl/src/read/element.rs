//! An element: its id, its types, then member after member.

use std::rc::Rc;

use super::children::Slotted;
use super::context::Context;
use super::ids::{Path, name_slot};
use super::object::{Object, Slot};
use super::types::{Types, Typing};
use super::{Holder, Quit, Reader};
use crate::diagnostic::{Code, Fault};
use crate::graph::{Element, Elements, Entry, Extras, Held, Ix, Place, Written};
use crate::language::class::Class;
use crate::language::members::{Holds, Member, members};
use crate::language::{Version, terms};

/// How many elements may be written each inside the one before. Valid models need far fewer, and none may exhaust the
/// stack.
const DEEPEST: usize = 128;

/// Where an element is read: what its members need to know of it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) ix: Ix,
    pub(super) id: &'s Path<'s>,
    pub(super) class: Class,
    pub(super) context: &'s Rc<Context>,
    /// The Interface that the element's children are written in.
    pub(super) partition: Option<Ix>,
}

impl Reader<'_> {
    pub(super) fn root_element(&mut self, object: &Object<'_>, context: &Rc<Context>) -> Result<(), Quit> {
        let id = self.element_id(object, context, None, true, false)?;
        if let Some(ix) = self.element(object, context, &id, None)? {
            self.graph.roots.push(ix);
        }
        Ok(())
    }

    /// Reads an element whose id is settled into the graph; `None` when it is wrong (and reported).
    pub(super) fn element(
        &mut self,
        object: &Object<'_>,
        context: &Rc<Context>,
        id: &Path<'_>,
        slotted: Option<&Slotted<'_>>,
    ) -> Result<Option<Ix>, Quit> {
        if self.is_defined_twice(object, id, slotted) {
            return Ok(None);
        }
        let holder = slotted.map(Slotted::holder);
        let typing = Typing {
            object,
            context,
            wanted: slotted.map(|slotted| slotted.class),
            optional: slotted.is_some_and(|slotted| !slotted.elements.type_required),
            holder,
            key: slotted.map(|slotted| slotted.slot.key),
            id,
        };
        let Some(types) = self.types(&typing) else { return Ok(None) };
        if self.depth >= DEEPEST {
            return Err(self.quit(Fault::new(Code::NestingTooDeep, object.at.head()).expected(DEEPEST)));
        }
        let partition = holder.and_then(|holder| holder.partition);
        let ix = self.graph.add(new_element(object, context, id, &types, holder));
        let own = partition.filter(|_| types.class != Class::Interface).unwrap_or(ix);
        let scope = Scope { ix, id, class: types.class, context, partition: Some(own) };
        self.depth += 1;
        let read = self.members(object, scope, &types);
        self.depth -= 1;
        read?;
        self.check_size(object, scope);
        Ok(Some(ix))
    }

    /// Whether the id has been given before; ids that end with names are given twice when names are.
    fn is_defined_twice(
        &mut self,
        object: &Object<'_>,
        id: &Path<'_>,
        slotted: Option<&Slotted<'_>>,
    ) -> bool {
        let first = match (id, slotted) {
            (Path::Given(id), _) => self.graph.find(&id.text),
            (Path::Inside { member, name: Some(name), .. }, Some(slotted)) => {
                self.graph.named(slotted.scope.ix, member, &name.text)
            }
            _ => None,
        };
        let Some(first) = first.map(|ix| self.graph.get(ix)) else { return false };
        if matches!(id, Path::Given(_)) {
            let at = object.id.as_ref().map_or(object.at, |slot| slot.key);
            if first.is_standard() {
                return true;
            }
            let fault = Fault::new(Code::DuplicateDefinition, first.id_at().unwrap_or(first.at())).id(id);
            self.faults.push(fault.also(at).shown_at(at));
            return true;
        }
        let tolerated = self.tolerant && first.version == Version::V2;
        if let Some(slotted) = slotted.filter(|slotted| slotted.elements.keyed && !tolerated)
            && let Some(name) = name_slot(object)
        {
            let first = first.entry("name").map_or(first.at(), |entry| entry.place.key);
            let fault = Fault::new(Code::NonUniquePropertyValue, first).id(slotted.scope.id);
            let value = name.values().next().and_then(crate::tape::Node::as_str).unwrap_or_default();
            let fault = fault.property(slotted.name()).aux("name").value(value);
            self.faults.push(fault.also(name.key).shown_at(name.key));
        }
        true
    }

    fn members(&mut self, object: &Object<'_>, scope: Scope<'_>, types: &Types) -> Result<(), Quit> {
        let version = scope.context.version;
        for slot in &object.members {
            match members(scope.class, version).find(|member| is_named(member, &slot.name, version)) {
                Some(member) => self.member(slot, member, scope, types)?,
                None if self.cotype_member(slot, scope, types)? => {}
                None => self.undefined_member(object, slot, scope, types),
            }
        }
        for member in members(scope.class, version) {
            if member.is_required(version) && self.graph.get(scope.ix).entry(member.name).is_none() {
                let code = match member.holds {
                    Holds::Elements(_) => Code::MissingObjectProperty,
                    Holds::Identifier => Code::MissingIdentifierProperty,
                    _ => Code::MissingLiteralProperty,
                };
                self.faults.push(Fault::new(code, object.at).id(scope.id).property(member.name));
            }
        }
        self.check_cotype_members(object, scope, types)
    }

    fn member(
        &mut self,
        slot: &Slot<'_>,
        member: &'static Member,
        scope: Scope<'_>,
        types: &Types,
    ) -> Result<(), Quit> {
        if let Some(first) = self.graph.get(scope.ix).entry(member.name) {
            let fault = Fault::new(Code::DuplicatePropertyName, slot.key).id(scope.id);
            let first = first.place.key;
            self.faults.push(fault.property(member.name).also(first));
            return Ok(());
        }
        let place = place(slot, member.name);
        let (version, limits) = (scope.context.version, scope.context.limits);
        // the entry goes in before its children are read: a second member of the name is a fault even inside
        let held = match &member.holds {
            Holds::Elements(_) => Held::Elements(Elements::None),
            Holds::Text(lengths, is_name) => {
                let required = member.is_required(version);
                let rule = super::literals::TextRule::new(lengths.of(version, limits), *is_name, version);
                self.text(slot, scope, member.name, rule, required)
            }
            Holds::Texts(lengths) => self.texts(slot, scope, member.name, lengths.of(version, limits)),
            Holds::Boolean => self.boolean(slot, scope, member.name),
            Holds::Integer(bounds) => self.integer(slot, scope, member.name, bounds.of(version), false),
            Holds::Literal => self.literal(slot, scope, member.name),
            Holds::Identifier => self.identifier(slot, scope, member.name),
        };
        self.graph.get_mut(scope.ix).entries.push(Entry { name: member.name, place, held });
        match &member.holds {
            Holds::Elements(elements) => {
                let class = elements.class(version);
                let least = usize::from(member.is_required(version));
                let slotted = Slotted { slot, scope, name: member.name, elements, class, types };
                self.children(&slotted, least)
            }
            _ => Ok(()),
        }
    }

    /// A member that no type of the element has: a fault, unless an unknown type may have brought it.
    fn undefined_member(&mut self, object: &Object<'_>, slot: &Slot<'_>, scope: Scope<'_>, types: &Types) {
        let context = scope.context;
        let fault = |code| Fault::new(code, slot.key).id(scope.id).property(&slot.name);
        let near = self.near(&slot.name, || own_names(scope.class, context.version, types));
        if context.version != Version::V2 {
            let known = context.meaning(&slot.name).is_some();
            let refused = if known {
                (!context.open).then_some(Code::PropertyIrrelevantDtmiOrTerm)
            } else if slot.name.starts_with("dtmi:") {
                Some(Code::PropertyInvalidDtmi)
            } else if slot.name.contains(':') {
                Some(Code::PropertyNotDtmiNorTerm)
            } else {
                (!context.open).then_some(Code::PropertyUndefinedTerm)
            };
            if let Some(code) = refused {
                let fault = fault(code).restriction(context.version.number()).hint(near);
                let irrelevant = code == Code::PropertyIrrelevantDtmiOrTerm && object.types.is_some();
                self.faults.push(if irrelevant { fault.also(object.types_at()) } else { fault });
                return;
            }
        }
        if !types.undefined.is_empty() {
            let member = (slot.name.clone().into_owned(), slot.value.raw().to_owned());
            let extras = &mut self.graph.get_mut(scope.ix).extras;
            extras.get_or_insert_default().undefined_members.push(member);
        } else if object.types.is_some() {
            let fault = fault(Code::NoTypeThatAllows).also(object.types_at());
            self.faults.push(fault.hint(near));
        } else {
            let fault = fault(Code::InferredTypeDoesNotAllow).kind(scope.class.name());
            self.faults.push(fault.also(object.at).hint(near));
        }
    }

    /// Since v3 the text of an Interface, without the Interfaces in it, is bounded.
    fn check_size(&mut self, object: &Object<'_>, scope: Scope<'_>) {
        const MOST: usize = 1 << 20;
        let length = object.at.range().len();
        if scope.class != Class::Interface || scope.context.version < Version::V3 || length <= MOST {
            return;
        }
        let nested: usize = self
            .graph
            .iter()
            // what was begun after this element stands in it
            .skip(scope.ix.number() + 1)
            .filter(|(_, element)| element.is_partition() && element.partition == Some(scope.ix))
            .map(|(_, element)| element.at().range().len().saturating_sub(self.graph.id(element).len() + 2))
            .sum();
        let length = length.saturating_sub(nested);
        if length > MOST {
            let fault = Fault::new(Code::PartitionTooLarge, object.at.head()).id(scope.id);
            self.faults.push(fault.value("Interface").observed(length).expected(MOST));
        }
    }
}

fn new_element(
    object: &Object<'_>,
    context: &Context,
    id: &Path<'_>,
    types: &Types,
    holder: Option<Holder<'_>>,
) -> Element {
    Element {
        label: id.label(),
        class: types.class,
        version: context.version,
        limits: context.limits,
        written: Written::new(
            object.at,
            object.id.as_ref().map(|slot| slot.key),
            object.types.as_ref().map(|slot| slot.key),
        ),
        holder: holder.map(|holder| holder.ix),
        member: holder.map_or("", |holder| holder.member),
        partition: holder.and_then(|holder| holder.partition),
        extras: Extras::of(types.cotypes.as_slice().into(), types.undefined.clone()),
        entries: Vec::with_capacity(object.members.len()),
    }
}

pub(super) fn place(slot: &Slot<'_>, term: &str) -> Place {
    Place::new(slot.key, slot.values_at(), slot.name == term)
}

/// Whether a member is written under its term or the DTMI of its version.
fn is_named(member: &Member, name: &str, version: Version) -> bool {
    if member.name == name {
        return true;
    }
    name.starts_with("dtmi:") && terms::core_term(version, member.name) == Some(name)
}

/// The members that the element's types have, to suggest one.
fn own_names(class: Class, version: Version, types: &Types) -> impl Iterator<Item = &str> {
    let own = members(class, version).map(|member| member.name);
    own.chain(types.named.iter().flat_map(|cotype| cotype.members.iter().map(|member| member.term)))
}
