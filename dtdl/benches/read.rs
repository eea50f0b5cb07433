//! How fast models are read: typical ones on one core, and how much memory a large document takes.
//!
//! Not a test: it prints figures and judges none. `cargo bench -p dtdl --bench read`; a first argument that is a number
//! says how often the typical models are read, one that names a row of [`SHAPES`] that only such a document is.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops when a model is not there"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use dtdl::{Reading, Sources};

/// The size of the generated documents.
const LARGE: usize = 50 << 20;

/// A generated document, minified but for the first: what it is called, its elements in groups of so many, and what is
/// written before, for each, and after; `#` is a number.
struct Shape(&'static str, usize, [&'static str; 3]);

/// From models as they are to the worst that a text can be.
const SHAPES: &[Shape] = &[
    Shape("models", 1, ["", MODEL, ""]),
    Shape(
        "telemetry",
        250,
        [
            r#"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:a:b#;1","@type":"Interface","contents":["#,
            r#"{"@type":"Telemetry","name":"t#","schema":"double"}"#,
            "]}",
        ],
    ),
    Shape("fields", 250, [OBJECT, FIELD, OBJECT_END]),
    Shape("enum values", 250, [ENUM, VALUE, OBJECT_END]),
    Shape("fields of one object", usize::MAX, [OBJECT, FIELD, OBJECT_END]),
];

const MODEL: &str = r#"
  { "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Part#;1", "@type": "Interface",
    "displayName": { "en": "Part #", "de": "Teil #" },
    "contents": [
      { "@type": "Telemetry", "name": "level", "schema": "double" },
      { "@type": "Property", "name": "mode", "writable": true, "schema": { "@type": "Object", "fields": [
        { "name": "speed", "schema": "integer" }, { "name": "label", "schema": "string" } ] } },
      { "@type": "Command", "name": "stop", "request": { "name": "after", "schema": "duration" } }
    ] }"#;
const OBJECT: &str = r#"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:a:b#;1","@type":"Interface","contents":[{"@type":"Telemetry","name":"t","schema":{"@type":"Object","fields":["#;
const FIELD: &str = r#"{"name":"f#","schema":"long"}"#;
const ENUM: &str = r#"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:a:b#;1","@type":"Interface","contents":[{"@type":"Telemetry","name":"t","schema":{"@type":"Enum","valueSchema":"integer","enumValues":["#;
const VALUE: &str = r#"{"name":"v#","enumValue":#}"#;
const OBJECT_END: &str = "]}}]}";

fn main() {
    let size = |earnest| if earnest { LARGE } else { 1 << 18 };
    let named = |argument: &String| SHAPES.iter().find(|shape| shape.0 == argument);
    if let Some(shape) = std::env::args().find_map(|argument| named(&argument)) {
        return large(shape, size(true));
    }
    // `cargo test --all-targets` runs this, too, without `--bench`: then once through is enough
    let earnest = std::env::args().any(|argument| argument == "--bench");
    let wanted = std::env::args().find_map(|argument| argument.parse().ok());
    let rounds = wanted.unwrap_or(if earnest { 2_000 } else { 1 });
    let models = models();
    // what is made once is made before the clock starts
    for (name, text) in &models {
        assert!(read(name, text.as_str()).is_valid(), "{name} is not valid");
    }
    for (name, text) in &models {
        report(name, std::slice::from_ref(text), rounds);
    }
    let texts: Vec<String> = models.into_iter().map(|(_, text)| text).collect();
    report("all of them", &texts, rounds);
    let published = published();
    if !published.is_empty() {
        report(&format!("{} published models", published.len()), &published, rounds.div_ceil(100));
    }
    for shape in SHAPES {
        if earnest {
            // the peak is that of a whole process
            let mut own = std::process::Command::new(std::env::current_exe().unwrap());
            assert!(own.arg(shape.0).status().unwrap().success(), "{}", shape.0);
        } else {
            large(shape, size(false));
        }
    }
}

/// The models of the repository and the seeds of the tests, sorted by name.
fn models() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in [root.join("../models"), root.join("tests/seeds")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// Published models in the repository's layout, where a copy of some lies beside the checkout: those that need no other.
fn published() -> Vec<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/models/dmr")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path)
                && read("published.json", text.as_str()).is_valid()
            {
                found.push((path, text));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, text)| text).collect()
}

fn read(name: &str, text: impl Into<String>) -> Reading {
    let mut sources = Sources::default();
    sources.add(name, text);
    dtdl::read(sources, None)
}

fn report(name: &str, texts: &[String], rounds: usize) {
    let start = Instant::now();
    for _ in 0..rounds {
        for text in texts {
            black_box(read(name, black_box(text.as_str())).model());
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let count = (texts.len() * rounds) as f64;
    let bytes = (texts.iter().map(String::len).sum::<usize>() * rounds) as f64;
    println!("{name:32} {:10.0} models/s {:8.1} MB/s", count / seconds, bytes / seconds / 1e6);
}

/// One document of many elements.
fn large(shape: &Shape, size: usize) {
    let text = document(shape, size);
    let megabytes = text.len() as f64 / 1e6;
    let start = Instant::now();
    let reading = read("large.json", text);
    let seconds = start.elapsed().as_secs_f64();
    println!("{megabytes:.0} MB of {}: {seconds:.2} s, {:.1} MB/s", shape.0, megabytes / seconds);
    println!("  {} elements, {} diagnostics", reading.count(), reading.diagnostics().len());
    report_peak("checked", megabytes);
    black_box(reading.model());
    report_peak("with its model", megabytes);
}

/// The text is among it.
fn report_peak(what: &str, megabytes: f64) {
    if let Some(peak) = peak() {
        let peak = peak as f64 * 1024.0 / 1e6;
        println!("  {what}: peak memory {peak:.0} MB, {:.1} times the text", peak / megabytes);
    }
}

fn document(Shape(_, group, [before, each, after]): &Shape, size: usize) -> String {
    let mut text = String::with_capacity(size + 65_536);
    text.push('[');
    let mut number = 0;
    while text.len() < size {
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}{}", before.replace('#', &number.to_string())).unwrap();
        for count in 0..*group {
            let comma = if count == 0 { "" } else { "," };
            write!(text, "{comma}{}", each.replace('#', &number.to_string())).unwrap();
            number += 1;
            if text.len() >= size {
                break;
            }
        }
        text.push_str(after);
    }
    text.push_str("\n]\n");
    text
}

/// The greatest size that the process has had, in KiB, where the system says it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
