//! A template as it is kept on disk.
//!
//! Decides the record's form and how it is read back: models are kept as their files and read anew. Begin with
//! [`write`] and [`read`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::customization::{CloudProperty, Customization};
use super::view::View;
use super::{Content, Source, Template};
use crate::model_view;
use crate::state::Model;

/// What is kept of a template.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    id: String,
    name: String,
    version: u32,
    family: String,
    source: Source,
    revision: u64,
    shown: u64,
    created: Timestamp,
    changed: Timestamp,
    published_at: Option<Timestamp>,
    draft: Kept,
    published: Option<Kept>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    /// The id of the model and its files, the one that defines it first; nothing where they are those of the draft.
    model: Option<(String, Vec<(String, String)>)>,
    customizations: BTreeMap<String, Customization>,
    cloud_properties: Vec<CloudProperty>,
    views: Vec<View>,
}

/// The record of a template.
pub(crate) fn write(template: &Template) -> Record {
    let keep = |content: &Content, with_model: bool| Kept {
        model: with_model.then(|| files(&content.model)),
        customizations: content.customizations.clone(),
        cloud_properties: content.cloud_properties.clone(),
        views: content.views.clone(),
    };
    let draft = &template.draft;
    Record {
        id: template.id.clone(),
        name: template.name.clone(),
        version: template.version,
        family: template.family.clone(),
        source: template.source,
        revision: template.revision,
        shown: template.shown,
        created: template.created,
        changed: template.changed,
        published_at: template.published_at,
        draft: keep(draft, true),
        published: template.published.as_deref().map(|content| keep(content, content.model != draft.model)),
    }
}

fn files(model: &Model) -> (String, Vec<(String, String)>) {
    let root = (model.file_name.clone(), model.text.clone());
    (model.view.id.clone(), std::iter::once(root).chain(model.others.iter().cloned()).collect())
}

/// A template read from its record; the error says what of it cannot be read.
pub(crate) fn read(record: Record) -> Result<Template, String> {
    let draft = content(record.draft, None)?;
    let published = record.published.map(|kept| content(kept, Some(&draft.model))).transpose()?;
    Ok(Template {
        id: record.id,
        name: record.name,
        version: record.version,
        family: record.family,
        source: record.source,
        revision: record.revision,
        shown: record.shown,
        created: record.created,
        changed: record.changed,
        published_at: record.published_at,
        draft,
        published: published.map(Arc::new),
    })
}

fn content(kept: Kept, of_draft: Option<&Arc<Model>>) -> Result<Content, String> {
    let model = match (kept.model, of_draft) {
        (Some((id, files)), _) => Arc::new(read_model(&id, &files)?),
        (None, Some(model)) => Arc::clone(model),
        (None, None) => return Err("the draft has no model".to_owned()),
    };
    let Kept { customizations, cloud_properties, views, .. } = kept;
    Ok(Content { model, customizations, cloud_properties, views })
}

fn read_model(id: &str, files: &[(String, String)]) -> Result<Model, String> {
    let texts: Vec<_> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let read = model_view::read_files(&texts, Some(id), &mut |_| Vec::new());
    read.map_err(|problems| problems.first().map_or_else(String::new, |problem| problem.message.clone()))
}
