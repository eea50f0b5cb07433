//! The loop: what is due next happens, and both sides do what follows from it, until nothing is left to do.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::{Duration, Instant, SystemTime};

use device_model_hub::CloudToDevice;
use device_model_hub::cores::{Effect, HubCore};
use device_model_runtime::cores::{DeviceCore, Event};
use device_model_runtime::{CommandError, Error, Json, MessageError, PropertyError, answer, in_force};
use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::cloud::Cloud;
use crate::line::Line;
use crate::schedule::{Cut, End, Happening, Schedule, Way};
use crate::sensor::{Job, KEY, MODEL, NAME, Sensor, connection};

/// In which time something has to get better when nothing goes wrong any more, until all is well.
const RECOVERY: Duration = Duration::from_secs(15 * 60);
/// How long it is then watched doing nothing.
const REST: Duration = Duration::from_secs(300);
/// What a hub tolerates of a token's end.
const SKEW: Duration = Duration::from_secs(5);
/// How long opening a connection takes.
const OPENING: Duration = Duration::from_millis(30);

/// Something that happens at a time.
#[derive(Debug)]
enum Due {
    Dial,
    Arrives {
        link: u64,
        way: Way,
        bytes: Vec<u8>,
    },
    /// The hub writes what a fault made late.
    Late {
        link: u64,
        bytes: Vec<u8>,
    },
    DeviceLearns {
        link: u64,
        end: End,
    },
    HubLearns {
        link: u64,
    },
    /// The network takes more of the device.
    Drains,
    Ends(Job),
    Happens(Happening),
}

/// What has to be done at the earliest moment.
enum Next {
    Queued,
    Device,
    Silence(u64),
    Expiry(u64),
}

pub(crate) struct World {
    schedule: Schedule,
    rng: Rng,
    at: Duration,
    order: u64,
    queue: BTreeMap<(Duration, u64), Due>,
    device: DeviceCore,
    hub: HubCore,
    sensor: Sensor,
    cloud: Cloud,
    lines: BTreeMap<u64, Line>,
    /// The connection that the device has.
    current: Option<u64>,
    cuts: VecDeque<Option<Cut>>,
    /// How often a connection was lost.
    losses: u32,
    serving: bool,
    /// Whether handlers may fail.
    stormy: bool,
}

impl World {
    pub(crate) fn new(schedule: Schedule) -> Self {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let mut world = Self {
            rng: Rng::with_seed(schedule.seed),
            at: Duration::ZERO,
            order: 0,
            queue: BTreeMap::new(),
            device: DeviceCore::new(MODEL, connection(&schedule), (Instant::now(), wall)),
            hub: HubCore::new(NAME, KEY, wall).expect("a device and its key"),
            sensor: Sensor::default(),
            cloud: Cloud::default(),
            lines: BTreeMap::new(),
            current: None,
            cuts: schedule.cuts.iter().cloned().collect(),
            losses: 0,
            serving: false,
            stormy: true,
            schedule,
        };
        world.after(Duration::ZERO, Due::Dial);
        for (at, happening) in world.schedule.happenings.clone() {
            world.after(at, Due::Happens(happening));
        }
        world
    }

    /// Runs it all and looks whether everything is as it should be; how many messages came more than once.
    pub(crate) fn run(mut self) -> usize {
        let last = self.schedule.happenings.last().map_or(Duration::ZERO, |(at, _)| *at);
        self.pass(last + Duration::from_secs(1));
        self.calm();
        self.pass(self.at + Duration::from_secs(60));
        self.last_wishes();
        let (mut since, mut least) = (self.at, usize::MAX);
        while !self.is_well() {
            let left = self.device.held() + self.hub.held() + self.cloud.waiting();
            if left < least {
                (since, least) = (self.at, left);
            }
            assert!(self.at < since + RECOVERY, "nothing got better for {RECOVERY:?}: {}", self.ails());
            self.step();
        }
        let losses = self.losses;
        self.pass(self.at + REST);
        assert_eq!(self.losses, losses, "connections are lost for no reason");
        assert!(self.is_well(), "it was well and is not: {}", self.ails());
        self.judge();
        self.cloud.repeated
    }

    /// Nothing goes wrong any more, after one last cut which brings back what was put off to the next connection.
    fn calm(&mut self) {
        self.stormy = false;
        self.hub.behave();
        self.cuts.clear();
        let now = |way| Cut {
            way,
            after: 0,
            loses: false,
            device: Some(End { after: Duration::ZERO, closed: false }),
            hub: Some(Duration::ZERO),
        };
        for link in self.lines.keys().copied().collect::<Vec<_>>() {
            if let Some(line) = self.lines.get_mut(&link).filter(|line| !line.is_cut) {
                line.cut = Some(now(Way::ToHub));
                line.is_cut = true;
            }
            self.cut(link, &now(Way::ToHub));
        }
    }

    /// Lost patches show when another one comes.
    fn last_wishes(&mut self) {
        for property in ["brightness", "interval"] {
            self.happens(Happening::Desire { property, removed: false });
        }
        self.happens(Happening::Report);
        self.settle();
    }

    fn is_well(&self) -> bool {
        self.device.held() == 0 && self.hub.held() == 0 && self.cloud.waiting() == 0 && self.twin_is_equal()
    }

    fn ails(&self) -> String {
        format!(
            "the device holds {}, the hub {}, {} callers wait, serving: {}, in force: {:?}, twin: {}",
            self.device.held(),
            self.hub.held(),
            self.cloud.waiting(),
            self.serving,
            self.sensor.in_force,
            self.hub.twin(),
        )
    }

    fn twin_is_equal(&self) -> bool {
        let twin = self.hub.twin();
        self.cloud.wishes.iter().all(|(name, (wish, version))| {
            let acknowledged = &twin["reported"][name];
            let in_force = self.sensor.in_force.get(name) == Some(wish);
            let told = acknowledged["value"] == json!(wish) && acknowledged["ac"] == json!(200);
            in_force && told && acknowledged["av"].as_u64() >= Some(*version)
        })
    }

    fn judge(&self) {
        let Self { sensor, cloud, .. } = self;
        for sequence in sensor.sent.keys() {
            match sensor.outcomes.get(sequence) {
                Some(Ok(())) => assert!(cloud.has(*sequence), "message {sequence} is missing"),
                Some(Err(Error::Expired)) => assert!(self.schedule.lives.is_some(), "{sequence} expired"),
                outcome => panic!("message {sequence} came to {outcome:?}"),
            }
        }
        for (report, outcome) in &sensor.reports {
            assert!(outcome.is_some(), "report {report} has no end");
        }
        let last = sensor.reports.last_key_value().map(|(number, _)| *number);
        assert_eq!(self.hub.twin()["reported"]["state"].as_u64(), last, "the last report counts");
        for (number, (runs, successes)) in &sensor.runs {
            assert!(*successes <= 1, "{number} was done {successes} times");
            assert!(*runs <= 1 || cloud.messages.contains(number), "call {number} ran {runs} times");
        }
        for number in cloud.answered() {
            assert!(sensor.runs.contains_key(&number), "call {number} was answered and never ran");
        }
        let given_up = self.hub.log().any(|line| line.contains("given up"));
        for number in &cloud.messages {
            let done = sensor.runs.get(number).is_some_and(|(_, successes)| *successes == 1);
            assert!(done || given_up, "message {number} to the device was lost");
        }
    }

    fn after(&mut self, time: Duration, due: Due) {
        self.order += 1;
        self.queue.insert((self.at.saturating_add(time), self.order), due);
    }

    /// Goes on until a time.
    fn pass(&mut self, until: Duration) {
        while self.next().is_some_and(|(at, _)| at <= until) {
            self.step();
        }
        self.at = until;
    }

    fn next(&self) -> Option<(Duration, Next)> {
        let queued = self.queue.keys().next().map(|(at, _)| (*at, Next::Queued));
        let device = self.device.deadline().map(|at| (at, Next::Device));
        let open = self.lines.iter().filter(|(link, _)| self.hub.is_open(**link));
        let silent = open
            .clone()
            .filter_map(|(link, line)| Some((line.heard + self.hub.patience(*link)?, Next::Silence(*link))));
        let expiring =
            open.filter_map(|(link, _)| Some((self.hub.expires(*link)? + SKEW, Next::Expiry(*link))));
        let all = [queued, device].into_iter().flatten().chain(silent).chain(expiring);
        all.min_by_key(|(at, _)| *at)
    }

    /// Does what is due next.
    fn step(&mut self) {
        const BUSY: u64 = 20_000;
        let Some((at, next)) = self.next() else {
            panic!("nothing will ever happen: {}", self.ails());
        };
        self.order += 1;
        if at > self.at {
            self.at = at;
        }
        match next {
            Next::Queued => {
                if let Some((_, due)) = self.queue.pop_first() {
                    self.happen(due);
                }
            }
            Next::Device => {
                let mut turns = 0;
                while self.device.deadline().is_some_and(|deadline| deadline <= self.at) {
                    self.device.time_has_come(self.at);
                    turns += 1;
                    assert!(turns < 10, "a deadline that has passed stays");
                }
            }
            Next::Silence(link) => self.hub.ended(self.at, link, "silence"),
            Next::Expiry(link) => self.hub.ended(self.at, link, "the token has expired"),
        }
        self.settle();
        assert!(self.order < 100 * BUSY, "far too much happens");
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Dial => self.dial(),
            Due::Arrives { link, way, bytes } => self.arrives(link, way, &bytes),
            Due::Late { link, bytes } => self.carry(link, Way::ToDevice, bytes),
            Due::DeviceLearns { link, end } if self.current == Some(link) => {
                let error = (!end.closed).then_some(io::ErrorKind::TimedOut);
                self.device.ended(self.at, error);
            }
            Due::HubLearns { link } => self.hub.ended(self.at, link, "the network"),
            Due::DeviceLearns { .. } | Due::Drains => {}
            Due::Ends(job) => self.ends(job),
            Due::Happens(happening) => self.happens(happening),
        }
    }

    fn dial(&mut self) {
        self.lines.retain(|link, _| self.hub.is_open(*link));
        let link = self.hub.open();
        let cut = self.cuts.pop_front().flatten();
        self.lines.insert(link, Line::new(&self.schedule, cut, self.at));
        self.current = Some(link);
        self.device.open(self.at).expect("the hub is named, the identity is a key");
    }

    fn arrives(&mut self, link: u64, way: Way, bytes: &[u8]) {
        let Some(line) = self.lines.get_mut(&link).filter(|line| line.delivers(way)) else {
            return;
        };
        match way {
            Way::ToHub => {
                line.heard = self.at;
                self.hub.received(self.at, link, bytes);
            }
            Way::ToDevice if self.current == Some(link) => self.device.received(self.at, bytes),
            Way::ToDevice => {}
        }
    }

    /// Both sides do what follows, until there is nothing more.
    fn settle(&mut self) {
        loop {
            let mut quiet = true;
            if let Some(link) = self.current {
                let bytes = self.device.written(self.at, self.schedule.bandwidth);
                if !bytes.is_empty() {
                    if bytes.len() == self.schedule.bandwidth {
                        self.after(Duration::from_millis(5), Due::Drains);
                    } else {
                        quiet = false;
                    }
                    self.carry(link, Way::ToHub, bytes);
                }
            }
            while let Some(event) = self.device.event() {
                quiet = false;
                self.event(event);
            }
            let effects = self.hub.effects();
            if !effects.is_empty() {
                quiet = false;
                self.cloud.look(self.hub.twin()["reported"].as_object().unwrap_or(&Map::new()));
            }
            effects.into_iter().for_each(|effect| self.effect(effect));
            if quiet {
                return;
            }
        }
    }

    fn carry(&mut self, link: u64, way: Way, bytes: Vec<u8>) {
        let Some(line) = self.lines.get_mut(&link) else {
            return;
        };
        let was_cut = line.is_cut;
        let pieces = line.carry(&mut self.rng, self.at, way, bytes);
        let cut = line.cut.clone().filter(|_| line.is_cut && !was_cut);
        for (at, bytes) in pieces {
            self.after(at.saturating_sub(self.at), Due::Arrives { link, way, bytes });
        }
        if let Some(cut) = cut {
            self.cut(link, &cut);
        }
    }

    /// Both sides learn of a cut, when they do.
    fn cut(&mut self, link: u64, cut: &Cut) {
        if let Some(end) = cut.device {
            self.after(end.after, Due::DeviceLearns { link, end });
        }
        if let Some(after) = cut.hub {
            self.after(after, Due::HubLearns { link });
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Serving => self.serving = true,
            Event::Down { pause, .. } => self.down(pause),
            Event::Run { call, name, payload } => {
                let request: Value = serde_json::from_slice(&payload).expect("calls carry JSON");
                let number = request["n"].as_u64().expect("calls are counted");
                self.sensor.runs(number);
                let takes = Duration::from_millis(request["takes"].as_u64().unwrap_or(0));
                let fails = self.stormy && request["fails"] == json!(true);
                assert!(matches!(name, "blink" | "diagnose"), "{name} has no handler");
                self.after(takes, Due::Ends(Job::Command { call, number, fails }));
            }
            Event::Apply { property, value } => {
                self.sensor.applies(property, &value);
                let fails = self.stormy && self.rng.u8(..10) == 0;
                let takes = if self.rng.u8(..5) == 0 { self.rng.u64(..9000) } else { self.rng.u64(..50) };
                self.after(Duration::from_millis(takes), Due::Ends(Job::Property { property, value, fails }));
            }
            Event::Deliver(message) => {
                let body: Value = serde_json::from_slice(message.payload()).expect("messages carry JSON");
                let number = body["n"].as_u64().expect("messages are counted");
                self.sensor.runs(number);
                let fails = self.stormy && body["fails"] == json!(true);
                let takes = Duration::from_millis(self.rng.u64(..2000));
                self.after(takes, Due::Ends(Job::Message { number, fails }));
            }
            Event::Ended { sequence, outcome } => self.sensor.ended(sequence, outcome),
            Event::Settled { report, outcome } => self.sensor.settled(report, outcome),
        }
    }

    /// The device has given its connection up: what it wrote before still goes, and then the end.
    fn down(&mut self, pause: Duration) {
        assert!(pause < RECOVERY, "a pause of {pause:?}");
        if let Some(link) = self.current.take() {
            let bytes = self.device.written(self.at, usize::MAX);
            self.carry(link, Way::ToHub, bytes);
            if let Some(line) = self.lines.get_mut(&link).filter(|line| !line.is_cut) {
                let arrives = line.arrives(&mut self.rng, self.at, Way::ToHub);
                self.after(arrives.saturating_sub(self.at), Due::HubLearns { link });
            }
        }
        self.serving = false;
        self.losses += u32::from(!pause.is_zero());
        self.after(pause + OPENING, Due::Dial);
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Write { link, by, bytes } if by.is_zero() => self.carry(link, Way::ToDevice, bytes),
            Effect::Write { link, by, bytes } => self.after(by, Due::Late { link, bytes }),
            Effect::Close { link, .. } => {
                if let Some(line) = self.lines.get_mut(&link).filter(|line| !line.is_cut) {
                    let arrives = line.arrives(&mut self.rng, self.at, Way::ToDevice);
                    let end = End { after: Duration::ZERO, closed: true };
                    self.after(arrives.saturating_sub(self.at), Due::DeviceLearns { link, end });
                }
            }
            Effect::Ended { call, answer } => self.cloud.ended(call, self.at, answer),
            Effect::Took(message) => self.cloud.took(&message),
        }
    }

    fn ends(&mut self, job: Job) {
        self.sensor.done(&job);
        match job {
            Job::Command { call, number, fails } => {
                let result = if fails { Err(CommandError::failed("by chance")) } else { answer(number) };
                self.device.command_ended(self.at, call, result);
            }
            Job::Property { property, value, fails } => {
                let result = if fails { Err(PropertyError::failed("by chance")) } else { in_force(value) };
                self.device.desired_ended(self.at, property, result);
            }
            Job::Message { fails, .. } => {
                let result = if fails { Err(MessageError::new("by chance")) } else { Ok(()) };
                self.device.message_ended(self.at, result);
            }
        }
    }

    fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Send { count, priority } => {
                (0..count).for_each(|_| self.sensor.send(&mut self.device, self.at, priority));
            }
            Happening::Report => {
                let number = self.sensor.reports.len() as u64 + 1;
                self.sensor.reports.insert(number, None);
                let made = self.device.report(self.at, "state", Json::from(number));
                assert_eq!(made, number);
            }
            Happening::Call { name, takes, fails } => {
                let number = self.cloud.next();
                let request = json!({ "n": number, "takes": takes.as_millis() as u64, "fails": fails });
                if let Some(call) = self.hub.call(self.at, name, request) {
                    self.cloud.called(call, number, self.at);
                }
            }
            Happening::Desire { property, removed } => {
                let wish = i64::try_from(self.cloud.next()).expect("a small number");
                let value = if removed { Value::Null } else { json!(wish) };
                let patch = Map::from_iter([(property.to_owned(), value)]);
                let version = self.hub.desire(self.at, &patch).expect("a good patch");
                if removed {
                    self.cloud.wishes.remove(property);
                } else {
                    self.cloud.wishes.insert(property, (wish, version));
                }
            }
            Happening::Message { command, fails } => self.message(command, fails),
            Happening::Fault(injection) => self.hub.inject(injection).expect("few faults, and good ones"),
        }
    }

    fn message(&mut self, command: bool, fails: bool) {
        let number = self.cloud.next();
        let body = json!({ "n": number, "fails": fails }).to_string();
        let mut message = CloudToDevice::new(body).with_property("$.mid", number.to_string());
        if command {
            message = message.with_property("method-name", "blink");
        }
        if self.hub.send(self.at, message) {
            self.cloud.messages.insert(number);
        }
    }
}
