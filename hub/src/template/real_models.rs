//! Whole folders of models through import and default views: those of this project, or those of `MODELS_DIR`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::capability::Kind;
use super::{Content, generate};
use crate::models::Library;

fn json_files(folder: &Path, found: &mut Vec<(String, String)>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_model_of_a_folder_is_refused_with_a_place_or_gets_views_that_show_all_of_it() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let folder = std::env::var_os("MODELS_DIR").map_or(own, PathBuf::from);
    let mut files = Vec::new();
    json_files(&folder, &mut files);
    let mut library = Library::default();
    library.add(files.iter().map(|(name, text)| (&**name, &**text)));
    let (mut read, mut refused) = (0, 0);
    for (name, text) in &files {
        match super::import::read(&library, &[(name, text)], None) {
            Ok(model) => {
                check(name, Content::new(Arc::new(model)));
                read += 1;
            }
            Err(problems) => {
                assert!(!problems.is_empty() && problems.iter().all(|problem| problem.line > 0), "{name}");
                refused += 1;
            }
        }
    }
    println!("{read} models read, {refused} refused");
    assert!(read > 0 && read + refused == files.len());
}

fn check(name: &str, mut content: Content) {
    let capabilities = content.capabilities(&[]);
    let paths: BTreeSet<_> = capabilities.iter().map(|one| &one.path).collect();
    assert_eq!(paths.len(), capabilities.len(), "{name}: a path is there twice");
    content.views = generate::default_views(&capabilities);
    let twice = generate::generate(&mut content.views.clone(), &capabilities, generate::Wanted::default());
    assert!(twice.iter().all(|one| one.outcome != generate::Made::Created), "{name}");
    for view in &content.views {
        assert_eq!(view.check(&capabilities), [], "{name}: {}", view.name);
        assert!(!view.tiles.is_empty(), "{name}: {} is empty", view.name);
    }
    let shown = |slug: &str| -> BTreeSet<&String> {
        let views = content.views.iter().filter(|view| view.slug == slug);
        views.flat_map(|view| &view.tiles).flat_map(|tile| &tile.capabilities).collect()
    };
    let kinds = [("overview", Kind::Telemetry), ("about", Kind::Property), ("commands", Kind::Command)];
    for (slug, kind) in kinds {
        let all: BTreeSet<_> =
            capabilities.iter().filter(|one| one.kind == kind).map(|one| &one.path).collect();
        assert_eq!(shown(slug), all, "{name}: {slug}");
    }
}
