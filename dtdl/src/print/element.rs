//! The elements of a model as JSON. Schemas with an id are printed once, in the `schemas` of the Interface that uses
//! them first, and are referred to by their id everywhere else.

use std::collections::BTreeSet;

use super::json::{Json, Object};
use super::{Needs, bases, context};
use crate::language::{Primitive, Version};
use crate::language_map::LanguageMap;
use crate::model::{
    Command, Component, EnumSchema, EnumValue, EnumValues, Field, Interface, Model, Name, Part, Payload,
    Property, Quantity, Relationship, Schema, SchemaKind, Telemetry, Texts,
};

/// The semantic types of IoT Central's context; the others are of the language or its quantities.
const IOT_CENTRAL: [&str; 5] = ["Event", "State", "Location", "AccelerationVector", "VelocityVector"];

/// A model being printed.
pub(super) struct Printer<'m> {
    model: &'m Model,
    /// The ids of the schemas that are printed.
    printed: BTreeSet<&'m str>,
    /// The schemas with an id of the Interface being printed.
    shared: Vec<Json>,
    needs: Needs,
}

impl<'m> Printer<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { model, printed: BTreeSet::new(), shared: Vec::new(), needs: Needs::default() }
    }

    pub(super) fn root_interface(&mut self, interface: &'m Interface) -> Json {
        let members = self.interface_members(interface, Object::default());
        let needs = std::mem::take(&mut self.needs);
        let root = Object::default()
            .with("@context", context(self.model.version, needs))
            .with("@id", Json::text(&interface.id.text))
            .with("@type", Json::text("Interface"));
        Json::Object(root.followed_by(members))
    }

    pub(super) fn capability_model(&mut self) -> Json {
        let model = self.model;
        let mut seen = BTreeSet::new();
        let instances = model.parts.iter().map(|part| {
            let first = seen.insert(model.interface(part).id.text.as_str());
            self.instance(part, first)
        });
        let instances = instances.collect();
        let root = Object::default()
            .with("@context", context(model.version, self.needs))
            .with("@id", Json::text(&model.id.text))
            .with("@type", Json::text("CapabilityModel"));
        Json::Object(texts(root, &model.texts).with("implements", Json::Array(instances)))
    }

    /// An instance with its Interface inside, the first time.
    fn instance(&mut self, part: &'m Part, first: bool) -> Json {
        let interface = self.model.interface(part);
        let schema = if first {
            let head = Object::default()
                .with("@id", Json::text(&interface.id.text))
                .with("@type", Json::text("Interface"));
            Json::Object(self.interface_members(interface, head))
        } else {
            Json::text(&interface.id.text)
        };
        let instance = Object::default().with("@type", Json::text("InterfaceInstance"));
        let instance = instance.with_some("name", part.name.as_ref().map(|name| Json::text(&name.text)));
        Json::Object(texts(instance, &part.texts).with("schema", schema))
    }

    fn interface_members(&mut self, interface: &'m Interface, head: Object) -> Object {
        let bases: Vec<_> = bases(self.model, interface).collect();
        let inherited: BTreeSet<&str> = bases.iter().flat_map(|base| names(base)).collect();
        let own = |name: &Name| !inherited.contains(name.text.as_str());
        let mut contents = Vec::new();
        contents.extend(interface.telemetry.iter().filter(|t| own(&t.name)).map(|t| self.telemetry(t)));
        contents.extend(interface.properties.iter().filter(|p| own(&p.name)).map(|p| self.property(p)));
        contents.extend(interface.commands.iter().filter(|c| own(&c.name)).map(|c| self.command(c)));
        contents
            .extend(interface.relationships.iter().filter(|r| own(&r.name)).map(|r| self.relationship(r)));
        contents.extend(interface.components.iter().filter(|c| own(&c.name)).map(|c| self.component(c)));
        let extends: Vec<_> = bases.iter().map(|base| Json::text(&base.id.text)).collect();
        let shared = std::mem::take(&mut self.shared);
        texts(head, &interface.texts)
            .with_some("extends", (!extends.is_empty()).then(|| Json::one_or_many(extends)))
            .with_any("contents", contents)
            .with_any("schemas", shared)
    }

    fn telemetry(&mut self, telemetry: &'m Telemetry) -> Json {
        let element = self.quantified("Telemetry", &telemetry.quantity, true);
        let element = self.named(element, &telemetry.name, &telemetry.texts);
        let element = units(element, &telemetry.quantity);
        Json::Object(element.with("schema", self.schema(&telemetry.schema)))
    }

    fn property(&mut self, property: &'m Property) -> Json {
        let element = self.quantified("Property", &property.quantity, true);
        let element = self.named(element, &property.name, &property.texts);
        let element = units(element, &property.quantity).with_flag("writable", property.writable);
        Json::Object(element.with("schema", self.schema(&property.schema)))
    }

    fn command(&mut self, command: &'m Command) -> Json {
        let element = Object::default().with("@type", Json::text("Command"));
        let kind = command.asynchronous.then(|| Json::text("asynchronous"));
        let element = self.named(element, &command.name, &command.texts).with_some("commandType", kind);
        let request = command.request.as_ref().map(|payload| self.payload("CommandRequest", payload));
        let response = command.response.as_ref().map(|payload| self.payload("CommandResponse", payload));
        Json::Object(element.with_some("request", request).with_some("response", response))
    }

    /// The class of a payload is another in each generation; it follows from the member and is only written beside a
    /// semantic type.
    fn payload(&mut self, class: &'static str, payload: &'m Payload) -> Json {
        let class = match self.model.version {
            Version::V1Preview => "SchemaField",
            Version::V2 => "CommandPayload",
            Version::V3 | Version::V4 => class,
        };
        let element = self.quantified(class, &payload.quantity, false);
        let element = self.named(element, &payload.name, &payload.texts);
        let element = units(element, &payload.quantity).with_flag("nullable", payload.nullable);
        Json::Object(element.with("schema", self.schema(&payload.schema)))
    }

    fn relationship(&mut self, relationship: &'m Relationship) -> Json {
        let element = Object::default().with("@type", Json::text("Relationship"));
        let properties = relationship.properties.iter().map(|property| self.property(property)).collect();
        let element = self
            .named(element, &relationship.name, &relationship.texts)
            .with_some("target", relationship.target.as_ref().map(Json::text))
            .with_some("minMultiplicity", relationship.min_multiplicity.map(Json::Integer))
            .with_some("maxMultiplicity", relationship.max_multiplicity.map(Json::Integer))
            .with_flag("writable", relationship.writable)
            .with_any("properties", properties);
        Json::Object(element)
    }

    fn component(&self, component: &'m Component) -> Json {
        let element = Object::default().with("@type", Json::text("Component"));
        let interface = self.model.component_interface(component);
        let element = self.named(element, &component.name, &component.texts);
        Json::Object(element.with("schema", Json::text(&interface.id.text)))
    }

    fn schema(&mut self, schema: &'m Schema) -> Json {
        let Some(id) = &schema.id else { return self.kind(schema) };
        if self.printed.insert(&id.text) {
            let printed = self.kind(schema);
            self.shared.push(printed);
        }
        Json::text(&id.text)
    }

    fn kind(&mut self, schema: &'m Schema) -> Json {
        let class = match &schema.kind {
            SchemaKind::Primitive(primitive) => return self.primitive(*primitive),
            SchemaKind::Recursive(id) => return Json::text(&id.text),
            SchemaKind::Object(_) => "Object",
            SchemaKind::Enum(_) => "Enum",
            SchemaKind::Array(_) => "Array",
            SchemaKind::Map(_) => "Map",
        };
        let head = Object::default().with_some("@id", schema.id.as_ref().map(|id| Json::text(&id.text)));
        let head = texts(head.with("@type", Json::text(class)), &schema.texts);
        Json::Object(match &schema.kind {
            SchemaKind::Object(object) => {
                let fields = object.fields.iter().map(|field| self.field("Field", field)).collect();
                head.with("fields", Json::Array(fields))
            }
            SchemaKind::Enum(values) => enumeration(head, values),
            SchemaKind::Array(item) => head.with("elementSchema", self.schema(item)),
            SchemaKind::Map(map) => {
                let key = Object::default().with("name", Json::text(&map.key.text));
                let key = key.with("schema", Json::text("string"));
                head.with("mapKey", Json::Object(key)).with("mapValue", self.field("MapValue", &map.value))
            }
            SchemaKind::Primitive(_) | SchemaKind::Recursive(_) => head,
        })
    }

    fn primitive(&mut self, primitive: Primitive) -> Json {
        self.needs.iot_central |= matches!(primitive, Primitive::Vector | Primitive::Geopoint);
        Json::text(primitive.name())
    }

    fn field(&mut self, class: &'static str, field: &'m Field) -> Json {
        let element = self.quantified(class, &field.quantity, false);
        let element = self.named(element, &field.name, &field.texts);
        let element = units(element, &field.quantity);
        Json::Object(element.with("schema", self.schema(&field.schema)))
    }

    /// The beginning of an element: `@type`, where it must be written, with the semantic type beside it.
    fn quantified(&mut self, class: &str, quantity: &Quantity, always: bool) -> Object {
        let semantic = quantity.semantic_type.as_deref();
        if let Some(semantic) = semantic {
            let central = IOT_CENTRAL.contains(&semantic);
            self.needs.iot_central |= central;
            self.needs.quantities |= !central;
        }
        let types = [(always || semantic.is_some()).then_some(class), semantic];
        let types: Vec<_> = types.into_iter().flatten().map(Json::text).collect();
        Object::default().with_some("@type", (!types.is_empty()).then(|| Json::one_or_many(types)))
    }

    fn named(&self, element: Object, name: &Name, described: &Texts) -> Object {
        texts(element.with("name", Json::text(&name.text)), described)
    }
}

/// The names of an Interface's contents, inherited ones included.
fn names(interface: &Interface) -> impl Iterator<Item = &str> {
    let telemetry = interface.telemetry.iter().map(|content| &content.name);
    let properties = interface.properties.iter().map(|content| &content.name);
    let commands = interface.commands.iter().map(|content| &content.name);
    let relationships = interface.relationships.iter().map(|content| &content.name);
    let components = interface.components.iter().map(|content| &content.name);
    let all = telemetry.chain(properties).chain(commands).chain(relationships).chain(components);
    all.map(|name| name.text.as_str())
}

fn enumeration(head: Object, schema: &EnumSchema) -> Object {
    fn entries<T>(values: &[EnumValue<T>], json: impl Fn(&T) -> Json) -> Json {
        let entry = |value: &EnumValue<T>| {
            let named = Object::default().with("name", Json::text(&value.name.text));
            Json::Object(texts(named, &value.texts).with("enumValue", json(&value.value)))
        };
        Json::Array(values.iter().map(entry).collect())
    }
    let (name, values) = match &schema.values {
        EnumValues::Integers(values) => ("integer", entries(values, |value| Json::Integer(*value))),
        EnumValues::Strings(values) => ("string", entries(values, |value| Json::text(value))),
    };
    head.with("valueSchema", Json::text(name)).with("enumValues", values)
}

fn texts(element: Object, texts: &Texts) -> Object {
    element
        .with_some("displayName", languages(&texts.display_name))
        .with_some("description", languages(&texts.description))
        .with_some("comment", texts.comment.as_ref().map(Json::text))
}

fn units(element: Object, quantity: &Quantity) -> Object {
    element
        .with_some("unit", quantity.unit.as_ref().map(Json::text))
        .with_some("displayUnit", languages(&quantity.display_unit))
}

/// English alone is written as a string.
fn languages(map: &LanguageMap) -> Option<Json> {
    let texts: Vec<_> = map.iter().collect();
    match texts.as_slice() {
        [] => None,
        [("en", text)] => Some(Json::text(*text)),
        _ => {
            let object = Object::default();
            Some(Json::Object(
                texts.iter().fold(object, |object, (code, text)| object.with(code, Json::text(*text))),
            ))
        }
    }
}
