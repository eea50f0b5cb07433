//! The storm: one fault after another, of the network and of the hub, by a seeded random schedule.

use std::collections::BTreeMap;
use std::time::Duration;

use device_model::hub::{Fault, Hub};
use fastrand::Rng;
use tokio::time::{Instant, sleep};

use crate::plan::Settings;
use crate::support::proxy::{Gate, Proxy, Strike, Way};

/// The faults there are. The last ones take the device half a minute to overcome, because an answer may take so long.
const FAULTS: [&str; 21] = [
    "cut",
    "reset",
    "cut at a byte",
    "reset at a byte",
    "corrupted byte",
    "half-open connection",
    "swallowed for a while",
    "refused for a while",
    "delay",
    "throttle",
    "CONNACK refusal",
    "registration throttled",
    "clock that is off",
    "late acknowledgements",
    "cut at a message",
    "twin refused",
    "method repeated",
    "patch lost",
    "patch repeated",
    "acknowledgement withheld",
    "twin request ignored",
];
const SLOW: usize = 2;

/// What there was of it.
#[derive(Debug, Default)]
pub(crate) struct Strikes {
    pub(crate) counts: BTreeMap<&'static str, u32>,
}

impl Strikes {
    pub(crate) fn total(&self) -> u32 {
        self.counts.values().sum()
    }
}

pub(crate) struct Storm<'a> {
    proxy: &'a Proxy,
    hub: &'a Hub,
    rng: Rng,
    until: Instant,
    kinds: usize,
    longest: u64,
}

impl<'a> Storm<'a> {
    pub(crate) fn new(plan: &Settings, proxy: &'a Proxy, hub: &'a Hub) -> Self {
        Self {
            proxy,
            hub,
            rng: Rng::with_seed(plan.seed),
            until: Instant::now() + Duration::from_secs(plan.storm_seconds()),
            kinds: if plan.slow_faults { FAULTS.len() } else { FAULTS.len() - SLOW },
            longest: if plan.slow_faults { 6_000 } else { 1_000 },
        }
    }

    /// Strikes until its time is over, then leaves good weather behind.
    pub(crate) async fn rage(mut self) -> Strikes {
        let mut strikes = Strikes::default();
        while Instant::now() < self.until {
            let kind = FAULTS[self.rng.usize(..self.kinds)];
            *strikes.counts.entry(kind).or_default() += 1;
            self.strike(kind).await;
            self.proxy.clear();
            self.pause(100..self.longest / 2).await;
        }
        self.hub.clear_faults();
        strikes
    }

    async fn pause(&mut self, milliseconds: std::ops::Range<u64>) {
        sleep(Duration::from_millis(self.rng.u64(milliseconds))).await;
    }

    async fn strike(&mut self, kind: &'static str) {
        match kind {
            "cut" => self.proxy.cut(),
            "reset" => self.proxy.reset(),
            "cut at a byte" => self.at_a_byte(Strike::Cut).await,
            "reset at a byte" => self.at_a_byte(Strike::Reset).await,
            "corrupted byte" => self.at_a_byte(Strike::Corrupt).await,
            "half-open connection" => self.proxy.half_open(),
            "swallowed for a while" => {
                self.proxy.half_open();
                self.closed(Gate::Swallow).await;
            }
            "refused for a while" => {
                self.proxy.reset();
                self.closed(Gate::Refuse).await;
            }
            "delay" => {
                self.proxy.delay(Duration::from_millis(self.rng.u64(20..300)));
                self.pause(500..self.longest).await;
            }
            "throttle" => {
                self.proxy.throttle(Some(self.rng.u64(2_000..50_000)));
                self.pause(500..self.longest).await;
            }
            of_hub => self.hub_fails(of_hub).await,
        }
    }

    async fn at_a_byte(&mut self, strike: Strike) {
        let way = if self.rng.bool() { Way::ToHub } else { Way::ToDevice };
        self.proxy.strike(way, self.rng.u64(..4_000), strike);
        self.pause(200..self.longest).await;
    }

    async fn closed(&mut self, gate: Gate) {
        self.proxy.gate(gate);
        self.pause(300..self.longest).await;
    }

    async fn hub_fails(&mut self, kind: &'static str) {
        let some = self.rng.u32(1..6);
        match kind {
            "CONNACK refusal" => {
                let code = if self.rng.bool() { 5 } else { 3 };
                self.hub.inject(Fault::RefuseConnection { code }.times(some));
                self.proxy.reset();
            }
            "registration throttled" => {
                // three refusals send a device back to provisioning
                self.hub.inject(Fault::RefuseConnection { code: 5 }.times(3));
                let throttled = Fault::RefuseRegistration { status: 429, retry_after: Some(1) };
                self.hub.inject(throttled.times(1));
                self.proxy.cut();
            }
            "clock that is off" => {
                self.hub.inject(Fault::ClockAhead { seconds: 7_200 });
                self.hub.cut(None);
                self.pause(300..self.longest).await;
                self.hub.clear_faults();
            }
            "late acknowledgements" => {
                let by = Duration::from_millis(self.rng.u64(10..800));
                self.hub.inject(Fault::DelayAcknowledgement { by }.times(some * 10));
            }
            "cut at a message" => self.hub.inject(Fault::CutAtMessage.times(some.min(3))),
            "twin refused" => {
                let status = if self.rng.bool() { 500 } else { 429 };
                self.hub.inject(Fault::RefuseTwin { status }.times(some));
            }
            "method repeated" => self.hub.inject(Fault::RepeatMethod.times(some)),
            "patch lost" => self.hub.inject(Fault::LosePatch.times(some)),
            "patch repeated" => self.hub.inject(Fault::RepeatPatch.times(some)),
            "acknowledgement withheld" => self.hub.inject(Fault::WithholdAcknowledgement.times(some)),
            _ => self.hub.inject(Fault::IgnoreTwin.times(1)),
        }
    }
}
