//! The device: its components, its own command, and what it does by itself. Begin with [`TemperatureController`].

use std::error::Error;
use std::time::Duration;

use device_model::units::{Kibibyte, Quantity};
use device_model::{CommandError, device_model};
use temperature_controller::{Client, Reported, Telemetry, device_information};
use tokio::sync::mpsc;

use crate::thermostat::Thermostat;

/// A field for each component of the model, and what the device needs besides.
#[device_model("models/dtmi/com/example/temperaturecontroller-1.json", units)]
pub(crate) struct TemperatureController {
    thermostat1: Thermostat,
    thermostat2: Thermostat,
    #[allow(dead_code, reason = "it is reported; the model gives it nothing to handle")]
    device_information: (),
    reboots: mpsc::Sender<Duration>,
}

impl temperature_controller::Commands for TemperatureController {
    // Answered before it happens: a device that reboots answers nobody.
    async fn reboot(&self, delay: i32, _: &Client) -> Result<(), CommandError> {
        let Ok(seconds @ 0..=3600) = u64::try_from(delay) else {
            return Err(CommandError::invalid("the delay is 0 to 3600 seconds"));
        };
        let accepted = self.reboots.try_send(Duration::from_secs(seconds));
        accepted.map_err(|_| CommandError::conflict("reboots are pending already"))?;
        println!("command         reboot in {seconds} s");
        Ok(())
    }
}

/// What the device does by itself. It shares the thermostats with the device, whose handlers run at the same time.
pub(crate) struct Work {
    pub(crate) thermostat1: Thermostat,
    pub(crate) thermostat2: Thermostat,
    reboots: mpsc::Receiver<Duration>,
    interval: Duration,
}

/// A device and its work, which measures every `interval`.
pub(crate) fn assemble(interval: Duration) -> (TemperatureController, Work) {
    let thermostat1 = Thermostat::new(Quantity::new(16.0), Quantity::new(20.0));
    let thermostat2 = Thermostat::new(Quantity::new(24.0), Quantity::new(21.0));
    let (reboots, asked) = mpsc::channel(1);
    let work =
        Work { thermostat1: thermostat1.clone(), thermostat2: thermostat2.clone(), reboots: asked, interval };
    (TemperatureController { thermostat1, thermostat2, device_information: (), reboots }, work)
}

impl Work {
    /// Runs for ever, from one reboot to the next.
    pub(crate) async fn run(mut self, client: &Client) -> Result<(), Box<dyn Error>> {
        client.connected().await?;
        self.thermostat1.report_target(&client.thermostat1).await?;
        self.thermostat2.report_target(&client.thermostat2).await?;
        loop {
            introduce(client).await?;
            tokio::select! {
                outcome = measure(client, &self.thermostat1, &self.thermostat2, self.interval) => outcome?,
                () = told_to_reboot(&mut self.reboots) => println!("rebooting"),
            }
            self.thermostat1.forget();
            self.thermostat2.forget();
        }
    }
}

/// Reports what the device is.
async fn introduce(client: &Client) -> Result<(), Box<dyn Error>> {
    client.report(Reported { serial_number: Some("TC-0001".to_owned()) }).await?;
    let about = device_information::Reported {
        manufacturer: Some("device-model".to_owned()),
        model: Some("temperature controller".to_owned()),
        sw_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        os_name: Some(std::env::consts::OS.to_owned()),
        processor_architecture: Some(std::env::consts::ARCH.to_owned()),
        ..Default::default()
    };
    client.device_information.report(about).await?;
    Ok(())
}

/// Measures and sends for ever.
async fn measure(
    client: &Client,
    thermostat1: &Thermostat,
    thermostat2: &Thermostat,
    interval: Duration,
) -> Result<(), Box<dyn Error>> {
    let mut every = tokio::time::interval(interval);
    for step in 1_u32.. {
        every.tick().await;
        let first = thermostat1.measure(&client.thermostat1).await?;
        let second = thermostat2.measure(&client.thermostat2).await?;
        if let Some(taken) = working_set() {
            client.send(Telemetry { working_set: Some(taken) }).await?;
        }
        println!("message {step:<7} thermostat1 {first:.1}, thermostat2 {second:.1}");
    }
    Ok(())
}

/// The memory that this program takes, where the system tells.
fn working_set() -> Option<Quantity<Kibibyte>> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let taken = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    taken.trim().strip_suffix(" kB")?.parse().ok().map(Quantity::new)
}

/// Returns when a reboot was asked for and its delay is over.
async fn told_to_reboot(asked: &mut mpsc::Receiver<Duration>) {
    match asked.recv().await {
        Some(delay) => tokio::time::sleep(delay).await,
        None => std::future::pending().await,
    }
}
