//! Accepting connections: how many there may be, of one address and of all, each in a task of its own.
//!
//! Decides who gets in; what is spoken then is the caller's. Begin with [`accept`].

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::limits::Limits;
use crate::shared::Shared;

/// Pause after a failed accept (e.g. no file descriptors left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A listener's rules.
#[derive(Debug)]
pub(crate) struct Gate {
    /// What it is for, in the log.
    pub(crate) service: &'static str,
    pub(crate) connections: usize,
    pub(crate) per_address: usize,
}

/// What every connection of a hub is served with.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    pub(crate) shared: Arc<Shared>,
    pub(crate) limits: Limits,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
}

/// The open connections of each address.
#[derive(Debug, Default)]
struct Addresses(Mutex<BTreeMap<IpAddr, Open>>);

#[derive(Debug, Default)]
struct Open {
    count: usize,
    /// Whether the log says already that there are too many.
    told: bool,
}

/// Why an address gets no further connection: it has too many.
struct TooMany {
    /// Whether the log does not say so yet.
    news: bool,
}

/// One open connection of an address; dropping it makes room.
#[derive(Debug)]
struct Place {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

impl Addresses {
    fn admit(self: &Arc<Self>, address: IpAddr, most: usize) -> Result<Place, TooMany> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = open.entry(address).or_default();
        if entry.count >= most {
            return Err(TooMany { news: !std::mem::replace(&mut entry.told, true) });
        }
        entry.count += 1;
        Ok(Place { addresses: Arc::clone(self), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = open.get_mut(&self.address) {
            entry.count = entry.count.saturating_sub(1);
            entry.told = false;
            if entry.count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// Accepts clients until `stop` and serves each in a task of its own.
pub(crate) async fn accept<F>(
    listener: TcpListener,
    gate: Gate,
    host: &Host,
    serve: impl Fn(TcpStream, SocketAddr) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let Host { shared, tasks, stop, .. } = host;
    let (places, addresses) = (
        Arc::new(Semaphore::new(gate.connections.min(Semaphore::MAX_PERMITS))),
        Arc::new(Addresses::default()),
    );
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => return,
            permit = Arc::clone(&places).acquire_owned() => permit,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, service = gate.service, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        match addresses.admit(peer.ip(), gate.per_address) {
            Ok(place) => {
                let served = serve(socket, peer);
                tasks.spawn(async move {
                    served.await;
                    drop((place, permit));
                });
            }
            // the socket is closed by being dropped
            Err(TooMany { news: false }) => {}
            Err(TooMany { news: true }) => {
                let Gate { service, per_address, .. } = gate;
                let reason =
                    format!("{}: more than {per_address} connections to {service} at a time", peer.ip());
                shared.with(|state, now| state.refuse(None, &reason, now));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn an_address_gets_so_many_places_and_the_log_is_told_once() {
        let addresses = Arc::new(Addresses::default());
        let [one, other] = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(10, 0, 0, last)));
        let first = addresses.admit(one, 2).ok().unwrap();
        let _second = addresses.admit(one, 2).ok().unwrap();
        assert!(matches!(addresses.admit(one, 2), Err(TooMany { news: true })));
        assert!(matches!(addresses.admit(one, 2), Err(TooMany { news: false })));
        assert!(addresses.admit(other, 2).is_ok());
        drop(first);
        let _third = addresses.admit(one, 2).ok().unwrap();
        assert!(matches!(addresses.admit(one, 2), Err(TooMany { news: true })));
        assert_eq!(addresses.0.lock().unwrap().len(), 1, "who has gone is forgotten");
    }
}
