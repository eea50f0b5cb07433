//! The elements of the documents read, by id, with what they hold and whom they refer to.
//!
//! The reader fills it, `resolve` links it, `rules` judge it, `model` makes of it what callers walk. Nothing is decided
//! here: `element` is what an element is, `entry` what its members hold, `reference` what is still to be linked. Begin with
//! [`Graph`].

mod element;
mod entry;
mod label;
mod reference;

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

pub(crate) use self::element::{Element, Extras, Written};
pub(crate) use self::entry::{Elements, Entry, Held, Place, Text};
pub(crate) use self::label::Label;
pub(crate) use self::reference::{Demand, Expectation, Expected, Form, Reference, Referrer, Target};
use crate::language::standard::{StandardValue, alias, standard};
use crate::language_map::LanguageMap;
use crate::source::Location;

/// An id that is mentioned.
pub(crate) type Id = Arc<str>;

/// An element's number in its [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ix(NonZeroU32);

/// The elements in the order in which they were begun, and what is still to be linked between them.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    elements: Vec<Element>,
    /// The texts of the files that are read, in which those of the elements stand.
    texts: Vec<Arc<str>>,
    /// The texts that stand in no file as they are.
    kept: Vec<Box<str>>,
    /// The elements by what they are called: a third of the room that a map with the ids in it would take.
    by_id: HashTable<Ix>,
    hasher: DefaultHashBuilder,
    /// The places where an element stands in a member of another and was not [put](Graph::put) there at once, in the
    /// order of the text; until they are linked.
    pub(crate) references: Vec<Reference>,
    /// Those that do not hold what they refer to.
    referrers: Vec<Referrer>,
    /// What co-types demand of the elements in some members.
    pub(crate) expectations: Vec<Expectation>,
    /// The top-level elements, in the order of the documents.
    pub(crate) roots: Vec<Ix>,
}

impl Graph {
    pub(crate) fn get(&self, ix: Ix) -> &Element {
        &self.elements[ix.number()]
    }

    pub(crate) fn get_mut(&mut self, ix: Ix) -> &mut Element {
        &mut self.elements[ix.number()]
    }

    /// Makes room for so many elements more.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.elements.reserve(count);
        let mut by_id = std::mem::take(&mut self.by_id);
        by_id.reserve(count, |ix| self.hash(*ix).unwrap_or_default());
        self.by_id = by_id;
    }

    /// Adds the text of the next file.
    pub(crate) fn add_text(&mut self, text: Arc<str>) {
        self.texts.push(text);
    }

    /// Keeps a text that stands in no file as it is.
    pub(crate) fn keep_text(&mut self, text: &str) -> Text {
        let number = u32::try_from(self.kept.len()).unwrap_or(u32::MAX);
        self.kept.push(text.into());
        Text::Kept(number)
    }

    /// A string that an element holds.
    pub(crate) fn str(&self, element: &Element, text: Text) -> &str {
        let found = match text {
            Text::Kept(number) => self.kept.get(number as usize).map(|text| &**text),
            Text::Written(start, end) => {
                let file = self.texts.get(element.at().file().number());
                file.and_then(|file| file.get(start as usize..end as usize))
            }
        };
        found.unwrap_or_default()
    }

    /// The string in a member of an element.
    pub(crate) fn text<'g>(&'g self, element: &'g Element, name: &str) -> Option<&'g str> {
        match element.held(name) {
            Some(Held::Text(text)) => Some(self.str(element, *text)),
            _ => None,
        }
    }

    /// The texts by language in a member of an element.
    pub(crate) fn texts(&self, element: &Element, name: &str) -> LanguageMap {
        match element.held(name) {
            Some(Held::English(text)) => LanguageMap::english(self.str(element, *text)),
            Some(Held::Texts(texts)) => (**texts).clone(),
            _ => LanguageMap::default(),
        }
    }

    /// Adds an element; whoever adds one has looked whether its id is free.
    pub(crate) fn add(&mut self, element: Element) -> Ix {
        let ix = Ix::nth(self.elements.len());
        self.elements.push(element);
        if let Some(hash) = self.hash(ix) {
            let mut by_id = std::mem::take(&mut self.by_id);
            by_id.insert_unique(hash, ix, |ix| self.hash(*ix).unwrap_or_default());
            self.by_id = by_id;
        }
        ix
    }

    /// The place of a reference's member.
    pub(crate) fn key_of(&self, reference: &Reference) -> Location {
        let source = self.get(reference.source);
        source.entry(reference.member).map_or(source.at(), |entry| entry.place.key)
    }

    /// Puts an element into a member: one that is written there, or one of the language's own.
    pub(crate) fn put(&mut self, source: Ix, member: &'static str, target: Ix) {
        let entry = self.get_mut(source).entries.iter_mut().find(|entry| entry.name == member);
        if let Some(Entry { held: Held::Elements(elements), .. }) = entry {
            elements.push(target);
        }
    }

    /// Leaves but some of its elements in a member.
    pub(crate) fn keep(&mut self, source: Ix, member: &'static str, kept: Vec<Ix>) {
        let entry = self.get_mut(source).entries.iter_mut().find(|entry| entry.name == member);
        if let Some(Entry { held: Held::Elements(elements), .. }) = entry {
            *elements = Elements::Many(Box::new(kept));
        }
    }

    /// Puts an element into a member, wherever it is written.
    pub(crate) fn link(&mut self, source: Ix, member: &'static str, target: Ix) {
        self.put(source, member, target);
        let element = self.get(target);
        if !element.is_standard() && (element.holder, element.member) != (Some(source), member) {
            self.referrers.push(Referrer { target, source, member });
        }
    }

    /// After the last [`link`](Graph::link).
    pub(crate) fn finish_links(&mut self) {
        self.referrers.sort_by_key(|referrer| referrer.target);
    }

    /// Who holds or refers to an element, once all are linked.
    pub(crate) fn referrers(&self, ix: Ix) -> impl Iterator<Item = Referrer> {
        let element = self.get(ix);
        let holder = element.holder.map(|source| Referrer { target: ix, source, member: element.member });
        holder.into_iter().chain(self.others(ix).iter().copied())
    }

    fn others(&self, ix: Ix) -> &[Referrer] {
        let start = self.referrers.partition_point(|referrer| referrer.target < ix);
        let rest = self.referrers.get(start..).unwrap_or_default();
        let end = rest.partition_point(|referrer| referrer.target == ix);
        rest.get(..end).unwrap_or_default()
    }

    /// The element of the language's own that an id means, which is added with those that it refers to.
    pub(crate) fn standard(&mut self, id: &str, first_use: Location) -> Option<Ix> {
        let id = alias(id);
        if let Some(known) = self.find(id) {
            return Some(known);
        }
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            if self.find(id).is_some() {
                continue;
            }
            let Some(element) = standard(id) else { continue };
            let added = Element::standard(self, element, first_use);
            self.add(added);
            todo.extend(element.links.iter().map(|(_, target)| alias(target)));
            todo.extend(element.cotype_values.iter().filter_map(|(_, value)| match value {
                StandardValue::Element(target) => Some(alias(target)),
                StandardValue::Literal(_) => None,
            }));
        }
        self.find(id)
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
    pub(crate) fn parent(&self, ix: Ix) -> Option<Cow<'_, str>> {
        let element = self.get(ix);
        match element.holder {
            Some(holder) => Some(self.id(self.get(holder))),
            None => element.as_standard()?.parent.as_deref().map(Cow::Borrowed),
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

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use super::{Element, Entry};

    /// A document of nothing but elements takes as many times its size in memory as these say.
    #[test]
    fn elements_and_their_entries_are_small() {
        assert_eq!((size_of::<Element>(), size_of::<Entry>()), (104, 56));
    }
}
