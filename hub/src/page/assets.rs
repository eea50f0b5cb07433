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
    "device/history.js"
    "device/page.js"
    "device/raw.js"
    "device/stale.js"
    "device/sync.js"
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
    "hub/page.js"
    "json.js"
    "live.js"
    "login.js"
    "numbers.js"
    "shell/clipboard.js"
    "shell/dialog.js"
    "shell/frame.js"
    "shell/keys.js"
    "shell/menu.js"
    "shell/router.js"
    "shell/routes.js"
    "shell/toast.js"
    "style.css"
    "templates/actions.js"
    "templates/api.js"
    "templates/cloud.js"
    "templates/customize.js"
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
    "texts/shell.js"
    "texts/templates.js"
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
    ([(CONTENT_TYPE, media.map_or("text/plain", |(_, media)| *media))], *text).into_response()
}
