//! A hub without tasks, sockets or clock, for the test that runs a device's own core against it in virtual time
//! (`tests/pair`). Not for people: the feature that it stands behind is switched on by that test alone.
//!
//! It is the state and the connections' machines as the listeners use them, with bytes and times as values: what a device
//! sent is handed to [`HubCore::received`], what the hub does is taken as [`Effect`]s. It decides nothing itself. The
//! crates may not depend on each other, so this is the one door through which a test of both sees the inside.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::BytesMut;
use jiff::Timestamp;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Packet, Publish};
use serde_json::{Map, Value};

use crate::faults::Injection;
use crate::message::{CloudToDevice, DeviceMessage};
use crate::mqtt::connection::{Connection, End, Output};
use crate::mqtt::frame;
use crate::sas::Key;
use crate::state::commands::{CallOutcome, Order};
use crate::state::device::SessionId;
use crate::state::methods::Started;
use crate::state::registry::DeviceKeys;
use crate::state::{CallId, Effect as Wanted, Provisioning, State};

/// Reads any bytes as the hub reads its files.
pub fn read_from_disk(bytes: &[u8]) {
    crate::keep::read_any(bytes);
}

/// What the hub does.
#[derive(Debug)]
pub enum Effect {
    /// Bytes for a connection, this much later.
    Write { link: u64, by: Duration, bytes: Vec<u8> },
    /// A connection is closed, with what was written before still on its way.
    Close { link: u64, why: String },
    /// A call has ended: with the device's status and answer, or because nobody was there.
    Ended { call: u64, answer: Option<(i32, Value)> },
    /// A message has been taken.
    Took(DeviceMessage),
}

/// One open connection.
#[derive(Debug)]
struct Link {
    connection: Connection,
    incoming: BytesMut,
}

/// The hub, with one device.
#[derive(Debug)]
pub struct HubCore {
    begin: SystemTime,
    device: String,
    state: State,
    links: BTreeMap<u64, Link>,
    calls: BTreeMap<CallId, u64>,
    made: u64,
    effects: Vec<Effect>,
}

impl HubCore {
    /// A hub that knows a device by a key (base64). All times are given as what has passed since `begin`.
    ///
    /// # Errors
    /// What is wrong with the device id or the key.
    pub fn new(device: &str, key: &str, begin: SystemTime) -> Result<Self, String> {
        let key = Key::parse(key).ok_or("the key is not base64 of 16 to 64 bytes")?;
        let keys = DeviceKeys { primary: key.clone(), secondary: key };
        let now = Timestamp::try_from(begin).map_err(|error| error.to_string())?;
        let mut state = State::new(Provisioning::new("0neCORES".into(), keys.clone(), now));
        state.observed = true;
        state.create(device, Some(keys), true, now).map_err(|error| error.to_string())?;
        let (links, calls, effects) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Ok(Self { begin, device: device.to_owned(), state, links, calls, made: 0, effects })
    }

    /// A connection has come; its number.
    pub fn open(&mut self) -> u64 {
        let session = self.state.next_session();
        let link = Link { connection: Connection::new(session), incoming: BytesMut::new() };
        self.links.insert(session.0, link);
        session.0
    }

    /// Whether a connection is open.
    pub fn is_open(&self, link: u64) -> bool {
        self.links.contains_key(&link)
    }

    /// Bytes of a device have come.
    pub fn received(&mut self, at: Duration, link: u64, bytes: &[u8]) {
        if let Some(link) = self.links.get_mut(&link) {
            link.incoming.extend_from_slice(bytes);
        }
        while self.handle(at, link) {}
    }

    /// A connection has ended under the hub.
    pub fn ended(&mut self, at: Duration, link: u64, why: &str) {
        self.close(at, link, why, false);
    }

    /// After how much silence a connection is to be ended.
    pub fn patience(&self, link: u64) -> Option<Duration> {
        self.links.get(&link)?.connection.silence_limit_ms().map(Duration::from_millis)
    }

    /// When the token of a connection expires.
    pub fn expires(&self, link: u64) -> Option<Duration> {
        let expires = self.links.get(&link)?.connection.expires()?;
        let passed = expires.duration_since(self.now(Duration::ZERO));
        Some(Duration::try_from(passed).unwrap_or_default())
    }

    /// Calls a method of the device; the call's number, unless the device is not there.
    pub fn call(&mut self, at: Duration, name: &str, request: Value) -> Option<u64> {
        let now = self.now(at);
        let order = Order { name: name.to_owned(), request: Some(request), ..Order::default() };
        let Ok(Started::Sent { call, .. }) = self.state.start_call(&self.device, order, now) else {
            return None;
        };
        self.made += 1;
        self.calls.insert(call, self.made);
        self.carry_out(at);
        Some(self.made)
    }

    /// Changes desired properties; the document's version after it.
    ///
    /// # Errors
    /// What is wrong with the patch.
    pub fn desire(&mut self, at: Duration, patch: &Map<String, Value>) -> Result<u64, String> {
        let now = self.now(at);
        let version = self.state.desire(&self.device, patch, now).map_err(|error| error.to_string());
        self.carry_out(at);
        version
    }

    /// Sends the device a message; whether it is queued.
    pub fn send(&mut self, at: Duration, message: CloudToDevice) -> bool {
        let now = self.now(at);
        let queued = self.state.send_message(&self.device, message, now).is_ok();
        self.carry_out(at);
        queued
    }

    /// Only logs what is sent to topics that IoT Hub does not know.
    pub fn tolerate_unknown_topics(&mut self) {
        self.state.tolerates_unknown_topics = true;
    }

    /// Misbehaves from now on; what is wrong with the fault, otherwise.
    ///
    /// # Errors
    /// As [`Hub::inject`](crate::Hub::inject) logs.
    pub fn inject(&mut self, injection: Injection) -> Result<(), String> {
        self.state.faults.inject(injection).map(drop).map_err(|error| error.to_string())
    }

    /// Behaves from now on.
    pub fn behave(&mut self) {
        self.state.faults.clear();
    }

    /// The twin as the device sees it.
    pub fn twin(&self) -> Value {
        self.state.device(&self.device).map(|device| device.record.twin.for_device()).unwrap_or_default()
    }

    /// Why things were refused, and messages given up.
    pub fn log(&self) -> impl Iterator<Item = &str> {
        self.state.log().map(|row| row.message.as_str())
    }

    /// Calls and messages that have not ended.
    pub fn held(&self) -> usize {
        self.calls.len() + self.state.device(&self.device).map_or(0, |device| device.inbox.len())
    }

    /// What the hub has done since this was asked last, in order.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn now(&self, at: Duration) -> Timestamp {
        Timestamp::try_from(self.begin + at).unwrap_or(Timestamp::MAX)
    }

    /// Handles one whole packet, if there is one and the connection is open.
    fn handle(&mut self, at: Duration, number: u64) -> bool {
        let now = self.now(at);
        let Some(Link { connection, incoming }) = self.links.get_mut(&number) else {
            return false;
        };
        let packet = match frame::read(incoming, connection.is_new()) {
            Ok(Some(packet)) => packet,
            Ok(None) => return false,
            Err(error) => {
                error.answer().iter().for_each(|packet| self.write(number, Duration::ZERO, packet));
                self.refuse(at, number, &error.to_string());
                return false;
            }
        };
        let Output { send, late, end } = connection.handle(packet, &mut self.state, now);
        // As on a socket: what answers the packet goes before what else it leads to.
        send.iter().for_each(|packet| self.write(number, Duration::ZERO, packet));
        if let Some((by, packet)) = late {
            self.write(number, by, &packet);
        }
        self.carry_out(at);
        match end {
            Some(End::Clean) => self.close(at, number, "the device said goodbye", true),
            Some(End::Refused(reason)) => self.refuse(at, number, &reason),
            None => return true,
        }
        false
    }

    fn refuse(&mut self, at: Duration, link: u64, reason: &str) {
        let now = self.now(at);
        self.state.refuse(Some(&self.device), reason, now);
        self.close(at, link, reason, false);
    }

    fn close(&mut self, at: Duration, number: u64, why: &str, clean: bool) {
        let now = self.now(at);
        if let Some(mut link) = self.links.remove(&number) {
            link.connection.close(why, clean, &mut self.state, now);
            self.effects.push(Effect::Close { link: number, why: why.to_owned() });
        }
        self.carry_out(at);
    }

    fn write(&mut self, link: u64, by: Duration, packet: &Packet) {
        let mut bytes = BytesMut::new();
        if frame::write(packet, &mut bytes).is_ok() {
            self.effects.push(Effect::Write { link, by, bytes: bytes.to_vec() });
        }
    }

    fn carry_out(&mut self, at: Duration) {
        for wanted in self.state.take_effects() {
            match wanted {
                Wanted::Send { session: SessionId(link), topic, payload } => {
                    let publish = Publish::new(topic, QoS::AtMostOnce, payload);
                    self.write(link, Duration::ZERO, &Packet::Publish(publish));
                }
                Wanted::Deliver { session: SessionId(link), packet, again, topic, payload } => {
                    let mut publish = Publish::new(topic, QoS::AtLeastOnce, payload);
                    (publish.pkid, publish.dup) = (packet, again);
                    self.write(link, Duration::ZERO, &Packet::Publish(publish));
                }
                Wanted::Close { session: SessionId(link), reason } => {
                    self.close(at, link, &reason.to_string(), false);
                }
                Wanted::Answer { call, outcome } => {
                    let answer = match outcome {
                        CallOutcome::Answered { status, payload } => Some((status, payload)),
                        CallOutcome::TimedOut | CallOutcome::Lost | CallOutcome::Offline => None,
                    };
                    let ended = self.calls.remove(&call).map(|call| Effect::Ended { call, answer });
                    self.effects.extend(ended);
                }
                Wanted::Took(message) => self.effects.push(Effect::Took(message)),
                Wanted::Emit(_) | Wanted::News(_) | Wanted::Listening | Wanted::Disown { .. } => {}
            }
        }
    }
}
