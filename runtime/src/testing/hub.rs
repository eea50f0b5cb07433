//! The hub as a test holds it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::cloud::Cloud;
use super::message::{Acknowledgement, Message};
use super::pipe::{Server, Shared};
use crate::convention::percent_encode;
use crate::json::Json;
use crate::table::{Convention, ModelTable};

/// How long the hub waits for a device, by tokio's clock.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// A hub in memory that holds one device.
///
/// Everything that waits gives up, and fails the test, after an hour of tokio's clock: with a paused clock that is a
/// moment. Everything that looks at the device fails the test when the device has done something against the protocol;
/// so does dropping the hub.
pub struct TestHub {
    pub(super) shared: Arc<Shared>,
    model: ModelTable,
    patience: Duration,
    task: JoinHandle<()>,
}

impl TestHub {
    pub(super) fn new(model: ModelTable, server: Server) -> Self {
        let shared = Arc::clone(&server.shared);
        Self { shared, model, patience: PATIENCE, task: tokio::spawn(server.run()) }
    }

    /// Sets how long everything that waits does so, by tokio's clock. Default: one hour.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits until the device is connected and hears of commands and desired properties.
    pub async fn connected(&self) {
        self.until("the device to connect", |cloud| cloud.is_serving().then_some(())).await;
    }

    /// Waits until the device is not connected.
    pub async fn disconnected(&self) {
        self.until("the device to disconnect", |cloud| (!cloud.is_serving()).then_some(())).await;
    }

    /// How often the device has connected.
    pub fn connections(&self) -> u64 {
        self.checked().connections
    }

    /// The next telemetry message, in the order of arrival.
    pub async fn telemetry(&self) -> Message {
        self.until("telemetry", |cloud| cloud.messages.pop_front()).await
    }

    /// All telemetry messages that have arrived and were not taken yet.
    pub fn telemetry_so_far(&self) -> Vec<Message> {
        self.checked().messages.drain(..).collect()
    }

    /// Calls a command by its name on the wire, `component*command` for one of a component in Plug and Play, and waits
    /// for status and body of the answer. Waits for the device to be connected first. When the connection is lost
    /// before the answer, the status is 504.
    pub async fn call(&self, name: &str, payload: Json) -> (u16, Json) {
        self.connected().await;
        let request_id = self.shared.with(|cloud| cloud.call(name, &payload));
        self.until(&format!("an answer to {name}"), |cloud| cloud.answer(&request_id)).await
    }

    /// Puts a cloud-to-device message with these properties into the device's queue (`$.mid` is its id, `method-name` makes it
    /// an offline command), and waits until the device has completed it. What a lost connection leaves is delivered again.
    pub async fn send_message(&self, properties: &[(&str, &str)], payload: Json) {
        let encoded = properties
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
            .collect::<Vec<_>>();
        let message = self.shared.with(|cloud| cloud.send(&encoded.join("&"), &payload));
        self.until("the device to complete a message", |cloud| cloud.is_completed(message).then_some(()))
            .await;
    }

    /// Sets a writable property, `component*property` for one of a component in Plug and Play, and waits for its last
    /// acknowledgement, which is that of this or a later version and not a pending one.
    ///
    /// # Panics
    /// When the model has no such writable property, besides what all waiting ones panic at.
    pub async fn set_desired(&self, name: &str, value: Json) -> Acknowledgement {
        let version = self.desire(self.framed(name, value));
        let convention = self.model.convention;
        self.until(&format!("an acknowledgement of {name}"), |cloud| {
            let reported = property(convention, &cloud.reported.fields, name)?;
            let read = Acknowledgement::read(convention, reported)?;
            (read.version >= version && !read.is_pending()).then_some(read)
        })
        .await
    }

    /// Changes the desired document by a merge patch as it stands (null removes) and does not wait; the document's
    /// version after it. A device that is not connected learns of it when it connects.
    ///
    /// # Panics
    /// When the patch is no object.
    #[expect(clippy::needless_pass_by_value, reason = "tests write the patch where they set it")]
    pub fn desire(&self, patch: Json) -> i64 {
        assert!(patch.is_object(), "desired properties are an object: {patch}");
        drop(self.checked());
        self.shared.with(|cloud| cloud.desire(&patch))
    }

    /// The reported document as it stands, frames and markers included.
    pub fn reported(&self) -> Json {
        self.checked().reported.fields.clone()
    }

    /// Waits until the reported document is as `is_so` says, and gives it back.
    pub async fn reported_when(&self, mut is_so: impl FnMut(&Json) -> bool) -> Json {
        let so = |cloud: &mut Cloud| is_so(&cloud.reported.fields).then(|| cloud.reported.fields.clone());
        self.until("the reported properties to be as they should", so).await
    }

    /// How the device has acknowledged a property so far, pending acknowledgements included.
    pub fn acknowledgement(&self, name: &str) -> Option<Acknowledgement> {
        let convention = self.model.convention;
        Acknowledgement::read(convention, property(convention, &self.checked().reported.fields, name)?)
    }

    /// Cuts the connection. The device may connect again at once.
    pub fn disconnect(&self) {
        self.shared.with(Cloud::cut);
    }

    /// Cuts the connection and refuses every further one, as a network that is away.
    pub fn go_offline(&self) {
        self.shared.with(|cloud| {
            cloud.offline = true;
            cloud.cut();
        });
    }

    /// Takes connections again after [`go_offline`](Self::go_offline).
    pub fn come_back(&self) {
        self.shared.with(|cloud| cloud.offline = false);
    }

    /// Whether the device's credentials are refused (CONNACK 5) from now on. A connection that stands is left alone.
    pub fn refuse(&self, refuses: bool) {
        self.shared.with(|cloud| cloud.refuses = refuses);
    }

    /// Whether acknowledgements of telemetry are held back from now on. What was held back is given out at the end of
    /// it, unless the connection has been lost.
    pub fn withhold_acknowledgements(&self, withholds: bool) {
        self.shared.with(|cloud| cloud.withhold(withholds));
    }

    /// Waits for something to be so.
    async fn until<T>(&self, what: &str, mut look: impl FnMut(&mut Cloud) -> Option<T>) -> T {
        let mut changes = self.shared.changes();
        let found = timeout(self.patience, async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = look(&mut self.checked()) {
                    return found;
                }
                // The sender lives as long as the hub.
                let _ = changes.changed().await;
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("waited {:?} for {what}; {self:?}", self.patience),
        }
    }

    /// The state, if the device has done nothing wrong.
    fn checked(&self) -> std::sync::MutexGuard<'_, Cloud> {
        let mut cloud = self.shared.look();
        if let Some(failure) = cloud.failure.take() {
            drop(cloud);
            panic!("the device went against the protocol: {failure}");
        }
        cloud
    }

    /// A patch that sets one property, as the convention frames it.
    fn framed(&self, name: &str, value: Json) -> Json {
        let (component, name) = parted(self.model.convention, name);
        let known = self.model.parts.iter().filter(|part| match self.model.convention {
            Convention::Pnp => part.component == component,
            Convention::Central2020 => true,
        });
        let writable = known.filter_map(|part| part.writable(name)).next();
        assert!(writable.is_some(), "the model has no writable property {name:?} (component {component:?})");
        match (self.model.convention, component) {
            (Convention::Central2020, _) => json!({ name: { "value": value } }),
            (Convention::Pnp, None) => json!({ name: value }),
            (Convention::Pnp, Some(component)) => {
                let fields = Map::from_iter([("__t".to_owned(), json!("c")), (name.to_owned(), value)]);
                json!({ component: fields })
            }
        }
    }
}

/// The component and the name of `component*name`; Central's convention has no components on the wire.
fn parted(convention: Convention, name: &str) -> (Option<&str>, &str) {
    match name.split_once('*') {
        Some((component, name)) if convention == Convention::Pnp => (Some(component), name),
        _ => (None, name),
    }
}

fn property<'a>(convention: Convention, reported: &'a Json, name: &str) -> Option<&'a Json> {
    match parted(convention, name) {
        (Some(component), name) => reported.get(component)?.get(name),
        (None, name) => reported.get(name),
    }
}

impl fmt::Debug for TestHub {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cloud = self.shared.look();
        out.debug_struct("TestHub")
            .field("connected", &cloud.is_serving())
            .field("connections", &cloud.connections)
            .field("messages", &cloud.messages.len())
            .field("desired", &cloud.desired.fields)
            .field("reported", &cloud.reported.fields)
            .finish()
    }
}

impl Drop for TestHub {
    fn drop(&mut self) {
        self.task.abort();
        let failure = self.shared.look().failure.take();
        if let Some(failure) = failure
            && !std::thread::panicking()
        {
            panic!("the device went against the protocol: {failure}");
        }
    }
}
