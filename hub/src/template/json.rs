//! The JSON forms of a template: its row in a list, all of it for whoever edits it, and what operators get.
//!
//! Begin with [`published`], whose form the header of [`super`] shows.

use serde_json::{Value, json};

use super::{Content, Template};
use crate::model_view::Words;
use crate::view::Convention;

/// A template for operators: the published content; nothing before it is published.
pub(crate) fn published(template: &Template, languages: &[String]) -> Option<Value> {
    let content = template.published.as_deref()?;
    let mut value = content_json(content, languages);
    value["id"] = json!(template.id);
    value["name"] = json!(template.name);
    value["version"] = json!(template.version);
    value["etag"] = json!(template.published_etag());
    Some(value)
}

/// A template's row in the list.
pub(crate) fn summary(template: &Template, devices: usize) -> Value {
    let content = &template.draft;
    json!({
        "id": template.id,
        "name": template.name,
        "version": template.version,
        "family": template.family,
        "modelId": template.model_id(),
        "language": content.model.language,
        "origin": origin(content),
        "wireFormat": wire_format(content),
        "source": template.source,
        "state": if template.published.is_some() { "published" } else { "draft" },
        "draftChanges": template.draft_changes(),
        "deviceCount": devices,
        "createdAt": template.created,
        "changedAt": template.changed,
        "publishedAt": template.published_at,
        "etag": template.etag(),
    })
}

/// All of a template's draft, for whoever edits it.
pub(crate) fn detail(template: &Template, devices: usize, languages: &[String]) -> Value {
    let content = &template.draft;
    let mut value = summary(template, devices);
    if let (Some(all), Value::Object(parts)) = (value.as_object_mut(), content_json(content, languages)) {
        all.extend(parts);
    }
    let model = &content.model;
    value["modelId"] = json!(model.view.id);
    value["description"] = json!(model.view.description);
    let others = model.others.iter().map(|(name, text)| (name, text));
    let files: Vec<_> = std::iter::once((&model.file_name, &model.text))
        .chain(others)
        .map(|(name, text)| json!({ "name": name, "bytes": text.len() }))
        .collect();
    value["files"] = json!(files);
    value["customizations"] = json!(content.customizations);
    value["cloudProperties"] = json!(content.cloud_properties);
    value
}

fn content_json(content: &Content, languages: &[String]) -> Value {
    let view = Words(languages).view(&content.model.parsed);
    let groups: Vec<_> = view
        .groups
        .iter()
        .map(|group| json!({ "key": group.key, "title": group.title, "component": group.component }))
        .collect();
    json!({
        "modelId": view.id,
        "wireFormat": wire_format(content),
        "groups": groups,
        "capabilities": content.capabilities(languages),
        "views": content.views,
    })
}

fn origin(content: &Content) -> &'static str {
    match content.model.view.convention {
        Convention::Central2020 => "dcm",
        Convention::Pnp => "dtdl",
    }
}

fn wire_format(content: &Content) -> &'static str {
    match content.model.view.convention {
        Convention::Central2020 => "2020",
        Convention::Pnp => "pnp",
    }
}
