//! The pipe between a device and the hub in memory, and the task that serves its far end.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use rumqttc::mqttbytes;
use rumqttc::mqttbytes::v4::Packet;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{mpsc, watch};

use super::cloud::Cloud;
use crate::connection::Endpoint;
use crate::driver::{Opening, Stream, Transport};

/// How much either side may write before the other has to read.
const PIPE: usize = 64 * 1024;
/// The largest packet that either side takes.
const LARGEST: usize = 512 * 1024;

/// The hub's state, and word of its changes.
#[derive(Debug)]
pub(super) struct Shared {
    cloud: Mutex<Cloud>,
    changes: watch::Sender<()>,
}

impl Shared {
    /// Looks at the state without changing it.
    pub(super) fn look(&self) -> MutexGuard<'_, Cloud> {
        // Nothing panics while it holds the lock.
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and tells everybody who waits for a change.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Cloud) -> T) -> T {
        let result = change(&mut self.look());
        self.changes.send_replace(());
        result
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }
}

/// The device's end.
pub(super) struct Pipe {
    shared: Arc<Shared>,
    streams: mpsc::Sender<DuplexStream>,
}

impl Transport for Pipe {
    fn open<'a>(&'a self, _: &'a Endpoint) -> Opening<'a> {
        Box::pin(async {
            let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
            if self.shared.look().offline {
                return Err(refused());
            }
            let (near, far) = duplex(PIPE);
            self.streams.send(far).await.map_err(|_| refused())?;
            Ok(Box::new(near) as Box<dyn Stream>)
        })
    }
}

/// The hub's end, to be served.
pub(super) struct Server {
    pub(super) shared: Arc<Shared>,
    streams: mpsc::Receiver<DuplexStream>,
}

/// Both ends.
pub(super) fn pipe() -> (Pipe, Server) {
    let shared = Arc::new(Shared { cloud: Mutex::new(Cloud::new()), changes: watch::Sender::new(()) });
    let (sender, receiver) = mpsc::channel(1);
    let pipe = Pipe { shared: Arc::clone(&shared), streams: sender };
    (pipe, Server { shared, streams: receiver })
}

impl Server {
    /// Serves one connection after the other until the device is gone.
    pub(super) async fn run(mut self) {
        while let Some(stream) = self.streams.recv().await {
            self.shared.with(Cloud::opened);
            if let Err(error) = self.serve(stream).await {
                tracing::debug!(%error, "the device's end of the pipe is gone");
            }
            self.shared.with(Cloud::closed);
        }
    }

    async fn serve(&self, mut stream: DuplexStream) -> io::Result<()> {
        let mut changes = self.shared.changes();
        let mut incoming = BytesMut::new();
        loop {
            changes.mark_unchanged();
            let (packets, cut) = self.shared.look().take();
            stream.write_all(&encoded(&packets)).await?;
            if cut {
                return Ok(());
            }
            tokio::select! {
                read = stream.read_buf(&mut incoming) => {
                    if read? == 0 {
                        return Ok(());
                    }
                    self.shared.with(|cloud| decode(&mut incoming, cloud));
                }
                _ = changes.changed() => {}
            }
        }
    }
}

fn encoded(packets: &[Packet]) -> BytesMut {
    let mut bytes = BytesMut::new();
    for packet in packets {
        packet.write(&mut bytes, LARGEST).expect("what a test tells its device is smaller than 512 KiB");
    }
    bytes
}

/// Hands every whole packet to the hub.
fn decode(incoming: &mut BytesMut, cloud: &mut Cloud) {
    loop {
        match Packet::read(incoming, LARGEST) {
            Ok(packet) => cloud.packet(packet),
            Err(mqttbytes::Error::InsufficientBytes(_)) => return,
            Err(error) => return cloud.fail(format!("bytes that are no packet: {error}")),
        }
    }
}
