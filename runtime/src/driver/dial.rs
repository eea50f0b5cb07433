//! Opening a connection: provisioning if need be, a stream, and a fresh token.
//!
//! Every step has a deadline. A token is signed anew for each connection, because clocks jump and devices sleep.

use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use secrecy::SecretString;
use tokio::time::{sleep_until, timeout};

use super::link::Link;
use super::now;
use super::transport::Transport;
use crate::auth::{DeviceKey, sas_token};
use crate::connection::{Connection, Endpoint, Target};
use crate::convention::login;
use crate::error::Error;
use crate::provisioning::{Applicant, Assignment, Provisioning};
use crate::session::Login;
use crate::table::ModelTable;

/// How long name resolution, TCP and TLS may take together.
const OPEN_LIMIT: Duration = Duration::from_secs(30);
/// How long saying goodbye may take.
const GOODBYE_LIMIT: Duration = Duration::from_secs(2);

/// What dialling came to. The assignment is kept even when the hub could not be reached.
pub(crate) struct Dialled {
    pub(crate) assignment: Option<Assignment>,
    pub(crate) outcome: Result<(Link, Login), Error>,
}

/// Opens the connections of one device.
pub(crate) struct Dialer {
    connection: Connection,
    transport: Arc<dyn Transport>,
    model: ModelTable,
}

impl Dialer {
    pub(crate) fn new(connection: Connection, transport: Arc<dyn Transport>, model: ModelTable) -> Self {
        Self { connection, transport, model }
    }

    /// Ends the previous connection, if any, and opens the next. `known` is what provisioning assigned before.
    pub(crate) async fn dial(self: Arc<Self>, previous: Option<Link>, known: Option<Assignment>) -> Dialled {
        if let Some(link) = previous {
            finish(link).await;
        }
        let assignment = match known {
            Some(known) => known,
            None => match self.assignment().await {
                Ok(assignment) => assignment,
                Err(error) => {
                    return Dialled { assignment: None, outcome: Err(error) };
                }
            },
        };
        let outcome = self.hub(&assignment).await;
        Dialled { assignment: Some(assignment), outcome }
    }

    async fn assignment(&self) -> Result<Assignment, Error> {
        match &self.connection.target {
            Target::Hub { endpoint, device_id, .. } => {
                Ok(Assignment { endpoint: endpoint.clone(), device_id: device_id.clone() })
            }
            Target::Provisioned { endpoint, id_scope, registration_id, key } => {
                let resource = format!("{id_scope}/registrations/{registration_id}");
                let password = self.token(key, &resource, Some("registration"))?;
                let model = &self.model;
                let link = self.open(endpoint).await?;
                let applicant = Applicant { endpoint, id_scope, registration_id, password, model };
                let assignment = provision(link, Provisioning::new(now(), &applicant)).await?;
                tracing::info!(hub = %assignment.endpoint, device_id = assignment.device_id, "provisioned");
                Ok(assignment)
            }
        }
    }

    async fn hub(&self, assignment: &Assignment) -> Result<(Link, Login), Error> {
        let (Target::Hub { key, .. } | Target::Provisioned { key, .. }) = &self.connection.target;
        let Assignment { endpoint, device_id } = assignment;
        let link = self.open(endpoint).await?;
        let resource = format!("{}/devices/{device_id}", endpoint.host);
        let login = Login {
            endpoint: endpoint.to_string(),
            device_id: device_id.clone(),
            username: login::hub_user(&endpoint.host, device_id, &self.model),
            password: self.token(key, &resource, None)?,
            renew_after: self.connection.options.token_life.mul_f64(0.8),
            lasts: self.connection.options.token_life,
        };
        Ok((link, login))
    }

    async fn open(&self, endpoint: &Endpoint) -> Result<Link, Error> {
        match timeout(OPEN_LIMIT, self.transport.open(endpoint)).await {
            Ok(Ok(stream)) => Ok(Link::new(stream)),
            Ok(Err(source)) => Err(Error::Connect { endpoint: endpoint.to_string(), source }),
            Err(_) => Err(Error::TimedOut { what: "opening the connection", limit: OPEN_LIMIT, last: None }),
        }
    }

    fn token(&self, key: &DeviceKey, resource: &str, name: Option<&str>) -> Result<SecretString, Error> {
        let clock = self.connection.options.clock.wall().duration_since(UNIX_EPOCH);
        let clock = clock.map_err(|_| Error::configuration("the clock", "it stands before 1970: set it"))?;
        Ok(sas_token(key, resource, (clock + self.connection.options.token_life).as_secs(), name))
    }
}

/// Ends a connection politely, within a limit.
pub(crate) async fn finish(link: Link) {
    if timeout(GOODBYE_LIMIT, link.finish()).await.is_err() {
        tracing::debug!("the hub does not take the goodbye");
    }
}

/// Runs one registration on its connection.
async fn provision(mut link: Link, mut core: Provisioning) -> Result<Assignment, Error> {
    loop {
        while let Some(packet) = core.poll_packet() {
            link.queue(&packet)?;
        }
        let deadline: Instant = core.poll_timeout();
        tokio::select! {
            packet = link.next() => {
                if let Some(packet) = packet?
                    && let Some(assignment) = core.handle(now(), packet)?
                {
                    finish(link).await;
                    return Ok(assignment);
                }
            }
            () = sleep_until(deadline.into()) => core.handle_timeout(now())?,
        }
    }
}
