//! `device-model diff` as a program: what small changes of a model do in the model, on the wire and in the Rust API.

mod support;

use serde_json::{Value, json};
use support::{Folder, Run, with_contents};

const LEVEL: &str = r#"{ "@type": "Telemetry", "name": "level", "schema": "integer" }"#;
const MODE: &str = r#"{ "@type": "Property", "name": "mode", "writable": true, "schema": {
  "@type": "Enum", "valueSchema": "string", "enumValues": [{ "name": "on", "enumValue": "on" }] } }"#;
const BLINK: &str = r#"{ "@type": "Command", "name": "blink" }"#;
const PART: &str = r#"{ "@type": "Component", "name": "part", "schema": "dtmi:x:Part;1" }"#;

/// Compares two versions of a lamp with these contents, as text and as JSON.
fn diff(old: &[&str], new: &[&str]) -> (Run, Value) {
    let folder = Folder::with(&[
        ("old.json", &with_contents("dtmi:x:Lamp;1", &old.join(",\n"))),
        ("new.json", &with_contents("dtmi:x:Lamp;2", &new.join(",\n"))),
        ("m/dtmi/x/part-1.json", &with_contents("dtmi:x:Part;1", BLINK)),
    ]);
    let arguments = ["diff", "old.json", "new.json", "--models", "m", "--json"];
    let as_json = folder.run(&arguments);
    let as_text = folder.run(&arguments[..5]);
    assert_eq!(as_json.code, as_text.code);
    (as_text, as_json.json())
}

/// The API's changes as `+path`, `-path` or `~path`, with `!` behind those that break.
fn api(document: &Value) -> Vec<String> {
    let changes = document["api"].as_array().into_iter().flatten();
    changes
        .map(|change| {
            let way = match change["change"].as_str() {
                Some("added") => '+',
                Some("removed") => '-',
                _ => '~',
            };
            let breaks = if change["effect"] == "breaking" { "!" } else { "" };
            format!("{way}{}{breaks}", change["path"].as_str().unwrap_or_default())
        })
        .collect()
}

#[test]
fn the_same_model_is_compatible() {
    let folder = Folder::with(&[("a.json", &with_contents("dtmi:x:Lamp;1", LEVEL))]);
    let run = folder.run(&["diff", "a.json", "a.json"]);
    let text = "dtmi:x:Lamp;1 -> dtmi:x:Lamp;1\n\nIn the model\n  nothing\n\n\
        On the wire, what breaks\n  nothing\n\nIn the Rust API\n  nothing\n\ncompatible\n";
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), text, ""));
}

#[test]
fn added_telemetry_is_a_field_that_breaks_nothing() {
    let extra = r#"{ "@type": "Telemetry", "name": "extra", "schema": "double" }"#;
    let (run, document) = diff(&[LEVEL], &[LEVEL, extra]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    assert_eq!(api(&document), ["+lamp::Telemetry.extra"]);
    assert_eq!(document["api"][0]["new"], "Option<f64>");
    assert_eq!(document["breaks"], json!({ "wire": 0, "versions": 0, "api": 0 }));
    for part in ["extra: telemetry was added (compatible)\n    new.json:3:", "without `..Default::default()`"]
    {
        assert!(run.stdout.contains(part), "{part} is missing in\n{}", run.stdout);
    }
}

#[test]
fn a_removed_command_breaks_on_the_wire_and_in_the_trait() {
    let (run, document) = diff(&[LEVEL, BLINK], &[LEVEL]);
    assert_eq!(run.code, Some(1));
    assert_eq!(api(&document), ["-lamp::Commands!", "-lamp::Commands::blink!"]);
    assert_eq!(document["breaks"], json!({ "wire": 1, "versions": 0, "api": 2 }));
    assert!(
        run.stdout.contains("blink: a command was removed (breaking)\n    old.json:3:"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.ends_with("\nbreaks on the wire (1), in the Rust API (2)\n"), "{}", run.stdout);
}

#[test]
fn an_added_command_breaks_the_code_that_has_no_handler_for_it() {
    let (run, document) = diff(&[LEVEL], &[LEVEL, BLINK]);
    assert_eq!(run.code, Some(1));
    assert_eq!(document["breaks"], json!({ "wire": 0, "versions": 0, "api": 2 }));
    assert!(run.stdout.contains("async fn(&self, &Client) -> Result<(), CommandError> (breaking)"));
}

#[test]
fn a_changed_schema_is_another_type() {
    let (run, document) = diff(&[LEVEL], &[&LEVEL.replace("integer", "double")]);
    assert_eq!(run.code, Some(1));
    assert_eq!(api(&document), ["~lamp::Telemetry.level!"]);
    assert!(run.stdout.contains("    was Option<i32>\n    is  Option<f64>\n"), "{}", run.stdout);
    assert!(run.stdout.contains("level/schema: was integer, is double (breaking)\n    old.json:2:"));
}

#[test]
fn writable_switched_on_or_off_asks_for_a_setter_or_ends_it() {
    let read_only = MODE.replace("true", "false");
    let (run, document) = diff(&[&read_only], &[MODE]);
    assert_eq!(run.code, Some(1));
    assert_eq!(api(&document), ["+lamp::Properties!", "+lamp::Properties::set_mode!"]);
    assert_eq!(document["model"][0]["effect"], "compatible");
    let (_, document) = diff(&[MODE], &[&read_only]);
    assert_eq!(api(&document), ["-lamp::Properties!", "-lamp::Properties::set_mode!"]);
    assert_eq!(document["model"][0]["effect"], "breaking");
}

#[test]
fn what_is_renamed_is_removed_and_added() {
    let (run, document) = diff(&[LEVEL], &[&LEVEL.replace("level", "height")]);
    assert_eq!(run.code, Some(1));
    assert_eq!(api(&document), ["+lamp::Telemetry.height", "-lamp::Telemetry.level!"]);
}

#[test]
fn an_enum_value_breaks_a_match_where_values_arrive() {
    let two = MODE.replace("}] }", r#"}, { "name": "off", "enumValue": "off" }] }"#);
    let (_, document) = diff(&[MODE], &[&two]);
    assert_eq!(api(&document), ["+lamp::Mode::Off!"]);
    let (_, document) = diff(&[&two], &[MODE]);
    assert_eq!(api(&document), ["-lamp::Mode::Off!"]);
    let sent = |mode: &str| mode.replace("true", "false");
    let (run, document) = diff(&[&sent(MODE)], &[&sent(&two)]);
    assert_eq!((run.code, api(&document)), (Some(1), vec!["+lamp::Mode::Off".to_owned()]));
    assert_eq!(document["breaks"]["wire"], 1, "those who read it do not know the value");
}

#[test]
fn an_added_component_needs_a_field() {
    let (run, document) = diff(&[LEVEL], &[LEVEL, PART]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let api = api(&document);
    assert!(api.contains(&"+Lamp.part!".to_owned()), "{api:?}");
    assert!(api.contains(&"+lamp::Client.part".to_owned()), "{api:?}");
    assert!(run.stdout.contains("+ Lamp.part: impl lamp::part::Commands (breaking)"), "{}", run.stdout);
    assert!(!run.stdout.contains("struct literals"), "{}", run.stdout);
}

#[test]
fn a_version_that_is_not_higher_is_a_finding_with_both_places() {
    let two = [LEVEL, BLINK].join(",");
    let folder = Folder::with(&[
        ("a.json", &with_contents("dtmi:x:Lamp;2", LEVEL)),
        ("b.json", &with_contents("dtmi:x:Lamp;2", &two)),
        ("c.json", &with_contents("dtmi:x:Lamp;1", LEVEL)),
        ("d.json", &with_contents("dtmi:x:Pump;3", LEVEL)),
    ]);
    for (new, said) in [
        ("b.json", "version: dtmi:x:Lamp;2 changed and has the same version\n    a.json:1:"),
        ("c.json", "version: the version went down from dtmi:x:Lamp;2 to dtmi:x:Lamp;1\n    a.json:1:"),
        ("d.json", "version: dtmi:x:Pump;3 is no version of dtmi:x:Lamp;2\n    a.json:1:"),
    ] {
        let run = folder.run(&["diff", "a.json", new]);
        assert_eq!(run.code, Some(1), "{new}");
        assert!(run.stdout.contains(said) && run.stdout.contains("by its version (1)"), "{}", run.stdout);
    }
}

#[test]
fn options_of_the_attribute_are_those_of_the_new_model() {
    let extra = r#"{ "@type": "Telemetry", "name": "Level", "schema": "double" }"#;
    let folder = Folder::with(&[
        ("a.json", &with_contents("dtmi:x:Lamp;1", LEVEL)),
        ("b.json", &with_contents("dtmi:x:Lamp;2", &[LEVEL, extra].join(","))),
    ]);
    let run = folder.run(&["diff", "a.json", "b.json"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("nameCollision"), "{}", run.stderr);
    let run = folder.run(&["diff", "a.json", "b.json", "--rename", "Level=upper"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("+ lamp::Telemetry.upper: Option<f64>"), "{}", run.stdout);
}

#[test]
fn the_interface_is_chosen_in_both_files_or_in_each() {
    let whole = |version: u8| {
        let (lamp, other) = (format!("dtmi:x:Lamp;{version}"), format!("dtmi:x:Other;{version}"));
        format!("[{}, {}]", with_contents(&other, BLINK), with_contents(&lamp, LEVEL))
    };
    let folder = Folder::with(&[("a.json", &whole(1)), ("b.json", &whole(2))]);
    let run = folder.run(&["diff", "a.json", "b.json", "--id", "dtmi:x:Lamp;1", "--id", "dtmi:x:Lamp;2"]);
    assert_eq!((run.code, run.stdout.lines().next()), (Some(0), Some("dtmi:x:Lamp;1 -> dtmi:x:Lamp;2")));
    let run = folder.run(&["diff", "a.json", "a.json", "--id", "dtmi:x:Lamp;1"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn what_cannot_be_used_ends_with_2_and_what_is_not_valid_with_1() {
    let folder = Folder::with(&[("a.json", &with_contents("dtmi:x:A;1", "")), ("b.json", "{")]);
    for (arguments, code) in [
        (&["diff", "a.json"][..], 2),
        (&["diff", "a.json", "absent.json"], 2),
        (&["diff", "a.json", "a.json", "--models", "absent"], 2),
        (&["diff", "a.json", "b.json"], 1),
    ] {
        let run = folder.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.is_empty(), "{arguments:?} does not say why");
    }
}
