//! The id of an element: the one it is given, or the one inferred from where it stands.

use std::borrow::Cow;
use std::fmt;

use super::context::Context;
use super::object::{Object, Slot};
use super::{Holder, Quit, Reader};
use crate::diagnostic::{Code, Fault};
use crate::dtmi::{self, IdFault};
use crate::graph::{Label, Text};
use crate::language::{Version, terms};
use crate::tape::{Kind, Node};

/// What an element that is being read is called; shown as its id.
pub(super) enum Path<'p> {
    Given(Word<'p>),
    /// Where it stands, and its name where it is one of several.
    Inside {
        holder: &'p Path<'p>,
        member: &'static str,
        name: Option<Word<'p>>,
    },
}

/// An id or a name, and how it is kept.
pub(super) struct Word<'p> {
    pub(super) text: Cow<'p, str>,
    kept: Text,
}

impl Path<'_> {
    pub(super) fn label(&self) -> Label {
        match self {
            Self::Given(id) => Label::Given(id.kept),
            Self::Inside { name: None, .. } => Label::Alone,
            Self::Inside { name: Some(name), .. } => Label::Named(name.kept),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = Vec::new();
        let mut at = self;
        while let Self::Inside { holder, member, name } = at {
            steps.push((*member, name.as_ref().map(|name| &*name.text)));
            at = holder;
        }
        match at {
            Self::Given(id) if steps.is_empty() => f.write_str(&id.text),
            Self::Given(id) => f.write_str(&dtmi::inferred(&id.text, steps.into_iter().rev())),
            Self::Inside { .. } => Ok(()),
        }
    }
}

impl Reader<'_> {
    /// The id of an element; `keyed`: whether its name ends the inferred id.
    pub(super) fn element_id<'p>(
        &mut self,
        object: &Object<'p>,
        context: &Context,
        holder: Option<Holder<'p>>,
        required: bool,
        keyed: bool,
    ) -> Result<Path<'p>, Quit> {
        match (&object.id, holder) {
            (Some(slot), _) => self.given_id(slot, context).map(Path::Given),
            (None, None) => Err(self.quit(Fault::new(Code::MissingTopLevelId, object.at))),
            (None, Some(holder)) if required => {
                let fault = Fault::new(Code::MissingRequiredId, object.at).id(holder.id);
                Err(self.quit(fault.property(holder.member)))
            }
            (None, Some(holder)) => {
                let name = if keyed { Some(self.segment(object, holder)?) } else { None };
                Ok(Path::Inside { holder: holder.id, member: holder.member, name })
            }
        }
    }

    fn given_id<'p>(&mut self, slot: &Slot<'p>, context: &Context) -> Result<Word<'p>, Quit> {
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
            None => Ok(self.word(id, slot.value)),
        }
    }

    /// The name of an element, as it ends the ids inferred from it.
    fn segment<'t>(&mut self, object: &Object<'t>, holder: Holder<'_>) -> Result<Word<'t>, Quit> {
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

    fn segment_text<'t>(&mut self, slot: &Slot<'t>) -> Option<Word<'t>> {
        let mut values = slot.values();
        let (value, None) = (values.next()?, values.next()) else { return None };
        let value = match value.kind() {
            Kind::Object => {
                let object = Object::new(self.file, value);
                object.value.map(|slot| slot.value)?
            }
            _ => value,
        };
        let text = match value.kind() {
            Kind::String => value.as_str(),
            // numbers are shown as they are in ids: a point cannot stand there
            Kind::Number => value.as_f64().map(|number| number.to_string().replace('.', "_").into()),
            _ => None,
        };
        text.map(|text| self.word(text, value))
    }

    /// The text of a value.
    fn word<'p>(&mut self, text: Cow<'p, str>, value: Node<'p>) -> Word<'p> {
        let kept = self.kept(&text, value);
        Word { text, kept }
    }
}

/// The member `name`, by term or DTMI.
pub(super) fn name_slot<'o, 't>(object: &'o Object<'t>) -> Option<&'o Slot<'t>> {
    object.members.iter().find(|slot| slot.name == "name" || terms::term_of(&slot.name) == Some("name"))
}
