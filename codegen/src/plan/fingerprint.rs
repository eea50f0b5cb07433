//! A number for what an Interface can do: the same for the same contents, whatever file or crate they stand in.
//!
//! It guards `with(..)`: code generated from another revision of an Interface has another number. Texts for people and
//! places do not count, and neither do the options of the attribute.

use std::collections::BTreeMap;

use dtdl::{EnumSchema, EnumValue, EnumValues, Interface, Location, Payload, Quantity, Schema, SchemaKind};

/// The fingerprint of Interfaces that stand in one module.
pub(super) fn of(interfaces: &[&Interface]) -> u64 {
    let mut hash = Hash::default();
    for interface in interfaces {
        hash.word("interface", &interface.id.text);
        for item in &interface.telemetry {
            hash.word("telemetry", &item.name.text);
            hash.value(&item.schema, &item.quantity);
        }
        for item in &interface.properties {
            hash.word(if item.writable { "writable" } else { "property" }, &item.name.text);
            hash.value(&item.schema, &item.quantity);
        }
        for command in &interface.commands {
            hash.word("command", &command.name.text);
            hash.word("asynchronous", if command.asynchronous { "yes" } else { "no" });
            hash.payload("request", command.request.as_ref());
            hash.payload("response", command.response.as_ref());
        }
    }
    hash.state
}

/// FNV-1a of 64 bits: short, and the same on every machine. Nobody has a reason to forge one.
struct Hash {
    state: u64,
    /// The numbers of the schemas that were seen: one that is used often counts once, or a small model could take for ever.
    seen: BTreeMap<Location, usize>,
}

impl Default for Hash {
    fn default() -> Self {
        Self { state: 0xcbf2_9ce4_8422_2325, seen: BTreeMap::new() }
    }
}

impl Hash {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.state = (self.state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn word(&mut self, what: &str, name: &str) {
        self.bytes(what.as_bytes());
        self.bytes(&[0]);
        self.bytes(name.as_bytes());
        self.bytes(&[0]);
    }

    fn payload(&mut self, what: &str, payload: Option<&Payload>) {
        let Some(payload) = payload else { return };
        self.word(what, if payload.nullable { "nullable" } else { "" });
        self.value(&payload.schema, &payload.quantity);
    }

    /// A value is another one in another unit.
    fn value(&mut self, schema: &Schema, quantity: &Quantity) {
        self.schema(schema);
        self.word("unit", quantity.unit.as_deref().unwrap_or_default());
    }

    fn schema(&mut self, schema: &Schema) {
        if let SchemaKind::Primitive(primitive) = &schema.kind {
            return self.word("is", primitive.name());
        }
        let next = self.seen.len();
        if let Some(number) = self.seen.get(&schema.at) {
            let number = number.to_string();
            return self.word("again", &number);
        }
        self.seen.insert(schema.at, next);
        self.kind(&schema.kind);
    }

    fn kind(&mut self, kind: &SchemaKind) {
        match kind {
            SchemaKind::Array(item) => {
                self.word("is", "array");
                self.schema(item);
            }
            SchemaKind::Map(map) => {
                self.word("is", "map");
                self.value(&map.value.schema, &map.value.quantity);
            }
            SchemaKind::Object(object) => {
                self.word("is", "object");
                for field in &object.fields {
                    self.word("field", &field.name.text);
                    self.value(&field.schema, &field.quantity);
                }
                self.word("end", "object");
            }
            SchemaKind::Enum(schema) => self.enumeration(schema),
            SchemaKind::Recursive(id) => self.word("refers to", &id.text),
            // a kind of schema that is to come is at least none of these
            _ => self.word("is", "other"),
        }
    }

    fn enumeration(&mut self, schema: &EnumSchema) {
        match &schema.values {
            EnumValues::Integers(values) => self.values("integers", values),
            EnumValues::Strings(values) => self.values("strings", values),
        }
    }

    fn values<T: ToString>(&mut self, kind: &str, values: &[EnumValue<T>]) {
        self.word("is", kind);
        for value in values {
            self.word(&value.name.text, &value.value.to_string());
        }
        self.word("end", kind);
    }
}
