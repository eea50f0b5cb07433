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

/// What a sender is to be told.
type Answer = (oneshot::Sender<Result<(), Error>>, Result<(), Error>);

/// What has come since the thread looked last.
#[derive(Debug, Default)]
struct Inbox {
    letters: Vec<Letter>,
    ended: Vec<u64>,
    /// What the driver is to tell senders.
    answers: Vec<Answer>,
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

    /// Hands a letter in. When nothing is taken any more it is let go, which its sender sees.
    fn post(&self, letter: Letter) {
        let mut inbox = self.lock();
        if !inbox.closed {
            inbox.letters.push(letter);
            self.wake(&mut inbox);
        }
    }

    /// Leaves answers for the driver to tell: to wake many senders from here would cost a system call each, from where they
    /// run it costs none. When there may be no driver any more, they are told at once.
    fn answer(&self, mut answers: Vec<Answer>) {
        let mut inbox = self.lock();
        if !inbox.closed {
            inbox.answers.append(&mut answers);
        }
        drop(inbox);
        tell(answers);
    }

    fn wake(&self, inbox: &mut Inbox) {
        if std::mem::take(&mut inbox.asleep) {
            self.news.notify_one();
        }
    }
}

fn tell(answers: Vec<Answer>) {
    for (sender, answer) in answers {
        // Whoever asked may have stopped waiting.
        let _ = sender.send(answer);
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
            Some(_) => Ok(()),
            None => Err(Error::Closed),
        }
    }

    /// Stores a message; resolves when it is as safe as was asked for. When this is cancelled before, the message may
    /// be stored or not.
    ///
    /// # Errors
    /// When it was not stored, and will not be sent.
    pub(crate) async fn store(&self, message: Message) -> Result<(), Error> {
        let (stored, answer) = oneshot::channel();
        self.counter.post(Letter { message, stored });
        match answer.await {
            Ok(answer) => answer,
            Err(_) => self.opened().await.and(Err(Error::Closed)),
        }
    }

    /// Takes note that a message has ended. It is written down with others, after [`Disk::carry`].
    pub(crate) fn ended(&self, sequence: u64) {
        self.counter.lock().ended.push(sequence);
    }

    /// Has the thread write down what has ended, and tells senders what it has stored.
    pub(crate) fn carry(&self) {
        let mut inbox = self.counter.lock();
        if !inbox.ended.is_empty() {
            self.counter.wake(&mut inbox);
        }
        let answers = std::mem::take(&mut inbox.answers);
        drop(inbox);
        tell(answers);
    }

    /// Lets the thread finish: what has been handed in is stored, nothing more is taken.
    pub(crate) fn close(&self) {
        let mut inbox = self.counter.lock();
        inbox.closed = true;
        self.counter.wake(&mut inbox);
        let answers = std::mem::take(&mut inbox.answers);
        drop(inbox);
        tell(answers);
    }

    /// Waits for the end of the thread; the folder is free then. To be called after [`Disk::close`].
    pub(crate) async fn finished(&self) {
        self.reach(|stage| matches!(stage, Stage::Ended | Stage::Failed(..))).await;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the outbox's thread has panicked");
        }
    }

    /// The stage that fits, or `None` when the thread has panicked before.
    async fn reach(&self, fits: impl FnMut(&Stage) -> bool) -> Option<Stage> {
        self.stage.clone().wait_for(fits).await.ok().map(|stage| stage.clone())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.close();
    }
}
