//! The command `device-model`: parse, run, turn an error into an exit code.
//!
//! Each subcommand is a file of its own with its options and a `run`. Standard output is for data only.

mod batch;
mod check;
mod expand;
mod hub;
mod models;

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
    /// Print the Rust that a model becomes
    Expand(expand::Options),
    /// Run the local IoT Hub with its operator's page
    Hub(hub::Options),
}

/// How a subcommand ended, as the exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0
    Done,
    /// 1: a model is not valid
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
        Command::Expand(options) => expand::run(&options),
        Command::Hub(options) => hub::run(&options),
    }
    .into()
}

/// Says on standard error why the command cannot do its work.
pub(crate) fn fail(message: &str) -> Outcome {
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(io::stderr(), "error: {message}");
    Outcome::Unusable
}
