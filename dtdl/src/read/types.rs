//! `@type`: the one material class of an element and the co-types beside it.
//!
//! Decides which classes the member allows, what co-types may stand beside which class, and what becomes of types that
//! nobody here knows. Whether co-types that are there go together with each other is in `rules`.

use std::borrow::Cow;

use super::context::Context;
use super::ids::Path;
use super::object::Object;
use super::{Holder, Reader, class_named};
use crate::diagnostic::{Code, Fault};
use crate::dtmi;
use crate::language::class::Class;
use crate::language::cotypes::{Cotype, CotypeKind, context_with, cotype};
use crate::language::members::length_above;
use crate::language::{Version, terms};
use crate::source::Location;
use crate::suggest::closest;

/// What `@type` says.
#[derive(Debug)]
pub(super) struct Types {
    pub(super) class: Class,
    /// All that are known, whether or not they fit.
    pub(super) named: Vec<&'static Cotype>,
    /// Those that fit the class and the version.
    pub(super) cotypes: Vec<&'static Cotype>,
    pub(super) undefined: Vec<String>,
}

/// What the types of an element are judged by.
pub(super) struct Typing<'t> {
    pub(super) object: &'t Object<'t>,
    pub(super) context: &'t Context,
    /// The class that the member wants; the root's is open.
    pub(super) wanted: Option<Class>,
    /// Whether the member says enough when there is no `@type`.
    pub(super) optional: bool,
    pub(super) holder: Option<Holder<'t>>,
    /// Where the member is written that holds the element.
    pub(super) key: Option<Location>,
    pub(super) id: &'t Path<'t>,
}

impl Reader<'_> {
    /// The types of an element, or `None` when they are wrong (and reported).
    pub(super) fn types(&mut self, typing: &Typing<'_>) -> Option<Types> {
        if typing.object.types.is_none() {
            if !typing.optional {
                self.faults.push(typing.bad_type(None));
                return None;
            }
            let class = typing.wanted.map(|class| written_class(class, typing.context.version))?;
            return Some(Types { class, named: Vec::new(), cotypes: Vec::new(), undefined: Vec::new() });
        }
        let (mut classes, mut named, mut undefined) = (Vec::new(), Vec::new(), Vec::new());
        let mut failed = false;
        for value in typing.object.type_values() {
            let at = self.at(value);
            let Some(name) = value.as_str() else {
                let fault = Fault::new(Code::TypeUndefinedTerm, typing.object.types_at()).id(typing.id);
                self.faults.push(fault.value(value.raw()).only_at(at));
                failed = true;
                continue;
            };
            match self.one_type(typing, &name, at) {
                Some(Type::Class(class)) if !classes.contains(&class) => classes.push(class),
                Some(Type::Class(_)) => {}
                Some(Type::Cotype(cotype)) => named.push(cotype),
                Some(Type::Undefined) => undefined.push(name.into_owned()),
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        let class = self.single_class(typing, &classes)?;
        let cotypes = self.fitting(typing, class, &named);
        Some(Types { class, named, cotypes, undefined })
    }

    fn single_class(&mut self, typing: &Typing<'_>, classes: &[Class]) -> Option<Class> {
        match classes {
            [] => self.faults.push(typing.bad_type(None)),
            [class] => {
                self.check_interface_id(typing, *class);
                return Some(*class);
            }
            several => {
                let names: Vec<_> = several.iter().map(|class| class.name()).collect();
                let fault = Fault::new(Code::MultipleMaterialTypes, typing.object.types_at());
                self.faults.push(fault.id(typing.id).value(names.join(" and ")));
            }
        }
        None
    }

    fn check_interface_id(&mut self, typing: &Typing<'_>, class: Class) {
        let Path::Given(id) = typing.id else { return };
        if class != Class::Interface {
            return;
        }
        let most = dtmi::interface_id_length(typing.context.version, typing.context.limits);
        if let Some(found) = length_above(&id.text, most) {
            let at = typing.object.id.as_ref().map_or(typing.object.at, |slot| slot.key);
            let fault = Fault::new(Code::IdTooLongForType, at).value(typing.id).kind(class.name());
            self.faults.push(fault.observed(found).expected(most));
        }
    }

    /// What one type is, or `None` when it may not be here (and that is reported).
    fn one_type(&mut self, typing: &Typing<'_>, name: &str, at: Location) -> Option<Type> {
        let version = typing.context.version;
        if let Some(class) = class_named(name, version).filter(|class| typing.wants(*class)) {
            return Some(Type::Class(class));
        }
        if is_material(name) && (version != Version::V1Preview || class_named(name, version).is_some()) {
            self.faults.push(typing.bad_type(Some(name)).only_at(at));
            return None;
        }
        if version == Version::V1Preview {
            return self.preview_cotype(typing, name, at);
        }
        let Some(id) = typing.context.meaning(name) else {
            return self.unknown_type(typing, name, at);
        };
        let Some(cotype) = cotype(id) else {
            return self.tolerated(typing, Code::TypeIrrelevantDtmiOrTerm, name, at);
        };
        self.known_cotype(typing, name, at, cotype)
    }

    fn known_cotype(
        &mut self,
        typing: &Typing<'_>,
        name: &str,
        at: Location,
        cotype: &'static Cotype,
    ) -> Option<Type> {
        if cotype.abstract_ {
            let fault = Fault::new(Code::AbstractSupplementalType, typing.object.types_at()).id(typing.id);
            self.faults.push(fault.kind(cotype.term).only_at(at));
            return None;
        }
        if matches!(cotype.kind, CotypeKind::Unit | CotypeKind::UnitAttribute) {
            self.faults.push(typing.bad_type(Some(name)).only_at(at));
            return None;
        }
        Some(Type::Cotype(cotype))
    }

    /// v1-preview's own semantic types are written as paths; public files also have the later, bare names.
    fn preview_cotype(&mut self, typing: &Typing<'_>, name: &str, at: Location) -> Option<Type> {
        let known = name.starts_with("SemanticType/")
            || terms::core_term(Version::V2, name).is_some_and(|id| cotype(id).is_some());
        if known {
            return Some(Type::Undefined);
        }
        self.refused_type(typing, Code::TypeUndefinedTerm, name, at)
    }

    fn unknown_type(&mut self, typing: &Typing<'_>, name: &str, at: Location) -> Option<Type> {
        let v2 = typing.context.version == Version::V2;
        let (code, allowed) = if name.starts_with("dtmi:") {
            (Code::TypeInvalidDtmi, false)
        } else if name.contains(':') {
            (Code::TypeNotDtmiNorTerm, v2)
        } else {
            (Code::TypeUndefinedTerm, v2 || typing.context.open)
        };
        if allowed { Some(Type::Undefined) } else { self.refused_type(typing, code, name, at) }
    }

    /// A type that an unknown context may define, or a fault where there is none.
    fn tolerated(&mut self, typing: &Typing<'_>, code: Code, name: &str, at: Location) -> Option<Type> {
        if typing.context.open { Some(Type::Undefined) } else { self.refused_type(typing, code, name, at) }
    }

    fn refused_type(&mut self, typing: &Typing<'_>, code: Code, name: &str, at: Location) -> Option<Type> {
        let version = typing.context.version;
        let fault = Fault::new(code, typing.object.types_at()).id(typing.id).value(name);
        let fault = fault.restriction(version.number()).only_at(at);
        let context = if self.faults.is_full() { None } else { context_with(name, version) };
        let fault = match context {
            Some(context) => fault.advice(format!("add its context to `@context`: `{context}`")),
            None => fault.hint(self.near(name, || {
                let classes = typing.wanted.map(|class| concrete(class, version));
                classes.into_iter().flatten().map(Class::name).chain(typing.context.terms())
            })),
        };
        self.faults.push(fault);
        None
    }

    /// The co-types that may stand beside `class`; the others are reported.
    fn fitting(
        &mut self,
        typing: &Typing<'_>,
        class: Class,
        named: &[&'static Cotype],
    ) -> Vec<&'static Cotype> {
        let mut fitting: Vec<&'static Cotype> = Vec::new();
        for (number, cotype) in named.iter().enumerate() {
            if named[..number].iter().any(|earlier| earlier.id == cotype.id) {
                continue;
            }
            let fault = |code| Fault::new(code, typing.object.types_at()).id(typing.id).kind(cotype.term);
            let alternative = |other: &&Cotype| cotype.alternatives.contains(&other.id);
            if !cotype.on.contains(&class) && !named.iter().copied().any(|other| alternative(&other)) {
                let classes: Vec<_> = cotype.on.iter().map(|class| class.name()).collect();
                self.faults.push(fault(Code::InvalidCotype).restriction(classes.join(" or ")));
                continue;
            }
            if !cotype.versions.contains(&typing.context.version) {
                let versions: Vec<_> = cotype.versions.iter().map(|v| v.number().to_string()).collect();
                self.faults.push(fault(Code::InvalidCotypeVersion).restriction(versions.join(" or ")));
                continue;
            }
            self.check_members_conflict(typing, cotype, &fitting);
            self.check_companions(typing, cotype, named);
            fitting.push(cotype);
        }
        fitting
    }

    /// Two co-types may not bring the same member.
    fn check_members_conflict(&mut self, typing: &Typing<'_>, cotype: &Cotype, earlier: &[&'static Cotype]) {
        for member in &cotype.members {
            let brings = |other: &&&Cotype| other.members.iter().any(|known| known.id == member.id);
            if let Some(other) = earlier.iter().find(brings) {
                let fault = Fault::new(Code::ConflictingSupplementalTypes, typing.object.types_at());
                let fault = fault.id(typing.id).kind(other.term).restriction(cotype.term);
                self.faults.push(fault.property(member.term));
                return;
            }
        }
    }

    fn check_companions(&mut self, typing: &Typing<'_>, cotype: &Cotype, named: &[&'static Cotype]) {
        for required in &cotype.requires {
            if !named.iter().any(|other| other.id == *required) {
                let term = terms::term_of(required).unwrap_or(required);
                let fault = Fault::new(Code::MissingCocotype, typing.object.types_at()).id(typing.id);
                self.faults.push(fault.kind(cotype.term).restriction(term));
            }
        }
    }
}

/// What one type string is.
enum Type {
    Class(Class),
    Cotype(&'static Cotype),
    Undefined,
}

impl Typing<'_> {
    fn wants(&self, class: Class) -> bool {
        match self.wanted {
            Some(wanted) => concrete(wanted, self.context.version).any(|allowed| allowed == class),
            None => class == Class::Interface || class == Class::CapabilityModel,
        }
    }

    fn bad_type(&self, found: Option<&str>) -> Fault {
        let version = self.context.version;
        let names: Vec<_> = match self.wanted {
            Some(wanted) => concrete(wanted, version).map(Class::name).collect(),
            None => vec!["Interface"],
        };
        let near = found.and_then(|found| closest(found, names.iter().copied()));
        let place = if self.object.types.is_some() { self.object.types_at() } else { self.object.at };
        let fault = Fault::new(Code::BadType, self.key.unwrap_or(place)).secondary(self.id);
        let fault = fault.kind(names.join(" or ")).hint(near).also(self.object.at).only_at(place);
        let fault = match self.holder {
            Some(holder) => fault.id(holder.id).property(holder.member),
            None => fault,
        };
        match found {
            Some(found) => fault.value(found),
            None => fault,
        }
    }
}

/// The classes that may be written where `wanted` is: those under it that have no standard elements standing for them.
pub(super) fn concrete(wanted: Class, version: Version) -> impl Iterator<Item = Class> {
    let open = move |class: &Class| {
        class.is_a(wanted)
            && class.versions().contains(&version)
            && (!class.is_a(Class::PrimitiveSchema) && *class != Class::CommandType)
            && (!class.is_abstract() || (version == Version::V1Preview && *class == Class::SchemaField))
            && (class.overt() || version == Version::V1Preview)
            && (*class != Class::CommandPayload || version <= Version::V2)
    };
    Class::EVERY.iter().copied().filter(open)
}

/// The class of an element without `@type`.
fn written_class(wanted: Class, version: Version) -> Class {
    concrete(wanted, version).find(|class| *class == wanted).unwrap_or(wanted)
}

/// Whether a type names a material class of any version, by term or DTMI.
fn is_material(name: &str) -> bool {
    let term: Cow<'_, str> = match name.strip_prefix("dtmi:dtdl:class:").and_then(|rest| rest.split_once(';'))
    {
        Some((term, _)) => Cow::Borrowed(term),
        None => Cow::Borrowed(name),
    };
    Class::named(&term).is_some_and(|class| class.versions() != [Version::V1Preview])
}
