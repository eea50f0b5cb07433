//! Reading at intervals and sending what is worth it, until the client is closed.

use serde::Serialize;
use serde_json::Map;
use tokio::time::sleep_until;

use super::now;
use crate::client::Client;
use crate::error::Error;
use crate::json::{Json, to_json};
use crate::sampling::{Sampler, Sampling};

/// Samples until the client is closed. A reading that finds the outbox full, or its disk failing, is left out; what it would have sent is due
/// again with the next one.
pub(crate) async fn sample<T, F, V>(client: &Client, sampling: Sampling, mut read: F) -> Result<(), Error>
where
    T: Serialize,
    F: FnMut() -> V,
    V: Future<Output = T>,
{
    let mut sampler = Sampler::new(sampling, now());
    loop {
        tokio::select! {
            () = sleep_until(sampler.next().into()) => {}
            () = client.closing() => return Ok(()),
        }
        let reading = tokio::select! {
            reading = read() => reading,
            () = client.closing() => return Ok(()),
        };
        let due = sampler.read(now(), fields(&reading)?);
        if due.is_empty() {
            continue;
        }
        match client.__enqueue(&due).await {
            // Whether it arrives is the outbox's business: the counters tell.
            Ok(delivery) => drop(delivery),
            Err(Error::OutboxFull | Error::Disk { .. } | Error::Expired) => continue,
            Err(Error::Closed) => return Ok(()),
            Err(error) => return Err(error),
        }
        sampler.sent(now(), due);
        sampler.skip_until(now());
    }
}

fn fields<T: Serialize>(value: &T) -> Result<Map<String, Json>, Error> {
    match to_json(value)? {
        Json::Object(fields) => Ok(fields),
        _ => Err(Error::Value { problem: "telemetry is an object".to_owned() }),
    }
}
