//! The command `device-model`: parse, run, turn an error into an exit code.
//!
//! Each subcommand is a file of its own with its options and a `run`. Standard output is for data only.

mod hub;

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
    /// Run the local IoT Hub with its operator's page
    Hub(hub::Options),
}

/// How a subcommand ended, as the exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0
    Done,
    /// 2: wrong usage, or a file, folder or address that cannot be used
    Unusable,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Unusable => Self::from(2),
        }
    }
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Hub(options) => hub::run(&options),
    }
    .into()
}
