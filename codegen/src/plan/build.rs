//! The plan of a whole device: its module, its components and the fields that hold them.

use dtdl::{Form, Model, Part, Sources, Version};
use heck::ToSnakeCase;
use proc_macro2::Ident;

use super::docs::docs;
use super::interface::{self, Place};
use super::names::{Names, Scope, module_name, nothing_is_called};
use super::{Component, Interface, Plan, Planned};
use crate::request::{Complaint, ComponentField, Convention, Request};

/// Decides every name and type of the device's module.
pub(crate) fn plan(model: &Model, sources: &Sources, request: &Request) -> Planned {
    let mut names = Names::new(&request.renames, sources);
    let mut complaints = Vec::new();
    let asynchronous = |command: &dtdl::Command| {
        command.asynchronous || request.asynchronous.iter().any(|name| name.value == command.name.text)
    };
    let module = Ident::new(&module_name(&request.device.to_string()), request.device.span());
    let place = names.place(model.id.at);
    let docs = docs(&model.texts, None, "device", &model.id.text, &place);
    let root_place = Place {
        module: module.clone(),
        path: module.to_string(),
        id: model.id.text.clone(),
        docs: Vec::new(),
    };
    let root = interface::plan(&root_interfaces(model), root_place, &asynchronous, &mut names);

    let scope = names.scope("interfaces of components");
    let mut interfaces = Interfaces { module: &module, scope, parts: Vec::new(), planned: Vec::new() };
    let mut fields = names.scope("components");
    let mut components = Vec::new();
    for part in model.parts.iter().filter(|_| model.form == Form::Interface) {
        let Some(name) = &part.name else { continue };
        let interface = interfaces.of(model, part, &asynchronous, &mut names);
        let expected = names.value(&name.text);
        let place = names.place(name.at);
        let docs = super::docs::docs(&part.texts, None, "component", &name.text, &place);
        let held = held_by(&name.text, &expected, request).cloned();
        let is_held = held.is_some();
        if !is_held {
            complaints.push(not_held(&name.text, &expected, &place, model, request));
        }
        let field = held.unwrap_or(expected);
        if !names.claim(&mut fields, &field, &name.text, name.at) {
            continue;
        }
        components.push(Component { wire: name.text.clone(), field, is_held, interface, docs });
    }
    complaints.extend(unknown_names(model, request));
    complaints.extend(names.unused(&all_names(model)));
    let interfaces = interfaces.planned;
    let model_id = model.id.text.clone();
    let convention = request.convention.unwrap_or_else(|| convention_of(model.version));
    Planned {
        plan: Plan { module, model_id, convention, docs, root, components, interfaces },
        diagnostics: names.diagnostics,
        complaints,
    }
}

/// The wire format of a version of the language.
fn convention_of(version: Version) -> Convention {
    match version {
        Version::V1Preview => Convention::Central2020,
        Version::V2 | Version::V3 | Version::V4 => Convention::Pnp,
    }
}

/// What stands in the device's own module: the root Interface, or all instances of a capability model, which share one
/// name space on the wire.
fn root_interfaces(model: &Model) -> Vec<&dtdl::Interface> {
    let in_root = |part: &&Part| model.form == Form::CapabilityModel || part.name.is_none();
    let mut parts: Vec<&Part> = Vec::new();
    for part in model.parts.iter().filter(in_root) {
        if !parts.iter().any(|known| model.same_interface(known, part)) {
            parts.push(part);
        }
    }
    parts.into_iter().map(|part| model.interface(part)).collect()
}

/// The Interfaces of the components, each planned once however many components use it.
struct Interfaces<'m> {
    module: &'m Ident,
    scope: Scope,
    parts: Vec<&'m Part>,
    planned: Vec<Interface>,
}

impl<'m> Interfaces<'m> {
    fn of(
        &mut self,
        model: &'m Model,
        part: &'m Part,
        asynchronous: &dyn Fn(&dtdl::Command) -> bool,
        names: &mut Names<'_>,
    ) -> usize {
        if let Some(known) = self.parts.iter().position(|known| model.same_interface(known, part)) {
            return known;
        }
        let interface = model.interface(part);
        let id = &interface.id;
        let module = names.module(&id.text);
        names.claim(&mut self.scope, &module, &id.text, id.at);
        let docs = docs(&interface.texts, None, "interface", &id.text, &names.place(id.at));
        let path = format!("{}::{module}", self.module);
        let place = Place { module, path, id: id.text.clone(), docs };
        self.planned.push(interface::plan(&[interface], place, asynchronous, names));
        self.parts.push(part);
        self.planned.len() - 1
    }
}

/// The struct's field for a component: by `#[component("..")]`, else by name.
fn held_by<'r>(component: &str, expected: &Ident, request: &'r Request) -> Option<&'r Ident> {
    let named =
        |field: &&ComponentField| field.component.as_ref().is_some_and(|name| name.value == component);
    let same = |field: &&ComponentField| field.component.is_none() && field.ident == *expected;
    let found = request.fields.iter().find(named).or_else(|| request.fields.iter().find(same));
    found.map(|field| &field.ident)
}

/// The complaint about a component without a field, with the field that may be meant: one that holds no other.
fn not_held(component: &str, expected: &Ident, place: &str, model: &Model, request: &Request) -> Complaint {
    let device = &request.device;
    let components: Vec<String> = model
        .parts
        .iter()
        .filter_map(|part| part.name.as_ref())
        .map(|name| name.text.to_snake_case())
        .collect();
    let free = request.fields.iter().filter(|field| field.component.is_none());
    let free: Vec<String> =
        free.map(|field| field.ident.to_string()).filter(|name| !components.contains(name)).collect();
    let help = match dtdl::closest(&expected.to_string(), free.iter().map(String::as_str)) {
        Some(near) => format!("is it `{near}`? Rename it, or mark it `#[component(\"{component}\")]`"),
        None => {
            format!("add `{expected}: ..` to the struct, or mark a field `#[component(\"{component}\")]`")
        }
    };
    let message = format!(
        "the model has the component `{component}` ({place}) but `{device}` has no field `{expected}`; {help}"
    );
    Complaint { span: device.span(), message }
}

/// Options and attributes that name nothing in the model.
fn unknown_names(model: &Model, request: &Request) -> Vec<Complaint> {
    let commands: Vec<&str> = interfaces(model)
        .flat_map(|interface| interface.commands.iter().map(|command| command.name.text.as_str()))
        .collect();
    let has_components = model.form == Form::Interface;
    let names = model.parts.iter().filter(|_| has_components).filter_map(|part| part.name.as_ref());
    let components: Vec<&str> = names.map(|name| name.text.as_str()).collect();
    let fields = request.fields.iter().filter_map(|field| field.component.as_ref());
    let wrong = |known: &[&str], name: &crate::request::Spanned<String>| {
        (!known.contains(&name.value.as_str()))
            .then(|| Complaint { span: name.span, message: nothing_is_called(&name.value, known) })
    };
    request
        .asynchronous
        .iter()
        .filter_map(|name| wrong(&commands, name))
        .chain(fields.filter_map(|name| wrong(&components, name)))
        .collect()
}

fn interfaces(model: &Model) -> impl Iterator<Item = &dtdl::Interface> {
    model.parts.iter().map(|part| model.interface(part))
}

/// Every name that `rename` could mean.
fn all_names(model: &Model) -> Vec<&str> {
    let mut all: Vec<&str> =
        model.parts.iter().filter_map(|part| part.name.as_ref()).map(|n| n.text.as_str()).collect();
    for interface in interfaces(model) {
        all.push(&interface.id.text);
        all.extend(interface.telemetry.iter().map(|item| item.name.text.as_str()));
        all.extend(interface.properties.iter().map(|item| item.name.text.as_str()));
        all.extend(interface.commands.iter().map(|item| item.name.text.as_str()));
    }
    all
}
