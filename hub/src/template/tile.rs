//! Tiles: what a view shows, and which capabilities each type of tile can show.
//!
//! Decides which tile suits which capability. Drawing them is the page's. Begin with [`Tile`].

use serde::{Deserialize, Serialize};

use super::Detail;
use super::capability::{Capability, Kind, Shape};
use super::customization::TEXT_LIMIT;

/// Most series in one line chart: what four colours can tell apart.
pub(crate) const SERIES_LIMIT: usize = 4;
/// Columns of a view's grid.
pub(crate) const COLUMNS: u8 = 4;
/// The longest time range of a tile, in seconds: 31 days.
const RANGE_LIMIT: u32 = 31 * 24 * 3600;

/// A part of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Tile {
    #[serde(rename = "type")]
    pub(crate) kind: TileKind,
    /// Else made of what it shows.
    #[serde(default)]
    pub(crate) title: Option<String>,
    /// Paths, in the order in which they are shown.
    #[serde(default)]
    pub(crate) capabilities: Vec<String>,
    /// Seconds that a chart, strip or list goes back, unless the operator chooses another range.
    #[serde(default)]
    pub(crate) range: Option<u32>,
    /// Columns of four that it takes; tiles stand in the order of the list.
    #[serde(default = "one")]
    pub(crate) width: u8,
}

fn one() -> u8 {
    1
}

/// What a tile looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TileKind {
    /// The last known value of one telemetry; a structured one is shown with its fields.
    Lkv,
    /// A chart of numeric telemetry or of numbers inside it (`location.speed`), up to four lines.
    Line,
    /// The states that booleans, Enums and States went through, as strips over time.
    State,
    /// Events as they came, with their severity.
    Events,
    /// Properties with their reported values.
    Properties,
    /// One command with its form.
    Command,
    /// A text: its title.
    Label,
}

/// What a type of tile takes: from how many to how many, and of which kind.
struct Takes {
    kind: TileKind,
    least: usize,
    most: usize,
    suits: fn(&Capability) -> bool,
    what: &'static str,
}

/// Most capabilities of a tile that has no limit of its own.
const MANY: usize = 1000;

const TABLE: [Takes; 7] = [
    Takes { kind: TileKind::Lkv, least: 1, most: 1, suits: is_telemetry, what: "one telemetry" },
    Takes {
        kind: TileKind::Line,
        least: 1,
        most: SERIES_LIMIT,
        suits: is_numeric,
        what: "one to four numeric telemetries",
    },
    Takes {
        kind: TileKind::State,
        least: 1,
        most: SERIES_LIMIT,
        suits: is_state,
        what: "one to four telemetries with few values (boolean, Enum, State)",
    },
    Takes { kind: TileKind::Events, least: 1, most: MANY, suits: is_telemetry, what: "telemetries" },
    Takes { kind: TileKind::Properties, least: 1, most: MANY, suits: is_property, what: "properties" },
    Takes { kind: TileKind::Command, least: 1, most: 1, suits: is_command, what: "one command" },
    Takes { kind: TileKind::Label, least: 0, most: 0, suits: |_| false, what: "no capability, only a title" },
];

fn is_telemetry(capability: &Capability) -> bool {
    capability.kind == Kind::Telemetry
}

fn is_numeric(capability: &Capability) -> bool {
    is_telemetry(capability) && capability.shape() == Some(Shape::Number)
}

/// Whether a path is that of a number inside telemetry, as `location.speed` is.
fn is_number_inside(path: &str, capabilities: &[Capability]) -> bool {
    let mut telemetry = capabilities.iter().filter(|one| is_telemetry(one));
    telemetry.any(|one| one.inner_shape(path) == Some(Shape::Number))
}

/// Whether it is shown as a state: of few values by its schema, or said to be one.
pub(crate) fn is_state(capability: &Capability) -> bool {
    is_telemetry(capability) && (capability.shape() == Some(Shape::State) || capability.means("State"))
}

fn is_property(capability: &Capability) -> bool {
    matches!(capability.kind, Kind::Property | Kind::CloudProperty)
}

fn is_command(capability: &Capability) -> bool {
    capability.kind == Kind::Command
}

impl Tile {
    /// A tile of the usual width.
    pub(crate) fn new(kind: TileKind, capabilities: Vec<String>) -> Self {
        let width = match kind {
            TileKind::Lkv | TileKind::Command => 1,
            TileKind::Line | TileKind::State | TileKind::Events | TileKind::Properties => 2,
            TileKind::Label => COLUMNS,
        };
        Self { kind, title: None, capabilities, range: None, width }
    }

    /// What of it is wrong.
    pub(crate) fn check(&self, capabilities: &[Capability]) -> Vec<Detail> {
        let mut found = Vec::new();
        let count = self.capabilities.len();
        for takes in TABLE.iter().filter(|takes| takes.kind == self.kind) {
            if !(takes.least..=takes.most).contains(&count) {
                found.push(Detail::new("/capabilities", format!("this type of tile shows {}", takes.what)));
            }
            for (index, path) in self.capabilities.iter().enumerate() {
                let at = format!("/capabilities/{index}");
                let is_twice = self.capabilities.iter().take(index).any(|other| other == path);
                match capabilities.iter().find(|capability| capability.path == *path) {
                    _ if is_twice => found.push(Detail::new(at, format!("{path:?} is there twice"))),
                    None if self.kind == TileKind::Line && is_number_inside(path, capabilities) => {}
                    None => found.push(Detail::new(at, format!("the model has no {path:?}"))),
                    Some(one) if !(takes.suits)(one) => {
                        let (label, word) = (&one.label, one.kind.word());
                        let message =
                            format!("{label:?} is {word}, and this type of tile shows {}", takes.what);
                        found.push(Detail::new(at, message));
                    }
                    Some(_) => {}
                }
            }
        }
        if !(1..=COLUMNS).contains(&self.width) {
            found.push(Detail::new("/width", format!("1 to {COLUMNS} columns")));
        }
        if self.range.is_some_and(|range| !(1..=RANGE_LIMIT).contains(&range)) {
            found.push(Detail::new("/range", format!("1 to {RANGE_LIMIT} seconds")));
        }
        if self.title.as_ref().is_some_and(|title| title.chars().count() > TEXT_LIMIT) {
            found.push(Detail::new("/title", format!("at most {TEXT_LIMIT} characters")));
        }
        if self.kind == TileKind::Label && self.title.as_deref().unwrap_or_default().trim().is_empty() {
            found.push(Detail::new("/title", "a label needs a text"));
        }
        found
    }
}
