//! The page's files, compiled in.
//!
//! Adding a file means a line in the list. A file is made ready, shortened and compressed, when it is asked for the first time;
//! browsers keep it and ask by its tag whether it is still the same. Which scripts a page's HTML names is decided in
//! `preload`. Begin with [`index`].

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::error::no_route;
use super::gzip::{BY_ENCODING, GZIP, is_accepted, pack};
use super::preload::Kind;

/// Packed once, so that it may take its time.
const LEVEL: u32 = 9;

/// One of the page's files.
struct Asset {
    name: &'static str,
    text: &'static str,
    ready: OnceLock<Ready>,
}

/// How a file is sent.
struct Ready {
    media: &'static str,
    plain: Bytes,
    packed: Bytes,
    /// Names the text; each encoding has a tag made of it.
    digest: String,
}

macro_rules! asset {
    ($name:literal) => {
        Asset { name: $name, text: include_str!(concat!("assets/", $name)), ready: OnceLock::new() }
    };
}

macro_rules! assets {
    ($($name:literal)*) => {
        /// What is served under `/assets`, by its path there.
        static ASSETS: [Asset; [$($name),*].len()] = [$(asset!($name)),*];
    };
}

/// Every address of a page answers this file, with the scripts that the page needs.
const INDEX: &str = include_str!("assets/index.html");
static INDEXES: [OnceLock<Ready>; Kind::COUNT] = [const { OnceLock::new() }; Kind::COUNT];

assets! {
    "announce.js"
    "api.js"
    "app.js"
    "chart/axis.js"
    "chart/events.js"
    "chart/follow.js"
    "chart/gaps.js"
    "chart/gestures.js"
    "chart/lanes.js"
    "chart/legend.js"
    "chart/line.js"
    "chart/plot.js"
    "chart/range.js"
    "chart/scale.js"
    "chart/series.js"
    "chart/states.js"
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
    "device/unmodeled.js"
    "device/view.js"
    "devices/actions.js"
    "devices/connect.js"
    "devices/csv.js"
    "devices/edit.js"
    "devices/filters.js"
    "devices/list.js"
    "devices/new.js"
    "devices/pills.js"
    "devices/row.js"
    "devices/selection.js"
    "devices/table.js"
    "dom.js"
    "duration.js"
    "fields.js"
    "form-rows.js"
    "format.js"
    "forms.js"
    "held.js"
    "hub/api.js"
    "hub/certificates.js"
    "hub/enrollment.js"
    "hub/enrollments.js"
    "hub/faults.js"
    "hub/new-enrollment.js"
    "hub/overview.js"
    "hub/page.js"
    "hub/parts.js"
    "hub/policy.js"
    "json.js"
    "leaves.js"
    "live.js"
    "numbers.js"
    "paged.js"
    "pager.js"
    "places.js"
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
    "templates/add-capability.js"
    "templates/api.js"
    "templates/cloud.js"
    "templates/customize-row.js"
    "templates/customize.js"
    "templates/import-again.js"
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
    "texts/enrollments.js"
    "texts/faults.js"
    "texts/shell.js"
    "texts/templates.js"
    "turns.js"
    "value.js"
}

/// Media types by the ending of the name.
const TYPES: [(&str, &str); 3] = [
    (".js", "text/javascript; charset=utf-8"),
    (".css", "text/css; charset=utf-8"),
    (".html", "text/html; charset=utf-8"),
];

/// The page; its own script looks at the path.
pub(super) async fn index(headers: HeaderMap, uri: Uri) -> Response {
    index_of(Kind::of(uri.path())).answer(&headers)
}

fn index_of(kind: Kind) -> &'static Ready {
    INDEXES[kind.index()].get_or_init(|| Ready::new("index.html", &kind.complete(INDEX, text)))
}

/// The text of a file.
pub(super) fn text(name: &str) -> Option<&'static str> {
    ASSETS.iter().find(|asset| asset.name == name).map(|asset| asset.text)
}

pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => asset.ready().answer(&headers),
        None => no_route(uri).await.into_response(),
    }
}

impl Asset {
    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| Ready::new(self.name, self.text))
    }
}

impl Ready {
    fn new(name: &str, text: &str) -> Self {
        let plain = compact(name, text);
        let digest = Sha256::digest(plain.as_bytes());
        let media = TYPES.iter().find(|(ending, _)| name.ends_with(ending));
        Self {
            media: media.map_or("text/plain", |(_, media)| *media),
            packed: pack(plain.as_bytes(), LEVEL).into(),
            digest: digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect(),
            plain: plain.into(),
        }
    }

    /// The file in the encoding that the browser takes, or that it has it already.
    fn answer(&self, request: &HeaderMap) -> Response {
        let is_packed = is_accepted(request);
        let tag = format!("\"{}{}\"", self.digest, if is_packed { "-gzip" } else { "" });
        // nothing in a file is secret, and a page that is loaded again need not fetch what it has
        let caching: [(HeaderName, HeaderValue); 2] =
            [(VARY, BY_ENCODING), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
        if has(request, &tag) {
            return (StatusCode::NOT_MODIFIED, caching, [(ETAG, tag)]).into_response();
        }
        let media = [(CONTENT_TYPE, self.media)];
        let body = if is_packed { &self.packed } else { &self.plain };
        let mut response = (caching, media, [(ETAG, tag)], body.clone()).into_response();
        if is_packed {
            response.headers_mut().insert(CONTENT_ENCODING, GZIP);
        }
        response
    }
}

/// Whether a browser has what this tag names.
fn has(request: &HeaderMap, tag: &str) -> bool {
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|tags| tags.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag)
}

/// A file without what only its readers need: indentation, and in scripts lines that are nothing but a comment, or a part of
/// one. No script has a text that goes over several lines.
fn compact(name: &str, text: &str) -> String {
    let is_script = name.ends_with(".js");
    let mut in_comment = false;
    let mut is_code = |line: &str| {
        let of_comment = in_comment || line.starts_with("/*");
        in_comment = of_comment && !line.ends_with("*/");
        !(of_comment || line.starts_with("//"))
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.filter(|line| !is_script || is_code(line)).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_sent_without_indentation_and_comments_and_a_style_with_its_own() {
        let text = "// why\n\n/** One. */\nif (a) {\n  // not this\n  /*\n   * nor\n   */\n  b('/*');\n}\n";
        assert_eq!(compact("x.js", text), "if (a) {\nb('/*');\n}\n");
        assert_eq!(compact("x.css", "a {\n  b: url(\n//c);\n}\n"), "a {\nb: url(\n//c);\n}\n");
    }

    #[test]
    fn each_encoding_of_a_file_has_its_tag_and_is_not_sent_to_who_has_it() {
        let ask = |name: HeaderName, value: &str| (name, HeaderValue::from_str(value).unwrap());
        let answer = |request: Vec<(HeaderName, HeaderValue)>| {
            index_of(Kind::of("/")).answer(&HeaderMap::from_iter(request))
        };
        let gzip = || ask(axum::http::header::ACCEPT_ENCODING, "gzip, br");
        let (plain, packed) = (answer(vec![]), answer(vec![gzip()]));
        let (tag, tag_packed) = (&plain.headers()[ETAG], &packed.headers()[ETAG]);
        assert_ne!(tag, tag_packed);
        assert_eq!(
            (plain.headers().get(CONTENT_ENCODING), &packed.headers()[CONTENT_ENCODING]),
            (None, &GZIP)
        );
        assert!(plain.headers()[VARY] == BY_ENCODING && packed.headers()[VARY] == BY_ENCODING);
        let both = format!("\"x\", {}", tag_packed.to_str().unwrap());
        let again = |tag: &str, gzip: Option<_>| {
            answer(gzip.into_iter().chain([ask(IF_NONE_MATCH, tag)]).collect()).status()
        };
        assert_eq!(again(&both, Some(gzip())), StatusCode::NOT_MODIFIED);
        assert_eq!(again(tag.to_str().unwrap(), None), StatusCode::NOT_MODIFIED);
        assert_eq!(again(tag.to_str().unwrap(), Some(gzip())), StatusCode::OK, "the other encoding");
    }

    #[test]
    fn the_files_packed_are_far_below_what_a_page_may_weigh() {
        let packed: usize = ASSETS.iter().map(|asset| asset.ready().packed.len()).sum();
        assert!(packed < 150_000, "all files together are {packed} bytes");
    }
}
