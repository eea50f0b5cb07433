//! The tape against `serde_json`'s own values, and what only a tape has: places, order, duplicates and depth.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{Kind, Node, scan};

/// The value that a tape tells, in `serde_json`'s terms.
fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Bool(node.as_bool().unwrap()),
        Kind::Number => node.raw().parse().map(Value::Number).unwrap(),
        Kind::String => Value::String(node.as_str().unwrap().into_owned()),
        Kind::Array => node.items().map(value).collect(),
        Kind::Object => {
            node.members().map(|m| (m.key.into_owned(), value(m.value))).collect::<Map<_, _>>().into()
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // Binary fractions: serde_json's quick parsing of others may be off by the last bit.
        any::<i32>().prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_tape_tells_the_value_that_was_written(expected in any_value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&expected) } else { serde_json::to_string(&expected) };
        let text = text.unwrap();
        let tape = scan(&text).unwrap();
        prop_assert_eq!(value(tape.root()), expected);
    }

    #[test]
    fn what_is_taken_is_what_serde_json_takes(text in "[\\[\\]{}\",:0-9.eE+\\-\\\\ud8cntrue \n]{0,24}") {
        prop_assert_eq!(scan(&text).is_ok(), serde_json::from_str::<Value>(&text).is_ok()
            || only_a_number_is_too_large(&text), "{}", text);
    }
}

/// The tape keeps numbers as they are written, so their size is no matter to it.
fn only_a_number_is_too_large(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_err_and(|error| error.to_string().contains("number out of range"))
}

#[test]
fn every_value_knows_its_bytes_and_its_place() {
    let text = " {\"a\" : [1, {}, \"x\\n\"],\r\n\t\"a\":null , \"ä\": -0.5e+3}\n";
    let tape = scan(text).unwrap();
    let root = tape.root();
    let members: Vec<_> = root.members().collect();
    let shown: Vec<_> =
        members.iter().map(|m| (&*m.key, &text[m.key_range.clone()], m.value.raw())).collect();
    assert_eq!(
        shown,
        [("a", "\"a\"", "[1, {}, \"x\\n\"]"), ("a", "\"a\"", "null"), ("ä", "\"ä\"", "-0.5e+3")],
        "in the order of the text, with the member that occurs twice"
    );
    assert_eq!(root.range(), 1..text.len() - 1);
    let items: Vec<_> = members[0].value.items().map(Node::raw).collect();
    assert_eq!(items, ["1", "{}", "\"x\\n\""]);
    let all: Vec<_> = tape.nodes().map(Node::raw).collect();
    assert_eq!(all.len(), 10, "{all:?}");
}

#[test]
fn a_value_is_only_what_it_is() {
    let text = r#"[null, true, 1e999, "t", [1], {"k": 1}]"#;
    let tape = scan(text).unwrap();
    let items: Vec<_> = tape.root().items().collect();
    let kinds: Vec<_> = items.iter().map(|item| item.kind().noun()).collect();
    assert_eq!(kinds, ["null", "a boolean", "a number", "a string", "an array", "an object"]);
    assert_eq!(items.iter().filter_map(|item| item.as_bool()).collect::<Vec<_>>(), [true]);
    assert_eq!(items.iter().filter_map(|item| item.as_str()).collect::<Vec<_>>(), ["t"]);
    assert_eq!(items.iter().filter_map(|item| item.as_f64()).count(), 0, "no double is 1e999");
    assert_eq!(items.iter().map(|item| item.items().count()).collect::<Vec<_>>(), [0, 0, 0, 0, 1, 0]);
    assert_eq!(items.iter().map(|item| item.members().count()).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 1]);
}

#[test]
fn the_items_of_an_array_can_be_scanned_one_by_one() {
    let text = " [1, {\"a\": [2, 3]},\n\"x\" ,[] ] ";
    let parts: Vec<_> = scan(text).unwrap().into_parts().collect();
    let raws: Vec<_> = parts.iter().map(|part| part.root().raw()).collect();
    assert_eq!(raws, ["1", "{\"a\": [2, 3]}", "\"x\"", "[]"]);
    assert_eq!(parts[1].root().range(), 5..18, "in the whole text");
    assert_eq!(scan("[]").unwrap().into_parts().count(), 0);
}

#[test]
fn strings_without_escapes_are_borrowed() {
    let text = r#"["plain", "tab\t", "\ud83d\ude00", "\"\\"]"#;
    let tape = scan(text).unwrap();
    let strings: Vec<_> = tape.root().items().filter_map(Node::as_str).collect();
    assert_eq!(strings, ["plain", "tab\t", "😀", "\"\\"]);
    assert!(matches!(strings[0], std::borrow::Cow::Borrowed(_)));
}

#[test]
fn a_fault_stands_at_one_character() {
    let cases = [
        ("", "", "EOF while parsing a value"),
        ("{\"a\": 1,}", "}", "key must be a string"),
        ("[1 2]", "2", "expected `,` or `]`"),
        ("[\n\n  nul ]", " ", "expected ident"),
        ("ä", "ä", "expected value"),
        ("[\"ä\" ä]", "ä", "expected `,` or `]`"),
        ("{} x", "x", "trailing characters"),
        ("['a']", "'", "expected value"),
        ("[1] // no", "/", "trailing characters"),
        ("[\"\\ud800\"]", "\"", "unexpected end of hex escape"),
        ("{\"\\udc00\": 1}", "0", "lone leading surrogate in hex escape"),
    ];
    for (text, at, message) in cases {
        let fault = scan(text).unwrap_err();
        assert_eq!((&text[fault.at.clone()], &*fault.message), (at, message), "{text}");
    }
}

#[test]
fn depth_is_no_danger() {
    let depth = 100_000;
    let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let tape = scan(&text).unwrap();
    let mut node = tape.root();
    let mut seen = 1;
    while let Some(inner) = node.items().next() {
        node = inner;
        seen += 1;
    }
    assert_eq!(seen, depth);
    assert_eq!(node.range(), depth - 1..depth + 1);
    assert_eq!(scan(&"[".repeat(depth)).unwrap_err().at, depth - 1..depth);
}
