//! Any text: read as a query of twins, and what comes of it asked about a twin.
//!
//! From this folder: `cargo fuzz run --sanitizer none query ../target/fuzz/query seeds/query`.
#![no_main]

#[path = "../../hub/src/query/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a part of the hub, which uses all of it")]
mod query;

use std::sync::LazyLock;

use serde_json::{Value, json};

static TWIN: LazyLock<Value> = LazyLock::new(|| {
    json!({ "deviceId": "d1", "status": "enabled", "version": 3, "tags": { "site": "US", "floor": 2, "none": null },
        "properties": { "desired": { "a": { "b": [1, "x", { "c": true }] } }, "reported": { "odd name": 21.5 } } })
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(query) = query::Query::parse(text) else { return };
    let row = query.row(&TWIN);
    if let Some(mut groups) = query.groups() {
        groups.add(&TWIN);
        assert!(groups.rows().count() <= 1);
    } else if query.gives_documents() {
        assert!(row.is_none_or(|row| row == *TWIN));
    }
});
