//! A message as the disk keeps it, and back: times by the wall clock, since no other survives the process.
//!
//! A device without a battery for its clock may think that it is 1970 until it has asked somebody. What it stores then has
//! no known creation time and does not expire on disk, rather than being taken for very old later on.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::moment::Moment;
use crate::outbox::{Content, Message, Priority};
use crate::outcome::Receipt;
use crate::spool::Entry;

/// 2020-01-01: a wall clock before has not been set.
const SET: u64 = 1_577_836_800_000;
/// As far as a time to live can be.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Milliseconds since 1970.
pub(super) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The entry of a message, and who waits for its end.
pub(super) fn entry(message: Message, sequence: u64, at: Moment) -> (Entry, Option<Receipt>) {
    let told = message.created_at.is_some();
    let created = message.created_at.unwrap_or_else(|| at.wall_at(message.created));
    let left = message.expires.saturating_duration_since(at.now);
    let expires = at.wall.checked_add(left).map_or(u64::MAX, milliseconds);
    let expires = if milliseconds(at.wall) < SET { u64::MAX } else { expires };
    let created = Some(milliseconds(created)).filter(|created| told || *created >= SET).unwrap_or_default();
    let rank = Priority::ALL.iter().position(|priority| *priority == message.priority);
    let rank = rank.and_then(|rank| u8::try_from(rank).ok()).unwrap_or_default();
    let (text, bag, receipt) = message.into_parts();
    (Entry { sequence, rank, created, told, expires, text, bag }, receipt)
}

/// The message of an entry.
pub(super) fn message(entry: Entry, receipt: Option<Receipt>, at: Moment) -> Message {
    let Entry { sequence, rank, created, told, expires, text, bag } = entry;
    let wall = milliseconds(at.wall);
    let age = Duration::from_millis(wall.saturating_sub(if created == 0 { wall } else { created }));
    let by_steady_clock = at.now.checked_sub(age);
    let left =
        if expires == u64::MAX { FAR } else { Duration::from_millis(expires.saturating_sub(wall)).min(FAR) };
    let content = Content::new(text, bag);
    let mut message = Message::new(content, by_steady_clock.unwrap_or(at.now), at.now + left, receipt);
    message.knows_creation = created != 0;
    message.sequence = sequence;
    message.priority = Priority::ALL.get(usize::from(rank)).copied().unwrap_or(Priority::Low);
    // told as it is where the steady clock does not reach back to it, or this wall clock is behind that one
    let told = told || (created != 0 && (by_steady_clock.is_none() || created > wall));
    message.created_at = told.then(|| UNIX_EPOCH.checked_add(Duration::from_millis(created))).flatten();
    message
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const TODAY: Duration = Duration::from_secs(1_764_000_000);

    fn at(now: Instant, wall: Duration) -> Moment {
        Moment { now, wall: UNIX_EPOCH + wall }
    }

    fn sample(now: Instant) -> Message {
        Message::new(Content::new(b"a=1{}".to_vec(), 3), now, now + Duration::from_secs(60), None)
    }

    #[test]
    fn a_message_comes_back_with_its_age_and_the_rest_of_its_life() {
        let now = Instant::now() + Duration::from_secs(1000);
        let mut sent = sample(now);
        sent.priority = Priority::High;
        let (entry, receipt) = entry(sent, 9, at(now, TODAY));
        assert!(receipt.is_none());
        let later = now + Duration::from_secs(20);
        let message = message(entry, None, at(later, TODAY + Duration::from_secs(20)));
        assert_eq!((message.sequence, message.priority), (9, Priority::High));
        assert_eq!((message.bag(), message.payload()), (&b"a=1"[..], &b"{}"[..]));
        assert_eq!((message.created, message.created_at), (now, None));
        assert_eq!(message.expires, now + Duration::from_secs(60));
    }

    #[test]
    fn a_creation_time_that_was_said_is_kept_and_one_before_the_machine_started_is_told() {
        let now = Instant::now();
        let mut sent = sample(now);
        sent.created_at = Some(UNIX_EPOCH + Duration::from_secs(5));
        let (kept, _) = entry(sent, 1, at(now, TODAY));
        let said = message(kept, None, at(now, TODAY)).created_at;
        assert_eq!(said, Some(UNIX_EPOCH + Duration::from_secs(5)));
        let (kept, _) = entry(sample(now), 1, at(now, TODAY));
        let years = Duration::from_secs(40 * 365 * 24 * 60 * 60);
        let old = message(kept, None, at(now, TODAY + years));
        assert_eq!(
            old.created_at.or(now.checked_sub(years).map(|_| UNIX_EPOCH + TODAY)),
            Some(UNIX_EPOCH + TODAY)
        );
    }

    #[test]
    fn what_was_stored_before_the_clock_was_set_does_not_expire_for_that() {
        let now = Instant::now();
        let (entry, _) = entry(sample(now), 1, at(now, Duration::from_secs(30)));
        assert_eq!((entry.created, entry.expires), (0, u64::MAX));
        let message = message(entry, None, at(now, TODAY));
        assert_eq!((message.created, message.created_at), (now, None));
        assert!(message.expires > now + Duration::from_secs(60));
    }
}
