//! Where a device connects, and as whom.
//!
//! A [`Connection`] is configuration and nothing else: it is read from the environment, a connection string or
//! arguments, checked at once, and opens no socket.

mod deadlines;
mod endpoint;
mod env;
mod options;
mod serving;
mod text;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use deadlines::Deadlines;
pub use endpoint::Endpoint;
pub use options::WhenFull;
pub(crate) use options::{Options, OutboxLimits};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::auth::DeviceKey;
use crate::driver::{SharedTransport, Transport};
use crate::error::Error;
use crate::retry::Backoff;

/// The longest limit that can be set. It is added to the present, so it must stay far from the end of the clock.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
/// The longest life of a token.
const LONGEST_TOKEN_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Where to connect and as whom, with the limits of the session. Its `Debug` shows no key.
///
/// A limit longer than 100 years is taken as 100 years, so `Duration::MAX` is a way to say "no limit".
#[derive(Clone, Debug)]
pub struct Connection {
    pub(crate) target: Target,
    /// The only roots to trust; the system's when `None`.
    pub(crate) roots: Option<Arc<[CertificateDer<'static>]>>,
    /// What opens streams instead of TCP and TLS.
    pub(crate) transport: Option<SharedTransport>,
    pub(crate) options: Options,
}

/// The two ways to a hub.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// The hub is known.
    Hub { endpoint: Endpoint, device_id: String, key: DeviceKey },
    /// The provisioning service assigns one.
    Provisioned { endpoint: Endpoint, id_scope: String, registration_id: String, key: DeviceKey },
}

impl Connection {
    /// Reads the environment: `IOTHUB_DEVICE_SECURITY_TYPE` (`DPS` or `connectionString`),
    /// `IOTHUB_DEVICE_DPS_ENDPOINT`, `IOTHUB_DEVICE_DPS_ID_SCOPE`, `IOTHUB_DEVICE_DPS_DEVICE_ID`,
    /// `IOTHUB_DEVICE_DPS_DEVICE_KEY`, `IOTHUB_DEVICE_CONNECTION_STRING`, and `DEVICE_MODEL_CA_FILE` (PEM).
    ///
    /// # Errors
    /// Names the variable that is missing or makes no sense.
    pub fn from_env() -> Result<Self, Error> {
        env::read(|name| std::env::var(name).ok())
    }

    /// As [`Connection::from_env`], and `None` when none of the variables is set. `DEVICE_MODEL_CA_FILE` alone does
    /// not count.
    ///
    /// # Errors
    /// As [`Connection::from_env`], when any variable is set.
    pub fn from_env_or_none() -> Result<Option<Self>, Error> {
        env::read_if_set(|name| std::env::var(name).ok())
    }

    /// Reads `HostName=..;DeviceId=..;SharedAccessKey=..`. The host may carry a port.
    ///
    /// # Errors
    /// Names the part that is missing or makes no sense.
    pub fn from_connection_string(text: &str) -> Result<Self, Error> {
        Ok(Self::new(text::connection_string(text)?))
    }

    /// Through the Device Provisioning Service. `endpoint` is its host, for example
    /// `global.azure-devices-provisioning.net`, and may carry a port.
    ///
    /// # Errors
    /// When the endpoint, the scope or the id makes no sense.
    pub fn provisioned(
        endpoint: &str,
        id_scope: &str,
        registration_id: &str,
        key: DeviceKey,
    ) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(endpoint, "the provisioning endpoint")?;
        let id_scope = text::identifier(id_scope, "the id scope")?;
        let registration_id = text::identifier(registration_id, "the registration id")?;
        Ok(Self::new(Target::Provisioned { endpoint, id_scope, registration_id, key }))
    }

    fn new(target: Target) -> Self {
        Self { target, roots: None, transport: None, options: Options::default() }
    }

    /// Trusts only the certificates of this PEM text. Default: the system's roots.
    ///
    /// # Errors
    /// When there is no certificate in it, or it is damaged.
    pub fn with_ca_pem(mut self, pem: &[u8]) -> Result<Self, Error> {
        self.roots = Some(text::certificates(CertificateDer::pem_slice_iter(pem), "the CA certificates")?);
        Ok(self)
    }

    /// Trusts only the certificates of this PEM file.
    ///
    /// # Errors
    /// When the file cannot be read, there is no certificate in it, or it is damaged.
    pub fn with_ca_file(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let what = format!("the CA file {}", path.display());
        let pem = std::fs::read(path).map_err(|error| Error::configuration(&what, error.to_string()))?;
        let roots = text::certificates(CertificateDer::pem_slice_iter(&pem), &what)?;
        Ok(Self { roots: Some(roots), ..self })
    }

    /// Opens streams by this transport instead of TCP with TLS: a hub in memory, a tunnel of your own. Roots,
    /// WebSocket, proxy and client certificates are then the transport's business.
    #[must_use]
    pub fn with_transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(SharedTransport(Arc::new(transport)));
        self
    }

    /// How many synchronous, and apart from them asynchronous, command handlers run at once. At least 1, default 16.
    #[must_use]
    pub fn with_parallel_commands(mut self, count: usize) -> Self {
        self.options.parallel_commands = count.max(1);
        self
    }

    /// MQTT's keep-alive: a dead connection is seen after about this time. 5 s to 1177 s (more is capped by the hub),
    /// default 60 s.
    #[must_use]
    pub fn with_keep_alive(mut self, interval: Duration) -> Self {
        self.options.keep_alive = interval.clamp(Duration::from_secs(5), Duration::from_secs(1177));
        self
    }

    /// How many telemetry messages, and bytes of them, may wait for their acknowledgement, and what happens then.
    /// Default: 10 000 messages, 16 MiB, wait.
    #[must_use]
    pub fn with_outbox(mut self, messages: usize, bytes: usize, when_full: WhenFull) -> Self {
        self.options.outbox = OutboxLimits { messages: messages.max(1), bytes: bytes.max(1), when_full };
        self
    }

    /// How long telemetry may wait for a connection before it expires. Default 24 h.
    #[must_use]
    pub fn with_telemetry_time_to_live(mut self, time: Duration) -> Self {
        self.options.telemetry_time_to_live = time.min(LONGEST);
        self
    }

    /// How long a token is valid: 1 min to 365 days, default 1 h. The session reconnects at 80 % of it.
    #[must_use]
    pub fn with_token_life(mut self, life: Duration) -> Self {
        self.options.token_life = life.clamp(Duration::from_secs(60), LONGEST_TOKEN_LIFE);
        self
    }

    /// The shortest and the longest pause between two attempts to connect. At least 1 ms, default 1 s and 2 min.
    #[must_use]
    pub fn with_backoff(mut self, shortest: Duration, longest: Duration) -> Self {
        self.options.retry = Arc::new(Backoff::new(shortest.min(LONGEST), longest.min(LONGEST)));
        self
    }

    /// How long `report` waits for the hub's answer, offline times included. Default 60 s.
    #[must_use]
    pub fn with_report_deadline(mut self, deadline: Duration) -> Self {
        self.options.report_deadline = deadline.min(LONGEST);
        self
    }

    /// How long `close` waits for acknowledgements and handlers. Default 10 s.
    #[must_use]
    pub fn with_close_deadline(mut self, deadline: Duration) -> Self {
        self.options.close_deadline = deadline.min(LONGEST);
        self
    }

    /// Keeps small facts about this device in a folder between runs; it is made when it is missing, and several devices
    /// may share it. Default: nothing is kept.
    #[must_use]
    pub fn with_state_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.options.state_dir = Some(Arc::from(folder.as_ref()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_key() {
        let text = "HostName=h.net;DeviceId=d;SharedAccessKey=c2VjcmV0c2VjcmV0";
        let connection = Connection::from_connection_string(text).unwrap();
        let shown = format!("{connection:?}");
        assert!(
            shown.contains("h.net") && !shown.contains("c2Vj") && !shown.contains("secretsecret"),
            "{shown}"
        );
    }

    #[test]
    fn a_pem_text_without_certificates_is_refused() {
        let connection =
            Connection::from_connection_string("HostName=h;DeviceId=d;SharedAccessKey=QUJD").unwrap();
        let error = connection.with_ca_pem(b"no certificate").unwrap_err();
        assert!(error.to_string().starts_with("the CA certificates: "), "{error}");
    }
}
