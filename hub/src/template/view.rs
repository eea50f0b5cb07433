//! Views and forms: what operators see of a device, and where they set its properties.
//!
//! Decides what a view may hold; only what can be set is editable in a form. Begin with [`View`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Detail;
use super::capability::{Capability, Kind};
use super::customization::TEXT_LIMIT;
use super::tile::Tile;

/// Most views of a template.
pub(crate) const VIEW_LIMIT: usize = 100;
/// Most tiles of a view, and fields of a form.
const PART_LIMIT: usize = 2000;
/// Most columns of a form.
const FORM_COLUMNS: u8 = 3;

/// A view of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct View {
    /// Its name in addresses, unique in its template; the hub makes it of the name.
    #[serde(default)]
    pub(crate) slug: String,
    pub(crate) kind: ViewKind,
    pub(crate) name: String,
    /// Made by the hub and not edited since.
    #[serde(default)]
    pub(crate) generated: bool,
    /// Of views and commands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tiles: Vec<Tile>,
    /// Of forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) columns: Option<u8>,
    /// Of forms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sections: Vec<Section>,
}

/// What a view is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ViewKind {
    View,
    Commands,
    Form,
}

/// A titled part of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Section {
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) fields: Vec<FormField>,
}

/// A property in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FormField {
    pub(crate) path: String,
    /// Whether the operator can set it here.
    pub(crate) editable: bool,
}

impl View {
    /// What of it is wrong. Pointers are into the view as it is sent.
    pub(crate) fn check(&self, capabilities: &[Capability]) -> Vec<Detail> {
        let mut found = Vec::new();
        if self.name.trim().is_empty() || self.name.chars().count() > TEXT_LIMIT {
            found.push(Detail::new("/name", format!("a name has 1 to {TEXT_LIMIT} characters")));
        }
        let fields: usize = self.sections.iter().map(|section| section.fields.len()).sum();
        if self.tiles.len().max(self.sections.len()).max(fields) > PART_LIMIT {
            found.push(Detail::new("", format!("a view has at most {PART_LIMIT} tiles or fields")));
            return found;
        }
        if self.kind == ViewKind::Form {
            found.extend(self.check_form(capabilities));
        } else {
            if !self.sections.is_empty() || self.columns.is_some() {
                found.push(Detail::new("/sections", "only a form has sections and columns"));
            }
            for (index, tile) in self.tiles.iter().enumerate() {
                let base = format!("/tiles/{index}");
                found.extend(tile.check(capabilities).into_iter().map(|detail| detail.below(&base)));
            }
        }
        found
    }

    fn check_form(&self, capabilities: &[Capability]) -> Vec<Detail> {
        let mut found = Vec::new();
        if !self.tiles.is_empty() {
            found.push(Detail::new("/tiles", "a form has no tiles"));
        }
        if self.columns.is_some_and(|columns| !(1..=FORM_COLUMNS).contains(&columns)) {
            found.push(Detail::new("/columns", format!("a form has 1 to {FORM_COLUMNS} columns")));
        }
        let mut seen = BTreeSet::new();
        for (number, section) in self.sections.iter().enumerate() {
            let base = format!("/sections/{number}");
            if section.title.chars().count() > TEXT_LIMIT {
                found.push(Detail::new(
                    format!("{base}/title"),
                    format!("a title has at most {TEXT_LIMIT} characters"),
                ));
            }
            for (index, field) in section.fields.iter().enumerate() {
                let problem = if seen.insert(&field.path) {
                    field.problem(capabilities)
                } else {
                    Some(format!("{:?} is in the form twice", field.path))
                };
                found.extend(problem.map(|why| Detail::new(format!("{base}/fields/{index}"), why)));
            }
        }
        found
    }
}

impl FormField {
    fn problem(&self, capabilities: &[Capability]) -> Option<String> {
        let Some(one) = capabilities.iter().find(|capability| capability.path == self.path) else {
            return Some(format!("the model has no {:?}", self.path));
        };
        match one.kind {
            Kind::Telemetry | Kind::Command => {
                Some(format!("{:?} is {}, and a form has properties", one.label, one.kind.word()))
            }
            _ if self.editable && !one.is_editable() => {
                Some(format!("{:?} is read-only in the model: it can be shown, not set", one.label))
            }
            _ => None,
        }
    }
}
