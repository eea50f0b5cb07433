//! When an example ends: on `q` + Enter, on a signal, or when its time is up.

use std::io::BufRead as _;
use std::time::Duration;

use tokio::sync::mpsc;

/// Ends on `q` + Enter, Ctrl-C or a termination signal. Standard input that ends tells nothing.
pub(super) async fn told_to_end() {
    let (quit, mut quits) = mpsc::channel(1);
    // A thread of its own: a read of standard input cannot be given up, and must not keep the runtime from ending.
    std::thread::spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        for line in lines {
            if line.trim().eq_ignore_ascii_case("q") {
                let _ = quit.blocking_send(());
                return;
            }
        }
        // Kept open: a closed channel would end the program.
        std::thread::park();
        drop(quit);
    });
    tokio::select! {
        _ = quits.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

/// Ends after so many seconds, or never.
pub(super) async fn time_is_up(after: Option<f64>) {
    match after {
        Some(seconds) => tokio::time::sleep(Duration::from_secs_f64(seconds)).await,
        None => std::future::pending().await,
    }
}
