//! The default views of a template, by one fixed rule.
//!
//! Decides which tiles a model gets; the order is that of the model. **Overview**: first the last known value of each
//! telemetry (of an Event its list instead), then a line chart for each distinct unit of the numeric ones, four lines at
//! most, then a state strip for each boolean, Enum or State. **About**: the properties of each group. **Commands**: a card
//! for each command. A view with nothing in it is not made. The rule is ours: no public document has IoT Central's. Begin
//! with [`generate`].

use serde::{Deserialize, Serialize};

use super::capability::{Capability, Kind, Shape};
use super::slug;
use super::tile::{SERIES_LIMIT, Tile, TileKind, is_state};
use super::view::{View, ViewKind};

/// Which views are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    pub(crate) commands: bool,
    pub(crate) overview: bool,
    pub(crate) about: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { commands: true, overview: true, about: true }
    }
}

/// What became of one view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) outcome: Made,
    /// Why, for a person.
    pub(crate) message: String,
}

/// What generating does with a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Made {
    /// It is new.
    Created,
    /// It was generated before: it is as the model is now.
    Renewed,
    /// It was edited: it is left alone.
    Kept,
    /// There is nothing to show.
    Empty,
}

/// A view of the rule: its name, its kind, what is missing when it is empty, and its tiles.
struct Rule {
    name: &'static str,
    slug: &'static str,
    kind: ViewKind,
    nothing: &'static str,
    tiles: fn(&[Capability]) -> Vec<Tile>,
}

const OVERVIEW: Rule = Rule {
    name: "Overview",
    slug: "overview",
    kind: ViewKind::View,
    nothing: "the model has no telemetry",
    tiles: overview,
};
const ABOUT: Rule = Rule {
    name: "About",
    slug: "about",
    kind: ViewKind::View,
    nothing: "the model has no properties",
    tiles: about,
};
const COMMANDS: Rule = Rule {
    name: "Commands",
    slug: "commands",
    kind: ViewKind::Commands,
    nothing: "the model has no commands",
    tiles: commands,
};

/// Makes the wanted views, or makes them anew, and says what became of each.
pub(crate) fn generate(views: &mut Vec<View>, capabilities: &[Capability], wanted: Wanted) -> Vec<Outcome> {
    let rules = [(OVERVIEW, wanted.overview), (ABOUT, wanted.about), (COMMANDS, wanted.commands)];
    let chosen = rules.into_iter().filter(|(_, wanted)| *wanted);
    chosen.map(|(rule, _)| rule.apply(views, capabilities)).collect()
}

/// The default views of a model that has none.
pub(crate) fn default_views(capabilities: &[Capability]) -> Vec<View> {
    let mut views = Vec::new();
    generate(&mut views, capabilities, Wanted::default());
    views
}

impl Rule {
    fn apply(&self, views: &mut Vec<View>, capabilities: &[Capability]) -> Outcome {
        let tiles = (self.tiles)(capabilities);
        let (outcome, message) = if tiles.is_empty() {
            (Made::Empty, format!("{} was not made: {}", self.name, self.nothing))
        } else {
            self.put(views, tiles)
        };
        Outcome { name: self.name, outcome, message }
    }

    /// A view of the rule's name and kind is the one to renew; any other of its name stands beside it.
    fn put(&self, views: &mut Vec<View>, tiles: Vec<Tile>) -> (Made, String) {
        let count = tiles.len();
        let old = views.iter_mut().find(|view| view.kind == self.kind && view.name == self.name);
        match old {
            Some(view) if view.generated => {
                view.tiles = tiles;
                (Made::Renewed, format!("{} was brought up to date: {count} tiles", self.name))
            }
            Some(_) => (Made::Kept, format!("{} was edited and is left as it is", self.name)),
            None => {
                let slug =
                    slug::free(self.slug, self.slug, |slug| views.iter().any(|view| view.slug == slug));
                views.push(View {
                    slug,
                    kind: self.kind,
                    name: self.name.to_owned(),
                    generated: true,
                    tiles,
                    columns: None,
                    sections: Vec::new(),
                });
                (Made::Created, format!("{} was made with {count} tiles", self.name))
            }
        }
    }
}

fn overview(capabilities: &[Capability]) -> Vec<Tile> {
    let telemetry = || capabilities.iter().filter(|one| one.kind == Kind::Telemetry);
    let single = |kind, one: &Capability| Tile::new(kind, vec![one.path.clone()]);
    let last = |one| {
        let is_event = Capability::means(one, "Event");
        single(if is_event { TileKind::Events } else { TileKind::Lkv }, one)
    };
    let mut tiles: Vec<Tile> = telemetry().map(last).collect();
    tiles.extend(charts(telemetry()));
    let states = telemetry().filter(|one| is_state(one) && !one.means("Event"));
    tiles.extend(states.map(|one| single(TileKind::State, one)));
    tiles
}

/// A chart for each distinct unit, in the order in which units appear; more than four lines make a further chart.
fn charts<'c>(telemetry: impl Iterator<Item = &'c Capability>) -> Vec<Tile> {
    let mut units: Vec<(&Option<String>, Vec<String>)> = Vec::new();
    let is_line =
        |one: &&Capability| one.shape() == Some(Shape::Number) && !one.means("State") && !one.means("Event");
    for one in telemetry.filter(is_line) {
        match units.iter_mut().find(|(unit, _)| **unit == one.unit) {
            Some((_, paths)) => paths.push(one.path.clone()),
            None => units.push((&one.unit, vec![one.path.clone()])),
        }
    }
    let charts = |(_, paths): &(_, Vec<String>)| {
        paths.chunks(SERIES_LIMIT).map(|paths| Tile::new(TileKind::Line, paths.to_vec())).collect::<Vec<_>>()
    };
    units.iter().flat_map(charts).collect()
}

fn about(capabilities: &[Capability]) -> Vec<Tile> {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    let is_property = |one: &&Capability| matches!(one.kind, Kind::Property | Kind::CloudProperty);
    for one in capabilities.iter().filter(is_property) {
        match groups.iter_mut().find(|(group, _)| *group == one.group) {
            Some((_, paths)) => paths.push(one.path.clone()),
            None => groups.push((&one.group, vec![one.path.clone()])),
        }
    }
    groups.into_iter().map(|(_, paths)| Tile::new(TileKind::Properties, paths)).collect()
}

fn commands(capabilities: &[Capability]) -> Vec<Tile> {
    let commands = capabilities.iter().filter(|one| one.kind == Kind::Command);
    commands.map(|one| Tile::new(TileKind::Command, vec![one.path.clone()])).collect()
}
