//! An element: what it is, where it comes from and what its members hold. Begin with [`Element`].

use super::Ix;
use super::entry::{Elements, Entry, Held, Place, held};
use super::label::Label;
use crate::language::Version;
use crate::language::class::Class;
use crate::language::cotypes::{Cotype, cotype};
use crate::language::extensions::Limits;
use crate::language::standard::Standard;
use crate::source::Location;

/// An element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) label: Label,
    pub(crate) class: Class,
    pub(crate) version: Version,
    pub(crate) limits: Limits,
    pub(crate) origin: Origin,
    /// The element that it is written in; for standard elements see [`Graph::parent`].
    pub(crate) holder: Option<Ix>,
    /// The member of the holder.
    pub(crate) member: &'static str,
    /// The Interface that it is written in; `None` for top-level and standard elements.
    pub(crate) partition: Option<Ix>,
    pub(crate) cotypes: Box<[&'static Cotype]>,
    /// For the few elements that have types which no context knows.
    pub(crate) undefined: Option<Box<Undefined>>,
    pub(crate) entries: Vec<Entry>,
}

/// What an element has that no context knows: types, and by their leave members, as JSON.
#[derive(Debug, Default)]
pub(crate) struct Undefined {
    pub(crate) types: Vec<String>,
    pub(crate) members: Vec<(String, String)>,
}

/// Where an element comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// A document: the object, its `@id` and its `@type`, where they are written.
    Written(Written),
    /// The language or an extension; the place is where it was first referred to.
    Standard { standard: &'static Standard, first_use: Location },
}

/// Where an element is written. All of it is in one file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    pub(crate) at: Location,
    // no keyword stands where a text begins, so (0, 0) is none
    id: (u32, u32),
    types: (u32, u32),
}

impl Element {
    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    pub(crate) fn held(&self, name: &str) -> Option<&Held> {
        self.entry(name).map(|entry| &entry.held)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.held(name), Some(Held::Boolean(true)))
    }

    /// The elements' members that hold elements of the language's own kind.
    pub(crate) fn element_members(&self) -> impl Iterator<Item = (&'static str, &[Ix])> {
        self.entries.iter().filter(|entry| !entry.name.contains(':')).filter_map(|entry| match &entry.held {
            Held::Elements(elements) => Some((entry.name, &**elements)),
            _ => None,
        })
    }

    pub(crate) fn is_standard(&self) -> bool {
        matches!(self.origin, Origin::Standard { .. })
    }

    pub(crate) fn as_standard(&self) -> Option<&'static Standard> {
        match self.origin {
            Origin::Written(_) => None,
            Origin::Standard { standard, .. } => Some(standard),
        }
    }

    pub(crate) fn is_partition(&self) -> bool {
        self.class == Class::Interface
    }

    /// The object, or the place of the first use.
    pub(crate) fn at(&self) -> Location {
        match self.origin {
            Origin::Written(written) => written.at,
            Origin::Standard { first_use, .. } => first_use,
        }
    }

    /// Where its id is written, if it is given one.
    pub(crate) fn id_at(&self) -> Option<Location> {
        match self.origin {
            Origin::Written(written) => written.id(),
            Origin::Standard { .. } => None,
        }
    }

    /// Where its types are written, else the whole.
    pub(crate) fn types_at(&self) -> Location {
        match self.origin {
            Origin::Written(written) => written.types().unwrap_or(written.at),
            Origin::Standard { first_use, .. } => first_use,
        }
    }

    /// Where a member's name is written, if with its term.
    pub(crate) fn key_at(&self, name: &str) -> Option<Location> {
        self.entry(name).filter(|entry| entry.place.by_term).map(|entry| entry.place.key)
    }

    /// Whether it is of a class or co-type, by DTMI; a class's version does not matter.
    pub(crate) fn has_type(&self, id: &str) -> bool {
        let class = id
            .strip_prefix("dtmi:dtdl:class:")
            .and_then(|rest| rest.split(';').next())
            .and_then(Class::named);
        class.is_some_and(|class| self.class.is_a(class)) || self.cotypes.iter().any(|cotype| cotype.is_a(id))
    }

    pub(crate) fn has_cotype(&self, id: &str) -> bool {
        self.cotypes.iter().any(|cotype| cotype.id == id)
    }

    /// Adds an element to a member, which is begun when it is not there.
    pub(crate) fn push_element(&mut self, name: &'static str, target: Ix, place: Place) {
        match self.entries.iter_mut().find(|entry| entry.name == name) {
            Some(Entry { held: Held::Elements(elements), .. }) => elements.push(target),
            Some(_) => {}
            None => self.entries.push(Entry { name, place, held: Held::Elements(Elements::One(target)) }),
        }
    }

    /// A standard element, linked later.
    pub(crate) fn standard(standard: &'static Standard, first_use: Location) -> Self {
        let place = Place::new(first_use, first_use, false);
        let entries = standard
            .literals
            .iter()
            .map(|(name, literal)| Entry { name, place, held: held(literal) })
            .collect();
        Self {
            label: Label::Standard(&standard.id),
            class: standard.class,
            version: standard.version,
            limits: Limits::Core,
            origin: Origin::Standard { standard, first_use },
            holder: None,
            member: "",
            partition: None,
            cotypes: standard.types.iter().filter_map(|id| cotype(id)).collect(),
            undefined: None,
            entries,
        }
    }
}

impl Written {
    pub(crate) fn new(at: Location, id: Option<Location>, types: Option<Location>) -> Self {
        let bounds = |location: Option<Location>| location.map_or((0, 0), Location::bounds);
        Self { at, id: bounds(id), types: bounds(types) }
    }

    /// Where `@id` is written.
    pub(crate) fn id(self) -> Option<Location> {
        Some(self.at.at(self.id)).filter(|_| self.id != (0, 0))
    }

    /// Where `@type` is written.
    pub(crate) fn types(self) -> Option<Location> {
        Some(self.at.at(self.types)).filter(|_| self.types != (0, 0))
    }
}
