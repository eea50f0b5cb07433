//! Runs the clients in turn, and prints what they came to.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use device_model_side::figures::quantile;
use tempfile::TempDir;

use crate::{certificates, mosquitto};

/// rumqttc first: the others are divided by it.
const CLIENTS: [&str; 4] = ["rumqttc", "send", "enqueue", "on disk"];

/// What one run of a client came to.
#[derive(Clone, Copy)]
struct Figures {
    /// Messages a second.
    rate: f64,
    /// CPU seconds of the client for 10 000 messages.
    cpu: f64,
}

/// A process that is ended with this.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn run(repetitions: usize) -> Result<(), Box<dyn Error + Send + Sync>> {
    let folder = TempDir::new()?;
    certificates::write(folder.path())?;
    let (acker, port) = acker(folder.path())?;
    println!("against a peer that acknowledges all publishes of a read by one write, over TLS");
    for (window, messages) in [(1, 20_000), (100, 400_000), (1000, 400_000)] {
        compare(folder.path(), port, window, messages, repetitions)?;
    }
    drop(acker);
    let Some((broker, port)) = mosquitto::start(folder.path())? else {
        println!("mosquitto is not installed: nothing is measured against it");
        return Ok(());
    };
    let _broker = Ended(broker);
    println!("against mosquitto, over TLS");
    for (window, messages) in [(1, 20_000), (100, 100_000), (1000, 100_000)] {
        compare(folder.path(), port, window, messages, repetitions)?;
    }
    Ok(())
}

fn acker(folder: &Path) -> Result<(Ended, u16), Box<dyn Error + Send + Sync>> {
    let mut command = Command::new(std::env::current_exe()?);
    let mut child = command.arg("acker").arg(folder).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().ok_or("the peer has no output")?;
    let child = Ended(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    Ok((child, line.trim().parse()?))
}

fn compare(
    folder: &Path,
    port: u16,
    window: usize,
    messages: usize,
    repetitions: usize,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut runs: Vec<[Figures; CLIENTS.len()]> = Vec::new();
    for _ in 0..repetitions {
        let mut run = [Figures { rate: 0.0, cpu: 0.0 }; CLIENTS.len()];
        for (figures, name) in run.iter_mut().zip(CLIENTS) {
            *figures = client(name, folder, port, window, messages)?;
        }
        runs.push(run);
    }
    for (index, name) in CLIENTS.into_iter().enumerate() {
        let of = |figure: fn(&[Figures; CLIENTS.len()], usize) -> f64| {
            spread(&runs.iter().map(|run| figure(run, index)).collect::<Vec<_>>())
        };
        println!(
            "window {window:4}  {name:8}  {:>9.0} msg/s  {:.5} CPU s/10k  rate x rumqttc {}  CPU x rumqttc {}",
            of(|run, index| run[index].rate).0,
            of(|run, index| run[index].cpu).0,
            shown(of(|run, index| run[index].rate / run[0].rate)),
            shown(of(|run, index| run[index].cpu / run[0].cpu)),
        );
    }
    Ok(())
}

fn client(
    name: &str,
    folder: &Path,
    port: u16,
    window: usize,
    messages: usize,
) -> Result<Figures, Box<dyn Error + Send + Sync>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["client", name]).arg(folder);
    command.args([port.to_string(), window.to_string(), messages.to_string()]);
    let output = command.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let (rate, cpu) = text.trim().split_once(' ').ok_or_else(|| format!("{name} said {text:?}"))?;
    Ok(Figures { rate: rate.parse()?, cpu: cpu.parse()? })
}

/// Median, least and most.
fn spread(values: &[f64]) -> (f64, f64, f64) {
    (quantile(values, 0.5), quantile(values, 0.0), quantile(values, 1.0))
}

fn shown((median, least, most): (f64, f64, f64)) -> String {
    format!("{median:.2} ({least:.2}..{most:.2})")
}
