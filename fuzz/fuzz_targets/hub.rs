//! Any bytes from the network to the local hub: through its frames and its connection into its state.
//!
//! The first byte says what the connection is (new, being provisioned, online), whether the bytes are packets or the topics
//! and bodies of messages, and in which pieces they come.
//!
//! From this folder: `cargo fuzz run --sanitizer none hub ../target/fuzz/hub seeds/hub`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| device_model_hub::fuzzing::bytes_to_state(bytes));
