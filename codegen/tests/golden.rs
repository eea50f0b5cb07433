//! The generated code of whole models, as files that are read as code. `UPDATE_GOLDEN=1` writes them anew.
//!
//! `tests/generated.rs` of the root package compiles every file of the folder with all warnings denied.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod support;

use device_model_codegen::{Convention, Derive, Request, With, generate};
use quote::quote;
use support::{check_golden, code, device, ident, read, root, spanned};

/// Where the files are, from the repository's root.
const FOLDER: &str = "codegen/tests/golden";

/// Holds what is generated of a model against the file of that name.
fn check(golden: &str, model: &str, request: &Request) {
    let reading = read(model, &std::fs::read_to_string(root().join(model)).unwrap());
    let generated = generate(reading.model().unwrap(), reading.sources(), request);
    assert_eq!(generated.diagnostics, []);
    assert!(generated.complaints.is_empty(), "{:?}", generated.complaints);
    check_golden(&root().join(FOLDER).join(golden), &code(generated.tokens));
}

#[test]
fn a_capability_model_becomes_one_flat_module() {
    let sensor = device("EnvironmentalSensor", &[]);
    check("environmental_sensor.rs", "models/environmental_sensor.json", &sensor);
}

#[test]
fn components_become_modules_and_fields() {
    let fields = [("sensor", None), ("info", Some("deviceInformation"))];
    let sensor = device("EnvironmentalSensor", &fields);
    check("environmental_sensor.v3.rs", "models/environmental_sensor.v3.json", &sensor);
}

#[test]
fn two_components_of_one_interface_share_a_module() {
    let fields = [("thermostat1", None), ("thermostat2", None), ("device_information", None)];
    let controller = device("TemperatureController", &fields);
    let model = "models/dtmi/com/example/temperaturecontroller-1.json";
    check("temperature_controller.rs", model, &controller);
}

#[test]
fn an_interface_is_shared_as_a_module() {
    let mut thermostat = Request::interface(ident("thermostat"));
    thermostat.units = true;
    check("thermostat.rs", "models/dtmi/com/example/thermostat-1.json", &thermostat);
}

#[test]
fn a_device_uses_the_code_of_a_shared_interface() {
    let fields = [("thermostat1", None), ("thermostat2", None), ("device_information", None)];
    let mut controller = device("Shared", &fields);
    let id = spanned("dtmi:com:example:Thermostat;1");
    controller.with = vec![With { id, path: quote!(crate::thermostat::thermostat) }];
    let model = "models/dtmi/com/example/temperaturecontroller-1.json";
    check("with_shared_interface.rs", model, &controller);
}

#[test]
fn every_schema_of_the_language_has_a_type() {
    check("every_schema.rs", "codegen/tests/models/every_schema.v4.json", &device("EverySchema", &[]));
}

#[test]
fn objects_enums_maps_and_arrays_nest() {
    check("nested.rs", "codegen/tests/models/nested.v3.json", &device("Greenhouse", &[]));
}

#[test]
fn schemas_that_hold_themselves_are_boxed_or_wrapped() {
    check("recursive.rs", "codegen/tests/models/recursive.v4.json", &device("Plant", &[]));
}

#[test]
fn names_that_rust_has_already_step_aside() {
    let fields = [("bool", None), ("str", None), ("std", None)];
    let mut hostile = device("Hostile", &fields);
    hostile.renames =
        vec![device_model_codegen::Rename { from: spanned("dtmi:com:example:std;1"), to: ident("f64") }];
    check("names.rs", "codegen/tests/models/names.v3.json", &hostile);
}

#[test]
fn an_inherited_schema_is_one_type_in_all_who_inherit() {
    let fields = [("inlet", None), ("outlet", None), ("spare", None)];
    check("inherited.rs", "codegen/tests/models/inherited.v3.json", &device("Pumps", &fields));
}

#[test]
fn commands_take_and_answer_what_the_model_says() {
    let mut commands = device("CommandDevice", &[]);
    commands.asynchronous = vec![spanned("reboot"), spanned("survey")];
    commands.unhandled = Some(501);
    check("commands.rs", "codegen/tests/models/commands.v4.json", &commands);
}

#[test]
fn units_become_types_on_request() {
    let mut weather = device("Weather", &[]);
    weather.units = true;
    check("weather.rs", "codegen/tests/models/weather.v3.json", &weather);
}

#[test]
fn units_that_only_the_model_knows_are_markers_of_its_own() {
    let mut thermostat = device("OldThermostat", &[]);
    thermostat.units = true;
    thermostat.convention = Some(Convention::Central2020);
    check("old_thermostat.rs", "codegen/tests/models/thermostat.v1.json", &thermostat);
}

#[test]
fn the_schemas_of_iot_central_have_types_and_chosen_types_derive_more() {
    let mut tracker = device("Tracker", &[]);
    let hash =
        Derive { target: spanned("State"), macros: vec![quote!(Hash), quote!(PartialOrd)], serde: false };
    tracker.derives = vec![hash];
    check("tracker.rs", "codegen/tests/models/tracker.v2.json", &tracker);
}

#[test]
fn a_device_without_contents_is_one() {
    check("empty.rs", "codegen/tests/models/empty.v3.json", &device("Empty", &[]));
}
