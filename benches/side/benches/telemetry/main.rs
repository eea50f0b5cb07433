//! How fast telemetry goes from a typed struct to its acknowledgement, beside rumqttc's own client with the same window.
//!
//! Not a test: it prints figures and judges none. Without arguments it runs every client against every peer in turn, again
//! and again, each in a process of its own (this program with arguments), and prints medians. `benches/README.md` says
//! what the figures mean. Begin with [`compare::run`].

mod acker;
mod certificates;
mod client;
mod compare;
mod meter;
mod mosquitto;
mod ours;
mod theirs;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match words[..] {
        ["certificates", folder] => certificates::write(folder.as_ref()),
        ["acker", folder] => runtime.block_on(acker::run(folder.as_ref())),
        ["client", name, folder, port, window, messages] => {
            let job = client::Job::new(folder, port.parse()?, window.parse()?, messages.parse()?);
            let name = name.to_owned();
            Ok(runtime.block_on(async { tokio::spawn(client::run(name, job)).await })??)
        }
        [] => compare::run(5),
        ["--repetitions", count] => compare::run(count.parse()?),
        _ => Err("arguments: [--repetitions COUNT]".into()),
    }
}
