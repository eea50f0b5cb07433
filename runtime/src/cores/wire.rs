//! The near end of a connection that a test carries by hand.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much it takes before some has to be carried off, as a socket's buffer.
const ROOM: usize = 4 * 1024;

/// Both directions, in two hands.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire(Arc<Mutex<Ends>>);

#[derive(Debug, Default)]
struct Ends {
    incoming: BytesMut,
    outgoing: BytesMut,
    /// How it ended, if it has: with an error, or properly.
    end: Option<Option<io::ErrorKind>>,
    /// Whether it takes as much as is written.
    is_wide: bool,
}

impl Wire {
    /// Nothing panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn bring(&self, bytes: &[u8]) {
        self.lock().incoming.extend_from_slice(bytes);
    }

    pub(super) fn end(&self, error: Option<io::ErrorKind>) {
        self.lock().end = Some(error);
    }

    pub(super) fn widen(&self) {
        self.lock().is_wide = true;
    }

    pub(super) fn take(&self, most: usize) -> Vec<u8> {
        let outgoing = &mut self.lock().outgoing;
        outgoing.split_to(most.min(outgoing.len())).to_vec()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut ends = self.lock();
        let count = buffer.remaining().min(ends.incoming.len());
        match ends.end {
            _ if count > 0 => {
                buffer.put_slice(&ends.incoming[..count]);
                ends.incoming.advance(count);
                Poll::Ready(Ok(()))
            }
            None => Poll::Pending,
            Some(None) => Poll::Ready(Ok(())),
            Some(Some(kind)) => Poll::Ready(Err(kind.into())),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut ends = self.lock();
        let room = if ends.is_wide { usize::MAX } else { ROOM.saturating_sub(ends.outgoing.len()) };
        let count = bytes.len().min(room);
        if count == 0 {
            return Poll::Pending;
        }
        ends.outgoing.extend_from_slice(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
