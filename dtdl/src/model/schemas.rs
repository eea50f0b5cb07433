//! Schemas: from linked elements to [`Schema`]s, each complex one built once and shared.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::elements::{id_of, name_of, quantity_of, texts_of};
use super::types::{
    EnumSchema, EnumValue, EnumValues, Field, Id, MapSchema, ObjectSchema, Schema, SchemaKind, Texts,
};
use crate::graph::{Element, Graph, Held, Ix};
use crate::language::class::Class;
use crate::rules::primitive_of;
use crate::source::Location;

/// How deep schemas are followed. Valid ones end far above; the elements of a wrong model may not.
const DEEPEST: usize = 64;

/// Shared schemas by id.
pub(crate) type Shared = BTreeMap<String, Arc<Schema>>;

/// The schemas built so far.
pub(super) struct Schemas<'g> {
    graph: &'g Graph,
    built: HashMap<Ix, Arc<Schema>>,
    shared: HashSet<Ix>,
    open: Vec<Ix>,
}

impl<'g> Schemas<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        Self { graph, built: HashMap::new(), shared: in_schemas(graph), open: Vec::new() }
    }

    /// The shared schemas, by id.
    pub(super) fn into_shared(self) -> Shared {
        let with_id =
            |schema: Arc<Schema>| schema.id.as_ref().map(|id| (id.text.clone(), Arc::clone(&schema)));
        self.built.into_values().filter_map(with_id).collect()
    }

    /// The schema of an element that has a member `schema`.
    pub(super) fn of(&mut self, holder: Ix) -> Option<Arc<Schema>> {
        self.in_member(holder, "schema")
    }

    fn in_member(&mut self, holder: Ix, member: &str) -> Option<Arc<Schema>> {
        let target = self.graph.child(holder, member)?;
        let at = self.graph.get(holder).entry(member)?.place.values();
        self.schema(target, at)
    }

    /// The schema that an element is, used at `at`.
    pub(super) fn schema(&mut self, ix: Ix, at: Location) -> Option<Arc<Schema>> {
        let element = self.graph.get(ix);
        if let Some(primitive) = primitive_of(element) {
            let kind = SchemaKind::Primitive(primitive);
            return Some(Arc::new(Schema { kind, id: None, shared: false, texts: Texts::default(), at }));
        }
        if let Some(schema) = self.built.get(&ix) {
            return Some(Arc::clone(schema));
        }
        if self.open.contains(&ix) {
            let kind = SchemaKind::Recursive(id_of(self.graph, element));
            return Some(Arc::new(Schema { kind, id: None, shared: false, texts: Texts::default(), at }));
        }
        if self.open.len() >= DEEPEST {
            return None;
        }
        self.open.push(ix);
        let kind = self.kind(ix, element);
        self.open.pop();
        let schema = Arc::new(Schema {
            kind: kind?,
            id: own_id(self.graph, element),
            shared: self.shared.contains(&ix),
            texts: texts_of(self.graph, element),
            at: element.at(),
        });
        self.built.insert(ix, Arc::clone(&schema));
        Some(schema)
    }

    fn kind(&mut self, ix: Ix, element: &Element) -> Option<SchemaKind> {
        Some(match element.class {
            Class::Object => {
                let fields = self.graph.children(ix, "fields").to_vec();
                let fields = fields.into_iter().filter_map(|field| self.field(field)).collect();
                SchemaKind::Object(ObjectSchema { fields })
            }
            Class::Array => SchemaKind::Array(self.in_member(ix, "elementSchema")?),
            Class::Map => {
                let key = name_of(self.graph, self.graph.get(self.graph.child(ix, "mapKey")?))?;
                let value = self.field(self.graph.child(ix, "mapValue")?)?;
                SchemaKind::Map(Box::new(MapSchema { key, value }))
            }
            Class::Enum => SchemaKind::Enum(self.enumeration(ix)?),
            _ => return None,
        })
    }

    fn field(&mut self, ix: Ix) -> Option<Field> {
        let element = self.graph.get(ix);
        Some(Field {
            name: name_of(self.graph, element)?,
            texts: texts_of(self.graph, element),
            schema: self.of(ix)?,
            quantity: quantity_of(self.graph, element),
        })
    }

    fn enumeration(&self, ix: Ix) -> Option<EnumSchema> {
        let integers = self.graph.get(self.graph.child(ix, "valueSchema")?).class == Class::Integer;
        let (mut numbers, mut words) = (Vec::new(), Vec::new());
        for value in self.graph.children(ix, "enumValues") {
            let element = self.graph.get(*value);
            let (Some(name), Some(held)) = (name_of(self.graph, element), element.held("enumValue")) else {
                continue;
            };
            let texts = texts_of(self.graph, element);
            match held {
                Held::Integer(value) if integers => numbers.push(EnumValue { name, texts, value: *value }),
                Held::Text(value) if !integers => {
                    let value = self.graph.str(element, *value).to_owned();
                    words.push(EnumValue { name, texts, value });
                }
                // values of another kind were reported
                _ => {}
            }
        }
        let values = if integers { EnumValues::Integers(numbers) } else { EnumValues::Strings(words) };
        Some(EnumSchema { values })
    }
}

/// What stands in the `schemas` of an Interface.
fn in_schemas(graph: &Graph) -> HashSet<Ix> {
    let interfaces = graph.iter().filter(|(_, element)| element.class == Class::Interface);
    interfaces.flat_map(|(ix, _)| graph.children(ix, "schemas").iter().copied()).collect()
}

/// The schema that an element is, by itself, with the shared schemas it may refer to.
pub(crate) fn shape(graph: &Graph, ix: Ix) -> Option<(Arc<Schema>, Shared)> {
    let mut schemas = Schemas::new(graph);
    let schema = schemas.schema(ix, graph.get(ix).at())?;
    Some((schema, schemas.into_shared()))
}

/// The id that a schema was given; one that was inferred tells nobody anything.
fn own_id(graph: &Graph, element: &Element) -> Option<Id> {
    element.id_at().map(|_| id_of(graph, element))
}
