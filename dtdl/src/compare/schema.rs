//! Schemas: whether values of the old form are still values of the new, and the other way round.
//!
//! Any other form on the wire is breaking, a wider number too: a reader of the old form cannot hold it. Fields may be
//! missing, so new ones break nobody. A new enum value depends on who sends it: where the device may (telemetry,
//! properties, responses), a reader of the old model meets a value that it has no name for, which is breaking; in a
//! request it is only something more that may be asked for.

use std::sync::Arc;

use super::{ChangeKind, Comparison, Effect, Piece};
use crate::model::{EnumSchema, EnumValue, EnumValues, MapSchema, Model, ObjectSchema, Schema, SchemaKind};

impl<'m> Comparison<'m> {
    pub(super) fn schema(&mut self, old: &'m Schema, new: &'m Schema, device_sends: bool) {
        let (old, new) = (resolve(self.old, old), resolve(self.new, new));
        let pair = (std::ptr::from_ref(old), std::ptr::from_ref(new));
        if self.is_full() || self.open.contains(&pair) || self.alike.contains(&pair) {
            return;
        }
        self.open.push(pair);
        let before = self.changes.len();
        self.texts(&old.texts, &new.texts, (old.at, new.at));
        self.kind(old, new, device_sends);
        self.open.pop();
        if self.changes.len() == before {
            self.alike.insert(pair);
        }
    }

    fn kind(&mut self, old: &'m Schema, new: &'m Schema, device_sends: bool) {
        match (&old.kind, &new.kind) {
            (SchemaKind::Primitive(one), SchemaKind::Primitive(other)) if one == other => {}
            (SchemaKind::Recursive(one), SchemaKind::Recursive(other)) if one.text == other.text => {}
            (SchemaKind::Array(old), SchemaKind::Array(new)) => {
                self.within("elementSchema", |comparison| comparison.schema(old, new, device_sends));
            }
            (SchemaKind::Map(old), SchemaKind::Map(new)) => self.map(old, new, device_sends),
            (SchemaKind::Object(old), SchemaKind::Object(new)) => self.object(old, new, device_sends),
            (SchemaKind::Enum(one), SchemaKind::Enum(other)) if valued(one) == valued(other) => {
                self.enumeration(one, other, device_sends);
            }
            (one, other) => {
                let kind = ChangeKind::Schema(called(one), called(other));
                self.change(kind, Effect::Breaking, (old.at, new.at));
            }
        }
    }

    fn object(&mut self, old: &'m ObjectSchema, new: &'m ObjectSchema, device_sends: bool) {
        self.by_name(
            old.fields.iter().map(|field| (&field.name, field)),
            new.fields.iter().map(|field| (&field.name, field)),
            |_| (Piece::Field, Effect::Compatible),
            |comparison, (_, old), (_, new)| {
                let at = (old.name.at, new.name.at);
                comparison.texts(&old.texts, &new.texts, at);
                comparison.quantity(&old.quantity, &new.quantity, at);
                comparison.within("schema", |comparison| {
                    comparison.schema(&old.schema, &new.schema, device_sends);
                });
            },
        );
    }

    fn map(&mut self, old: &'m MapSchema, new: &'m MapSchema, device_sends: bool) {
        self.within("mapKey", |comparison| comparison.renamed(&old.key, &new.key));
        let (old, new) = (&old.value, &new.value);
        self.within("mapValue", |comparison| {
            let at = (old.name.at, new.name.at);
            comparison.renamed(&old.name, &new.name);
            comparison.texts(&old.texts, &new.texts, at);
            comparison.quantity(&old.quantity, &new.quantity, at);
            comparison.within("schema", |comparison| {
                comparison.schema(&old.schema, &new.schema, device_sends);
            });
        });
    }

    fn enumeration(&mut self, old: &'m EnumSchema, new: &'m EnumSchema, device_sends: bool) {
        match (&old.values, &new.values) {
            (EnumValues::Integers(old), EnumValues::Integers(new)) => {
                self.enum_values(old, new, device_sends, ToString::to_string);
            }
            (EnumValues::Strings(old), EnumValues::Strings(new)) => {
                self.enum_values(old, new, device_sends, |value| format!("\"{value}\""));
            }
            _ => {}
        }
    }

    fn enum_values<T: PartialEq>(
        &mut self,
        old: &'m [EnumValue<T>],
        new: &'m [EnumValue<T>],
        device_sends: bool,
        shown: impl Fn(&T) -> String,
    ) {
        let added = if device_sends { Effect::Breaking } else { Effect::Compatible };
        self.by_name(
            old.iter().map(|value| (&value.name, value)),
            new.iter().map(|value| (&value.name, value)),
            |_| (Piece::EnumValue, added),
            |comparison, (_, old), (_, new)| {
                let at = (old.name.at, new.name.at);
                comparison.texts(&old.texts, &new.texts, at);
                if old.value != new.value {
                    let kind = ChangeKind::EnumValue(shown(&old.value), shown(&new.value));
                    comparison.change(kind, Effect::Breaking, at);
                }
            },
        );
    }
}

/// The schema that a reference to an enclosing one means; the reference itself when the model does not know it.
fn resolve<'m>(model: &'m Model, schema: &'m Schema) -> &'m Schema {
    match &schema.kind {
        SchemaKind::Recursive(id) => model.schema(&id.text).map_or(schema, Arc::as_ref),
        _ => schema,
    }
}

fn valued(schema: &EnumSchema) -> &'static str {
    match schema.values {
        EnumValues::Integers(_) => "an Enum of integers",
        EnumValues::Strings(_) => "an Enum of strings",
    }
}

/// A kind of schema, for a sentence.
fn called(kind: &SchemaKind) -> String {
    match kind {
        SchemaKind::Primitive(primitive) => primitive.name().to_owned(),
        SchemaKind::Object(_) => "an Object".to_owned(),
        SchemaKind::Enum(schema) => valued(schema).to_owned(),
        SchemaKind::Array(_) => "an Array".to_owned(),
        SchemaKind::Map(_) => "a Map".to_owned(),
        SchemaKind::Recursive(id) => id.text.clone(),
    }
}
