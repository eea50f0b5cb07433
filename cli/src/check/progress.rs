//! A progress bar on standard error, for whoever waits at a terminal longer than a second.

use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const PATIENCE: Duration = Duration::from_secs(1);

/// How much of the work is done. Draws nothing before `PATIENCE` is over, and never where there is no terminal.
pub(super) struct Progress {
    began: Instant,
    bar: ProgressBar,
    shown: Once,
}

impl Progress {
    pub(super) fn new(all: usize) -> Self {
        // it counts from the beginning on, or it could not say how long the rest will take
        let bar = ProgressBar::with_draw_target(Some(all as u64), ProgressDrawTarget::hidden());
        let bar = match ProgressStyle::with_template("{bar:30} {pos}/{len} files, {eta} left") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        Self { began: Instant::now(), bar, shown: Once::new() }
    }

    /// One more file is done.
    pub(super) fn tick(&self) {
        self.bar.inc(1);
        if !self.shown.is_completed() && self.began.elapsed() >= PATIENCE {
            // the target is hidden by itself where standard error is no terminal
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }

    /// Takes the bar away, before anything else is written.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}
