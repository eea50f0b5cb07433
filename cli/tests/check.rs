//! `device-model check` as a program: exit codes, the summary, what is looked up where, and files of every kind.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod support;

use std::collections::HashSet;

use support::{Folder, faulty, interface, with_contents};

#[test]
fn all_valid_ends_with_0_and_a_summary() {
    let folder =
        Folder::with(&[("a.json", &interface("dtmi:x:A;1", &[])), ("b.json", &interface("dtmi:x:B;1", &[]))]);
    let run = folder.run(&["check", "a.json", "b.json"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", "2 files: 2 valid\n"));
    assert_eq!(folder.run(&["check", "a.json"]).stderr, "1 file: 1 valid\n");
}

#[test]
fn a_fault_ends_with_1_its_place_and_a_summary() {
    let folder =
        Folder::with(&[("a.json", &interface("dtmi:x:A;1", &[])), ("b.json", &faulty("dtmi:x:B;1"))]);
    let run = folder.run(&["check", "."]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("b.json:2:"), "{}", run.stderr);
    assert!(run.stderr.ends_with("2 files: 1 valid, 1 with 1 fault\n"), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}'), "colours where there is no terminal: {}", run.stderr);
}

#[test]
fn what_cannot_be_used_ends_with_2() {
    let folder = Folder::with(&[
        ("a.json", &interface("dtmi:x:A;1", &[])),
        ("empty/readme.txt", ""),
        ("other/p.json", "{}"),
    ]);
    for arguments in [
        &["check"][..],
        &["check", "absent.json"],
        &["check", "empty"],
        &["check", "other"],
        &["check", "a.json", "--models", "absent"],
        &["check", "a.json", "--models", "a.json"],
        &["check", "a.json", "--batch"],
    ] {
        let run = folder.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.is_empty(), "{arguments:?} does not say why");
    }
}

#[test]
fn other_json_in_a_folder_is_skipped_but_checked_when_named() {
    let folder = Folder::with(&[
        ("m/a.json", &interface("dtmi:x:A;1", &[])),
        ("m/package.json", r#"{ "name": "p", "@id": "dtmi:x:P;1" }"#),
        ("m/list.json", "[1, 2]"),
        ("m/.git/b.json", "{"),
    ]);
    let run = folder.run(&["check", "m"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "1 file: 1 valid (2 other files skipped: JSON without `@context`)\n");
    assert_eq!(folder.run(&["check", "m/package.json"]).code, Some(1));
    assert_eq!(folder.run(&["check", "m", "m/package.json"]).code, Some(1));
}

#[test]
fn broken_json_in_a_folder_is_a_fault() {
    let folder = Folder::with(&[("a.json", "{ \"@context\": ")]);
    let run = folder.run(&["check", "."]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("jsonInvalid") && run.stderr.contains("a.json:1:"), "{}", run.stderr);
}

#[test]
fn ids_are_looked_up_among_the_files_given() {
    let folder = Folder::with(&[
        ("a.json", &interface("dtmi:x:A;1", &["dtmi:x:B;1", "dtmi:x:C;1"])),
        (
            "bc.json",
            &format!("[{}, {}]", interface("dtmi:x:B;1", &["dtmi:x:C;1"]), interface("dtmi:x:C;1", &[])),
        ),
        ("c.json", &interface("dtmi:x:C;1", &[])),
    ]);
    assert_eq!(folder.run(&["check", "."]).stderr, "3 files: 3 valid\n");
    assert_eq!(folder.run(&["check", "a.json", "bc.json"]).code, Some(0));
    let alone = folder.run(&["check", "a.json"]);
    assert_eq!(alone.code, Some(1));
    assert!(alone.stderr.ends_with("1 file: 0 valid, 1 with 2 faults\n"), "{}", alone.stderr);
}

#[test]
fn ids_are_looked_up_in_models_folders_by_their_path() {
    let folder = Folder::with(&[
        ("a.json", &interface("dtmi:com:Example:Device;2", &["dtmi:com:Example:Part;1"])),
        ("one/readme.md", ""),
        (
            "two/dtmi/com/example/part-1.json",
            &interface("dtmi:com:Example:Part;1", &["dtmi:com:Example:Screw;10"]),
        ),
        (
            "two/dtmi/com/example/screw-10.expanded.json",
            &format!("[{}]", interface("dtmi:com:Example:Screw;10", &[])),
        ),
    ]);
    let run = folder.run(&["check", "a.json", "--models", "one", "--models", "two"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), "1 file: 1 valid\n"));
    let run = folder.run(&["check", "a.json", "--models", "one"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("one/dtmi/com/example/part-1.json"),
        "where it was looked up: {}",
        run.stderr
    );
}

#[test]
fn a_file_in_a_models_folder_finds_its_neighbours() {
    let folder = Folder::with(&[
        ("r/dtmi/x/a-1.json", &interface("dtmi:x:A;1", &["dtmi:y:B;1"])),
        ("r/dtmi/y/b-1.json", &interface("dtmi:y:B;1", &[])),
    ]);
    assert_eq!(folder.run(&["check", "r/dtmi/x/a-1.json"]).stderr, "1 file: 1 valid\n");
}

#[test]
fn a_file_that_does_not_define_what_its_path_says_is_not_taken() {
    let folder = Folder::with(&[
        ("a.json", &interface("dtmi:x:A;1", &["dtmi:x:B;1"])),
        ("r/dtmi/x/b-1.json", &interface("dtmi:x:Other;1", &[])),
    ]);
    let run = folder.run(&["check", "a.json", "--models", "r", "--json"]);
    let codes: Vec<_> =
        run.json()["diagnostics"].as_array().unwrap().iter().map(|d| d["code"].clone()).collect();
    assert_eq!(codes, ["unresolvedReference"]);
}

#[test]
fn a_missing_id_is_reported_at_every_place_that_asked() {
    let folder = Folder::with(&[
        ("a.json", &interface("dtmi:x:A;1", &["dtmi:x:B;1", "dtmi:x:Missing;1"])),
        ("b.json", &interface("dtmi:x:B;1", &["dtmi:x:Missing;1"])),
    ]);
    let run = folder.run(&["check", "a.json", "b.json"]);
    for place in ["dtmi:x:Missing;1", "a.json:3:", "b.json:2:", "2 files: 0 valid, 2 with 2 faults"] {
        assert!(run.stderr.contains(place), "{place} is missing in:\n{}", run.stderr);
    }
}

#[test]
fn a_fault_in_a_file_that_another_needs_is_shown_once_and_both_are_invalid() {
    let folder = Folder::with(&[
        ("a.json", &faulty("dtmi:x:A;1")),
        ("b.json", &interface("dtmi:x:B;1", &["dtmi:x:A;1"])),
    ]);
    let run = folder.run(&["check", "."]);
    assert_eq!(run.stderr.matches("a.json:2:").count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("b.json is not valid because of the above in ./a.json"), "{}", run.stderr);
    assert!(run.stderr.ends_with("2 files: 0 valid, 2 with 1 fault\n"), "{}", run.stderr);
}

#[test]
fn files_that_refer_to_each_other_in_a_circle_get_an_answer() {
    let folder = Folder::with(&[
        ("a.json", &interface("dtmi:x:A;1", &["dtmi:x:B;1"])),
        ("b.json", &interface("dtmi:x:B;1", &["dtmi:x:A;1"])),
    ]);
    let run = folder.run(&["check", "."]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("recursiveStructure"), "{}", run.stderr);
    assert!(!run.stderr.contains("unresolvedReference"), "{}", run.stderr);
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    let folder = Folder::with(&[
        ("a.json", &format!("\u{feff}{}", interface("dtmi:x:A;1", &["dtmi:x:B;1"]))),
        ("b.json", &format!("\u{feff}{}", interface("dtmi:x:B;1", &[]))),
    ]);
    assert_eq!(folder.run(&["check", "."]).stderr, "2 files: 2 valid\n");
}

#[test]
fn what_is_not_utf8_has_a_place_and_the_others_are_still_checked() {
    let folder = Folder::with(&[("b.json", &interface("dtmi:x:B;1", &[]))]);
    folder.write("a.json", b"{\n \"@id\": \"\xff\" }");
    let run = folder.run(&["check", "."]);
    assert_eq!(run.code, Some(1));
    for part in ["error[notUtf8]", "from byte 11 on", "a.json:2:10", "2 files: 1 valid, 1 with 1 fault"] {
        assert!(run.stderr.contains(part), "{part} is missing in:\n{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_ends_with_2_and_the_others_are_still_checked() {
    let folder = Folder::with(&[("b.json", &faulty("dtmi:x:B;1"))]);
    std::os::unix::fs::symlink("nowhere", folder.path().join("a.json")).unwrap();
    let run = folder.run(&["check", "."]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("cannot read ./a.json") && run.stderr.contains("b.json:2:"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.ends_with("2 files: 0 valid, 1 with 1 fault, 1 unreadable\n"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_not_followed_in_circles() {
    let folder = Folder::with(&[("m/a.json", &interface("dtmi:x:A;1", &[]))]);
    std::os::unix::fs::symlink("..", folder.path().join("m/up")).unwrap();
    assert_eq!(folder.run(&["check", "."]).stderr, "1 file: 1 valid\n");
}

#[test]
fn json_is_one_document_on_standard_output() {
    let folder = Folder::with(&[
        ("a.json", &faulty("dtmi:x:A;1")),
        ("b.json", &interface("dtmi:x:B;1", &[])),
        ("c.json", "{}"),
    ]);
    let run = folder.run(&["check", ".", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    let document = run.json();
    assert_eq!([&document["files"], &document["valid"], &document["skipped"]], [2, 1, 1]);
    assert_eq!(document["invalid"], serde_json::json!(["./a.json"]));
    let diagnostics = document["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 1, "{document}");
    let members = diagnostics[0].as_object().unwrap();
    let names: HashSet<&str> = members.keys().map(String::as_str).collect();
    let expected = [
        "code",
        "message",
        "help",
        "file",
        "line",
        "column",
        "endLine",
        "endColumn",
        "id",
        "property",
        "also",
    ];
    assert_eq!(names, HashSet::from(expected));
    let column = faulty("").lines().nth(1).unwrap().find("\"dobule\"").unwrap() + 1;
    assert_eq!([&members["line"], &members["endLine"]], [2, 2]);
    assert_eq!(members["file"], "./a.json");
    assert!(members["column"].as_u64().unwrap() <= column as u64, "{document}");
    assert!(members["endColumn"].as_u64() > members["column"].as_u64(), "{document}");
}

#[test]
fn many_files_are_reported_in_their_order_every_time() {
    let folder = Folder::new();
    for at in 0..300 {
        let next = format!("dtmi:x:M{};1", at + 1);
        let text = match at % 3 {
            0 => faulty(&format!("dtmi:x:M{at};1")),
            1 => interface(&format!("dtmi:x:M{at};1"), &[&next, "dtmi:x:Absent;1"]),
            _ => interface(&format!("dtmi:x:M{at};1"), &[]),
        };
        folder.write(&format!("m{at:03}.json"), text.as_bytes());
    }
    let first = folder.run(&["check", ".", "--json"]);
    assert_eq!(first.json()["files"], 300);
    let files: Vec<String> = first.json()["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|diagnostic| diagnostic["file"].as_str().unwrap().to_owned())
        .collect();
    assert!(files.is_sorted() && files.len() == 200, "{} {files:?}", files.len());
    for _ in 0..3 {
        assert_eq!(folder.run(&["check", ".", "--json"]).stdout, first.stdout);
    }
    let shown = folder.run(&["check", "."]);
    assert!(shown.stderr.ends_with("300 files: 100 valid, 200 with 200 faults\n"), "{}", shown.stderr);
}

#[test]
fn a_hundred_thousand_brackets_get_an_answer() {
    let brackets = "[".repeat(100_000);
    let folder =
        Folder::with(&[("a.json", &brackets), ("b.json", &format!("{brackets}{}", "]".repeat(100_000)))]);
    let run = folder.run(&["check", "a.json", "b.json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("2 files: 0 valid, 2 with 2 faults"), "{}", run.stderr);
}

#[test]
fn of_very_many_faults_of_a_file_a_hundred_are_drawn_and_the_rest_counted() {
    let telemetry = |at| format!(r#"{{ "@type": "Telemetry", "name": "t{at}", "schema": "dobule" }}"#);
    let contents: Vec<String> = (0..130).map(telemetry).collect();
    let text = with_contents("dtmi:x:A;1", &contents.join(",\n"));
    let folder = Folder::with(&[("a.json", &text)]);
    let run = folder.run(&["check", "a.json"]);
    assert!(run.stderr.contains("a.json: 30 more"), "{}", run.stderr);
    assert!(run.stderr.ends_with("1 with 130 faults\n"), "{}", run.stderr);
    assert_eq!(
        folder.run(&["check", "a.json", "--json"]).json()["diagnostics"].as_array().unwrap().len(),
        130
    );
}

#[test]
fn a_fault_in_a_very_large_file_has_its_place_and_remedy_but_no_snippet() {
    let large = format!("{}{}", faulty("dtmi:x:A;1"), " ".repeat(2 << 20));
    let folder = Folder::with(&[("a.json", &large)]);
    let run = folder.run(&["check", "a.json"]);
    assert!(run.stderr.contains("a.json:2:") && run.stderr.contains("= help: "), "{}", run.stderr);
    assert!(!run.stderr.contains("^^^"), "{}", run.stderr);
}
