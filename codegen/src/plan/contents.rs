//! The contents of one Interface, or of a capability model's instances together: telemetry, properties, commands.

use dtdl::{Command as ModelCommand, Payload, Property as ModelProperty, Quantity, Telemetry};
use proc_macro2::{Ident, Span};

use super::docs::{About, docs};
use super::names::{Names, Scope, joined};
use super::types::{Need, Registry, Types};
use super::{Command, Direction, Field, Home, Import, Property, Request, Setter, TypeRef};

/// What the modules of a device are made of, but for its types, which the [`Registry`] has.
pub(super) struct Contents {
    pub(super) telemetry: Vec<Field>,
    pub(super) properties: Vec<Property>,
    pub(super) commands: Vec<Command>,
    pub(super) imports: Vec<Import>,
}

/// The plan of the contents of `sources`, which stand in one module.
pub(super) fn plan(
    sources: &[&dtdl::Interface],
    home: Home,
    asynchronous: &dyn Fn(&ModelCommand) -> bool,
    names: &mut Names<'_>,
    registry: &mut Registry<'_>,
) -> Contents {
    let mut scopes = Scopes {
        telemetry: names.scope("telemetry"),
        properties: names.scope("properties"),
        commands: names.scope("commands"),
    };
    let mut types = Types::new(names, registry, home);
    let (mut telemetry, mut properties, mut commands) = (Vec::new(), Vec::new(), Vec::new());
    for source in sources {
        telemetry.extend(source.telemetry.iter().filter_map(|item| scopes.telemetry(item, &mut types)));
        properties.extend(source.properties.iter().filter_map(|item| scopes.property(item, &mut types)));
        let planned =
            source.commands.iter().filter_map(|item| scopes.command(item, asynchronous(item), &mut types));
        commands.extend(planned);
    }
    Contents { telemetry, properties, commands, imports: types.into_imports() }
}

/// The names taken among each kind of content.
struct Scopes {
    telemetry: Scope,
    properties: Scope,
    commands: Scope,
}

impl Scopes {
    fn telemetry(&mut self, item: &Telemetry, types: &mut Types<'_, '_, '_>) -> Option<Field> {
        let ident = types.names.value(&item.name.text);
        types.names.claim(&mut self.telemetry, &ident, &item.name.text, item.name.at).then_some(())?;
        let words = [item.name.text.as_str()];
        let need = Need { words: &words, name: &item.name, direction: Direction::Out };
        let ty = types.measured(&item.schema, &item.quantity, need);
        Some(field(ident, ty, "telemetry", (&item.name, &item.texts, &item.quantity), types))
    }

    fn property(&mut self, item: &ModelProperty, types: &mut Types<'_, '_, '_>) -> Option<Property> {
        let ident = types.names.value(&item.name.text);
        types.names.claim(&mut self.properties, &ident, &item.name.text, item.name.at).then_some(())?;
        let setter = item.writable.then(|| Setter {
            ident: types.names.setter(&item.name.text),
            parameter: parameter(ident.clone(), "value"),
        });
        let words = [item.name.text.as_str()];
        let direction = if item.writable { Direction::Both } else { Direction::Out };
        let need = Need { words: &words, name: &item.name, direction };
        let ty = types.measured(&item.schema, &item.quantity, need);
        let field = field(ident, ty, "property", (&item.name, &item.texts, &item.quantity), types);
        Some(Property { field, setter })
    }

    fn command(
        &mut self,
        item: &ModelCommand,
        asynchronous: bool,
        types: &mut Types<'_, '_, '_>,
    ) -> Option<Command> {
        let ident = types.names.value(&item.name.text);
        types.names.claim(&mut self.commands, &ident, &item.name.text, item.name.at).then_some(())?;
        let command = item.name.text.as_str();
        let request = item.request.as_ref().map(|payload| Request {
            parameter: parameter(types.names.value(&payload.name.text), "request"),
            ty: value(command, payload, Direction::In, types),
        });
        let response = item.response.as_ref().map(|payload| value(command, payload, Direction::Out, types));
        // What an asynchronous command without a response reports when it is done is a text for people.
        let response = response.or_else(|| asynchronous.then_some(TypeRef::String));
        let about = About { what: "command", name: command, place: types.names.place(item.name.at) };
        let mut docs = docs(&item.texts, None, &about);
        let takes = item.request.iter().flat_map(|payload| payload_docs("Takes", payload));
        let answers = item.response.iter().flat_map(|payload| payload_docs("Answers", payload));
        // before the place in the model, which ends every item's text
        let end = docs.len().saturating_sub(2);
        docs.splice(end..end, takes.chain(answers));
        Some(Command { wire: command.to_owned(), ident, asynchronous, request, response, docs })
    }
}

/// The type of a command's request or response.
fn value(command: &str, payload: &Payload, direction: Direction, types: &mut Types<'_, '_, '_>) -> TypeRef {
    let words = [command, payload.name.text.as_str()];
    // `getReport` answers a `GetReport`, where its response is called `report`; the command itself needs no type
    let says_it = joined(&words[..1]).ends_with(&joined(&words[1..]));
    let words = if says_it { &words[..1] } else { &words[..] };
    let need = Need { words, name: &payload.name, direction };
    let ty = types.measured(&payload.schema, &payload.quantity, need);
    if payload.nullable { TypeRef::Nullable(Box::new(ty)) } else { ty }
}

/// What the model says of a payload: nothing, where that is only its name.
fn payload_docs(what: &str, payload: &Payload) -> Vec<String> {
    let texts = [payload.texts.display_name.preferred(), payload.texts.description.preferred()];
    let unit = payload.quantity.unit.as_ref().map(|unit| format!("in `{}`", unit.replace('`', "'")));
    let said: Vec<String> = texts.into_iter().flatten().map(super::docs::harmless).chain(unit).collect();
    if said.is_empty() {
        return Vec::new();
    }
    vec![String::new(), format!("{what} `{}`: {}", payload.name.text, said.join("; "))]
}

type Described<'m> = (&'m dtdl::Name, &'m dtdl::Texts, &'m Quantity);

fn field(
    ident: Ident,
    ty: TypeRef,
    what: &str,
    (name, texts, quantity): Described<'_>,
    types: &Types<'_, '_, '_>,
) -> Field {
    let about = About { what, name: &name.text, place: types.names.place(name.at) };
    let docs = docs(texts, Some(quantity), &about);
    Field { wire: name.text.clone(), ident, ty, unit: quantity.unit.clone(), docs }
}

/// The name of a parameter, which must not be that of the client beside it and has to be one.
fn parameter(ident: Ident, otherwise: &str) -> Ident {
    match ident.to_string().as_str() {
        "client" => Ident::new("client_", Span::call_site()),
        "_" => Ident::new(otherwise, Span::call_site()),
        _ => ident,
    }
}
