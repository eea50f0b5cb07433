//! Components: the fields that hold them, and the Interfaces that they are of, each planned once.

use dtdl::{Model, Part};
use heck::ToSnakeCase as _;
use proc_macro2::Ident;

use super::build::{Asynchronous, interface};
use super::docs::{About, docs};
use super::names::{Ids, Names, Scope};
use super::types::Registry;
use super::{Component, Elsewhere, Home, Source};
use crate::request::{Complaint, ComponentField, Device, Request, With};

/// What the components of a device become.
pub(super) struct Components {
    pub(super) components: Vec<Component>,
    pub(super) interfaces: Vec<Source>,
    pub(super) complaints: Vec<Complaint>,
}

/// Plans the components of a model for the struct that holds them.
pub(super) fn plan(
    model: &Model,
    device: &Device,
    request: &Request,
    names: &mut Names<'_>,
    registry: &mut Registry<'_>,
) -> Components {
    let module = super::module_name(&device.ident.to_string());
    let scope = names.scope("interfaces of components");
    let named = model.parts.iter().filter(|part| part.name.is_some());
    let mut ids = Ids::default();
    named.for_each(|part| ids.add(&model.interface(part).id.text));
    let (parts, planned) = (Vec::new(), Vec::new());
    let mut interfaces = Interfaces { model, request, module, ids, scope, parts, planned };
    let mut fields = names.scope("components");
    let (mut components, mut complaints) = (Vec::new(), Vec::new());
    for part in &model.parts {
        let Some(name) = &part.name else { continue };
        let interface = interfaces.of(part, names, registry);
        let expected = names.value(&name.text);
        let about = About { what: "component", name: &name.text, place: names.place(name.at) };
        let docs = docs(&part.texts, None, &about);
        let held = held_by(&name.text, &expected, &device.fields).cloned();
        let is_held = held.is_some();
        let field = held.unwrap_or(expected);
        if !names.claim(&mut fields, &field, &name.text, name.at) {
            continue;
        }
        if !is_held {
            complaints.push(not_held(&name.text, &field, &about.place, model, device));
        }
        components.push(Component { wire: name.text.clone(), field, is_held, interface, docs });
    }
    Components { components, interfaces: interfaces.planned, complaints }
}

/// The Interfaces of the components, each planned once however many components use it.
struct Interfaces<'m> {
    model: &'m Model,
    request: &'m Request,
    module: String,
    /// The ids of all of them.
    ids: Ids,
    scope: Scope,
    parts: Vec<&'m Part>,
    planned: Vec<Source>,
}

impl<'m> Interfaces<'m> {
    fn of(&mut self, part: &'m Part, names: &mut Names<'_>, registry: &mut Registry<'_>) -> usize {
        if let Some(known) = self.parts.iter().position(|known| self.model.same_interface(known, part)) {
            return known;
        }
        let source = self.model.interface(part);
        let elsewhere = self.request.with.iter().find(|with| with.id.value == source.id.text);
        let planned = match elsewhere {
            Some(with) => Source::With(shared(source, with)),
            None => Source::Own(Box::new(self.own(source, names, registry))),
        };
        self.planned.push(planned);
        self.parts.push(part);
        self.planned.len() - 1
    }

    fn own(
        &mut self,
        source: &dtdl::Interface,
        names: &mut Names<'_>,
        registry: &mut Registry<'_>,
    ) -> super::Interface {
        let id = &source.id;
        let mut module = names.module(&id.text, &self.ids);
        if !names.claim(&mut self.scope, &module, &id.text, id.at) {
            // that is reported, and a second module of the name would be reported again
            module = quote::format_ident!("{module}_{}", self.planned.len());
        }
        let path = format!("{}::{module}", self.module);
        let home = Home::Inner(module.clone());
        let asynchronous = Asynchronous(&self.request.asynchronous);
        interface(&[source], (module, path, home), &asynchronous, names, registry)
    }
}

fn shared(interface: &dtdl::Interface, with: &With) -> Elsewhere {
    Elsewhere {
        id: interface.id.text.clone(),
        path: with.path.clone(),
        fingerprint: super::fingerprint::of(&[interface]),
        has_commands: !interface.commands.is_empty(),
        has_setters: interface.properties.iter().any(|property| property.writable),
    }
}

/// The struct's field for a component: by `#[component("..")]`, else by name.
fn held_by<'r>(component: &str, expected: &Ident, fields: &'r [ComponentField]) -> Option<&'r Ident> {
    let named =
        |field: &&ComponentField| field.component.as_ref().is_some_and(|name| name.value == component);
    let same = |field: &&ComponentField| field.component.is_none() && field.ident == *expected;
    let found = fields.iter().find(named).or_else(|| fields.iter().find(same));
    found.map(|field| &field.ident)
}

/// The complaint about a component without a field, with the field that may be meant: one that holds no other.
fn not_held(component: &str, expected: &Ident, place: &str, model: &Model, device: &Device) -> Complaint {
    let Device { ident, fields, .. } = device;
    let names = model.parts.iter().filter_map(|part| part.name.as_ref());
    let components: Vec<String> = names.map(|name| name.text.to_snake_case()).collect();
    let free = fields.iter().filter(|field| field.component.is_none());
    let free: Vec<String> =
        free.map(|field| field.ident.to_string()).filter(|name| !components.contains(name)).collect();
    let help = match dtdl::closest(&expected.to_string(), free.iter().map(String::as_str)) {
        Some(near) => format!("is it `{near}`? Rename it, or mark it `#[component(\"{component}\")]`"),
        None => {
            format!("add `{expected}: ..` to the struct, or mark a field `#[component(\"{component}\")]`")
        }
    };
    let message = format!(
        "the model has the component `{component}` ({place}) but `{ident}` has no field `{expected}`; {help}"
    );
    Complaint { code: "missingComponent", span: ident.span(), message }
}
