//! A running hub and the builder that starts it.
//!
//! Puts the parts together, binds the listeners and joins the tasks at the end. Begin with
//! [`Hub::builder`].

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::settings::Settings;
use crate::shared::Shared;
use crate::state::{Enrollment, State};
use crate::store::Store;
use crate::{HubError, http, model_view, mqtt, page, store};

/// How long shutdown waits for connections to end.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);

/// A running hub.
///
/// Dropping it stops it without waiting: whether the last changes are on disk is not known then. Use
/// [`shutdown`](Self::shutdown) for a clean end.
#[derive(Debug)]
#[must_use = "a hub stops when it is dropped"]
pub struct Hub {
    shared: Arc<Shared>,
    addresses: Addresses,
    ca_file: PathBuf,
    tasks: TaskTracker,
    stop: DropGuard,
    stop_store: DropGuard,
    store: JoinHandle<Result<(), HubError>>,
}

#[derive(Debug, Clone, Copy)]
struct Addresses {
    mqtt: SocketAddr,
    http: SocketAddr,
    https: SocketAddr,
}

/// Starts a [`Hub`]. Only [`dir`](Self::dir) is required.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct HubBuilder {
    dir: Option<PathBuf>,
    addresses: Addresses,
    free_ports: bool,
    models: Vec<(String, String)>,
    model_dirs: Vec<PathBuf>,
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
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        HubBuilder {
            dir: None,
            addresses: Addresses {
                mqtt: at(8883),
                http: at(8080),
                https: at(8443),
            },
            free_ports: false,
            models: Vec::new(),
            model_dirs: Vec::new(),
        }
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
        let policy = "iothubowner";
        let key = self
            .shared
            .settings
            .policies
            .get(policy)
            .map_or("", |key| key.reveal());
        let port = self.addresses.https.port();
        format!("HostName=localhost:{port};SharedAccessKeyName={policy};SharedAccessKey={key}")
    }

    /// The address of the operator's page, for a browser.
    #[must_use]
    pub fn page_url(&self) -> String {
        format!("http://localhost:{}/", self.addresses.http.port())
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
        }
    }

    /// Adds a model from its file's text; `name` is for messages. A model with the same id is replaced.
    ///
    /// # Errors
    /// [`HubError::Model`] lists everything that is wrong with the file.
    pub fn add_model(&self, text: &str, name: &str) -> Result<ModelId, HubError> {
        let model = read_model(name, text)?;
        let id = ModelId(model.view.id.clone());
        self.shared.with(|state, _| state.add_model(model));
        Ok(id)
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
        self.store
            .await
            .map_err(|error| HubError::Store(error.to_string()))??;
        tracing::info!("hub stopped");
        ended.map_err(|_| HubError::Shutdown(SHUTDOWN_LIMIT.as_secs()))
    }
}

impl HubBuilder {
    /// The data folder: CA, keys and store. It is made if it does not exist, and kept.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// The devices' listener. The official Python SDK knows no port but 8883.
    pub fn mqtt(mut self, address: SocketAddr) -> Self {
        self.addresses.mqtt = address;
        self
    }

    /// The page's listener.
    pub fn http(mut self, address: SocketAddr) -> Self {
        self.addresses.http = address;
        self
    }

    /// The service API's listener.
    pub fn https(mut self, address: SocketAddr) -> Self {
        self.addresses.https = address;
        self
    }

    /// Whether a port that is in use is replaced by a free one instead of being an error.
    pub fn fall_back_to_free_ports(mut self, yes: bool) -> Self {
        self.free_ports = yes;
        self
    }

    /// A model file's name (for messages) and text.
    pub fn model(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.models.push((name.into(), text.into()));
        self
    }

    /// A folder whose `.json` files are models; those that are not are left out with a warning.
    pub fn models_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.model_dirs.push(path.into());
        self
    }

    /// Starts the hub; all listeners accept when this returns.
    ///
    /// # Errors
    /// When the folder cannot be used or is in use, a model is not valid, or an address cannot be
    /// listened on; the text says which and what to do.
    pub async fn start(self) -> Result<Hub, HubError> {
        let dir = self.dir.clone().ok_or(HubError::NoFolder)?;
        let now = jiff::Timestamp::now();
        std::fs::create_dir_all(&dir).map_err(HubError::file("cannot make the folder", &dir))?;
        let store = Arc::new(Store::open(&dir.join("hub.redb"))?);
        let settings = Settings::load(&dir, now)?;
        let ca_file = dir.join("ca.pem");
        std::fs::write(&ca_file, settings.authority.ca_pem())
            .map_err(HubError::file("cannot write", &ca_file))?;
        let tls = TlsAcceptor::from(Arc::new(settings.authority.server_config(now)?));
        let mut state = self.load_state(&store, &settings)?;

        let mqtt = self.bind("mqtt", self.addresses.mqtt).await?;
        let http = self.bind("http", self.addresses.http).await?;
        let https = self.bind("https", self.addresses.https).await?;
        let addresses = Addresses {
            mqtt: mqtt.1,
            http: http.1,
            https: https.1,
        };
        state.set_mqtt_port(addresses.mqtt.port());
        let shared = Arc::new(Shared::new(
            state,
            settings,
            addresses.https.port(),
            addresses.mqtt.port(),
        ));

        let (tasks, stop, stop_store) = (
            TaskTracker::new(),
            CancellationToken::new(),
            CancellationToken::new(),
        );
        let writer = tokio::spawn(store::run(store, Arc::clone(&shared), stop_store.clone()));
        let router = page::router(Arc::clone(&shared), tasks.clone(), stop.clone());
        let devices = mqtt::task::listen(
            mqtt.0,
            tls.clone(),
            Arc::clone(&shared),
            tasks.clone(),
            stop.clone(),
        );
        tasks.spawn(devices);
        tasks.spawn(http::listen(
            http.0,
            None,
            router.clone(),
            tasks.clone(),
            stop.clone(),
        ));
        tasks.spawn(http::listen(
            https.0,
            Some(tls),
            router,
            tasks.clone(),
            stop.clone(),
        ));
        tracing::info!(mqtt = %addresses.mqtt, http = %addresses.http, https = %addresses.https, "hub started");
        Ok(Hub {
            shared,
            addresses,
            ca_file,
            tasks,
            stop: stop.drop_guard(),
            stop_store: stop_store.drop_guard(),
            store: writer,
        })
    }

    /// The kept state and the given models, later ones replacing earlier ones of the same id.
    fn load_state(&self, store: &Store, settings: &Settings) -> Result<State, HubError> {
        let mut state = State::new(Enrollment {
            id_scope: settings.id_scope.clone(),
            primary: settings.group_primary.clone(),
            secondary: settings.group_secondary.clone(),
        });
        for (name, text) in store.load(&mut state)? {
            match read_model(&name, &text) {
                Ok(model) => state.add_model(model),
                Err(error) => tracing::warn!(%error, "a kept model is left out"),
            }
        }
        for dir in &self.model_dirs {
            for (name, text) in model_files(dir)? {
                match read_model(&name, &text) {
                    Ok(model) => state.add_model(model),
                    Err(error) => tracing::warn!(%error, "a file of the models folder is left out"),
                }
            }
        }
        for (name, text) in &self.models {
            state.add_model(read_model(name, text)?);
        }
        // nobody listens yet
        let _ = state.take_effects();
        Ok(state)
    }

    async fn bind(
        &self,
        service: &'static str,
        address: SocketAddr,
    ) -> Result<(TcpListener, SocketAddr), HubError> {
        if !address.ip().is_loopback() {
            return Err(HubError::NotLoopback(address));
        }
        let failed = |source| HubError::Bind {
            address,
            service,
            source,
        };
        let listener = match TcpListener::bind(address).await {
            Err(error) if self.free_ports && error.kind() == std::io::ErrorKind::AddrInUse => {
                tracing::warn!(%address, service, "the port is in use: taking a free one");
                TcpListener::bind(SocketAddr::new(address.ip(), 0))
                    .await
                    .map_err(failed)?
            }
            other => other.map_err(failed)?,
        };
        let bound = listener.local_addr().map_err(failed)?;
        Ok((listener, bound))
    }
}

fn read_model(name: &str, text: &str) -> Result<crate::state::Model, HubError> {
    model_view::read(name, text).map_err(|problems| HubError::Model {
        name: name.to_owned(),
        problems,
    })
}

/// The `.json` files right in a folder, by name.
fn model_files(dir: &Path) -> Result<Vec<(String, String)>, HubError> {
    let entries = std::fs::read_dir(dir).map_err(HubError::file("cannot read the folder", dir))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(HubError::file("cannot read the folder", dir))?
            .path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).map_err(HubError::file("cannot read", &path))?;
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            Ok((name, text))
        })
        .collect()
}
