//! How often an address may be wrong about the page's token.
//!
//! Decides when an address has to wait; what the token is says [`super::token`]. A right guess costs nothing, and neither
//! does the same wrong one again: it tells nothing new. Begin with [`Failures::guess`].

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::bucket::Bucket;

/// Wrong guesses of an address at once, and a second.
pub(super) const TRIES: u32 = 10;
const PER_SECOND: f64 = 1.0;
/// Addresses that are remembered; beyond it the first of them is forgotten.
const ADDRESSES: usize = 4096;
/// What of an IPv6 address names a network: within it whoever likes has all addresses.
const NETWORK: u128 = !0 << 64;

/// The addresses that were wrong lately.
#[derive(Debug, Default)]
pub(super) struct Failures {
    hasher: RandomState,
    known: Mutex<BTreeMap<IpAddr, Failed>>,
}

#[derive(Debug)]
struct Failed {
    bucket: Bucket,
    /// The hash of the last wrong guess.
    last: u64,
}

impl Failures {
    /// Whether a guess is right; the error is how long the address has to wait before the next one.
    pub(super) fn guess(
        &self,
        from: IpAddr,
        given: &str,
        now: Instant,
        is_right: impl FnOnce() -> bool,
    ) -> Result<bool, Duration> {
        let (from, hash) = (network(from), self.hasher.hash_one(given));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(failed) = known.get_mut(&from) {
            if failed.last == hash {
                return Ok(false);
            }
            failed.bucket.look(now)?;
        }
        if is_right() {
            return Ok(true);
        }
        if !known.contains_key(&from) && known.len() >= ADDRESSES {
            known.retain(|_, failed| !failed.bucket.is_full(now));
            if known.len() >= ADDRESSES {
                known.pop_first();
            }
        }
        let fresh = || Failed { bucket: Bucket::new(PER_SECOND, TRIES, now), last: hash };
        let failed = known.entry(from).or_insert_with(fresh);
        failed.last = hash;
        failed.bucket.spend(1, now);
        Ok(false)
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & NETWORK)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_shares_its_tries_and_gets_new_ones_with_time() {
        let (failures, start) = (Failures::default(), Instant::now());
        let guess = |number: u32, now| {
            let from = IpAddr::V6(Ipv6Addr::from_bits(u128::from(number)));
            failures.guess(from, &number.to_string(), now, || false)
        };
        assert!((0..TRIES).all(|number| guess(number, start) == Ok(false)));
        assert_eq!(guess(TRIES, start), Err(Duration::from_secs(1)));
        assert_eq!(guess(TRIES, start + Duration::from_secs(1)), Ok(false));
    }

    #[test]
    fn no_more_addresses_are_remembered_than_there_may_be() {
        let (failures, now) = (Failures::default(), Instant::now());
        for number in 0..ADDRESSES as u32 + 10 {
            assert_eq!(failures.guess(IpAddr::V4(number.into()), "x", now, || false), Ok(false));
        }
        assert_eq!(failures.known.lock().unwrap().len(), ADDRESSES);
    }
}
