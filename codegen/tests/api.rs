//! The list of what other code can name, held against generated code: what it lists is there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod support;

use device_model_codegen::{ApiItem, ApiKind, Request, api, component_fields, generate};
use proc_macro2::{Ident, Span};
use support::{code, read, root};

/// The list for a model of the repository, and the generated code.
fn listed(path: &str, change: impl Fn(&mut Request)) -> (Vec<ApiItem>, String) {
    let reading = read(path, &std::fs::read_to_string(root().join(path)).unwrap());
    let model = reading.model().unwrap();
    let mut request = Request::device(Ident::new("Thing", Span::call_site()), component_fields(model));
    change(&mut request);
    let generated = generate(model, reading.sources(), &request);
    (api(model, reading.sources(), &request), code(generated.tokens))
}

fn signature<'i>(items: &'i [ApiItem], path: &str) -> &'i str {
    let found = items.iter().find(|item| item.path == path);
    found.map_or_else(|| panic!("no {path} in {items:#?}"), |item| item.signature.as_str())
}

#[test]
fn everything_public_is_listed_with_its_type() {
    let (items, _) = listed("models/dtmi/com/example/temperaturecontroller-1.json", |_| {});
    for (path, expected) in [
        ("Thing.thermostat1", "impl thing::thermostat::Commands + thing::thermostat::Properties"),
        ("Thing.device_information", "any type"),
        ("thing::Client.thermostat2", "thing::thermostat::Client"),
        ("thing::Telemetry.working_set", "Option<f64>"),
        ("thing::Telemetry::WORKING_SET_UNIT", "&'static str"),
        ("thing::Commands::reboot", "async fn(&self, i32, &Client) -> Result<(), CommandError>"),
        (
            "thing::thermostat::Properties::set_target_temperature",
            "async fn(&self, f64, &Client) -> Result<f64, PropertyError>",
        ),
        ("thing::thermostat::GetMaxMinReport.start_time", "Option<time::DateTime>"),
    ] {
        assert_eq!(signature(&items, path), expected, "{path}");
    }
    assert!(items.is_sorted_by(|one, other| one.path < other.path), "by path, each once");
}

#[test]
fn options_change_the_list_as_they_change_the_code() {
    let path = "models/dtmi/com/example/temperaturecontroller-1.json";
    let (items, _) = listed(path, |request| request.units = true);
    assert_eq!(signature(&items, "thing::Telemetry.working_set"), "Option<Quantity<units::Kibibyte, f64>>");
}

#[test]
fn only_what_existing_code_has_to_follow_is_demanded() {
    for model in ["every_schema.v4", "recursive.v4", "commands.v4", "names.v3", "nested.v3"] {
        let (items, _) = listed(&format!("codegen/tests/models/{model}.json"), |_| {});
        for ApiItem { path, kind, demanded, .. } in items {
            let expected = match kind {
                ApiKind::Trait | ApiKind::Handler | ApiKind::Component => true,
                ApiKind::Variant => demanded,
                _ => false,
            };
            assert_eq!(demanded, expected, "{model}: {path}");
        }
    }
}

#[test]
fn the_list_has_as_many_fields_handlers_and_variants_as_the_code() {
    for model in ["every_schema.v4", "recursive.v4", "commands.v4", "names.v3", "nested.v3"] {
        let (items, code) = listed(&format!("codegen/tests/models/{model}.json"), |_| {});
        let listed = |kind| items.iter().filter(|item| item.kind == kind).count();
        let mut counts = Counts::default();
        counts.items(&syn::parse_file(&code).unwrap().items);
        let expected = (listed(ApiKind::Field), listed(ApiKind::Handler), listed(ApiKind::Variant));
        assert_eq!((counts.fields, counts.handlers, counts.variants), expected, "{model}");
    }
}

/// What there is to name in generated code.
#[derive(Default)]
struct Counts {
    fields: usize,
    handlers: usize,
    variants: usize,
}

impl Counts {
    fn items(&mut self, items: &[syn::Item]) {
        for item in items {
            match item {
                syn::Item::Struct(item) => {
                    let is_public = |field: &&syn::Field| matches!(field.vis, syn::Visibility::Public(_));
                    self.fields += item.fields.iter().filter(is_public).count();
                }
                syn::Item::Enum(item) => self.variants += item.variants.len(),
                syn::Item::Trait(item) => self.handlers += item.items.len(),
                syn::Item::Mod(item) => {
                    self.items(item.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default());
                }
                _ => {}
            }
        }
    }
}
