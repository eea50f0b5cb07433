//! Two versions of a model side by side: what changed, and whom it breaks.
//!
//! [`compare`] asks what happens to those who still use the old model: code that reads what the device sends, operators
//! who send to it, and programs that know what values mean. [`versioning`] asks whether the new model may call itself
//! what it does. Neither reads a model; both take what [`read`](crate::read) gave.
//!
//! What is compatible and what is not is decided where it is found: `contents` for Interfaces, `schema` for values,
//! `versions` for ids.

mod contents;
mod schema;
#[cfg(test)]
mod tests;
mod versions;

use std::collections::HashSet;
use std::fmt;

use crate::language::Version;
use crate::model::{Interface, Model, Schema};
use crate::source::Location;

pub use versions::versioning;

/// All that differs between two versions of a model, in the order of the old one, what is added last.
///
/// Contents are found again by their names, so one that is renamed is removed and added. Ids of shared schemas do not
/// count: a schema is what it looks like on the wire. When there are ten thousand changes, the rest is left out.
///
/// ```
/// # fn model(schema: &str) -> dtdl::Reading {
/// #     let mut sources = dtdl::Sources::default();
/// #     sources.add("lamp.json", &format!(r#"{{ "@context": "dtmi:dtdl:context;3", "@type": "Interface",
/// #       "@id": "dtmi:com:example:Lamp;1", "contents": [
/// #         {{ "@type": "Telemetry", "name": "level", "schema": "{schema}" }}] }}"#));
/// #     dtdl::read(sources, None)
/// # }
/// let (old, new) = (model("integer"), model("double"));
/// let changes = dtdl::compare(old.valid().unwrap(), new.valid().unwrap());
/// assert_eq!(changes[0].to_string(), "level/schema: was integer, is double (breaking)");
/// ```
pub fn compare(old: &Model, new: &Model) -> Vec<Change> {
    let mut comparison = Comparison::new(old, new, Reach::Everything);
    comparison.models();
    comparison.changes
}

/// One difference between two versions of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Where, by names: `thermostat1/targetTemperature/schema`; empty for the model itself.
    pub path: String,
    /// What changed.
    pub kind: ChangeKind,
    /// Whom it concerns.
    pub effect: Effect,
    /// Where it stood, in the sources of the old model.
    pub old: Option<Location>,
    /// Where it stands, in the sources of the new model.
    pub new: Option<Location>,
}

/// What a change means for those who still use the old model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Only texts for people changed.
    Neutral,
    /// What worked still works.
    Compatible,
    /// Something that worked does not, or values mean something else.
    Breaking,
}

/// The ways in which two versions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Something new.
    Added(Piece),
    /// Something is gone.
    Removed(Piece),
    /// A content of that name is now of another kind: telemetry became a property.
    Became(Piece, Piece),
    /// A schema has another form on the wire.
    Schema(String, String),
    /// An Enum's value is another on the wire.
    EnumValue(String, String),
    /// A component or instance is of another Interface.
    Interface(String, String),
    /// The unit, where there is one.
    Unit(Option<String>, Option<String>),
    /// The semantic type, where there is one.
    SemanticType(Option<String>, Option<String>),
    /// A property or relationship can be written now, or no longer.
    Writable(bool),
    /// A command is asynchronous now, or no longer.
    Asynchronous(bool),
    /// A request or response may be null now, or no longer.
    Nullable(bool),
    /// A relationship goes to other twins.
    Target(Option<String>, Option<String>),
    /// A relationship may be there less, or more, often.
    Multiplicity,
    /// A name that is not on the wire: a request's, a Map's key.
    Renamed(String, String),
    /// A text for people: `displayName`, `description`, `comment` or `displayUnit`.
    Text(&'static str),
    /// The version of the language.
    Language(Version, Version),
    /// A capability model became an Interface, or the other way round.
    Form,
    /// An id stands for another definition than before, without a higher version.
    SameVersion(String),
    /// An id's version went down.
    LowerVersion(String, String),
    /// The models are not versions of one another: their ids differ by more than the version.
    OtherModel(String, String),
}

/// What is added to or removed from a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Piece {
    /// An Interface's telemetry.
    Telemetry,
    /// A property of an Interface or a relationship.
    Property,
    /// A command.
    Command,
    /// A relationship.
    Relationship,
    /// A component.
    Component,
    /// An instance of a capability model.
    Instance,
    /// An Interface that is extended.
    Base,
    /// A command's request.
    Request,
    /// A command's response.
    Response,
    /// A field of an Object.
    Field,
    /// A value of an Enum.
    EnumValue,
}

/// How far a comparison goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Into the Interfaces of components, whose versions do not matter.
    Everything,
    /// To the ids of the Interfaces that a definition refers to.
    Definition,
}

/// A comparison under way.
struct Comparison<'m> {
    old: &'m Model,
    new: &'m Model,
    reach: Reach,
    path: String,
    changes: Vec<Change>,
    /// Pairs of schemas that enclose the place: a v4 schema may contain itself.
    open: Vec<Pair<Schema>>,
    /// Pairs of schemas that are alike. Shared ones are met again and again, in number exponential to their nesting.
    alike: HashSet<Pair<Schema>>,
    interfaces: Vec<Pair<Interface>>,
}

type Pair<T> = (*const T, *const T);

/// How many changes are listed. Shared schemas are compared wherever they are used, so a small text may have billions.
const MOST_CHANGES: usize = 10_000;

impl<'m> Comparison<'m> {
    fn new(old: &'m Model, new: &'m Model, reach: Reach) -> Self {
        Self {
            old,
            new,
            reach,
            path: String::new(),
            changes: Vec::new(),
            open: Vec::new(),
            alike: HashSet::new(),
            interfaces: Vec::new(),
        }
    }

    /// Does something one step further down the path.
    fn within(&mut self, step: &str, compare: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(step);
        compare(self);
        self.path.truncate(length);
    }

    fn is_full(&self) -> bool {
        self.changes.len() >= MOST_CHANGES
    }

    fn push(&mut self, kind: ChangeKind, effect: Effect, old: Option<Location>, new: Option<Location>) {
        if !self.is_full() {
            self.changes.push(Change { path: self.path.clone(), kind, effect, old, new });
        }
    }
}

/// `a telemetry`, as a sentence needs it.
impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Telemetry => "telemetry",
            Self::Property => "a property",
            Self::Command => "a command",
            Self::Relationship => "a relationship",
            Self::Component => "a component",
            Self::Instance => "an instance",
            Self::Base => "a base",
            Self::Request => "a request",
            Self::Response => "a response",
            Self::Field => "a field",
            Self::EnumValue => "an enum value",
        })
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Neutral => "neutral",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        })
    }
}

/// What happened at the place, without subject.
impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let maybe = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        match self {
            Self::Added(piece) => write!(f, "{piece} was added"),
            Self::Removed(piece) => write!(f, "{piece} was removed"),
            Self::Became(from, to) => write!(f, "{from} became {to}"),
            Self::Schema(from, to) => write!(f, "was {from}, is {to}"),
            Self::EnumValue(from, to) => write!(f, "the value was {from}, is {to}"),
            Self::Interface(from, to) => write!(f, "the Interface was {from}, is {to}"),
            Self::Unit(from, to) => write!(f, "the unit was {}, is {}", maybe(from), maybe(to)),
            Self::SemanticType(from, to) => {
                write!(f, "the semantic type was {}, is {}", maybe(from), maybe(to))
            }
            Self::Writable(true) => f.write_str("can be written now"),
            Self::Writable(false) => f.write_str("can no longer be written"),
            Self::Asynchronous(true) => f.write_str("is asynchronous now"),
            Self::Asynchronous(false) => f.write_str("is no longer asynchronous"),
            Self::Nullable(true) => f.write_str("may be null now"),
            Self::Nullable(false) => f.write_str("may no longer be null"),
            Self::Target(from, to) => write!(f, "the target was {}, is {}", maybe(from), maybe(to)),
            Self::Multiplicity => f.write_str("the multiplicity changed"),
            Self::Renamed(from, to) => write!(f, "was called {from}, is called {to}"),
            Self::Text(_) => f.write_str("the text changed"),
            Self::Language(from, to) => write!(f, "was written in {from}, is written in {to}"),
            Self::Form => f.write_str("a capability model became an Interface, or the other way round"),
            Self::SameVersion(id) => write!(f, "{id} changed and has the same version"),
            Self::LowerVersion(from, to) => write!(f, "the version went down from {from} to {to}"),
            Self::OtherModel(from, to) => write!(f, "{to} is no version of {from}"),
        }
    }
}

/// The path, what happened there, and the effect.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the model" } else { &self.path };
        write!(f, "{path}: {} ({})", self.kind, self.effect)
    }
}
