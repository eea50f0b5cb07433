//! Tests of the connection's state machine, in virtual time and without a socket.

use super::*;
use crate::certificate::tests::{device as certificate, signer};
use crate::certificate::{Known, Thumbprint, Thumbprints};
use crate::state::provisioning::enrollment::{Kind, Settings};
use crate::state::tests::{NOW, device_token, group_token, state};
use proptest::prelude::*;
use rumqttc::mqttbytes::v4::{SubscribeFilter, Unsubscribe};
use serde_json::json;

fn connect_packet(id: &str, username: &str, password: &str) -> Packet {
    let mut connect = Connect::new(id);
    connect.keep_alive = 60;
    connect.set_login(username, password);
    Packet::Connect(connect)
}

fn publish(topic: &str, body: &str) -> Packet {
    Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body))
}

fn online() -> (State, Connection) {
    let mut state = state();
    let key = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
    let mut connection = Connection::new(state.next_session());
    let token = device_token("localhost/devices/d1", &key);
    let packet = connect_packet("d1", "localhost/d1/?api-version=2021-04-12", &token);
    assert_eq!(connection.handle(packet, &mut state, NOW), accepted(false));
    (state, connection)
}

fn subscribe(connection: &mut Connection, state: &mut State, filter: &str, qos: QoS) -> Output {
    let filters = vec![SubscribeFilter::new(filter.to_owned(), qos)];
    connection.handle(Packet::Subscribe(Subscribe { pkid: 7, filters }), state, NOW)
}

fn only_publish(output: &Output) -> (&str, Value) {
    match output.send.as_slice() {
        [Packet::Publish(one)] => (&one.topic, serde_json::from_slice(&one.payload).unwrap_or(Value::Null)),
        other => panic!("expected one publish, got {other:?}"),
    }
}

fn reason(output: &Output) -> &str {
    match &output.end {
        Some(End::Refused(reason)) => reason,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn a_registration_is_assigned_on_the_first_poll() {
    let mut state = state();
    let mut connection = Connection::new(state.next_session());
    let token = group_token(&state, "d1");
    let user = "0neTEST/registrations/d1/api-version=2019-03-31";
    assert_eq!(connection.handle(connect_packet("d1", user, &token), &mut state, NOW), accepted(false));
    subscribe(&mut connection, &mut state, "$dps/registrations/res/#", QoS::AtLeastOnce);
    let register = publish("$dps/registrations/PUT/iotdps-register/?$rid=r1", r#"{"payload":null}"#);
    let output = connection.handle(register, &mut state, NOW);
    let (topic, body) = only_publish(&output);
    assert_eq!(topic, "$dps/registrations/res/202/?$rid=r1&retry-after=1");
    let operation = body["operationId"].as_str().unwrap();
    let poll = format!("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r2&operationId={operation}");
    let output = connection.handle(publish(&poll, " "), &mut state, NOW);
    let (topic, body) = only_publish(&output);
    assert_eq!(topic, "$dps/registrations/res/200/?$rid=r2");
    assert_eq!(body["status"], "assigned");
    assert_eq!(body["registrationState"]["deviceId"], "d1");
    assert_eq!(body["registrationState"]["assignedHub"], "localhost");
}

#[test]
fn a_bad_registration_token_is_accepted_at_connect_and_refused_at_register() {
    let mut state = state();
    let mut connection = Connection::new(state.next_session());
    let token = group_token(&state, "other");
    let user = "0neTEST/registrations/d1/api-version=2019-03-31";
    assert_eq!(connection.handle(connect_packet("d1", user, &token), &mut state, NOW), accepted(false));
    let register = publish("$dps/registrations/PUT/iotdps-register/?$rid=r1", "{}");
    let output = connection.handle(register, &mut state, NOW);
    let (topic, body) = only_publish(&output);
    assert_eq!((topic, &body["errorCode"]), ("$dps/registrations/res/401/?$rid=r1", &json!(401_000)));
    assert_eq!(state.log().count(), 1);
}

#[test]
fn a_connection_that_registers_may_be_wrong_ten_times() {
    let mut state = state();
    let mut connection = Connection::new(state.next_session());
    let token = group_token(&state, "other");
    let user = "0neTEST/registrations/d1/api-version=2019-03-31";
    assert_eq!(connection.handle(connect_packet("d1", user, &token), &mut state, NOW), accepted(false));
    let mut register = || {
        connection.handle(publish("$dps/registrations/PUT/iotdps-register/?$rid=r1", "{}"), &mut state, NOW)
    };
    (0..10).for_each(|_| assert_eq!(register().end, None));
    assert!(reason(&register()).contains("10 times"));
}

#[test]
fn refuses_unknown_devices_wrong_names_and_bad_tokens_with_code_5() {
    let mut state = state();
    let key = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
    let good = device_token("localhost/devices/d1", &key);
    let cases = [
        ("d2", "localhost/d2/?api-version=1", good.as_str(), "no device"),
        ("d1", "localhost/d1/?api-version=1", "", "no shared access signature"),
        ("x", "localhost/d1/?api-version=1", good.as_str(), "client id"),
        ("d1", "d1", good.as_str(), "user name"),
    ];
    for (id, user, password, why) in cases {
        let mut connection = Connection::new(state.next_session());
        let output = connection.handle(connect_packet(id, user, password), &mut state, NOW);
        let [Packet::ConnAck(ack)] = output.send.as_slice() else { panic!("no CONNACK") };
        assert_eq!(ack.code, ConnectReturnCode::NotAuthorized);
        assert!(reason(&output).contains(why), "{}", reason(&output));
        assert!(!reason(&output).contains("sig="));
    }
}

#[test]
fn twins_are_read_patched_and_refused_with_a_code_in_the_body() {
    let (mut state, mut connection) = online();
    subscribe(&mut connection, &mut state, "$iothub/twin/res/#", QoS::AtMostOnce);
    let patch = |body: &str| publish("$iothub/twin/PATCH/properties/reported/?$rid=1", body);
    let output = connection.handle(patch(r#"{"a":1}"#), &mut state, NOW);
    assert_eq!(only_publish(&output).0, "$iothub/twin/res/204/?$rid=1&$version=2");
    for bad in ["[1]", "", r#"{"a b":1}"#] {
        let output = connection.handle(patch(bad), &mut state, NOW);
        let (topic, body) = only_publish(&output);
        assert_eq!((topic, &body["errorCode"]), ("$iothub/twin/res/400/?$rid=1", &json!(400_004)), "{bad}");
    }
    let output = connection.handle(publish("$iothub/twin/GET/?$rid=2", " "), &mut state, NOW);
    let (_, body) = only_publish(&output);
    assert_eq!(body, json!({ "desired": { "$version": 1 }, "reported": { "a": 1, "$version": 2 } }));
}

#[test]
fn without_an_api_version_twin_operations_answer_400() {
    let mut state = state();
    let key = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
    let mut connection = Connection::new(state.next_session());
    let token = device_token("localhost/devices/d1", &key);
    let _ = connection.handle(connect_packet("d1", "localhost/d1", &token), &mut state, NOW);
    subscribe(&mut connection, &mut state, "$iothub/twin/res/#", QoS::AtMostOnce);
    let output = connection.handle(publish("$iothub/twin/GET/?$rid=2", ""), &mut state, NOW);
    assert_eq!(only_publish(&output).0, "$iothub/twin/res/400/?$rid=2");
}

#[test]
fn subscribing_is_idempotent_and_qos_2_is_granted_1() {
    let (mut state, mut connection) = online();
    for _ in 0..2 {
        let output = subscribe(&mut connection, &mut state, "$iothub/methods/POST/#", QoS::ExactlyOnce);
        let codes = vec![SubscribeReasonCode::Success(QoS::AtLeastOnce)];
        assert_eq!(output, Output::send(Packet::SubAck(SubAck::new(7, codes))));
    }
    assert!(state.is_listening("d1"));
    let gone = Unsubscribe { pkid: 8, topics: vec!["$iothub/methods/POST/#".into()] };
    let _ = connection.handle(Packet::Unsubscribe(gone), &mut state, NOW);
    assert!(!state.is_listening("d1"));
}

#[test]
fn ends_on_what_iot_hub_does_not_allow_saying_what_it_was() {
    let qos2 = Packet::Publish(Publish::new("devices/d1/messages/events/", QoS::ExactlyOnce, ""));
    let cases = [
        (qos2, "QoS 2"),
        (publish("home/kitchen", ""), "not a topic"),
        (publish("devices/d2/messages/events/", ""), "not a topic"),
        (publish("devices/d1/messages/events/a=%zz", ""), "percent-encoded"),
        (connect_packet("d1", "localhost/d1", ""), "second CONNECT"),
    ];
    for (packet, why) in cases {
        let (mut state, mut connection) = online();
        let output = connection.handle(packet, &mut state, NOW);
        assert!(reason(&output).contains(why), "{}", reason(&output));
    }
    let (mut state, mut connection) = online();
    let output = subscribe(&mut connection, &mut state, "#", QoS::AtMostOnce);
    assert!(reason(&output).contains("SUBSCRIBE"));
}

#[test]
fn what_iot_hub_does_not_know_is_only_logged_where_the_hub_was_told_so() {
    let (mut state, mut connection) = online();
    state.tolerates_unknown_topics = true;
    let mut lost = Publish::new("home/kitchen", QoS::AtLeastOnce, "{}");
    lost.pkid = 9;
    let output = connection.handle(Packet::Publish(lost), &mut state, NOW);
    assert_eq!(output, Output::send(Packet::PubAck(PubAck::new(9))));
    let output = subscribe(&mut connection, &mut state, "#", QoS::AtMostOnce);
    assert_eq!(output, Output::send(Packet::SubAck(SubAck::new(7, vec![SubscribeReasonCode::Failure]))));
    let qos2 = Packet::Publish(Publish::new("devices/d1/messages/events/", QoS::ExactlyOnce, ""));
    assert!(reason(&connection.handle(qos2, &mut state, NOW)).contains("QoS 2"));
    assert_eq!(state.log().filter(|row| row.message.contains("tolerated")).count(), 2);
    assert_eq!(state.device("d1").unwrap().record.messages, 0);
}

#[test]
fn the_silence_that_is_granted_is_one_and_a_half_times_the_keep_alive_and_has_an_end() {
    for (asked, granted) in
        [(60, Some(90_000)), (1177, Some(1_765_500)), (u16::MAX, Some(1_765_500)), (0, Some(1_765_500))]
    {
        let mut state = state();
        let mut connect = Connect::new("d1");
        connect.keep_alive = asked;
        connect.set_login("0neTEST/registrations/d1/api-version=2019-03-31", "");
        let mut connection = Connection::new(state.next_session());
        assert_eq!(connection.handle(Packet::Connect(connect), &mut state, NOW), accepted(false));
        assert_eq!(connection.silence_limit_ms(), granted, "{asked}");
    }
}

#[test]
fn a_will_to_another_topic_is_refused() {
    for topic in
        ["devices/d2/messages/events/", "devices/d1/messages/devicebound/x", "$iothub/twin/GET/?$rid=1"]
    {
        let mut state = state();
        let key = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
        let mut connect = Connect::new("d1");
        connect.set_login("localhost/d1/?api-version=1", device_token("localhost/devices/d1", &key));
        let will = rumqttc::mqttbytes::v4::LastWill::new(topic, "{}", QoS::AtMostOnce, false);
        connect.last_will = Some(will);
        let mut connection = Connection::new(state.next_session());
        let output = connection.handle(Packet::Connect(connect), &mut state, NOW);
        assert!(reason(&output).contains("the will"), "{topic}");
    }
}

#[test]
fn a_retained_message_is_delivered_once_and_marked() {
    let (mut state, mut connection) = online();
    let mut message = Publish::new("devices/d1/messages/events/", QoS::AtMostOnce, "{}");
    message.retain = true;
    state.observed = true;
    let _ = connection.handle(Packet::Publish(message), &mut state, NOW);
    let told = state.take_effects().into_iter().find_map(|effect| match effect {
        crate::state::Effect::Took(message) => Some(message),
        _ => None,
    });
    assert_eq!(told.unwrap().properties["mqtt-retain"], "true");
}

#[test]
fn telemetry_at_qos_1_is_acknowledged_once_it_is_kept() {
    let (mut state, mut connection) = online();
    let mut message = Publish::new("devices/d1/messages/events/", QoS::AtLeastOnce, r#"{"temp":1}"#);
    message.pkid = 9;
    let output = connection.handle(Packet::Publish(message), &mut state, NOW);
    assert_eq!(output, Output::send(Packet::PubAck(PubAck::new(9))));
    assert_eq!(state.device("d1").unwrap().record.messages, 1);
}

#[test]
fn a_will_is_delivered_unless_the_end_was_clean() {
    for (clean, expected) in [(true, 0), (false, 1)] {
        let mut state = state();
        let key = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
        let mut connect = Connect::new("d1");
        connect.set_login("localhost/d1/?api-version=1", device_token("localhost/devices/d1", &key));
        let will = rumqttc::mqttbytes::v4::LastWill::new(
            "devices/d1/messages/events/",
            "{}",
            QoS::AtMostOnce,
            false,
        );
        connect.last_will = Some(will);
        let mut connection = Connection::new(state.next_session());
        let _ = connection.handle(Packet::Connect(connect), &mut state, NOW);
        connection.close("over", clean, &mut state, NOW);
        assert_eq!(state.device("d1").unwrap().record.messages, expected);
        assert!(state.device("d1").unwrap().session.is_none());
    }
}

fn any_packet() -> impl Strategy<Value = Packet> {
    let topic = "(devices/d1/messages/events/|\\$iothub/(twin/GET|methods/res/200)/\\?\\$rid=|\\$dps/)?[a-z0-9%&=]{0,9}";
    prop_oneof![
        (topic, ".{0,20}").prop_map(|(topic, body)| publish(&topic, &body)),
        (".{0,20}", ".{0,20}").prop_map(|(user, password)| connect_packet("d1", &user, &password)),
        (topic).prop_map(|path| {
            let filters = vec![SubscribeFilter::new(path, QoS::AtMostOnce)];
            Packet::Subscribe(Subscribe { pkid: 1, filters })
        }),
        Just(Packet::PingReq),
        Just(Packet::Disconnect),
        Just(Packet::PubAck(PubAck::new(1))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn arbitrary_packets_never_panic(packets in proptest::collection::vec(any_packet(), 0..12), new: bool) {
        let (mut state, mut connection) = online();
        if new {
            connection = Connection::new(state.next_session());
        }
        for packet in packets {
            let _ = connection.handle(packet, &mut state, NOW);
        }
        connection.close("over", false, &mut state, NOW);
    }
}

#[test]
fn an_unreadable_user_name_is_explained_and_not_repeated() {
    let mut state = state();
    for secret in
        ["c2VjcmV0LXNlY3JldA==", "HostName=x;DeviceId=d1;SharedAccessKey=c2Vj/cmV0/c2Vjcg==", "c2Vj/cmV0"]
    {
        let mut connection = Connection::new(state.next_session());
        let output = connection.handle(connect_packet("d1", secret, "d1"), &mut state, NOW);
        let told = reason(&output);
        for piece in secret.split(['/', '=', ';']).filter(|piece| piece.len() > 2) {
            assert!(!told.contains(piece), "{told}");
        }
    }
    let mut connection = Connection::new(state.next_session());
    let output = connection.handle(connect_packet("d1", "c2VjcmV0", "d1"), &mut state, NOW);
    assert!(reason(&output).contains("{hub}/{deviceId}/?api-version="), "{}", reason(&output));
}

#[test]
fn a_device_that_is_known_by_its_certificate_needs_it_and_no_password() {
    let mut state = state();
    let key = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
    let [own, other] = [1, 2].map(|_| Arc::new(certificate("d1", &[])));
    let primary = Thumbprint::of(own.der());
    state.know_by("d1", Known::Thumbprints(Thumbprints { primary, secondary: None })).unwrap();
    let user = "localhost/d1/?api-version=2021-04-12";
    let mut connect = |presented: Option<Arc<ClientCertificate>>, password: &str| {
        let mut connection = Connection::new(state.next_session()).with_certificate(presented);
        connection.handle(connect_packet("d1", user, password), &mut state, NOW)
    };
    assert_eq!(connect(Some(own), ""), accepted(false));
    assert!(reason(&connect(Some(other), "")).contains("another certificate"));
    let token = device_token("localhost/devices/d1", &key);
    assert!(reason(&connect(None, &token)).contains("presented none"));
}

#[test]
fn a_registration_by_certificate_is_for_the_device_that_is_known_by_it() {
    let mut state = state();
    state.create("d1", None, true, NOW).unwrap();
    let own = Arc::new(certificate("d1", &[]));
    let primary = Thumbprint::of(own.der());
    state.know_by("d1", Known::Thumbprints(Thumbprints { primary, secondary: None })).unwrap();
    let mut register = |id: &str| {
        let mut connection = Connection::new(state.next_session()).with_certificate(Some(Arc::clone(&own)));
        let user = format!("0neTEST/registrations/{id}/api-version=2019-03-31");
        assert_eq!(connection.handle(connect_packet(id, &user, ""), &mut state, NOW), accepted(false));
        subscribe(&mut connection, &mut state, "$dps/registrations/res/#", QoS::AtLeastOnce);
        let register = publish("$dps/registrations/PUT/iotdps-register/?$rid=r1", "{}");
        only_publish(&connection.handle(register, &mut state, NOW)).0.to_owned()
    };
    assert!(register("d1").starts_with("$dps/registrations/res/202/"));
    assert!(register("d2").starts_with("$dps/registrations/res/401/"));
}

#[test]
fn a_device_of_an_authority_connects_by_its_name_and_the_log_says_why_another_does_not() {
    let mut state = state();
    state.create("d1", None, true, NOW).unwrap();
    state.know_by("d1", Known::BY_AUTHORITY).unwrap();
    let root = signer("root", None);
    let middle = signer("middle", Some(&root));
    state.trust(None, &root.pem(), NOW).unwrap();
    let mut connect = |presented: ClientCertificate| {
        let mut connection =
            Connection::new(state.next_session()).with_certificate(Some(Arc::new(presented)));
        let packet = connect_packet("d1", "localhost/d1/?api-version=2021-04-12", "");
        if let Some(question) = connection.question(&packet, &state, NOW) {
            connection.learn(&question);
        }
        connection.handle(packet, &mut state, NOW)
    };
    assert_eq!(connect(certificate("d1", &[&middle])), accepted(false));
    let named = connect(certificate("d2", &[&middle]));
    assert!(reason(&named).contains("is of \"d2\", not of \"d1\""), "{}", reason(&named));
    let stranger = signer("stranger", None);
    let unknown = connect(certificate("d1", &[&stranger]));
    assert!(reason(&unknown).contains("does not lead to a known authority"), "{}", reason(&unknown));
}

#[test]
fn a_module_connects_as_itself_and_speaks_on_its_own_topics() {
    let mut state = state();
    state.create("d1", None, true, NOW).unwrap();
    let key = state.create_module("d1", "m", None, NOW).unwrap().record.primary.clone();
    let mut connection = Connection::new(state.next_session());
    let token = device_token("localhost/devices/d1/modules/m", &key);
    let packet = connect_packet("d1/m", "localhost/d1/m/?api-version=2021-04-12", &token);
    assert_eq!(connection.handle(packet, &mut state, NOW), accepted(false));
    for (filter, known) in [
        ("$iothub/twin/res/#", true),
        ("$iothub/methods/POST/#", true),
        ("devices/d1/modules/m/inputs/#", true),
        ("devices/d1/modules/m/messages/devicebound/#", false),
    ] {
        let output = subscribe(&mut connection, &mut state, filter, QoS::AtLeastOnce);
        assert_eq!(output.end.is_none(), known, "{filter}");
    }
    let telemetry = publish("devices/d1/modules/m/messages/events/", r#"{"t":1}"#);
    assert_eq!(connection.handle(telemetry, &mut state, NOW), Output::default());
    assert_eq!(state.device("d1/m").unwrap().record.messages, 1);
    let get = connection.handle(publish("$iothub/twin/GET/?$rid=1", ""), &mut state, NOW);
    assert_eq!(only_publish(&get).0, "$iothub/twin/res/200/?$rid=1");
    let of_device = publish("devices/d1/messages/events/", "{}");
    assert!(connection.handle(of_device, &mut state, NOW).end.is_some(), "that is the device's topic");
}

#[test]
fn a_disabled_enrollment_is_final_with_a_code_and_the_log_says_so() {
    let mut state = state();
    let own = state.enrollment(Kind::Group, "default").unwrap().attestation.clone();
    let disabled = Settings { enabled: false, ..Settings::default() };
    state.enroll(Kind::Group, "default", own, disabled, Some("*"), NOW).unwrap();
    let mut connection = Connection::new(state.next_session());
    let token = group_token(&state, "d1");
    let user = "0neTEST/registrations/d1/api-version=2019-03-31";
    assert_eq!(connection.handle(connect_packet("d1", user, &token), &mut state, NOW), accepted(false));
    let register = publish("$dps/registrations/PUT/iotdps-register/?$rid=r1", "{}");
    let output = connection.handle(register, &mut state, NOW);
    let operation = only_publish(&output).1["operationId"].as_str().unwrap().to_owned();
    let poll = format!("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r2&operationId={operation}");
    let output = connection.handle(publish(&poll, " "), &mut state, NOW);
    let (topic, body) = only_publish(&output);
    assert_eq!((topic, &body["status"]), ("$dps/registrations/res/200/?$rid=r2", &json!("disabled")));
    assert_eq!(body["registrationState"]["errorCode"], 400_209);
    assert!(state.log().any(|row| row.message.contains("the enrollment is disabled")));
}

#[test]
fn a_device_that_waits_for_approval_is_refused_with_401() {
    let mut state = state();
    state.set_approval(crate::state::Approval::Operator);
    let mut connection = Connection::new(state.next_session());
    let token = group_token(&state, "d1");
    let user = "0neTEST/registrations/d1/api-version=2019-03-31";
    assert_eq!(connection.handle(connect_packet("d1", user, &token), &mut state, NOW), accepted(false));
    let register = publish("$dps/registrations/PUT/iotdps-register/?$rid=r1", "{}");
    let output = connection.handle(register.clone(), &mut state, NOW);
    assert_eq!(only_publish(&output).0, "$dps/registrations/res/401/?$rid=r1");
    state.approve("d1", NOW).unwrap();
    let output = connection.handle(register, &mut state, NOW);
    assert!(only_publish(&output).0.starts_with("$dps/registrations/res/202/"));
}
