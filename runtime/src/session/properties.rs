//! The session as a state machine: whatever happens to it, in whatever order, in virtual time.
//!
//! Random packets (right, wrong and out of turn), losses, pauses, offers, reports and handlers' ends are handed to a
//! session by a [`World`] that carries out what it asks for and holds what must always be so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use bytes::BytesMut;
use proptest::prelude::*;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, Connect, ConnectReturnCode, PubAck, Publish, SubAck, SubscribeReasonCode, UnsubAck,
};
use serde_json::json;

use super::*;
use crate::moment::Moment;
use crate::outbox::{Content, Limits, Message, Offer, WhenFull};
use crate::table::{Convention, PartTable, asynchronous, command, read_only, writable};

const PART: PartTable = PartTable {
    component: None,
    telemetry: &["temp"],
    properties: &[read_only("state"), writable("brightness")],
    commands: &[command("blink"), asynchronous("diagnose")],
};
const MODEL: ModelTable = ModelTable {
    id: "dtmi:x;1",
    convention: Convention::Pnp,
    parts: &[PART, PartTable { component: Some("second"), ..PART }],
};
const WINDOW: usize = 5;
const MOST_MESSAGES: usize = 20;
/// Waiting commands, answers and acknowledgements beyond what a test can make it hold would be a leak.
const MOST_CONTROL: usize = 1100;

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
    Open,
    /// A connection is opened, greeted and subscribed at one go.
    Served,
    Greeted(bool),
    Granted(bool),
    Called {
        name: &'static str,
        request_id: u8,
        payload: &'static str,
    },
    TwinAnswered {
        request_id: u32,
        status: u16,
        body: &'static str,
    },
    Desired {
        version: i64,
        body: &'static str,
    },
    Acknowledged(Vec<u16>),
    OutOfTurn(u8),
    Lost {
        cut_by_hub: bool,
    },
    Unreachable,
    Offered {
        size: usize,
        lives: u64,
    },
    Reported {
        size: usize,
    },
    HandlerEnds {
        index: usize,
        fails: bool,
    },
    Passed {
        milliseconds: u64,
    },
    DeadlineCame,
    Jumped(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening as H;
    let names = prop_oneof![Just("blink"), Just("second*blink"), Just("diagnose"), Just("dance")];
    let payloads = prop_oneof![Just("5"), Just("{"), Just("")];
    let twins = prop_oneof![
        Just(r#"{"desired":{"brightness":1,"$version":4},"reported":{}}"#),
        Just(r#"{"desired":{"$version":1}}"#),
        Just("{}"),
        Just(""),
    ];
    let patches = prop_oneof![
        Just(r#"{"brightness":2}"#),
        Just(r#"{"brightness":null,"second":{"__t":"c","brightness":3}}"#),
        Just(r#"{"nothing":1}"#),
        Just("[]"),
    ];
    let statuses =
        prop_oneof![5 => Just(200_u16), 2 => Just(204), 1 => Just(400), 1 => Just(429), 1 => Just(500)];
    prop_oneof![
        3 => Just(H::Open),
        6 => Just(H::Served),
        6 => prop::bool::weighted(0.9).prop_map(H::Greeted),
        6 => prop::bool::weighted(0.9).prop_map(H::Granted),
        4 => (names, 0_u8..12, payloads)
            .prop_map(|(name, request_id, payload)| H::Called { name, request_id, payload }),
        6 => (1_u32..12, statuses, twins)
            .prop_map(|(request_id, status, body)| H::TwinAnswered { request_id, status, body }),
        2 => (0_i64..9, patches).prop_map(|(version, body)| H::Desired { version, body }),
        6 => prop::collection::vec(0_u16..40, 1..4).prop_map(H::Acknowledged),
        1 => (0_u8..9).prop_map(H::OutOfTurn),
        1 => any::<bool>().prop_map(|cut_by_hub| H::Lost { cut_by_hub }),
        1 => Just(H::Unreachable),
        6 => (1_usize..400, 1_u64..200_000).prop_map(|(size, lives)| H::Offered { size, lives }),
        3 => prop_oneof![9 => 1_usize..50, 1 => Just(40_000)].prop_map(|size| H::Reported { size }),
        5 => (any::<usize>(), any::<bool>()).prop_map(|(index, fails)| H::HandlerEnds { index, fails }),
        4 => (0_u64..60_000).prop_map(|milliseconds| H::Passed { milliseconds }),
        4 => Just(H::DeadlineCame),
        1 => (0_u64..10_000).prop_map(H::Jumped),
    ]
}

/// A handler that runs.
#[derive(Debug)]
enum Job {
    Command(CallId),
    Desired(PropertyKey),
}

/// What stands around the session, and what it has seen of it.
struct World {
    session: Session,
    now: Instant,
    /// Whether a connection is open, and whether the hub has greeted.
    open: bool,
    greeted: bool,
    in_flight: BTreeSet<u16>,
    /// Calls of this connection that were not answered.
    calls: BTreeSet<String>,
    jobs: Vec<Job>,
    offered: u64,
    ended: BTreeMap<u64, u32>,
    reports: u64,
    settled: BTreeMap<Ticket, u32>,
}

impl World {
    fn new(when_full: WhenFull) -> Self {
        let outbox = Limits {
            messages: MOST_MESSAGES,
            bytes: 4000,
            when_full,
            in_flight: WINDOW,
            ..Limits::default()
        };
        let options = Options { outbox, parallel_commands: 2, ..Options::default() };
        Self {
            session: Session::new(MODEL, options, None),
            now: Instant::now(),
            open: false,
            greeted: false,
            in_flight: BTreeSet::new(),
            calls: BTreeSet::new(),
            jobs: Vec::new(),
            offered: 0,
            ended: BTreeMap::new(),
            reports: 0,
            settled: BTreeMap::new(),
        }
    }

    fn closed(&mut self) {
        (self.open, self.greeted) = (false, false);
        self.in_flight.clear();
        self.calls.clear();
    }

    fn happen(&mut self, happening: Happening) {
        use Happening as H;
        match happening {
            H::Open if !self.open => {
                self.open = true;
                self.input(Input::Opened(login()));
            }
            H::Served if !self.open => {
                for step in [H::Open, H::Greeted(true), H::Granted(true)] {
                    self.happen(step);
                }
            }
            H::Lost { cut_by_hub } if self.open => {
                self.closed();
                self.input(Input::Lost { cause: Arc::new(Error::lost("by chance")), cut_by_hub });
            }
            H::Unreachable if !self.open => {
                self.input(Input::Unreachable(Arc::new(Error::lost("nobody there"))));
            }
            H::Offered { size, lives } => self.offer(size, lives),
            H::Reported { size } => self.report(size),
            H::HandlerEnds { index, fails } if !self.jobs.is_empty() => self.handler_ends(index, fails),
            H::Passed { milliseconds } => self.pass(Duration::from_millis(milliseconds)),
            H::DeadlineCame => {
                let deadline = self.session.poll_timeout().unwrap_or(self.now);
                self.pass(deadline.saturating_duration_since(self.now));
            }
            H::Jumped(seconds) => {
                self.input(Input::ClockJumped(Jump::Forth(Duration::from_secs(seconds))));
            }
            H::Acknowledged(ids) if self.greeted => {
                ids.iter().for_each(|id| {
                    self.in_flight.remove(id);
                });
                self.input(Input::Acknowledged(ids));
            }
            received if self.open => self.receive(&received),
            _ => {}
        }
    }

    /// A packet of the hub.
    fn receive(&mut self, happening: &Happening) {
        use Happening as H;
        let publish = |topic: String, qos, body: &str| Publish { pkid: 9, ..Publish::new(topic, qos, body) };
        let packet = match *happening {
            H::Greeted(true) => {
                self.greeted = true;
                Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))
            }
            H::Greeted(false) => Packet::ConnAck(ConnAck::new(ConnectReturnCode::NotAuthorized, false)),
            H::Granted(true) => {
                Packet::SubAck(SubAck::new(1, vec![SubscribeReasonCode::Success(QoS::AtLeastOnce); 3]))
            }
            H::Granted(false) => Packet::SubAck(SubAck::new(1, vec![SubscribeReasonCode::Failure])),
            H::Called { name, request_id, payload } => {
                self.calls.insert(format!("{request_id:x}"));
                let topic = format!("$iothub/methods/POST/{name}/?$rid={request_id:x}");
                Packet::Publish(publish(topic, QoS::AtMostOnce, payload))
            }
            H::TwinAnswered { request_id, status, body } => {
                let topic = format!("$iothub/twin/res/{status}/?$rid={request_id}");
                Packet::Publish(publish(topic, QoS::AtMostOnce, body))
            }
            H::Desired { version, body } => {
                let topic = format!("$iothub/twin/PATCH/properties/desired/?$version={version}");
                Packet::Publish(publish(topic, QoS::AtLeastOnce, body))
            }
            H::OutOfTurn(kind) => match kind {
                0 => Packet::Connect(Connect::new("x")),
                1 => Packet::PingReq,
                2 => Packet::PingResp,
                3 => Packet::Disconnect,
                4 => Packet::UnsubAck(UnsubAck { pkid: 1 }),
                5 => Packet::PubAck(PubAck::new(0)),
                6 => Packet::Publish(publish("a/b".to_owned(), QoS::AtLeastOnce, "?")),
                7 => {
                    let topic = "devices/d/messages/devicebound/%24.mid=1&method-name=blink".to_owned();
                    Packet::Publish(publish(topic, QoS::AtLeastOnce, "5"))
                }
                _ => Packet::Publish(publish("$iothub/twin/res/200/?$rid=x".to_owned(), QoS::AtMostOnce, "")),
            },
            _ => return,
        };
        self.input(Input::Packet(packet));
    }

    fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.carry_out();
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        let mut turns = 0;
        while self.session.poll_timeout().is_some_and(|deadline| deadline <= self.now) {
            self.session.handle_timeout(self.now);
            self.carry_out();
            turns += 1;
            assert!(turns < 100, "a deadline that has passed stays: a busy loop");
        }
    }

    fn offer(&mut self, size: usize, lives: u64) {
        let expires = self.now + Duration::from_millis(lives);
        let message = Message::new(Content::new(vec![b'7'; size], 0), self.now, expires, None);
        let offer = self.session.outbox.lock().offer(message);
        if let Offer::Queued(sequence, dropped) = offer {
            self.offered += 1;
            assert_eq!(sequence, self.offered);
            dropped.into_iter().for_each(|ended| self.end(&ended));
        }
        self.carry_out();
    }

    fn report(&mut self, size: usize) {
        if self.session.reports_are_full() {
            return;
        }
        self.reports += 1;
        let ticket = Ticket(self.reports);
        let fields = Map::from_iter([
            ("state".to_owned(), Json::from("x".repeat(size))),
            ("brightness".to_owned(), json!(self.reports)),
        ]);
        let component = self.reports.is_multiple_of(2).then_some("second");
        self.input(Input::Report { ticket, component, fields });
    }

    fn handler_ends(&mut self, index: usize, fails: bool) {
        let job = self.jobs.swap_remove(index % self.jobs.len());
        self.input(match (job, fails) {
            (Job::Command(call), false) => Input::CommandEnded { call, result: Ok(Answer(json!(1))) },
            (Job::Command(call), true) => {
                Input::CommandEnded { call, result: Err(CommandError::failed("by chance")) }
            }
            (Job::Desired(key), false) => Input::DesiredEnded { key, result: Ok(InForce(json!(1))) },
            (Job::Desired(key), true) => {
                Input::DesiredEnded { key, result: Err(PropertyError::failed("by chance")) }
            }
        });
    }

    /// Does what the driver does after each event, and looks at what comes out.
    fn carry_out(&mut self) {
        self.actions();
        while let Some(packet) = self.session.poll_packet(self.now) {
            self.sent(&packet);
        }
        let mut buffer = BytesMut::new();
        let at = Moment { now: self.now, wall: SystemTime::UNIX_EPOCH };
        self.session.write_telemetry(at, &mut buffer, usize::MAX).unwrap();
        while !buffer.is_empty() {
            let packet = Packet::read(&mut buffer, 1 << 20).expect("whole packets are written");
            self.sent(&packet);
        }
        self.actions();
        assert!(self.session.poll_action().is_none());
        assert!(self.session.control.len() <= MOST_CONTROL);
        assert!(self.session.outbox.lock().count(Counters::default()).queued <= MOST_MESSAGES as u64);
        assert!(self.in_flight.len() <= WINDOW, "more in flight than the window");
    }

    fn actions(&mut self) {
        while let Some(action) = self.session.poll_action() {
            match action {
                Action::HangUp(_) | Action::Renew(_) => self.closed(),
                Action::Run { call, .. } => self.jobs.push(Job::Command(call)),
                Action::Apply { key, .. } => {
                    let twice = |job: &Job| matches!(job, Job::Desired(running) if *running == key);
                    assert!(!self.jobs.iter().any(twice), "two handlers of one property at once");
                    self.jobs.push(Job::Desired(key));
                }
                Action::Settle(settled) => self.settle(&settled),
                Action::End(ended) => self.end(&ended),
                _ => {}
            }
        }
    }

    fn end(&mut self, ended: &Ended) {
        *self.ended.entry(ended.sequence).or_default() += 1;
    }

    fn settle(&mut self, settled: &Settled) {
        *self.settled.entry(settled.ticket).or_default() += 1;
    }

    /// A packet has been written to the connection.
    fn sent(&mut self, packet: &Packet) {
        assert!(self.open, "{packet:?} without a connection");
        assert!(self.greeted || matches!(packet, Packet::Connect(_)), "{packet:?} before the greeting");
        let Packet::Publish(publish) = packet else { return };
        if let Some(rest) = publish.topic.strip_prefix("$iothub/methods/res/") {
            let (_, request_id) = rest.split_once("/?$rid=").expect("an answer names its call");
            assert!(self.calls.remove(request_id), "{request_id} was answered, or never called here");
        } else if publish.topic.starts_with("devices/") {
            assert!(publish.pkid > 0 && self.in_flight.insert(publish.pkid), "a packet id twice in flight");
        }
    }

    /// Closes everything: whatever was promised an end has one now.
    fn finish(mut self) {
        self.input(Input::Close);
        for settled in self.session.abandon() {
            self.settle(&settled);
        }
        let left = self.session.outbox.lock().abandon();
        left.iter().for_each(|ended| self.end(ended));
        let all: BTreeMap<u64, u32> = (1..=self.offered).map(|sequence| (sequence, 1)).collect();
        assert_eq!(self.ended, all, "each message ends once");
        let all: BTreeMap<Ticket, u32> = (1..=self.reports).map(|number| (Ticket(number), 1)).collect();
        assert_eq!(self.settled, all, "each report ends once");
    }
}

fn login() -> Login {
    Login {
        endpoint: "h:8883".to_owned(),
        principal: Principal::device("d"),
        username: "h/d/".to_owned(),
        password: Some(SecretString::from("token")),
        life: Some(TokenLife { renew_after: Duration::from_secs(48), lasts: Duration::from_secs(60) }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nothing_is_said_too_early_answered_twice_left_open_or_piled_up(
        when_full in prop_oneof![Just(WhenFull::Refuse), Just(WhenFull::Wait), Just(WhenFull::DropOldest)],
        happenings in prop::collection::vec(happening(), 1..120),
    ) {
        let mut world = World::new(when_full);
        happenings.into_iter().for_each(|happening| world.happen(happening));
        world.finish();
    }
}
