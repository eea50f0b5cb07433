//! Our device: what the others' programs do, in the same words on standard input and output.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use device_model::{CommandError, Connection, Device as _, PropertyError, device_model};
use probe::{Client, Telemetry};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

#[device_model("tests/peers/probe.json")]
#[derive(Default)]
struct Probe {
    calls: Arc<AtomicI32>,
}

impl probe::Commands for Probe {
    async fn count(&self, _: &Client) -> Result<i32, CommandError> {
        Ok(self.calls.fetch_add(1, Ordering::SeqCst))
    }
}

impl probe::Properties for Probe {
    async fn set_level(&self, level: i32, _: &Client) -> Result<i32, PropertyError> {
        println!("{}", json!({ "desired": level }));
        Ok(level)
    }
}

/// Runs until it is killed. `dir` is where it keeps what must survive that.
pub(crate) async fn run(connection_string: &str, ca_file: &str, dir: &str) {
    let connection = Connection::from_connection_string(connection_string).expect("valid");
    let connection = connection.with_ca_file(ca_file).expect("the hub's authority");
    let client = Probe::default().connect(durable(connection, Path::new(dir))).await.expect("valid");
    client.connected().await.expect("not closed");
    println!("{}", json!({ "ready": true }));
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    while let Some(order) = orders.next_line().await.expect("a pipe") {
        let order: Value = serde_json::from_str(&order).expect("an order");
        let number = order["number"].as_i64().expect("a number");
        let text = "x".repeat(order["size"].as_u64().expect("a size") as usize);
        let telemetry = Telemetry { number: Some(number as i32), text: (!text.is_empty()).then_some(text) };
        // in the order of the orders; what becomes of it is awaited elsewhere
        let queued = client.enqueue(telemetry).await;
        tokio::spawn(async move {
            let outcome = match queued {
                Ok(delivery) => delivery.await,
                Err(error) => Err(error),
            };
            let error = outcome.as_ref().err().map(ToString::to_string);
            println!("{}", json!({ "number": number, "ok": outcome.is_ok(), "error": error }));
        });
    }
}

fn durable(connection: Connection, _dir: &Path) -> Connection {
    connection
}
