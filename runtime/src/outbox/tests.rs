use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn limits(messages: usize, bytes: usize, when_full: WhenFull) -> OutboxLimits {
    OutboxLimits { messages, bytes, when_full }
}

fn message(number: u64, expires: Instant) -> Message {
    Message::new(Ticket(number), format!("id={number}"), Bytes::from_static(b"{}"), expires)
}

fn filled(count: u64, limits: OutboxLimits) -> Outbox {
    let mut outbox = Outbox::new(limits);
    for number in 0..count {
        assert!(matches!(outbox.offer(message(number, Instant::now())), Offer::Queued(_)));
    }
    outbox
}

#[test]
fn a_lost_connection_sends_the_unacknowledged_again_in_order() {
    let mut outbox = filled(3, limits(10, 1000, WhenFull::Wait));
    let ids: Vec<u16> = (0..3).filter_map(|_| outbox.next().map(|(id, _)| id)).collect();
    let settled = outbox.acknowledged(ids[1]).unwrap();
    assert_eq!(settled.ticket, Ticket(1));
    assert!(settled.outcome.is_ok());
    assert!(outbox.connection_lost(true).is_none());
    let again: Vec<Ticket> = (0..2).filter_map(|_| outbox.next().map(|(_, sent)| sent.ticket)).collect();
    assert_eq!(again, [Ticket(0), Ticket(2)]);
}

#[test]
fn a_full_outbox_does_what_its_policy_says() {
    let mut wait = filled(2, limits(2, 1000, WhenFull::Wait));
    assert!(matches!(wait.offer(message(9, Instant::now())), Offer::Full(_)));
    let mut refuse = filled(2, limits(9, 12, WhenFull::Refuse));
    assert!(matches!(refuse.offer(message(9, Instant::now())), Offer::Refused(Error::OutboxFull)));
    let mut drop = filled(2, limits(2, 1000, WhenFull::DropOldest));
    let Offer::Queued(dropped) = drop.offer(message(9, Instant::now())) else { panic!("there is room now") };
    assert_eq!(dropped.iter().map(|settled| settled.ticket).collect::<Vec<_>>(), [Ticket(0)]);
    assert_eq!(drop.len(), 2);
}

#[test]
fn a_message_larger_than_the_hub_takes_never_enters() {
    let mut outbox = Outbox::new(limits(10, 1 << 24, WhenFull::Wait));
    let large = Message::new(Ticket(1), String::new(), Bytes::from(vec![b'1'; LARGEST + 1]), Instant::now());
    assert!(matches!(outbox.offer(large), Offer::Refused(Error::TooLarge { limit: LARGEST, .. })));
}

#[test]
fn only_waiting_messages_expire() {
    let start = Instant::now();
    let mut outbox = filled(2, limits(10, 1000, WhenFull::Wait));
    outbox.next();
    let later = start + Duration::from_secs(1);
    assert_eq!(outbox.expire(later).map(|settled| settled.ticket), Some(Ticket(1)));
    assert!(outbox.expire(later).is_none());
    assert_eq!(outbox.in_flight(), 1);
}

#[test]
fn a_message_the_hub_always_cuts_at_is_given_up() {
    let mut outbox = filled(2, limits(10, 1000, WhenFull::Wait));
    for _ in 1..PATIENCE {
        outbox.next();
        assert!(outbox.connection_lost(true).is_none());
    }
    outbox.next();
    let rejected = outbox.connection_lost(true).unwrap();
    assert_eq!(rejected.ticket, Ticket(0));
    assert!(matches!(rejected.outcome, Err(Error::Rejected { times: PATIENCE })));
    assert_eq!(outbox.next().map(|(_, sent)| sent.ticket), Some(Ticket(1)));
}

proptest! {
    #[test]
    fn every_message_ends_exactly_once(steps in proptest::collection::vec(0_u8..5, 0..200)) {
        let start = Instant::now();
        let mut outbox = Outbox::new(limits(8, 200, WhenFull::DropOldest));
        let (mut offered, mut ended, mut flying) = (0_u64, Vec::new(), Vec::new());
        for step in steps {
            match step {
                0 | 1 => {
                    if let Offer::Queued(dropped) = outbox.offer(message(offered, start)) {
                        ended.extend(dropped.iter().map(|settled| settled.ticket));
                        offered += 1;
                    }
                }
                2 => flying.extend(outbox.next().map(|(id, _)| id)),
                3 => ended.extend(flying.pop().and_then(|id| outbox.acknowledged(id)).map(|settled| settled.ticket)),
                _ => {
                    flying.clear();
                    ended.extend(outbox.connection_lost(true).map(|settled| settled.ticket));
                }
            }
        }
        ended.extend(outbox.abandon().iter().map(|settled| settled.ticket));
        ended.sort_unstable();
        prop_assert_eq!(ended, (0..offered).map(Ticket).collect::<Vec<_>>());
    }
}
