//! Time and the process's own CPU time, all threads.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// A run that is being measured.
pub struct Meter {
    begin: Instant,
    cpu: Duration,
}

impl Meter {
    pub fn start() -> Self {
        Self { begin: Instant::now(), cpu: cpu() }
    }

    /// Prints messages a second, and CPU seconds for 10 000 messages.
    pub fn end(self, messages: usize) {
        let (time, cpu) = (self.begin.elapsed().as_secs_f64(), cpu() - self.cpu);
        println!("{} {}", messages as f64 / time, cpu.as_secs_f64() * 10_000.0 / messages as f64);
    }
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}
