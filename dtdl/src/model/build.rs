//! From checked elements to the [`Model`]: definitions by id, inheritance, components, the root.

use std::collections::BTreeMap;

use super::schema::Expansion;
use super::types::{
    Command, Component, Form, Id, Interface, Model, Name, Part, Payload, Property, Quantity, Telemetry, Texts,
};
use super::unique;
use crate::check::{Element, Reference, Root};
use crate::diagnostic::{Faults, texts};
use crate::language::{Class, Version};
use crate::source::Location;
use crate::suggest::closest;

/// The model that `roots` describe, with `wanted` as its root, or the one that nothing else refers to.
pub(crate) fn build(roots: &[Root], wanted: Option<&str>, faults: &mut Faults) -> Option<Model> {
    let mut builder = Builder {
        definitions: BTreeMap::new(),
        interfaces: Vec::new(),
        built: BTreeMap::new(),
        expansion: Expansion::default(),
        faults,
    };
    for root in roots {
        root.element.walk(&mut |element| builder.define(element, root.version));
    }
    // Every Interface is built, so that the faults of all of them are found, not only of those the device uses.
    let ids: Vec<&str> = builder.definitions.keys().copied().collect();
    for id in ids {
        if builder.definitions[id].element.class == Class::Interface {
            builder.interface(id);
        }
    }
    let root = builder.root(roots, wanted)?;
    let mut parts = Vec::new();
    for candidate in roots {
        let of_candidate = builder.parts(candidate);
        if std::ptr::eq(candidate, root) {
            parts = of_candidate;
        }
    }
    Some(Model {
        id: id_of(&root.element),
        version: root.version,
        form: form_of(root),
        texts: texts_of(&root.element),
        parts,
        interfaces: builder.interfaces,
        schemas: BTreeMap::new(),
    })
}

/// An element that has an id, and the version of its document.
#[derive(Clone, Copy)]
pub(super) struct Definition<'r> {
    pub(super) element: &'r Element,
    pub(super) version: Version,
}

pub(super) struct Builder<'r, 'f> {
    pub(super) definitions: BTreeMap<&'r str, Definition<'r>>,
    interfaces: Vec<Interface>,
    built: BTreeMap<&'r str, Progress>,
    pub(super) expansion: Expansion<'r>,
    pub(super) faults: &'f mut Faults,
}

#[derive(Clone, Copy)]
enum Progress {
    Underway,
    Done(usize),
}

impl<'r> Builder<'r, '_> {
    fn define(&mut self, element: &'r Element, version: Version) {
        let Some((id, at)) = &element.id else { return };
        if let Some(first) = self.definitions.get(id.as_str()) {
            let first = first.element.id.as_ref().map_or(*at, |(_, at)| *at);
            self.faults.push_pair(texts::duplicate_id(id), *at, first);
        } else {
            self.definitions.insert(id, Definition { element, version });
        }
    }

    /// The definition that an id refers to, or a report that there is none.
    pub(super) fn resolve(&mut self, id: &str, at: Location) -> Option<Definition<'r>> {
        let found = self.definitions.get(id).copied();
        if found.is_none() {
            let near = closest(id, self.definitions.keys().copied());
            self.faults.push(texts::unresolved(id, near), at);
        }
        found
    }

    fn root(&mut self, roots: &'r [Root], wanted: Option<&str>) -> Option<&'r Root> {
        if let Some(wanted) = wanted {
            let found = roots.iter().find(|root| root.id() == Some(wanted));
            if found.is_none() {
                let near = closest(wanted, roots.iter().filter_map(Root::id));
                let at = roots.first()?.element.at;
                self.faults.push(texts::unknown_root(wanted, near), at);
            }
            return found;
        }
        let mut referred = Vec::new();
        for root in roots {
            root.element.walk(&mut |element| {
                for member in ["schema", "extends"] {
                    referred.extend(element.references(member).iter().filter_map(
                        |reference| match reference {
                            Reference::Id(id, _) => Some(id.as_str()),
                            Reference::Inline(_) => None,
                        },
                    ));
                }
            });
        }
        let model = roots.iter().find(|root| root.element.class == Class::CapabilityModel);
        model
            .or_else(|| roots.iter().find(|root| root.id().is_some_and(|id| !referred.contains(&id))))
            .or_else(|| roots.first())
    }

    /// The parts of a root; what is wrong between them is reported for every root, not only for the device's.
    fn parts(&mut self, root: &'r Root) -> Vec<Part> {
        let form = form_of(root);
        let parts = match form {
            Form::CapabilityModel => self.instances(&root.element),
            Form::Interface => self.components(&root.element),
        };
        unique::across_instances(form, &parts, &self.interfaces, self.faults);
        parts
    }

    /// The instances of a capability model, which may have one of each Interface.
    fn instances(&mut self, model: &'r Element) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for instance in model.inline("implements") {
            let Some(interface) =
                instance.references("schema").first().and_then(|r| self.target("schema", r))
            else {
                continue;
            };
            if parts.iter().any(|part| part.interface == interface) {
                let id = &self.interfaces[interface].id.text;
                self.faults.push(texts::second_instance(id), instance.at);
                continue;
            }
            parts.push(Part { name: name_of(instance), texts: texts_of(instance), interface });
        }
        unique::names(
            parts.iter().filter_map(|part| part.name.as_ref()),
            "the capability model's instances",
            self.faults,
        );
        parts
    }

    fn components(&mut self, root: &'r Element) -> Vec<Part> {
        let Some(interface) = root.id.as_ref().and_then(|(id, _)| self.interface(id)) else {
            return Vec::new();
        };
        let mut parts = vec![Part { name: None, texts: Texts::default(), interface }];
        for Component { name, texts, interface } in self.interfaces[interface].components.clone() {
            for Component { name: nested, .. } in &self.interfaces[interface].components {
                self.faults.push(texts::component_in_component(&nested.text), nested.at);
            }
            parts.push(Part { name: Some(name), texts, interface });
        }
        parts
    }

    /// The Interface that a reference means.
    fn target(&mut self, member: &str, reference: &'r Reference) -> Option<usize> {
        let (id, at) = match reference {
            Reference::Inline(element) => element.id.as_ref().map(|(id, at)| (id.as_str(), *at))?,
            Reference::Id(id, at) => (id.as_str(), *at),
        };
        let found = self.resolve(id, at)?;
        if found.element.class != Class::Interface {
            self.faults.push(texts::wrong_target(member, id, "an Interface"), at);
            return None;
        }
        self.interface(found.element.id.as_ref()?.0.as_str())
    }

    /// The number of an Interface, which is built when it is first asked for.
    fn interface(&mut self, id: &'r str) -> Option<usize> {
        let definition = *self.definitions.get(id)?;
        match self.built.get(id) {
            Some(Progress::Done(number)) => return Some(*number),
            Some(Progress::Underway) => {
                self.faults.push(
                    texts::recursion(id, "leads, by `extends` or components, back to"),
                    id_of(definition.element).at,
                );
                return None;
            }
            None => {}
        }
        self.built.insert(id, Progress::Underway);
        let interface = self.build_interface(definition);
        self.interfaces.push(interface);
        let number = self.interfaces.len() - 1;
        self.built.insert(id, Progress::Done(number));
        Some(number)
    }

    fn build_interface(&mut self, definition: Definition<'r>) -> Interface {
        let Definition { element, version } = definition;
        let mut interface = Interface {
            id: id_of(element),
            texts: texts_of(element),
            telemetry: Vec::new(),
            properties: Vec::new(),
            commands: Vec::new(),
            relationships: Vec::new(),
            components: Vec::new(),
            extends: Vec::new(),
        };
        for content in element.inline("contents") {
            self.content(&mut interface, content, version);
        }
        for base in element.references("extends") {
            if let Some(base) = self.target("extends", base) {
                interface.inherit(&self.interfaces[base].clone());
            }
        }
        unique::contents(&interface, self.faults);
        interface
    }

    fn content(&mut self, interface: &mut Interface, content: &'r Element, version: Version) {
        let Some(name) = name_of(content) else { return };
        let texts = texts_of(content);
        match content.class {
            Class::Telemetry => {
                if let Some(schema) = self.schema_of(content, version) {
                    interface.telemetry.push(Telemetry {
                        name,
                        texts,
                        schema,
                        quantity: quantity_of(content),
                    });
                }
            }
            Class::Property => {
                let Some(schema) = self.schema_of(content, version) else {
                    return;
                };
                if version <= Version::V2 && schema.holds_array() {
                    self.faults.push(texts::array_in_property(&name.text), schema.at);
                }
                let writable = content.flag("writable");
                interface.properties.push(Property {
                    name,
                    texts,
                    schema,
                    quantity: quantity_of(content),
                    writable,
                });
            }
            Class::Command => {
                let asynchronous =
                    content.text("commandType").is_some_and(|(text, _)| text == "asynchronous");
                let request = self.payload(content, "request", version);
                let response = self.payload(content, "response", version);
                interface.commands.push(Command { name, texts, asynchronous, request, response });
            }
            Class::Component => {
                let target = content.references("schema").first();
                if let Some(target) = target.and_then(|reference| self.target("schema", reference)) {
                    interface.components.push(Component { name, texts, interface: target });
                }
            }
            // A relationship says how twins are connected in the cloud; a device has nothing to do with it.
            _ => {}
        }
    }

    fn payload(&mut self, command: &'r Element, member: &str, version: Version) -> Option<Payload> {
        let element = command.inline(member).next()?;
        let schema = self.schema_of(element, version)?;
        let quantity = quantity_of(element);
        let nullable = element.flag("nullable");
        Some(Payload { name: name_of(element)?, texts: texts_of(element), schema, quantity, nullable })
    }
}

impl Interface {
    /// Adds what a base has; the same element reached twice (a diamond) counts once.
    fn inherit(&mut self, base: &Interface) {
        fn add<T: Clone>(own: &mut Vec<T>, base: &[T], at: impl Fn(&T) -> Location) {
            for item in base {
                if !own.iter().any(|known| at(known) == at(item)) {
                    own.push(item.clone());
                }
            }
        }
        add(&mut self.telemetry, &base.telemetry, |item| item.name.at);
        add(&mut self.properties, &base.properties, |item| item.name.at);
        add(&mut self.commands, &base.commands, |item| item.name.at);
        add(&mut self.components, &base.components, |item| item.name.at);
    }
}

fn form_of(root: &Root) -> Form {
    match root.element.class {
        Class::CapabilityModel => Form::CapabilityModel,
        _ => Form::Interface,
    }
}

pub(super) fn id_of(element: &Element) -> Id {
    match &element.id {
        Some((text, at)) => Id { text: text.clone(), at: *at },
        None => Id { text: String::new(), at: element.at },
    }
}

pub(super) fn name_of(element: &Element) -> Option<Name> {
    element.text("name").map(|(text, at)| Name { text: text.to_owned(), at })
}

pub(super) fn texts_of(element: &Element) -> Texts {
    Texts {
        display_name: element.texts("displayName"),
        description: element.texts("description"),
        comment: element.text("comment").map(|(text, _)| text.to_owned()),
    }
}

pub(super) fn quantity_of(element: &Element) -> Quantity {
    Quantity {
        semantic_type: element.quantity.clone(),
        unit: element.text("unit").map(|(text, _)| text.to_owned()),
        display_unit: element.texts("displayUnit"),
    }
}
