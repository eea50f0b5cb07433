//! The session alone, in virtual time.

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{ConnAck, ConnectReturnCode, PubAck, Publish, SubAck, SubscribeReasonCode};
use serde_json::json;

use super::renewal::DRAIN_LIMIT;
use super::*;
use crate::moment::Moment;
use crate::outbox::{Content, Message, Offer};
use crate::table::{CommandTable, Convention, PartTable};

const MODEL: ModelTable = ModelTable {
    id: "dtmi:x;1",
    convention: Convention::Pnp,
    parts: &[PartTable {
        component: None,
        telemetry: &[],
        properties: &[],
        commands: &[CommandTable { name: "blink", asynchronous: false }],
    }],
};

fn login() -> Login {
    Login {
        endpoint: "h:8883".to_owned(),
        principal: Principal::device("d"),
        username: "h/d/?api-version=2021-04-12".to_owned(),
        password: Some(SecretString::from("token")),
        life: Some(TokenLife { renew_after: Duration::from_secs(2880), lasts: Duration::from_secs(3600) }),
    }
}

/// A session that serves, its twin fetched.
fn serving(now: Instant) -> Session {
    serving_with(now, Options::default())
}

fn serving_with(now: Instant, options: Options) -> Session {
    let mut session = Session::new(MODEL, options, None);
    connect(&mut session, now);
    let twin = json!({ "desired": { "$version": 1 }, "reported": {} }).to_string();
    let answer = Publish::new("$iothub/twin/res/200/?$rid=1", QoS::AtMostOnce, twin);
    session.handle(now, Input::Packet(Packet::Publish(answer)));
    session
}

/// Greets and subscribes; the twin has been asked for.
fn connect(session: &mut Session, now: Instant) {
    subscribe(session, now);
    subscribed(session, now);
}

/// Greets and asks for the subscriptions.
fn subscribe(session: &mut Session, now: Instant) {
    session.handle(now, Input::Opened(login()));
    assert!(matches!(session.poll_packet(now), Some(Packet::Connect(_))));
    assert!(session.poll_packet(now).is_none(), "nothing is said before the hub has answered");
    session.handle(now, Input::Packet(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))));
    assert!(matches!(session.poll_packet(now), Some(Packet::Subscribe(_))));
}

fn subscribed(session: &mut Session, now: Instant) {
    let granted = vec![SubscribeReasonCode::Success(QoS::AtLeastOnce); 3];
    session.handle(now, Input::Packet(Packet::SubAck(SubAck::new(1, granted))));
    assert!(matches!(session.poll_action(), Some(Action::Serving)));
    assert!(matches!(session.poll_packet(now), Some(Packet::Publish(get)) if get.topic.contains("twin/GET")));
}

fn offer(session: &mut Session, now: Instant) {
    let expires = now + Duration::from_secs(3600 * 24);
    let message = Message::new(Content::new(b"bag{}".to_vec(), 3), now, expires, None);
    assert!(matches!(session.outbox.lock().offer(message), Offer::Queued(..)));
}

/// The next telemetry message that is due.
fn telemetry(session: &mut Session, now: Instant) -> Option<Publish> {
    let mut buffer = bytes::BytesMut::new();
    let at = Moment { now, wall: std::time::SystemTime::UNIX_EPOCH };
    session.write_telemetry(at, &mut buffer, 1).unwrap();
    match Packet::read(&mut buffer, 1 << 20) {
        Ok(Packet::Publish(publish)) => Some(publish),
        _ => None,
    }
}

/// The hub calls the method `blink`.
fn call(session: &mut Session, now: Instant, request_id: &str) {
    let topic = format!("$iothub/methods/POST/blink/?$rid={request_id}");
    session.handle(now, Input::Packet(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, "5"))));
}

/// The call whose handler is to run next.
fn run(session: &mut Session) -> CallId {
    match session.poll_action() {
        Some(Action::Run { call, .. }) => call,
        other => panic!("no handler is to run: {other:?}"),
    }
}

/// The topic of the next packet, which is a publish.
fn topic(session: &mut Session, now: Instant) -> String {
    match session.poll_packet(now) {
        Some(Packet::Publish(publish)) => publish.topic,
        other => panic!("not a PUBLISH: {other:?}"),
    }
}

/// Everything counted, telemetry included.
fn counters(session: &Session) -> Counters {
    session.outbox.lock().count(session.counters)
}

#[test]
fn a_refused_greeting_hangs_up_with_the_code() {
    let now = Instant::now();
    let mut session = Session::new(MODEL, Options::default(), None);
    session.handle(now, Input::Opened(login()));
    let refused = ConnAck::new(ConnectReturnCode::NotAuthorized, false);
    session.handle(now, Input::Packet(Packet::ConnAck(refused)));
    let Some(Action::HangUp(cause)) = session.poll_action() else { panic!("it was refused") };
    assert!(matches!(*cause, Error::Refused { code: 5, .. }));
    assert!(session.poll_packet(now).is_none());
}

#[test]
fn pings_are_due_whatever_else_is_sent_and_their_answers_are_watched() {
    let now = Instant::now();
    let mut session = serving(now);
    let due = now + Duration::from_secs(45);
    assert_eq!(session.poll_timeout(), Some(due));
    session.handle_timeout(due);
    assert!(matches!(session.poll_packet(due), Some(Packet::PingReq)));
    session.handle_timeout(due + PING_LIMIT);
    assert!(matches!(session.poll_action(), Some(Action::HangUp(_))));
}

#[test]
fn a_ping_sent_before_the_last_one_is_answered_does_not_extend_its_deadline() {
    let now = Instant::now();
    let keep_alive = Duration::from_secs(8);
    let mut session = serving_with(now, Options { keep_alive, ..Options::default() });
    let first = session.poll_timeout().unwrap();
    assert_eq!(first, now + Duration::from_secs(6));
    session.handle_timeout(first);
    session.handle_timeout(first + Duration::from_secs(6));
    assert!(session.poll_action().is_none());
    assert_eq!(session.poll_timeout(), Some(first + keep_alive));
    session.handle_timeout(first + keep_alive);
    assert!(matches!(session.poll_action(), Some(Action::HangUp(_))));
}

#[test]
fn an_answered_ping_lets_the_connection_live() {
    let now = Instant::now();
    let mut session = serving_with(now, Options { keep_alive: Duration::from_secs(8), ..Options::default() });
    for number in 1..20 {
        let due = now + Duration::from_secs(6 * number);
        session.handle_timeout(due);
        assert!(session.poll_action().is_none());
        session.handle(due, Input::Packet(Packet::PingResp));
    }
}

#[test]
fn a_renewal_waits_for_what_is_in_flight_and_sends_nothing_new() {
    let now = Instant::now();
    let mut session = serving(now);
    offer(&mut session, now);
    session.timers.stop(Timer::Ping);
    session.timers.set(Timer::Renewal, now + Duration::from_secs(20));
    let sent = telemetry(&mut session, now).unwrap();
    let due = now + Duration::from_secs(20);
    session.handle_timeout(due);
    offer(&mut session, due);
    assert!(session.poll_packet(due).is_none() && session.poll_action().is_none());
    assert!(telemetry(&mut session, due).is_none());
    session.handle(due, Input::Packet(Packet::PubAck(PubAck::new(sent.pkid))));
    assert!(matches!(session.poll_action(), Some(Action::End(Ended { outcome: Ok(()), .. }))));
    assert!(matches!(session.poll_action(), Some(Action::Renew(_))));
    assert_eq!(counters(&session).queued, 1, "what was offered meanwhile waits for the next connection");
}

#[test]
fn a_renewal_waits_for_the_answers_of_commands_while_everything_else_flows() {
    let now = Instant::now();
    let options = Options { parallel_commands: 1, ..Options::default() };
    let mut session = serving_with(now, options);
    session.timers.stop(Timer::Ping);
    call(&mut session, now, "a");
    let first = run(&mut session);
    let due = now + Duration::from_secs(2880);
    session.handle_timeout(due);
    call(&mut session, due, "b");
    offer(&mut session, due);
    let sent = telemetry(&mut session, due).unwrap();
    session.handle(due, Input::CommandEnded { call: first, result: Ok(Answer(json!(1))) });
    assert_eq!(topic(&mut session, due), "$iothub/methods/res/200/?$rid=a");
    let second = run(&mut session);
    session.handle(due, Input::CommandEnded { call: second, result: Ok(Answer(json!(2))) });
    assert!(session.poll_action().is_none(), "the last answer is still to be sent");
    assert_eq!(topic(&mut session, due), "$iothub/methods/res/200/?$rid=b");
    call(&mut session, due, "late");
    assert_eq!(topic(&mut session, due), "$iothub/methods/res/503/?$rid=late");
    session.handle(due, Input::Packet(Packet::PubAck(PubAck::new(sent.pkid))));
    assert!(session.poll_packet(due).is_none());
    assert!(matches!(session.poll_action(), Some(Action::End(_))));
    assert!(matches!(session.poll_action(), Some(Action::Renew(_))));
}

#[test]
fn a_command_keeps_its_caller_at_a_renewal_as_long_as_the_token_lives() {
    let now = Instant::now();
    let mut session = serving(now);
    session.timers.stop(Timer::Ping);
    call(&mut session, now, "a");
    run(&mut session);
    session.handle_timeout(now + Duration::from_secs(2880));
    assert!(session.poll_action().is_none());
    let over = now + Duration::from_secs(3600 - 30);
    let no_room = over - Duration::from_secs(20);
    call(&mut session, no_room, "late");
    assert_eq!(topic(&mut session, no_room), "$iothub/methods/res/503/?$rid=late");
    assert_eq!(session.poll_timeout(), Some(over - DRAIN_LIMIT));
    session.handle_timeout(over - DRAIN_LIMIT);
    assert!(session.poll_action().is_none());
    assert_eq!(session.poll_timeout(), Some(over));
    session.handle_timeout(over);
    assert!(matches!(session.poll_action(), Some(Action::Renew(_))));
}

#[test]
fn something_that_is_never_acknowledged_holds_a_renewal_up_only_so_long() {
    let now = Instant::now();
    let mut session = serving(now);
    session.timers.stop(Timer::Ping);
    let due = now + Duration::from_secs(2880);
    offer(&mut session, due);
    telemetry(&mut session, due).unwrap();
    session.handle_timeout(due);
    assert_eq!(session.poll_timeout(), Some(due + DRAIN_LIMIT));
    session.handle_timeout(due + DRAIN_LIMIT);
    assert!(matches!(session.poll_action(), Some(Action::Renew(_))));
}

#[test]
fn a_clock_that_jumped_renews_at_once_and_means_nothing_offline() {
    let now = Instant::now();
    let jump = || Input::ClockJumped(Jump::Forth(Duration::from_secs(3 * 3600)));
    let mut session = serving(now);
    offer(&mut session, now);
    telemetry(&mut session, now).unwrap();
    session.handle(now, jump());
    assert!(matches!(session.poll_action(), Some(Action::Renew(why)) if why.contains("slept")));
    assert_eq!(counters(&session).queued, 1, "what is in flight is sent again");
    session.handle(now, jump());
    assert!(session.poll_action().is_none());
}

#[test]
fn a_command_called_before_the_subscriptions_are_granted_is_run_and_answered() {
    let now = Instant::now();
    let mut session = Session::new(MODEL, Options::default(), None);
    subscribe(&mut session, now);
    call(&mut session, now, "early");
    let early = run(&mut session);
    session.handle(now, Input::CommandEnded { call: early, result: Ok(Answer(json!(1))) });
    assert_eq!(topic(&mut session, now), "$iothub/methods/res/200/?$rid=early");
    subscribed(&mut session, now);
}

#[test]
fn a_desired_patch_before_the_subscriptions_are_granted_is_left_to_the_twins_fetch() {
    let now = Instant::now();
    let mut session = Session::new(MODEL, Options::default(), None);
    subscribe(&mut session, now);
    let patch = Publish::new("$iothub/twin/PATCH/properties/desired/?$version=2", QoS::AtLeastOnce, "{}");
    session.handle(now, Input::Packet(Packet::Publish(Publish { pkid: 5, ..patch })));
    assert!(matches!(session.poll_packet(now), Some(Packet::PubAck(PubAck { pkid: 5 }))));
    subscribed(&mut session, now);
}

#[test]
fn telemetry_survives_a_network_that_breaks_again_and_again() {
    let now = Instant::now();
    let mut session = Session::new(MODEL, Options::default(), None);
    offer(&mut session, now);
    for _ in 0..100 {
        connect(&mut session, now);
        assert!(telemetry(&mut session, now).unwrap().topic.starts_with("devices/d/messages/events/bag"));
        let cause = Arc::new(Error::lost("the network is unreachable"));
        session.handle(now, Input::Lost { cause, cut_by_hub: false });
        assert!(session.poll_action().is_none());
    }
    assert_eq!((counters(&session).queued, counters(&session).rejected), (1, 0));
}

#[test]
fn a_report_that_no_hub_takes_ends_at_once() {
    let now = Instant::now();
    let mut session = serving(now);
    let fields = Map::from_iter([("log".to_owned(), Json::from(vec!["x".repeat(4096); 8]))]);
    session.handle(now, Input::Report { ticket: Ticket(7), component: None, fields });
    let Some(Action::Settle(settled)) = session.poll_action() else { panic!("it is too large") };
    assert!(matches!(settled.outcome, Err(Error::TooLarge { .. })));
}

#[test]
fn a_twin_that_is_never_given_out_is_noticed_while_reports_are_answered() {
    let begin = Instant::now();
    let mut session = serving(begin);
    session.timers.stop(Timer::Ping);
    // A version was missed, so the twin is asked for again.
    let patch = Publish::new("$iothub/twin/PATCH/properties/desired/?$version=5", QoS::AtMostOnce, "{}");
    session.handle(begin, Input::Packet(Packet::Publish(patch)));
    assert!(topic(&mut session, begin).contains("twin/GET"));
    for number in 0..3 {
        let now = begin + Duration::from_secs(10 * number);
        session.handle_timeout(now);
        let fields = Map::from_iter([("state".to_owned(), Json::from(number))]);
        session.handle(now, Input::Report { ticket: Ticket(number), component: None, fields });
        let report = topic(&mut session, now);
        let id = report.rsplit_once("$rid=").unwrap().1;
        let answer = Publish::new(format!("$iothub/twin/res/204/?$rid={id}&$version=2"), QoS::AtMostOnce, "");
        session.handle(now, Input::Packet(Packet::Publish(answer)));
        assert!(matches!(session.poll_action(), Some(Action::Settle(Settled { outcome: Ok(()), .. }))));
    }
    session.handle_timeout(begin + ANSWER_LIMIT);
    assert!(matches!(session.poll_action(), Some(Action::HangUp(_))));
}
