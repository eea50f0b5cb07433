//! How long the history is kept: by age and by size, whole files at a time, the oldest first.
//!
//! Decides which file goes next. A file goes when all its rows are too old. Begin with [`Retention`].

use std::time::Duration;

use jiff::Timestamp;

use super::archive::FileInfo;

/// In so many parts of the age the rows come to files: a row is kept by so much longer than it should be.
const PARTS: u32 = 10;

/// Limits of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retention {
    /// How long a row is kept at least.
    pub(crate) age: Duration,
    /// How many bytes of the disk the history's files take at most.
    pub(crate) bytes: u64,
}

impl Default for Retention {
    /// A month, and 4 GiB.
    fn default() -> Self {
        Self { age: Duration::from_secs(30 * 24 * 3600), bytes: 4 * 1024 * 1024 * 1024 }
    }
}

impl Retention {
    /// The file that is to go first, if one is. Files come the oldest first.
    pub(super) fn overdue(&self, files: &[(u64, FileInfo)], now: Timestamp) -> Option<u64> {
        let since = before(now, self.age);
        // any of them: where the clock was put back, a later file has the older rows
        let old = files.iter().find(|(_, info)| info.received < since);
        let bytes: u64 = files.iter().map(|(_, info)| info.bytes).sum();
        let first = files.first().filter(|_| bytes > self.bytes);
        old.or(first).map(|(number, _)| *number)
    }

    /// Whether a row of this time has waited so long for its file that it is to have one now: whole files go, and a row
    /// without one would stay for ever.
    pub(super) fn wants_a_file(&self, oldest: Timestamp, now: Timestamp) -> bool {
        oldest.as_microsecond() < before(now, self.age / PARTS)
    }
}

/// A time so long before `now`, in microseconds since 1970.
fn before(now: Timestamp, age: Duration) -> i64 {
    now.as_microsecond().saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: u64, received: i64) -> FileInfo {
        FileInfo { bytes, rows: 1, from: 0, to: 0, received: received * 1_000_000 }
    }

    #[test]
    fn the_oldest_file_goes_when_it_is_too_old_or_all_are_too_large() {
        let limits = Retention { age: Duration::from_secs(100), bytes: 30 };
        let at = |second| Timestamp::from_second(second).unwrap();
        let files = [(3, file(10, 50)), (4, file(10, 200))];
        assert_eq!(limits.overdue(&files, at(150)), None);
        assert_eq!(limits.overdue(&files, at(151)), Some(3));
        assert_eq!(limits.overdue(&files[1..], at(151)), None);
        assert_eq!(limits.overdue(&[files[1], files[0]], at(151)), Some(3));
        assert!(limits.wants_a_file(at(50), at(61)) && !limits.wants_a_file(at(50), at(60)));
        assert_eq!(limits.overdue(&[files[0], (4, file(21, 200))], at(0)), Some(3));
        assert_eq!(limits.overdue(&[], at(0)), None);
    }
}
