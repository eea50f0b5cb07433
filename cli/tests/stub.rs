//! `device-model expand` and `stub` as programs: options of the attribute, models folders, complaints and exit codes.

mod support;

use support::{Folder, interface, with_contents};

/// A device with names to change, a unit, and a component that lies in the models folder.
fn pump() -> Folder {
    let contents = r#"{ "@type": "Telemetry", "name": "fooBar", "schema": "double" },
      { "@type": ["Property", "Temperature"], "name": "heat", "schema": "double", "unit": "degreeCelsius" },
      { "@type": "Command", "name": "restart" },
      { "@type": "Component", "name": "part", "schema": "dtmi:x:Part;1" }"#;
    let pump = with_contents("dtmi:x:Pump;1", contents).replace(
        r#""dtmi:dtdl:context;3""#,
        r#"["dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"]"#,
    );
    let part = with_contents("dtmi:x:Part;1", r#"{ "@type": "Command", "name": "turn" }"#);
    Folder::with(&[("pump.json", &pump), ("m/dtmi/x/part-1.json", &part)])
}

#[test]
fn ids_are_looked_up_in_models_folders_and_around_the_file() {
    let folder = pump();
    let run = folder.run(&["expand", "pump.json", "--models", "m"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("pub mod device {") && run.stdout.contains("pub mod part {"));
    let run = folder.run(&["expand", "pump.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("pump.json:5:"), "{}", run.stderr);

    folder.write("m/dtmi/x/whole-1.json", interface("dtmi:x:Whole;1", &["dtmi:x:Part;1"]).as_bytes());
    let run = folder.run(&["stub", "m/dtmi/x/whole-1.json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("impl whole::Commands for Whole"), "{}", run.stdout);
}

#[test]
fn options_reach_the_code_and_the_attribute_of_the_stub() {
    let folder = pump();
    let mut arguments = vec!["expand", "pump.json", "--models", "m", "--units", "--rename", "fooBar=other"];
    arguments.extend(["--asynchronous", "restart", "--convention", "central-2020"]);
    let run = folder.run(&arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for part in ["pub other:", "units::DegreeCelsius", "__rt::asynchronous(\"restart\")", "Central2020"] {
        assert!(run.stdout.contains(part), "{part} is missing in {}", run.stdout);
    }
    arguments[0] = "stub";
    let run = folder.run(&arguments);
    let attribute: String = run.stdout.split_whitespace().collect();
    let expected = "#[device_model(\"pump.json\",models(\"m\"),units,rename(\"fooBar\"=\"other\"),\
        asynchronous(\"restart\"),convention=\"central-2020\")]#[derive(Debug,Default)]pubstructPump";
    assert!(attribute.contains(expected), "{}", run.stdout);
}

#[test]
fn a_shared_interface_is_a_module_named_after_it() {
    let folder = pump();
    let run = folder.run(&["expand", "m/dtmi/x/part-1.json", "--module"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("pub mod part {") && !run.stdout.contains("Device for"), "{}", run.stdout);
    let run = folder.run(&["expand", "pump.json", "--models", "m", "--module", "--name", "p"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("error[notAnInterface]"), "{}", run.stderr);
}

#[test]
fn options_that_do_not_fit_end_with_2_and_say_what_would() {
    let folder = pump();
    for (option, value, said) in [
        ("--rename", "fooBaz=x", "did you mean `fooBar`?"),
        ("--asynchronous", "restrt", "did you mean `restart`?"),
        ("--rename", "fooBar", "expected NAME=RUST_NAME"),
        ("--rename", "fooBar=fn", "not a Rust identifier"),
        ("--convention", "pmp", "pnp"),
        ("--name", "a-b", "not a Rust identifier"),
        ("--models", "absent", "absent is no folder"),
    ] {
        let run = folder.run(&["stub", "pump.json", "--models", "m", option, value]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{option} {value}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{option} {value}: {}", run.stderr);
    }
}

#[test]
fn names_that_collide_end_with_1_and_both_places() {
    let contents = r#"{ "@type": "Telemetry", "name": "fooBar", "schema": "double" },
      { "@type": "Telemetry", "name": "foo_bar", "schema": "double" }"#;
    let folder = Folder::with(&[("a.json", &with_contents("dtmi:x:A;1", contents))]);
    for command in ["expand", "stub", "new"] {
        let run = folder.run(&[command, "a.json"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
        for part in ["nameCollision", "a.json:3:", "rename(\"foo_bar\""] {
            assert!(run.stderr.contains(part), "{part} is missing in {}", run.stderr);
        }
        assert_eq!(folder.run(&["stub", "a.json", "--rename", "foo_bar=other"]).code, Some(0));
    }
    assert!(!folder.path().join("a").exists());
}

#[test]
fn paths_in_the_attribute_are_relative_to_the_crate() {
    let folder = Folder::with(&[("c/Cargo.toml", ""), ("c/models/a.json", &with_contents("dtmi:x:A;1", ""))]);
    let run = folder.run(&["stub", "c/models/a.json"]);
    assert!(run.stdout.contains("#[device_model(\"models/a.json\")]"), "{}", run.stdout);
}
