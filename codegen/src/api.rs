//! What the author's code can name of the generated code, as a list: two of them side by side say what a new version of a
//! model changes for those who compile against it.
//!
//! Made from the plan, not from tokens. Decides what counts as the interface and what demands something of existing
//! code; what is done about a difference is the caller's. Begin with [`items`].

use proc_macro2::Ident;

use crate::plan::{
    Command, Component, Direction, Field, Interface, Plan, Property, Shape, Source, Type, TypeRef, Unit,
};
use crate::request::{Request, Target};

/// One thing of the generated code that other code can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiItem {
    /// Where it is: `thermostat::Telemetry.temp`, `thermostat::Commands::reboot`.
    pub path: String,
    /// What it is.
    pub kind: ApiKind,
    /// Its type, without the names of parameters: `Option<f64>`.
    pub signature: String,
    /// Whether code that compiled without it no longer does: a handler has to be written, a variant to be matched.
    ///
    /// A field of a struct is not demanded: literals that end in `..Default::default()`, as documented, go on as they are.
    pub demanded: bool,
}

/// What an [`ApiItem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiKind {
    /// A module of a component's Interface.
    Module,
    /// A struct or an enum.
    Type,
    /// A field of a struct.
    Field,
    /// A variant of an enum.
    Variant,
    /// A constant.
    Constant,
    /// A trait that a struct has to implement.
    Trait,
    /// A method of such a trait.
    Handler,
    /// A field that the device's struct has to have.
    Component,
}

/// All items of a plan, by path.
pub(crate) fn items(plan: &Plan, request: &Request) -> Vec<ApiItem> {
    let mut list = List { plan, items: Vec::new() };
    let root = plan.root.module.to_string();
    list.push(&root, ApiKind::Module, "mod", false);
    list.push(&format!("{root}::MODEL_ID"), ApiKind::Constant, "&str", false);
    let is_shared = matches!(request.target, Target::Interface(_));
    list.interface(&plan.root, &root, is_shared);
    for interface in plan.interfaces.iter().filter_map(Source::own) {
        let path = format!("{root}::{}", interface.module);
        list.push(&path, ApiKind::Module, "mod", false);
        list.interface(interface, &path, true);
    }
    for component in &plan.components {
        list.component(component, &root, request);
    }
    list.items.sort_by(|one, other| one.path.cmp(&other.path));
    list.items
}

/// The items so far.
struct List<'p> {
    plan: &'p Plan,
    items: Vec<ApiItem>,
}

impl<'p> List<'p> {
    fn push(&mut self, path: &str, kind: ApiKind, signature: &str, demanded: bool) {
        let (path, signature) = (path.to_owned(), signature.to_owned());
        self.items.push(ApiItem { path, kind, signature, demanded });
    }

    fn interface(&mut self, interface: &'p Interface, path: &str, is_shared: bool) {
        if is_shared {
            self.push(&format!("{path}::FINGERPRINT"), ApiKind::Constant, "u64", false);
        }
        self.push(&format!("{path}::Client"), ApiKind::Type, "client", false);
        let telemetry: Vec<&Field> = interface.telemetry.iter().collect();
        let reported: Vec<&Field> = interface.properties.iter().map(|property| &property.field).collect();
        for (name, fields) in [("Telemetry", telemetry), ("Reported", reported)] {
            if !fields.is_empty() {
                self.object(&format!("{path}::{name}"), &fields);
            }
        }
        for defined in self.plan.types_of(interface) {
            self.defined(defined, path);
        }
        self.commands(&interface.commands, path);
        self.setters(&interface.properties, path);
    }

    fn object(&mut self, path: &str, fields: &[&Field]) {
        self.push(path, ApiKind::Type, "struct", false);
        for field in fields {
            let signature = format!("Option<{}>", written(&field.ty));
            self.push(&format!("{path}.{}", field.ident), ApiKind::Field, &signature, false);
            if field.unit.is_some() {
                let constant = format!("{path}::{}", unit_constant(&field.ident));
                self.push(&constant, ApiKind::Constant, "&'static str", false);
            }
        }
    }

    fn defined(&mut self, defined: &Type, module: &str) {
        let path = format!("{module}::{}", defined.ident);
        match &defined.shape {
            Shape::Object(fields) => self.object(&path, &fields.iter().collect::<Vec<_>>()),
            Shape::Enum(variants) => {
                self.push(&path, ApiKind::Type, "enum", false);
                // only what arrives is matched on
                let demanded = defined.direction != Direction::Out;
                for variant in variants {
                    self.push(&format!("{path}::{}", variant.ident), ApiKind::Variant, "variant", demanded);
                }
            }
            Shape::Wrapper(ty) => {
                self.push(&path, ApiKind::Type, "struct", false);
                self.push(&format!("{path}.items"), ApiKind::Field, &written(ty), false);
            }
            Shape::Unit(_) => self.push(&path, ApiKind::Type, "unit", false),
        }
    }

    fn commands(&mut self, commands: &[Command], module: &str) {
        let path = format!("{module}::Commands");
        if !commands.is_empty() {
            self.push(&path, ApiKind::Trait, "trait", true);
        }
        for Command { ident, request, response, .. } in commands {
            let argument = request.as_ref().map(|request| written(&request.ty));
            let output = response.as_ref().map_or_else(|| "()".to_owned(), written);
            let signature = handler(argument.as_deref(), &output, "CommandError");
            self.push(&format!("{path}::{ident}"), ApiKind::Handler, &signature, true);
        }
    }

    fn setters(&mut self, properties: &[Property], module: &str) {
        let path = format!("{module}::Properties");
        if properties.iter().any(|property| property.setter.is_some()) {
            self.push(&path, ApiKind::Trait, "trait", true);
        }
        for Property { field, setter } in properties {
            let Some(setter) = setter else { continue };
            let ty = written(&field.ty);
            let signature = handler(Some(&ty), &ty, "PropertyError");
            self.push(&format!("{path}::{}", setter.ident), ApiKind::Handler, &signature, true);
        }
    }

    /// The field of the client, and the one that the struct has to have.
    fn component(&mut self, component: &Component, root: &str, request: &Request) {
        let (traits, module) = match self.plan.interfaces.get(component.interface) {
            Some(Source::Own(interface)) => (
                (!interface.commands.is_empty(), interface.has_setters()),
                format!("{root}::{}", interface.module),
            ),
            Some(Source::With(elsewhere)) => {
                ((elsewhere.has_commands, elsewhere.has_setters), elsewhere.path.to_string())
            }
            None => return,
        };
        let field = &component.field;
        self.push(&format!("{root}::Client.{field}"), ApiKind::Field, &format!("{module}::Client"), false);
        let traits = [(traits.0, "Commands"), (traits.1, "Properties")];
        let traits = traits.iter().filter(|(has, _)| *has).map(|(_, name)| format!("{module}::{name}"));
        let traits: Vec<String> = traits.collect();
        let signature =
            if traits.is_empty() { "any type".to_owned() } else { format!("impl {}", traits.join(" + ")) };
        if let Target::Device(device) = &request.target {
            self.push(&format!("{}.{field}", device.ident), ApiKind::Component, &signature, true);
        }
    }
}

fn handler(argument: Option<&str>, output: &str, error: &str) -> String {
    let argument = argument.map(|ty| format!("{ty}, ")).unwrap_or_default();
    format!("async fn(&self, {argument}&Client) -> Result<{output}, {error}>")
}

/// The constant with the unit of a field.
fn unit_constant(field: &Ident) -> String {
    format!("{}_UNIT", field.to_string().trim_end_matches('_').to_uppercase())
}

/// A type as it is written in its module.
fn written(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Primitive(name) => (*name).to_owned(),
        TypeRef::String => "String".to_owned(),
        TypeRef::Runtime(module, name) => format!("{module}::{name}"),
        TypeRef::Json => "Json".to_owned(),
        TypeRef::List(item) => format!("Vec<{}>", written(item)),
        TypeRef::Map(value) => format!("BTreeMap<String, {}>", written(value)),
        TypeRef::Quantity(unit, number) => {
            let unit = match unit {
                Unit::Known(unit) => format!("units::{unit}"),
                Unit::Local(unit) => unit.to_string(),
            };
            format!("Quantity<{unit}, {}>", written(number))
        }
        TypeRef::Local(ident) => ident.to_string(),
        TypeRef::Boxed(ident) => format!("Box<{ident}>"),
        TypeRef::Nullable(inner) => format!("Option<{}>", written(inner)),
    }
}
