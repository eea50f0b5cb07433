//! Any bytes as what the local hub reads of its files: segments of the journal, changes, rows, columns, packed pieces.
//!
//! Whatever they are, nothing panics and nothing large is made of little; what was read is read the same again.
//!
//! From this folder: `cargo fuzz run --sanitizer none disk ../target/fuzz/disk`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| device_model_hub::cores::read_from_disk(bytes));
