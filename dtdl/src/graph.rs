//! The elements of the documents read, by id, with what they hold and whom they refer to.
//!
//! The reader fills it, `resolve` links it, `rules` judge it, `model` makes of it what callers walk. Nothing is decided
//! here. Begin with [`Graph`].

use std::hash::BuildHasher;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::language::Version;
use crate::language::class::Class;
use crate::language::cotypes::{Constraint, Cotype, CotypeMember, cotype};
use crate::language::extensions::Limits;
use crate::language::standard::{Standard, StandardLiteral, StandardValue, alias, standard};
use crate::language_map::LanguageMap;
use crate::source::Location;

/// An element's id, shared by all that mention it.
pub(crate) type Id = Arc<str>;

/// An element's number in its [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ix(NonZeroU32);

/// The elements in the order in which they were begun, and what is still to be linked between them.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    elements: Vec<Element>,
    /// The elements by their ids' hashes: a third of the room that a map with the ids in it would take.
    by_id: HashTable<Ix>,
    hasher: DefaultHashBuilder,
    /// Every place where an element stands in a member of another, in the order of the text; until they are linked.
    pub(crate) references: Vec<Reference>,
    referrers: Vec<Referrer>,
    /// What co-types demand of the elements in some members.
    pub(crate) expectations: Vec<Expectation>,
    /// The top-level elements, in the order of the documents.
    pub(crate) roots: Vec<Ix>,
}

/// An element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) id: Id,
    pub(crate) class: Class,
    pub(crate) version: Version,
    pub(crate) limits: Limits,
    pub(crate) origin: Origin,
    /// The element that it is written in; for standard elements see [`Graph::parent`].
    pub(crate) holder: Option<Ix>,
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
    Standard { first_use: Location },
}

/// Where an element is written. All of it is in one file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    pub(crate) at: Location,
    // no keyword stands where a text begins, so (0, 0) is none
    id: (u32, u32),
    types: (u32, u32),
}

/// A member of an element.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The term of the language's own members, the DTMI of an extension's.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) held: Held,
}

/// Where a member is written: its name and its value. For standard elements both are the place of the first use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) key: Location,
    // in the file of the key: all members have one of these
    values: (u32, u32),
    /// Whether the member is written with its term, not its DTMI.
    pub(crate) by_term: bool,
}

/// What a member holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    Text(Box<str>),
    Texts(LanguageMap),
    Boolean(bool),
    Integer(i64),
    Number(f64),
    /// A DTMI that need not be an element.
    Identifier(Id),
    /// Elements, once linked.
    Elements(Elements),
}

/// The elements in a member; most have one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Elements {
    #[default]
    None,
    One(Ix),
    Many(Vec<Ix>),
}

/// Who refers to an element, by which member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Referrer {
    target: Ix,
    pub(crate) source: Ix,
    pub(crate) member: &'static str,
}

/// An element in a member of another: written there, or referred to by id.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) source: Ix,
    pub(crate) member: &'static str,
    pub(crate) target: Target,
    pub(crate) value: Location,
    pub(crate) form: Form,
}

/// Whom a reference is to.
#[derive(Debug)]
pub(crate) enum Target {
    Known(Ix),
    /// The element of that id, if there will be one.
    Named(Id),
}

/// How an element is put into a member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// It is written there.
    Inline,
    /// By its id or term, in one of the language's own members.
    ById(Expected),
    /// By its id or term, in the member of an extension.
    Extension(&'static CotypeMember),
}

/// What a member wants of an element that it refers to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub(crate) class: Class,
    /// The version of the element that refers.
    pub(crate) version: Version,
    /// Whether the target may be of an older version.
    pub(crate) older: bool,
    /// Whether the target is written as a term.
    pub(crate) by_term: bool,
}

/// What a co-type demands of an element in a member.
#[derive(Debug)]
pub(crate) struct Expectation {
    pub(crate) source: Ix,
    pub(crate) member: &'static str,
    pub(crate) target: Id,
    pub(crate) demand: Demand,
}

/// A co-type's constraint on one of the language's members, or the type of the co-type's own member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Demand {
    Constraint(&'static Constraint),
    Type(&'static str),
}

impl Graph {
    pub(crate) fn get(&self, ix: Ix) -> &Element {
        &self.elements[ix.number()]
    }

    pub(crate) fn get_mut(&mut self, ix: Ix) -> &mut Element {
        &mut self.elements[ix.number()]
    }

    pub(crate) fn find(&self, id: &str) -> Option<Ix> {
        let hash = self.hasher.hash_one(id);
        self.by_id.find(hash, |ix| &*self.get(*ix).id == id).copied()
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Element> {
        self.find(id).map(|ix| self.get(ix))
    }

    /// Adds an element; whoever adds one has looked whether its id is free.
    pub(crate) fn add(&mut self, element: Element) -> Ix {
        let ix = Ix::nth(self.elements.len());
        self.elements.push(element);
        let (elements, hasher) = (&self.elements, &self.hasher);
        let hash = |ix: &Ix| hasher.hash_one(&*elements[ix.number()].id);
        self.by_id.insert_unique(hash(&ix), ix, hash);
        ix
    }

    /// The place of a reference's member.
    pub(crate) fn key_of(&self, reference: &Reference) -> Location {
        let source = self.get(reference.source);
        source.entry(reference.member).map_or(source.at(), |entry| entry.place.key)
    }

    /// Puts an element into a member.
    pub(crate) fn link(&mut self, source: Ix, member: &'static str, target: Ix) {
        let entry = self.get_mut(source).entries.iter_mut().find(|entry| entry.name == member);
        if let Some(Entry { held: Held::Elements(elements), .. }) = entry {
            elements.push(target);
        }
        if !self.get(target).is_standard() {
            self.referrers.push(Referrer { target, source, member });
        }
    }

    /// After the last [`link`](Graph::link).
    pub(crate) fn finish_links(&mut self) {
        self.referrers.sort_by_key(|referrer| referrer.target);
    }

    /// Who refers to an element, once all are linked.
    pub(crate) fn referrers(&self, ix: Ix) -> &[Referrer] {
        let start = self.referrers.partition_point(|referrer| referrer.target < ix);
        let rest = self.referrers.get(start..).unwrap_or_default();
        let end = rest.partition_point(|referrer| referrer.target == ix);
        rest.get(..end).unwrap_or_default()
    }

    /// The element of the language's own that an id means, which is added with those that it refers to.
    pub(crate) fn standard(&mut self, id: &str, first_use: Location) -> Option<Ix> {
        let mut todo = vec![alias(id)];
        while let Some(id) = todo.pop() {
            if self.find(id).is_some() {
                continue;
            }
            let Some(element) = standard(id) else { continue };
            self.add(Element::standard(element, first_use));
            todo.extend(element.links.iter().map(|(_, target)| alias(target)));
            todo.extend(element.cotype_values.iter().filter_map(|(_, value)| match value {
                StandardValue::Element(target) => Some(alias(target)),
                StandardValue::Literal(_) => None,
            }));
        }
        self.find(alias(id))
    }

    pub(crate) fn indices(&self) -> impl Iterator<Item = Ix> + use<> {
        (0..self.elements.len()).map(Ix::nth)
    }

    pub(crate) fn len(&self) -> usize {
        self.elements.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Ix, &Element)> {
        self.indices().map(|ix| (ix, self.get(ix)))
    }

    /// The id of the element that one is part of.
    pub(crate) fn parent(&self, ix: Ix) -> Option<&str> {
        let element = self.get(ix);
        match element.holder {
            Some(holder) => Some(&self.get(holder).id),
            None => element.is_standard().then(|| standard(&element.id)?.parent.as_deref()).flatten(),
        }
    }

    /// The elements in a member, none when it is not there.
    pub(crate) fn children(&self, ix: Ix, member: &str) -> &[Ix] {
        match self.get(ix).held(member) {
            Some(Held::Elements(elements)) => elements,
            _ => &[],
        }
    }

    /// The first element of a member.
    pub(crate) fn child(&self, ix: Ix, member: &str) -> Option<Ix> {
        self.children(ix, member).first().copied()
    }
}

impl Ix {
    fn nth(number: usize) -> Self {
        // a document has fewer than 2^32 bytes and every element takes some
        let count = u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
        Self(NonZeroU32::new(count).unwrap_or(NonZeroU32::MAX))
    }

    pub(crate) fn number(self) -> usize {
        self.0.get() as usize - 1
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

impl Place {
    /// `key` and `values` are of one file.
    pub(crate) fn new(key: Location, values: Location, by_term: bool) -> Self {
        Self { key, values: values.bounds(), by_term }
    }

    pub(crate) fn values(self) -> Location {
        self.key.at(self.values)
    }
}

impl Elements {
    pub(crate) fn push(&mut self, ix: Ix) {
        match self {
            Self::None => *self = Self::One(ix),
            Self::One(first) => *self = Self::Many(vec![*first, ix]),
            Self::Many(all) => all.push(ix),
        }
    }
}

impl Deref for Elements {
    type Target = [Ix];

    fn deref(&self) -> &[Ix] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(all) => all,
        }
    }
}

impl Element {
    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    pub(crate) fn held(&self, name: &str) -> Option<&Held> {
        self.entry(name).map(|entry| &entry.held)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.held(name) {
            Some(Held::Text(text)) => Some(text),
            _ => None,
        }
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

    pub(crate) fn is_partition(&self) -> bool {
        self.class == Class::Interface
    }

    /// The object, or the place of the first use.
    pub(crate) fn at(&self) -> Location {
        match self.origin {
            Origin::Written(written) => written.at,
            Origin::Standard { first_use } => first_use,
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
            Origin::Standard { first_use } => first_use,
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
            id: Arc::from(standard.id.as_str()),
            class: standard.class,
            version: standard.version,
            limits: Limits::Core,
            origin: Origin::Standard { first_use },
            holder: None,
            partition: None,
            cotypes: standard.types.iter().filter_map(|id| cotype(id)).collect(),
            undefined: None,
            entries,
        }
    }
}

/// A literal of the language's own as an element holds it.
pub(crate) fn held(literal: &StandardLiteral) -> Held {
    match literal {
        StandardLiteral::Text(text) => Held::Text((**text).into()),
        StandardLiteral::Texts(texts) => Held::Texts(texts.clone()),
        StandardLiteral::Integer(number) => Held::Integer(*number),
    }
}
