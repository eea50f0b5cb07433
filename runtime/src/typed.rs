//! The client as a device author sees it: what the model has, and nothing else, can be sent and reported.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Serialize;

use crate::client::Client;
use crate::error::Error;
use crate::outcome::Delivery;
use crate::sampling::Sampling;
use crate::send::SendOptions;

/// What stands for telemetry or properties where an Interface has none: there is no value of it, so nothing can be sent.
#[derive(Clone, Copy, Debug)]
pub enum Nothing {}

/// A [`Client`] for the telemetry `T` and the reported properties `R` of one Interface; cheap to clone.
///
/// It leads to the methods of [`Client`] by `Deref`: the connection's state, counters, `close`.
pub struct TypedClient<T, R> {
    client: Client,
    values: PhantomData<fn(T, R)>,
}

impl<T: Serialize, R> TypedClient<T, R> {
    /// Sends a message and waits until the hub has acknowledged it, over reconnects if need be.
    ///
    /// # Errors
    /// When the message cannot be sent as it is (too large, a number that is not finite), when it is dropped or expires
    /// while the hub is away, or when the client is closed.
    pub async fn send(&self, telemetry: T) -> Result<(), Error> {
        self.client.__send(&telemetry).await
    }

    /// Queues a message and returns when it has a place; the [`Delivery`] tells its outcome.
    ///
    /// # Errors
    /// As for [`send`](Self::send), for what can be told before the message is on its way.
    pub async fn enqueue(&self, telemetry: T) -> Result<Delivery, Error> {
        self.client.__enqueue(&telemetry).await
    }

    /// As [`send`](Self::send), with a priority, a time to live, properties or a creation time.
    ///
    /// ```
    /// # use device_model_runtime::{Error, Priority, SendOptions, TypedClient};
    /// # use std::time::Duration;
    /// # async fn alarm<T: serde::Serialize, R>(client: &TypedClient<T, R>, telemetry: T) -> Result<(), Error> {
    /// let alarm = SendOptions::new().priority(Priority::High).time_to_live(Duration::from_secs(600));
    /// client.send_with(telemetry, alarm.property("alarm", "smoke")).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`send`](Self::send), and when a property cannot be sent.
    pub async fn send_with(&self, telemetry: T, options: SendOptions) -> Result<(), Error> {
        self.client.send_with(&telemetry, &options).await
    }

    /// As [`enqueue`](Self::enqueue), with a priority, a time to live, properties or a creation time.
    ///
    /// # Errors
    /// As for [`send_with`](Self::send_with), for what can be told before the message is on its way.
    pub async fn enqueue_with(&self, telemetry: T, options: SendOptions) -> Result<Delivery, Error> {
        self.client.enqueue_with(&telemetry, &options).await
    }

    /// Sends several samples together, as a JSON array in one message, and waits until the hub has acknowledged it: a hub
    /// counts messages in steps of 4 KiB, so small samples cost less together. What they need more room for than the
    /// 256 KiB of a message goes into as few further messages as can be, in order. No samples are no message.
    ///
    /// ```
    /// # use device_model_runtime::{Error, TypedClient};
    /// # async fn send<T: serde::Serialize, R>(client: &TypedClient<T, R>, hour: Vec<T>) -> Result<(), Error> {
    /// client.send_batch(hour).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`send`](Self::send). When a single sample is too large for a message, or cannot be written, nothing is sent;
    /// when the outbox takes only some of several messages, those are sent all the same.
    pub async fn send_batch(&self, samples: impl IntoIterator<Item = T>) -> Result<(), Error> {
        self.client.send_batch(samples, SendOptions::default()).await
    }

    /// As [`send_batch`](Self::send_batch), each message with a priority, a time to live, properties or a creation time.
    ///
    /// # Errors
    /// As for [`send_batch`](Self::send_batch), and when a property cannot be sent.
    pub async fn send_batch_with(
        &self,
        samples: impl IntoIterator<Item = T>,
        options: SendOptions,
    ) -> Result<(), Error> {
        self.client.send_batch(samples, options).await
    }

    /// Reads telemetry at intervals and queues what is worth sending, until the client is closed.
    ///
    /// What is worth sending is said by `sampling`, for each telemetry of the model. It goes on while the hub is away: the
    /// readings wait in the outbox. A reading for which there is no room is left out; what it would have sent is due again
    /// with the next one.
    ///
    /// ```
    /// # use device_model_runtime::{Error, Sampling, TypedClient};
    /// # use std::time::Duration;
    /// # #[derive(serde::Serialize)]
    /// # struct Telemetry { temp: Option<f64> }
    /// # async fn read_sensor() -> f64 { 21.5 }
    /// # async fn run<R>(client: &TypedClient<Telemetry, R>) -> Result<(), Error> {
    /// let sampling = Sampling::every(Duration::from_secs(1)).beyond("temp", 0.5);
    /// client.sample(sampling, || async { Telemetry { temp: Some(read_sensor().await) } }).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Configuration`] when a rule names no telemetry of the model or makes no sense; then nothing is read.
    /// Otherwise when a reading cannot be sent as it is (a number that is not finite).
    pub async fn sample<F, V>(&self, sampling: Sampling, read: F) -> Result<(), Error>
    where
        F: FnMut() -> V,
        V: Future<Output = T>,
    {
        self.client.sample(sampling, read).await
    }
}

impl<T, R: Serialize> TypedClient<T, R> {
    /// Reports state and waits until the hub has taken it.
    ///
    /// # Errors
    /// When the hub refuses it, when no answer comes in time, or when the client is closed.
    pub async fn report(&self, reported: R) -> Result<(), Error> {
        self.client.__report(&reported).await
    }
}

impl<T, R> From<Client> for TypedClient<T, R> {
    fn from(client: Client) -> Self {
        Self { client, values: PhantomData }
    }
}

impl<T, R> Deref for TypedClient<T, R> {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl<T, R> Clone for TypedClient<T, R> {
    fn clone(&self) -> Self {
        Self::from(self.client.clone())
    }
}

impl<T, R> fmt::Debug for TypedClient<T, R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(out)
    }
}
