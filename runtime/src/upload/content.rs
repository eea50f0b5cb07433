//! What is uploaded: bytes in memory, a file, or anything that can be read and whose length is known.
//!
//! The storage service wants the length first, and content is read only as fast as it is sent.

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};

use crate::error::Error;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// The content of a file to upload.
pub struct Content {
    source: Source,
    length: u64,
}

enum Source {
    Bytes(Bytes),
    Reader(Pin<Box<dyn AsyncRead + Send>>),
}

impl Content {
    /// What this reads: exactly `length` bytes. It fails when there are fewer; what follows them is not read.
    pub fn from_reader(reader: impl AsyncRead + Send + 'static, length: u64) -> Self {
        Self { source: Source::Reader(Box::pin(reader)), length }
    }

    /// A file, as long as it is now.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let named = |error: io::Error| {
            Error::configuration(format!("the file {}", path.display()), error.to_string())
        };
        let file = tokio::fs::File::open(path).await.map_err(named)?;
        let length = file.metadata().await.map_err(named)?.len();
        Ok(Self::from_reader(file, length))
    }

    /// Its length in bytes. A hub's storage takes some 5 000 MiB.
    pub fn length(&self) -> u64 {
        self.length
    }
}

impl<T: Into<Bytes>> From<T> for Content {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        Self { length: bytes.len() as u64, source: Source::Bytes(bytes) }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Content").field("length", &self.length).finish_non_exhaustive()
    }
}

/// How many bytes have been handed to the network, to be watched from outside.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<AtomicU64>);

impl Progress {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Content as the body of a request.
pub(crate) struct Body {
    source: Source,
    left: u64,
    progress: Progress,
}

impl Body {
    pub(crate) fn new(content: Content, progress: Progress) -> Self {
        Self { source: content.source, left: content.length, progress }
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(CHUNK);
        match &mut self.source {
            Source::Bytes(bytes) => Poll::Ready(Ok(bytes.split_to(most))),
            Source::Reader(reader) => {
                let mut chunk = BytesMut::zeroed(most);
                let mut buffer = ReadBuf::new(&mut chunk);
                ready!(reader.as_mut().poll_read(context, &mut buffer))?;
                let filled = buffer.filled().len();
                if filled == 0 {
                    let problem = format!("the content ended {} bytes early", self.left);
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::UnexpectedEof, problem)));
                }
                chunk.truncate(filled);
                Poll::Ready(Ok(chunk.freeze()))
            }
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let chunk = ready!(self.poll_chunk(context))?;
        self.left -= chunk.len() as u64;
        self.progress.0.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn read(content: Content) -> Result<(Bytes, u64), io::Error> {
        let progress = Progress::default();
        let bytes = Body::new(content, progress.clone()).collect().await?.to_bytes();
        Ok((bytes, progress.bytes()))
    }

    #[tokio::test]
    async fn content_is_read_to_its_length_and_no_further() {
        assert_eq!(read(Content::from("hello")).await.unwrap(), (Bytes::from("hello"), 5));
        let long = vec![7; 3 * CHUNK + 1];
        assert_eq!(read(Content::from(long.clone())).await.unwrap().1, long.len() as u64);
        let reader = io::Cursor::new(b"hello world".to_vec());
        assert_eq!(read(Content::from_reader(reader, 5)).await.unwrap().0, "hello");
        assert_eq!(read(Content::from("")).await.unwrap().1, 0);
    }

    #[tokio::test]
    async fn content_that_ends_early_or_is_not_there_is_an_error() {
        let reader = io::Cursor::new(b"hello".to_vec());
        let error = read(Content::from_reader(reader, 7)).await.unwrap_err();
        assert_eq!(error.to_string(), "the content ended 2 bytes early");
        assert!(Content::from_file("no/such/file").await.is_err());
    }

    #[tokio::test]
    async fn a_file_is_read_as_it_is() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![1; 100_000]).unwrap();
        let content = Content::from_file(file.path()).await.unwrap();
        assert_eq!(content.length(), 100_000);
        assert_eq!(read(content).await.unwrap().0, vec![1; 100_000]);
    }
}
