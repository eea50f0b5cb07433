//! Which devices a list has, in which order, and by what they can be told apart.
//!
//! Decides how the words of a request find devices; it reads them and knows no request. Begin with [`Filter::finds`] and
//! [`Sort::key`].

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::state::State;
use crate::state::device::Device;
use crate::state::standing::Standing;

/// What is asked for of devices that have no template.
const UNASSIGNED: &str = "-";
/// Most tags and most templates that an answer names to choose from.
const CHOICES: usize = 200;

/// Which devices are wanted; what is not given excludes none.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// In the id, the name, the template's name or a tag, in letters of any case.
    pub(super) text: Option<String>,
    /// The id of a template or of a model, or `-` for none.
    pub(super) template: Option<String>,
    pub(super) status: Option<Standing>,
    pub(super) connection: Option<Connection>,
    /// `key: value`, as a tag is shown.
    pub(super) tag: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Connection {
    Connected,
    Disconnected,
}

impl Filter {
    /// Whether it excludes none.
    pub(super) fn is_empty(&self) -> bool {
        let Self { text, template, status, connection, tag } = self;
        [text, template, tag].iter().all(|one| one.is_none()) && status.is_none() && connection.is_none()
    }

    /// Whether a device is wanted.
    pub(super) fn finds(&self, state: &State, device: &Device) -> bool {
        let record = &device.record;
        let status = self.status.is_none_or(|status| record.standing() == status);
        let connected =
            self.connection.is_none_or(|one| (one == Connection::Connected) == device.session.is_some());
        status
            && connected
            && self.finds_template(state, device)
            && self.finds_tag(device)
            && self.finds_text(state, device)
    }

    fn finds_template(&self, state: &State, device: &Device) -> bool {
        let known = state.template_of(device);
        match self.template.as_deref() {
            None => true,
            Some(UNASSIGNED) => known.is_none(),
            Some(wanted) => {
                known.is_some_and(|template| template.id == wanted) || model_id(state, device) == Some(wanted)
            }
        }
    }

    fn finds_tag(&self, device: &Device) -> bool {
        self.tag.as_ref().is_none_or(|wanted| tags(device).any(|tag| tag == *wanted))
    }

    fn finds_text(&self, state: &State, device: &Device) -> bool {
        let Some(wanted) = &self.text else { return true };
        let wanted = wanted.trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        let named = [device.record.name.as_deref(), template_name(state, device)];
        has(&device.record.id) || named.into_iter().flatten().any(has) || tags(device).any(|tag| has(&tag))
    }
}

/// Tags as they are shown: `key: value`.
fn tags(device: &Device) -> impl Iterator<Item = String> {
    device.record.twin.tags.iter().map(|(key, value)| match value {
        Value::String(text) => format!("{key}: {text}"),
        other => format!("{key}: {other}"),
    })
}

fn model_id<'a>(state: &'a State, device: &'a Device) -> Option<&'a str> {
    let of_template = state.template_of(device).map(crate::template::Template::model_id);
    of_template.or(device.record.model_id.as_deref())
}

fn template_name<'a>(state: &'a State, device: &Device) -> Option<&'a str> {
    state.template_of(device).map(|template| template.name.as_str())
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Name,
    Status,
    Connection,
    Template,
    Seen,
}

/// An order of devices; those that are equal in it come by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sort {
    by: By,
    is_down: bool,
}

/// The words for orders; with `-` before it, the other way round.
const ORDERS: [(&str, By); 5] = [
    ("name", By::Name),
    ("status", By::Status),
    ("conn", By::Connection),
    ("template", By::Template),
    ("seen", By::Seen),
];

/// Where a device stands in an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Text(String),
    Number(i64),
}

impl Sort {
    /// The order of this word, or what words there are.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (is_down, word) = text.strip_prefix('-').map_or((false, text), |word| (true, word));
        let found = ORDERS.iter().find(|(known, _)| *known == word);
        found.map(|(_, by)| Self { by: *by, is_down }).ok_or_else(|| {
            let words: Vec<&str> = ORDERS.iter().map(|(word, _)| *word).collect();
            format!("sort is one of {}, or one of them after a -, not {text:?}", words.join(", "))
        })
    }

    /// What a device is sorted by: connected ones and those seen last come first.
    pub(super) fn key(self, state: &State, device: &Device) -> Key {
        let record = &device.record;
        match self.by {
            By::Name => Key::Text(record.name.as_ref().unwrap_or(&record.id).to_lowercase()),
            // the words of the page begin with the same letters
            By::Status => Key::Text(format!("{:?}", record.standing())),
            By::Connection => Key::Number(i64::from(device.session.is_none())),
            By::Template => Key::Text(template_name(state, device).unwrap_or_default().to_lowercase()),
            By::Seen => {
                let seen = device.session.as_ref().map(|session| session.since).or(record.last_seen);
                Key::Number(seen.map_or(i64::MAX, |seen| -seen.as_millisecond()))
            }
        }
    }

    /// Compares two devices by key and id.
    pub(super) fn compare(self, (one, id): &(Key, String), (other, other_id): &(Key, String)) -> Ordering {
        let order = one.cmp(other);
        if self.is_down { order.reverse() } else { order }.then_with(|| id.cmp(other_id))
    }
}

/// What the devices of a hub can be told apart by: of each kind the first ones, no more than a person can choose from.
#[derive(Debug, Default, Serialize)]
pub(super) struct Choices {
    tags: BTreeSet<String>,
    /// Names of templates and models by their ids, and of what has neither.
    templates: BTreeMap<String, String>,
    unassigned: bool,
}

impl Choices {
    /// Adds what a device has.
    pub(super) fn add(&mut self, state: &State, device: &Device) {
        if self.tags.len() < CHOICES {
            self.tags.extend(tags(device));
        }
        let template = state.template_of(device);
        self.unassigned |= template.is_none();
        let named = template
            .map(|template| (template.id.as_str(), template.name.as_str()))
            .or_else(|| device.record.model_id.as_deref().map(|model| (model, model)));
        if let Some((id, name)) =
            named.filter(|(id, _)| self.templates.len() < CHOICES && !self.templates.contains_key(*id))
        {
            self.templates.insert(id.to_owned(), name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::state::tests::{NOW, connected};

    fn three() -> State {
        let (mut state, _) = connected("b");
        state.create("a", None, true, NOW).unwrap();
        state.create("c", None, true, NOW).unwrap();
        state.label("c", Some("Attic"), json!({ "site": "North", "floor": 3 }).as_object(), NOW).unwrap();
        state.block("a", NOW).unwrap();
        state
    }

    fn found(state: &State, filter: &Filter) -> Vec<String> {
        let all = state.devices().filter(|device| filter.finds(state, device));
        all.map(|device| device.record.id.clone()).collect()
    }

    #[test]
    fn a_filter_finds_by_text_status_connection_template_and_tag_together() {
        let state = three();
        let all = Filter::default();
        let text = |text: &str| Filter { text: Some(text.to_owned()), ..all.clone() };
        assert_eq!(found(&state, &all), ["a", "b", "c"]);
        for (wanted, ids) in
            [(" ATTIC", vec!["c"]), ("north", vec!["c"]), ("a", vec!["a", "c"]), ("x", vec![])]
        {
            assert_eq!(found(&state, &text(wanted)), ids, "{wanted}");
        }
        let blocked = Filter { status: Some(Standing::Blocked), ..all.clone() };
        assert_eq!(found(&state, &blocked), ["a"]);
        let connected = Filter { connection: Some(Connection::Connected), ..all.clone() };
        assert_eq!(found(&state, &connected), ["b"]);
        let tag = |tag: &str| Filter { tag: Some(tag.to_owned()), ..all.clone() };
        assert_eq!(found(&state, &tag("floor: 3")), ["c"]);
        assert_eq!(found(&state, &tag("site: north")), [""; 0], "a tag is chosen as it is");
        let unassigned = Filter { template: Some("-".to_owned()), ..all.clone() };
        assert_eq!(found(&state, &unassigned), ["a", "b", "c"]);
        let both = Filter { connection: Some(Connection::Disconnected), ..text("a") };
        assert_eq!(found(&state, &both), ["a", "c"]);
    }

    #[test]
    fn an_order_is_by_what_is_shown_and_then_by_id_both_ways() {
        let state = three();
        let order = |word: &str| {
            let sort = Sort::parse(word).unwrap();
            let mut keys: Vec<_> =
                state.devices().map(|device| (sort.key(&state, device), device.record.id.clone())).collect();
            keys.sort_by(|one, other| sort.compare(one, other));
            keys.into_iter().map(|(_, id)| id).collect::<String>()
        };
        for (word, ids) in [
            ("name", "acb"),
            ("-name", "bca"),
            ("conn", "bac"),
            ("-conn", "acb"),
            ("status", "abc"),
            ("seen", "bac"),
            ("template", "abc"),
            ("-template", "abc"),
        ] {
            assert_eq!(order(word), ids, "{word}");
        }
        assert!(Sort::parse("--name").is_err() && Sort::parse("tags").unwrap_err().contains("conn"));
    }

    #[test]
    fn choices_are_what_devices_have_once() {
        let state = three();
        let mut choices = Choices::default();
        state.devices().for_each(|device| choices.add(&state, device));
        let shown = serde_json::to_value(&choices).unwrap();
        assert_eq!(shown["tags"], json!(["floor: 3", "site: North"]));
        assert_eq!(shown["unassigned"], true);
    }
}
