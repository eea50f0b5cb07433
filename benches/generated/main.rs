//! What generated code costs: the time to expand it, its size beside the same written by hand, the time to check a large
//! device, and the time to serialise telemetry.
//!
//! Not a test: it prints figures and judges none. Macros are built without optimisation in most builds, so the times of
//! expansion are those of `cargo bench -p device-model --bench generated --profile dev`; the time to serialise is to be
//! had without `--profile dev`. `benches/README.md` has the commands.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints, and stops when something is not there"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use device_model::device_model;
use device_model_codegen::{Request, component_fields, generate, stub};
use proc_macro2::{Ident, Span};
use scratch::Scratch;

mod models;
#[path = "../../tests/support/scratch.rs"]
mod scratch;

/// The same device, written by hand against the same runtime, as a crate would have it.
#[allow(dead_code, unreachable_pub)]
mod handwritten {
    include!("handwritten.rs");
    include!("author.rs");
}

/// The device as it is generated.
#[device_model("models/environmental_sensor.json")]
struct EnvironmentalSensor;

impl environmental_sensor::Commands for EnvironmentalSensor {
    async fn blink(
        &self,
        _: i64,
        _: &environmental_sensor::Client,
    ) -> Result<environmental_sensor::BlinkResponse, device_model::CommandError> {
        Ok(environmental_sensor::BlinkResponse::default())
    }
    async fn turnon(&self, _: &environmental_sensor::Client) -> Result<(), device_model::CommandError> {
        Ok(())
    }
    async fn turnoff(&self, _: &environmental_sensor::Client) -> Result<(), device_model::CommandError> {
        Ok(())
    }
    async fn rundiagnostics(
        &self,
        _: &environmental_sensor::Client,
    ) -> Result<String, device_model::CommandError> {
        Ok(String::new())
    }
}

impl environmental_sensor::Properties for EnvironmentalSensor {
    async fn set_name(
        &self,
        name: String,
        _: &environmental_sensor::Client,
    ) -> Result<String, device_model::PropertyError> {
        Ok(name)
    }
    async fn set_brightness(
        &self,
        brightness: i64,
        _: &environmental_sensor::Client,
    ) -> Result<i64, device_model::PropertyError> {
        Ok(brightness)
    }
}

fn main() {
    // `cargo test --all-targets` runs this, too, without `--bench`: then once through is enough
    let earnest = std::env::args().any(|argument| argument == "--bench");
    expansion(if earnest { 30 } else { 1 });
    serialising(if earnest { 400_000 } else { 1 });
    if earnest {
        sizes();
        checking();
    }
}

/// The time from the model's text to the code as text, as the macro does it; the least of some rounds.
fn expansion(rounds: usize) {
    let sensor = read_model("models/environmental_sensor.json");
    let controller = read_model("models/dtmi/com/example/temperaturecontroller-1.json");
    let fifty = models::interfaces(50);
    for (name, text) in [
        ("the environmental sensor", &sensor),
        ("the temperature controller", &controller),
        ("50 Interfaces", &fifty),
    ] {
        let time = (0..rounds).map(|_| timed(|| drop(black_box(expanded(text))))).min().unwrap_or_default();
        let code = expanded(text);
        let pretty = prettyplease::unparse(&syn::parse_str(&code).unwrap());
        println!(
            "expanding {name:<28} {time:>10.2?}  {} lines, {} bytes",
            pretty.lines().count(),
            pretty.len()
        );
    }
}

fn read_model(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn reading(text: &str) -> dtdl::Reading {
    let mut sources = dtdl::Sources::default();
    sources.add("model.json", text);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    dtdl::read_with(sources, None, &dtdl::Options::default(), &mut |ids| {
        let found = ids.iter().filter_map(|id| {
            let path = dtdl::Dtmi::parse(id)?.repository_path();
            Some((path.clone(), std::fs::read_to_string(folder.join(path)).ok()?))
        });
        found.collect()
    })
}

fn request(model: &dtdl::Model) -> Request {
    Request::device(Ident::new("EnvironmentalSensor", Span::call_site()), component_fields(model))
}

fn expanded(text: &str) -> String {
    let reading = reading(text);
    let model = reading.valid().unwrap();
    generate(model, reading.sources(), &request(model)).tokens.to_string()
}

/// The code after all macros, ours and serde's: what the compiler has to read.
fn sizes() {
    let author = include_str!("author.rs");
    let mut generated = Scratch::new("generated_sensor");
    // as text with `///`, so that documentation can be told from code
    let module = expanded(&read_model("models/environmental_sensor.json"));
    let module = prettyplease::unparse(&syn::parse_str(&module).unwrap());
    generated.add("device", &format!(
            "use device_model::{{CommandError, PropertyError}};\npub use environmental_sensor::*;\n{author}\n{module}"
        ));
    let mut written = Scratch::new("written_sensor");
    let imports = "use std::future::Future;\n";
    written.add("device", &format!("{imports}{}\n{author}", include_str!("handwritten.rs")));
    for (name, scratch) in [("generated", &generated), ("written by hand", &written)] {
        let code = scratch.cargo(&["rustc", "--lib", "--profile", "check", "--", "-Zunpretty=expanded"]);
        let code: Vec<&str> =
            code.lines().map(str::trim).filter(|line| !line.starts_with("///") && !line.is_empty()).collect();
        let bytes: usize = code.iter().map(|line| line.len() + 1).sum();
        println!("expanded, {name:<16} {:>6} lines, {bytes:>6} bytes without documentation", code.len());
    }
}

/// The time that rustc takes to check a device with 300 capabilities, beside an empty crate.
fn checking() {
    let text = models::capabilities(300);
    let reading = reading(&text);
    let model = reading.valid().unwrap();
    let request = request(model);
    let code = generate(model, reading.sources(), &request).tokens;
    let author = stub(model, reading.sources(), &request, None).tokens;
    let mut large = Scratch::new("large_device");
    large.add("device", &format!("{author}\n{code}"));
    let empty = Scratch::new("empty_crate");
    for (name, scratch) in [("an empty crate", &empty), ("300 capabilities", &large)] {
        scratch.cargo(&["check"]);
        let times = (0..5).map(|_| timed(|| drop(scratch.cargo(&["check"]))));
        println!("checking {name:<18} {:>10.2?}", times.min().unwrap_or_default());
    }
}

/// Telemetry to JSON: generated code beside serde's derive, by turns.
fn serialising(rounds: u32) {
    let ours = environmental_sensor::Telemetry { temp: Some(71.5), humid: Some(40.25) };
    let theirs = handwritten::Telemetry { temp: Some(71.5), humid: Some(40.25) };
    assert_eq!(serde_json::to_string(&ours).unwrap(), serde_json::to_string(&theirs).unwrap());
    let mut buffer = Vec::with_capacity(128);
    let mut best = [Duration::MAX; 2];
    for _ in 0..if rounds > 1 { 15 } else { 1 } {
        best[0] = best[0].min(timed(|| write(&ours, rounds, &mut buffer)));
        best[1] = best[1].min(timed(|| write(&theirs, rounds, &mut buffer)));
    }
    let [ours, theirs] = best.map(|time| time.as_secs_f64() * 1e9 / f64::from(rounds));
    println!("serialising telemetry: generated {ours:.1} ns, derived {theirs:.1} ns, {:.3} x", ours / theirs);
}

fn write<T: serde::Serialize>(value: &T, rounds: u32, buffer: &mut Vec<u8>) {
    for _ in 0..rounds {
        buffer.clear();
        serde_json::to_writer(&mut *buffer, black_box(value)).unwrap();
        black_box(&buffer);
    }
}
