//! A local IoT Hub with an operator's page, for development and tests.
//!
//! One process serves what a device of Azure IoT Hub needs: the provisioning service and the hub's MQTT
//! endpoint over TLS, twins, direct methods, the service API, and a page to look at it all. Begin with
//! [`Hub::builder`]; a running [`Hub`] tells its addresses and keys by [`Hub::ready`].
//!
//! ```no_run
//! # async fn run() -> Result<(), device_model_hub::HubError> {
//! let hub = device_model_hub::Hub::builder().dir("hub-data").fall_back_to_free_ports(true).start().await?;
//! println!("{} (id scope {})", hub.page_url(), hub.id_scope());
//! hub.shutdown().await
//! # }
//! ```
//!
//! Inside, the cores are without I/O: `state` (registry, twins, methods) and the MQTT connection in
//! `mqtt`; `shared` carries out what they want done, and the listeners, the store and the page stand
//! around it. It can be told to misbehave ([`Hub::inject`]). It listens on loopback unless told otherwise, and then asks for
//! a token on its page; it keeps its data in one folder, and says in its log why it refused something. [`Limits`] bound
//! what clients may ask of it. Devices prove who they are by keys or certificates ([`HubBuilder::trust_ca`]), are provisioned by
//! enrollments, and come by MQTT over TLS or, on the port of the service API, over WebSocket. It runs no IoT Edge.

mod batch;
mod body;
mod bridge;
mod bucket;
mod builder;
mod certificate;
mod chart;
mod columns;
#[cfg(feature = "cores")]
#[doc(hidden)]
pub mod cores;
mod error;
mod events;
mod faults;
mod feed;
mod files;
mod held;
mod http;
mod hub;
mod json;
mod keep;
mod limits;
mod listener;
mod message;
mod model_view;
mod models;
mod mqtt;
mod paced;
mod page;
mod policy;
mod provisioning;
mod query;
mod raw;
mod rest;
mod sas;
mod settings;
mod shared;
mod state;
mod sync;
mod template;
mod tls;
mod topic;
mod topics;
mod twin;
mod view;

pub use bridge::{Bridge, BridgeStatus};
pub use builder::HubBuilder;
pub use error::{HubError, ModelProblem};
pub use faults::{Fault, Injection};
pub use hub::{Hub, ModelId, Ready};
pub use limits::{Limits, Throttling};
pub use message::{CloudToDevice, DeviceMessage};
