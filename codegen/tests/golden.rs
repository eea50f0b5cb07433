//! The generated code of whole models, as files that are read as code. `UPDATE_GOLDEN=1` writes them anew.
//!
//! `tests/generated.rs` of the root package compiles every one with all warnings denied.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod support;

use device_model_codegen::generate;
use support::goldens::{self, Golden};
use support::{check_golden, code, read, root};

/// The lines and bytes of all files together. Generated code is compiled at every build: more of it is a decision.
const SIZE: (usize, usize) = (4_864, 194_503);

#[test]
fn what_is_generated_is_what_was_read_as_code() {
    for Golden { file, model, request } in goldens::all() {
        let reading = read(model, &std::fs::read_to_string(root().join(model)).unwrap());
        let generated = generate(reading.model().unwrap(), reading.sources(), &request);
        assert_eq!(generated.diagnostics, [], "{file}");
        assert!(generated.complaints.is_empty(), "{file}: {:?}", generated.complaints);
        check_golden(&root().join("codegen/tests/golden").join(file), &code(generated.tokens));
    }
}

#[test]
fn the_size_of_generated_code_is_pinned() {
    let files = goldens::all().into_iter();
    let texts = files.map(|golden| root().join("codegen/tests/golden").join(golden.file));
    let texts: Vec<String> = texts.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let size =
        texts.iter().fold((0, 0), |(lines, bytes), text| (lines + text.lines().count(), bytes + text.len()));
    assert_eq!(size, SIZE, "lines and bytes");
}

#[test]
fn what_is_generated_twice_is_the_same() {
    for Golden { file, model, request } in goldens::all() {
        let text = std::fs::read_to_string(root().join(model)).unwrap();
        let twice: Vec<String> = (0..2)
            .map(|_| {
                let reading = read(model, &text);
                generate(reading.model().unwrap(), reading.sources(), &request).tokens.to_string()
            })
            .collect();
        assert_eq!(twice[0], twice[1], "{file}");
    }
}
