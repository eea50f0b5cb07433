use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn limits(messages: usize, bytes: usize, when_full: WhenFull) -> Limits {
    Limits { messages, bytes, when_full, ..Limits::default() }
}

/// A message of 6 bytes.
fn message(number: u64, priority: Priority, expires: Instant) -> Message {
    let content = Content::new(format!("{number:04}{{}}").into_bytes(), 4);
    let mut message = Message::new(content, expires, expires, None);
    message.priority = priority;
    message
}

fn normal(number: u64) -> Message {
    message(number, Priority::Normal, Instant::now() + Duration::from_secs(60))
}

fn number(message: &Message) -> u64 {
    std::str::from_utf8(message.bag()).unwrap().parse().unwrap()
}

fn filled(count: u64, limits: Limits) -> Outbox {
    let mut outbox = Outbox::new(limits);
    for number in 0..count {
        assert!(matches!(outbox.offer(normal(number)), Offer::Queued(..)));
    }
    outbox
}

fn lost() -> Error {
    Error::lost("the hub closed it")
}

/// Sends as much as may be sent: what, and under which ids.
fn send(outbox: &mut Outbox) -> Vec<(u16, u64)> {
    let now = Instant::now();
    std::iter::from_fn(|| outbox.next(now).map(|(id, message)| (id, number(message)))).collect()
}

fn numbers(sent: &[(u16, u64)]) -> Vec<u64> {
    sent.iter().map(|(_, number)| *number).collect()
}

#[test]
fn a_lost_connection_sends_the_unacknowledged_again_in_order() {
    let mut outbox = filled(3, limits(10, 1000, WhenFull::Wait));
    let sent = send(&mut outbox);
    let ended = outbox.acknowledged(sent[1].0, Instant::now()).unwrap();
    assert!(ended.sequence == 2 && ended.outcome.is_ok());
    assert!(outbox.connection_lost(false, &lost()).is_none());
    assert_eq!(numbers(&send(&mut outbox)), [0, 2]);
}

#[test]
fn a_full_outbox_does_what_its_policy_says() {
    let mut wait = filled(2, limits(2, 1000, WhenFull::Wait));
    assert!(matches!(wait.offer(normal(9)), Offer::Full(_)));
    let mut refuse = filled(2, limits(9, 12, WhenFull::Refuse));
    assert!(matches!(refuse.offer(normal(9)), Offer::Refused(Error::OutboxFull)));
    let mut drop = filled(2, limits(2, 1000, WhenFull::DropOldest));
    let Offer::Queued(3, dropped) = drop.offer(normal(9)) else { panic!("there is room now") };
    assert_eq!(dropped.iter().map(|ended| ended.sequence).collect::<Vec<_>>(), [1]);
    assert_eq!(drop.len(), 2);
}

#[test]
fn an_outbox_is_bounded_by_bytes_as_well() {
    let mut outbox = filled(3, limits(1000, 20, WhenFull::Wait));
    assert!(matches!(outbox.offer(normal(9)), Offer::Full(_)));
    let sent = send(&mut outbox);
    let _ = outbox.acknowledged(sent[0].0, Instant::now()).unwrap();
    assert!(matches!(outbox.offer(normal(9)), Offer::Queued(..)));
}

#[test]
fn urgent_messages_go_first_and_the_least_urgent_are_dropped_first() {
    let later = Instant::now() + Duration::from_secs(60);
    let mut outbox = Outbox::new(limits(4, 1000, WhenFull::DropOldest));
    for (number, priority) in
        [(0, Priority::Normal), (1, Priority::Low), (2, Priority::High), (3, Priority::Normal)]
    {
        let _ = outbox.offer(message(number, priority, later));
    }
    let Offer::Queued(_, dropped) = outbox.offer(message(4, Priority::Normal, later)) else {
        panic!("the low one makes room")
    };
    assert!(matches!(dropped[..], [Ended { sequence: 2, outcome: Err(Error::Dropped), .. }]));
    let low = outbox.offer(message(5, Priority::Low, later));
    assert!(matches!(low, Offer::Refused(Error::OutboxFull)), "nothing is dropped for a less urgent one");
    assert_eq!(numbers(&send(&mut outbox)), [2, 0, 3, 4]);
}

#[test]
fn nothing_is_dropped_for_a_message_that_finds_no_room_even_so() {
    let later = Instant::now() + Duration::from_secs(60);
    let mut outbox = Outbox::new(limits(10, 20, WhenFull::DropOldest));
    for (number, priority) in [(0, Priority::Low), (1, Priority::High), (2, Priority::High)] {
        let _ = outbox.offer(message(number, priority, later));
    }
    let large = Message::new(Content::new(b"0009{1234567}".to_vec(), 4), later, later, None);
    assert!(matches!(outbox.offer(large), Offer::Refused(Error::OutboxFull)));
    assert_eq!(outbox.len(), 3);
}

#[test]
fn a_message_larger_than_the_hub_takes_never_enters() {
    let mut outbox = Outbox::new(limits(10, 1 << 24, WhenFull::Wait));
    let now = Instant::now();
    let large = Message::new(Content::new(vec![b'1'; LARGEST + 1], 0), now, now, None);
    assert!(matches!(outbox.offer(large), Offer::Refused(Error::TooLarge { limit: LARGEST, .. })));
}

#[test]
fn messages_expire_by_their_own_life_times_wherever_they_wait_but_not_in_flight() {
    let start = Instant::now();
    let after = |seconds| start + Duration::from_secs(seconds);
    let mut outbox = Outbox::new(limits(100, 1000, WhenFull::Wait));
    for (number, seconds) in [(0, 1), (1, 90), (2, 20), (3, 50), (4, 20)] {
        let _ = outbox.offer(message(number, Priority::Normal, after(seconds)));
    }
    assert!(outbox.next(start).is_some());
    let mut expired = |seconds| {
        std::iter::from_fn(|| outbox.expire(after(seconds))).map(|ended| ended.sequence).collect::<Vec<_>>()
    };
    assert_eq!([expired(19), expired(20), expired(89)], [vec![], vec![3, 5], vec![4]]);
    assert_eq!(outbox.next_expiry(), Some(after(90)));
    assert_eq!((outbox.in_flight(), outbox.len()), (1, 2));
    outbox.connection_lost(false, &lost());
    assert_eq!(outbox.expire(after(2)).map(|ended| ended.sequence), Some(1), "it waits again");
}

#[test]
fn a_poison_message_is_sent_alone_parked_and_remembered() {
    let mut outbox = filled(3, limits(10, 1000, WhenFull::Wait));
    assert_eq!(send(&mut outbox).len(), 3);
    for _ in 1..outbox.limits.cuts {
        assert!(outbox.connection_lost(true, &lost()).is_none());
        assert_eq!(numbers(&send(&mut outbox)), [0], "only the suspect");
    }
    let parked = outbox.connection_lost(true, &lost()).unwrap();
    assert!(matches!(parked, Ended { sequence: 1, outcome: Err(Error::Rejected { times: 10 }), .. }));
    let list = outbox.parked();
    assert_eq!((list.len(), list[0].size, list[0].cuts), (1, 6, 10));
    assert_eq!(list[0].reason, lost().to_string());
    assert_eq!(numbers(&send(&mut outbox)), [1, 2]);
}

#[test]
fn a_suspect_that_is_acknowledged_after_all_lets_the_others_follow() {
    let mut outbox = filled(3, limits(10, 1000, WhenFull::Wait));
    send(&mut outbox);
    outbox.connection_lost(true, &lost());
    let sent = send(&mut outbox);
    assert_eq!(numbers(&sent), [0]);
    let _ = outbox.acknowledged(sent[0].0, Instant::now()).unwrap();
    assert_eq!(numbers(&send(&mut outbox)), [1, 2]);
}

#[test]
fn peers_14_a_hub_that_comes_back_is_not_met_by_everything_at_once() {
    let mut outbox = filled(60, limits(100, 1000, WhenFull::Wait));
    let first = send(&mut outbox);
    assert_eq!(first.len(), FIRST_IN_FLIGHT);
    for (id, _) in &first {
        let _ = outbox.acknowledged(*id, Instant::now()).unwrap();
    }
    assert_eq!(send(&mut outbox).len(), 2 * FIRST_IN_FLIGHT);
    outbox.connection_lost(false, &lost());
    assert_eq!(send(&mut outbox).len(), FIRST_IN_FLIGHT);
}

#[test]
fn no_more_are_in_flight_than_the_limit_says() {
    let mut outbox = Outbox::new(Limits { in_flight: 3, ..Limits::default() });
    for number in 0..10 {
        let _ = outbox.offer(normal(number));
    }
    for _ in 0..3 {
        for (id, _) in send(&mut outbox) {
            let _ = outbox.acknowledged(id, Instant::now());
        }
        assert!(outbox.in_flight() <= 3);
    }
}

#[test]
fn entries_of_messages_that_are_gone_do_not_pile_up() {
    let mut outbox = Outbox::new(Limits::default());
    for number in 0..10_000 {
        let _ = outbox.offer(normal(number));
        let (id, _) = outbox.next(Instant::now()).unwrap();
        let _ = outbox.acknowledged(id, Instant::now()).unwrap();
        assert!(outbox.expiries.len() < 200);
    }
}

#[test]
fn what_expires_behind_a_message_that_stays_leaves_no_holes() {
    let start = Instant::now();
    let mut outbox = Outbox::new(Limits::default());
    let _ = outbox.offer(message(0, Priority::Low, start + Duration::from_secs(3600)));
    for number in 1..1000 {
        let _ = outbox.offer(message(number, Priority::Low, start));
        assert!(outbox.expire(start).is_some());
    }
    assert_eq!(numbers(&send(&mut outbox)), [0]);
}

/// One step of a model test.
#[derive(Clone, Debug)]
enum Doing {
    Offer(Priority, u64),
    Send,
    /// Acknowledges the n-th of those in flight.
    Acknowledge(usize),
    Lose(bool),
    Expire(u64),
}

fn doing() -> impl Strategy<Value = Doing> {
    let priority = proptest::sample::select(Priority::ALL.to_vec());
    prop_oneof![
        4 => (priority, 0_u64..40).prop_map(|(priority, life)| Doing::Offer(priority, life)),
        3 => Just(Doing::Send),
        3 => (0_usize..8).prop_map(Doing::Acknowledge),
        1 => any::<bool>().prop_map(Doing::Lose),
        1 => (0_u64..10).prop_map(Doing::Expire),
    ]
}

/// What the model remembers beside the outbox.
struct World {
    outbox: Outbox,
    start: Instant,
    seconds: u64,
    /// Priority of every accepted message, by sequence.
    accepted: BTreeMap<u64, Priority>,
    ended: Vec<u64>,
    flying: Vec<(u16, u64)>,
}

impl World {
    fn new(when_full: WhenFull) -> Self {
        let outbox = Outbox::new(Limits { in_flight: 5, cuts: 3, ..limits(8, 60, when_full) });
        let (accepted, ended, flying) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { outbox, start: Instant::now(), seconds: 0, accepted, ended, flying }
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_secs(self.seconds)
    }

    fn step(&mut self, doing: &Doing) {
        let now = self.now();
        match doing {
            Doing::Offer(priority, life) => {
                let expires = now + Duration::from_secs(*life);
                if let Offer::Queued(sequence, dropped) = self.outbox.offer(message(7, *priority, expires)) {
                    self.ended.extend(dropped.iter().map(|ended| ended.sequence));
                    self.accepted.insert(sequence, *priority);
                }
            }
            Doing::Send => {
                if let Some((id, message)) = self.outbox.next(now) {
                    self.flying.push((id, message.sequence));
                }
            }
            Doing::Acknowledge(index) if *index < self.flying.len() => {
                let (id, sequence) = self.flying.remove(*index);
                let ended = self.outbox.acknowledged(id, Instant::now()).unwrap();
                assert_eq!(ended.sequence, sequence);
                self.ended.push(sequence);
            }
            Doing::Acknowledge(_) => assert!(self.outbox.acknowledged(0, Instant::now()).is_none()),
            Doing::Lose(cut) => {
                self.flying.clear();
                self.ended.extend(self.outbox.connection_lost(*cut, &lost()).map(|ended| ended.sequence));
            }
            Doing::Expire(seconds) => {
                self.seconds += seconds;
                let now = self.now();
                let expired = std::iter::from_fn(|| self.outbox.expire(now)).map(|ended| ended.sequence);
                self.ended.extend(expired);
            }
        }
    }

    /// Within a priority, what is in flight was accepted in the order it was sent.
    fn is_in_order(&self) -> bool {
        Priority::ALL.iter().all(|priority| {
            let of_it = self.flying.iter().map(|(_, sequence)| *sequence);
            of_it.filter(|sequence| self.accepted[sequence] == *priority).is_sorted()
        })
    }
}

proptest! {
    #[test]
    fn every_message_ends_exactly_once_in_order_and_its_bytes_with_it(
        steps in proptest::collection::vec(doing(), 0..200),
        when_full in proptest::sample::select(vec![WhenFull::Refuse, WhenFull::Wait, WhenFull::DropOldest]),
    ) {
        let mut world = World::new(when_full);
        for step in &steps {
            world.step(step);
            let left = world.accepted.len() - world.ended.len();
            prop_assert_eq!(world.outbox.len(), left);
            prop_assert_eq!(world.outbox.bytes, 6 * left);
            prop_assert!(left <= 8 && world.outbox.in_flight() <= 5);
            prop_assert!(world.is_in_order());
        }
        world.ended.extend(world.outbox.abandon().iter().map(|ended| ended.sequence));
        prop_assert_eq!((world.outbox.bytes, world.outbox.len()), (0, 0));
        world.ended.sort_unstable();
        prop_assert_eq!(world.ended, world.accepted.into_keys().collect::<Vec<_>>());
    }
}
