//! References between elements before they are linked, and what is demanded of their targets. Begin with [`Reference`].

use super::{Id, Ix};
use crate::language::Version;
use crate::language::class::Class;
use crate::language::cotypes::{Constraint, CotypeMember};
use crate::source::Location;

/// Who holds or refers to an element, by which member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Referrer {
    pub(super) target: Ix,
    pub(crate) source: Ix,
    pub(crate) member: &'static str,
}

/// An element in a member of another that is not linked yet: referred to by id, or written behind one that is.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) source: Ix,
    pub(crate) member: &'static str,
    pub(crate) target: Target,
    pub(crate) value: Location,
    pub(crate) form: Form,
}

/// Whom a reference is to.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Known(Ix),
    /// An element of the language's own, and the id that it is called by.
    Alias(Ix, &'static str),
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
    pub(crate) target: Target,
    pub(crate) demand: Demand,
}

/// A co-type's constraint on one of the language's members, or the type of the co-type's own member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Demand {
    Constraint(&'static Constraint),
    Type(&'static str),
}
