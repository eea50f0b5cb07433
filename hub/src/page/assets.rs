//! The page's files, compiled in.
//!
//! Adding a file means a line in the table. Begin with [`index`].

use axum::extract::Path;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse as _, Response};

use super::error::no_route;

const INDEX: &str = include_str!("assets/index.html");

/// What is served under `/assets`.
const ASSETS: [(&str, &str); 27] = [
    ("announce.js", include_str!("assets/announce.js")),
    ("api.js", include_str!("assets/api.js")),
    ("app.js", include_str!("assets/app.js")),
    ("chart.js", include_str!("assets/chart.js")),
    ("clipboard.js", include_str!("assets/clipboard.js")),
    ("commands.js", include_str!("assets/commands.js")),
    ("device.js", include_str!("assets/device.js")),
    ("devices.js", include_str!("assets/devices.js")),
    ("dialogs.js", include_str!("assets/dialogs.js")),
    ("dom.js", include_str!("assets/dom.js")),
    ("fields.js", include_str!("assets/fields.js")),
    ("format.js", include_str!("assets/format.js")),
    ("forms.js", include_str!("assets/forms.js")),
    ("history.js", include_str!("assets/history.js")),
    ("hub.js", include_str!("assets/hub.js")),
    ("json.js", include_str!("assets/json.js")),
    ("live.js", include_str!("assets/live.js")),
    ("login.js", include_str!("assets/login.js")),
    ("messages.js", include_str!("assets/messages.js")),
    ("numbers.js", include_str!("assets/numbers.js")),
    ("properties.js", include_str!("assets/properties.js")),
    ("property.js", include_str!("assets/property.js")),
    ("scale.js", include_str!("assets/scale.js")),
    ("series.js", include_str!("assets/series.js")),
    ("style.css", include_str!("assets/style.css")),
    ("telemetry.js", include_str!("assets/telemetry.js")),
    ("texts.js", include_str!("assets/texts.js")),
];

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
