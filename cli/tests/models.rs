//! `device-model check` and `expand` as programs: their output and exit codes.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    Command::new(env!("CARGO_BIN_EXE_device-model"))
        .args(arguments)
        .current_dir(root)
        .output()
        .expect("the binary was just built")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

#[test]
fn a_folder_of_valid_models_ends_with_0() {
    let output = run(&["check", "models"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("", "5 files: 5 valid\n"));
}

#[test]
fn a_wrong_model_ends_with_1_and_every_place_is_shown() {
    let output = run(&["check", "tests/ui/models/wrong.json"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stderr);
    for place in ["wrong.json:6:56", "wrong.json:7:45", "wrong.json:8:27", "1 file: 0 valid, 1 with 3 faults"]
    {
        assert!(shown.contains(place), "{place} is missing in:\n{shown}");
    }
}

#[test]
fn what_cannot_be_read_ends_with_2() {
    for arguments in [&["check", "no-such-folder"][..], &["check"], &["expand", "README.md/x"]] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn expand_prints_what_the_attribute_generates() {
    let output = run(&["expand", "models/environmental_sensor.json", "--name", "EnvironmentalSensor"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let golden = include_str!("../../codegen/tests/golden/environmental_sensor.rs");
    assert_eq!(text(&output.stdout), golden);
    let output = run(&["expand", "models/environmental_sensor.v3.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("pub mod device_information"));
}
