//! Any bytes: read as a model, and whatever comes of it used in every way there is.
//!
//! From this folder: `cargo fuzz run --sanitizer none read ../target/fuzz/corpus ../dtdl/tests/seeds`. Our code has no
//! `unsafe`, so there is nothing for a sanitizer to find; with one it runs a fifth as fast, and on nightly only.
#![no_main]

#[path = "../../dtdl/tests/exercise/mod.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        exercise::exercise(text);
    }
});
