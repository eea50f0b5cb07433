//! The files that a model refers to: looked up by their ids in models folders, which are laid out as the public repository
//! is. Decides which text is offered for an id, never whether the text is right. Begin at [`Search::answer`].

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value;

/// The search for what a model is missing.
pub(crate) struct Search<'r> {
    /// What all paths are relative to.
    root: &'r Path,
    folders: Vec<String>,
    /// The files that were read, the model's own first.
    pub(crate) files: Vec<String>,
    /// The files that are there and cannot be read, and why.
    pub(crate) unreadable: Vec<String>,
}

impl<'r> Search<'r> {
    /// Looks in the folders, and in the one that the model's file lies in as in a models folder.
    pub(crate) fn new(root: &'r Path, model: String, mut folders: Vec<String>) -> Self {
        folders.extend(folder_around(&model));
        Self { root, folders, files: vec![model], unreadable: Vec::new() }
    }

    /// Names and texts of files that define `ids`, each id once.
    pub(crate) fn answer(&mut self, ids: &[&str]) -> Vec<(String, String)> {
        let (mut texts, mut defined) = (Vec::new(), BTreeSet::new());
        for id in ids {
            // a file may define more than it was looked up for
            if defined.contains(*id) {
                continue;
            }
            if let Some((file, text)) = self.find(id) {
                defined.extend(ids_in(&text));
                self.files.push(file.clone());
                texts.push((file, text));
            }
        }
        texts
    }

    fn find(&mut self, id: &str) -> Option<(String, String)> {
        let plain = dtdl::Dtmi::parse(id)?.repository_path();
        let expanded = plain.replace(".json", ".expanded.json");
        let places =
            self.folders.iter().flat_map(|folder| [&plain, &expanded].map(|path| join(folder, path)));
        for file in places.filter(|file| !self.files.contains(file)).collect::<Vec<_>>() {
            match std::fs::read_to_string(self.root.join(&file)) {
                Ok(text) => return Some((file, text)),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => {
                    self.unreadable.push(format!("`{file}`, which `{id}` is looked up in: {error}"));
                }
            }
        }
        None
    }
}

/// The models folder that a file lies in, when it lies as in one: `models` of `models/dtmi/com/example/pump-1.json`.
fn folder_around(file: &str) -> Option<String> {
    let dtmi = Path::new(file).ancestors().skip(1).find(|folder| folder.ends_with("dtmi"))?;
    Some(dtmi.parent()?.to_str()?.to_owned())
}

fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{}/{path}", folder.trim_end_matches('/')) }
}

/// The ids at the top level of a text.
fn ids_in(text: &str) -> Vec<String> {
    let id = |element: &Value| element["@id"].as_str().map(str::to_owned);
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Array(elements)) => elements.iter().filter_map(id).collect(),
        Ok(element) => id(&element).into_iter().collect(),
        // that it is no JSON is for the reader to say
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A models folder with these files.
    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("models/dtmi/x")).unwrap();
        for (file, bytes) in files {
            std::fs::write(root.path().join("models/dtmi/x").join(file), bytes).unwrap();
        }
        root
    }

    fn names(texts: Vec<(String, String)>) -> Vec<String> {
        texts.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_a_file_defines_besides_is_not_looked_up_again() {
        let both = br#"[{ "@id": "dtmi:x:a;1" }, { "@id": "dtmi:x:b;1" }]"#;
        let root = folder(&[("a-1.expanded.json", both), ("b-1.json", br#"{ "@id": "dtmi:x:b;1" }"#)]);
        let mut search = Search::new(root.path(), "models/dtmi/x/device-1.json".to_owned(), Vec::new());
        let found = search.answer(&["dtmi:x:a;1", "dtmi:x:b;1", "dtmi:x:c;1"]);
        assert_eq!(names(found), ["models/dtmi/x/a-1.expanded.json"]);
        assert_eq!(search.files, ["models/dtmi/x/device-1.json", "models/dtmi/x/a-1.expanded.json"]);
    }

    #[test]
    fn a_file_that_is_there_and_cannot_be_read_is_named() {
        let root = folder(&[("a-1.json", b"\xff")]);
        let mut search = Search::new(root.path(), "lamp.json".to_owned(), vec!["models/".to_owned()]);
        assert_eq!(names(search.answer(&["dtmi:x:a;1", "dtmi:x:b;1"])), Vec::<String>::new());
        assert_eq!(search.unreadable.len(), 1);
        assert!(search.unreadable[0].starts_with("`models/dtmi/x/a-1.json`, which `dtmi:x:a;1`"));
    }
}
