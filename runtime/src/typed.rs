//! The client as a device author sees it: what the model has, and nothing else, can be sent and reported.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Serialize;

use crate::client::Client;
use crate::error::Error;
use crate::outcome::Delivery;
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
        self.enqueue_with(telemetry, options).await?.await
    }

    /// As [`enqueue`](Self::enqueue), with a priority, a time to live, properties or a creation time.
    ///
    /// # Errors
    /// As for [`send_with`](Self::send_with), for what can be told before the message is on its way.
    pub async fn enqueue_with(&self, telemetry: T, options: SendOptions) -> Result<Delivery, Error> {
        self.client.enqueue_with(&telemetry, &options).await
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
