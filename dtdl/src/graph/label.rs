//! What an element is called. Most elements are given no id, and theirs is inferred from where they stand; it is put
//! together only when somebody asks for it, as all of them together can be far longer than the text. Begin with [`Label`].

use std::borrow::Cow;
use std::hash::BuildHasher;

use super::{Element, Graph, Ix, Text};
use crate::dtmi;
use crate::language::standard::Standard;

/// An element's id, or what is its own in the one that it gets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Label {
    /// The id that it is given.
    Given(Text),
    /// It is this element of the language's own.
    Standard(&'static Standard),
    /// It is alone in its member.
    Alone,
    /// It has this name among those in its member.
    Named(Text),
}

impl Graph {
    /// The id of an element.
    pub(crate) fn id<'g>(&'g self, element: &'g Element) -> Cow<'g, str> {
        let mut steps = Vec::new();
        let mut at = element;
        loop {
            let name = match &at.label {
                Label::Given(id) if steps.is_empty() => return Cow::Borrowed(self.str(at, *id)),
                Label::Standard(standard) => return Cow::Borrowed(&standard.id),
                Label::Given(id) => {
                    return Cow::Owned(dtmi::inferred(self.str(at, *id), steps.into_iter().rev()));
                }
                Label::Alone => None,
                Label::Named(name) => Some(self.str(at, *name)),
            };
            steps.push((at.member, name));
            // whatever is called by where it stands stands somewhere
            let Some(holder) = at.holder else { return Cow::Borrowed("") };
            at = self.get(holder);
        }
    }

    /// The element that is given an id, or that has it in the language.
    pub(crate) fn find(&self, id: &str) -> Option<Ix> {
        self.by_id.find(self.hasher.hash_one(id), |ix| self.own_id(*ix) == Some(id)).copied()
    }

    /// The element of that name in a member.
    pub(crate) fn named(&self, holder: Ix, member: &str, name: &str) -> Option<Ix> {
        let is_it = |ix: &Ix| {
            let element = self.get(*ix);
            let here = element.holder == Some(holder) && element.member == member;
            here && matches!(&element.label, Label::Named(own) if self.str(element, *own) == name)
        };
        self.by_id.find(self.hasher.hash_one((holder, member, name)), is_it).copied()
    }

    /// The element with an id, which may be inferred.
    pub(crate) fn find_anywhere(&self, id: &str) -> Option<Ix> {
        let known = self.find(id);
        known.or_else(|| dtmi::roots(id).find_map(|(root, steps)| self.follow(self.find(&root)?, steps)))
    }

    /// The element that stands inside `root` where the end of an inferred id says.
    fn follow(&self, root: Ix, steps: &str) -> Option<Ix> {
        dtmi::steps(steps).try_fold(root, |holder, (member, name)| match name {
            Some(name) => self.named(holder, member, name),
            None => self.child(holder, member).filter(|ix| self.get(*ix).holder == Some(holder)),
        })
    }

    fn own_id(&self, ix: Ix) -> Option<&str> {
        let element = self.get(ix);
        match &element.label {
            Label::Given(id) => Some(self.str(element, *id)),
            Label::Standard(standard) => Some(&standard.id),
            Label::Alone | Label::Named(_) => None,
        }
    }

    /// The hash by which an element is found, unless it is found in its member.
    pub(super) fn hash(&self, ix: Ix) -> Option<u64> {
        let element = self.get(ix);
        match &element.label {
            Label::Named(name) => {
                let name = self.str(element, *name);
                Some(self.hasher.hash_one((element.holder?, element.member, name)))
            }
            _ => self.own_id(ix).map(|id| self.hasher.hash_one(id)),
        }
    }
}
