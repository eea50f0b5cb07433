//! The way from senders and driver to the disk outbox, which works on a thread of its own.
//!
//! [`Disk`] is the near side: it takes messages and ends, and tells a sender when its message is stored. The thread
//! (`worker`) takes everything that has come since it looked last in one turn, so that many messages share one write and one
//! fsync. What is decided about messages is in `spool`.

mod record;
mod worker;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{Notify, oneshot, watch};
use worker::Worker;

use crate::error::Error;
use crate::outbox::{Limits, Message, SharedOutbox};
use crate::spool::DiskOutbox;

/// The name of the thread.
const THREAD: &str = "device-model-spool";

/// A message on its way to the disk.
#[derive(Debug)]
struct Letter {
    message: Message,
    /// Told when it is stored, or why not.
    stored: oneshot::Sender<Result<(), Error>>,
}

impl Letter {
    /// Whether the sender has given up waiting: the message is not to be stored any more.
    fn is_cancelled(&self) -> bool {
        self.stored.is_closed()
    }
}

/// What has come since the thread looked last.
#[derive(Debug, Default)]
struct Inbox {
    letters: Vec<Letter>,
    ended: Vec<u64>,
    closed: bool,
    /// Whether the thread waits to be woken.
    asleep: bool,
}

/// What both sides share.
#[derive(Debug, Default)]
struct Counter {
    inbox: Mutex<Inbox>,
    news: Condvar,
}

impl Counter {
    /// Nothing panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, inbox: &mut Inbox) {
        if std::mem::take(&mut inbox.asleep) {
            self.news.notify_one();
        }
    }
}

/// Where the thread stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    Open,
    /// The folder cannot be used: what it is, and why.
    Failed(String, String),
    /// The thread has written down everything.
    Ended,
}

/// The near side of a disk outbox.
#[derive(Debug)]
pub(crate) struct Disk {
    counter: Arc<Counter>,
    stage: watch::Receiver<Stage>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Disk {
    /// Starts the thread, which opens the folder: see [`Disk::opened`]. It fills the outbox and gives notice of that.
    ///
    /// # Errors
    /// When the operating system has no thread for it.
    pub(crate) fn start(
        settings: DiskOutbox,
        limits: &Limits,
        outbox: SharedOutbox,
        news: Arc<Notify>,
    ) -> Result<Self, Error> {
        let counter = Arc::new(Counter::default());
        let (sender, stage) = watch::channel(Stage::Opening);
        let folder = settings.folder().display().to_string();
        let worker = Worker::new(Arc::clone(&counter), outbox, news, *limits);
        let thread = std::thread::Builder::new().name(THREAD.to_owned());
        let thread = thread.spawn(move || worker.run(&settings, &sender));
        let thread = thread.map_err(|error| Error::Disk { folder, problem: error.to_string() })?;
        Ok(Self { counter, stage, thread: Mutex::new(Some(thread)) })
    }

    /// Waits until the folder has been read.
    ///
    /// # Errors
    /// When it cannot be used.
    pub(crate) async fn opened(&self) -> Result<(), Error> {
        match self.reach(|stage| *stage != Stage::Opening).await {
            Some(Stage::Failed(what, problem)) => Err(Error::Configuration { what, problem }),
            _ => Ok(()),
        }
    }

    /// Stores a message; resolves when it is as safe as was asked for. When this is cancelled before, the message may
    /// be stored or not.
    ///
    /// # Errors
    /// When it was not stored, and will not be sent.
    pub(crate) async fn store(&self, message: Message) -> Result<(), Error> {
        let (stored, answer) = oneshot::channel();
        {
            let mut inbox = self.counter.lock();
            if inbox.closed {
                return Err(Error::Closed);
            }
            inbox.letters.push(Letter { message, stored });
            self.counter.wake(&mut inbox);
        }
        match answer.await {
            Ok(answer) => answer,
            Err(_) => self.opened().await.and(Err(Error::Closed)),
        }
    }

    /// Takes note that a message has ended. It is written down with others, after [`Disk::carry`].
    pub(crate) fn ended(&self, sequence: u64) {
        self.counter.lock().ended.push(sequence);
    }

    /// Has the thread write down what has ended.
    pub(crate) fn carry(&self) {
        let mut inbox = self.counter.lock();
        if !inbox.ended.is_empty() {
            self.counter.wake(&mut inbox);
        }
    }

    /// Lets the thread finish: what has been handed in is stored, nothing more is taken.
    pub(crate) fn close(&self) {
        let mut inbox = self.counter.lock();
        inbox.closed = true;
        self.counter.wake(&mut inbox);
    }

    /// Waits for the end of the thread; the folder is free then. To be called after [`Disk::close`].
    pub(crate) async fn finished(&self) {
        self.reach(|stage| matches!(stage, Stage::Ended | Stage::Failed(..))).await;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the outbox's thread has panicked");
        }
    }

    /// The stage that fits, or `None` when the thread has ended without it.
    async fn reach(&self, fits: impl FnMut(&Stage) -> bool) -> Option<Stage> {
        self.stage.clone().wait_for(fits).await.ok().map(|stage| stage.clone())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.close();
    }
}
