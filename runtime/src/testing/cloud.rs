//! What the hub in memory knows and decides: a packet in, packets out. No socket, no clock.
//!
//! Begin with [`Cloud::packet`]. Whatever a device does against the protocol is kept as [`Cloud::failure`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, Connect, ConnectReturnCode, Packet, PubAck, Publish, SubAck, Subscribe, SubscribeReasonCode,
};
use serde_json::{Map, json};

use super::message::Message;
use super::topic::{Published, is_subscription};
use crate::json::{Json, merge};

/// The host that a device is assigned to.
const HOST: &str = "hub.test";

/// How a call stands: not answered, or status and body.
type Call = Option<(u16, Json)>;

/// The one connection of the one device.
#[derive(Debug, Default)]
struct Session {
    client_id: Option<String>,
    filters: BTreeSet<String>,
    /// Acknowledgements that are held back.
    withheld: Vec<u16>,
}

/// One of the two documents of a twin.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) fields: Json,
    pub(super) version: i64,
}

impl Document {
    fn new() -> Self {
        Self { fields: Json::Object(Map::new()), version: 1 }
    }

    fn change(&mut self, patch: &Json) {
        merge(&mut self.fields, patch);
        self.version += 1;
    }

    fn with_version(&self) -> Json {
        let mut all = self.fields.clone();
        all["$version"] = Json::from(self.version);
        all
    }
}

/// The state of the hub in memory.
#[derive(Debug)]
pub(super) struct Cloud {
    session: Option<Session>,
    pub(super) desired: Document,
    pub(super) reported: Document,
    pub(super) messages: VecDeque<Message>,
    calls: BTreeMap<String, Call>,
    last_call: u64,
    /// Messages to the device that it has not completed, in the order of their packet ids.
    pending: BTreeMap<u16, Publish>,
    last_message: u16,
    outgoing: Vec<Packet>,
    /// Connections that were greeted.
    pub(super) connections: u64,
    /// Whether connections are possible at all.
    pub(super) offline: bool,
    /// Whether greetings are refused.
    pub(super) refuses: bool,
    withholds: bool,
    cut: bool,
    /// The first thing the device did wrong.
    pub(super) failure: Option<String>,
}

impl Cloud {
    pub(super) fn new() -> Self {
        Self {
            session: None,
            desired: Document::new(),
            reported: Document::new(),
            messages: VecDeque::new(),
            calls: BTreeMap::new(),
            last_call: 0,
            pending: BTreeMap::new(),
            last_message: 0,
            outgoing: Vec::new(),
            connections: 0,
            offline: false,
            refuses: false,
            withholds: false,
            cut: false,
            failure: None,
        }
    }

    /// A stream has been opened.
    pub(super) fn opened(&mut self) {
        self.session = Some(Session::default());
        (self.cut, self.outgoing) = (self.offline, Vec::new());
    }

    /// The stream has ended: the callers of the device are told that it is gone.
    pub(super) fn closed(&mut self) {
        self.session = None;
        for call in self.calls.values_mut().filter(|call| call.is_none()) {
            *call = Some((504, json!({ "message": "the device's connection was lost" })));
        }
    }

    /// Ends the connection as soon as what was to be sent is sent.
    pub(super) fn cut(&mut self) {
        self.cut = true;
    }

    /// What is to be sent, and whether the connection ends then.
    pub(super) fn take(&mut self) -> (Vec<Packet>, bool) {
        (std::mem::take(&mut self.outgoing), self.cut)
    }

    /// Whether the device is connected and hears of desired changes and calls.
    pub(super) fn is_serving(&self) -> bool {
        !self.cut
            && self.hears("$iothub/methods/POST/#")
            && self.hears("$iothub/twin/PATCH/properties/desired/#")
    }

    /// A packet of the device.
    pub(super) fn packet(&mut self, packet: Packet) {
        let greeted = self.session.as_ref().is_some_and(|session| session.client_id.is_some());
        match packet {
            Packet::Connect(connect) if !greeted => self.greet(connect),
            Packet::Subscribe(subscribe) if greeted => self.subscribe(subscribe),
            Packet::Publish(publish) if greeted => self.published(publish),
            Packet::PingReq if greeted => self.outgoing.push(Packet::PingResp),
            Packet::PubAck(PubAck { pkid }) if greeted => match self.pending.remove(&pkid) {
                Some(_) => {}
                None => self.fail(format!("an acknowledgement of no message: {pkid}")),
            },
            Packet::Disconnect if greeted => self.cut = true,
            // A CONNECT holds a token.
            Packet::Connect(_) => self.fail("a second CONNECT".to_owned()),
            other => self.fail(format!("a packet out of turn: {other:?}")),
        }
    }

    /// Keeps the first failure.
    pub(super) fn fail(&mut self, what: String) {
        self.cut = true;
        self.failure.get_or_insert(what);
    }

    /// Holds acknowledgements of telemetry back, or gives those out that were held back.
    pub(super) fn withhold(&mut self, withholds: bool) {
        self.withholds = withholds;
        if !withholds && let Some(session) = &mut self.session {
            let owed = session.withheld.drain(..).map(|id| Packet::PubAck(PubAck::new(id)));
            self.outgoing.extend(owed);
        }
    }

    /// Changes the desired document and tells the device; the version after it.
    pub(super) fn desire(&mut self, patch: &Json) -> i64 {
        self.desired.change(patch);
        let version = self.desired.version;
        if self.hears("$iothub/twin/PATCH/properties/desired/#") {
            let mut told = patch.clone();
            told["$version"] = Json::from(version);
            self.tell(format!("$iothub/twin/PATCH/properties/desired/?$version={version}"), &told);
        }
        version
    }

    /// Calls a method; its request id, for [`Cloud::answer`].
    pub(super) fn call(&mut self, name: &str, payload: &Json) -> String {
        self.last_call += 1;
        let request_id = format!("{:x}", self.last_call);
        self.tell(format!("$iothub/methods/POST/{name}/?$rid={request_id}"), payload);
        self.calls.insert(request_id.clone(), None);
        request_id
    }

    /// Puts a message into the device's queue; its packet id.
    pub(super) fn send(&mut self, bag: &str, payload: &Json) -> u16 {
        // MQTT 3.1.1, 2.3.1: no packet id is 0.
        self.last_message = self.last_message.checked_add(1).unwrap_or(1);
        let mut message = Publish::new(bag, QoS::AtLeastOnce, payload.to_string());
        message.pkid = self.last_message;
        self.pending.insert(message.pkid, message);
        self.deliver(self.last_message);
        self.last_message
    }

    /// Whether the device has completed a message.
    pub(super) fn is_completed(&self, message: u16) -> bool {
        !self.pending.contains_key(&message)
    }

    /// Delivers messages from this one on, if the device hears of them; again with the mark of a repetition.
    fn deliver(&mut self, first: u16) {
        let device = self.client_id().to_owned();
        let filter = format!("devices/{device}/messages/devicebound/#");
        if !self.hears(&filter) {
            return;
        }
        for message in self.pending.range_mut(first..).map(|(_, message)| message) {
            let topic = format!("devices/{device}/messages/devicebound/{}", message.topic);
            self.outgoing.push(Packet::Publish(Publish { topic, ..message.clone() }));
            message.dup = true;
        }
    }

    /// The answer to a call, once.
    pub(super) fn answer(&mut self, request_id: &str) -> Call {
        let answer = self.calls.get_mut(request_id)?.take()?;
        self.calls.remove(request_id);
        Some(answer)
    }

    /// Who the device says it is.
    fn client_id(&self) -> &str {
        self.session.as_ref().and_then(|session| session.client_id.as_deref()).unwrap_or_default()
    }

    fn hears(&self, filter: &str) -> bool {
        self.session.as_ref().is_some_and(|session| session.filters.contains(filter))
    }

    fn greet(&mut self, connect: Connect) {
        if self.refuses {
            self.outgoing.push(Packet::ConnAck(ConnAck::new(ConnectReturnCode::NotAuthorized, false)));
            self.cut = true;
            return;
        }
        if connect.client_id.is_empty() {
            return self.fail("a CONNECT without a client id".to_owned());
        }
        let provisioning = connect.login.is_some_and(|login| login.username.contains("/registrations/"));
        self.connections += u64::from(!provisioning);
        if let Some(session) = &mut self.session {
            session.client_id = Some(connect.client_id);
        }
        self.outgoing.push(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false)));
    }

    fn subscribe(&mut self, subscribe: Subscribe) {
        let mut granted = Vec::new();
        for filter in subscribe.filters {
            if !is_subscription(&filter.path) {
                return self.fail(format!("a subscription to {:?}, which no hub grants", filter.path));
            }
            granted.push(SubscribeReasonCode::Success(filter.qos));
            if let Some(session) = &mut self.session {
                session.filters.insert(filter.path);
            }
        }
        self.outgoing.push(Packet::SubAck(SubAck::new(subscribe.pkid, granted)));
        self.deliver(1);
    }

    fn published(&mut self, publish: Publish) {
        match Published::parse(&publish.topic, self.client_id()) {
            None => self.fail(format!("a PUBLISH to {:?}, which no hub takes", publish.topic)),
            Some(Published::TwinGet { request_id }) => {
                let twin = json!({
                    "desired": self.desired.with_version(), "reported": self.reported.with_version(),
                });
                self.tell(format!("$iothub/twin/res/200/?$rid={request_id}"), &twin);
            }
            Some(Published::Reported { request_id }) => self.report(request_id, &publish.payload),
            Some(Published::Answer { status, request_id }) => {
                self.answered(request_id, status, &publish.payload);
            }
            Some(Published::Register { request_id }) => self.assign(request_id),
            Some(Published::Telemetry { properties }) => {
                self.telemetry(publish.qos, publish.pkid, properties, publish.payload);
            }
        }
    }

    fn telemetry(&mut self, qos: QoS, id: u16, properties: BTreeMap<String, String>, payload: Bytes) {
        let is_json = properties.get("$.ct").is_some_and(|kind| kind.starts_with("application/json"));
        let body = match serde_json::from_slice(&payload) {
            Ok(body) => body,
            Err(error) if is_json => return self.fail(format!("telemetry that is not JSON: {error}")),
            Err(_) => Json::Null,
        };
        let component = properties.get("$.sub").cloned();
        self.messages.push_back(Message { component, body, payload, properties });
        match (&mut self.session, qos) {
            (_, QoS::AtMostOnce) => {}
            (Some(session), QoS::AtLeastOnce) if self.withholds => session.withheld.push(id),
            (_, QoS::AtLeastOnce) => self.outgoing.push(Packet::PubAck(PubAck::new(id))),
            (_, QoS::ExactlyOnce) => self.fail("telemetry at QoS 2, which no hub takes".to_owned()),
        }
    }

    fn report(&mut self, request_id: &str, payload: &[u8]) {
        match serde_json::from_slice::<Json>(payload) {
            Ok(patch) if patch.is_object() => {
                self.reported.change(&patch);
                let version = self.reported.version;
                let topic = format!("$iothub/twin/res/204/?$rid={request_id}&$version={version}");
                self.outgoing.push(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, "")));
            }
            Ok(other) => self.fail(format!("reported properties that are no object: {other}")),
            Err(error) => self.fail(format!("reported properties that are not JSON: {error}")),
        }
    }

    fn answered(&mut self, request_id: &str, status: u16, payload: &[u8]) {
        let body = match serde_json::from_slice(payload) {
            Ok(body) => body,
            Err(error) => return self.fail(format!("an answer to a command that is not JSON: {error}")),
        };
        match self.calls.get_mut(request_id) {
            Some(call @ None) => *call = Some((status, body)),
            _ => self.fail(format!("an answer to no open call: {request_id:?}, {status}, {body}")),
        }
    }

    fn assign(&mut self, request_id: &str) {
        let device_id = self.client_id();
        let assigned = json!({
            "operationId": "test",
            "status": "assigned",
            "registrationState": { "assignedHub": HOST, "deviceId": device_id, "status": "assigned" },
        });
        self.tell(format!("$dps/registrations/res/200/?$rid={request_id}"), &assigned);
    }

    fn tell(&mut self, topic: String, body: &Json) {
        self.outgoing.push(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body.to_string())));
    }
}
