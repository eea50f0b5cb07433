//! The macro generates from wrong models too, so that one mistake is not followed by a hundred: whatever names, ids and values
//! a model has, generating does not panic and gives Rust.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod support;

use device_model_codegen::{Request, component_fields, generate, stub};
use proptest::prelude::*;
use support::goldens::{self, ident};
use support::root;

/// The models of the goldens, cut where a string begins or ends.
fn models() -> &'static [Vec<String>] {
    static MODELS: std::sync::OnceLock<Vec<Vec<String>>> = std::sync::OnceLock::new();
    MODELS.get_or_init(|| {
        let texts = goldens::all()
            .into_iter()
            .map(|golden| std::fs::read_to_string(root().join(golden.model)).unwrap());
        texts.map(|text| text.split('"').map(str::to_owned).collect()).collect()
    })
}

/// What may stand in place of a string: what is hard to make a name of, and words that mean something elsewhere.
fn replacement() -> impl Strategy<Value = String> {
    let words = [
        "",
        "_",
        "__",
        "0",
        "_0",
        "a b",
        "é",
        "²",
        "😀",
        "Self",
        "crate",
        "Option",
        "dtmi:x:a;1",
        "dtmi:;1",
        "double",
        "Object",
        "Enum",
        "Array",
        "name",
        "@id",
        "@type",
        "schema",
        "client",
        "::",
        "{Self}",
        "{",
        "\\\\u{1}",
        "-1",
    ];
    prop_oneof![
        proptest::sample::select(words.to_vec()).prop_map(str::to_owned),
        "[ -~]{0,12}".prop_map(|text| text.replace(['"', '\\'], "")),
        "\\PC{0,6}".prop_map(|text| text.replace(['"', '\\'], "")),
    ]
}

/// Generates all there is from a text, right or wrong; what comes of it must be Rust.
fn survive(text: &str, units: bool) {
    let mut sources = dtdl::Sources::default();
    sources.add("model.json", text);
    let reading = dtdl::read(sources, None);
    let Some(model) = reading.model() else { return };
    let device = Request { units, ..Request::device(ident("Device"), component_fields(model)) };
    let interface = Request { units, ..Request::interface(ident("shared")) };
    for request in [&device, &interface] {
        let generated = generate(model, reading.sources(), request);
        let code = generated.tokens.to_string();
        assert!(syn::parse_str::<syn::File>(&code).is_ok(), "{text}\nbecomes\n{code}");
        let author = stub(model, reading.sources(), request, None).tokens.to_string();
        assert!(syn::parse_str::<syn::File>(&author).is_ok(), "{text}\nbegins as\n{author}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_string_of_a_model_makes_generating_fail(
        model in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), replacement()), 1..4),
        units: bool,
    ) {
        let mut parts = models()[model.index(models().len())].clone();
        for (at, replacement) in changes {
            // every second part is what stands between quotes
            let strings = parts.len() / 2;
            parts[at.index(strings) * 2 + 1] = replacement;
        }
        survive(&parts.join("\""), units);
    }
}
