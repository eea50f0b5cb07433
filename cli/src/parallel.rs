//! The same work on many items with all cores, and its results in the order of the items.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, available_parallelism, scope};

/// What a main thread usually has; a spawned one gets a quarter of it.
const STACK: usize = 8 << 20;

/// Applies `work` to every item. Whoever is free takes the next item, so that one long item holds nobody up; a single
/// item is done without starting a thread.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        while let Some((at, item)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            items.get(at).map(|item| (at, item))
        } {
            done.push((at, work(item)));
        }
        done
    };
    let mut done = if items.len() < 2 { take() } else { share(&take, items.len()) };
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Runs `take` on this thread and on one more for every further core.
fn share<R: Send>(take: &(impl Fn() -> Vec<R> + Sync), items: usize) -> Vec<R> {
    let helpers = available_parallelism().map_or(1, usize::from).min(items) - 1;
    scope(|scope| {
        // a helper that cannot be started is no failure: this thread does all that is left
        let helpers: Vec<_> = (0..helpers)
            .filter_map(|_| Builder::new().stack_size(STACK).spawn_scoped(scope, take).ok())
            .collect();
        let mut done = take();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_come_in_the_order_of_the_items_whoever_finished_first() {
        let items: Vec<u64> = (0..200).collect();
        let slow_first = |item: &u64| {
            if item.is_multiple_of(50) {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            item * 2
        };
        assert_eq!(map(&items, slow_first), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(map(&[] as &[u64], slow_first), Vec::<u64>::new());
    }
}
