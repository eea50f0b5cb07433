//! One MQTT connection: packets over a byte stream.
//!
//! Reads and writes make progress together in [`Link::next`], which is safe to cancel: all its state is in the
//! [`Link`]. It knows packets but not what they mean. PUBACKs that arrive together are handed out together.
//!
//! Invariant: what is queued together is written together; a flush follows when the buffer has been written.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use rumqttc::mqttbytes;
use rumqttc::mqttbytes::v4::Packet;
use tokio::io::{AsyncRead as _, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::transport::Stream;
use crate::error::Error;

/// The largest packet taken from a hub. Methods have at most 128 KiB, twins 64 KiB.
const LARGEST_INCOMING: usize = 512 * 1024;
/// The largest packet written: what a hub takes at most, with room for the header.
const LARGEST_OUTGOING: usize = 257 * 1024;
/// Above this no more packets are queued until some have been written. Small enough that a hub begins to answer a window
/// of small messages while its rest is still being written (measured: benches/side, telemetry with a window of 100).
const ROOM: usize = 6 * 1024;
/// How much is read at once at first, and at most.
const CHUNK: usize = 2 * 1024;
const LARGEST_CHUNK: usize = 64 * 1024;
/// PUBACK's first two bytes; its packet id follows (MQTT 3.1.1, 3.4).
const PUBACK: [u8; 2] = [0x40, 2];
const PUBACK_SIZE: usize = 4;

/// A connection that carries packets.
pub(crate) struct Link {
    stream: Box<dyn Stream>,
    /// What is read into: packets keep what they were read from, and mostly they are small.
    scratch: Vec<u8>,
    incoming: BytesMut,
    outgoing: BytesMut,
    unflushed: bool,
    /// Bytes written and read that nobody has asked for yet.
    traffic: (u64, u64),
    /// How much is read at once.
    chunk: usize,
}

/// What a connection brings.
#[derive(Debug, PartialEq)]
pub(crate) enum Incoming {
    Packet(Packet),
    /// PUBACKs with these packet ids.
    Acknowledged(Vec<u16>),
}

/// Why a connection carries nothing any more.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) cause: Error,
    /// Whether the hub ended it, rather than the network or this side.
    pub(crate) cut_by_hub: bool,
}

impl From<Error> for Broken {
    fn from(cause: Error) -> Self {
        Self { cause, cut_by_hub: false }
    }
}

impl From<&io::Error> for Broken {
    /// A stream that ends or is reset was closed by its far end; TLS tells an end without goodbye as an unexpected
    /// one. Timeouts and unreachable networks say nothing about the far end.
    fn from(error: &io::Error) -> Self {
        use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
        let cut_by_hub = matches!(error.kind(), BrokenPipe | ConnectionReset | UnexpectedEof);
        Self { cause: Error::lost(error.to_string()), cut_by_hub }
    }
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        broken.cause
    }
}

impl Link {
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        let (incoming, outgoing) = (BytesMut::new(), BytesMut::new());
        let scratch = Vec::new();
        Self { stream, scratch, incoming, outgoing, unflushed: false, traffic: (0, 0), chunk: CHUNK }
    }

    /// Whether another packet may be queued.
    pub(crate) fn has_room(&self) -> bool {
        self.outgoing.len() < ROOM
    }

    /// Lets packets be queued directly: what is appended to the buffer, until it is as long as the number says.
    pub(crate) fn fill<T>(&mut self, with: impl FnOnce(&mut BytesMut, usize) -> T) -> T {
        let before = self.outgoing.len();
        let result = with(&mut self.outgoing, ROOM);
        self.unflushed |= self.outgoing.len() > before;
        result
    }

    /// Whether something has arrived that has not been handed out.
    pub(crate) fn has_more(&self) -> bool {
        !self.incoming.is_empty()
    }

    /// Whether everything queued has been handed to the network.
    pub(crate) fn is_written(&self) -> bool {
        self.outgoing.is_empty() && !self.unflushed
    }

    /// The bytes written and read since this was asked last.
    pub(crate) fn take_traffic(&mut self) -> (u64, u64) {
        std::mem::take(&mut self.traffic)
    }

    /// Queues a packet; [`Link::next`] writes it.
    pub(crate) fn queue(&mut self, packet: &Packet) -> Result<(), Error> {
        self.unflushed = true;
        let written = packet.write(&mut self.outgoing, LARGEST_OUTGOING);
        written.map(drop).map_err(|error| Error::lost(format!("a packet could not be written: {error}")))
    }

    /// Writes what is queued and waits for packets. `None`: there is room again, or all that was queued has been written,
    /// if that is waited for as well.
    pub(crate) async fn next(&mut self, until_written: bool) -> Result<Option<Incoming>, Broken> {
        poll_fn(|context| self.poll_next(context, until_written)).await
    }

    /// Says goodbye and closes the stream, as far as the network lets us.
    pub(crate) async fn finish(mut self) {
        let _ = self.queue(&Packet::Disconnect);
        let goodbye = async {
            self.stream.write_all(&self.outgoing).await?;
            self.stream.flush().await?;
            self.stream.shutdown().await
        };
        if let Err(error) = goodbye.await {
            tracing::debug!(%error, "the connection did not end cleanly");
        }
    }

    fn poll_next(
        &mut self,
        context: &mut Context<'_>,
        until_written: bool,
    ) -> Poll<Result<Option<Incoming>, Broken>> {
        loop {
            if let Some(incoming) = self.decode()? {
                return Poll::Ready(Ok(Some(incoming)));
            }
            let (had_room, was_written) = (self.has_room(), self.is_written() || !until_written);
            match self.poll_write(context) {
                Poll::Ready(Err(error)) => return Poll::Ready(Err(Broken::from(&error))),
                _ if !had_room && self.has_room() || !was_written && self.is_written() => {
                    return Poll::Ready(Ok(None));
                }
                _ => {}
            }
            match ready!(self.poll_read(context)) {
                Ok(0) => {
                    let cause = Error::lost("the hub closed it");
                    return Poll::Ready(Err(Broken { cause, cut_by_hub: true }));
                }
                Ok(_) => {}
                Err(error) => return Poll::Ready(Err(Broken::from(&error))),
            }
        }
    }

    /// What has arrived already, in the order of arrival.
    fn decode(&mut self) -> Result<Option<Incoming>, Error> {
        let acknowledged = acknowledged(&self.incoming);
        if !acknowledged.is_empty() {
            self.incoming.advance(PUBACK_SIZE * acknowledged.len());
            return Ok(Some(Incoming::Acknowledged(acknowledged)));
        }
        match Packet::read(&mut self.incoming, LARGEST_INCOMING) {
            Ok(packet) => Ok(Some(Incoming::Packet(packet))),
            Err(mqttbytes::Error::InsufficientBytes(_)) => Ok(None),
            Err(error) => Err(Error::Protocol { what: format!("a packet that cannot be read: {error}") }),
        }
    }

    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.outgoing))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.advance(written);
            self.traffic.0 += written as u64;
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.scratch.resize(self.chunk, 0);
        let mut buffer = ReadBuf::new(&mut self.scratch);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        let read = buffer.filled().len();
        self.incoming.extend_from_slice(buffer.filled());
        self.traffic.1 += read as u64;
        if read >= self.chunk {
            self.chunk = LARGEST_CHUNK.min(2 * self.chunk);
        }
        Poll::Ready(Ok(read))
    }
}

/// The packet ids of the PUBACKs that these bytes begin with.
fn acknowledged(bytes: &[u8]) -> Vec<u16> {
    let (packets, _) = bytes.as_chunks::<PUBACK_SIZE>();
    let ids = packets.iter().map_while(|packet| packet.strip_prefix(&PUBACK));
    ids.filter_map(|id| id.try_into().ok().map(u16::from_be_bytes)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rumqttc::mqttbytes::QoS;
    use rumqttc::mqttbytes::v4::{PubAck, Publish};
    use tokio::io::{AsyncReadExt, duplex};

    use super::*;

    proptest! {
        #[test]
        fn acknowledgements_are_what_the_codec_reads(
            ids in proptest::collection::vec(any::<u16>(), 0..50), cut in 0_usize..4, ping: bool,
        ) {
            let mut bytes = BytesMut::new();
            for id in &ids {
                Packet::PubAck(PubAck::new(*id)).write(&mut bytes, 1 << 20).unwrap();
            }
            if ping {
                Packet::PingResp.write(&mut bytes, 1 << 20).unwrap();
            }
            let left = bytes.len().saturating_sub(if ping { 0 } else { cut });
            bytes.truncate(left);
            let found = acknowledged(&bytes);
            for id in &found {
                prop_assert_eq!(Packet::read(&mut bytes, 1 << 20).unwrap(), Packet::PubAck(PubAck::new(*id)));
            }
            prop_assert_eq!(found.len(), if ping || cut == 0 { ids.len() } else { ids.len().saturating_sub(1) });
        }
    }

    fn publish(size: usize) -> Packet {
        Packet::Publish(Publish::new("t", QoS::AtMostOnce, vec![7; size]))
    }

    #[tokio::test]
    async fn a_full_pipe_lets_the_link_read_and_makes_room_as_it_empties() {
        let (near, far) = duplex(1024);
        let mut link = Link::new(Box::new(near));
        while link.has_room() {
            link.queue(&publish(10_000)).unwrap();
        }
        let (mut reader, mut writer) = tokio::io::split(far);
        writer.write_all(&[0xd0, 0]).await.unwrap();
        assert_eq!(link.next(true).await.unwrap(), Some(Incoming::Packet(Packet::PingResp)));
        let drain = tokio::spawn(async move {
            let mut sink = vec![0; 64 * 1024];
            while reader.read(&mut sink).await.unwrap() > 0 {}
        });
        assert_eq!(link.next(true).await.unwrap(), None);
        assert!(link.has_room());
        while !link.is_written() {
            assert_eq!(link.next(true).await.unwrap(), None);
        }
        drop((link, writer));
        drain.await.unwrap();
    }

    #[tokio::test]
    async fn a_packet_in_pieces_is_put_together_even_when_waiting_is_cancelled() {
        let (near, mut far) = duplex(1024);
        let mut link = Link::new(Box::new(near));
        far.write_all(&[0x40, 2]).await.unwrap();
        tokio::select! {
            biased;
            _ = link.next(true) => panic!("there is no whole packet yet"),
            () = tokio::task::yield_now() => {}
        }
        far.write_all(&[0, 9]).await.unwrap();
        assert_eq!(link.next(true).await.unwrap(), Some(Incoming::Acknowledged(vec![9])));
    }

    #[tokio::test]
    async fn junk_and_the_end_are_errors() {
        let (near, mut far) = duplex(1024);
        let mut link = Link::new(Box::new(near));
        far.write_all(&[0x30, 0xff, 0xff, 0xff, 0xff, 0xff]).await.unwrap();
        assert!(link.next(true).await.is_err());
        let (near, far) = duplex(1024);
        drop(far);
        let end = Link::new(Box::new(near)).next(true).await;
        assert!(matches!(end, Err(Broken { cause: Error::Lost { .. }, cut_by_hub: true })));
    }

    #[test]
    fn only_the_far_end_cuts_a_connection() {
        let cut = |kind: io::ErrorKind| Broken::from(&io::Error::from(kind)).cut_by_hub;
        assert!(cut(io::ErrorKind::ConnectionReset) && cut(io::ErrorKind::UnexpectedEof));
        for kind in [
            io::ErrorKind::TimedOut,
            io::ErrorKind::NetworkUnreachable,
            io::ErrorKind::HostUnreachable,
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::Other,
        ] {
            assert!(!cut(kind), "{kind}");
        }
    }
}
