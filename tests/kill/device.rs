//! The device that is killed: it sends numbers, from several tasks at once, and says which were accepted.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use counter::Telemetry;
use device_model::{Connection, Device as _, DeviceKey, DiskOutbox, DiskSync, device_model};
use fastrand::Rng;
use serde::{Deserialize, Serialize};

/// How many senders there are.
const SENDERS: i64 = 4;

#[device_model("tests/kill/counter.json")]
struct Counter;

/// What it is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Errand {
    pub(crate) endpoint: String,
    pub(crate) id_scope: String,
    pub(crate) key: String,
    pub(crate) ca_file: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) safety: Safety,
    /// The first number of this life, and how many there are.
    pub(crate) first: i64,
    pub(crate) messages: i64,
}

/// When a message counts as stored: a kill costs nothing in any case.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Safety {
    Never,
    Interval,
    Every,
}

impl Safety {
    pub(crate) fn any(random: &mut Rng) -> Self {
        [Self::Never, Self::Interval, Self::Every][random.usize(..3)]
    }
}

/// Sends all numbers, then waits until everything that is on disk has arrived.
pub(crate) async fn run(errand: Errand) {
    let client = Counter.connect(connection(&errand)).await.expect("the folder is free");
    say("opened");
    let sending = (0..SENDERS).map(|sender| {
        let client = client.clone();
        let numbers =
            (errand.first..errand.first + errand.messages).filter(move |number| number % SENDERS == sender);
        tokio::spawn(async move {
            for number in numbers {
                drop(client.enqueue(Telemetry { number: Some(number) }).await.expect("the disk takes it"));
                say(&number.to_string());
            }
        })
    });
    for sending in sending.collect::<Vec<_>>() {
        sending.await.expect("a sender ends");
    }
    client.close().await.expect("a clean end");
    say("done");
}

fn connection(errand: &Errand) -> Connection {
    let sync = match errand.safety {
        Safety::Never => DiskSync::Never,
        Safety::Interval => DiskSync::Interval(Duration::from_millis(20)),
        Safety::Every => DiskSync::Every,
    };
    let key = DeviceKey::from_base64(&errand.key).expect("a key");
    let connection = Connection::provisioned(&errand.endpoint, &errand.id_scope, crate::DEVICE, key);
    let connection = connection.and_then(|connection| connection.with_ca_file(&errand.ca_file));
    connection
        .expect("the judge's values are valid")
        .with_disk_outbox(DiskOutbox::new(&errand.folder).sync(sync))
        .with_backoff(Duration::from_millis(10), Duration::from_millis(100))
        .with_close_deadline(crate::support::PATIENCE)
}

/// One line with one write: a kill cuts no line in two.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let said = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
    said.expect("the judge listens");
}
