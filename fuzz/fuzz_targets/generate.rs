//! Any bytes: read as a model, and generated from, as the macro does with right and wrong ones. What comes of it is Rust.
//!
//! From this folder: `cargo fuzz run --sanitizer none generate ../target/fuzz/generate ../codegen/tests/models ../dtdl/tests/seeds`.
#![no_main]

use device_model_codegen::{Request, component_fields, device_name, generate, stub};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut sources = dtdl::Sources::default();
    sources.add("model.json", text);
    let reading = dtdl::read(sources, None);
    let Some(model) = reading.model() else { return };
    let fields = component_fields(model);
    let request = Request { units: text.len() % 2 == 0, ..Request::device(device_name(model), fields) };
    let generated = generate(model, reading.sources(), &request);
    assert!(syn::parse2::<syn::File>(generated.tokens).is_ok(), "the generated code is not Rust");
    let author = stub(model, reading.sources(), &request, None);
    assert!(syn::parse2::<syn::File>(author.tokens).is_ok(), "the stubs are not Rust");
});
