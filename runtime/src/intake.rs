//! Where telemetry enters: values become a message, and the message gets its place in the outbox or does not.
//!
//! Acceptance is decided here, on the sender's task, under the outbox's lock; the driver is only woken to send. What the
//! outbox may hold is the outbox's business. Begin with [`Intake::enqueue`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Mutex, Notify};
use tokio::time::timeout_at;

use crate::batch;
use crate::connection::Options;
use crate::convention::write_bag;
use crate::disk::Disk;
use crate::driver::now;
use crate::error::Error;
use crate::json;
use crate::metrics::Histogram;
use crate::outbox::{Content, Ended, LARGEST, LARGEST_BAG, Message, Offer, Parked, SharedOutbox};
use crate::outcome::{Delivery, Receipt};
use crate::send::SendOptions;
use crate::spool::DiskOutbox;
use crate::state::Counters;
use crate::table::Convention;

/// The entrance to the outbox.
pub(crate) struct Intake {
    outbox: SharedOutbox,
    /// What every message goes through first, when it is to outlive the process.
    disk: Option<Disk>,
    /// How many bytes the disk outbox takes, where there is one.
    disk_room: Option<u64>,
    convention: Convention,
    time_to_live: Duration,
    /// Begins every message id of this process and device.
    run: String,
    messages: AtomicU64,
    /// Tells the driver that there is something to send.
    news: Arc<Notify>,
    /// How many senders found the outbox full.
    waiting: AtomicUsize,
    /// Whoever holds it is the next to get room. Tokio's mutex is fair: the others follow in their order.
    turn: Mutex<()>,
    /// Tells the next in turn that there may be room.
    room: Notify,
}

impl Intake {
    /// # Errors
    /// When there is to be a disk outbox, and no thread for it.
    pub(crate) fn new(
        outbox: SharedOutbox,
        convention: Convention,
        options: &Options,
    ) -> Result<Self, Error> {
        let news = Arc::new(Notify::new());
        let start = |disk| Disk::start(disk, &options.outbox, outbox.clone(), Arc::clone(&news));
        let disk = options.disk.clone().map(start).transpose()?;
        Ok(Self {
            disk,
            disk_room: options.disk.as_ref().map(DiskOutbox::room),
            outbox,
            convention,
            time_to_live: options.telemetry_time_to_live,
            run: format!("{:016x}", fastrand::u64(..)),
            messages: AtomicU64::new(0),
            news,
            waiting: AtomicUsize::new(0),
            turn: Mutex::new(()),
            room: Notify::new(),
        })
    }

    /// Queues a value as a message; resolves when it has a place.
    pub(crate) async fn enqueue<T: Serialize + ?Sized>(
        &self,
        component: Option<&'static str>,
        value: &T,
        options: &SendOptions,
    ) -> Result<Delivery, Error> {
        let mut text = self.bag(component, options)?;
        let bag = text.len();
        json::write(&mut text, value)?;
        self.accept(Content::new(text, bag), options).await
    }

    /// Makes several samples into as few messages as they fit in.
    pub(crate) fn batch<T: Serialize>(
        &self,
        component: Option<&'static str>,
        samples: impl IntoIterator<Item = T>,
        options: &SendOptions,
    ) -> Result<Vec<Content>, Error> {
        // Message ids differ in their length by as many digits as a number has at most.
        const DIGITS: usize = 20;
        let largest = self.outbox.lock().largest();
        let room = largest.saturating_sub(self.bag(component, options)?.len() + DIGITS);
        let contents = batch::arrays(samples, room)?.into_iter().map(|array| {
            let mut text = self.bag(component, options)?;
            let bag = text.len();
            text.extend_from_slice(&array);
            Ok(Content::new(text, bag))
        });
        contents.collect()
    }

    /// Resolves when there is something to send.
    pub(crate) fn news(&self) -> OwnedNotified {
        Arc::clone(&self.news).notified_owned()
    }

    /// Tells those whose messages have ended, and those who wait for their room.
    pub(crate) fn ended(&self, ended: Ended) {
        if let Some(disk) = &self.disk {
            disk.ended(ended.sequence);
        }
        if let Err(error) = &ended.outcome {
            tracing::debug!(sequence = ended.sequence, %error, "telemetry was not delivered");
        }
        ended.tell();
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.room.notify_one();
        }
    }

    /// Has the ends that were told written down.
    pub(crate) fn carry(&self) {
        if let Some(disk) = &self.disk {
            disk.carry();
        }
    }

    /// Waits until the disk outbox has been read.
    ///
    /// # Errors
    /// When it cannot be used.
    pub(crate) async fn opened(&self) -> Result<(), Error> {
        match &self.disk {
            Some(disk) => disk.opened().await,
            None => Ok(()),
        }
    }

    /// Waits until the disk outbox has written everything down and its folder is free.
    pub(crate) async fn finished(&self) {
        if let Some(disk) = &self.disk {
            disk.close();
            disk.finished().await;
        }
    }

    /// Tells those who wait that there may be room: a connection is gone, and what was in flight may be dropped.
    pub(crate) fn connection_changed(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.room.notify_one();
        }
    }

    /// Takes nothing more.
    pub(crate) fn close(&self) {
        self.outbox.lock().close();
        self.room.notify_one();
    }

    /// Ends everything that is left, with `cause` when the session has given up; how many messages are lost by that: none
    /// that lies on disk.
    pub(crate) fn abandon(&self, cause: Option<&Arc<Error>>) -> u64 {
        let left = self.outbox.lock().abandon();
        let count = left.len() as u64;
        for mut ended in left {
            if let Some(cause) = cause.filter(|_| self.disk.is_none()) {
                ended.outcome = Err(Error::GivenUp { cause: Arc::clone(cause) });
            }
            ended.tell();
        }
        self.room.notify_one();
        if let Some(disk) = &self.disk {
            disk.close();
            return 0;
        }
        count
    }

    /// How far the outbox, in memory or on disk, is filled, in percent, and when its oldest message was handed in.
    pub(crate) fn level(&self) -> (u8, Option<Instant>) {
        let outbox = self.outbox.lock();
        (outbox.filled(self.disk_room), outbox.oldest())
    }

    /// These counters with what has become of telemetry by now.
    pub(crate) fn up_to_date(&self, counters: Counters) -> Counters {
        self.outbox.lock().count(counters)
    }

    /// How long the hub took to acknowledge messages.
    pub(crate) fn latency(&self) -> Histogram {
        self.outbox.lock().latency()
    }

    pub(crate) fn parked(&self) -> Vec<Parked> {
        self.outbox.lock().parked()
    }

    /// The property bag, with room for a small payload after it.
    fn bag(&self, component: Option<&'static str>, options: &SendOptions) -> Result<Vec<u8>, Error> {
        const SMALL: usize = 192;
        let properties = options.properties()?;
        let subject = component.filter(|_| self.convention == Convention::Pnp);
        let number = self.messages.fetch_add(1, Ordering::Relaxed) + 1;
        let mut bag = Vec::with_capacity(SMALL + properties.len());
        write_bag(&mut bag, (&self.run, number), subject, properties);
        if bag.len() > LARGEST_BAG {
            return Err(Error::TooLarge { size: bag.len(), limit: LARGEST_BAG });
        }
        Ok(bag)
    }

    /// Gives a message its place; resolves when it has one.
    pub(crate) async fn accept(&self, content: Content, options: &SendOptions) -> Result<Delivery, Error> {
        let now = now();
        let (receipt, delivery) = Receipt::new();
        let expires = now + options.time_to_live.map_or(self.time_to_live, crate::connection::bounded);
        let mut message = Message::new(content, now, expires, Some(receipt));
        message.priority = options.priority;
        message.created_at = options.created_at;
        if let Some(disk) = &self.disk {
            fits(&message)?;
            return disk.store(message).await.map(|()| delivery);
        }
        if self.waiting.load(Ordering::Relaxed) == 0 {
            match self.offer(message)? {
                None => return Ok(delivery),
                Some(refused) => message = refused,
            }
        }
        self.wait_for_room(message).await?;
        Ok(delivery)
    }

    /// Waits until there is room for a message, as long as it lives. Safe to cancel: the message is dropped then.
    async fn wait_for_room(&self, message: Message) -> Result<(), Error> {
        let _waiting = Waiting::new(&self.waiting);
        let expires = message.expires;
        timeout_at(expires.into(), self.offer_in_turn(message)).await.unwrap_or(Err(Error::Expired))
    }

    /// Offers a message again and again, in the order of those who wait.
    async fn offer_in_turn(&self, mut message: Message) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        while let Some(refused) = self.offer(message)? {
            message = refused;
            // A notice between the offer and this line is kept for it.
            self.room.notified().await;
        }
        Ok(())
    }

    /// Offers a message; gives it back when there is no room yet.
    fn offer(&self, message: Message) -> Result<Option<Message>, Error> {
        let offer = self.outbox.lock().offer(message);
        match offer {
            Offer::Queued(sequence, dropped) => {
                tracing::trace!(sequence, "telemetry accepted");
                dropped.into_iter().for_each(Ended::tell);
                self.news.notify_one();
                Ok(None)
            }
            Offer::Full(message) => Ok(Some(message)),
            Offer::Refused(error) => Err(error),
        }
    }
}

/// A hub takes a message of that size.
fn fits(message: &Message) -> Result<(), Error> {
    let (size, limit) = (message.size(), LARGEST);
    if size > limit { Err(Error::TooLarge { size, limit }) } else { Ok(()) }
}

/// Counts a sender that waits for room, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
