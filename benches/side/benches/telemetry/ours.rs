//! Telemetry through the whole stack: the typed struct of a model, its client, the outbox, MQTT, TLS.

use std::collections::VecDeque;
use std::error::Error;

use device_model::{Delivery, DiskOutbox, WhenFull};
use device_model_side::device::{self, Client, Telemetry};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use crate::certificates;
use crate::client::{Job, WARM_UP};
use crate::meter::Meter;

/// Windowed by the user: as many `send`s at once as the window has. With a disk, each message is there before it is sent.
pub async fn send(job: Job, disk: Option<DiskOutbox>) -> Result<(), Box<dyn Error + Send + Sync>> {
    let client = connect(&job, disk).await?;
    send_all(&client, WARM_UP, job.window).await?;
    let meter = Meter::start();
    send_all(&client, job.messages, job.window).await?;
    meter.end(job.messages);
    Ok(())
}

async fn send_all(client: &Client, count: usize, window: usize) -> Result<(), device_model::Error> {
    if window == 1 {
        for number in 0..count {
            client.send(telemetry(number)).await?;
        }
        return Ok(());
    }
    let sends = iter(0..count).map(|number| Ok(client.send(telemetry(number))));
    sends.try_buffer_unordered(window).try_collect().await
}

/// Windowed by the client: messages are queued as fast as there is room, and their outcomes awaited behind them.
pub async fn enqueue(job: Job) -> Result<(), Box<dyn Error + Send + Sync>> {
    let client = connect(&job, None).await?;
    enqueue_all(&client, WARM_UP, job.window).await?;
    let meter = Meter::start();
    enqueue_all(&client, job.messages, job.window).await?;
    meter.end(job.messages);
    Ok(())
}

async fn enqueue_all(client: &Client, count: usize, window: usize) -> Result<(), device_model::Error> {
    let mut deliveries: VecDeque<Delivery> = VecDeque::new();
    for number in 0..count {
        deliveries.push_back(client.enqueue(telemetry(number)).await?);
        if deliveries.len() > 2 * window
            && let Some(oldest) = deliveries.pop_front()
        {
            oldest.await?;
        }
    }
    for delivery in deliveries {
        delivery.await?;
    }
    Ok(())
}

fn telemetry(number: usize) -> Telemetry {
    Telemetry { temp: Some(20.0 + (number % 100) as f64 / 10.0), ..device::telemetry() }
}

async fn connect(job: &Job, disk: Option<DiskOutbox>) -> Result<Client, Box<dyn Error + Send + Sync>> {
    let ca_file = job.folder.join(certificates::CA).display().to_string();
    let connection = device::connection(&job.port.to_string(), &ca_file, "ours");
    let connection = connection.with_outbox(10_000, 16 << 20, WhenFull::Wait).with_in_flight(job.window);
    let connection = match disk {
        Some(disk) => connection.with_disk_outbox(disk),
        None => connection,
    };
    let client = device::connect(connection).await;
    client.connected().await?;
    Ok(client)
}
