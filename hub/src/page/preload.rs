//! Which scripts a page needs, named in its HTML: a browser fetches them side by side instead of one import after another.
//!
//! What a script imports is read from its text; what it loads later (`import('./x.js')`) is in the table, by the page's address.
//! A page that is not in the table works, and loads more slowly. Begin with [`Kind::of`].

use std::collections::BTreeSet;

/// What every page begins with.
const ENTRY: &str = "app.js";

/// The scripts that are loaded by the address of a page, as in `shell/routes.js` and `device/panel.js`; the first row counts
/// whose pattern fits: `*` is any one part of an address, and what is behind a pattern's end does not matter.
const KINDS: [(&str, &[&str]); 10] = [
    ("devices/new", &["devices/new.js"]),
    ("devices/*/view", &["device/page.js", "device/view.js"]),
    ("devices/*/form", &["device/page.js", "device/form.js"]),
    ("devices/*/commands", &["device/page.js", "device/commands.js"]),
    ("devices/*/raw", &["device/page.js", "device/raw.js"]),
    ("devices/*/twin", &["device/page.js", "device/twin.js"]),
    ("devices/*", &["device/page.js", "device/view.js"]),
    ("templates", &["templates/page.js"]),
    ("hub", &["hub/page.js"]),
    ("", &["devices/list.js"]),
];

/// Pages that need the same scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(usize);

impl Kind {
    pub(super) const COUNT: usize = KINDS.len();

    /// The kind of the page at an address.
    pub(super) fn of(path: &str) -> Self {
        let fits = |pattern: &str| {
            let mut parts = path.split('/').filter(|part| !part.is_empty());
            let mut wanted = pattern.split('/').filter(|part| !part.is_empty());
            wanted.all(|wanted| parts.next().is_some_and(|part| wanted == "*" || wanted == part))
        };
        // the last pattern fits every address
        Self(KINDS.iter().position(|(pattern, _)| fits(pattern)).unwrap_or(KINDS.len() - 1))
    }

    pub(super) fn index(self) -> usize {
        self.0
    }

    /// `html` with a line for every script that the page needs, where its own script begins; `text` answers a script's text by its name.
    pub(super) fn complete(self, html: &str, text: impl Fn(&str) -> Option<&'static str>) -> String {
        let links = self.scripts(text);
        let links =
            links.iter().map(|name| format!("<link rel=\"modulepreload\" href=\"/assets/{name}\">\n"));
        let script = html.find("<script").unwrap_or(html.len());
        [&html[..script], &links.collect::<String>(), &html[script..]].concat()
    }

    /// Every script of the page, those that are needed first before those that they import.
    fn scripts(self, text: impl Fn(&str) -> Option<&'static str>) -> Vec<String> {
        let (_, loaded) = KINDS[self.0];
        let mut found: Vec<String> = [ENTRY].iter().chain(loaded).map(|name| (*name).to_owned()).collect();
        let mut known: BTreeSet<String> = found.iter().cloned().collect();
        let mut next = 0;
        while let Some(name) = found.get(next) {
            let imports = text(name).into_iter().flat_map(imports).map(|path| resolve(name, path));
            let new: Vec<String> = imports.filter(|name| known.insert(name.clone())).collect();
            found.extend(new);
            next += 1;
        }
        found
    }
}

/// The paths that a script's `import … from '…';` name, each of which stands on a line of its own.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| line.starts_with("import "));
    lines.filter_map(|line| line.split_once(" from '")?.1.strip_suffix("';"))
}

/// The name of what a script imports by a path that begins at its own folder.
fn resolve(script: &str, path: &str) -> String {
    let mut parts: Vec<&str> = script.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::assets::text;

    #[test]
    fn a_page_names_the_scripts_of_its_address_with_all_that_they_import_once() {
        let scripts = |path| Kind::of(path).scripts(text);
        let view = scripts("/devices/d%2F1/view/overview");
        assert_eq!(&view[..3], ["app.js", "device/page.js", "device/view.js"]);
        assert!(view.contains(&"chart/line.js".to_owned()) && view.contains(&"texts/chart.js".to_owned()));
        assert!(!view.iter().any(|name| name.starts_with("templates/view-editor")), "{view:?}");
        let once: BTreeSet<&String> = view.iter().collect();
        assert_eq!(once.len(), view.len(), "{view:?}");
        for (path, last) in [
            ("/", "devices/list.js"),
            ("/devices", "devices/list.js"),
            ("/devices/new", "devices/new.js"),
            ("/devices/%6eew", "device/view.js"),
            ("/devices/d/raw", "device/raw.js"),
            ("/templates/x/views/y", "templates/page.js"),
            ("/hub", "hub/page.js"),
        ] {
            assert!(scripts(path).contains(&last.to_owned()), "{path}");
        }
    }

    #[test]
    fn every_script_that_is_named_exists_and_every_one_that_is_loaded_later_is_named() {
        for (kind, row) in KINDS.iter().enumerate() {
            let missing: Vec<String> =
                Kind(kind).scripts(text).into_iter().filter(|name| text(name).is_none()).collect();
            assert_eq!(missing, [""; 0], "{row:?}");
        }
        let named: BTreeSet<&str> = KINDS.iter().flat_map(|(_, loaded)| *loaded).copied().collect();
        for script in ["shell/routes.js", "device/panel.js"] {
            let later = text(script).unwrap().split("import('").skip(1);
            for path in later.map(|rest| rest.split('\'').next().unwrap()) {
                assert!(named.contains(resolve(script, path).as_str()), "{script} loads {path}");
            }
        }
    }

    #[test]
    fn the_lines_stand_before_the_script_of_the_page() {
        let html = Kind::of("/hub").complete("<head>\n<script src>\n</head>", |_| None);
        let links = ["app.js", "hub/page.js"]
            .map(|name| format!("<link rel=\"modulepreload\" href=\"/assets/{name}\">\n"));
        assert_eq!(html, format!("<head>\n{}<script src>\n</head>", links.concat()));
    }
}
