//! Where the files of a model stand in a crate: in `models`, by their ids as in a models repository.
//!
//! A file whose id is no DTMI keeps its name. Files are copied as they are.

use std::fs;
use std::path::{Path, PathBuf};

use dtdl::Dtmi;

use crate::lookup::{Head, text};
use crate::models::{self, Opened};

/// The folder of a crate that has its models.
const FOLDER: &str = "models";

/// The files of a model.
pub(super) struct Layout {
    /// The model's path in the crate.
    pub(super) model: String,
    /// All files: path in the crate and content.
    pub(super) files: Vec<(String, Vec<u8>)>,
    folders: Vec<String>,
}

impl Layout {
    /// Reads the files of a model that was read from `path`.
    pub(super) fn of(path: &Path, opened: &Opened) -> Result<Self, String> {
        let id = opened.reading.model().map(|model| model.id.text.as_str()).unwrap_or_default();
        let model = format!("{FOLDER}/{}", place_of_model(path, id));
        let mut files = vec![(model.clone(), read(path)?)];
        for path in &opened.looked_up {
            let place = format!("{FOLDER}/{}", place_of(path));
            if files.iter().all(|(known, _)| *known != place) {
                files.push((place, read(path)?));
            }
        }
        // a model that lies in the layout finds its neighbours by itself
        let finds_others = model.split('/').filter(|folder| *folder == "dtmi").count() == 1;
        let is_needed = !finds_others && !opened.looked_up.is_empty();
        Ok(Self { model, files, folders: is_needed.then(|| FOLDER.to_owned()).into_iter().collect() })
    }

    /// The models folders that the attribute has to name.
    pub(super) fn folders(&self) -> &[String] {
        &self.folders
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| models::cannot_read(path, &error))
}

/// The place of the model itself; a file that defines more than it is an expanded one.
fn place_of_model(path: &Path, id: &str) -> String {
    let Some(place) = Dtmi::parse(id).map(|id| id.repository_path()) else { return file_name(path) };
    if ids(path).len() > 1 { place.replace(".json", ".expanded.json") } else { place }
}

/// The place of a file that was looked up: as in the folder where it was found.
fn place_of(path: &Path) -> String {
    let places = ids(path).into_iter().filter_map(|id| Dtmi::parse(&id).map(|id| id.repository_path()));
    let mut places = places.flat_map(|place| [place.replace(".json", ".expanded.json"), place]);
    places.find(|place| path.ends_with(place)).unwrap_or_else(|| file_name(path))
}

/// The ids at the top level of a file.
fn ids(path: &Path) -> Vec<String> {
    text::read(path).ok().and_then(|text| Head::of(&text)).unwrap_or_default().ids
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().map_or_else(|| PathBuf::from("model.json"), PathBuf::from);
    name.to_string_lossy().into_owned()
}
