use serde_json::json;

use super::*;
use crate::table::Convention;

const MODEL: ModelTable = ModelTable { id: "dtmi:x;1", convention: Convention::Pnp, parts: &[] };

fn begin(now: Instant) -> Provisioning {
    let endpoint = Endpoint::parse("dps.example:1883", "it").unwrap();
    let Json::Object(payload) = json!({ "site": 7 }) else { panic!("it is one") };
    let applicant = Applicant {
        endpoint: &endpoint,
        id_scope: "0ne1",
        registration_id: "d",
        password: None,
        model: &MODEL,
        payload: &payload,
    };
    let mut provisioning = Provisioning::new(now, &applicant);
    let Some(Packet::Connect(connect)) = provisioning.poll_packet() else { panic!("not a CONNECT") };
    assert_eq!(connect.login.unwrap().password, "");
    let accepted = Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false));
    assert_eq!(provisioning.handle(now, accepted).unwrap(), None);
    assert!(matches!(provisioning.poll_packet(), Some(Packet::Subscribe(_))));
    let granted = SubAck::new(1, vec![SubscribeReasonCode::Success(QoS::AtLeastOnce)]);
    provisioning.handle(now, Packet::SubAck(granted)).unwrap();
    provisioning
}

fn sent(provisioning: &mut Provisioning) -> Option<String> {
    provisioning.poll_packet().map(|packet| match packet {
        Packet::Publish(publish) => publish.topic,
        other => panic!("not a publish: {other:?}"),
    })
}

fn answer(
    provisioning: &mut Provisioning,
    now: Instant,
    head: &str,
    body: &Json,
) -> Result<Option<Assignment>, Error> {
    let topic = format!("$dps/registrations/res/{head}");
    provisioning.handle(now, Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body.to_string())))
}

#[test]
fn registering_polls_after_the_named_pause_until_a_hub_is_assigned() {
    let now = Instant::now();
    let mut provisioning = begin(now);
    assert_eq!(sent(&mut provisioning).unwrap(), "$dps/registrations/PUT/iotdps-register/?$rid=1");
    let assigning = json!({ "operationId": "4.ab", "status": "assigning" });
    assert_eq!(answer(&mut provisioning, now, "202/?$rid=1&retry-after=3", &assigning).unwrap(), None);
    assert_eq!(provisioning.poll_timeout(), now + Duration::from_secs(3));
    assert!(sent(&mut provisioning).is_none());

    let now = now + Duration::from_secs(3);
    provisioning.handle_timeout(now).unwrap();
    assert_eq!(
        sent(&mut provisioning).unwrap(),
        "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=4.ab"
    );
    let state = json!({ "assignedHub": "localhost:18883", "deviceId": "d" });
    let assigned = json!({ "operationId": "4.ab", "status": "assigned", "registrationState": state });
    let assignment = answer(&mut provisioning, now, "200/?$rid=2", &assigned).unwrap().unwrap();
    assert_eq!(
        (assignment.endpoint.to_string().as_str(), assignment.device_id.as_str()),
        ("localhost:18883", "d")
    );
}

#[test]
fn a_throttled_poll_without_operation_asks_about_the_same_one() {
    let now = Instant::now();
    let mut provisioning = begin(now);
    sent(&mut provisioning);
    answer(&mut provisioning, now, "202/?$rid=1", &json!({ "operationId": "4.ab", "status": "assigning" }))
        .unwrap();
    let now = provisioning.poll_timeout();
    provisioning.handle_timeout(now).unwrap();
    sent(&mut provisioning);
    answer(&mut provisioning, now, "429/?$rid=2&retry-after=7", &json!({ "errorCode": 429_001 })).unwrap();
    assert_eq!(provisioning.poll_timeout(), now + Duration::from_secs(7));
    provisioning.handle_timeout(provisioning.poll_timeout()).unwrap();
    assert!(sent(&mut provisioning).unwrap().ends_with("$rid=3&operationId=4.ab"));
}

#[test]
fn peers_row_13_register_and_poll_honour_retry_after_in_202_and_in_429() {
    let begin_at = Instant::now();
    let mut provisioning = begin(begin_at);
    let throttled = json!({ "errorCode": 429_001, "message": "slow down" });
    let assigning = json!({ "operationId": "4.ab", "status": "assigning" });
    let mut now = begin_at;
    // (answer to the question, seconds named, seconds kept, what the next question is)
    let answers = [
        ("429/?$rid=1&retry-after=17", &throttled, 17, "PUT/iotdps-register/?$rid=2"),
        ("202/?$rid=2&retry-after=11", &assigning, 11, "?$rid=3&operationId=4.ab"),
        ("202/?$rid=3&retry-after=5", &assigning, 5, "?$rid=4&operationId=4.ab"),
        ("429/?$rid=4&retry-after=29", &throttled, 29, "?$rid=5&operationId=4.ab"),
        ("503/?$rid=5", &throttled, 2, "?$rid=6&operationId=4.ab"),
    ];
    assert!(sent(&mut provisioning).unwrap().ends_with("PUT/iotdps-register/?$rid=1"));
    for (head, body, seconds, next) in answers {
        assert_eq!(answer(&mut provisioning, now, head, body).unwrap(), None);
        let due = now + Duration::from_secs(seconds);
        assert_eq!(provisioning.poll_timeout(), due, "{head}");
        provisioning.handle_timeout(due - Duration::from_millis(1)).unwrap();
        assert!(sent(&mut provisioning).is_none(), "{head}: too early");
        now = due;
        provisioning.handle_timeout(now).unwrap();
        assert!(sent(&mut provisioning).unwrap().ends_with(next), "{head}");
    }
}

#[test]
fn a_long_pause_is_made_without_the_connection_before_the_next_attempt() {
    let now = Instant::now();
    let mut provisioning = begin(now);
    sent(&mut provisioning);
    let throttled = json!({ "errorCode": 429_001, "message": "slow down" });
    let error = answer(&mut provisioning, now, "429/?$rid=1&retry-after=150", &throttled).unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(150)));
    assert!(error.is_retryable() && error.to_string().ends_with("slow down"), "{error}");
}

#[test]
fn a_service_that_assigns_for_ever_is_left_after_a_while() {
    let mut now = Instant::now();
    let begin_at = now;
    let mut provisioning = begin(now);
    let mut number = 0;
    let error = loop {
        sent(&mut provisioning);
        number += 1;
        let head = format!("202/?$rid={number}&retry-after=40");
        answer(&mut provisioning, now, &head, &json!({ "operationId": "4.ab", "status": "assigning" }))
            .unwrap();
        now = provisioning.poll_timeout();
        if let Err(error) = provisioning.handle_timeout(now) {
            break error;
        }
    };
    assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
    assert_eq!(now - begin_at, Duration::from_secs(320));
}

#[test]
fn the_application_tells_the_service_something_and_is_told_something() {
    let now = Instant::now();
    let mut provisioning = begin(now);
    let Some(Packet::Publish(register)) = provisioning.poll_packet() else { panic!("not a publish") };
    let body: Json = serde_json::from_slice(&register.payload).unwrap();
    assert_eq!(body["payload"], json!({ "site": 7, "modelId": "dtmi:x;1" }));
    let state = json!({ "assignedHub": "h", "deviceId": "d", "payload": { "zone": "a" } });
    let assigned = json!({ "status": "assigned", "registrationState": state });
    let assignment = answer(&mut provisioning, now, "200/?$rid=1", &assigned).unwrap().unwrap();
    assert_eq!(assignment.payload, Some(json!({ "zone": "a" })));
}

#[test]
fn refusals_and_failed_registrations_say_why() {
    let now = Instant::now();
    let mut refused = begin(now);
    let body = json!({ "errorCode": 401_002, "message": "Invalid key." });
    let error = answer(&mut refused, now, "401/?$rid=1", &body).unwrap_err();
    assert_eq!(error.to_string(), "provisioning d failed with status 401: Invalid key.");
    assert!(!error.is_retryable());

    let mut disabled = begin(now);
    let body = json!({ "status": "disabled", "registrationState": { "errorMessage": "by the operator" } });
    let error = answer(&mut disabled, now, "200/?$rid=1", &body).unwrap_err();
    assert!(error.to_string().ends_with("disabled: by the operator"), "{error}");
}

#[test]
fn a_silent_service_is_given_up() {
    let now = Instant::now();
    let mut provisioning = begin(now);
    assert!(provisioning.handle_timeout(now + Duration::from_secs(29)).is_ok());
    assert!(matches!(provisioning.handle_timeout(now + ANSWER_LIMIT), Err(Error::TimedOut { .. })));
}
