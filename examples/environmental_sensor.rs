//! The environmental sensor of the tutorial: telemetry `temp` and `humid`, four commands, two settings, a state.
//!
//! With nothing set it starts the local hub inside this program, registers itself and prints where the operator's page is.
//! With the `IOTHUB_DEVICE_*` variables set it connects there instead.
//!
//!     cargo run --example environmental_sensor

#![allow(clippy::print_stdout, reason = "what it prints is for the person who runs it")]

mod support;

use std::error::Error;
use std::sync::Mutex;
use std::time::Duration;

use device_model::{CommandError, Device, PropertyError, device_model};
use environmental_sensor::{BlinkResponse, Client, Reported, Telemetry};
use support::Session;

/// The model as the local hub gets it.
const MODEL: (&str, &str) =
    ("environmental_sensor.json", include_str!("../models/environmental_sensor.json"));

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
    let session = Session::start("environmental-sensor", &[MODEL]).await?;
    let client = EnvironmentalSensor::default().connect(session.connection()).await?;
    let interval = session.interval();
    session.run(&client, run(&client, interval)).await
}

/// Reports what the device is, then measures for ever.
async fn run(client: &Client, interval: Duration) -> Result<(), Box<dyn Error>> {
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
    let mut every = tokio::time::interval(interval);
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

/// The device's tests: no network, and no second passes.
#[cfg(test)]
mod tests {
    use device_model::testing;
    use serde_json::{Value, json};
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn blink_takes_an_interval_of_at_least_a_second() {
        let (_client, hub) = testing::connect(EnvironmentalSensor::default());
        assert_eq!(hub.call("blink", json!(5)).await, (200, json!({ "description": "blinking every 5 s" })));
        assert_eq!(hub.call("blink", json!(0)).await.0, 400);
        assert_eq!(hub.call("blink", json!("five")).await.0, 400);
    }

    #[tokio::test(start_paused = true)]
    async fn switching_the_led_reports_its_state() {
        let (_client, hub) = testing::connect(EnvironmentalSensor::default());
        assert_eq!(hub.call("turnon", Value::Null).await.0, 200);
        assert_eq!(hub.reported()["state"], true);
        assert_eq!(hub.call("turnoff", Value::Null).await.0, 200);
        assert_eq!(hub.reported()["state"], false);
    }

    #[tokio::test(start_paused = true)]
    async fn a_brightness_beyond_three_is_refused_and_the_last_one_kept() {
        let (_client, hub) = testing::connect(EnvironmentalSensor::default());
        assert_eq!(hub.set_desired("brightness", json!(2)).await.code, 200);
        let refused = hub.set_desired("brightness", json!(9)).await;
        assert_eq!((refused.code, refused.value), (400, json!(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn diagnostics_report_what_they_found_when_they_are_done() {
        let (_client, hub) = testing::connect(EnvironmentalSensor::default());
        hub.set_desired("brightness", json!(3)).await;
        let begin = Instant::now();
        assert_eq!(hub.call("rundiagnostics", Value::Null).await.0, 202);
        let reported = hub.reported_when(|reported| !reported["rundiagnostics"].is_null()).await;
        assert_eq!(reported["rundiagnostics"]["value"], "sensor in range, LED off, brightness 3");
        assert_eq!(begin.elapsed(), Duration::from_secs(3), "by the clock that stands still");
    }

    #[tokio::test(start_paused = true)]
    async fn measurements_of_a_night_without_a_network_arrive_in_the_morning() {
        let (client, hub) = testing::connect(EnvironmentalSensor::default());
        let minute = Duration::from_secs(60);
        let night = async {
            hub.telemetry().await;
            hub.go_offline();
            tokio::time::sleep(8 * 60 * minute).await;
            hub.come_back();
            hub.telemetry().await.body
        };
        tokio::select! {
            ended = run(&client, minute) => panic!("measuring ends only with the device: {ended:?}"),
            next = night => assert_eq!(next, json!({ "temp": 70.6, "humid": 53.0 })),
        }
        client.close().await.expect("everything is delivered");
    }
}
