//! `device-model hub`: runs the local hub until Ctrl-C or SIGTERM.
//!
//! Prints where it listens, for a person or (`--json`) for a program; the log goes to standard error.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use device_model_hub::{Bridge, Hub, HubBuilder, Limits, Throttling};
use tracing_subscriber::EnvFilter;

use crate::{Outcome, fail, say};

/// Where the hub keeps its data and listens.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Data folder: certificates, keys, devices; made if it does not exist
    #[arg(long, default_value = "device-model-hub")]
    dir: PathBuf,
    /// Address for devices; port 0 takes a free one (the Python SDK knows only 8883)
    #[arg(long, default_value = "127.0.0.1:8883", value_name = "HOST:PORT")]
    mqtt: SocketAddr,
    /// Address of the operator's page
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    http: SocketAddr,
    /// Address of the service API
    #[arg(long, default_value = "127.0.0.1:8443", value_name = "HOST:PORT")]
    https: SocketAddr,
    /// Folder with models (.json files) to offer on the page
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// What the page asks for, at least 16 characters; without it, it asks for a random token when other machines can reach it
    #[arg(long, env = "DEVICE_MODEL_PAGE_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    page_token: Option<String>,
    /// A name besides localhost that devices and browsers reach the hub by; may be given several times
    #[arg(long, value_name = "NAME")]
    host_name: Vec<String>,
    /// Log what is sent to topics that IoT Hub does not know, instead of ending the connection as IoT Hub does
    #[arg(long)]
    tolerate_unknown_topics: bool,
    /// Answer the service API's callers with 429 as an IoT Hub of one S1 unit does
    #[arg(long)]
    throttle_like_s1: bool,
    /// New devices of an enrollment group wait until they are approved on the page (true), or come at once (false); kept
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    approve_devices: Option<bool>,
    /// Republish what devices send to this MQTT broker: mqtt://[user:password@]host[:port]/prefix, or mqtts:// for TLS
    #[arg(long, value_name = "URL", env = "DEVICE_MODEL_BRIDGE", hide_env_values = true)]
    bridge: Option<String>,
    /// Certificates (PEM) that the bridge trusts with mqtts, instead of the system's
    #[arg(long, value_name = "FILE", requires = "bridge")]
    bridge_ca: Option<PathBuf>,
    /// PEM file of a certificate authority that names devices; may be given several times, and is kept
    #[arg(long, value_name = "FILE")]
    trust_ca: Vec<PathBuf>,
    /// Days that what devices sent is kept
    #[arg(long, default_value_t = 30, value_name = "DAYS")]
    keep_days: u32,
    /// Most space of the disk for what devices sent, in MiB: beyond it the oldest goes
    #[arg(long, default_value_t = 4096, value_name = "MIB")]
    keep_mib: u64,
    /// Set a damaged journal aside and go on with what can be read of it, instead of refusing to start
    #[arg(long)]
    repair: bool,
    /// Print one line of JSON with addresses and keys when ready
    #[arg(long)]
    json: bool,
    /// Print the group key and the service connection string, too
    #[arg(long)]
    show_keys: bool,
}

/// Runs the hub.
pub(crate) fn run(options: &Options) -> Outcome {
    start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start the runtime: {error}")),
    };
    match runtime.block_on(serve(options)) {
        Ok(()) => Outcome::Done,
        Err(error) => fail(&error),
    }
}

fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
}

async fn serve(options: &Options) -> Result<(), String> {
    let stop = stop_signal()?;
    let hub = start(options).await?;
    for text in hub.lost() {
        say(&format!("warning: {text}"));
    }
    let text = if options.json {
        serde_json::to_string(&hub.ready()).map_err(|error| error.to_string())?
    } else {
        greeting(&hub, options.show_keys)
    };
    // whoever read the addresses may have closed the pipe: the hub goes on
    let mut stdout = std::io::stdout();
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    stop.await;
    hub.shutdown().await.map_err(|error| error.to_string())
}

async fn start(options: &Options) -> Result<Hub, String> {
    let mut builder =
        Hub::builder().dir(&options.dir).mqtt(options.mqtt).http(options.http).https(options.https);
    builder = builder.keep_for(Duration::from_secs(u64::from(options.keep_days) * 24 * 3600));
    builder = builder.keep_bytes(options.keep_mib.saturating_mul(1024 * 1024));
    builder = builder.repair(options.repair);
    let mut limits = Limits::default();
    if options.throttle_like_s1 {
        limits.throttling = Throttling::S1;
    }
    builder = builder.limits(limits).tolerate_unknown_topics(options.tolerate_unknown_topics);
    builder = options.host_name.iter().fold(builder, HubBuilder::host_name);
    if let Some(token) = &options.page_token {
        builder = builder.page_token(token);
    }
    if let Some(models) = &options.models {
        builder = builder.models_dir(models);
    }
    if let Some(url) = &options.bridge {
        let bridge = Bridge::parse(url).map_err(|error| error.to_string())?;
        builder = builder.bridge(match &options.bridge_ca {
            Some(path) => bridge.with_ca_file(path),
            None => bridge,
        });
    }
    for path in &options.trust_ca {
        let pem = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        builder = builder.trust_ca(pem);
    }
    if let Some(by_operator) = options.approve_devices {
        builder = builder.approve_devices(by_operator);
    }
    builder.start().await.map_err(|error| error.to_string())
}

/// Ends at the first Ctrl-C or SIGTERM.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| format!("cannot listen for signals: {error}"));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends at the first Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    Ok(async {
        // without the signal the process is ended from outside
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// What a person needs to begin.
fn greeting(hub: &Hub, show_keys: bool) -> String {
    let mut text = format!(
        "The local hub is running. Ctrl-C ends it.\n\n\
         \x20 page       {page}\n\
         \x20 devices    localhost:{mqtt} (MQTT over TLS)\n\
         \x20 service    https://localhost:{https}\n\
         \x20 id scope   {scope}\n\
         \x20 CA file    {ca}\n\n\
         To connect a device, add it on the page, open Connect there, and set:\n\n\
         \x20 export IOTHUB_DEVICE_SECURITY_TYPE=DPS\n\
         \x20 export IOTHUB_DEVICE_DPS_ENDPOINT=localhost:{mqtt}\n\
         \x20 export IOTHUB_DEVICE_DPS_ID_SCOPE={scope}\n\
         \x20 export IOTHUB_DEVICE_DPS_DEVICE_ID=...\n\
         \x20 export IOTHUB_DEVICE_DPS_DEVICE_KEY=...\n\
         \x20 export DEVICE_MODEL_CA_FILE={ca}\n",
        page = hub.page_url(),
        mqtt = hub.mqtt().port(),
        https = hub.https().port(),
        scope = hub.id_scope(),
        ca = hub.ca_file().display(),
    );
    // writing to a String cannot fail
    let _ = if show_keys {
        write!(
            text,
            "\n  group key  {}\n  service    {}\n  enrollment {}",
            hub.group_key(),
            hub.service_connection_string(),
            hub.provisioning_connection_string()
        )
    } else {
        write!(text, "\nThe group key and the service connection string are shown with --show-keys.")
    };
    text
}
