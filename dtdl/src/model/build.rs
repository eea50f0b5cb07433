//! From the graph of checked elements to the [`Model`] that callers walk.
//!
//! Decides which Interface is the device ([`root`]) and gathers what each has ([`build`]). Reports nothing but an unknown
//! root: what is wrong was found before, and what could not be understood is left out.

use std::collections::{BTreeMap, HashMap};

use super::elements::{id_of, name_of, quantity_of, texts_of};
use super::schemas::Schemas;
use super::types::{
    Command, Component, Form, Interface, Model, Name, Part, Payload, Property, Relationship, Telemetry, Texts,
};
use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Element, Graph, Held, Ix};
use crate::language::class::Class;
use crate::rules::Inheritance;
use crate::suggest::closest;

/// The model with that root.
pub(crate) fn build(graph: &Graph, inheritance: &Inheritance, root: Ix) -> Model {
    let mut builder = Builder {
        graph,
        inheritance,
        schemas: Schemas::new(graph),
        interfaces: Vec::new(),
        numbers: HashMap::new(),
    };
    for (ix, element) in graph.iter() {
        if element.class == Class::Interface {
            builder.number(ix);
        }
    }
    for (ix, element) in graph.iter() {
        if element.class == Class::Interface {
            let interface = builder.interface(ix, element);
            builder.interfaces.push(interface);
        }
    }
    let element = graph.get(root);
    let form = form_of(element);
    let parts = match form {
        Form::CapabilityModel => builder.instances(root),
        Form::Interface => builder.components(root),
    };
    Model {
        id: id_of(graph, element),
        version: element.version,
        form,
        texts: texts_of(graph, element),
        parts,
        schemas: builder.schemas.into_shared(),
        interfaces: builder.interfaces,
    }
}

/// The element with the id `wanted`, or the capability model, or the first of `roots` that no other element refers to.
pub(crate) fn root(graph: &Graph, roots: &[Ix], wanted: Option<&str>, faults: &mut Faults) -> Option<Ix> {
    if let Some(wanted) = wanted {
        let found = roots.iter().copied().find(|ix| graph.id(graph.get(*ix)) == wanted);
        if found.is_none() {
            let first = graph.get(*roots.first()?);
            let ids: Vec<_> = roots.iter().map(|ix| graph.id(graph.get(*ix))).collect();
            let near = closest(wanted, ids.iter().map(|id| &**id));
            let at = first.at().head();
            faults.push(Fault::new(Code::UnknownRoot, at).value(wanted).hint(near));
        }
        return found;
    }
    let is_model = |ix: &Ix| graph.get(*ix).class == Class::CapabilityModel;
    let is_free = |ix: &Ix| graph.referrers(*ix).all(|referrer| referrer.source == *ix);
    let mut roots_in_turn = roots.iter().copied();
    roots
        .iter()
        .copied()
        .find(is_model)
        .or_else(|| roots.iter().copied().find(is_free))
        .or_else(|| roots_in_turn.next())
}

struct Builder<'g> {
    graph: &'g Graph,
    inheritance: &'g Inheritance,
    schemas: Schemas<'g>,
    interfaces: Vec<Interface>,
    numbers: HashMap<Ix, usize>,
}

impl Builder<'_> {
    /// An Interface's place in the model, which is settled before it is built.
    fn number(&mut self, ix: Ix) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(ix).or_insert(next)
    }

    fn interface(&mut self, ix: Ix, element: &Element) -> Interface {
        let bases = self.graph.children(ix, "extends");
        let mut interface = Interface {
            id: id_of(self.graph, element),
            version: element.version,
            texts: texts_of(self.graph, element),
            telemetry: Vec::new(),
            properties: Vec::new(),
            commands: Vec::new(),
            relationships: Vec::new(),
            components: Vec::new(),
            extends: bases.iter().map(|base| self.graph.id(self.graph.get(*base)).into_owned()).collect(),
        };
        let graph = self.graph;
        for content in self.inheritance.contents(graph, ix) {
            self.content(&mut interface, *content);
        }
        interface.shrink_to_fit();
        interface
    }

    fn content(&mut self, interface: &mut Interface, ix: Ix) -> Option<()> {
        let element = self.graph.get(ix);
        let (name, texts) = (name_of(self.graph, element)?, texts_of(self.graph, element));
        match element.class {
            Class::Telemetry => {
                let (schema, quantity) = (self.schemas.of(ix)?, quantity_of(self.graph, element));
                interface.telemetry.push(Telemetry { name, texts, schema, quantity });
            }
            Class::Property => interface.properties.push(self.property(ix)?),
            Class::Command => {
                let kind =
                    self.graph.child(ix, "commandType").map(|kind| self.graph.id(self.graph.get(kind)));
                let asynchronous = kind.is_some_and(|id| id.contains(":asynchronous;"));
                let (request, response) = (self.payload(ix, "request"), self.payload(ix, "response"));
                interface.commands.push(Command { name, texts, asynchronous, request, response });
            }
            Class::Component => {
                let schema = self.graph.child(ix, "schema")?;
                let interface_number = *self.numbers.get(&schema)?;
                interface.components.push(Component { name, texts, interface: interface_number });
            }
            Class::Relationship => interface.relationships.push(self.relationship(ix, name, texts)),
            _ => {}
        }
        Some(())
    }

    fn property(&mut self, ix: Ix) -> Option<Property> {
        let element = self.graph.get(ix);
        Some(Property {
            name: name_of(self.graph, element)?,
            texts: texts_of(self.graph, element),
            schema: self.schemas.of(ix)?,
            quantity: quantity_of(self.graph, element),
            writable: element.flag("writable"),
        })
    }

    fn relationship(&mut self, ix: Ix, name: Name, texts: Texts) -> Relationship {
        let element = self.graph.get(ix);
        let integer = |name| match element.held(name) {
            Some(Held::Integer(number)) => Some(*number),
            _ => None,
        };
        let target = match element.held("target") {
            Some(Held::Identifier(id)) => {
                Some(self.graph.str(element, *id).to_owned()).filter(|id| !id.is_empty())
            }
            _ => None,
        };
        let properties = self.graph.children(ix, "properties").to_vec();
        Relationship {
            name,
            texts,
            target,
            min_multiplicity: integer("minMultiplicity"),
            max_multiplicity: integer("maxMultiplicity"),
            writable: element.flag("writable"),
            properties: properties.into_iter().filter_map(|property| self.property(property)).collect(),
        }
    }

    fn payload(&mut self, command: Ix, member: &str) -> Option<Payload> {
        let ix = self.graph.child(command, member)?;
        let element = self.graph.get(ix);
        Some(Payload {
            name: name_of(self.graph, element)?,
            texts: texts_of(self.graph, element),
            schema: self.schemas.of(ix)?,
            quantity: quantity_of(self.graph, element),
            nullable: element.flag("nullable"),
        })
    }

    /// The instances of a capability model, of each Interface one.
    fn instances(&self, model: Ix) -> Vec<Part> {
        let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
        let mut order = Vec::new();
        for ix in self.graph.children(model, "implements") {
            let element = self.graph.get(*ix);
            let (target, name) = match element.class {
                // public files also have the bare id of the Interface, which then has no name of its own
                Class::Interface => (*ix, None),
                _ => match self.graph.child(*ix, "schema") {
                    Some(target) => (target, name_of(self.graph, element)),
                    None => continue,
                },
            };
            let Some(interface) = self.numbers.get(&target).copied() else { continue };
            let name = name.or_else(|| last_label(self.graph, self.graph.get(target)));
            parts.entry(interface).or_insert_with(|| {
                order.push(interface);
                Part { name, texts: texts_of(self.graph, element), interface }
            });
        }
        order.into_iter().filter_map(|interface| parts.remove(&interface)).collect()
    }

    /// The root Interface itself and its components.
    fn components(&self, root: Ix) -> Vec<Part> {
        let Some(interface) = self.numbers.get(&root).copied() else { return Vec::new() };
        let own = Part { name: None, texts: Texts::default(), interface };
        let components = self.interfaces.get(interface).map(|found| found.components.as_slice());
        let parts = components.unwrap_or_default().iter().cloned();
        let parts =
            parts.map(|part| Part { name: Some(part.name), texts: part.texts, interface: part.interface });
        std::iter::once(own).chain(parts).collect()
    }
}

/// The name of an Interface in its id, for an instance that has none.
fn last_label(graph: &Graph, element: &Element) -> Option<Name> {
    let text = graph.id(element).rsplit(':').nth(1)?.to_owned();
    Some(Name { text, at: element.at() })
}

fn form_of(element: &Element) -> Form {
    match element.class {
        Class::CapabilityModel => Form::CapabilityModel,
        _ => Form::Interface,
    }
}

impl Interface {
    /// Most Interfaces have a few contents, which are large, and vectors begin with room for four.
    fn shrink_to_fit(&mut self) {
        self.telemetry.shrink_to_fit();
        self.properties.shrink_to_fit();
        self.commands.shrink_to_fit();
        self.relationships.shrink_to_fit();
        self.components.shrink_to_fit();
    }
}
