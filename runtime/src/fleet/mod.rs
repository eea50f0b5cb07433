//! Many devices in one process: a gateway, or a simulator.
//!
//! Decides how many of them connect at once, keeps hold of them all, and ends them together. Each device has a session
//! of its own, as if it were alone; what is costly (roots, TLS configuration) is shared by the clones of a
//! [`Connection`]. Begin with [`Fleet`].

mod gate;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use gate::{Gate, Place};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::connection::Connection;
use crate::device::Device;
use crate::driver;
use crate::error::Error;
use crate::metrics::{Health, Metrics};

/// How many devices connect at once, when nothing else is said.
const AT_ONCE: usize = 32;
/// Over how long the first attempts are spread, when nothing else is said.
const SPREAD: Duration = Duration::from_secs(1);
/// The longest spread.
const LONGEST_SPREAD: Duration = Duration::from_secs(24 * 60 * 60);

/// Devices that share a process.
///
/// Their connections are staggered: at most so many are provisioned or connect at once, at the start, after a loss and
/// when tokens are renewed, and first attempts are spread at random. A hub and a provisioning service throttle those who
/// come all together.
///
/// Make the connections of one [`Connection`] by [`Connection::for_device`]: then all share one TLS configuration.
///
/// ```no_run
/// # use device_model_runtime::{Connection, Device, DeviceKey, Error, Fleet};
/// # async fn run<D: Device>(devices: Vec<(String, DeviceKey, D)>, template: Connection) -> Result<(), Error> {
/// let fleet = Fleet::new();
/// for (id, key, device) in devices {
///     let client = fleet.connect(device, template.for_device(&id, key)?).await?;
///     // the client is used as any other
/// }
/// fleet.connected().await?;
/// fleet.close().await
/// # }
/// ```
pub struct Fleet {
    gate: Gate,
    clients: Mutex<Vec<Client>>,
}

impl Default for Fleet {
    fn default() -> Self {
        Self::new()
    }
}

impl Fleet {
    /// A fleet without devices, of which 32 connect at once and first attempts are spread over a second.
    pub fn new() -> Self {
        Self::staggered(AT_ONCE, SPREAD)
    }

    /// A fleet of which at most `at_once` devices (at least 1) connect at a time, and whose first attempts are spread
    /// over `spread` (at most a day).
    pub fn staggered(at_once: usize, spread: Duration) -> Self {
        Self { gate: Gate::new(at_once, spread.min(LONGEST_SPREAD)), clients: Mutex::default() }
    }

    /// Starts a device's session, as [`Device::connect`] does, and keeps hold of it: it lives until it is closed, or the
    /// fleet is, even when the client is dropped.
    ///
    /// # Errors
    /// Those of [`Device::connect`].
    pub async fn connect<D: Device>(
        &self,
        device: D,
        mut connection: Connection,
    ) -> Result<D::Client, Error> {
        connection.gate = Some(self.gate.clone());
        let client = driver::start(device, connection)?;
        client.opened().await?;
        let mut clients = self.clients();
        // Devices come and go: the list is tidied when it would grow.
        if clients.len() == clients.capacity() {
            clients.retain(|client| !client.state().is_final());
        }
        clients.push(client.clone());
        Ok(D::Client::from(client))
    }

    /// How many devices have not been closed and not given up.
    pub fn len(&self) -> usize {
        self.clients().iter().filter(|client| !client.state().is_final()).count()
    }

    /// Whether no device is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits until every device is connected, or was while the others were waited for.
    ///
    /// # Errors
    /// [`Error::Closed`] or [`Error::GivenUp`] when a session ends instead.
    pub async fn connected(&self) -> Result<(), Error> {
        let clients = self.all().into_iter();
        let mut waiting: JoinSet<_> = clients.map(|client| async move { client.connected().await }).collect();
        while let Some(connected) = waiting.join_next().await {
            connected.unwrap_or(Err(Error::Closed))?;
        }
        Ok(())
    }

    /// Ends all sessions side by side, each as [`Client::close`] does, and waits for them.
    ///
    /// # Errors
    /// [`Error::Undelivered`] with the sum of what was not acknowledged when the close deadlines passed.
    pub async fn close(&self) -> Result<(), Error> {
        let clients = self.all();
        clients.iter().for_each(Client::begin_to_close);
        let mut undelivered = 0;
        for client in clients {
            if let Err(Error::Undelivered { count }) = client.close().await {
                undelivered += count;
            }
        }
        match undelivered {
            0 => Ok(()),
            count => Err(Error::Undelivered { count }),
        }
    }

    /// What all sessions together have done and measured, those included that have ended since the list was last tidied
    /// (when a device was added). Latencies are put together; levels are sums, ages and versions the highest.
    pub fn metrics(&self) -> Metrics {
        let mut sum = Metrics::default();
        self.clients().iter().for_each(|client| sum.add(&client.metrics()));
        sum
    }

    /// The devices that are not in good health, and why, by their ids; a device that has not been connected yet has none
    /// and is named by an empty text.
    pub fn ailing(&self) -> Vec<(String, Health)> {
        let clients = self.all();
        let verdicts = clients.iter().map(|client| (client.device_id().unwrap_or_default(), client.health()));
        verdicts.filter(|(_, health)| !health.is_good()).collect()
    }

    fn all(&self) -> Vec<Client> {
        self.clients().clone()
    }

    /// Nothing panics while it holds the lock.
    fn clients(&self) -> MutexGuard<'_, Vec<Client>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Fleet").field("devices", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests;
