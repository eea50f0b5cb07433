//! What is to be done: how long, how much, by which seed.

use std::time::Duration;

/// What this process is.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Hub, proxy, operator and judge.
    Run(Settings),
    /// The devices.
    Devices,
}

/// The size of a run.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) seconds: u64,
    /// For each device.
    pub(crate) messages: u32,
    pub(crate) devices: u32,
    pub(crate) seed: u64,
    pub(crate) least_faults: u32,
    /// Whether faults that take half a minute to overcome are among them.
    pub(crate) slow_faults: bool,
}

impl Settings {
    /// Ten minutes, or a quarter of one.
    fn new(full: bool) -> Self {
        let seed = fastrand::u64(..1_000_000);
        match full {
            true => Self {
                seconds: 600,
                messages: 34_000,
                devices: 3,
                seed,
                least_faults: 100,
                slow_faults: true,
            },
            false => {
                Self { seconds: 15, messages: 1_500, devices: 2, seed, least_faults: 8, slow_faults: false }
            }
        }
    }

    pub(crate) fn devices(&self) -> Vec<String> {
        (1..=self.devices).map(|number| format!("chaos-{number}")).collect()
    }

    /// How long faults come and devices send; the rest is for quiet before the end.
    pub(crate) fn storm_seconds(&self) -> u64 {
        self.seconds - self.seconds / 20
    }

    /// How long the devices may take to come to rest after the last fault.
    pub(crate) fn recovery(&self) -> Duration {
        Duration::from_secs(120)
    }
}

impl Plan {
    /// `None` when the arguments ask for other tests than this one, or just for their names.
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut arguments = arguments.peekable();
        let mut settings = Settings::new(false);
        while let Some(argument) = arguments.next() {
            let mut number = |what: &str| {
                let value = arguments.next().and_then(|value| value.parse::<u64>().ok());
                value.ok_or_else(|| format!("{what} takes a number"))
            };
            match argument.as_str() {
                "--devices" => return Ok(Some(Self::Devices)),
                "--full" => settings = Settings { seed: settings.seed, ..Settings::new(true) },
                "--seed" => settings.seed = number("--seed")?,
                "--seconds" => {
                    let seconds = number("--seconds")?.max(10);
                    settings.least_faults = 0;
                    settings.messages = (u64::from(settings.messages) * seconds / settings.seconds) as u32;
                    settings.seconds = seconds;
                }
                "--list" => return Ok(None),
                // what cargo passes to every test program
                "--nocapture" | "--no-capture" | "--quiet" | "-q" | "--include-ignored" | "--test" => {}
                flag if flag.starts_with("--test-threads") || flag.starts_with("--format") => {}
                filter if !filter.starts_with('-') && !"chaos".contains(filter) => return Ok(None),
                filter if !filter.starts_with('-') => {}
                other => return Err(format!("{other}: there are --full, --seconds N and --seed N")),
            }
        }
        Ok(Some(Self::Run(settings)))
    }
}
