//! Options that match nothing in the model: each is an error, so that none is forgotten when the model changes.

use dtdl::{Form, Model};

use super::names::{none, nothing_is_called};
use super::{Interface, Plan, Source, Type};
use crate::request::{Complaint, Derive, Request, Spanned, Target};

/// What is wrong with the options, but for renames, which the names know.
pub(super) fn check(model: &Model, request: &Request) -> Vec<Complaint> {
    let components = components(model);
    let ids: Vec<&str> = with_components(model).map(|part| model.interface(part).id.text.as_str()).collect();
    let fields = request.fields().iter().filter_map(|field| field.component.as_ref());
    let mut complaints: Vec<Complaint> = fields.filter_map(|name| unknown(&components, name)).collect();
    complaints.extend(request.with.iter().filter_map(|with| unknown(&ids, &with.id)));
    complaints.extend(request.asynchronous.iter().filter_map(|name| asynchronous(model, request, name)));
    complaints.extend(twice(&request.with.iter().map(|with| &with.id).collect::<Vec<_>>()));
    complaints.extend(twice(&request.renames.iter().map(|rename| &rename.from).collect::<Vec<_>>()));
    complaints.extend(twice(
        &request.fields().iter().filter_map(|field| field.component.as_ref()).collect::<Vec<_>>(),
    ));
    complaints.extend(not_a_device(model, request));
    complaints
}

/// An Interface that is shared as a module has no struct that could hold components.
fn not_a_device(model: &Model, request: &Request) -> Option<Complaint> {
    let Target::Interface(module) = &request.target else { return None };
    let why = match (model.form, model.parts.iter().any(|part| part.name.is_some())) {
        (Form::CapabilityModel, _) => "is a capability model",
        (Form::Interface, true) => "has components",
        (Form::Interface, false) => return None,
    };
    let message = format!(
        "`{}` {why}, so it is a device: put the attribute on the struct that is the device, not on a module",
        model.id
    );
    Some(Complaint { code: "notAnInterface", span: module.span(), message })
}

fn unknown(known: &[&str], name: &Spanned<String>) -> Option<Complaint> {
    let is_known = known.contains(&name.value.as_str());
    let message = || nothing_is_called(&name.value, known);
    (!is_known).then(|| Complaint { code: "unknownName", span: name.span, message: message() })
}

fn asynchronous(model: &Model, request: &Request, name: &Spanned<String>) -> Option<Complaint> {
    let has = |interface: &dtdl::Interface| {
        interface.commands.iter().any(|command| command.name.text == name.value)
    };
    let is_elsewhere =
        |interface: &dtdl::Interface| request.with.iter().any(|with| with.id.value == interface.id.text);
    let mut interfaces = model.parts.iter().map(|part| model.interface(part));
    if interfaces.clone().any(|interface| has(interface) && !is_elsewhere(interface)) {
        return None;
    }
    if let Some(interface) = interfaces.find(|interface| has(interface)) {
        let message = format!(
            "`{}` is a command of `{}`, whose code stands elsewhere: say `asynchronous` there",
            name.value, interface.id
        );
        return Some(Complaint { code: "optionElsewhere", span: name.span, message });
    }
    let commands: Vec<&str> = model
        .parts
        .iter()
        .flat_map(|part| model.interface(part).commands.iter().map(|command| command.name.text.as_str()))
        .collect();
    unknown(&commands, name)
}

/// Names that an option gives more than once.
fn twice(names: &[&Spanned<String>]) -> Vec<Complaint> {
    let repeated = names
        .iter()
        .enumerate()
        .filter(|(index, name)| names.iter().take(*index).any(|earlier| earlier.value == name.value));
    repeated
        .map(|(_, name)| Complaint {
            code: "givenTwice",
            span: name.span,
            message: format!("`{}` is given twice; keep one", name.value),
        })
        .collect()
}

/// The names of the components.
fn components(model: &Model) -> Vec<&str> {
    with_components(model).filter_map(|part| part.name.as_ref()).map(|name| name.text.as_str()).collect()
}

fn with_components(model: &Model) -> impl Iterator<Item = &dtdl::Part> {
    model.parts.iter().filter(|part| model.form == Form::Interface && part.name.is_some())
}

/// Every name that `rename` could mean.
pub(super) fn all_names(model: &Model) -> Vec<&str> {
    let parts = model.parts.iter();
    let mut all: Vec<&str> =
        parts.filter_map(|part| part.name.as_ref()).map(|name| name.text.as_str()).collect();
    for interface in model.parts.iter().map(|part| model.interface(part)) {
        all.push(&interface.id.text);
        all.extend(interface.telemetry.iter().map(|item| item.name.text.as_str()));
        all.extend(interface.properties.iter().map(|item| item.name.text.as_str()));
        all.extend(interface.commands.iter().map(|item| item.name.text.as_str()));
    }
    all
}

/// Gives types the derives that were asked for, and complains of those that name none.
pub(super) fn derive(plan: &mut Plan, derives: &[Derive]) -> Vec<Complaint> {
    let used: Vec<bool> = derives.iter().map(|derive| apply(plan, derive)).collect();
    let unused = derives.iter().zip(used).filter(|(_, used)| !used);
    let names = type_names(plan);
    let known: Vec<&str> = names.iter().map(String::as_str).chain(["all"]).collect();
    unused
        .map(|(derive, _)| {
            let message = none("there is no type", &derive.target.value, &known);
            Complaint { code: "unknownType", span: derive.target.span, message }
        })
        .collect()
}

fn apply(plan: &mut Plan, derive: &Derive) -> bool {
    let mut used = false;
    for interface in modules_mut(plan) {
        let module = interface.module.to_string();
        let is_meant = |name: &str| {
            let target = derive.target.value.as_str();
            target == "all" || target == name || target.split_once("::") == Some((&module, name))
        };
        let mut add = |name: &str, extra: &mut super::Extra| {
            if is_meant(name) {
                used = true;
                extra.macros.extend(derive.macros.iter().cloned());
                extra.serde |= derive.serde;
            }
        };
        let [telemetry, reported] = &mut interface.derives;
        if !interface.telemetry.is_empty() {
            add("Telemetry", telemetry);
        }
        if !interface.properties.is_empty() {
            add("Reported", reported);
        }
        for Type { ident, extra, .. } in &mut interface.types {
            add(&ident.to_string(), extra);
        }
    }
    used
}

fn type_names(plan: &mut Plan) -> Vec<String> {
    let mut names = Vec::new();
    for interface in modules_mut(plan) {
        let own =
            [(!interface.telemetry.is_empty(), "Telemetry"), (!interface.properties.is_empty(), "Reported")];
        names.extend(own.iter().filter(|(has, _)| *has).map(|(_, name)| (*name).to_owned()));
        names.extend(interface.types.iter().map(|defined| defined.ident.to_string()));
    }
    names.sort();
    names.dedup();
    names
}

fn modules_mut(plan: &mut Plan) -> impl Iterator<Item = &mut Interface> {
    let inner = plan.interfaces.iter_mut().filter_map(|source| match source {
        Source::Own(interface) => Some(interface.as_mut()),
        Source::With(_) => None,
    });
    std::iter::once(&mut plan.root).chain(inner)
}
