//! `device-model new` as a program, and the crates that it makes: they build without a warning and their tests pass.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Folder, Run, with_contents};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A fresh folder that cargo's own files may be compiled in.
fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new").join(name);
    let _ = fs::remove_dir_all(&place);
    place
}

fn device_model(arguments: &[&str]) -> Run {
    let command =
        Command::new(env!("CARGO_BIN_EXE_device-model")).args(arguments).current_dir(root()).output();
    command.expect("the binary was just built").into()
}

/// Runs cargo in a crate with our versions of everything, so that nothing has to be fetched.
fn cargo(dir: &Path, arguments: &[&str]) -> String {
    fs::copy(root().join("Cargo.lock"), dir.join("Cargo.lock")).expect("both are ours");
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"))
        .current_dir(dir)
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let run = Run::from(output);
    let manifest = dir.display();
    let is_clean = run.code == Some(0) && !run.stderr.contains("warning");
    assert!(is_clean, "cargo {arguments:?} in {manifest}:\n{}{}", run.stdout, run.stderr);
    run.stdout
}

/// Makes a crate and lets cargo test it.
fn made(name: &str, model: &str, more: &[&str]) -> PathBuf {
    let dir = place(name);
    let path = dir.display().to_string();
    let run = device_model(&[&["new", model, &path, "--path", "."], more].concat());
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("Made the crate `{name}`")), "{}", run.stderr);
    let said = cargo(&dir, &["test"]);
    assert!(said.contains("1 passed"), "{said}");
    cargo(&dir, &["clippy", "--all-targets"]);
    dir
}

fn main_of(dir: &Path) -> String {
    fs::read_to_string(dir.join("src/main.rs")).expect("it was made")
}

#[test]
fn the_crate_of_a_capability_model_builds_and_its_test_passes() {
    let dir = made("environmental-sensor", "models/environmental_sensor.json", &[]);
    let main = main_of(&dir);
    for part in [
        "#[device_model(\"models/environmental_sensor.json\")]",
        "temp: Some(0.0),",
        "// MEASURE HERE",
        "manufacturer: Some(\"example\".to_owned()),",
        "async fn blink_answers_501_until_it_is_written()",
    ] {
        assert!(main.contains(part), "{part} is missing in\n{main}");
    }
}

#[test]
fn the_crate_of_a_file_with_several_interfaces_builds_and_its_test_passes() {
    let dir = made("sensor-v3", "models/environmental_sensor.v3.json", &["--device", "Sensor3", "--units"]);
    let place = "models/dtmi/com/example/environmentalsensordevice-1.expanded.json";
    assert!(dir.join(place).is_file());
    let main = main_of(&dir);
    assert!(main.contains("client.sensor.send(telemetry)") && main.contains("struct Sensor3"), "{main}");
}

#[test]
fn the_crate_of_a_model_in_several_files_builds_and_has_them_all() {
    let model = "models/dtmi/com/example/temperaturecontroller-1.json";
    let dir = made("controller", model, &[]);
    for file in ["com/example/thermostat-1.json", "azure/devicemanagement/deviceinformation-1.json"] {
        assert!(dir.join("models/dtmi").join(file).is_file(), "{file}");
    }
    assert!(main_of(&dir).contains(&format!("#[device_model({model:?})]")));

    let stub =
        Command::new(env!("CARGO_BIN_EXE_device-model")).args(["stub", model]).current_dir(&dir).output();
    let stub = Run::from(stub.expect("the binary was just built"));
    fs::write(dir.join("src/lib.rs"), stub.stdout).expect("the crate is ours");
    cargo(&dir, &["clippy", "--lib"]);
}

#[test]
fn a_model_with_nothing_to_do_or_to_measure_becomes_a_crate() {
    let folder = Folder::with(&[("d.json", &with_contents("dtmi:x:Device;1", ""))]);
    let model = folder.path().join("d.json").display().to_string();
    let dir = made("nothing", &model, &[]);
    assert!(main_of(&dir).contains("MEASURE HERE when it has"));
}

#[test]
fn nothing_is_written_where_something_is() {
    let folder = Folder::with(&[("a.json", &with_contents("dtmi:x:A;1", "")), ("full/x", "")]);
    for (arguments, said) in [
        (&["new", "a.json", "full"][..], "full is not empty"),
        (&["new", "a.json", "a.json"], "a.json"),
        (&["new", "a.json", "d", "--name", "tokio"], "has this name"),
        (&["new", "a.json", "d", "--name", "9"], "begins with a letter"),
        (&["new", "a.json", "d", "--device", "Result"], "another use"),
        (&["new", "a.json", "d", "--path", "full"], "no Cargo.toml"),
        (&["new", "absent.json", "d"], "absent.json"),
    ] {
        let run = folder.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
    assert!(!folder.path().join("d").exists());
    assert_eq!(fs::read_dir(folder.path().join("full")).expect("it is there").count(), 1);
}

#[test]
fn names_follow_the_folder_or_the_model() {
    let folder = Folder::with(&[("a.json", &with_contents("dtmi:x:RoomSensor;1", ""))]);
    for (arguments, manifest, name) in [
        (&["new", "a.json"][..], "room-sensor/Cargo.toml", "room-sensor"),
        (&["new", "a.json", "b c"], "b c/Cargo.toml", "room-sensor"),
        (&["new", "a.json", "in/some"], "in/some/Cargo.toml", "some"),
        (&["new", "a.json", "in/other", "--name", "x_y"], "in/other/Cargo.toml", "x_y"),
    ] {
        let run = folder.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
        let text = fs::read_to_string(folder.path().join(manifest)).expect("it was made");
        assert!(text.contains(&format!("name = {name:?}")), "{text}");
        assert!(text.contains(concat!("device-model = \"", env!("CARGO_PKG_VERSION"), "\"")), "{text}");
    }
}
