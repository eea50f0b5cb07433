use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::table::Convention;

const MODEL: ModelTable = ModelTable { id: "dtmi:x;1", convention: Convention::Pnp, parts: &[] };

fn requests() -> Requests {
    Requests::new(MODEL)
}

fn fields(value: &Json) -> Vec<Field> {
    let fields = value.as_object().unwrap();
    fields.iter().map(|(name, value)| Field::new(None, name, value.clone())).collect()
}

/// A report that is waited for, under the number, for as many seconds.
fn awaited(number: u64, value: &Json) -> Report {
    let deadline = Instant::now() + Duration::from_secs(number);
    Report::new(fields(value), 100, Some((Ticket(number), deadline)))
}

fn report(number: u64) -> Report {
    awaited(number, &json!({ "n": number }))
}

fn nobodys(value: &Json) -> Report {
    Report::new(fields(value), 100, None)
}

fn body(requests: &mut Requests) -> Json {
    serde_json::from_slice(&requests.next().unwrap().1).unwrap()
}

fn tickets(settled: &[Settled]) -> Vec<u64> {
    settled.iter().map(|settled| settled.ticket.0).collect()
}

#[test]
fn patches_go_one_at_a_time_and_a_throttled_one_keeps_its_place() {
    let mut requests = requests();
    requests.report(report(1));
    assert_eq!(requests.next().unwrap().0, "$iothub/twin/PATCH/properties/reported/?$rid=1");
    requests.report(report(2));
    assert!(requests.next().is_none());
    assert!(matches!(requests.answered(1, 429, b""), Answered::Later(pause, _) if pause.as_secs() == 1));
    requests.next();
    let Answered::Reported(settled, _) = requests.answered(2, 204, b"") else { panic!("it was reported") };
    assert_eq!(tickets(&settled), [1, 2], "the later one joined the one that was put back");
    assert!(matches!(requests.answered(2, 204, b""), Answered::Unknown));
}

#[test]
fn what_waits_is_reported_as_one_patch_with_the_latest_values_and_all_are_told() {
    let mut requests = requests();
    requests.report(awaited(1, &json!({ "a": 1, "b": 1 })));
    requests.report(awaited(2, &json!({ "b": { "x": 2 } })));
    requests.report(nobodys(&json!({ "c": 3 })));
    requests.report(awaited(3, &json!({ "b": { "y": 3 } })));
    assert_eq!(
        body(&mut requests),
        json!({ "a": 1, "b": { "y": 3 }, "c": 3 }),
        "values replace, they do not merge"
    );
    let Answered::Reported(settled, _) = requests.answered(1, 204, b"") else { panic!("it was reported") };
    assert_eq!(tickets(&settled), [1, 2, 3]);
    assert_eq!(requests.len(), 0);
}

#[test]
fn a_patch_stays_within_what_a_hub_takes() {
    let mut requests = requests();
    for number in 1..=3 {
        let deadline = Instant::now() + Duration::from_secs(60);
        requests.report(Report::new(
            fields(&json!({ "n": number })),
            15_000,
            Some((Ticket(number), deadline)),
        ));
    }
    requests.next();
    let Answered::Reported(settled, _) = requests.answered(1, 204, b"") else { panic!("it was reported") };
    assert_eq!(tickets(&settled), [1, 2]);
    assert_eq!(body(&mut requests), json!({ "n": 3 }));
}

#[test]
fn one_bad_report_spoils_no_other() {
    let mut requests = requests();
    (1..=3).for_each(|number| requests.report(awaited(number, &json!({ "n": number }))));
    requests.next();
    let Answered::Refused(settled) = requests.answered(1, 400, b"") else { panic!("it was refused") };
    assert!(settled.is_empty());
    assert_eq!(body(&mut requests), json!({ "n": 1 }));
    assert!(
        matches!(requests.answered(2, 204, b""), Answered::Reported(settled, _) if tickets(&settled) == [1])
    );
    assert_eq!(body(&mut requests), json!({ "n": 2 }));
    assert!(matches!(requests.answered(3, 400, b""), Answered::Refused(settled) if tickets(&settled) == [2]));
    assert_eq!(body(&mut requests), json!({ "n": 3 }));
}

#[test]
fn what_nobody_waits_for_does_not_pile_up_while_offline() {
    let mut requests = requests();
    (0..1000)
        .for_each(|number| requests.report(Report::new(fields(&json!({ "progress": number })), 20, None)));
    assert_eq!(requests.len(), 1);
    assert_eq!(body(&mut requests), json!({ "progress": 999 }));
}

#[test]
fn nothing_is_reported_before_the_twin_of_the_connection_is_known_or_cannot_be_had() {
    for status in [200, 404, 503] {
        let mut requests = requests();
        requests.report(report(1));
        requests.connected();
        assert!(requests.next().unwrap().0.starts_with("$iothub/twin/GET/"));
        assert!(requests.next().is_none());
        requests.answered(1, status, b"{}");
        assert!(requests.next().is_some(), "{status}");
    }
}

#[test]
fn a_map_that_loses_an_entry_loses_it_at_the_hub() {
    let mut requests = requests();
    requests.report(nobodys(&json!({ "tags": { "a": 1, "b": 1 } })));
    requests.next();
    requests.answered(1, 204, b"");
    requests.report(nobodys(&json!({ "tags": { "b": 2 } })));
    assert_eq!(body(&mut requests), json!({ "tags": { "a": null, "b": 2 } }));
}

#[test]
fn a_refused_patch_tells_what_the_hub_said() {
    let mut requests = requests();
    requests.report(report(1));
    requests.next();
    let answered = requests.answered(1, 400, br#"{"errorCode":400004,"message":"too deep"}"#);
    let Answered::Refused(mut settled) = answered else { panic!("it was refused") };
    let Some(Settled { outcome: Err(error), .. }) = settled.pop() else { panic!("it ended") };
    assert_eq!(error.to_string(), "the hub answered 400 to the reported properties: too deep");
}

#[test]
fn a_lost_connection_sends_the_patch_again_with_what_came_later() {
    let mut requests = requests();
    requests.report(nobodys(&json!({ "a": 1 })));
    requests.next();
    requests.report(nobodys(&json!({ "a": 2 })));
    assert!(requests.connection_lost(true).is_empty());
    assert_eq!(body(&mut requests), json!({ "a": 2 }));
}

#[test]
fn a_patch_that_is_never_answered_ends_after_ten_connections() {
    let mut requests = requests();
    requests.report(report(1));
    for _ in 1..MOST_ATTEMPTS {
        requests.next();
        assert!(requests.connection_lost(true).is_empty());
    }
    requests.next();
    assert_eq!(tickets(&requests.connection_lost(true)), [1]);
    assert!(requests.next().is_none());
}

#[test]
fn what_nobody_waits_for_is_reported_however_long_the_hub_is_in_trouble() {
    let mut requests = requests();
    requests.report(nobodys(&json!({ "a": 1 })));
    for id in 1..=3 * MOST_ATTEMPTS {
        assert_eq!(body(&mut requests), json!({ "a": 1 }));
        assert!(matches!(requests.answered(id, 503, b""), Answered::Later(_, ended) if ended.is_empty()));
    }
    assert_eq!(body(&mut requests), json!({ "a": 1 }));
}

#[test]
fn a_network_that_breaks_ends_no_report() {
    let mut requests = requests();
    requests.report(report(1));
    for _ in 0..3 * MOST_ATTEMPTS {
        requests.next();
        assert!(requests.connection_lost(false).is_empty());
    }
    assert!(requests.next().is_some());
}

#[test]
fn who_waits_too_long_is_told_and_unsent_patches_are_not_sent_any_more() {
    let mut requests = requests();
    requests.report(report(1));
    requests.report(report(1000));
    let later = Instant::now() + Duration::from_secs(10);
    assert!(requests.next_deadline().unwrap() < later);
    assert_eq!(requests.overdue(later), [Ticket(1)]);
    assert_eq!(requests.len(), 1);
}

/// Found by tests/pair: the hub had the value 2, its answer was lost with the connection, and then it got the value 1.
#[test]
fn what_was_sent_is_sent_again_with_the_later_values_that_went_with_it_though_nobody_waits_any_more() {
    let mut requests = requests();
    requests.report(report(1));
    requests.report(report(2));
    assert_eq!(body(&mut requests), json!({ "n": 2 }));
    assert!(requests.connection_lost(false).is_empty());
    let later = Instant::now() + Duration::from_secs(10);
    assert_eq!(requests.overdue(later), [Ticket(1), Ticket(2)]);
    assert_eq!(requests.len(), 1, "they wait as one");
    assert_eq!(body(&mut requests), json!({ "n": 2 }));
}

/// Something that happens to the requests.
#[derive(Clone, Debug)]
enum Happening {
    Awaited(u8),
    Nobodys(u8),
    Next,
    Answered(u16),
    Lost,
    Connected,
    Later,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        (0..6u8).prop_map(Happening::Awaited),
        (0..6u8).prop_map(Happening::Nobodys),
        Just(Happening::Next),
        Just(Happening::Next),
        prop_oneof![Just(200), Just(204), Just(400), Just(429), Just(503)].prop_map(Happening::Answered),
        Just(Happening::Lost),
        Just(Happening::Connected),
        Just(Happening::Later),
    ]
}

proptest! {
    #[test]
    fn every_report_that_is_waited_for_ends_exactly_once(
        happenings in proptest::collection::vec(happening(), 0..120),
    ) {
        let (mut requests, mut asked, mut now) = (requests(), 0, Instant::now());
        let mut ended = Vec::new();
        for happening in happenings {
            match happening {
                Happening::Awaited(name) => {
                    asked += 1;
                    let waiting = Some((Ticket(asked), now + Duration::from_secs(3)));
                    let fields = fields(&json!({ name.to_string(): asked }));
                    requests.report(Report::new(fields, 9000, waiting));
                }
                Happening::Nobodys(name) => requests.report(nobodys(&json!({ name.to_string(): 0 }))),
                Happening::Next => drop(requests.next()),
                Happening::Answered(status) => {
                    let settled = match requests.answered(requests.last_id, status, b"{}") {
                        Answered::Reported(settled, _)
                        | Answered::Refused(settled)
                        | Answered::Later(_, settled) => settled,
                        Answered::Twin | Answered::NoTwin { .. } | Answered::Unknown => Vec::new(),
                    };
                    ended.extend(tickets(&settled));
                }
                Happening::Lost => ended.extend(tickets(&requests.connection_lost(true))),
                Happening::Connected => {
                    ended.extend(tickets(&requests.connection_lost(true)));
                    requests.connected();
                }
                Happening::Later => {
                    now += Duration::from_secs(1);
                    ended.extend(requests.overdue(now).iter().map(|ticket| ticket.0));
                }
            }
        }
        ended.extend(tickets(&requests.abandon()));
        ended.sort_unstable();
        prop_assert_eq!(ended, (1..=asked).collect::<Vec<_>>());
    }
}
