//! Schemas: from a primitive's name, an id or an inline element to [`Schema`].

use std::sync::Arc;

use super::build::{Builder, id_of, name_of, quantity_of, texts_of};
use super::types::{
    EnumSchema, EnumValue, EnumValues, Field, MapSchema, ObjectSchema, Schema, SchemaKind, Texts,
};
use super::unique;
use crate::check::{Element, Literal, Reference};
use crate::diagnostic::texts::{self, Fault};
use crate::language::{Class, Primitive, Version};
use crate::source::Location;
use crate::suggest::closest;

/// Where in the nesting a schema is being built.
#[derive(Clone, Copy)]
struct Nesting {
    version: Version,
    depth: usize,
}

/// How many complex schemas a model may come to once shared ones are written out where they are used. Far more than any
/// device has; a text of a few kilobytes could otherwise name billions.
const MOST_SCHEMAS: usize = 100_000;

/// The shared schemas being written out, and how many there have been.
#[derive(Debug, Default)]
pub(super) struct Expansion<'r> {
    open: Vec<&'r str>,
    count: usize,
}

impl<'r> Expansion<'r> {
    /// Begins a schema; v4 allows one to refer to itself, which the model cannot express yet. That there are too many is
    /// said once.
    fn enter(&mut self, id: Option<&'r str>) -> Result<(), Option<Fault>> {
        if let Some(id) = id.filter(|id| self.open.contains(id)) {
            return Err(Some(texts::recursion(id, "refers to")));
        }
        if self.count >= MOST_SCHEMAS {
            let first = self.count == MOST_SCHEMAS;
            self.count += usize::from(first);
            return Err(first.then(|| texts::too_many("the device", MOST_SCHEMAS, MOST_SCHEMAS + 1)));
        }
        self.count += 1;
        self.open.extend(id);
        Ok(())
    }

    fn leave(&mut self, id: Option<&'r str>) {
        if id.is_some() {
            self.open.pop();
        }
    }
}

impl Schema {
    /// Whether an Array stands in it, at any depth.
    pub(super) fn holds_array(&self) -> bool {
        match &self.kind {
            SchemaKind::Array(_) => true,
            SchemaKind::Object(object) => object.fields.iter().any(|field| field.schema.holds_array()),
            SchemaKind::Map(map) => map.value.schema.holds_array(),
            SchemaKind::Primitive(_) | SchemaKind::Enum(_) | SchemaKind::Recursive(_) => false,
        }
    }
}

impl<'r> Builder<'r, '_> {
    /// The schema of an element that has a member `schema`; `None` when it is missing or wrong (and reported).
    pub(super) fn schema_of(&mut self, element: &'r Element, version: Version) -> Option<Arc<Schema>> {
        let reference = element.references("schema").first()?;
        self.schema(reference, Nesting { version, depth: 0 })
    }

    fn schema(&mut self, reference: &'r Reference, nesting: Nesting) -> Option<Arc<Schema>> {
        match reference {
            Reference::Inline(element) => self.complex(element, element.at, nesting),
            Reference::Id(name, at) => self.named_schema(name, *at, nesting),
        }
    }

    fn named_schema(&mut self, name: &str, at: Location, nesting: Nesting) -> Option<Arc<Schema>> {
        match Primitive::named(name, nesting.version) {
            Some((primitive, true)) => {
                let kind = SchemaKind::Primitive(primitive);
                return Some(Arc::new(Schema { kind, id: None, texts: Texts::default(), at }));
            }
            Some((_, false)) => {
                self.faults.push(texts::schema_not_in_version(name, &nesting.version.to_string()), at);
                return None;
            }
            None => {}
        }
        if !name.contains(':') {
            let near = closest(name, Primitive::names(nesting.version));
            self.faults.push(texts::unknown_schema(name, near), at);
            return None;
        }
        let found = self.resolve(name, at)?;
        if !matches!(found.element.class, Class::Array | Class::Enum | Class::Map | Class::Object) {
            self.faults.push(texts::wrong_target("schema", name, "an Array, Enum, Map or Object"), at);
            return None;
        }
        self.complex(found.element, at, nesting)
    }

    fn complex(&mut self, element: &'r Element, at: Location, nesting: Nesting) -> Option<Arc<Schema>> {
        let most = nesting.version.schema_depth();
        if nesting.depth >= most {
            self.faults.push(texts::too_deep(most), at);
            return None;
        }
        let id = element.id.as_ref().map(|(id, _)| id.as_str());
        if let Err(refusal) = self.expansion.enter(id) {
            if let Some(fault) = refusal {
                self.faults.push(fault, at);
            }
            return None;
        }
        let kind = self.kind(element, Nesting { depth: nesting.depth + 1, ..nesting });
        self.expansion.leave(id);
        let id = element.id.as_ref().map(|_| id_of(element));
        Some(Arc::new(Schema { kind: kind?, id, texts: texts_of(element), at }))
    }

    fn kind(&mut self, element: &'r Element, inner: Nesting) -> Option<SchemaKind> {
        Some(match element.class {
            Class::Object => SchemaKind::Object(self.object(element, inner)),
            Class::Enum => SchemaKind::Enum(self.enumeration(element)?),
            Class::Array => {
                let item = self.schema(element.references("elementSchema").first()?, inner)?;
                SchemaKind::Array(item)
            }
            _ => SchemaKind::Map(Box::new(self.map(element, inner)?)),
        })
    }

    fn object(&mut self, element: &'r Element, nesting: Nesting) -> ObjectSchema {
        let fields: Vec<_> =
            element.inline("fields").filter_map(|field| self.field(field, nesting)).collect();
        unique::names(fields.iter().map(|field| &field.name), "the fields of an Object", self.faults);
        ObjectSchema { fields }
    }

    fn field(&mut self, element: &'r Element, nesting: Nesting) -> Option<Field> {
        let schema = self.schema(element.references("schema").first()?, nesting)?;
        Some(Field {
            name: name_of(element)?,
            texts: texts_of(element),
            schema,
            quantity: quantity_of(element),
        })
    }

    fn map(&mut self, element: &'r Element, nesting: Nesting) -> Option<MapSchema> {
        let key = name_of(element.inline("mapKey").next()?)?;
        let value = self.field(element.inline("mapValue").next()?, nesting)?;
        Some(MapSchema { key, value })
    }

    fn enumeration(&mut self, element: &'r Element) -> Option<EnumSchema> {
        let (schema, _) = element.text("valueSchema")?;
        let integers = schema == "integer";
        let (mut numbers, mut words) = (Vec::new(), Vec::new());
        for value in element.inline("enumValues") {
            let (Some(name), Some((literal, at))) = (name_of(value), value.literal("enumValue")) else {
                continue;
            };
            let texts = texts_of(value);
            match literal {
                Literal::Integer(value) if integers => {
                    numbers.push((EnumValue { name, texts, value: *value }, at));
                }
                Literal::Text(value) if !integers => {
                    words.push((EnumValue { name, texts, value: value.clone() }, at));
                }
                other => self.faults.push(texts::mixed_enum_value(&shown(other), schema), at),
            }
        }
        unique::enum_values(&numbers, self.faults);
        unique::enum_values(&words, self.faults);
        Some(EnumSchema {
            values: if integers {
                EnumValues::Integers(without_places(numbers))
            } else {
                EnumValues::Strings(without_places(words))
            },
        })
    }
}

fn without_places<T>(values: Vec<(EnumValue<T>, Location)>) -> Vec<EnumValue<T>> {
    values.into_iter().map(|(value, _)| value).collect()
}

fn shown(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("\"{text}\""),
        Literal::Integer(number) => number.to_string(),
        Literal::Boolean(value) => value.to_string(),
    }
}
