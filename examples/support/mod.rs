//! What the examples share: where the device connects, what is printed of its connection, and how the program ends.
//!
//! None of it is needed for a device; a program of one's own begins at `Connection::from_env()`.

mod ending;
mod local_hub;

use std::error::Error;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use device_model::{Connection, State, TypedClient};
use local_hub::LocalHub;

/// A device made from its model, against the local hub or the one that the environment names.
#[derive(Parser)]
struct Arguments {
    /// Seconds between two messages.
    #[arg(long, default_value_t = 2.0, value_parser = seconds)]
    interval: f64,
    /// End after so many seconds.
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    run_for: Option<f64>,
    /// Where the embedded hub keeps its state.
    #[arg(long, default_value = ".device-model")]
    dir: PathBuf,
}

/// A run of an example, from its arguments to its end.
pub(crate) struct Session {
    arguments: Arguments,
    connection: Connection,
    hub: Option<LocalHub>,
}

impl Session {
    /// Reads the arguments. Unless the environment names a hub, starts one that knows `models` (names and texts) and
    /// registers the device there.
    pub(crate) async fn start(device: &str, models: &[(&str, &str)]) -> Result<Self, Box<dyn Error>> {
        let arguments = Arguments::parse();
        let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .init();
        if let Some(connection) = Connection::from_env_or_none()? {
            return Ok(Self { arguments, connection, hub: None });
        }
        let hub = LocalHub::start(&arguments.dir, models).await?;
        let connection = hub.register(device)?;
        Ok(Self { arguments, connection, hub: Some(hub) })
    }

    /// Where the device connects.
    pub(crate) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    /// The time between two messages.
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_secs_f64(self.arguments.interval)
    }

    /// Carries out `work` until it fails or the program is to end, and ends device and hub cleanly.
    pub(crate) async fn run<T, R>(
        self,
        client: &TypedClient<T, R>,
        work: impl Future<Output = Result<(), Box<dyn Error>>>,
    ) -> Result<(), Box<dyn Error>> {
        println!("to end          q + Enter, or Ctrl-C");
        tokio::select! {
            outcome = work => outcome?,
            () = ending::told_to_end() => {}
            () = ending::time_is_up(self.arguments.run_for) => {}
            () = print_states(client) => {}
        }
        // Without a connection there is nobody to say goodbye to; the hub below must still be stopped cleanly.
        if let Err(error) = client.close().await {
            println!("closing         {error}");
        }
        if let Some(hub) = self.hub {
            hub.shutdown().await?;
        }
        println!("ended");
        Ok(())
    }
}

/// Prints every change of the connection.
async fn print_states<T, R>(client: &TypedClient<T, R>) {
    let mut states = client.states();
    loop {
        let state = states.borrow_and_update().clone();
        match state {
            State::Connected => {
                println!("connected       as {} to {}", name(client.device_id()), name(client.hub()));
            }
            State::Retrying { cause, next_in } => {
                println!("not connected   {cause}; next try in {:.1} s", next_in.as_secs_f64());
            }
            State::Closed => return,
            _ => {}
        }
        if states.changed().await.is_err() {
            return;
        }
    }
}

fn name(known: Option<String>) -> String {
    known.unwrap_or_else(|| "?".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 1e9 => Ok(seconds),
        _ => Err("a number of seconds above 0".to_owned()),
    }
}
