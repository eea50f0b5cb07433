//! v1-preview, for which there is no reference parser: what is valid, and one fault a case with its place.
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "a test says what failed by failing")]

mod one_fault;

use dtdl::{Form, Reading};
use one_fault::{check, read};

#[test]
fn each_rule_of_the_preview_has_its_code_and_place() {
    check(include_str!("cases/preview.txt"), 100);
}

/// A capability model with so many instances.
fn instances(count: usize) -> Reading {
    let instance = |n: usize| {
        format!(r#"{{ "name": "i{n}", "schema": {{ "@id": "urn:example:I{n}:1", "@type": "Interface" }} }}"#)
    };
    let all: Vec<_> = (0..count).map(instance).collect();
    read(&format!(
        r#"{{ "@context": "http://azureiot.com/v1/contexts/IoTModel.json", "@id": "urn:example:Device:1",
          "@type": "CapabilityModel", "implements": [{}] }}"#,
        all.join(",")
    ))
}

/// An Interface with so many telemetries.
fn contents(count: usize) -> Reading {
    let telemetry = |n: usize| format!(r#"{{ "@type": "Telemetry", "name": "t{n}", "schema": "double" }}"#);
    let all: Vec<_> = (0..count).map(telemetry).collect();
    read(&format!(
        r#"{{ "@context": "http://azureiot.com/v1/contexts/IoTModel.json", "@id": "urn:example:Device:1",
          "@type": "Interface", "contents": [{}] }}"#,
        all.join(",")
    ))
}

fn codes(reading: &Reading) -> Vec<&str> {
    reading.diagnostics().iter().map(dtdl::Diagnostic::code).collect()
}

#[test]
fn thirty_instances_are_allowed_and_three_hundred_contents() {
    assert_eq!(codes(&instances(30)), [""; 0]);
    assert_eq!(codes(&instances(31)), ["objectCountAboveMax"]);
    assert_eq!(codes(&contents(300)), [""; 0]);
    assert_eq!(codes(&contents(301)), ["objectCountAboveMax"]);
}

#[test]
fn an_id_has_256_characters_at_most() {
    let model = |length: usize| {
        let name = "a".repeat(length - "urn:example::1".len());
        read(&format!(
            r#"{{ "@context": "http://azureiot.com/v1/contexts/IoTModel.json",
              "@id": "urn:example:{name}:1", "@type": "Interface" }}"#
        ))
    };
    assert_eq!(codes(&model(256)), [""; 0]);
    assert_eq!(codes(&model(257)), ["idTooLong"]);
}

#[test]
fn a_bare_id_in_implements_is_an_instance_named_after_its_interface() {
    let reading = read(
        r#"[
          { "@context": "http://azureiot.com/v1/contexts/IoTModel.json", "@id": "urn:example:Lamp:1",
            "@type": "Interface" },
          { "@context": "http://azureiot.com/v1/contexts/IoTModel.json", "@id": "urn:example:Device:1",
            "@type": "CapabilityModel", "implements": ["urn:example:Lamp:1"] }
        ]"#,
    );
    assert_eq!(codes(&reading), [""; 0]);
    let model = reading.valid().unwrap();
    assert_eq!(model.form, Form::CapabilityModel);
    assert_eq!(model.parts.len(), 1);
    assert_eq!(model.parts[0].name.as_ref().unwrap().text, "Lamp");
}

#[test]
fn an_export_that_wraps_the_model_is_read_as_the_model() {
    let reading = read(
        r#"{ "@id": "template", "@type": ["ModelDefinition", "DeviceModel"], "capabilityModel": {
          "@context": ["http://azureiot.com/v1/contexts/IoTModel.json"], "@id": "urn:example:Device:1",
          "@type": "CapabilityModel", "implements": [
            { "@id": "urn:example:lamp:1", "@type": "InterfaceInstance", "name": "lamp", "schema": {
              "@id": "urn:example:Lamp:1", "@type": "Interface", "displayName": { "en": "Lamp" },
              "contents": [{ "@id": "urn:example:level:1", "@type": "Telemetry", "name": "level",
                "schema": "double" }] } }
          ] }, "solutionModel": { "cloudProperties": [] } }"#,
    );
    assert_eq!(codes(&reading), [""; 0]);
    let model = reading.valid().unwrap();
    assert_eq!(model.id.text, "urn:example:Device:1");
    assert_eq!(model.interface(&model.parts[0]).telemetry[0].name.text, "level");
}
