//! `device-model check --batch` as a program: its protocol, request by request.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod support;

use serde_json::{Value, json};
use support::{Folder, faulty, interface};

/// The answers to `lines`.
fn answers(lines: &[String]) -> Vec<Value> {
    let run = Folder::new().run_with(&["check", "--batch"], (lines.join("\n") + "\n").as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn answer(request: &Value) -> Value {
    let answers = answers(&[request.to_string()]);
    assert_eq!(answers.len(), 1);
    answers.into_iter().next().unwrap()
}

#[test]
fn requests_are_answered_in_their_order_and_a_bad_line_does_not_end_it() {
    let valid = json!({ "id": "a", "models": [interface("dtmi:x:A;1", &[])] });
    let invalid = json!({ "id": ["b"], "models": [faulty("dtmi:x:B;1")], "unknown": 1 });
    let lines =
        [valid.to_string(), "nonsense".to_owned(), "[]".to_owned(), String::new(), invalid.to_string()];
    let answers = answers(&lines);
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&json!("a"), &Value::Null, &Value::Null, &json!(["b"])]);
    assert_eq!((&answers[0]["valid"], &answers[0]["errors"]), (&json!(true), &json!([])));
    for bad in &answers[1..3] {
        assert_eq!((&bad["valid"], &bad["errors"][0]["code"]), (&json!(false), &json!("badRequest")));
    }
    assert_eq!(answers[3]["valid"], false);
}

#[test]
fn an_answer_is_there_before_the_next_request() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_device-model"))
        .args(["check", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut requests = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for id in 0..3 {
        writeln!(requests, "{}", json!({ "id": id, "models": [] })).unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["id"], id);
    }
    drop(requests);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn an_error_has_its_document_and_lines() {
    let models = [interface("dtmi:x:A;1", &[]), faulty("dtmi:x:B;1")];
    let answer = answer(&json!({ "id": 1, "models": models }));
    let at = &answer["errors"][0]["at"];
    assert_eq!(at, &json!({ "doc": 1, "line": 2, "end": 2 }), "{answer}");
    assert!(answer["errors"][0]["message"].as_str().is_some_and(|message| !message.is_empty()));
}

#[test]
fn the_resolver_is_asked_and_its_texts_go_by_their_dtmi() {
    let models = [interface("dtmi:x:A;1", &["dtmi:x:B;1"])];
    let resolver = json!({ "dtmi:x:B;1": interface("dtmi:x:B;1", &["dtmi:x:C;1"]), "dtmi:x:C;1": interface("dtmi:x:C;1", &[]) });
    assert_eq!(answer(&json!({ "id": 1, "models": models, "resolver": resolver }))["valid"], true);
    let resolver = json!({ "dtmi:x:B;1": faulty("dtmi:x:B;1") });
    let faulty = answer(&json!({ "id": 1, "models": models, "resolver": resolver }));
    assert_eq!(faulty["errors"][0]["at"]["doc"], "dtmi:x:B;1", "{faulty}");
}

#[test]
fn ids_that_nothing_defines_are_unresolved_and_no_errors() {
    let models = [interface("dtmi:x:A;1", &["dtmi:x:B;1", "dtmi:x:B;1"])];
    let resolver = json!({ "dtmi:x:Unasked;1": "{}" });
    let answer = answer(&json!({ "id": 1, "models": models, "resolver": resolver }));
    let expected = json!({ "id": 1, "valid": false, "errors": [], "unresolved": ["dtmi:x:B;1"], "unresolved_at": [
        { "id": "dtmi:x:B;1", "doc": 0, "line": 2 }, { "id": "dtmi:x:B;1", "doc": 0, "line": 3 } ] });
    assert_eq!(answer, expected);
}

#[test]
fn a_dtmi_is_taken_apart() {
    let answer = answer(&json!({ "id": "d", "dtmi": "dtmi:foo:bar;7" }));
    assert_eq!((&answer["valid"], &answer["errors"]), (&json!(true), &json!([])));
    let expected = json!({ "MajorVersion": 7, "MinorVersion": 0, "CompleteVersion": 7.0, "Versionless": "dtmi:foo:bar",
        "Labels": ["foo", "bar"], "IsReserved": false, "Fragment": "" });
    assert_eq!(answer["parts"], expected);
    let other = self::answer(&json!({ "id": "d", "dtmi": "http://foo" }));
    assert_eq!(other, json!({ "id": "d", "valid": false, "errors": [] }));
}

#[test]
fn hostile_models_get_an_answer() {
    for text in ["", "[", "null", "{}", "\u{0}", &"[".repeat(100_000)] {
        assert_eq!(answer(&json!({ "id": 1, "models": [text] }))["id"], 1);
    }
}
