//! One connection between device and hub: how long bytes take, in which pieces they arrive, and where it is cut.
//!
//! Bytes of one way arrive in their order, as on any stream. Begin with [`Line::carry`].

use std::time::Duration;

use fastrand::Rng;

use crate::schedule::{Cut, Schedule, Way};

/// The connection.
#[derive(Debug)]
pub(crate) struct Line {
    latency: (u64, u64),
    piece: usize,
    pub(crate) cut: Option<Cut>,
    pub(crate) is_cut: bool,
    /// How many bytes have gone each way.
    passed: [usize; 2],
    /// When the last of them arrive.
    last: [Duration; 2],
    /// When the hub heard of the device last.
    pub(crate) heard: Duration,
}

impl Line {
    pub(crate) fn new(schedule: &Schedule, cut: Option<Cut>, at: Duration) -> Self {
        let Schedule { latency, piece, .. } = *schedule;
        Self { latency, piece, cut, is_cut: false, passed: [0; 2], last: [at; 2], heard: at }
    }

    /// Takes bytes; when which of them arrive. Tells by [`Line::is_cut`] that this was the end.
    pub(crate) fn carry(
        &mut self,
        rng: &mut Rng,
        at: Duration,
        way: Way,
        mut bytes: Vec<u8>,
    ) -> Vec<(Duration, Vec<u8>)> {
        if self.is_cut {
            return Vec::new();
        }
        let passed = &mut self.passed[way as usize];
        if let Some(cut) = self.cut.as_ref().filter(|cut| cut.way == way)
            && *passed + bytes.len() >= cut.after
        {
            bytes.truncate(cut.after - *passed);
            self.is_cut = true;
        }
        *passed += bytes.len();
        let mut pieces = Vec::new();
        while !bytes.is_empty() {
            let rest = bytes.split_off(rng.usize(1..=self.piece).min(bytes.len()));
            let arrives = self.arrives(rng, at, way);
            pieces.push((arrives, std::mem::replace(&mut bytes, rest)));
        }
        pieces
    }

    /// When something arrives that goes now.
    pub(crate) fn arrives(&mut self, rng: &mut Rng, at: Duration, way: Way) -> Duration {
        let (least, most) = self.latency;
        let last = &mut self.last[way as usize];
        *last = (*last).max(at + Duration::from_millis(rng.u64(least..=most)));
        *last
    }

    /// Whether what goes this way still arrives.
    pub(crate) fn delivers(&self, way: Way) -> bool {
        !self.is_cut || self.cut.as_ref().is_none_or(|cut| cut.way == way || !cut.loses)
    }
}
