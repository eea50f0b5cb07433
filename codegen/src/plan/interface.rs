//! One Interface, or a capability model's instances together: telemetry, properties and commands planned.

use dtdl::{Command as ModelCommand, Property as ModelProperty, Telemetry};
use proc_macro2::{Ident, Span};

use super::docs::docs;
use super::names::{Names, Scope};
use super::types::{Need, Types};
use super::{Command, Direction, Field, Interface, Property, Setter, TypeRef};

/// What a module is called, by Rust and in messages.
pub(super) struct Place {
    pub(super) module: Ident,
    pub(super) path: String,
    pub(super) id: String,
    pub(super) docs: Vec<String>,
}

/// The plan of the contents of `sources`, which stand in one module.
pub(super) fn plan(
    sources: &[&dtdl::Interface],
    place: Place,
    asynchronous: &dyn Fn(&ModelCommand) -> bool,
    names: &mut Names<'_>,
) -> Interface {
    let mut scopes = Scopes {
        telemetry: names.scope("telemetry"),
        properties: names.scope("properties"),
        commands: names.scope("commands"),
    };
    let mut types = Types::new(names);
    let (mut telemetry, mut properties, mut commands) = (Vec::new(), Vec::new(), Vec::new());
    for source in sources {
        telemetry.extend(source.telemetry.iter().filter_map(|item| scopes.telemetry(item, &mut types)));
        properties.extend(source.properties.iter().filter_map(|item| scopes.property(item, &mut types)));
        let planned =
            source.commands.iter().filter_map(|item| scopes.command(item, asynchronous(item), &mut types));
        commands.extend(planned);
    }
    let Place { module, path, id, docs } = place;
    Interface { module, id, path, docs, telemetry, properties, commands, types: types.into_types() }
}

/// The names taken among each kind of content.
struct Scopes {
    telemetry: Scope,
    properties: Scope,
    commands: Scope,
}

impl Scopes {
    fn telemetry(&mut self, item: &Telemetry, types: &mut Types<'_, '_>) -> Option<Field> {
        let ident = types.names.value(&item.name.text);
        types.names.claim(&mut self.telemetry, &ident, &item.name.text, item.name.at).then_some(())?;
        let words = [item.name.text.as_str()];
        let ty = types.of(&item.schema, Need { words: &words, name: &item.name, direction: Direction::Out });
        let place = types.names.place(item.name.at);
        let docs = docs(&item.texts, Some(&item.quantity), "telemetry", &item.name.text, &place);
        Some(Field { wire: item.name.text.clone(), ident, ty, docs })
    }

    fn property(&mut self, item: &ModelProperty, types: &mut Types<'_, '_>) -> Option<Property> {
        let ident = types.names.value(&item.name.text);
        types.names.claim(&mut self.properties, &ident, &item.name.text, item.name.at).then_some(())?;
        let setter = item.writable.then(|| Setter {
            ident: types.names.setter(&item.name.text),
            parameter: parameter(ident.clone()),
        });
        let words = [item.name.text.as_str()];
        let direction = if item.writable { Direction::Both } else { Direction::Out };
        let ty = types.of(&item.schema, Need { words: &words, name: &item.name, direction });
        let place = types.names.place(item.name.at);
        let docs = docs(&item.texts, Some(&item.quantity), "property", &item.name.text, &place);
        Some(Property { field: Field { wire: item.name.text.clone(), ident, ty, docs }, setter })
    }

    fn command(
        &mut self,
        item: &ModelCommand,
        asynchronous: bool,
        types: &mut Types<'_, '_>,
    ) -> Option<Command> {
        let ident = types.names.value(&item.name.text);
        types.names.claim(&mut self.commands, &ident, &item.name.text, item.name.at).then_some(())?;
        let request = item.request.as_ref().map(|payload| {
            let words = [item.name.text.as_str(), payload.name.text.as_str()];
            let need = Need { words: &words, name: &payload.name, direction: Direction::In };
            (parameter(types.names.value(&payload.name.text)), types.of(&payload.schema, need))
        });
        let response = item.response.as_ref().map(|payload| {
            let words = [item.name.text.as_str(), payload.name.text.as_str()];
            types.of(&payload.schema, Need { words: &words, name: &payload.name, direction: Direction::Out })
        });
        // What an asynchronous command without a response reports when it is done is a text for people.
        let response = response.or_else(|| asynchronous.then_some(TypeRef::String));
        let place = types.names.place(item.name.at);
        let docs = docs(&item.texts, None, "command", &item.name.text, &place);
        Some(Command { wire: item.name.text.clone(), ident, asynchronous, request, response, docs })
    }
}

/// The name of a request's parameter, which must not be that of the client beside it.
fn parameter(ident: Ident) -> Ident {
    if ident == "client" { Ident::new("client_", Span::call_site()) } else { ident }
}
