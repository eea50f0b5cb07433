//! Where a device connects, and as whom.
//!
//! A [`Connection`] is configuration and nothing else: it is read from the environment, a connection string or
//! arguments, checked at once, and opens no socket.

mod deadlines;
mod endpoint;
mod env;
mod options;
mod proxy;
mod roots;
mod serving;
mod target;
mod text;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use deadlines::Deadlines;
pub use endpoint::Endpoint;
pub(crate) use options::Options;
pub use options::{AfterRestart, Reprovision};
pub use proxy::Proxy;
pub use roots::Roots;
use serde_json::Map;
pub(crate) use target::Target;
use text::{Parts, Proof};

use crate::auth::{Credential, Identity};
use crate::convention::Principal;
use crate::driver::{SharedTransport, Transport};
use crate::error::Error;
use crate::fleet::Gate;
use crate::json::Json;
use crate::outbox::{MOST_IN_FLIGHT, WhenFull};
use crate::retry::Backoff;
use crate::spool::DiskOutbox;

/// The longest limit that can be set. It is added to the present, so it must stay far from the end of the clock.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
/// The longest life of a token.
const LONGEST_TOKEN_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A limit as far as it can be set.
pub(crate) fn bounded(limit: Duration) -> Duration {
    limit.min(LONGEST)
}

/// Where to connect and as whom, with the limits of the session. Its `Debug` shows no key.
///
/// A limit longer than 100 years is taken as 100 years, so `Duration::MAX` is a way to say "no limit".
#[derive(Clone, Debug)]
pub struct Connection {
    pub(crate) target: Target,
    pub(crate) credential: Credential,
    pub(crate) network: Network,
    /// What opens streams instead of TCP and TLS.
    pub(crate) transport: Option<SharedTransport>,
    /// What the devices of a fleet pass before they connect.
    pub(crate) gate: Option<Gate>,
    /// What the provisioning service is told besides the model.
    pub(crate) payload: Map<String, Json>,
    pub(crate) options: Options,
}

/// How streams are opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    pub(crate) roots: Roots,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) websocket: bool,
    /// The hub's, for uploads, where it is not the usual one.
    #[cfg(feature = "file-upload")]
    pub(crate) https_port: Option<u16>,
}

impl Connection {
    /// Reads the environment: `IOTHUB_DEVICE_SECURITY_TYPE` (`DPS` or `connectionString`),
    /// `IOTHUB_DEVICE_DPS_ENDPOINT`, `IOTHUB_DEVICE_DPS_ID_SCOPE`, `IOTHUB_DEVICE_DPS_DEVICE_ID`,
    /// `IOTHUB_DEVICE_DPS_DEVICE_KEY`, `IOTHUB_DEVICE_CONNECTION_STRING`, `IOTHUB_DEVICE_X509_CERT` and
    /// `IOTHUB_DEVICE_X509_KEY` (PEM files, in the place of a key), and `DEVICE_MODEL_CA_FILE` (PEM).
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

    /// Reads `HostName=..;DeviceId=..;SharedAccessKey=..`. The host may carry a port. `ModuleId` makes it a module's,
    /// `GatewayHostName` is connected to in the place of the hub, and `SharedAccessSignature` is a token in the place of
    /// the key.
    ///
    /// # Errors
    /// Names the part that is missing, unknown, twice there or makes no sense.
    pub fn from_connection_string(text: &str) -> Result<Self, Error> {
        let Parts { target, proof } = text::connection_string(text)?;
        match proof {
            Proof::Given(identity) => Ok(Self::new(target, identity)),
            Proof::Certificate => Err(Parts::incomplete(true)),
            Proof::Absent => Err(Parts::incomplete(false)),
        }
    }

    /// As [`Connection::from_connection_string`], for a text that names no key, with `x509=true` for a certificate.
    ///
    /// # Errors
    /// As there, and when the text names a key or token, or says `x509=true` and this is no certificate.
    pub fn from_connection_string_with(text: &str, identity: impl Into<Identity>) -> Result<Self, Error> {
        let (parts, identity) = (text::connection_string(text)?, identity.into());
        parts.takes(&identity)?;
        Ok(Self::new(parts.target, identity))
    }

    /// Directly to a hub, for example `my-hub.azure-devices.net`; the host may carry a port.
    ///
    /// # Errors
    /// When the host or the id makes no sense.
    pub fn to_hub(host: &str, device_id: &str, identity: impl Into<Identity>) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(host, "the hub's host")?;
        let principal = Principal::device(text::identifier(device_id, "the device id")?);
        Ok(Self::new(Target::Hub { endpoint, gateway: None, principal }, identity.into()))
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
        identity: impl Into<Identity>,
    ) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(endpoint, "the provisioning endpoint")?;
        let id_scope = text::identifier(id_scope, "the id scope")?;
        let registration_id = text::identifier(registration_id, "the registration id")?;
        Ok(Self::new(Target::Provisioned { endpoint, id_scope, registration_id }, identity.into()))
    }

    fn new(target: Target, identity: Identity) -> Self {
        let credential = identity.of(target.id());
        let (network, payload, options) = (Network::default(), Map::new(), Options::default());
        Self { target, credential, network, transport: None, gate: None, payload, options }
    }

    /// As this module of the device, which has a key or certificate of its own. Its telemetry, commands and twin are
    /// the module's.
    ///
    /// # Errors
    /// When the id makes no sense, or the hub is not named: the provisioning service knows no modules.
    pub fn with_module(mut self, module_id: &str) -> Result<Self, Error> {
        let module_id = text::identifier(module_id, "the module id")?;
        let Target::Hub { principal, .. } = &mut self.target else {
            let problem = "the provisioning service knows no modules: name the hub";
            return Err(Error::configuration("the module id", problem));
        };
        principal.module_id = Some(module_id);
        Ok(self)
    }

    /// The same for another device of the fleet: the same place, limits, roots (and their one TLS configuration),
    /// proxy and transport, under this device or registration id.
    ///
    /// # Errors
    /// When the id makes no sense.
    pub fn for_device(&self, id: &str, identity: impl Into<Identity>) -> Result<Self, Error> {
        let target = self.target.renamed(id)?;
        Ok(Self { credential: identity.into().of(target.id()), target, ..self.clone() })
    }

    /// Trusts only the certificates of this PEM text. Default: the system's roots.
    ///
    /// # Errors
    /// When there is no certificate in it, or it is damaged.
    pub fn with_ca_pem(self, pem: &[u8]) -> Result<Self, Error> {
        Ok(self.with_roots(Roots::from_pem(pem)?))
    }

    /// Trusts only the certificates of this PEM file.
    ///
    /// # Errors
    /// When the file cannot be read, there is no certificate in it, or it is damaged.
    pub fn with_ca_file(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(self.with_roots(Roots::from_file(path)?))
    }

    /// Trusts only these roots. Default: the system's.
    #[must_use]
    pub fn with_roots(mut self, roots: Roots) -> Self {
        self.network.roots = roots;
        self
    }

    /// Goes through this HTTP proxy. Default: straight; the environment is not looked at.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.network.proxy = Some(proxy);
        self
    }

    /// Speaks MQTT over WebSocket (`wss://HOST/$iothub/websocket`), to the provisioning service too, for networks that
    /// let nothing but HTTPS through. The port is 443 where none is named.
    #[cfg(feature = "websocket")]
    #[must_use]
    pub fn with_websocket(mut self) -> Self {
        self.network.websocket = true;
        self
    }

    /// Where the hub listens for HTTPS, which uploads begin at. Default 443; a private hub may be elsewhere.
    #[cfg(feature = "file-upload")]
    #[must_use]
    pub fn with_https_port(mut self, port: u16) -> Self {
        self.network.https_port = Some(port);
        self
    }

    /// Tells the provisioning service this as well, for an allocation policy of your own. The model's id is announced
    /// beside it. What the service gives back is [`TypedClient::provisioning_payload`](crate::TypedClient).
    ///
    /// # Errors
    /// When it is no JSON object, or has a member the model is announced by (`modelId`, `__iot:interfaces`).
    pub fn with_provisioning_payload(mut self, payload: Json) -> Result<Self, Error> {
        const WHAT: &str = "the provisioning payload";
        let Json::Object(payload) = payload else {
            return Err(Error::configuration(
                WHAT,
                "it must be a JSON object: the model's id is announced in it",
            ));
        };
        if let Some(taken) =
            ["modelId", "__iot:interfaces"].into_iter().find(|name| payload.contains_key(*name))
        {
            return Err(Error::configuration(WHAT, format!("{taken} announces the model: leave it out")));
        }
        self.payload = payload;
        Ok(self)
    }

    /// When the provisioning service is asked for a hub. Default [`Reprovision::WhenRefused`].
    #[must_use]
    pub fn with_reprovisioning(mut self, policy: Reprovision) -> Self {
        self.options.reprovision = policy;
        self
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
        let limits = &mut self.options.outbox;
        (limits.messages, limits.bytes, limits.when_full) = (messages.max(1), bytes.max(1), when_full);
        self
    }

    /// Keeps telemetry on disk until the hub has acknowledged it, so that it outlives the process; the next device that is
    /// started on the folder sends it first, in order, each message with the id it had. Default: in memory.
    ///
    /// - `enqueue` resolves when the message is as safe as [`DiskSync`](crate::DiskSync) says, `send` when the hub has
    ///   acknowledged it. The end of the process, however sudden, costs nothing that was accepted; a power cut what
    ///   `DiskSync` says.
    /// - A message may arrive twice, with the same message id, when the process ends before its acknowledgement was written
    ///   down.
    /// - What the next start finds has no sender any more: counters ([`recovered`](crate::Counters), `acknowledged`,
    ///   `expired`) and the log tell what becomes of it. What has expired meanwhile, by the wall clock, is not sent. A
    ///   message that is stored while the wall clock says a year before 2020 does not expire on disk.
    /// - When the disk is as full as [`DiskOutbox::max_disk_bytes`] lets it be, [`WhenFull`] says what happens. Dropped are
    ///   the oldest messages of the lowest priority that are on disk only.
    /// - When the disk fails or is full otherwise, sending fails with [`Error::Disk`], and what was accepted before goes on
    ///   being sent. Nothing waits in memory instead.
    /// - [`close`](crate::Client::close) writes down what has been sent and keeps the rest for the next start: that is no
    ///   loss, so it is no [`Error::Undelivered`]. A sender that waits for a message then gets [`Error::Kept`].
    /// - The numbers of [`with_outbox`](Self::with_outbox) bound what of it is in memory, in front of the disk: a third for
    ///   each priority, and never more than 4 MiB each. Some 60 bytes are in memory for every message on disk.
    #[must_use]
    pub fn with_disk_outbox(mut self, disk: DiskOutbox) -> Self {
        self.options.disk = Some(disk);
        self
    }

    /// How many telemetry messages are on the wire unacknowledged at once: 1 to 32 767 (half of MQTT's packet ids, so that
    /// none is in use twice), default 100. More than about 1000 gains nothing but repetitions after a lost connection.
    ///
    /// A new connection begins with 10 and allows one more with each acknowledgement.
    #[must_use]
    pub fn with_in_flight(mut self, messages: usize) -> Self {
        self.options.outbox.in_flight = messages.clamp(1, MOST_IN_FLIGHT);
        self
    }

    /// How many connections in a row the hub may cut at one telemetry message before it is parked: it ends with
    /// `Error::Rejected`, so that it cannot hold up all others for ever. At least 1, default 10.
    ///
    /// From the first cut on the message is sent alone, so that none is parked for another's fault.
    #[must_use]
    pub fn with_parking_after(mut self, cuts: u32) -> Self {
        self.options.outbox.cuts = cuts.max(1);
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
    use secrecy::ExposeSecret;
    use serde_json::json;

    use super::*;
    use crate::auth::{DeviceKey, GroupKey, sas_token};

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

    #[test]
    fn a_fleet_shares_everything_but_the_id_and_the_identity() {
        const GROUP: &str = "QUJDRA==";
        let group = GroupKey::from_base64(GROUP).unwrap();
        let first = Connection::provisioned("dps", "0ne1", "d1", group.clone()).unwrap();
        let second = first.for_device("d2", group).unwrap();
        let (Credential::Key(first_key), Credential::Key(second_key)) =
            (&first.credential, &second.credential)
        else {
            panic!("keys are derived")
        };
        let signed = |key: &DeviceKey| sas_token(key, "r", 1, None).expose_secret().to_owned();
        let derived = DeviceKey::derived_from_group_key(GROUP, "d2").unwrap();
        assert_eq!(signed(second_key), signed(&derived));
        assert_ne!(signed(first_key), signed(second_key));
        assert_eq!(second.target.id(), "d2");
        assert!(first.for_device("a/b", DeviceKey::from_base64(GROUP).unwrap()).is_err());
    }

    #[test]
    fn modules_need_a_hub_that_is_named() {
        let key = DeviceKey::from_base64("QUJD").unwrap();
        let module = Connection::to_hub("h", "d", key.clone()).unwrap().with_module("m").unwrap();
        assert!(
            matches!(module.target, Target::Hub { principal, .. } if principal.path() == "devices/d/modules/m")
        );
        assert!(Connection::provisioned("dps", "0ne1", "d", key).unwrap().with_module("m").is_err());
    }

    #[test]
    fn a_provisioning_payload_is_an_object_that_leaves_the_model_alone() {
        let key = DeviceKey::from_base64("QUJD").unwrap();
        let connection = Connection::provisioned("dps", "0ne1", "d", key).unwrap();
        assert!(connection.clone().with_provisioning_payload(json!({ "site": 7 })).is_ok());
        for payload in [json!(7), json!({ "modelId": "dtmi:x;1" }), json!({ "__iot:interfaces": {} })] {
            assert!(connection.clone().with_provisioning_payload(payload).is_err());
        }
    }
}
