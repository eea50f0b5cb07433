//! A progress bar on standard error, for whoever waits at a terminal longer than a second.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const PATIENCE: Duration = Duration::from_secs(1);

/// How much of the work is done. Draws nothing before `PATIENCE` is over, and never where there is no terminal.
pub(super) struct Progress {
    began: Instant,
    done: AtomicU64,
    all: u64,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub(super) fn new(all: usize) -> Self {
        Self { began: Instant::now(), done: AtomicU64::new(0), all: all as u64, bar: OnceLock::new() }
    }

    /// One more file is done.
    pub(super) fn tick(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.bar.get().is_none() && self.began.elapsed() < PATIENCE {
            return;
        }
        self.bar.get_or_init(|| bar(self.all)).set_position(done);
    }

    /// Takes the bar away, before anything else is written.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(all: u64) -> ProgressBar {
    // the target is hidden by itself where standard error is no terminal
    let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:30} {pos}/{len} files, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
