//! A TCP proxy that stands between device and hub and does to their connections what networks do.
//!
//! It forwards bytes and knows nothing of TLS or MQTT. Faults are asked for by the methods of [`Proxy`]; begin there.
//! It ends with its last handle.

#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test uses a part of it; a proxy that cannot work fails the test"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Bytes forwarded at once.
const CHUNK: usize = 16 * 1024;

/// What becomes of new connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// They are forwarded.
    Open,
    /// They are reset at once.
    Refuse,
    /// They are accepted, and whatever is sent on them is swallowed.
    Swallow,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ToHub,
    ToDevice,
}

/// What happens at a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strike {
    /// Both sides are closed in the regular way (FIN).
    Cut,
    /// Both sides are reset (RST).
    Reset,
    /// The byte is changed.
    Corrupt,
}

/// How connections are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Cut,
    Reset,
}

/// What is done to the bytes of all connections.
#[derive(Clone, Debug)]
struct Weather {
    target: SocketAddr,
    gate: Gate,
    delay: Duration,
    bytes_per_second: Option<u64>,
    /// What happens after so many more bytes that way.
    strike: Option<(Way, u64, Strike)>,
}

#[derive(Debug)]
struct Inner {
    weather: Mutex<Weather>,
    /// How many connections have been accepted.
    accepted: AtomicU64,
    /// Connections numbered below this are half open: what is sent on them is swallowed.
    dead_below: AtomicU64,
    /// Ends all connections that there are.
    ending: watch::Sender<Option<Ending>>,
}

impl Inner {
    fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    inner: Arc<Inner>,
    port: u16,
    listening: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
        self.inner.ending.send_replace(Some(Ending::Cut));
    }
}

impl Proxy {
    /// A proxy on a port of its own; 0 takes a free one. Nothing can be reached until [`Proxy::forward_to`].
    pub(crate) async fn bind(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("the port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let weather = Weather {
            target: SocketAddr::from((Ipv4Addr::LOCALHOST, 9)),
            gate: Gate::Refuse,
            delay: Duration::ZERO,
            bytes_per_second: None,
            strike: None,
        };
        let inner = Arc::new(Inner {
            weather: Mutex::new(weather),
            accepted: AtomicU64::new(0),
            dead_below: AtomicU64::new(0),
            ending: watch::Sender::new(None),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&inner)));
        Self { inner, port, listening }
    }

    /// Its port on the loopback interface.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Opens the gate to a target.
    pub(crate) fn forward_to(&self, target: SocketAddr) {
        let mut weather = self.inner.weather();
        (weather.target, weather.gate) = (target, Gate::Open);
    }

    /// What becomes of new connections.
    pub(crate) fn gate(&self, gate: Gate) {
        self.inner.weather().gate = gate;
    }

    /// Closes all connections in the regular way.
    pub(crate) fn cut(&self) {
        self.inner.ending.send_replace(Some(Ending::Cut));
    }

    /// Resets all connections.
    pub(crate) fn reset(&self) {
        self.inner.ending.send_replace(Some(Ending::Reset));
    }

    /// Makes all connections that there are half open, for good: nothing sent on them arrives, not even their end.
    pub(crate) fn half_open(&self) {
        self.inner.dead_below.store(self.inner.accepted.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Delays every chunk of bytes by so much, both ways.
    pub(crate) fn delay(&self, delay: Duration) {
        self.inner.weather().delay = delay;
    }

    /// Lets so many bytes through a second, each way of each connection; `None` is no limit.
    pub(crate) fn throttle(&self, bytes_per_second: Option<u64>) {
        self.inner.weather().bytes_per_second = bytes_per_second;
    }

    /// Strikes once, after so many more bytes that way, on whichever connection carries them.
    pub(crate) fn strike(&self, way: Way, after: u64, strike: Strike) {
        self.inner.weather().strike = Some((way, after, strike));
    }

    /// Whether a strike has not come yet.
    pub(crate) fn strike_is_pending(&self) -> bool {
        self.inner.weather().strike.is_some()
    }

    /// Good weather again: gate open, no delay, no limit, no strike. Half-open connections stay so.
    pub(crate) fn clear(&self) {
        let mut weather = self.inner.weather();
        (weather.gate, weather.delay) = (Gate::Open, Duration::ZERO);
        (weather.bytes_per_second, weather.strike) = (None, None);
    }

    /// How many connections have been accepted so far, refused ones included.
    pub(crate) fn accepted(&self) -> u64 {
        self.inner.accepted.load(Ordering::SeqCst)
    }
}

async fn listen(listener: TcpListener, inner: Arc<Inner>) {
    loop {
        let Ok((device, _)) = listener.accept().await else {
            // no file descriptors left, perhaps: those that there are will end
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let number = inner.accepted.fetch_add(1, Ordering::SeqCst);
        let (gate, target) = {
            let weather = inner.weather();
            (weather.gate, weather.target)
        };
        let ending = inner.ending.subscribe();
        match gate {
            Gate::Refuse => end(device, Ending::Reset),
            Gate::Swallow => drop(tokio::spawn(swallow(device, ending))),
            Gate::Open => drop(tokio::spawn(forward(device, target, number, Arc::clone(&inner), ending))),
        }
    }
}

/// Reads and forgets, until the device goes or the connections are ended.
async fn swallow(mut device: TcpStream, mut ending: watch::Receiver<Option<Ending>>) {
    let mut sink = vec![0; CHUNK];
    let reading = async { while device.read(&mut sink).await.is_ok_and(|count| count > 0) {} };
    let how = tokio::select! {
        () = reading => Ending::Cut,
        how = told(&mut ending) => how,
    };
    end(device, how);
}

async fn forward(
    mut device: TcpStream,
    target: SocketAddr,
    number: u64,
    inner: Arc<Inner>,
    mut ending: watch::Receiver<Option<Ending>>,
) {
    let Ok(mut hub) = TcpStream::connect(target).await else {
        return end(device, Ending::Reset);
    };
    let _ = (device.set_nodelay(true), hub.set_nodelay(true));
    let how = {
        let ((device_out, device_in), (hub_out, hub_in)) = (device.split(), hub.split());
        let up = pump(device_out, hub_in, Way::ToHub, number, &inner);
        let down = pump(hub_out, device_in, Way::ToDevice, number, &inner);
        tokio::select! {
            how = up => how,
            how = down => how,
            how = told(&mut ending) => how,
        }
    };
    end(device, how);
    end(hub, how);
}

/// Waits until the connections that there are shall end.
async fn told(ending: &mut watch::Receiver<Option<Ending>>) -> Ending {
    match ending.changed().await {
        Ok(()) => ending.borrow().unwrap_or(Ending::Cut),
        Err(_) => Ending::Cut,
    }
}

/// Forwards one way until the connection is to end, and says how.
async fn pump(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, way: Way, number: u64, inner: &Inner) -> Ending {
    let mut buffer = vec![0; CHUNK];
    loop {
        let Weather { delay, bytes_per_second, .. } = inner.weather().clone();
        let most = bytes_per_second.map_or(CHUNK, |rate| (rate as usize / 20).clamp(1, CHUNK));
        let read = from.read(&mut buffer[..most]).await;
        let dead = number < inner.dead_below.load(Ordering::SeqCst);
        let count = match read {
            // nobody learns of the end of a half-open connection
            Ok(0) | Err(_) if dead => std::future::pending().await,
            Ok(0) => return Ending::Cut,
            Err(_) => return Ending::Reset,
            Ok(_) if dead => continue,
            Ok(count) => count,
        };
        tokio::time::sleep(delay).await;
        let (count, how) = struck(&mut buffer[..count], way, inner);
        if to.write_all(&buffer[..count]).await.is_err() {
            return Ending::Reset;
        }
        if let Some(how) = how {
            return how;
        }
        if let Some(rate) = bytes_per_second {
            tokio::time::sleep(Duration::from_secs_f64(count as f64 / rate as f64)).await;
        }
    }
}

/// Lets the strike that is due come: how many of the bytes still get through, and how the connection ends, if it does.
fn struck(bytes: &mut [u8], way: Way, inner: &Inner) -> (usize, Option<Ending>) {
    let mut weather = inner.weather();
    let whole = (bytes.len(), None);
    let Some((_, after, strike)) = weather.strike.as_mut().filter(|(of, ..)| *of == way) else {
        return whole;
    };
    let at = *after as usize;
    let Some(byte) = bytes.get_mut(at) else {
        *after -= bytes.len() as u64;
        return whole;
    };
    let struck = match strike {
        Strike::Cut => (at, Some(Ending::Cut)),
        Strike::Reset => (at, Some(Ending::Reset)),
        Strike::Corrupt => {
            *byte ^= 0x55;
            whole
        }
    };
    weather.strike = None;
    struck
}

fn end(stream: TcpStream, how: Ending) {
    if how == Ending::Reset {
        let _ = stream.set_zero_linger();
    }
    drop(stream);
}
