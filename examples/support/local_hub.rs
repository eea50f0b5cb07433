//! The hub inside an example's program.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;

use device_model::hub::{Hub, HubError};
use device_model::{Connection, DeviceKey};
use tempfile::TempDir;

/// The hub, and the folder that goes with it when it has one of its own.
pub(super) struct LocalHub {
    hub: Hub,
    _own_folder: Option<TempDir>,
}

impl LocalHub {
    /// Starts it. A port that is taken is replaced by a free one; so is a folder that another example uses.
    pub(super) async fn start(dir: &Path, models: &[(&str, &str)]) -> Result<Self, Box<dyn Error>> {
        let builder = |dir: &Path| {
            let builder = Hub::builder()
                .dir(dir)
                .mqtt(loopback(8883))
                .http(loopback(8080))
                .https(loopback(8443))
                .fall_back_to_free_ports(true);
            models.iter().fold(builder, |builder, (name, text)| builder.model(*name, *text))
        };
        let (hub, own_folder) = match builder(dir).start().await {
            Err(HubError::Locked(_)) => {
                let own = TempDir::with_prefix("device-model-")?;
                (builder(own.path()).start().await?, Some(own))
            }
            other => (other?, None),
        };
        let (port, scope) = (hub.mqtt().port(), hub.id_scope());
        println!("operator page   {}", hub.page_url());
        println!("local hub       localhost:{port} (MQTT over TLS), ID scope {scope}");
        Ok(Self { hub, _own_folder: own_folder })
    }

    /// The device's own key, derived from the hub's enrollment group as a factory would do it.
    pub(super) fn register(&self, device: &str) -> Result<Connection, Box<dyn Error>> {
        let hub = &self.hub;
        let key = DeviceKey::derived_from_group_key(hub.group_key(), device)?;
        println!("device          {device}, registered by its group's key");
        let endpoint = format!("localhost:{}", hub.mqtt().port());
        Ok(Connection::provisioned(&endpoint, hub.id_scope(), device, key)?.with_ca_file(hub.ca_file())?)
    }

    /// Ends it cleanly.
    pub(super) async fn shutdown(self) -> Result<(), HubError> {
        self.hub.shutdown().await
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
