//! Starting a hub: folder, keys, kept state, models, listeners, tasks.
//!
//! Decides the order of the start and what is an error in it. Begin with [`HubBuilder::start`].

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bridge::Bridge;
use crate::bridge::task::Runner;
use crate::files::Files;
use crate::hub::{Addresses, Hub};
use crate::keep::{Keep, Keeper, Retention};
use crate::limits::Limits;
use crate::listener::Host;
use crate::message::{DeviceMessage, Observer};
use crate::models::Library;
use crate::page::{Access, PageToken};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::state::registry::DeviceKeys;
use crate::state::{Approval, Model, Provisioning, State};
use crate::{HubError, http, keep, mqtt, page};

/// Starts a [`Hub`]. Only [`dir`](Self::dir) is required.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct HubBuilder {
    dir: Option<PathBuf>,
    addresses: Addresses,
    free_ports: bool,
    models: Vec<(String, String)>,
    model_dirs: Vec<PathBuf>,
    announced: Option<String>,
    observer: Option<Observer>,
    bridge: Option<Bridge>,
    retention: Retention,
    repair: bool,
    limits: Limits,
    page_token: Option<String>,
    names: Vec<String>,
    tolerant: bool,
    approval: Option<Approval>,
    authorities: Vec<String>,
}

/// The bound listeners and the addresses they got.
struct Listeners {
    mqtt: TcpListener,
    http: TcpListener,
    https: TcpListener,
    addresses: Addresses,
}

impl HubBuilder {
    pub(crate) fn new() -> HubBuilder {
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        HubBuilder {
            dir: None,
            addresses: Addresses { mqtt: at(8883), http: at(8080), https: at(8443) },
            free_ports: false,
            models: Vec::new(),
            model_dirs: Vec::new(),
            announced: None,
            observer: None,
            bridge: None,
            retention: Retention::default(),
            repair: false,
            limits: Limits::default(),
            page_token: None,
            names: Vec::new(),
            tolerant: false,
            approval: None,
            authorities: Vec::new(),
        }
    }

    /// The data folder: CA, keys and everything the hub keeps. It is made if it does not exist, and kept.
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

    /// A model file's name (for messages) and text. What it refers to is looked up among all models. It becomes a
    /// published device template with the default views, unless another of these models refers to it.
    pub fn model(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.models.push((name.into(), text.into()));
        self
    }

    /// A folder whose `.json` files, in folders inside it as well, are models that templates can be made of; one is made by
    /// itself when a device announces the model. Files that are no models are left out with a warning.
    pub fn models_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.model_dirs.push(path.into());
        self
    }

    /// The name, with a port unless it is 8883, that devices are told to connect to when they are provisioned: for
    /// something that stands between them and the hub. Default: the devices' listener, by the first
    /// [`host_name`](Self::host_name) or as `localhost`.
    pub fn announce(mut self, host: impl Into<String>) -> Self {
        self.announced = Some(host.into());
        self
    }

    /// Whom to tell of every message that is taken, in order. It is called while the hub waits: it is to be quick, and
    /// must not call the hub.
    pub fn on_message(mut self, tell: impl Fn(DeviceMessage) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer(Arc::new(tell)));
        self
    }

    /// A broker that what devices send is republished to, as long as the hub runs.
    pub fn bridge(mut self, bridge: Bridge) -> Self {
        self.bridge = Some(bridge);
        self
    }

    /// How long what devices sent is kept at least. Default: 30 days.
    pub fn keep_for(mut self, age: Duration) -> Self {
        self.retention.age = age;
        self
    }

    /// How many bytes of the disk the history of what devices sent takes at most: beyond it, the oldest goes, whatever its
    /// age. Default: 4 GiB.
    pub fn keep_bytes(mut self, bytes: u64) -> Self {
        self.retention.bytes = bytes;
        self
    }

    /// Whether a damaged journal, which holds what came last, is repaired instead of being an error: what of it can be read is
    /// kept, the file as it was is set aside in the same folder with `-damaged` behind its name, and [`Hub::lost`] says what
    /// is missing. What devices were told is kept may be missing then. A folder in which nothing is damaged stays as it is.
    pub fn repair(mut self, yes: bool) -> Self {
        self.repair = yes;
        self
    }

    /// What clients may ask of the hub.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What the page is to ask for: at least 16 characters. Without it the page asks for nothing while both its listeners
    /// are on loopback addresses, and for a random token otherwise, which [`Hub::page_token`] tells.
    pub fn page_token(mut self, token: impl Into<String>) -> Self {
        self.page_token = Some(token.into());
        self
    }

    /// A name, besides `localhost`, that devices and browsers reach the hub by: its certificate is valid for it, and the
    /// page answers to it. Devices that are provisioned, or upload files, are told the first of these.
    pub fn host_name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// Whether a topic that IoT Hub does not know is only logged. IoT Hub, and the hub by default, end the connection.
    pub fn tolerate_unknown_topics(mut self, yes: bool) -> Self {
        self.tolerant = yes;
        self
    }

    /// Whether a device that is unknown and has good credentials of an enrollment group waits until the operator approves
    /// it. Without this call it is as it was before in this folder; at first nobody waits.
    pub fn approve_devices(mut self, by_operator: bool) -> Self {
        self.approval = Some(if by_operator { Approval::Operator } else { Approval::Automatic });
        self
    }

    /// Trusts the certificate authorities in a PEM text from now on: devices that are registered with
    /// `certificateAuthority`, and enrollments that refer to them, may come with certificates that lead to them. They are
    /// kept in the folder.
    pub fn trust_ca(mut self, pem: impl Into<String>) -> Self {
        self.authorities.push(pem.into());
        self
    }

    /// Starts the hub; all listeners accept when this returns.
    ///
    /// # Errors
    /// When the folder cannot be used or is in use, a model is not valid, or an address cannot be
    /// listened on; the text says which and what to do.
    pub async fn start(self) -> Result<Hub, HubError> {
        let dir = self.dir.as_deref().ok_or(HubError::NoFolder)?;
        self.limits.impossible().map_or(Ok(()), |name| Err(HubError::Limit(name)))?;
        let now = crate::shared::now();
        std::fs::create_dir_all(dir).map_err(HubError::file("cannot make the folder", dir))?;
        // from here on no other hub uses the folder
        let folder = keep::open(dir)?;
        let settings = Settings::load(dir, now)?;
        let ca_file = dir.join("ca.pem");
        std::fs::write(&ca_file, settings.authority.ca_pem())
            .map_err(HubError::file("cannot write", &ca_file))?;
        let authority = &settings.authority;
        let tls = [authority.server_config(&self.names, now)?, authority.server_config(&self.names, now)?];
        let bridge = self.bridge.clone().map(Runner::new).transpose()?;
        let (mut state, keep) = self.load_state(folder, &settings, now)?;
        let listeners = self.listen().await?;
        let addresses = listeners.addresses;
        let page_token = self.token(addresses)?;
        let name = self.names.first().map_or("localhost", String::as_str);
        state.set_ports(name, addresses.mqtt.port(), addresses.https.port());
        state.tolerates_unknown_topics = self.tolerant;
        if let Some(name) = self.announced {
            state.set_host_name(name);
        }
        let (https, mqtt) = (addresses.https.port(), addresses.mqtt.port());
        let shared = Shared::new(state, settings, https, mqtt, self.observer).reached_by(name);
        let files = Files::open(&dir.join("files"))?;
        // a kill may have come between the deletion and this
        keep.deleted.iter().for_each(|device| files.disown(device, &[]));
        let shared = shared.with_files(files).keeping(keep.ledger, keep.library);
        // what the start itself changed
        shared.with(|state, now| keep.lost.iter().for_each(|text| state.refuse(None, text, now)));
        tracing::info!(mqtt = %addresses.mqtt, http = %addresses.http, https = %addresses.https, "hub started");
        let rate = self.limits.page_requests_per_second;
        let access = Access::new(self.names, page_token.clone(), addresses.http.port(), rate);
        let parts = Parts { limits: self.limits, access, page_token, ca_file, bridge, lost: keep.lost };
        Ok(spawn(Arc::new(shared), keep.keeper, listeners, tls, parts))
    }

    /// The page's token, where it needs one.
    fn token(&self, addresses: Addresses) -> Result<Option<PageToken>, HubError> {
        let exposed = ![addresses.http, addresses.https].iter().all(|address| address.ip().is_loopback());
        match &self.page_token {
            Some(text) => PageToken::new(text.clone()).map(Some),
            None => exposed.then(PageToken::random).transpose(),
        }
    }

    async fn listen(&self) -> Result<Listeners, HubError> {
        let (mqtt, mqtt_address) = self.bind("mqtt", self.addresses.mqtt).await?;
        let (http, http_address) = self.bind("http", self.addresses.http).await?;
        let (https, https_address) = self.bind("https", self.addresses.https).await?;
        let addresses = Addresses { mqtt: mqtt_address, http: http_address, https: https_address };
        Ok(Listeners { mqtt, http, https, addresses })
    }

    /// The kept state and the given models, later ones replacing earlier ones of the same id.
    fn load_state(
        &self,
        folder: keep::Folder,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<(State, Keep), HubError> {
        let keys = DeviceKeys {
            primary: settings.group_primary.clone(),
            secondary: settings.group_secondary.clone(),
        };
        let mut state = State::new(Provisioning::new(settings.id_scope.clone(), keys, now));
        let keep = folder.load(self.retention, self.repair, &mut state)?;
        let kept = state.take_kept_models();
        let files = self.files_of_folders()?;
        let mut library = Library::default();
        for texts in [&kept, &files, &self.models] {
            library.add(texts.iter().map(|(name, text)| (&**name, &**text)));
        }
        add_readable(&mut state, &library, &kept, "a kept model is left out");
        // they are kept already
        let _ = state.take_changes();
        state.keep_default_group();
        if let Some(approval) = self.approval {
            state.set_approval(approval);
        }
        for pem in &self.authorities {
            state.trust(None, pem, now).map_err(|error| HubError::Authority(error.to_string()))?;
        }
        add_readable(&mut state, &library, &files, "a file of the models folder is left out");
        self.provide_models(&mut state, &library, now)?;
        // nobody listens yet
        let _ = state.take_effects();
        Ok((state, keep))
    }

    fn files_of_folders(&self) -> Result<Vec<(String, String)>, HubError> {
        let mut files = Vec::new();
        for dir in &self.model_dirs {
            files.extend(model_files(dir)?);
        }
        Ok(files)
    }

    /// Gives the state the models that the program gave, and all that stand for templates their present form.
    fn provide_models(
        &self,
        state: &mut State,
        library: &Library<'_>,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let given = self.models.iter().map(|(name, text)| Ok(Arc::new(read_model(library, name, text)?)));
        let given: Vec<Arc<Model>> = given.collect::<Result<_, HubError>>()?;
        for model in &given {
            state.add_model(Arc::clone(model));
        }
        let known: Vec<Arc<Model>> = state.models().cloned().collect();
        for model in &known {
            state.refresh_template(model, now);
        }
        // what another one refers to is a part of it, until a device announces it as its own
        let is_part = |model: &Model| {
            given.iter().any(|other| other.others.iter().any(|(_, text)| *text == model.text))
        };
        for model in given.iter().filter(|model| !is_part(model)) {
            state.provide_template(model, now);
        }
        Ok(())
    }

    async fn bind(
        &self,
        service: &'static str,
        address: SocketAddr,
    ) -> Result<(TcpListener, SocketAddr), HubError> {
        let failed = |source| HubError::Bind { address, service, source };
        let listener = match TcpListener::bind(address).await {
            Err(error) if self.free_ports && error.kind() == std::io::ErrorKind::AddrInUse => {
                tracing::warn!(%address, service, "the port is in use: taking a free one");
                TcpListener::bind(SocketAddr::new(address.ip(), 0)).await.map_err(failed)?
            }
            other => other.map_err(failed)?,
        };
        let bound = listener.local_addr().map_err(failed)?;
        Ok((listener, bound))
    }
}

/// How late a message or a topic may be given up after its time.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);

/// What a hub is made of besides its state and its listeners.
struct Parts {
    limits: Limits,
    access: Access,
    page_token: Option<PageToken>,
    ca_file: PathBuf,
    bridge: Option<Runner>,
    lost: Vec<String>,
}

/// Starts the tasks of a hub.
fn spawn(
    shared: Arc<Shared>,
    keeper: Keeper,
    listeners: Listeners,
    tls: [ServerConfig; 2],
    parts: Parts,
) -> Hub {
    let Parts { limits, access, page_token, ca_file, bridge, lost } = parts;
    let Listeners { mqtt, http, https, addresses } = listeners;
    let [devices_tls, service_tls] = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    let (tasks, stop, stop_store) = (TaskTracker::new(), CancellationToken::new(), CancellationToken::new());
    let writer = tokio::spawn(keep::run(Arc::new(keeper), Arc::clone(&shared), stop_store.clone()));
    let router = page::router(Arc::clone(&shared), access, &limits, tasks.clone(), stop.clone());
    let host = Host { shared: Arc::clone(&shared), limits, tasks: tasks.clone(), stop: stop.clone() };
    tasks.spawn(mqtt::task::listen(mqtt, devices_tls, host.clone()));
    tasks.spawn(expire(Arc::clone(&shared), stop.clone()));
    tasks.spawn({
        let (shared, stop) = (Arc::clone(&shared), stop.clone());
        async move { shared.send_batches(stop).await }
    });
    tasks.spawn(http::listen(http, None, router.clone(), host.clone()));
    tasks.spawn(http::listen(https, Some(service_tls), router, host));
    let bridge = bridge.map(|bridge| {
        let status = bridge.status();
        tasks.spawn(bridge.run(Arc::clone(&shared), stop.clone()));
        status
    });
    let (stop, stop_store) = (stop.drop_guard(), stop_store.drop_guard());
    Hub { shared, addresses, ca_file, page_token, bridge, lost, tasks, stop, stop_store, store: writer }
}

/// Gives up queued messages and topics nobody follows when their time is over, also while nothing else happens.
async fn expire(shared: Arc<Shared>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EXPIRY_INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {
                shared.with(State::expire_messages);
                shared.tidy_topics();
                shared.sweep_files().await;
            }
        }
    }
}

fn read_model(library: &Library<'_>, name: &str, text: &str) -> Result<Model, HubError> {
    library.read(name, text).map_err(|problems| HubError::Model { name: name.to_owned(), problems })
}

/// The `.json` files in a folder and the folders inside it, by their paths in it. Links to folders are not followed.
fn model_files(dir: &Path) -> Result<Vec<(String, String)>, HubError> {
    let (mut folders, mut paths) = (vec![dir.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        let failed = || HubError::file("cannot read the folder", &folder);
        for entry in std::fs::read_dir(&folder).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(HubError::file("cannot read", &path))?;
        Ok((path.strip_prefix(dir).unwrap_or(&path).display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}

/// Adds the models that can be read. What can not was good once, or is one file of many: the hub starts without it.
fn add_readable(state: &mut State, library: &Library, texts: &[(String, String)], left_out: &str) {
    for (name, text) in texts {
        match read_model(library, name, text) {
            Ok(model) => state.add_model(model),
            Err(error) => tracing::warn!(%error, "{left_out}"),
        }
    }
}
