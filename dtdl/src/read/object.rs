//! A JSON object as the language sees it: keywords apart from members.
//!
//! Decides nothing; begin with [`Object::new`].

use std::borrow::Cow;

use crate::source::{FileId, Location};
use crate::tape::{Kind, Node};

/// As many members as most objects have.
const FEW: usize = 6;

/// An object: its keywords, and its members in the order of the text.
pub(super) struct Object<'t> {
    pub(super) node: Node<'t>,
    pub(super) at: Location,
    pub(super) context: Option<Slot<'t>>,
    pub(super) id: Option<Slot<'t>>,
    pub(super) types: Option<Slot<'t>>,
    pub(super) value: Option<Slot<'t>>,
    pub(super) language: Option<Slot<'t>>,
    pub(super) graph: Option<Slot<'t>>,
    /// Keywords of JSON-LD that the language has no use for.
    pub(super) keywords: Vec<Slot<'t>>,
    pub(super) members: Vec<Slot<'t>>,
}

/// A member of an object.
pub(super) struct Slot<'t> {
    pub(super) name: Cow<'t, str>,
    pub(super) key: Location,
    pub(super) value: Node<'t>,
}

impl<'t> Object<'t> {
    pub(super) fn new(file: FileId, node: Node<'t>) -> Self {
        let mut object = Self {
            node,
            at: Location::new(file, node.range()),
            context: None,
            id: None,
            types: None,
            value: None,
            language: None,
            graph: None,
            keywords: Vec::new(),
            members: Vec::with_capacity(FEW),
        };
        for member in node.members() {
            let slot =
                Slot { key: Location::new(file, member.key_range), name: member.key, value: member.value };
            object.put(slot);
        }
        object
    }

    fn put(&mut self, slot: Slot<'t>) {
        match &*slot.name {
            "@context" => self.context = Some(slot),
            "@id" => self.id = Some(slot),
            "@type" => self.types = Some(slot),
            "@value" => self.value = Some(slot),
            "@language" => self.language = Some(slot),
            "@graph" => self.graph = Some(slot),
            name if name.starts_with('@') => self.keywords.push(slot),
            _ => self.members.push(slot),
        }
    }

    /// How many members there are, keywords included.
    pub(super) fn len(&self) -> usize {
        let named = [&self.context, &self.id, &self.types, &self.value, &self.language, &self.graph];
        named.iter().filter(|slot| slot.is_some()).count() + self.keywords.len() + self.members.len()
    }

    /// The values of `@type`. Nothing when it is neither a string nor an array.
    pub(super) fn type_values(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let node = self.types.as_ref().map(|slot| slot.value);
        let single = node.filter(|node| node.kind() == Kind::String);
        let many = node.filter(|node| node.kind() == Kind::Array);
        single.into_iter().chain(many.into_iter().flat_map(Node::items))
    }

    /// The strings of `@type`; `None` for what is no string.
    pub(super) fn type_strings(&self) -> impl Iterator<Item = Option<Cow<'t, str>>> {
        self.type_values().map(Node::as_str)
    }

    /// Keywords that an element cannot have: those of values and those that the language does not know.
    pub(super) fn foreign_keywords(&self) -> impl Iterator<Item = (&str, Location)> {
        let of_values = [&self.language, &self.value].into_iter().flatten();
        of_values.chain(&self.keywords).map(|slot| (&*slot.name, slot.key))
    }

    pub(super) fn types_at(&self) -> Location {
        self.types.as_ref().map_or(self.at, |slot| slot.key)
    }
}

impl<'t> Slot<'t> {
    /// The values of a member, which may be written bare or in an array.
    pub(super) fn values(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let single = (self.value.kind() != Kind::Array).then_some(self.value);
        self.value.items().chain(single)
    }

    pub(super) fn values_at(&self) -> Location {
        Location::new(self.key.file(), self.value.range())
    }
}
