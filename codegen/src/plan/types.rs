//! Types: from schemas to Rust. An Object or Enum becomes a type of the module that needs it first; wherever else it is
//! needed in the same device, it is imported, so that one schema is one type.
//!
//! Begin with [`Types::of`]. [`Registry`] has the types of the whole device.

use std::collections::{BTreeMap, BTreeSet};

use dtdl::{EnumSchema, EnumValue, EnumValues, Id, Location, Model, Name, ObjectSchema, Primitive, Quantity};
use dtdl::{Schema, SchemaKind};
use proc_macro2::Ident;

use super::docs::{About, docs};
use super::names::{Ids, Names, Scope, is_reserved, joined};
use super::{Direction, Extra, Field, Home, Import, Literal, Shape, Type, TypeRef, Unit, Variant};
use super::{schemas, units};

/// The types of a device, in the order in which they were needed.
pub(super) struct Registry<'m> {
    model: &'m Model,
    /// The ids of Arrays and Maps that hold themselves, which Rust can only say with a type of their own.
    wrapped: BTreeSet<String>,
    /// The schemas that stand in the `schemas` of Interfaces: their ids, and what their types are called.
    shared: BTreeMap<String, String>,
    entries: Vec<Entry>,
    numbers: BTreeMap<Key, usize>,
    units: bool,
}

struct Entry {
    home: Home,
    ident: Ident,
    direction: Direction,
    /// The types that stand in it, by their numbers.
    inner: Vec<usize>,
    /// `None` while it is being made, and where another type has its name.
    made: Option<(Vec<String>, Shape)>,
}

/// What a type is made of.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Schema(Location),
    Unit(String),
}

impl<'m> Registry<'m> {
    pub(super) fn new(model: &'m Model, units: bool) -> Self {
        let Uses { wrapped, shared } = uses(model);
        let named = shared.iter().map(|id| (id.to_owned(), joined(&shared.telling(id))));
        let shared = named.collect();
        Self { model, wrapped, shared, entries: Vec::new(), numbers: BTreeMap::new(), units }
    }

    /// Whether a shared schema has that name, whichever module it is defined in.
    fn is_name_of_shared(&self, ident: &Ident) -> bool {
        self.shared.values().any(|name| ident == name)
    }

    /// The types that a module defines. Directions are known when all modules are planned.
    pub(super) fn take_types(&mut self, home: &Home) -> Vec<Type> {
        self.spread_directions();
        let mine = self.entries.iter_mut().filter(|entry| entry.home == *home);
        mine.filter_map(|entry| {
            let (docs, shape) = entry.made.take()?;
            let (ident, direction) = (entry.ident.clone(), entry.direction);
            Some(Type { ident, docs, shape, direction, extra: Extra::default() })
        })
        .collect()
    }

    /// A type that stands inside another goes wherever that one goes, also when that was learned later.
    fn spread_directions(&mut self) {
        let mut changed: Vec<usize> = (0..self.entries.len()).collect();
        while let Some(outer) = changed.pop() {
            let Some(Entry { direction, inner, .. }) = self.entries.get(outer) else { continue };
            let (direction, inner) = (*direction, inner.clone());
            for number in inner {
                if let Some(entry) = self.entries.get_mut(number) {
                    let both = entry.direction.and(direction);
                    if both != entry.direction {
                        entry.direction = both;
                        changed.push(number);
                    }
                }
            }
        }
    }
}

/// The types of one module.
pub(super) struct Types<'r, 'm, 'a> {
    pub(super) names: &'r mut Names<'a>,
    registry: &'r mut Registry<'m>,
    home: Home,
    scope: Scope,
    imported: Vec<usize>,
    /// The types that are being made, the innermost last.
    open: Vec<usize>,
}

/// Who needs a type: the words of its name and the element that is to blame for it.
#[derive(Clone, Copy)]
pub(super) struct Need<'n> {
    pub(super) words: &'n [&'n str],
    pub(super) name: &'n Name,
    pub(super) direction: Direction,
}

impl<'r, 'm, 'a> Types<'r, 'm, 'a> {
    pub(super) fn new(names: &'r mut Names<'a>, registry: &'r mut Registry<'m>, home: Home) -> Self {
        let scope = names.type_scope();
        Self { names, registry, home, scope, imported: Vec::new(), open: Vec::new() }
    }

    /// What the module has of others.
    pub(super) fn into_imports(self) -> Vec<Import> {
        let entries = self.imported.iter().filter_map(|number| self.registry.entries.get(*number));
        entries.map(|entry| Import { ident: entry.ident.clone(), from: entry.home.clone() }).collect()
    }

    /// The Rust type of a value with its unit.
    pub(super) fn measured(&mut self, schema: &Schema, quantity: &Quantity, need: Need<'_>) -> TypeRef {
        let ty = self.of(schema, need);
        match &quantity.unit {
            Some(unit) if self.registry.units && schemas::is_number(&ty) => {
                TypeRef::Quantity(self.unit(unit, need), Box::new(ty))
            }
            _ => ty,
        }
    }

    /// The Rust type of a schema, which defines what it needs.
    pub(super) fn of(&mut self, schema: &Schema, need: Need<'_>) -> TypeRef {
        match &schema.kind {
            SchemaKind::Primitive(primitive) => self.primitive(*primitive, schema),
            SchemaKind::Array(_) | SchemaKind::Map(_) if self.is_wrapped(schema) => {
                self.local(schema, need, |types, _| Shape::Wrapper(types.collection(schema, need)))
            }
            SchemaKind::Array(_) | SchemaKind::Map(_) => self.collection(schema, need),
            SchemaKind::Object(object) => {
                self.local(schema, need, |types, words| types.object(object, words, need))
            }
            SchemaKind::Enum(values) => self.local(schema, need, |types, _| types.enumeration(values)),
            SchemaKind::Recursive(id) => self.itself(id, schema, need),
            _ => self.unsupported("a schema of this kind", schema),
        }
    }

    fn primitive(&mut self, primitive: Primitive, schema: &Schema) -> TypeRef {
        schemas::primitive(primitive)
            .unwrap_or_else(|| self.unsupported(&format!("the schema `{}`", primitive.name()), schema))
    }

    fn collection(&mut self, schema: &Schema, need: Need<'_>) -> TypeRef {
        match &schema.kind {
            SchemaKind::Array(item) => TypeRef::List(Box::new(self.of(item, need))),
            SchemaKind::Map(map) => {
                let value = &map.value;
                TypeRef::Map(Box::new(self.measured(&value.schema, &value.quantity, need)))
            }
            _ => self.of(schema, need),
        }
    }

    /// The schema that encloses this place, by its id.
    fn itself(&mut self, id: &Id, schema: &Schema, need: Need<'_>) -> TypeRef {
        let Some(whole) = self.registry.model.schema(&id.text) else {
            return self
                .unsupported(&format!("a reference to `{}`, which has no id of its own,", id.text), schema);
        };
        self.of(whole, need)
    }

    fn is_wrapped(&self, schema: &Schema) -> bool {
        schema.id.as_ref().is_some_and(|id| self.registry.wrapped.contains(&id.text))
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
        let key = Key::Schema(schema.at);
        if let Some(known) = self.known(&key, need) {
            return known;
        }
        let shared = schema.id.as_ref().and_then(|id| self.registry.shared.get(&id.text)).cloned();
        let mut words: Vec<&str> = shared.as_deref().map_or_else(|| need.words.to_vec(), |name| vec![name]);
        let mut ident = self.names.type_name(&words);
        // a name that a shared schema or every module has is left to that one
        if is_reserved(&ident) || (shared.is_none() && self.registry.is_name_of_shared(&ident)) {
            words.push("value");
            ident = self.names.type_name(&words);
        }
        let id = schema.id.as_ref().map(|id| id.text.as_str()).filter(|_| shared.is_some());
        let ident = id.and_then(|id| self.names.renamed_type(id)).unwrap_or(ident);
        let name = id.or(words.last().copied()).unwrap_or(&need.name.text);
        let docs = self.docs(schema, need);
        self.define(key, (ident, name), need, |types| (docs, shape(types, &words)))
    }

    fn docs(&self, schema: &Schema, need: Need<'_>) -> Vec<String> {
        let (what, name, at) = match &schema.id {
            Some(id) => ("schema", id.text.as_str(), id.at),
            None => ("schema of", need.name.text.as_str(), schema.at),
        };
        docs(&schema.texts, None, &About { what, name, place: self.names.place(at) })
    }

    /// Defines a type, which `rename` can call otherwise by the model's name for it.
    fn define(
        &mut self,
        key: Key,
        (ident, name): (Ident, &str),
        need: Need<'_>,
        make: impl FnOnce(&mut Self) -> (Vec<String>, Shape),
    ) -> TypeRef {
        let is_free = self.names.claim(&mut self.scope, &ident, name, need.name.at);
        let number = self.registry.entries.len();
        self.note_inner(number);
        let (home, direction) = (self.home.clone(), need.direction);
        let entry = Entry { home, ident: ident.clone(), direction, inner: Vec::new(), made: None };
        self.registry.entries.push(entry);
        self.registry.numbers.insert(key, number);
        self.open.push(number);
        let made = make(self);
        self.open.pop();
        if let Some(entry) = self.registry.entries.get_mut(number).filter(|_| is_free) {
            entry.made = Some(made);
        }
        TypeRef::Local(ident)
    }

    /// The type that a key became before, which the module imports where it is another's.
    fn known(&mut self, key: &Key, need: Need<'_>) -> Option<TypeRef> {
        let number = *self.registry.numbers.get(key)?;
        self.note_inner(number);
        let entry = self.registry.entries.get_mut(number)?;
        entry.direction = entry.direction.and(need.direction);
        let ident = entry.ident.clone();
        self.import(number, need);
        Some(TypeRef::Local(ident))
    }

    /// The type and all that stands in it, so that values of it can be written here.
    fn import(&mut self, number: usize, need: Need<'_>) {
        let Some(entry) = self.registry.entries.get(number) else { return };
        if entry.home == self.home || self.imported.contains(&number) {
            return;
        }
        let (ident, inner) = (entry.ident.clone(), entry.inner.clone());
        self.names.claim(&mut self.scope, &ident, &need.name.text, need.name.at);
        self.imported.push(number);
        for number in inner {
            self.import(number, need);
        }
    }

    fn note_inner(&mut self, number: usize) {
        let outer = self.open.last().and_then(|outer| self.registry.entries.get_mut(*outer));
        if let Some(outer) = outer {
            outer.inner.push(number);
        }
    }

    fn unit(&mut self, unit: &str, need: Need<'_>) -> Unit {
        if let Some(ident) = units::known(unit) {
            return Unit::Known(ident);
        }
        let key = Key::Unit(unit.to_owned());
        let shape = Shape::Unit(unit.to_owned());
        let docs = vec![format!("The unit `{}`, which the language does not define.", unit.replace('`', ""))];
        let ident = self.names.type_name(&units::words(unit));
        if self.known(&key, need).is_none() {
            self.define(key, (ident.clone(), unit), need, |_| (docs, shape));
        }
        Unit::Local(ident)
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
            let need = Need { words: &inner, name: &field.name, ..need };
            let ty = match (self.measured(&field.schema, &field.quantity, need), &field.schema.kind) {
                (TypeRef::Local(ident), SchemaKind::Recursive(_)) => TypeRef::Boxed(ident),
                (ty, _) => ty,
            };
            let about =
                About { what: "field", name: &field.name.text, place: self.names.place(field.name.at) };
            let docs = docs(&field.texts, Some(&field.quantity), &about);
            let (wire, unit) = (field.name.text.clone(), field.quantity.unit.clone());
            fields.push(Field { wire, ident, ty, unit, docs });
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
            let name = &value.name;
            let ident = self.names.type_name(&[name.text.as_str()]);
            if self.names.claim(&mut scope, &ident, &name.text, name.at) {
                let about = About { what: "value", name: &name.text, place: self.names.place(name.at) };
                let docs = docs(&value.texts, None, &about);
                variants.push(Variant { ident, value: literal(&value.value), docs });
            }
        }
        variants
    }
}

/// What has to be known of all schemas before the first is named.
struct Uses {
    wrapped: BTreeSet<String>,
    shared: Ids,
}

/// Looks at every schema once.
fn uses(model: &Model) -> Uses {
    let (mut wrapped, mut shared, mut seen) = (BTreeSet::new(), Ids::default(), BTreeSet::new());
    let mut left: Vec<&Schema> =
        model.parts.iter().flat_map(|part| schemas_of(model.interface(part))).collect();
    while let Some(schema) = left.pop() {
        let is_new = seen.insert(schema.at);
        if let Some(id) = schema.id.as_ref().filter(|_| schema.shared && is_named(schema)) {
            shared.add(&id.text);
        }
        match &schema.kind {
            SchemaKind::Recursive(id) => {
                wrapped.insert(id.text.clone());
            }
            SchemaKind::Array(item) if is_new => left.push(item),
            SchemaKind::Map(map) if is_new => left.push(&map.value.schema),
            SchemaKind::Object(object) if is_new => {
                left.extend(object.fields.iter().map(|field| &*field.schema));
            }
            _ => {}
        }
    }
    wrapped.retain(|id| model.schema(id).is_some_and(|schema| !is_named(schema)));
    Uses { wrapped, shared }
}

/// Whether every schema of the kind becomes a type with a name.
fn is_named(schema: &Schema) -> bool {
    matches!(schema.kind, SchemaKind::Object(_) | SchemaKind::Enum(_))
}

/// The schemas of an Interface's contents.
fn schemas_of(interface: &dtdl::Interface) -> impl Iterator<Item = &Schema> {
    let payloads =
        interface.commands.iter().flat_map(|command| command.request.iter().chain(&command.response));
    let telemetry = interface.telemetry.iter().map(|item| &*item.schema);
    let properties = interface.properties.iter().map(|item| &*item.schema);
    telemetry.chain(properties).chain(payloads.map(|payload| &*payload.schema))
}
