//! The thread of a disk outbox: it takes what has come, has the spool do a turn, and tells everybody.
//!
//! It is the only one that touches the files. It decides nothing about messages but who is told what. Begin with
//! [`Worker::run`].

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot, watch};

use super::record;
use super::{Counter, Letter, Stage};
use crate::driver::moment;
use crate::error::Error;
use crate::outbox::{Ended, Limits, SharedOutbox, Stored, WhenFull};
use crate::outcome::Receipt;
use crate::spool::{DiskOutbox, Done, End, Entry, Spool, Taken, Work};

/// How long after a failing disk the next attempt is made.
const RETRY: Duration = Duration::from_secs(1);

/// Who is to be told about an entry.
type Sender = (oneshot::Sender<Result<(), Error>>, Option<Receipt>);

/// What the thread holds.
pub(super) struct Worker {
    counter: Arc<Counter>,
    outbox: SharedOutbox,
    /// Wakes the driver.
    news: Arc<Notify>,
    limits: Limits,
    /// Letters that found the disk full, in order.
    stalled: Vec<Letter>,
    /// Who waits for the end of what is on disk only.
    receipts: HashMap<u64, Receipt>,
    /// So many receipts there were when those that nobody waits for were thrown away.
    pruned: usize,
    next_sequence: u64,
    last_trouble: String,
    last_sync_trouble: String,
    /// When the next turn is due though nothing has come.
    next_round: Option<Instant>,
}

/// Takes nothing more and lets go of what has come when it is dropped, whatever ended the thread: nobody is to wait for one
/// that is gone.
struct GoneAtEnd(Arc<Counter>);

impl Drop for GoneAtEnd {
    fn drop(&mut self) {
        let Self(counter) = self;
        let mut inbox = counter.lock();
        inbox.closed = true;
        inbox.letters.clear();
    }
}

/// What has come.
struct Mail {
    letters: Vec<Letter>,
    ended: Vec<u64>,
    closed: bool,
}

impl Worker {
    pub(super) fn new(
        counter: Arc<Counter>,
        outbox: SharedOutbox,
        news: Arc<Notify>,
        limits: Limits,
    ) -> Self {
        Self {
            counter,
            outbox,
            news,
            limits,
            stalled: Vec::new(),
            receipts: HashMap::new(),
            pruned: 0,
            next_sequence: 1,
            last_trouble: String::new(),
            last_sync_trouble: String::new(),
            next_round: None,
        }
    }

    /// Opens the folder and works until the near side is closed.
    pub(super) fn run(mut self, settings: &DiskOutbox, stage: &watch::Sender<Stage>) {
        let _gone = GoneAtEnd(Arc::clone(&self.counter));
        match Spool::open(settings, &self.limits) {
            Ok((mut spool, next_sequence)) => {
                self.next_sequence = next_sequence.max(1);
                let recovered = self.turn(&mut spool, Vec::new(), Vec::new());
                self.outbox.lock().recovered(recovered);
                stage.send_replace(Stage::Open);
                self.work(&mut spool, settings.interval());
                self.end(spool);
                stage.send_replace(Stage::Ended);
            }
            Err(error) => {
                let (what, problem) = match error {
                    Error::Configuration { what, problem } => (what, problem),
                    error => (String::from("the outbox's folder"), error.to_string()),
                };
                tracing::error!(what, problem, "there is no outbox");
                stage.send_replace(Stage::Failed(what, problem));
            }
        }
    }

    fn work(&mut self, spool: &mut Spool, interval: Option<Duration>) {
        let mut sync_due = None;
        loop {
            let due = [sync_due, self.next_round].into_iter().flatten().min();
            let mail = self.wait(due);
            let closed = mail.closed;
            self.turn(spool, mail.letters, mail.ended);
            if closed {
                return;
            }
            let now = moment().now;
            if sync_due.is_some_and(|due| due <= now) {
                sync_due = None;
                let synced = spool.sync();
                complain(&mut self.last_sync_trouble, synced.err());
            }
            if spool.is_unsynced() {
                sync_due = sync_due.or(interval.map(|interval| now + interval));
            }
        }
    }

    /// Waits until something has come or a time is reached, and takes everything there is.
    fn wait(&self, due: Option<Instant>) -> Mail {
        let mut inbox = self.counter.lock();
        while inbox.letters.is_empty() && inbox.ended.is_empty() && !inbox.closed {
            inbox.asleep = true;
            let news = &self.counter.news;
            inbox = match due.map(|due| due.saturating_duration_since(moment().now)) {
                Some(Duration::ZERO) => break,
                Some(time) => news.wait_timeout(inbox, time).unwrap_or_else(PoisonError::into_inner).0,
                None => news.wait(inbox).unwrap_or_else(PoisonError::into_inner),
            };
        }
        inbox.asleep = false;
        let (letters, ended) = (std::mem::take(&mut inbox.letters), std::mem::take(&mut inbox.ended));
        Mail { letters, ended, closed: inbox.closed }
    }

    /// One turn; how many messages there are afterwards.
    fn turn(&mut self, spool: &mut Spool, letters: Vec<Letter>, ended: Vec<u64>) -> u64 {
        let at = moment();
        let (mut entries, mut senders) = (Vec::new(), Vec::new());
        let letters = std::mem::take(&mut self.stalled).into_iter().chain(letters);
        for Letter { message, stored } in letters.filter(|letter| !letter.is_cancelled()) {
            if message.expires <= at.now {
                let _ = stored.send(Err(Error::Expired));
                continue;
            }
            let (entry, receipt) = record::entry(message, self.next_sequence, at);
            self.next_sequence += 1;
            entries.push(entry);
            senders.push((stored, receipt));
        }
        let mut done = spool.turn(Work { now: record::milliseconds(at.wall), entries, ended });
        let messages = done.messages;
        complain(&mut self.last_trouble, done.trouble.take());
        let sweep = spool.next_sweep(record::milliseconds(at.wall)).map(Duration::from_millis);
        let retry = Some(RETRY).filter(|_| !self.last_trouble.is_empty());
        self.tell(done, senders);
        let retry = retry.or(Some(RETRY).filter(|_| !self.stalled.is_empty()));
        self.next_round = [sweep, retry].into_iter().flatten().min().map(|time| at.now + time);
        messages
    }

    /// Fills the outbox and tells everybody what has become of their messages.
    fn tell(&mut self, done: Done, senders: Vec<Sender>) {
        let mut stored = Stored { messages: done.messages, disk_bytes: done.disk_bytes, ..Stored::default() };
        let mut answers = Vec::with_capacity(senders.len());
        for (taken, (sender, receipt)) in done.taken.into_iter().zip(senders) {
            let answer = match taken {
                Taken::Stored(sequence) => {
                    stored.accepted += 1;
                    self.receipts.extend(receipt.map(|receipt| (sequence, receipt)));
                    Ok(())
                }
                Taken::Full(entry) if self.limits.when_full == WhenFull::Wait => {
                    let message = record::message(entry, receipt, moment());
                    self.stalled.push(Letter { message, stored: sender });
                    continue;
                }
                Taken::Full(_) => Err(Error::OutboxFull),
                Taken::Failed(error) => Err(error),
            };
            stored.refused += u64::from(answer.is_err());
            answers.push((sender, answer));
        }
        for (sequence, end) in done.ended {
            let (count, error) = match end {
                End::Expired => (&mut stored.expired, Error::Expired),
                End::Dropped => (&mut stored.dropped, Error::Dropped),
                End::Damaged => (&mut stored.damaged, Error::Damaged),
            };
            *count += 1;
            self.tell_end(sequence, error);
        }
        self.fill(done.ready, &stored);
        self.counter.answer(answers);
        self.news.notify_one();
        self.prune();
    }

    fn fill(&mut self, ready: Vec<Entry>, stored: &Stored) {
        let at = moment();
        let messages = ready.into_iter().map(|entry| {
            let receipt = self.receipts.remove(&entry.sequence);
            record::message(entry, receipt, at)
        });
        let messages = messages.collect();
        let kept = self.outbox.lock().refill(messages, stored);
        kept.into_iter().for_each(Ended::tell);
    }

    fn tell_end(&mut self, sequence: u64, error: Error) {
        match self.receipts.remove(&sequence) {
            Some(receipt) => receipt.tell(Err(error)),
            None => tracing::debug!(sequence, %error, "a stored message has ended"),
        }
    }

    /// Throws away the receipts that nobody waits for, when they may be half of all.
    fn prune(&mut self) {
        const FEW: usize = 1024;
        if self.receipts.len() > 2 * self.pruned + FEW {
            self.receipts.retain(|_, receipt| !receipt.is_idle());
            self.pruned = self.receipts.len();
        }
    }

    /// Writes down what is left to be; what has not ended is kept.
    fn end(self, spool: Spool) {
        for letter in self.stalled {
            let _ = letter.stored.send(Err(Error::Closed));
        }
        for receipt in self.receipts.into_values() {
            receipt.tell(Err(Error::Kept));
        }
        if let Err(error) = spool.close() {
            tracing::error!(%error, "what has been sent could not be written down: it will be sent again");
        }
    }
}

/// Says once what is wrong with the disk, and once that it is over.
fn complain(last: &mut String, trouble: Option<Error>) {
    let text = trouble.map(|error| error.to_string()).unwrap_or_default();
    if text != *last {
        if text.is_empty() {
            tracing::info!("the outbox's folder works again");
        } else {
            tracing::error!(error = text, "the outbox's folder fails");
        }
        *last = text;
    }
}
