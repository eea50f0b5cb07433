//! The command `device-model`: parse, run, turn an error into an exit code.
//!
//! Each subcommand is a file of its own with its options and a `run`. Standard output is for data only.

mod batch;
mod check;
mod diff;
mod expand;
mod hub;
mod lookup;
mod models;
mod new;
mod parallel;
mod place;
mod rust;
mod stub;
mod subject;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Works with DTDL device models and runs a local hub for them.
#[derive(Debug, Parser)]
#[command(name = "device-model", version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check models and show all that is wrong with them
    Check(check::Options),
    /// Show what a new version of a model changes: in the model, on the wire, in the Rust API
    Diff(diff::Options),
    /// Print the Rust that a model becomes
    Expand(expand::Options),
    /// Run the local IoT Hub with its operator's page
    Hub(hub::Options),
    /// Make a crate for a device from its model
    New(new::Options),
    /// Print what the author of a device starts from: the struct, and every handler to be written
    Stub(stub::Options),
}

/// How a subcommand ended, as the exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0
    Done,
    /// 1: a model is not valid, or a new version of it breaks something
    Findings,
    /// 2: wrong usage, or a file, folder or address that cannot be used
    Unusable,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Findings => Self::from(1),
            Outcome::Unusable => Self::from(2),
        }
    }
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Check(options) => check::run(&options),
        Command::Diff(options) => diff::run(&options),
        Command::Expand(options) => expand::run(&options),
        Command::Hub(options) => hub::run(&options),
        Command::New(options) => new::run(&options),
        Command::Stub(options) => stub::run(&options),
    }
    .into()
}

/// Says on standard error why the command cannot do its work.
pub(crate) fn fail(message: &str) -> Outcome {
    say(&format!("error: {message}"));
    Outcome::Unusable
}

/// Tells the person who runs the command something.
pub(crate) fn say(message: &str) {
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(io::stderr(), "{message}");
}

/// Prints the command's result.
pub(crate) fn print(text: &str) {
    // Whoever reads may have seen enough: a closed pipe is no failure.
    let _ = io::stdout().lock().write_all(text.as_bytes());
}
