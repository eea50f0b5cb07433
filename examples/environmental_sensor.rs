//! The environmental sensor of the tutorial: telemetry `temp` and `humid`, four commands, two settings, a state.
//!
//! With nothing set it starts the local hub inside this program, registers itself and prints where the operator's page is.
//! With the `IOTHUB_DEVICE_*` variables set it connects there instead.
//!
//!     cargo run --example environmental_sensor

#![allow(clippy::print_stdout, reason = "what it prints is for the person who runs it")]

use std::error::Error;
use std::io::{BufRead as _, IsTerminal as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use clap::Parser;
use device_model::hub::{Hub, HubError};
use device_model::{CommandError, Connection, Device, DeviceKey, PropertyError, State, device_model};
use environmental_sensor::{BlinkResponse, Client, Reported, Telemetry};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// The tutorial's environmental sensor, against the local hub or the one that the environment names.
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

/// The device: what the model says it can do is implemented below.
#[device_model("models/environmental_sensor.json")]
#[derive(Default)]
struct EnvironmentalSensor {
    led: Led,
}

impl environmental_sensor::Commands for EnvironmentalSensor {
    async fn blink(&self, interval: i64, _: &Client) -> Result<BlinkResponse, CommandError> {
        if interval < 1 {
            return Err(CommandError::invalid("the interval is at least one second"));
        }
        println!("command         blink every {interval} s");
        self.led.set(|led| led.blink_seconds = interval);
        Ok(BlinkResponse { description: Some(format!("blinking every {interval} s")) })
    }

    async fn turnon(&self, client: &Client) -> Result<(), CommandError> {
        self.switch(true, client).await
    }

    async fn turnoff(&self, client: &Client) -> Result<(), CommandError> {
        self.switch(false, client).await
    }

    // Asynchronous in the model: the hub is answered at once, and what this returns is reported when it is done.
    async fn rundiagnostics(&self, _: &Client) -> Result<String, CommandError> {
        println!("command         rundiagnostics: started");
        tokio::time::sleep(Duration::from_secs(3)).await;
        let led = self.led.get();
        println!("command         rundiagnostics: done");
        Ok(format!(
            "sensor in range, LED {}, brightness {}",
            if led.on { "on" } else { "off" },
            led.brightness
        ))
    }
}

impl environmental_sensor::Properties for EnvironmentalSensor {
    async fn set_name(&self, name: String, _: &Client) -> Result<String, PropertyError> {
        println!("setting         name = {name:?}");
        Ok(name)
    }

    async fn set_brightness(&self, brightness: i64, _: &Client) -> Result<i64, PropertyError> {
        if !(1..=3).contains(&brightness) {
            println!("setting         brightness = {brightness} refused");
            return Err(PropertyError::invalid("1 (high), 2 (medium) or 3 (low)"));
        }
        println!("setting         brightness = {brightness}");
        self.led.set(|led| led.brightness = brightness);
        Ok(brightness)
    }
}

impl EnvironmentalSensor {
    async fn switch(&self, on: bool, client: &Client) -> Result<(), CommandError> {
        println!("command         turn {}", if on { "on" } else { "off" });
        self.led.set(|led| led.on = on);
        client.report(Reported { state: Some(on), ..Default::default() }).await?;
        Ok(())
    }
}

/// The board's LED.
#[derive(Default)]
struct Led(Mutex<LedState>);

#[derive(Clone, Copy, Default)]
struct LedState {
    on: bool,
    brightness: i64,
    blink_seconds: i64,
}

impl Led {
    fn get(&self) -> LedState {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn set(&self, change: impl FnOnce(&mut LedState)) {
        change(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();

    let (connection, embedded) = match Connection::from_env_or_none()? {
        Some(connection) => (connection, None),
        None => {
            let embedded = start_hub(&arguments.dir).await?;
            (register(&embedded.hub)?, Some(embedded))
        }
    };
    let client = EnvironmentalSensor::default().connect(connection).await?;
    println!("to end          q + Enter, or Ctrl-C");

    tokio::select! {
        outcome = run(&client, arguments.interval) => outcome?,
        () = told_to_end() => {}
        () = time_is_up(arguments.run_for) => {}
        () = print_states(&client) => {}
    }
    // Without a connection there is nobody to say goodbye to; the hub below must still be stopped cleanly.
    if let Err(error) = client.close().await {
        println!("closing         {error}");
    }
    if let Some(embedded) = embedded {
        embedded.hub.shutdown().await?;
    }
    println!("ended");
    Ok(())
}

/// Reports what the device is, then measures for ever.
async fn run(client: &Client, interval: f64) -> Result<(), Box<dyn Error>> {
    client.connected().await?;
    let about = Reported {
        manufacturer: Some("device-model".to_owned()),
        model: Some("environmental sensor".to_owned()),
        sw_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        os_name: Some(std::env::consts::OS.to_owned()),
        processor_architecture: Some(std::env::consts::ARCH.to_owned()),
        state: Some(true),
        ..Default::default()
    };
    client.report(about).await?;
    let mut every = tokio::time::interval(Duration::from_secs_f64(interval));
    for step in 0_u32.. {
        every.tick().await;
        let phase = f64::from(step) / 10.0;
        let temp = round(70.0 + 6.0 * phase.sin());
        let humid = round(45.0 + 8.0 * (phase / 2.0).cos());
        client.send(Telemetry { temp: Some(temp), humid: Some(humid) }).await?;
        println!("message {:<7} temp {temp} °F, humid {humid} %", step + 1);
    }
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The hub inside this program, and the folder that goes with it when it has one of its own.
struct Embedded {
    hub: Hub,
    _own_folder: Option<TempDir>,
}

/// Starts the hub. A port that is taken is replaced by a free one; so is a folder that another example uses.
async fn start_hub(dir: &Path) -> Result<Embedded, Box<dyn Error>> {
    let builder = |dir: &Path| {
        Hub::builder()
            .dir(dir)
            .mqtt(loopback(8883))
            .http(loopback(8080))
            .https(loopback(8443))
            .fall_back_to_free_ports(true)
            .model("environmental_sensor.json", include_str!("../models/environmental_sensor.json"))
    };
    let (hub, own_folder) = match builder(dir).start().await {
        Err(HubError::Locked(_)) => {
            let own = TempDir::with_prefix("device-model-")?;
            (builder(own.path()).start().await?, Some(own))
        }
        other => (other?, None),
    };
    println!("operator page   {}", hub.page_url());
    println!("local hub       localhost:{} (MQTT over TLS), ID scope {}", hub.mqtt().port(), hub.id_scope());
    Ok(Embedded { hub, _own_folder: own_folder })
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The device's own key, derived from the hub's enrollment group as a factory would do it.
fn register(hub: &Hub) -> Result<Connection, Box<dyn Error>> {
    let id = "environmental-sensor";
    let key = DeviceKey::derived_from_group_key(hub.group_key(), id)?;
    println!("device          {id}, registered by its group's key");
    let endpoint = format!("localhost:{}", hub.mqtt().port());
    Ok(Connection::provisioned(&endpoint, hub.id_scope(), id, key)?.with_ca_file(hub.ca_file())?)
}

/// Prints every change of the connection.
async fn print_states(client: &Client) {
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

/// Ends on `q` + Enter, Ctrl-C or a termination signal. Standard input that ends tells nothing.
async fn told_to_end() {
    let (quit, mut quits) = mpsc::channel(1);
    // A thread of its own: a read of standard input cannot be given up, and must not keep the runtime from ending.
    std::thread::spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        for line in lines {
            if line.trim().eq_ignore_ascii_case("q") {
                let _ = quit.blocking_send(());
                return;
            }
        }
        // Kept open: a closed channel would end the program.
        std::thread::park();
        drop(quit);
    });
    tokio::select! {
        _ = quits.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

async fn time_is_up(after: Option<f64>) {
    match after {
        Some(seconds) => tokio::time::sleep(Duration::from_secs_f64(seconds)).await,
        None => std::future::pending().await,
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 1e9 => Ok(seconds),
        _ => Err("a number of seconds above 0".to_owned()),
    }
}
