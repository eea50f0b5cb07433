//! The resident memory of the devices' process over time.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Between two samples.
const EVERY: Duration = Duration::from_millis(500);
const MIB: f64 = 1024.0 * 1024.0;

/// A watch on a process.
pub(crate) struct Memory {
    stop: oneshot::Sender<()>,
    samples: JoinHandle<Vec<u64>>,
}

/// What the watch has seen, in MiB: means of the second and of the last quarter of the time, and the most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) early: f64,
    pub(crate) late: f64,
    pub(crate) most: f64,
}

impl Memory {
    /// Watches a process from now on; on systems without `/proc` there is nothing to see.
    pub(crate) fn watch(process: u32) -> Self {
        let (stop, mut stopped) = oneshot::channel();
        let samples = tokio::spawn(async move {
            let mut samples = Vec::new();
            while tokio::time::timeout(EVERY, &mut stopped).await.is_err() {
                samples.extend(resident(process));
            }
            samples
        });
        Self { stop, samples }
    }

    /// What has been seen.
    pub(crate) async fn end(self) -> Option<Seen> {
        let _ = self.stop.send(());
        let samples = self.samples.await.ok()?;
        let quarter = samples.len() / 4;
        let mean = |part: &[u64]| part.iter().sum::<u64>() as f64 / part.len().max(1) as f64 / MIB;
        Some(Seen {
            early: mean(samples.get(quarter..2 * quarter)?),
            late: mean(samples.get(3 * quarter..)?),
            most: *samples.iter().max()? as f64 / MIB,
        })
    }
}

impl Seen {
    /// Whether the last quarter is no fuller than the second, give or take what a backlog at its time takes.
    pub(crate) fn is_flat(&self) -> bool {
        self.late <= self.early * 1.2 + 2.0
    }
}

/// `VmRSS` of `/proc/PID/status`, in bytes.
fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
