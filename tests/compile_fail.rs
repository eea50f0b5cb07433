//! What a newcomer reads when model and code disagree, and that what should compile does.
//!
//! Each file of `ui/` is one mistake, named for it; `TRYBUILD=overwrite` writes the expected texts anew.

use std::path::{Path, PathBuf};

#[test]
fn mistakes_are_explained() {
    give_models();
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/*.rs");
}

/// Cases are compiled in a crate of their own below the target folder; models are found beside that crate's Cargo.toml.
fn give_models() {
    let own = std::env::current_exe().expect("a test has an executable");
    let target = own.ancestors().nth(3).expect("a test stands in target/debug/deps");
    let models = PathBuf::from("tests/ui/models");
    let copies = target.join("tests/trybuild").join(env!("CARGO_PKG_NAME")).join(&models);
    std::fs::create_dir_all(&copies).expect("the target folder can be written");
    for model in std::fs::read_dir(&models).expect("the models are there").flatten() {
        let name = model.file_name();
        std::fs::copy(model.path(), copies.join(Path::new(&name))).expect("a model can be copied");
    }
}
