//! What a device offers: its parts, their Interfaces, and the contents of these by name.
//!
//! Adding is compatible, because nobody uses what was not there; removing is breaking, and so is all that changes what
//! goes over the wire or what it means.

use std::collections::HashMap;

use super::{ChangeKind, Comparison, Effect, Piece, Reach, versions};
use crate::language::Version;
use crate::language_map::LanguageMap;
use crate::model::{
    Command, Component, Form, Interface, Model, Name, Part, Payload, Property, Quantity, Relationship,
    Telemetry, Texts,
};
use crate::source::Location;

/// A content of an Interface.
#[derive(Clone, Copy)]
enum Content<'m> {
    Telemetry(&'m Telemetry),
    Property(&'m Property),
    Command(&'m Command),
    Relationship(&'m Relationship),
    Component(&'m Component),
}

impl<'m> Content<'m> {
    fn all(interface: &'m Interface) -> impl Iterator<Item = Self> {
        let telemetry = interface.telemetry.iter().map(Self::Telemetry);
        let properties = interface.properties.iter().map(Self::Property);
        let commands = interface.commands.iter().map(Self::Command);
        let relationships = interface.relationships.iter().map(Self::Relationship);
        let components = interface.components.iter().map(Self::Component);
        telemetry.chain(properties).chain(commands).chain(relationships).chain(components)
    }

    fn name(self) -> &'m Name {
        match self {
            Self::Telemetry(content) => &content.name,
            Self::Property(content) => &content.name,
            Self::Command(content) => &content.name,
            Self::Relationship(content) => &content.name,
            Self::Component(content) => &content.name,
        }
    }

    fn piece(self) -> Piece {
        match self {
            Self::Telemetry(_) => Piece::Telemetry,
            Self::Property(_) => Piece::Property,
            Self::Command(_) => Piece::Command,
            Self::Relationship(_) => Piece::Relationship,
            Self::Component(_) => Piece::Component,
        }
    }
}

/// Where two versions of one thing stand.
type Places = (Location, Location);

impl<'m> Comparison<'m> {
    pub(super) fn models(&mut self) {
        let (old, new) = (self.old, self.new);
        let at = (old.id.at, new.id.at);
        if old.version != new.version {
            // The preview wraps every message differently; the later versions share one wire form.
            let preview = [old.version, new.version].contains(&Version::V1Preview);
            let effect = if preview { Effect::Breaking } else { Effect::Compatible };
            self.change(ChangeKind::Language(old.version, new.version), effect, at);
        }
        self.texts(&old.texts, &new.texts, at);
        match (old.form, new.form) {
            (Form::CapabilityModel, Form::CapabilityModel) => self.instances(),
            (Form::Interface, Form::Interface) => {
                if let (Some(old), Some(new)) = (root(old), root(new)) {
                    self.contents(old, new);
                }
            }
            _ => self.change(ChangeKind::Form, Effect::Breaking, at),
        }
    }

    fn instances(&mut self) {
        let (old, new) = (self.old, self.new);
        let pairs =
            |model: &'m Model| model.parts.iter().filter_map(|part| Some((part.name.as_ref()?, part)));
        self.by_name(
            pairs(old),
            pairs(new),
            |_| (Piece::Instance, Effect::Compatible),
            |comparison, (old_name, old_part), (new_name, new_part): (_, &Part)| {
                let at = (old_name.at, new_name.at);
                comparison.texts(&old_part.texts, &new_part.texts, at);
                comparison.reference(old.interface(old_part), new.interface(new_part), at);
            },
        );
    }

    /// Compares what has the same name, and reports what only one of the two sides has.
    pub(super) fn by_name<T: Copy>(
        &mut self,
        old: impl Iterator<Item = (&'m Name, T)>,
        new: impl Iterator<Item = (&'m Name, T)>,
        added: impl Fn(T) -> (Piece, Effect),
        mut both: impl FnMut(&mut Self, (&'m Name, T), (&'m Name, T)),
    ) {
        let mut new: Vec<_> = new.map(Some).collect();
        // A model with faults may have a name twice; then the first is held against the first.
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, (name, _)) in
            new.iter().enumerate().rev().filter_map(|(index, item)| Some((index, (*item)?)))
        {
            places.entry(&name.text).or_default().push(index);
        }
        for (name, item) in old {
            let place = places.get_mut(name.text.as_str()).and_then(Vec::pop);
            let found = place.and_then(|index| new.get_mut(index)?.take());
            self.within(&name.text, |comparison| match found {
                Some(new) => both(comparison, (name, item), new),
                None => {
                    let (piece, _) = added(item);
                    comparison.push(ChangeKind::Removed(piece), Effect::Breaking, Some(name.at), None);
                }
            });
        }
        for (name, item) in new.into_iter().flatten() {
            let (piece, effect) = added(item);
            self.within(&name.text, |comparison| {
                comparison.push(ChangeKind::Added(piece), effect, None, Some(name.at));
            });
        }
    }

    pub(super) fn contents(&mut self, old: &'m Interface, new: &'m Interface) {
        let pair = (std::ptr::from_ref(old), std::ptr::from_ref(new));
        if self.interfaces.contains(&pair) {
            return;
        }
        self.interfaces.push(pair);
        self.by_name(
            Content::all(old).map(|content| (content.name(), content)),
            Content::all(new).map(|content| (content.name(), content)),
            |content| (content.piece(), Effect::Compatible),
            |comparison, (_, old), (_, new)| comparison.content(old, new),
        );
        self.bases(old, new);
        self.interfaces.pop();
    }

    fn content(&mut self, old: Content<'m>, new: Content<'m>) {
        let at = (old.name().at, new.name().at);
        match (old, new) {
            (Content::Telemetry(old), Content::Telemetry(new)) => {
                self.texts(&old.texts, &new.texts, at);
                self.quantity(&old.quantity, &new.quantity, at);
                self.within("schema", |comparison| comparison.schema(&old.schema, &new.schema, true));
            }
            (Content::Property(old), Content::Property(new)) => self.property(old, new),
            (Content::Command(old), Content::Command(new)) => self.command(old, new, at),
            (Content::Relationship(old), Content::Relationship(new)) => self.relationship(old, new, at),
            (Content::Component(old), Content::Component(new)) => {
                self.texts(&old.texts, &new.texts, at);
                let interfaces = (self.old.component_interface(old), self.new.component_interface(new));
                self.reference(interfaces.0, interfaces.1, at);
            }
            _ => self.change(ChangeKind::Became(old.piece(), new.piece()), Effect::Breaking, at),
        }
    }

    fn property(&mut self, old: &'m Property, new: &'m Property) {
        let at = (old.name.at, new.name.at);
        self.texts(&old.texts, &new.texts, at);
        self.quantity(&old.quantity, &new.quantity, at);
        self.writable(old.writable, new.writable, at);
        // A writable one is sent by both sides: the device reports what it has.
        self.within("schema", |comparison| comparison.schema(&old.schema, &new.schema, true));
    }

    fn command(&mut self, old: &'m Command, new: &'m Command, at: Places) {
        self.texts(&old.texts, &new.texts, at);
        if old.asynchronous != new.asynchronous {
            self.change(ChangeKind::Asynchronous(new.asynchronous), Effect::Breaking, at);
        }
        self.payload(Piece::Request, old.request.as_ref(), new.request.as_ref());
        self.payload(Piece::Response, old.response.as_ref(), new.response.as_ref());
    }

    /// A new request is one that callers do not send yet, unless it may be left out; a new response is one that they
    /// do not look at. What may be null must be sent no longer, but must be expected by whoever receives it.
    fn payload(&mut self, piece: Piece, old: Option<&'m Payload>, new: Option<&'m Payload>) {
        let is_request = piece == Piece::Request;
        let step = if is_request { "request" } else { "response" };
        self.within(step, |comparison| match (old, new) {
            (None, None) => {}
            (Some(old), None) => {
                comparison.push(ChangeKind::Removed(piece), Effect::Breaking, Some(old.name.at), None);
            }
            (None, Some(new)) => {
                let effect = breaking_if(is_request && !new.nullable);
                comparison.push(ChangeKind::Added(piece), effect, None, Some(new.name.at));
            }
            (Some(old), Some(new)) => {
                let at = (old.name.at, new.name.at);
                comparison.renamed(&old.name, &new.name);
                comparison.texts(&old.texts, &new.texts, at);
                comparison.quantity(&old.quantity, &new.quantity, at);
                if old.nullable != new.nullable {
                    let effect = breaking_if(new.nullable != is_request);
                    comparison.change(ChangeKind::Nullable(new.nullable), effect, at);
                }
                comparison.within("schema", |comparison| {
                    comparison.schema(&old.schema, &new.schema, !is_request);
                });
            }
        });
    }

    fn relationship(&mut self, old: &'m Relationship, new: &'m Relationship, at: Places) {
        self.texts(&old.texts, &new.texts, at);
        self.writable(old.writable, new.writable, at);
        if old.target != new.target {
            // To any twin is wider than to those of one model.
            let effect = breaking_if(new.target.is_some());
            self.change(ChangeKind::Target(old.target.clone(), new.target.clone()), effect, at);
        }
        let least = |r: &Relationship| r.min_multiplicity.unwrap_or(0);
        let most = |r: &Relationship| r.max_multiplicity.unwrap_or(i64::MAX);
        if (least(old), most(old)) != (least(new), most(new)) {
            let effect = breaking_if(least(new) > least(old) || most(new) < most(old));
            self.change(ChangeKind::Multiplicity, effect, at);
        }
        self.within("properties", |comparison| {
            comparison.by_name(
                old.properties.iter().map(|property| (&property.name, property)),
                new.properties.iter().map(|property| (&property.name, property)),
                |_| (Piece::Property, Effect::Compatible),
                |comparison, (_, old), (_, new)| comparison.property(old, new),
            );
        });
    }

    /// A component's or an instance's Interface. Another version of it is compared, another Interface is not.
    fn reference(&mut self, old: &'m Interface, new: &'m Interface, at: Places) {
        let ids = (&old.id.text, &new.id.text);
        let same = match self.reach {
            Reach::Everything => versions::name(ids.0) == versions::name(ids.1),
            Reach::Definition => ids.0 == ids.1,
        };
        if !same {
            self.change(ChangeKind::Interface(ids.0.clone(), ids.1.clone()), Effect::Breaking, at);
        } else if self.reach == Reach::Everything {
            self.within("schema", |comparison| {
                comparison.texts(&old.texts, &new.texts, (old.id.at, new.id.at));
            });
            self.contents(old, new);
        }
    }

    /// The Interfaces that are extended. Their contents are compared as the Interface's own; but a twin that has lost a
    /// base can no longer be where one of the base is wanted.
    fn bases(&mut self, old: &'m Interface, new: &'m Interface) {
        let reach = self.reach;
        let has = |bases: &[String], base: &String| match reach {
            Reach::Everything => bases.iter().any(|known| versions::name(known) == versions::name(base)),
            Reach::Definition => bases.contains(base),
        };
        for base in old.extends.iter().filter(|base| !has(&new.extends, base)) {
            self.within(base, |comparison| {
                let at = Some(old.id.at);
                comparison.push(ChangeKind::Removed(Piece::Base), Effect::Breaking, at, None);
            });
        }
        for base in new.extends.iter().filter(|base| !has(&old.extends, base)) {
            self.within(base, |comparison| {
                let at = Some(new.id.at);
                comparison.push(ChangeKind::Added(Piece::Base), Effect::Compatible, None, at);
            });
        }
    }

    fn writable(&mut self, old: bool, new: bool, at: Places) {
        if old != new {
            self.change(ChangeKind::Writable(new), breaking_if(!new), at);
        }
    }

    /// Units and semantic types say what a value means. Saying it for the first time changes no value.
    pub(super) fn quantity(&mut self, old: &Quantity, new: &Quantity, at: Places) {
        let effect = |old: &Option<String>| breaking_if(old.is_some());
        if old.semantic_type != new.semantic_type {
            let kind = ChangeKind::SemanticType(old.semantic_type.clone(), new.semantic_type.clone());
            self.change(kind, effect(&old.semantic_type), at);
        }
        if old.unit != new.unit {
            self.change(ChangeKind::Unit(old.unit.clone(), new.unit.clone()), effect(&old.unit), at);
        }
        self.text("displayUnit", old.display_unit != new.display_unit, at);
    }

    pub(super) fn texts(&mut self, old: &Texts, new: &Texts, at: Places) {
        let differ = |old: &LanguageMap, new: &LanguageMap| old != new;
        self.text("displayName", differ(&old.display_name, &new.display_name), at);
        self.text("description", differ(&old.description, &new.description), at);
        self.text("comment", old.comment != new.comment, at);
    }

    fn text(&mut self, name: &'static str, differs: bool, at: Places) {
        if differs {
            self.within(name, |comparison| comparison.change(ChangeKind::Text(name), Effect::Neutral, at));
        }
    }

    /// A name that is only for people and programs, not on the wire.
    pub(super) fn renamed(&mut self, old: &Name, new: &Name) {
        if old.text != new.text {
            let kind = ChangeKind::Renamed(old.text.clone(), new.text.clone());
            self.change(kind, Effect::Compatible, (old.at, new.at));
        }
    }

    pub(super) fn change(&mut self, kind: ChangeKind, effect: Effect, at: Places) {
        self.push(kind, effect, Some(at.0), Some(at.1));
    }
}

/// The Interface that the model is.
pub(super) fn root(model: &Model) -> Option<&Interface> {
    model.parts.iter().find(|part| part.name.is_none()).map(|part| model.interface(part))
}

fn breaking_if(breaks: bool) -> Effect {
    if breaks { Effect::Breaking } else { Effect::Compatible }
}
