//! Types: from schemas to Rust. An Object or Enum becomes a type of the module, named for where it stands.

use dtdl::{EnumSchema, EnumValue, EnumValues, Name, ObjectSchema, Primitive, Schema, SchemaKind, Texts};

use proc_macro2::Ident;

use super::docs::docs;
use super::names::{Names, Scope, last_word};
use super::{Direction, Field, Literal, Shape, Type, TypeRef, Variant};

/// The types that a module defines so far, and the names they took.
pub(super) struct Types<'n, 'a> {
    pub(super) names: &'n mut Names<'a>,
    scope: Scope,
    defined: Vec<(Type, dtdl::Location)>,
}

/// Who needs a type: the words of its name and the element that is to blame for it.
#[derive(Clone, Copy)]
pub(super) struct Need<'a> {
    pub(super) words: &'a [&'a str],
    pub(super) name: &'a Name,
    pub(super) direction: Direction,
}

impl<'n, 'a> Types<'n, 'a> {
    pub(super) fn new(names: &'n mut Names<'a>) -> Self {
        let scope = names.type_scope();
        Self { names, scope, defined: Vec::new() }
    }

    pub(super) fn into_types(self) -> Vec<Type> {
        let mut types: Vec<Type> = self.defined.into_iter().map(|(defined, _)| defined).collect();
        spread_directions(&mut types);
        types
    }

    /// The Rust type of a schema, which defines what it needs.
    pub(super) fn of(&mut self, schema: &Schema, need: Need<'_>) -> TypeRef {
        match &schema.kind {
            SchemaKind::Primitive(primitive) => self.primitive(*primitive, schema),
            SchemaKind::Array(item) => TypeRef::List(Box::new(self.of(item, need))),
            SchemaKind::Map(map) => TypeRef::Map(Box::new(self.of(&map.value.schema, need))),
            SchemaKind::Object(object) => {
                self.local(schema, need, |types, words| types.object(object, words, need))
            }
            SchemaKind::Enum(values) => self.local(schema, need, |types, _| types.enumeration(values)),
            SchemaKind::Recursive(id) => {
                self.unsupported(&format!("a schema that refers to itself (`{}`)", id.text), schema)
            }
            _ => self.unsupported("a schema of this kind", schema),
        }
    }

    fn primitive(&mut self, primitive: Primitive, schema: &Schema) -> TypeRef {
        match primitive {
            Primitive::Boolean => TypeRef::Bool,
            Primitive::Integer => TypeRef::I32,
            Primitive::Long => TypeRef::I64,
            Primitive::Float => TypeRef::F32,
            Primitive::Double => TypeRef::F64,
            Primitive::String => TypeRef::String,
            Primitive::Date => TypeRef::Time("Date"),
            Primitive::DateTime => TypeRef::Time("DateTime"),
            Primitive::Time => TypeRef::Time("Time"),
            Primitive::Duration => TypeRef::Time("Duration"),
            other => self.unsupported(&format!("the schema `{}`", other.name()), schema),
        }
    }

    fn unsupported(&mut self, what: &str, schema: &Schema) -> TypeRef {
        self.names.diagnostics.push(
            dtdl::Diagnostic::new("unsupportedSchema", format!("{what} cannot be generated yet"), schema.at)
                .with_help("model the value with an Object, Map, Array, string or number"),
        );
        TypeRef::Json
    }

    /// Defines a type of the module, or finds the one that this schema already became.
    fn local(
        &mut self,
        schema: &Schema,
        need: Need<'_>,
        shape: impl FnOnce(&mut Self, &[&str]) -> Shape,
    ) -> TypeRef {
        let shared = schema.id.as_ref().map(|id| last_word(&id.text).to_owned());
        let words: Vec<&str> = match &shared {
            Some(word) => vec![word],
            None => need.words.to_vec(),
        };
        let key = schema.id.as_ref().map_or(schema.at, |id| id.at);
        if let Some((known, _)) = self.defined.iter_mut().find(|(_, at)| *at == key) {
            known.direction = known.direction.and(need.direction);
            return TypeRef::Local(known.ident.clone());
        }
        let ident = self.names.type_name(&words);
        let word = words.last().copied().unwrap_or(&need.name.text);
        self.names.claim(&mut self.scope, &ident, word, need.name.at);
        let place = self.names.place(key);
        let docs = docs(&schema.texts, None, "schema of", &need.name.text, &place);
        let shape = shape(self, &words);
        let defined = Type { ident: ident.clone(), docs, shape, direction: need.direction };
        self.defined.push((defined, key));
        TypeRef::Local(ident)
    }

    fn object(&mut self, object: &ObjectSchema, words: &[&str], need: Need<'_>) -> Shape {
        let mut scope = self.names.scope("fields of an Object");
        let mut fields = Vec::new();
        for field in &object.fields {
            let ident = self.names.value(&field.name.text);
            if !self.names.claim(&mut scope, &ident, &field.name.text, field.name.at) {
                continue;
            }
            let inner: Vec<&str> = words.iter().copied().chain([field.name.text.as_str()]).collect();
            let ty = self.of(&field.schema, Need { words: &inner, name: &field.name, ..need });
            let place = self.names.place(field.name.at);
            let docs = docs(&field.texts, Some(&field.quantity), "field", &field.name.text, &place);
            fields.push(Field { wire: field.name.text.clone(), ident, ty, docs });
        }
        Shape::Object(fields)
    }

    fn enumeration(&mut self, schema: &EnumSchema) -> Shape {
        Shape::Enum(match &schema.values {
            EnumValues::Integers(values) => self.variants(values, |value| Literal::Integer(*value)),
            EnumValues::Strings(values) => self.variants(values, |value| Literal::String(value.clone())),
        })
    }

    fn variants<T>(&mut self, values: &[EnumValue<T>], literal: impl Fn(&T) -> Literal) -> Vec<Variant> {
        let mut scope = self.names.scope("values of an Enum");
        let mut variants = Vec::new();
        for value in values {
            let ident = self.names.type_name(&[value.name.text.as_str()]);
            if self.names.claim(&mut scope, &ident, &value.name.text, value.name.at) {
                let docs = self.variant_docs(&value.name, &value.texts);
                variants.push(Variant { ident, value: literal(&value.value), docs });
            }
        }
        variants
    }

    fn variant_docs(&self, name: &Name, texts: &Texts) -> Vec<String> {
        docs(texts, None, "value", &name.text, &self.names.place(name.at))
    }
}

/// A type that stands inside another goes wherever that one goes, also when that was learned later.
fn spread_directions(types: &mut [Type]) {
    loop {
        let inner: Vec<(Ident, Direction)> = types
            .iter()
            .flat_map(|outer| outer.shape.inner().map(|ident| (ident.clone(), outer.direction)))
            .collect();
        let mut changed = false;
        for (ident, direction) in inner {
            for known in types.iter_mut().filter(|known| known.ident == ident) {
                let both = known.direction.and(direction);
                changed |= both != known.direction;
                known.direction = both;
            }
        }
        if !changed {
            return;
        }
    }
}
