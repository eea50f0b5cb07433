//! What generated code implements for a device's struct.

use crate::call::{CommandCall, CommandOutcome, DesiredChange, DesiredOutcome};
use crate::client::Client;
use crate::connection::Connection;
use crate::driver;
use crate::error::Error;
use crate::table::ModelTable;

/// A device that can be connected. `#[device_model]` implements it.
pub trait Device: Sized + Send + Sync + 'static {
    /// The generated client, with the model's telemetry and properties.
    type Client: From<Client> + Clone + Send + Sync + 'static;

    #[doc(hidden)]
    const MODEL: ModelTable;

    #[doc(hidden)]
    fn __command(
        &self,
        call: CommandCall<'_>,
        client: &Client,
    ) -> impl Future<Output = CommandOutcome> + Send;

    #[doc(hidden)]
    fn __desired(
        &self,
        change: DesiredChange<'_>,
        client: &Client,
    ) -> impl Future<Output = DesiredOutcome> + Send;

    /// Starts the device's session and returns at once: a device must start without a network.
    ///
    /// The session connects, and connects again whenever it has to, until the client is closed; no refusal ends it.
    /// Watch [`Client::states`] or wait for [`Client::connected`].
    ///
    /// With a disk outbox it returns when the folder has been read, which takes about a second for a million messages.
    ///
    /// # Errors
    /// Only what trying again cannot mend: certificates that cannot be used, options that mean nothing in the model, a disk
    /// outbox that cannot be opened, or no tokio runtime.
    fn connect(self, connection: Connection) -> impl Future<Output = Result<Self::Client, Error>> + Send {
        async move {
            let client = driver::start(self, connection)?;
            client.opened().await?;
            Ok(Self::Client::from(client))
        }
    }
}
