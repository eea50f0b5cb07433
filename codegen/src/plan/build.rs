//! The plan of a whole device, or of one Interface that is shared.

use dtdl::{Form, Model, Part, Sources, Texts, Version};
use proc_macro2::Ident;

use super::components::{self, Components};
use super::docs::{About, docs, harmless};
use super::names::{Names, module_name};
use super::types::Registry;
use super::{Extra, Home, Interface, Plan, Planned, Source, contents, fingerprint, options};
use crate::request::{Convention, Request, Spanned, Target};

/// Decides every name and type of the module.
pub(crate) fn plan(model: &Model, sources: &Sources, request: &Request) -> Planned {
    let mut names = Names::new(&request.renames, sources);
    let mut registry = Registry::new(model, request.units);
    let module = match &request.target {
        Target::Device(device) => Ident::new(&module_name(&device.ident.to_string()), device.ident.span()),
        Target::Interface(module) => module.clone(),
    };
    let asynchronous = Asynchronous(&request.asynchronous);
    let place = (module.clone(), module.to_string(), Home::Root);
    let roots = root_interfaces(model);
    let mut root = interface(&roots, place, &asynchronous, &mut names, &mut registry);
    if let Target::Device(_) = request.target {
        let relationships = relationships(&roots, &names);
        root.docs = described(&model.texts, "device", &model.id, &names);
        root.id.clone_from(&model.id.text);
        root.docs.extend(relationships);
    }
    let planned = match &request.target {
        Target::Device(device) if model.form == Form::Interface => {
            components::plan(model, device, request, &mut names, &mut registry)
        }
        _ => Components { components: Vec::new(), interfaces: Vec::new(), complaints: Vec::new() },
    };
    let Components { components, mut interfaces, mut complaints } = planned;
    // a type is defined where it was needed first, and which way it goes is known when all modules are planned
    root.types = registry.take_types(&Home::Root);
    for source in &mut interfaces {
        if let Source::Own(interface) = source {
            interface.types = registry.take_types(&Home::Inner(interface.module.clone()));
        }
    }
    let model_id = model.id.text.clone();
    let convention = request.convention.unwrap_or_else(|| convention_of(model.version));
    let mut plan = Plan { model_id, convention, root, components, interfaces };
    complaints.extend(options::check(model, request));
    complaints.extend(names.unused(&options::all_names(model)));
    complaints.extend(options::derive(&mut plan, &request.derives));
    Planned { plan, diagnostics: names.diagnostics, complaints }
}

/// The commands that the attribute says are asynchronous.
pub(super) struct Asynchronous<'r>(pub(super) &'r [Spanned<String>]);

impl Asynchronous<'_> {
    fn has(&self, command: &dtdl::Command) -> bool {
        command.asynchronous || self.0.iter().any(|name| name.value == command.name.text)
    }
}

/// The plan of Interfaces that stand in one module: its name, how messages name it, and where it stands.
pub(super) fn interface(
    sources: &[&dtdl::Interface],
    (module, path, home): (Ident, String, Home),
    asynchronous: &Asynchronous<'_>,
    names: &mut Names<'_>,
    registry: &mut Registry<'_>,
) -> Interface {
    let contents = contents::plan(sources, home, &|command| asynchronous.has(command), names, registry);
    let (mut docs, mut id) = (Vec::new(), String::new());
    if let Some(first) = sources.first() {
        docs = described(&first.texts, "interface", &first.id, names);
        id.clone_from(&first.id.text);
    }
    docs.extend(relationships(sources, names));
    Interface {
        module,
        id,
        path,
        docs,
        fingerprint: fingerprint::of(sources),
        telemetry: contents.telemetry,
        properties: contents.properties,
        commands: contents.commands,
        types: Vec::new(),
        imports: contents.imports,
        derives: [Extra::default(), Extra::default()],
    }
}

fn described(texts: &Texts, what: &str, id: &dtdl::Id, names: &Names<'_>) -> Vec<String> {
    docs(texts, None, &About { what, name: &id.text, place: names.place(id.at) })
}

/// The note about relationships, which a device has no part in: graphs of twins are made of them.
fn relationships(sources: &[&dtdl::Interface], names: &Names<'_>) -> Vec<String> {
    let all = sources.iter().flat_map(|source| &source.relationships);
    let named: Vec<String> =
        all.map(|item| format!("{} (`{}`)", harmless(&item.name.text), names.place(item.name.at))).collect();
    if named.is_empty() {
        return Vec::new();
    }
    vec![
        String::new(),
        format!("Relationships are not a device's to send, and left out: {}.", named.join(", ")),
    ]
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
