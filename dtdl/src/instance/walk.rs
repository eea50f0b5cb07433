//! A value and its schema, side by side. The places still to be visited are on a stack of this module's own, which is
//! also what the path of a fault is read from; memory is bounded by the depth of the value.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::iter::Enumerate;
use std::ops::Range;
use std::sync::Arc;

use super::standard::{self, Standard};
use super::{ValueFault, primitive};
use crate::model::{EnumSchema, EnumValues, ObjectSchema, Schema, SchemaKind};
use crate::tape::{Items, Kind, Members, Node};

/// How many faults are listed. A path may be as long as the text, so a value of faults alone must not list them all.
const MOST_FAULTS: usize = 100;

/// What is wrong at a place: code and sentence.
pub(super) type Wrong = (&'static str, String);

/// What a value must look like.
#[derive(Clone)]
enum Shape<'s> {
    Schema(&'s Schema),
    Shared(Arc<Schema>),
    Standard(&'static Standard),
    /// Anything, as long as its objects have no two members of one name.
    Anything,
}

/// A container that is being visited.
struct Frame<'s, 't> {
    rest: Rest<'t>,
    /// What the contents must look like: of an array the items, of an object the members by their names.
    inner: Inner<'s>,
    /// The item or member that was visited last.
    step: Step<'t>,
}

enum Rest<'t> {
    Items(Enumerate<Items<'t>>),
    Members(Members<'t>, HashSet<Cow<'t, str>>),
}

enum Step<'t> {
    Item(usize),
    Member(Cow<'t, str>),
}

enum Inner<'s> {
    /// All alike: an Array's items, a Map's values.
    Each(Shape<'s>),
    /// An Object's fields; a member is looked for from where the last one was found, because values are mostly written
    /// in the order of their schema.
    Fields(Shape<'s>, usize),
    Standard(standard::Fields),
}

/// The next place to visit.
struct Visit<'s, 't> {
    node: Node<'t>,
    shape: Result<Shape<'s>, Wrong>,
    /// Of the value, or of the key where that is what is wrong.
    at: Range<usize>,
}

struct Walker<'s, 't> {
    shared: &'s dyn Fn(&str) -> Option<Arc<Schema>>,
    frames: Vec<Frame<'s, 't>>,
    faults: Vec<ValueFault>,
}

/// All that is wrong with the value.
pub(super) fn check<'s>(
    schema: &'s Schema,
    shared: &'s dyn Fn(&str) -> Option<Arc<Schema>>,
    root: Node<'_>,
) -> Vec<ValueFault> {
    let mut walker = Walker { shared, frames: Vec::new(), faults: Vec::new() };
    walker.visit(Visit { node: root, shape: Ok(Shape::Schema(schema)), at: root.range() });
    while let Some(frame) = walker.frames.last_mut() {
        match frame.advance() {
            Some(visit) => walker.visit(visit),
            None => drop(walker.frames.pop()),
        }
        if walker.faults.len() >= MOST_FAULTS {
            let message = format!("more than {MOST_FAULTS} faults; the others are not listed");
            walker.faults.push(ValueFault {
                path: String::new(),
                message,
                code: "moreFaults",
                at: root.range(),
            });
            break;
        }
    }
    walker.faults
}

impl<'s, 't> Walker<'s, 't> {
    fn visit(&mut self, visit: Visit<'s, 't>) {
        let inner = match visit.shape {
            Ok(shape) => self.inner(&shape, visit.node),
            Err(wrong) => Err(wrong),
        };
        match inner {
            Ok(Some(inner)) => self.frames.push(Frame::new(visit.node, inner)),
            Ok(None) => {}
            Err((code, message)) => {
                let path = self.path();
                self.faults.push(ValueFault { path, message, code, at: visit.at });
            }
        }
    }

    /// Checks the value itself and says what its contents must look like, where it has any.
    fn inner(&self, shape: &Shape<'s>, node: Node<'_>) -> Result<Option<Inner<'s>>, Wrong> {
        match shape {
            Shape::Schema(schema) => self.schema(schema, shape, node),
            Shape::Shared(schema) => self.schema(schema, shape, node),
            Shape::Standard(standard) => standard_inner(standard, node),
            Shape::Anything => {
                let contains = matches!(node.kind(), Kind::Array | Kind::Object);
                Ok(contains.then_some(Inner::Each(Shape::Anything)))
            }
        }
    }

    fn schema(&self, schema: &Schema, shape: &Shape<'s>, node: Node<'_>) -> Result<Option<Inner<'s>>, Wrong> {
        match &schema.kind {
            SchemaKind::Primitive(primitive) => match standard::of(*primitive) {
                Some(standard) => standard_inner(standard, node),
                None => primitive::check(*primitive, node).map(|()| None),
            },
            SchemaKind::Object(_) => {
                expect(node, Kind::Object).map(|()| Some(Inner::Fields(shape.clone(), 0)))
            }
            SchemaKind::Enum(values) => enumerated(values, node).map(|()| None),
            SchemaKind::Array(item) => {
                expect(node, Kind::Array)?;
                Ok(Some(Inner::Each(Shape::Shared(Arc::clone(item)))))
            }
            SchemaKind::Map(map) => {
                expect(node, Kind::Object)?;
                Ok(Some(Inner::Each(Shape::Shared(Arc::clone(&map.value.schema)))))
            }
            SchemaKind::Recursive(id) => match (self.shared)(&id.text) {
                Some(found) if !matches!(found.kind, SchemaKind::Recursive(_)) => {
                    self.inner(&Shape::Shared(found), node)
                }
                _ => Err(("unknownSchema", format!("the model has no schema `{id}`"))),
            },
        }
    }

    /// The JSON pointer to the place that is being visited.
    fn path(&self) -> String {
        let mut path = String::new();
        for frame in &self.frames {
            // Writing to a string does not fail.
            let _ = match &frame.step {
                Step::Item(index) => write!(path, "/{index}"),
                Step::Member(key) => write!(path, "/{}", key.replace('~', "~0").replace('/', "~1")),
            };
        }
        path
    }
}

impl<'s, 't> Frame<'s, 't> {
    fn new(node: Node<'t>, inner: Inner<'s>) -> Self {
        let rest = match node.kind() {
            Kind::Object => Rest::Members(node.members(), HashSet::new()),
            _ => Rest::Items(node.items().enumerate()),
        };
        Self { rest, inner, step: Step::Item(0) }
    }

    fn advance(&mut self) -> Option<Visit<'s, 't>> {
        match &mut self.rest {
            Rest::Items(items) => {
                let (index, node) = items.next()?;
                self.step = Step::Item(index);
                Some(Visit { node, shape: Ok(self.inner.item()), at: node.range() })
            }
            Rest::Members(members, seen) => {
                let member = members.next()?;
                let shape = if seen.insert(member.key.clone()) {
                    self.inner.member(&member.key)
                } else {
                    Err(("duplicateField", format!("`{}` occurs a second time", member.key)))
                };
                self.step = Step::Member(member.key);
                let at = if shape.is_ok() { member.value.range() } else { member.key_range };
                Some(Visit { node: member.value, shape, at })
            }
        }
    }
}

impl<'s> Inner<'s> {
    fn item(&self) -> Shape<'s> {
        match self {
            Self::Each(shape) => shape.clone(),
            Self::Fields(..) | Self::Standard(_) => Shape::Anything,
        }
    }

    fn member(&mut self, name: &str) -> Result<Shape<'s>, Wrong> {
        let found = match self {
            Self::Each(shape) => Some(shape.clone()),
            Self::Fields(Shape::Schema(schema), next) => field(schema, name, next),
            Self::Fields(Shape::Shared(schema), next) => field(schema, name, next),
            Self::Fields(..) => None,
            Self::Standard(fields) => fields.get(name).map(Shape::Standard),
        };
        found.ok_or_else(|| ("unknownField", format!("the schema has no field `{name}`")))
    }
}

/// The shape of an Object's field; `next` is where it is looked for first.
fn field<'s>(schema: &Schema, name: &str, next: &mut usize) -> Option<Shape<'s>> {
    let SchemaKind::Object(ObjectSchema { fields }) = &schema.kind else { return None };
    let (before, after) = fields.split_at_checked(*next).unwrap_or((fields, &[]));
    let found = after.iter().chain(before).position(|field| field.name.text == name)?;
    let index = (before.len() + found) % fields.len();
    *next = index + 1;
    fields.get(index).map(|field| Shape::Shared(Arc::clone(&field.schema)))
}

fn standard_inner<'s>(standard: &'static Standard, node: Node<'_>) -> Result<Option<Inner<'s>>, Wrong> {
    match standard {
        Standard::Primitive(primitive) => primitive::check(*primitive, node).map(|()| None),
        Standard::Word(word) if node.as_str().as_deref() == Some(word) => Ok(None),
        Standard::Word(word) => Err(("notInEnum", format!("expected \"{word}\", found {}", shown(node)))),
        Standard::Array(item) => expect(node, Kind::Array).map(|()| Some(Inner::Each(Shape::Standard(item)))),
        Standard::Object(fields) => expect(node, Kind::Object).map(|()| Some(Inner::Standard(*fields))),
        Standard::GeoJson => {
            expect(node, Kind::Object)?;
            if !node.members().any(|member| member.key == "type" && member.value.kind() == Kind::String) {
                return Err(("wrongType", "a GeoJSON object has a `type`, which is a string".to_owned()));
            }
            Ok(Some(Inner::Each(Shape::Anything)))
        }
    }
}

/// That the value is one of the Enum's. `1.0` is not `1`.
fn enumerated(schema: &EnumSchema, node: Node<'_>) -> Result<(), Wrong> {
    let known = match &schema.values {
        EnumValues::Integers(values) => {
            expect(node, Kind::Number)?;
            let number: Option<i64> = node.raw().parse().ok();
            values.iter().any(|known| Some(known.value) == number)
        }
        EnumValues::Strings(values) => {
            expect(node, Kind::String)?;
            let text = node.as_str();
            values.iter().any(|known| Some(known.value.as_str()) == text.as_deref())
        }
    };
    if known { Ok(()) } else { Err(("notInEnum", format!("{} is no value of the Enum", shown(node)))) }
}

/// That the value is of that kind.
pub(super) fn expect(node: Node<'_>, kind: Kind) -> Result<(), Wrong> {
    let found = node.kind();
    if found == kind {
        Ok(())
    } else {
        Err(("wrongType", format!("expected {}, found {}", kind.noun(), found.noun())))
    }
}

/// A value for a sentence, not too long.
pub(super) fn shown(node: Node<'_>) -> String {
    const MOST: usize = 40;
    let raw = node.raw();
    match raw.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", raw.get(..end).unwrap_or_default()),
        None => raw.to_owned(),
    }
}
