//! A running hub: where it is, what it says of itself, and how it ends.
//!
//! Starting one is [`HubBuilder`]'s. Begin with [`Hub::builder`].

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;
use tokio_util::task::TaskTracker;

use crate::faults::Injection;
use crate::page::PageToken;
use crate::shared::Shared;
use crate::{BridgeStatus, CloudToDevice, HubBuilder, HubError, models};

/// How long shutdown waits for connections to end.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);

/// A running hub.
///
/// Dropping it stops it without waiting: whether the last changes are on disk is not known then. Use
/// [`shutdown`](Self::shutdown) for a clean end.
#[derive(Debug)]
#[must_use = "a hub stops when it is dropped"]
pub struct Hub {
    pub(crate) shared: Arc<Shared>,
    pub(crate) addresses: Addresses,
    pub(crate) ca_file: PathBuf,
    pub(crate) page_token: Option<PageToken>,
    pub(crate) bridge: Option<watch::Receiver<BridgeStatus>>,
    pub(crate) lost: Vec<String>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: DropGuard,
    pub(crate) stop_store: DropGuard,
    pub(crate) store: JoinHandle<Result<(), HubError>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) mqtt: SocketAddr,
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
}

/// Where a hub can be reached and with which keys: the object that `device-model hub --json` prints.
/// It holds secrets.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct Ready {
    /// The devices' listener, `host:port`.
    pub mqtt: String,
    /// The page, `host:port`.
    pub http: String,
    /// The service API, `host:port`.
    pub https: String,
    /// The CA's certificate, a PEM file.
    pub ca_file: String,
    /// The id scope devices provision with.
    pub id_scope: String,
    /// The enrollment group's primary key, base64. Secret.
    pub group_key: String,
    /// For service tools. Secret.
    pub service_connection_string: String,
    /// What the page asks for, where it can be reached from other machines. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<String>,
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready")
            .field("mqtt", &self.mqtt)
            .field("http", &self.http)
            .field("https", &self.https)
            .field("ca_file", &self.ca_file)
            .field("id_scope", &self.id_scope)
            .finish_non_exhaustive()
    }
}

/// The id of a model, as devices announce it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(String);

impl ModelId {
    /// The id's text: a DTMI, or a `urn:` in v1-preview.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ModelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Hub {
    /// A builder with the usual addresses: 127.0.0.1, ports 8883 (devices), 8080 (page), 8443 (service).
    pub fn builder() -> HubBuilder {
        HubBuilder::new()
    }

    /// The address devices connect to, by MQTT over TLS.
    #[must_use]
    pub fn mqtt(&self) -> SocketAddr {
        self.addresses.mqtt
    }

    /// The address of the operator's page.
    #[must_use]
    pub fn http(&self) -> SocketAddr {
        self.addresses.http
    }

    /// The address of the service API and the page, by TLS.
    #[must_use]
    pub fn https(&self) -> SocketAddr {
        self.addresses.https
    }

    /// The file with the CA's certificate, for clients to trust.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// The CA's certificate, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.shared.settings.authority.ca_pem()
    }

    /// The id scope devices provision with.
    #[must_use]
    pub fn id_scope(&self) -> &str {
        &self.shared.settings.id_scope
    }

    /// The enrollment group's primary key, base64. A secret: whoever has it can be any new device.
    #[must_use]
    pub fn group_key(&self) -> &str {
        self.shared.settings.group_primary.reveal()
    }

    /// The connection string for service tools, with the key of the policy `iothubowner`. A secret.
    #[must_use]
    pub fn service_connection_string(&self) -> String {
        self.connection_string("iothubowner")
    }

    /// The connection string for tools of the provisioning service, with the key of its policy. A secret.
    #[must_use]
    pub fn provisioning_connection_string(&self) -> String {
        self.connection_string("provisioningserviceowner")
    }

    fn connection_string(&self, policy: &str) -> String {
        let key = self.shared.settings.policies.get(policy).map_or("", |key| key.reveal());
        let port = self.addresses.https.port();
        format!("HostName=localhost:{port};SharedAccessKeyName={policy};SharedAccessKey={key}")
    }

    /// Trusts the certificate authorities in a PEM text from now on; answers the names that they got. See
    /// [`HubBuilder::trust_ca`].
    ///
    /// # Errors
    /// [`HubError::Authority`] when the text cannot be read, or a certificate is no authority's, or has expired, or its name
    /// is taken; [`HubError::Store`] when it may not be kept.
    pub fn trust_ca(&self, pem: &str) -> Result<Vec<String>, HubError> {
        let trusted = self.shared.with(|state, now| state.trust(None, pem, now));
        let names = trusted.map_err(|error| HubError::Authority(error.to_string()))?;
        self.kept().map(|()| names)
    }

    /// Nothing is acknowledged that is not kept.
    fn kept(&self) -> Result<(), HubError> {
        self.shared.unkept().map_or(Ok(()), |reason| Err(HubError::Store(reason)))
    }

    /// The address of the operator's page, for a browser. Where the page asks for a token, the address has it and is a
    /// secret.
    #[must_use]
    pub fn page_url(&self) -> String {
        let http = self.addresses.http;
        let host = if http.ip().is_loopback() || http.ip().is_unspecified() {
            format!("localhost:{}", http.port())
        } else {
            http.to_string()
        };
        let token = self.page_token().map(|token| format!("#token={token}")).unwrap_or_default();
        format!("http://{host}/{token}")
    }

    /// What the page asks for, where it can be reached from other machines or was told to ask. A secret: whoever has it
    /// can do what an operator can.
    #[must_use]
    pub fn page_token(&self) -> Option<&str> {
        self.page_token.as_ref().map(PageToken::reveal)
    }

    /// Everything a program needs to use this hub.
    #[must_use]
    pub fn ready(&self) -> Ready {
        Ready {
            mqtt: self.addresses.mqtt.to_string(),
            http: self.addresses.http.to_string(),
            https: self.addresses.https.to_string(),
            ca_file: self.ca_file.display().to_string(),
            id_scope: self.id_scope().to_owned(),
            group_key: self.group_key().to_owned(),
            service_connection_string: self.service_connection_string(),
            page_token: self.page_token().map(str::to_owned),
        }
    }

    /// Adds a model from its file's text; `name` is for messages. It becomes a published device template with the default
    /// views. A model with the same id is replaced, in that template too. What the file
    /// refers to must be in it, or among the models that there are.
    ///
    /// # Errors
    /// [`HubError::Model`] lists everything that is wrong with the file; [`HubError::Store`] when it may not be kept.
    pub fn add_model(&self, text: &str, name: &str) -> Result<ModelId, HubError> {
        let added = models::add(&self.shared, name, text);
        let model = added.map_err(|problems| HubError::Model { name: name.to_owned(), problems })?;
        self.kept().map(|()| ModelId(model.view.id.clone()))
    }

    /// Sends a message to a device: at once if the device listens, else it waits in the device's queue.
    ///
    /// # Errors
    /// [`HubError::Message`] when there is no such device, when 50 messages wait for it, or when the message is larger than
    /// 64 KiB; [`HubError::Store`] when it may not be kept.
    pub fn send_message(&self, device: &str, message: CloudToDevice) -> Result<(), HubError> {
        let sent = self.shared.with(|state, now| state.send_message(device, message, now));
        sent.map_err(|error| HubError::Message { device: device.to_owned(), reason: error.to_string() })?;
        self.kept()
    }

    /// How many messages to a device it has not completed.
    #[must_use]
    pub fn queued_messages(&self, device: &str) -> usize {
        self.shared.with(|state, _| state.device(device).map_or(0, |device| device.inbox.len()))
    }

    /// What the start found damaged in its journal and left out, a sentence each; see [`HubBuilder::repair`]. The page's log
    /// has it as well.
    #[must_use]
    pub fn lost(&self) -> &[String] {
        &self.lost
    }

    /// How the bridge to another broker is doing, if there is one.
    #[must_use]
    pub fn bridge_status(&self) -> Option<BridgeStatus> {
        self.bridge.as_ref().map(|status| status.borrow().clone())
    }

    /// Waits until the bridge's status meets a condition; at once `false` when there is no bridge.
    pub async fn wait_for_bridge(&self, mut condition: impl FnMut(&BridgeStatus) -> bool) -> bool {
        match self.bridge.clone() {
            None => false,
            Some(mut status) => status.wait_for(|status| condition(status)).await.is_ok(),
        }
    }

    /// Lets the hub misbehave from now on. Nothing happens when a hundred faults are in force already, or when the
    /// probability is none.
    pub fn inject(&self, fault: impl Into<Injection>) {
        let injection = fault.into();
        self.shared.with(|state, _| {
            if let Err(error) = state.faults.inject(injection) {
                tracing::warn!(%error, "a fault is not injected");
            }
        });
    }

    /// Ends all misbehaviour.
    pub fn clear_faults(&self) {
        self.shared.with(|state, _| state.faults.clear());
    }

    /// Cuts the connection of a device, or of all devices, once; answers how many there were.
    pub fn cut(&self, device: Option<&str>) -> usize {
        self.shared.with(|state, _| state.cut(device))
    }

    /// Stops accepting, disconnects devices, writes what is left to disk and joins all tasks.
    ///
    /// # Errors
    /// [`HubError::Store`] when the last changes could not be written, [`HubError::Shutdown`] when
    /// tasks did not end within ten seconds.
    pub async fn shutdown(self) -> Result<(), HubError> {
        self.stop.disarm().cancel();
        self.tasks.close();
        let ended = tokio::time::timeout(SHUTDOWN_LIMIT, self.tasks.wait()).await;
        self.stop_store.disarm().cancel();
        self.store.await.map_err(|error| HubError::Store(error.to_string()))??;
        tracing::info!("hub stopped");
        ended.map_err(|_| HubError::Shutdown(SHUTDOWN_LIMIT.as_secs()))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    async fn start(folder: &Path) -> Result<Hub, HubError> {
        let any = SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
        Hub::builder().dir(folder).mqtt(any).http(any).https(any).start().await
    }

    #[tokio::test]
    async fn the_files_of_a_device_that_was_deleted_are_gone_also_when_a_kill_left_them() {
        let folder = tempfile::tempdir().unwrap();
        let hub = start(folder.path()).await.unwrap();
        hub.shared.with(|state, now| {
            for id in ["d1", "d2", "d3"] {
                state.create(id, None, true, now).unwrap();
            }
            ["d1", "d3"].iter().for_each(|id| state.delete(id).unwrap());
            state.create("d3", None, true, now).map(drop).unwrap();
        });
        hub.shutdown().await.unwrap();
        let paths = ["d1", "d2", "d3"].map(|id| folder.path().join("files").join(id));
        for path in &paths {
            std::fs::create_dir_all(path).unwrap();
            std::fs::write(path.join("a"), "old").unwrap();
        }
        let hub = start(folder.path()).await.unwrap();
        assert_eq!(paths.map(|path| path.exists()), [false, true, true]);
        hub.shutdown().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_not_kept_is_not_acknowledged_to_a_program_either() {
        let folder = tempfile::tempdir().unwrap();
        let hub = start(folder.path()).await.unwrap();
        hub.shared.with(|state, now| state.create("d1", None, true, now).map(drop)).unwrap();
        let full = Arc::new(std::fs::File::options().write(true).open("/dev/full").unwrap());
        let real = hub.shared.with_ledger(|_, ledger| ledger.replace_file(full)).unwrap();
        let model = r#"{"@context":"dtmi:dtdl:context;2","@id":"dtmi:x:y;1","@type":"Interface"}"#;
        let ca = hub.ca_pem().to_owned();
        let store = |error| matches!(error, HubError::Store(_));
        assert!(store(hub.send_message("d1", CloudToDevice::new("x")).unwrap_err()));
        assert!(store(hub.add_model(model, "y.json").unwrap_err()));
        assert!(store(hub.trust_ca(&ca).unwrap_err()));
        hub.shared.with_ledger(|_, ledger| ledger.replace_file(real));
        assert!(hub.send_message("d1", CloudToDevice::new("y")).is_ok());
        assert_eq!(hub.queued_messages("d1"), 2);
        hub.shutdown().await.unwrap();
    }
}
