//! The models whose generated code is kept as files, and what is asked of the generator for each.
//!
//! The generator's tests hold the files against what is generated; those of the root package compile them.

use device_model_codegen::{ComponentField, Derive, Rename, Request, Spanned, With};
use proc_macro2::{Ident, Span};
use quote::quote;

/// One file and what it is made of.
pub(crate) struct Golden {
    /// The file's name in `codegen/tests/golden`.
    pub(crate) file: &'static str,
    /// The model, from the repository's root.
    pub(crate) model: &'static str,
    pub(crate) request: Request,
}

pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

pub(crate) fn spanned(value: &str) -> Spanned<String> {
    Spanned { value: value.to_owned(), span: Span::call_site() }
}

/// A request for a device with these fields and the components they are marked with.
pub(crate) fn device(device: &str, fields: &[(&str, Option<&str>)]) -> Request {
    let field = |(name, component): &(&str, Option<&str>)| ComponentField {
        ident: ident(name),
        component: component.map(spanned),
    };
    Request::device(ident(device), fields.iter().map(field).collect())
}

/// All of them. What a file shows is said beside it.
pub(crate) fn all() -> Vec<Golden> {
    let mut all = without_options();
    all.extend(with_options());
    all
}

fn without_options() -> Vec<Golden> {
    let plain = |file, model, name: &str, fields: &[(&str, Option<&str>)]| Golden {
        file,
        model,
        request: device(name, fields),
    };
    vec![
        // a capability model is one flat module
        plain("environmental_sensor.rs", "models/environmental_sensor.json", "EnvironmentalSensor", &[]),
        // components are modules and fields
        plain(
            "environmental_sensor.v3.rs",
            "models/environmental_sensor.v3.json",
            "EnvironmentalSensor",
            &[("sensor", None), ("info", Some("deviceInformation"))],
        ),
        // two components of one Interface share a module; what is referred to is looked up
        plain("temperature_controller.rs", CONTROLLER, "TemperatureController", &FIELDS),
        plain("every_schema.rs", "codegen/tests/models/every_schema.v4.json", "EverySchema", &[]),
        // Objects, Enums, Maps and Arrays in one another, and shared schemas
        plain("nested.rs", "codegen/tests/models/nested.v3.json", "Greenhouse", &[]),
        // schemas that hold themselves are boxed, or wrapped
        plain("recursive.rs", "codegen/tests/models/recursive.v4.json", "Plant", &[]),
        // an inherited schema is one type in all who inherit
        plain(
            "inherited.rs",
            "codegen/tests/models/inherited.v3.json",
            "Pumps",
            &[("inlet", None), ("outlet", None), ("spare", None)],
        ),
        plain("empty.rs", "codegen/tests/models/empty.v3.json", "Empty", &[]),
    ]
}

fn with_options() -> Vec<Golden> {
    let golden = |file, model, request| Golden { file, model, request };
    let hostile = device("Hostile", &[("bool", None), ("str", None), ("std", None)]);
    let rename = Rename { from: spanned("dtmi:com:example:std;1"), to: ident("f64") };
    let thermostat =
        With { id: spanned("dtmi:com:example:Thermostat;1"), path: quote!(crate::thermostat::thermostat) };
    let derive = |path, serde| Derive { target: spanned("State"), macros: vec![path], serde };
    vec![
        // an Interface that is shared, with units
        golden(
            "thermostat.rs",
            "models/dtmi/com/example/thermostat-1.json",
            Request { units: true, ..Request::interface(ident("thermostat")) },
        ),
        // a device that uses the code of a shared Interface
        golden(
            "with_shared_interface.rs",
            CONTROLLER,
            Request { with: vec![thermostat], ..device("Shared", &FIELDS) },
        ),
        // what Rust calls so already steps aside
        golden(
            "names.rs",
            "codegen/tests/models/names.v3.json",
            Request { renames: vec![rename], ..hostile },
        ),
        // asynchronous and nullable commands, none of which has to be handled
        golden(
            "commands.rs",
            "codegen/tests/models/commands.v4.json",
            Request {
                asynchronous: vec![spanned("reboot"), spanned("survey")],
                unhandled: Some(501),
                ..device("CommandDevice", &[])
            },
        ),
        golden(
            "weather.rs",
            "codegen/tests/models/weather.v3.json",
            Request { units: true, ..device("Weather", &[]) },
        ),
        // units that only the model knows
        golden(
            "old_thermostat.rs",
            "codegen/tests/models/thermostat.v1.json",
            Request { units: true, ..device("OldThermostat", &[]) },
        ),
        // IoT Central's schemas, and types that derive more
        golden(
            "tracker.rs",
            "codegen/tests/models/tracker.v2.json",
            Request {
                derives: vec![derive(quote!(Hash), false), derive(quote!(::serde::Deserialize), true)],
                ..device("Tracker", &[])
            },
        ),
    ]
}

const FIELDS: [(&str, Option<&str>); 3] =
    [("thermostat1", None), ("thermostat2", None), ("device_information", None)];
const CONTROLLER: &str = "models/dtmi/com/example/temperaturecontroller-1.json";
