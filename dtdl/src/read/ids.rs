//! The id of an element: the one it is given, or the one inferred from where it stands.

use std::borrow::Cow;
use std::sync::Arc;

use super::context::Context;
use super::object::{Object, Slot};
use super::{Holder, Quit, Reader};
use crate::diagnostic::{Code, Fault};
use crate::dtmi::{self, IdFault};
use crate::graph::Id;
use crate::language::{Version, terms};
use crate::tape::Kind;

/// An element's id and whether it was inferred.
pub(super) struct ElementId {
    pub(super) id: Id,
    pub(super) inferred: bool,
}

impl Reader<'_> {
    /// The id of an element; `keyed`: whether its name ends the inferred id.
    pub(super) fn element_id(
        &mut self,
        object: &Object<'_>,
        context: &Context,
        holder: Option<Holder<'_>>,
        required: bool,
        keyed: bool,
    ) -> Result<ElementId, Quit> {
        match (&object.id, holder) {
            (Some(slot), _) => self.given_id(slot, context).map(|id| ElementId { id, inferred: false }),
            (None, None) => Err(self.quit(Fault::new(Code::MissingTopLevelId, object.at))),
            (None, Some(holder)) if required => {
                let fault = Fault::new(Code::MissingRequiredId, object.at).id(holder.id);
                Err(self.quit(fault.property(holder.member)))
            }
            (None, Some(holder)) => self.inferred_id(object, holder, keyed),
        }
    }

    fn given_id(&mut self, slot: &Slot<'_>, context: &Context) -> Result<Id, Quit> {
        let Some(id) = slot.value.as_str().filter(|id| !id.is_empty()) else {
            return Err(self.quit(Fault::new(Code::IdNotString, slot.key).only_at(slot.values_at())));
        };
        let version = context.version.number();
        let fault = |code| Fault::new(code, slot.key).value(&id).only_at(slot.values_at());
        match dtmi::check_definition(&id, context.version, context.limits) {
            Ok(()) => {}
            Err(IdFault::TooLong(most)) => {
                let fault = fault(Code::IdTooLong).restriction(version);
                return Err(self.quit(fault.expected(most).transformation(&context.limits_context)));
            }
            Err(IdFault::Malformed) => {
                return Err(self.quit(fault(Code::InvalidId).restriction(version)));
            }
        }
        let tolerated = self.tolerant && context.version == Version::V2;
        match context.reserved_prefix(&id).filter(|_| !tolerated) {
            Some(prefixes) => Err(self.quit(fault(Code::ReservedId).restriction(prefixes))),
            None => Ok(Arc::from(&*id)),
        }
    }

    fn inferred_id(
        &mut self,
        object: &Object<'_>,
        holder: Holder<'_>,
        keyed: bool,
    ) -> Result<ElementId, Quit> {
        let segment = if keyed { Some(self.segment(object, holder)?) } else { None };
        dtmi::infer(&mut self.inferred, holder.id, holder.member, segment.as_deref());
        Ok(ElementId { id: Arc::from(self.inferred.as_str()), inferred: true })
    }

    /// The name of an element, as it ends the ids inferred from it.
    fn segment<'t>(&mut self, object: &Object<'t>, holder: Holder<'_>) -> Result<Cow<'t, str>, Quit> {
        let Some(slot) = name_slot(object) else {
            let fault = Fault::new(Code::MissingDtmiSegPropertyValue, object.at).id(holder.id);
            return Err(self.quit(fault.property(holder.member).value("name")));
        };
        match self.segment_text(slot) {
            Some(text) => Ok(text),
            None => {
                let fault = Fault::new(Code::DtmiSegPropertyNotStringOrNumber, object.at).id(holder.id);
                Err(self.quit(fault.property(holder.member).value("name").also(slot.key)))
            }
        }
    }

    fn segment_text<'t>(&self, slot: &Slot<'t>) -> Option<Cow<'t, str>> {
        let mut values = slot.values();
        let (value, None) = (values.next()?, values.next()) else { return None };
        let value = match value.kind() {
            Kind::Object => {
                let object = Object::new(self.file, value);
                object.value.map(|slot| slot.value)?
            }
            _ => value,
        };
        match value.kind() {
            Kind::String => value.as_str(),
            // numbers are shown as they are in ids: a point cannot stand there
            Kind::Number => value.as_f64().map(|number| number.to_string().replace('.', "_").into()),
            _ => None,
        }
    }
}

/// The member `name`, by term or DTMI.
pub(super) fn name_slot<'o, 't>(object: &'o Object<'t>) -> Option<&'o Slot<'t>> {
    object.members.iter().find(|slot| slot.name == "name" || terms::term_of(&slot.name) == Some("name"))
}
