//! One measured client, in this process.

use std::error::Error;
use std::path::PathBuf;

use device_model::{DiskOutbox, DiskSync};

use crate::{ours, theirs};

/// How many messages go before those that are measured.
pub const WARM_UP: usize = 1000;

/// What a client is to do.
pub struct Job {
    pub folder: PathBuf,
    pub port: u16,
    pub window: usize,
    pub messages: usize,
}

impl Job {
    pub fn new(folder: &str, port: u16, window: usize, messages: usize) -> Self {
        Self { folder: folder.into(), port, window, messages }
    }
}

/// To be spawned: a task on the runtime is woken with less ado than the future that the runtime blocks on.
pub async fn run(name: String, job: Job) -> Result<(), Box<dyn Error + Send + Sync>> {
    match name.as_str() {
        "rumqttc" => theirs::run(job).await,
        "send" => ours::send(job, None).await,
        "enqueue" => ours::enqueue(job).await,
        "on disk" => {
            let folder = tempfile::tempdir()?;
            ours::send(job, Some(DiskOutbox::new(folder.path()).sync(DiskSync::Never))).await
        }
        other => Err(format!("there is no client {other}").into()),
    }
}
