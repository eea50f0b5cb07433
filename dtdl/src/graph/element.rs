//! An element: what it is, where it comes from and what its members hold. Begin with [`Element`].

use super::entry::{Elements, Entry, Held, Place};
use super::label::Label;
use super::{Graph, Ix};
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
    pub(crate) written: Written,
    /// The element that it is written in; for standard elements see [`Graph::parent`].
    pub(crate) holder: Option<Ix>,
    /// The member of the holder.
    pub(crate) member: &'static str,
    /// The Interface that it is written in; `None` for top-level and standard elements.
    pub(crate) partition: Option<Ix>,
    pub(crate) extras: Option<Box<Extras>>,
    pub(crate) entries: Vec<Entry>,
}

/// What most elements have nothing of.
#[derive(Debug, Default)]
pub(crate) struct Extras {
    pub(crate) cotypes: Box<[&'static Cotype]>,
    /// The types that no context knows.
    pub(crate) undefined_types: Vec<String>,
    /// The members that may be there because of those, as JSON.
    pub(crate) undefined_members: Vec<(String, String)>,
}

/// Where an element is written: the object, its `@id` and its `@type`, all in one file; for standard elements, where it
/// was first referred to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    at: Location,
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

    pub(crate) fn cotypes(&self) -> &[&'static Cotype] {
        self.extras.as_ref().map_or(&[], |extras| &extras.cotypes)
    }

    pub(crate) fn is_standard(&self) -> bool {
        matches!(self.label, Label::Standard(_))
    }

    pub(crate) fn as_standard(&self) -> Option<&'static Standard> {
        match self.label {
            Label::Standard(standard) => Some(standard),
            _ => None,
        }
    }

    pub(crate) fn is_partition(&self) -> bool {
        self.class == Class::Interface
    }

    /// The object, or the place of the first use.
    pub(crate) fn at(&self) -> Location {
        self.written.at
    }

    /// Where its id is written, if it is given one.
    pub(crate) fn id_at(&self) -> Option<Location> {
        self.written.id()
    }

    /// Where its types are written, else the whole.
    pub(crate) fn types_at(&self) -> Location {
        self.written.types().unwrap_or(self.at())
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
        class.is_some_and(|class| self.class.is_a(class))
            || self.cotypes().iter().any(|cotype| cotype.is_a(id))
    }

    pub(crate) fn has_cotype(&self, id: &str) -> bool {
        self.cotypes().iter().any(|cotype| cotype.id == id)
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
    pub(super) fn standard(graph: &mut Graph, standard: &'static Standard, first_use: Location) -> Self {
        let place = Place::new(first_use, first_use, false);
        let entries = standard
            .literals
            .iter()
            .map(|(name, literal)| Entry { name, place, held: graph.held(literal) })
            .collect();
        Self {
            label: Label::Standard(standard),
            class: standard.class,
            version: standard.version,
            limits: Limits::Core,
            written: Written::new(first_use, None, None),
            holder: None,
            member: "",
            partition: None,
            extras: Extras::of(standard.types.iter().filter_map(|id| cotype(id)).collect(), Vec::new()),
            entries,
        }
    }
}

impl Extras {
    /// Nothing where there are none.
    pub(crate) fn of(cotypes: Box<[&'static Cotype]>, undefined_types: Vec<String>) -> Option<Box<Self>> {
        let some = !cotypes.is_empty() || !undefined_types.is_empty();
        some.then(|| Box::new(Self { cotypes, undefined_types, undefined_members: Vec::new() }))
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
