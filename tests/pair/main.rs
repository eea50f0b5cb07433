//! A device's core against the hub's own cores, in one thread and in virtual time.
//!
//! Neither has a task, a socket or a clock here: a [`World`] carries bytes and time between them, as a random
//! [`Schedule`] says. It delays and splits what is sent, cuts connections at any byte (which is all that can be lost of a
//! stream), lets either side learn of that late or never, and has the hub misbehave: acknowledgements late or withheld,
//! patches and calls twice, patches lost, refusals. Meanwhile there are messages, reports, desired values, commands and
//! messages to the device. When it is over, nothing may be missing, out of order, done twice, held for ever or late.
//!
//! A run takes milliseconds, and `PROPTEST_CASES=10000` as many runs as one likes. Begin with [`World::run`].

#![allow(clippy::panic, reason = "a test says what failed by failing")]

mod cloud;
mod line;
mod schedule;
mod sensor;
mod world;

use proptest::prelude::*;
use schedule::Schedule;
use world::World;

proptest! {
    #[test]
    fn whatever_network_and_hub_do_nothing_is_lost_reordered_done_twice_or_stuck(
        schedule in schedule::schedules(),
    ) {
        World::new(schedule).run();
    }
}

#[test]
fn on_a_network_without_faults_nothing_is_sent_twice() {
    let schedule = Schedule { happenings: schedule::busy_minutes(), ..Schedule::calm() };
    let repeated = World::new(schedule).run();
    assert_eq!(repeated, 0);
}
