//! The page's files, compiled in.
//!
//! Adding a file means a line in the list. Begin with [`index`].

use axum::extract::Path;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse as _, Response};

use super::error::no_route;

const INDEX: &str = include_str!("assets/index.html");

macro_rules! assets {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("assets/", $name)))),*] };
}

/// What is served under `/assets`, by its path there.
const ASSETS: &[(&str, &str)] = assets! {
    "announce.js"
    "api.js"
    "app.js"
    "chart/events.js"
    "chart/gestures.js"
    "chart/lanes.js"
    "chart/legend.js"
    "chart/line.js"
    "chart/plot.js"
    "chart/range.js"
    "chart/scale.js"
    "chart/series.js"
    "chart/table.js"
    "device.css"
    "device/commands.js"
    "device/data.js"
    "device/form.js"
    "device/head.js"
    "device/history.js"
    "device/page.js"
    "device/panel.js"
    "device/raw-columns.js"
    "device/raw-filters.js"
    "device/raw-rows.js"
    "device/raw.js"
    "device/stale.js"
    "device/sync.js"
    "device/tabs.js"
    "device/template.js"
    "device/tiles.js"
    "device/twin.js"
    "device/unassigned.js"
    "device/view.js"
    "devices/actions.js"
    "devices/connect.js"
    "devices/csv.js"
    "devices/edit.js"
    "devices/list.js"
    "devices/new.js"
    "devices/pills.js"
    "dom.js"
    "fields.js"
    "format.js"
    "forms.js"
    "hub/faults.js"
    "hub/page.js"
    "json.js"
    "live.js"
    "numbers.js"
    "rows.js"
    "shell/clipboard.js"
    "shell/dialog.js"
    "shell/frame.js"
    "shell/keys.js"
    "shell/login.js"
    "shell/menu.js"
    "shell/router.js"
    "shell/routes.js"
    "shell/toast.js"
    "style.css"
    "templates/actions.js"
    "templates/api.js"
    "templates/cloud.js"
    "templates/customize-row.js"
    "templates/customize.js"
    "templates/import-files.js"
    "templates/import.js"
    "templates/list.js"
    "templates/model.js"
    "templates/order.js"
    "templates/page.js"
    "templates/picker.js"
    "templates/pills.js"
    "templates/problems.js"
    "templates/sections.js"
    "templates/template.js"
    "templates/templates.css"
    "templates/tiles.js"
    "templates/view-editor.js"
    "templates/views.js"
    "texts.js"
    "texts/chart.js"
    "texts/device.js"
    "texts/devices.js"
    "texts/faults.js"
    "texts/shell.js"
    "texts/templates.js"
    "turns.js"
    "value.js"
};

/// Media types by the ending of the name.
const TYPES: [(&str, &str); 3] = [
    (".js", "text/javascript; charset=utf-8"),
    (".css", "text/css; charset=utf-8"),
    (".svg", "image/svg+xml"),
];

/// The page; its own script looks at the path.
pub(super) async fn index() -> Html<&'static str> {
    Html(INDEX)
}

pub(super) async fn asset(Path(name): Path<String>, uri: Uri) -> Response {
    let Some((name, text)) = ASSETS.iter().find(|(asset, _)| *asset == name) else {
        return no_route(uri).await.into_response();
    };
    let media = TYPES.iter().find(|(ending, _)| name.ends_with(ending));
    let media = media.map_or("text/plain", |(_, media)| *media);
    ([(CONTENT_TYPE, media)], compact(name, text)).into_response()
}

/// A file without what only its readers need: indentation, and in scripts lines that are nothing but a comment. No script
/// has a text that goes over several lines.
fn compact(name: &str, text: &str) -> String {
    let is_script = name.ends_with(".js");
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .filter(|line| !is_script || !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_sent_without_indentation_and_comments_and_a_style_with_its_own() {
        let text = "// why\n\nif (a) {\n  // not this\n  b('//');\n}\n";
        assert_eq!(compact("x.js", text), "if (a) {\nb('//');\n}\n");
        assert_eq!(compact("x.css", "a {\n  b: url(\n//c);\n}\n"), "a {\nb: url(\n//c);\n}\n");
    }
}
