//! The templates: made, edited, published and deleted.
//!
//! Decides what may be edited and published. What a template is says [`crate::template`], which device gets one
//! [`super::assignment`]. Begin with [`State::import_template`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::device::Device;
use super::{Model, State, StateError, StoreKey};
use crate::template::customization::{CloudProperty, Customization, check_all};
use crate::template::generate::{self, Outcome, Wanted};
use crate::template::view::{VIEW_LIMIT, View};
use crate::template::{Content, Detail, Source, Template, change, slug};
use crate::topic::Topic;

/// Most templates of a hub.
const TEMPLATE_LIMIT: usize = 1000;
/// Most characters of a template's name.
pub(super) const NAME_LIMIT: usize = 148;
/// Names that pages have under `/templates`, and under the views of a template.
const RESERVED: [&str; 1] = ["new"];

/// Why something was not done with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("there is no template {0:?}")]
    NotFound(String),
    #[error("the template has no view {0:?}")]
    NoView(String),
    #[error("the template was changed elsewhere meanwhile (it is at {current} now): load it again")]
    Changed { current: String },
    #[error("{} the template: migrate or delete them first", used(*.devices))]
    InUse { devices: usize },
    #[error("the template is not published: publish it before devices can use it")]
    NotPublished,
    #[error("there is nothing to publish: the draft is what was published")]
    NothingNew,
    #[error("the changes would break devices and programs that use what is published: make a new version")]
    Breaking(Vec<Detail>),
    #[error("{} of the values cannot be taken", .0.len())]
    Invalid(Vec<Detail>),
    #[error("the draft cannot be published as it is: its views or cloud properties do not suit the model")]
    Blocked(Vec<Detail>),
    #[error("there are {TEMPLATE_LIMIT} templates already: delete one first")]
    Full,
}

fn used(devices: usize) -> String {
    if devices == 1 { "1 device uses".to_owned() } else { format!("{devices} devices use") }
}

/// What is to be edited: the template, and the entity tag it must have if one was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) id: &'a str,
    pub(crate) etag: Option<&'a str>,
}

impl State {
    /// All templates, by id.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        self.templates.values()
    }

    /// One template.
    pub(crate) fn template(&self, id: &str) -> Result<&Template, StateError> {
        self.templates.get(id).ok_or_else(|| TemplateError::NotFound(id.to_owned()).into())
    }

    /// The template of a device.
    pub(crate) fn template_of(&self, device: &Device) -> Option<&Template> {
        self.templates.get(device.record.template.as_deref()?)
    }

    /// How many devices have a template.
    pub(crate) fn device_count(&self, template: &str) -> usize {
        self.devices.values().filter(|device| device.record.template.as_deref() == Some(template)).count()
    }

    /// Makes a draft of a model.
    pub(crate) fn import_template(
        &mut self,
        model: Arc<Model>,
        name: Option<&str>,
        now: Timestamp,
    ) -> Result<&Template, StateError> {
        let name = name.unwrap_or(&model.view.name).to_owned();
        self.insert_template(&name, Content::new(model), Source::Imported, now)
    }

    pub(super) fn insert_template(
        &mut self,
        name: &str,
        draft: Content,
        source: Source,
        now: Timestamp,
    ) -> Result<&Template, StateError> {
        if self.templates.len() >= TEMPLATE_LIMIT {
            return Err(TemplateError::Full.into());
        }
        let name = checked_name(name, "/name")?;
        let taken = |slug: &str| self.templates.contains_key(slug) || RESERVED.contains(&slug);
        let id = slug::free(&name, "template", taken);
        let template = Template {
            id: id.clone(),
            name,
            version: 1,
            family: id.clone(),
            source,
            revision: 1,
            shown: 0,
            created: now,
            changed: now,
            published_at: None,
            draft,
            published: None,
        };
        self.templates.insert(id.clone(), template);
        self.note_template(&id);
        self.template(&id)
    }

    /// Lets `edit` change a template, and counts the change when it did not fail.
    fn edit_template<R>(
        &mut self,
        target: Target<'_>,
        now: Timestamp,
        edit: impl FnOnce(&mut Template) -> Result<R, TemplateError>,
    ) -> Result<R, StateError> {
        let Some(template) = self.templates.get_mut(target.id) else {
            return Err(TemplateError::NotFound(target.id.to_owned()).into());
        };
        let current = template.etag();
        if target.etag.is_some_and(|etag| etag != "*" && etag != current) {
            return Err(TemplateError::Changed { current }.into());
        }
        let mut changed = template.clone();
        changed.revision += 1;
        changed.changed = now;
        let result = edit(&mut changed)?;
        *template = changed;
        self.note_template(target.id);
        Ok(result)
    }

    /// Keeps a changed template and tells the pages.
    pub(super) fn note_template(&mut self, id: &str) {
        self.dirty.insert(StoreKey::Template(id.to_owned()));
        let data = match self.templates.get(id) {
            Some(template) => crate::template::json::summary(template, self.device_count(id)),
            None => json!({ "id": id, "deleted": true }),
        };
        self.emit("template", vec![Topic::Templates], data);
    }

    /// Gives a template another name; that is seen at once.
    pub(crate) fn rename_template(
        &mut self,
        target: Target<'_>,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let name = checked_name(name, "/name")?;
        self.edit_template(target, now, |template| {
            template.name = name;
            template.shown = template.revision;
            Ok(())
        })?;
        self.tell_devices_of(target.id);
        Ok(())
    }

    /// Puts another model into the draft.
    pub(crate) fn replace_template_model(
        &mut self,
        target: Target<'_>,
        model: Arc<Model>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.edit_template(target, now, |template| {
            template.draft.model = model;
            template.source = Source::Imported;
            Ok(())
        })
    }

    /// Changes customisations of the draft, by path; nothing takes one away.
    pub(crate) fn customize_template(
        &mut self,
        target: Target<'_>,
        changes: BTreeMap<String, Option<Customization>>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.edit_template(target, now, |template| {
            refuse(check_all(&changes, &template.draft.capabilities(&[])))?;
            for (path, change) in changes {
                match change.filter(|change| !change.is_empty()) {
                    Some(change) => template.draft.customizations.insert(path, change),
                    None => template.draft.customizations.remove(&path),
                };
            }
            Ok(())
        })
    }

    /// Sets the cloud properties of the draft.
    pub(crate) fn set_cloud_properties(
        &mut self,
        target: Target<'_>,
        list: Vec<CloudProperty>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.edit_template(target, now, |template| {
            refuse(CloudProperty::check_all(&list, &template.draft.capabilities(&[])))?;
            template.draft.cloud_properties = list;
            Ok(())
        })
    }

    /// Adds a view to the draft, or with `slug` replaces that one; answers its slug.
    pub(crate) fn put_view(
        &mut self,
        target: Target<'_>,
        slug: Option<&str>,
        mut view: View,
        now: Timestamp,
    ) -> Result<String, StateError> {
        self.edit_template(target, now, |template| {
            refuse(view.check(&template.draft.capabilities(&[])))?;
            view.generated = false;
            let views = &mut template.draft.views;
            match slug {
                Some(slug) => {
                    let found = views.iter_mut().find(|view| view.slug == slug);
                    let place = found.ok_or_else(|| TemplateError::NoView(slug.to_owned()))?;
                    slug.clone_into(&mut view.slug);
                    if *place != (View { generated: place.generated, ..view.clone() }) {
                        *place = view;
                    }
                    Ok(slug.to_owned())
                }
                None => {
                    if views.len() >= VIEW_LIMIT {
                        let message = format!("a template has at most {VIEW_LIMIT} views");
                        return Err(TemplateError::Invalid(vec![Detail::new("", message)]));
                    }
                    let taken =
                        |slug: &str| RESERVED.contains(&slug) || views.iter().any(|view| view.slug == slug);
                    view.slug = slug::free(&view.name, "view", taken);
                    let slug = view.slug.clone();
                    views.push(view);
                    Ok(slug)
                }
            }
        })
    }

    /// Takes a view out of the draft.
    pub(crate) fn delete_view(
        &mut self,
        target: Target<'_>,
        slug: &str,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.edit_template(target, now, |template| {
            let views = &mut template.draft.views;
            let before = views.len();
            views.retain(|view| view.slug != slug);
            if views.len() == before { Err(TemplateError::NoView(slug.to_owned())) } else { Ok(()) }
        })
    }

    /// Puts the draft's views into another order: all of their slugs.
    pub(crate) fn order_views(
        &mut self,
        target: Target<'_>,
        slugs: &[String],
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.edit_template(target, now, |template| {
            let views = &mut template.draft.views;
            let place = |view: &View| slugs.iter().position(|slug| *slug == view.slug);
            if slugs.len() != views.len() || views.iter().any(|view| place(view).is_none()) {
                let message = "the order names each view of the template once";
                return Err(TemplateError::Invalid(vec![Detail::new("", message)]));
            }
            views.sort_by_key(place);
            Ok(())
        })
    }

    /// Makes the default views of the draft; what became of each is answered.
    pub(crate) fn generate_views(
        &mut self,
        target: Target<'_>,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<Vec<Outcome>, StateError> {
        self.edit_template(target, now, |template| {
            let capabilities = template.draft.capabilities(&[]);
            Ok(generate::generate(&mut template.draft.views, &capabilities, wanted))
        })
    }

    /// Shows the draft to operators and devices.
    pub(crate) fn publish_template(&mut self, target: Target<'_>, now: Timestamp) -> Result<(), StateError> {
        self.edit_template(target, now, |template| {
            if template.published.is_some() && template.draft_changes().is_empty() {
                return Err(TemplateError::NothingNew);
            }
            let changes = breaking(template);
            if !changes.is_empty() {
                return Err(TemplateError::Breaking(changes));
            }
            let problems = blocking(template);
            if !problems.is_empty() {
                return Err(TemplateError::Blocked(problems));
            }
            template.publish(now);
            Ok(())
        })?;
        self.tell_devices_of(target.id);
        self.match_waiting(target.id);
        Ok(())
    }

    /// Makes the draft what was published again.
    pub(crate) fn revert_template(&mut self, target: Target<'_>, now: Timestamp) -> Result<(), StateError> {
        self.edit_template(target, now, |template| {
            let published = template.published.as_deref().ok_or(TemplateError::NotPublished)?;
            template.draft = published.clone();
            Ok(())
        })
    }

    /// Makes a new version: a draft of its own with the content of this one's draft, without devices.
    pub(crate) fn new_template_version(
        &mut self,
        target: Target<'_>,
        name: Option<&str>,
        now: Timestamp,
    ) -> Result<&Template, StateError> {
        let template = self.template(target.id)?;
        let current = template.etag();
        if target.etag.is_some_and(|etag| etag != "*" && etag != current) {
            return Err(TemplateError::Changed { current }.into());
        }
        let (family, draft) = (template.family.clone(), template.draft.clone());
        let (version, suggested) = self.next_version(template);
        let name = name.unwrap_or(&suggested).to_owned();
        let id = self.insert_template(&name, draft, Source::Imported, now)?.id.clone();
        if let Some(made) = self.templates.get_mut(&id) {
            made.version = version;
            made.family = family;
        }
        self.note_template(&id);
        self.template(&id)
    }

    /// The number of the next version of a template, and a name for it.
    pub(crate) fn next_version(&self, template: &Template) -> (u32, String) {
        let family = self.templates.values().filter(|other| other.family == template.family);
        let version = family.map(|other| other.version).max().unwrap_or(0).saturating_add(1);
        let first = self.templates.get(&template.family).unwrap_or(template);
        (version, format!("{} v{version}", first.name))
    }

    /// Deletes a template that no device has.
    pub(crate) fn delete_template(&mut self, target: Target<'_>) -> Result<(), StateError> {
        let current = self.template(target.id)?.etag();
        if target.etag.is_some_and(|etag| etag != "*" && etag != current) {
            return Err(TemplateError::Changed { current }.into());
        }
        let devices = self.device_count(target.id);
        if devices > 0 {
            return Err(TemplateError::InUse { devices }.into());
        }
        self.templates.remove(target.id);
        self.note_template(target.id);
        Ok(())
    }

    /// What stands in the way of publishing a template, and what an operator should know of its draft.
    pub(crate) fn template_issues(&self, template: &Template) -> Vec<Value> {
        let issue = |code: &str, blocks: bool| {
            let code = code.to_owned();
            move |detail: Detail| json!({ "code": code, "blocks": blocks, "pointer": detail.pointer, "message": detail.message })
        };
        let mut issues: Vec<Value> = Vec::new();
        issues.extend(blocking(template).into_iter().map(issue("view", true)));
        issues.extend(breaking(template).into_iter().map(issue("breaking", true)));
        let capabilities = template.draft.capabilities(&[]);
        let unknown = template
            .draft
            .customizations
            .keys()
            .filter(|path| !capabilities.iter().any(|capability| capability.path == **path));
        let unknown = unknown.map(|path| {
            Detail::new("/customizations", format!("{path:?} is customised, but the model has it no more"))
        });
        issues.extend(unknown.map(issue("customization", false)));
        if template.draft.views.is_empty() {
            let message = "There are no views yet: operators see the capabilities in the order of the model.";
            issues.push(issue("noViews", false)(Detail::new("/views", message)));
        }
        issues
    }
}

/// What of the draft cannot be published: views that do not suit the model, and names that are there twice.
fn blocking(template: &Template) -> Vec<Detail> {
    let draft = &template.draft;
    let capabilities = draft.capabilities(&[]);
    let one = |(index, view): (usize, &View)| {
        let base = format!("/views/{index}");
        let named = |detail: Detail| {
            let message = format!("{}{}: {}", view.name, part(&detail.pointer), detail.message);
            Detail { message, ..detail }
        };
        view.check(&capabilities).into_iter().map(|detail| named(detail).below(&base)).collect::<Vec<_>>()
    };
    let views = draft.views.iter().enumerate().flat_map(one);
    let cloud = CloudProperty::check_all(&draft.cloud_properties, &capabilities);
    views.chain(cloud.into_iter().map(|detail| detail.below("/cloudProperties"))).collect()
}

/// The tile or section that a pointer into a view is about, for people.
fn part(pointer: &str) -> String {
    let mut tokens = pointer.split('/').skip(1);
    let (list, number) = (tokens.next(), tokens.next().and_then(|token| token.parse::<usize>().ok()));
    match (list, number) {
        (Some("tiles"), Some(index)) => format!(", tile {}", index + 1),
        (Some("sections"), Some(index)) => format!(", section {}", index + 1),
        _ => String::new(),
    }
}

fn breaking(template: &Template) -> Vec<Detail> {
    template.published.as_deref().map_or_else(Vec::new, |published| {
        let (old, new) = (&published.model.view, &template.draft.model.view);
        let mut changes = change::of_model(old, new);
        changes.extend(change::breaking(&published.capabilities(&[]), &template.draft.capabilities(&[])));
        changes
    })
}

fn checked_name(name: &str, pointer: &str) -> Result<String, TemplateError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_LIMIT {
        let message = format!("a name has 1 to {NAME_LIMIT} characters");
        return Err(TemplateError::Invalid(vec![Detail::new(pointer, message)]));
    }
    Ok(name.to_owned())
}

fn refuse(problems: Vec<Detail>) -> Result<(), TemplateError> {
    if problems.is_empty() { Ok(()) } else { Err(TemplateError::Invalid(problems)) }
}
