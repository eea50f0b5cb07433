//! The same outages for this runtime and for the official SDKs for Python and Node, side by side; prints a Markdown table.
//!
//! `tests/outages/run.sh` installs what it needs and starts it. One hub and one proxy serve all of them at the same time,
//! so that each fault comes to all at the same moment; every experiment starts them afresh. What is counted is what the
//! hub has taken and how the calls of each device ended.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "an experiment that cannot go on stops here"
)]

mod contestant;
mod device;
mod experiments;
#[path = "../support/mod.rs"]
mod support;
mod table;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("--device") => {
            let mut value = || arguments.next().expect("--device CONNECTION_STRING CA_FILE DIR");
            device::run(&value(), &value(), &value()).await;
        }
        Some(other) => panic!("{other}: there are no options"),
        None => experiments::run().await.print(),
    }
}
