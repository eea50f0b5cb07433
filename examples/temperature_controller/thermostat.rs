//! A thermostat in its room. Both of the device's are of this type: what is implemented here serves both, and the client
//! that a handler gets is that of the component it is called for.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use device_model::time::DateTime;
use device_model::units::{DegreeCelsius, Quantity};
use device_model::{CommandError, PropertyError};

use crate::controller::temperature_controller::thermostat;
use thermostat::{Client, GetMaxMinReport, Reported, Telemetry};

/// How many measurements are kept.
const KEPT: usize = 10_000;

type Celsius = Quantity<DegreeCelsius>;

/// Cheap to clone; all clones are the same thermostat.
#[derive(Clone)]
pub(crate) struct Thermostat(Arc<Mutex<Room>>);

struct Room {
    temperature: Celsius,
    target: Celsius,
    highest: Option<Celsius>,
    measured: VecDeque<(SystemTime, Celsius)>,
}

impl thermostat::Commands for Thermostat {
    async fn get_max_min_report(&self, since: DateTime, _: &Client) -> Result<GetMaxMinReport, CommandError> {
        let from = SystemTime::try_from(&since).map_err(|error| CommandError::invalid(error.to_string()))?;
        if from > SystemTime::now() {
            return Err(CommandError::invalid(format!("{since} is still to come")));
        }
        println!("command         report since {since}");
        let nothing = || CommandError::conflict(format!("nothing was measured since {since}"));
        self.room().report(from).ok_or_else(nothing)
    }
}

impl thermostat::Properties for Thermostat {
    async fn set_target_temperature(&self, target: Celsius, _: &Client) -> Result<Celsius, PropertyError> {
        if !(5.0..=30.0).contains(&target.value()) {
            println!("setting         target {target} refused");
            return Err(PropertyError::invalid("the target is 5 °C to 30 °C"));
        }
        println!("setting         target {target}");
        self.room().target = target;
        Ok(target)
    }
}

impl Thermostat {
    pub(crate) fn new(temperature: Celsius, target: Celsius) -> Self {
        let (highest, measured) = (None, VecDeque::new());
        Self(Arc::new(Mutex::new(Room { temperature, target, highest, measured })))
    }

    /// Measures, and sends it as the component that the client belongs to.
    pub(crate) async fn measure(&self, client: &Client) -> Result<Celsius, Box<dyn Error>> {
        let (temperature, risen) = self.room().measure(SystemTime::now());
        client.send(Telemetry { temperature: Some(temperature) }).await?;
        if risen {
            let max_temp_since_last_reboot = Some(temperature);
            client.report(Reported { max_temp_since_last_reboot, ..Default::default() }).await?;
        }
        Ok(temperature)
    }

    /// Reports the target that holds until somebody sets one.
    pub(crate) async fn report_target(&self, client: &Client) -> Result<(), Box<dyn Error>> {
        let target_temperature = Some(self.room().target);
        client.report(Reported { target_temperature, ..Default::default() }).await?;
        Ok(())
    }

    /// Forgets what was measured, as after a reboot.
    pub(crate) fn forget(&self) {
        let mut room = self.room();
        room.measured.clear();
        room.highest = None;
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    /// The temperature, a little nearer to the target than before, and whether it is the highest since the last reboot.
    fn measure(&mut self, now: SystemTime) -> (Celsius, bool) {
        let moved = self.temperature + (self.target - self.temperature) * 0.25;
        self.temperature = Quantity::new((moved.value() * 100.0).round() / 100.0);
        if self.measured.len() == KEPT {
            self.measured.pop_front();
        }
        self.measured.push_back((now, self.temperature));
        let risen = self.highest.is_none_or(|highest| self.temperature > highest);
        if risen {
            self.highest = Some(self.temperature);
        }
        (self.temperature, risen)
    }

    /// What was measured from a moment on; `None` when nothing was.
    fn report(&self, from: SystemTime) -> Option<GetMaxMinReport> {
        let measured: Vec<_> = self.measured.iter().filter(|(at, _)| *at >= from).collect();
        let (first, last) = (measured.first()?.0, measured.last()?.0);
        let temperatures = measured.iter().map(|(_, temperature)| temperature.value());
        Some(GetMaxMinReport {
            max_temp: temperatures.clone().reduce(f64::max),
            min_temp: temperatures.clone().reduce(f64::min),
            avg_temp: Some(temperatures.sum::<f64>() / measured.len() as f64),
            start_time: Some(first.into()),
            end_time: Some(last.into()),
        })
    }
}
