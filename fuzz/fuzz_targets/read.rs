//! Any bytes: read as a model, and whatever comes of it used in every way there is.
//!
//! `cargo +nightly fuzz run read ../dtdl/tests/seeds`, from this folder.
#![no_main]

#[path = "../../dtdl/tests/exercise/mod.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        exercise::exercise(text);
    }
});
