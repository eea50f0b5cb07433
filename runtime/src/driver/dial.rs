//! Opening a connection: provisioning if need be, a stream, and a fresh proof of who the device is.
//!
//! Every step has a deadline. Which hub it is to be is [`assignment`](super::assignment)'s, tokens are
//! [`proof`](super::proof)'s.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep_until, timeout};

use super::assignment::{Known, recall, remember};
use super::link::{Incoming, Link};
use super::now;
use super::proof::{Proof, prove};
use super::transport::Transport;
use crate::connection::{Connection, Endpoint, Options, Target};
use crate::convention::Principal;
use crate::convention::login::hub_user;
use crate::error::Error;
use crate::fleet::Place;
use crate::provisioning::{Applicant, Assignment, Provisioning};
use crate::session::Login;
use crate::table::ModelTable;

/// How long name resolution, TCP, proxy, TLS and WebSocket may take together.
const OPEN_LIMIT: Duration = Duration::from_secs(30);
/// How long saying goodbye may take.
const GOODBYE_LIMIT: Duration = Duration::from_secs(2);
/// HTTPS, which WebSocket shares.
const WEBSOCKET_PORT: u16 = 443;

/// What dialling came to. What is known of the hub is kept even when it could not be reached.
pub(crate) struct Dialled {
    pub(crate) known: Known,
    pub(crate) outcome: Result<(Link, Login), Error>,
    /// The place among those of a fleet who connect.
    pub(crate) place: Option<Place>,
}

/// Opens the connections of one device.
pub(crate) struct Dialer {
    pub(super) connection: Connection,
    transport: Arc<dyn Transport>,
    model: ModelTable,
}

impl Dialer {
    pub(crate) fn new(connection: Connection, transport: Arc<dyn Transport>, model: ModelTable) -> Self {
        Self { connection, transport, model }
    }

    /// Ends the previous connection, if any, and opens the next.
    pub(crate) async fn dial(self: Arc<Self>, previous: Option<Link>, known: Known) -> Dialled {
        let place = match &self.connection.gate {
            Some(gate) => Some(gate.pass().await),
            None => None,
        };
        if let Some(link) = previous {
            finish(link).await;
        }
        let known = match known {
            Known::Unread => recall(&self.connection).await,
            known => known,
        };
        match self.destination(known).await {
            Ok((assignment, known)) => Dialled { outcome: self.hub(&assignment).await, known, place },
            Err(error) => Dialled { known: Known::Nothing, outcome: Err(error), place },
        }
    }

    /// Where to go, and what is known after finding out.
    async fn destination(&self, known: Known) -> Result<(Assignment, Known), Error> {
        let doubted = match (&self.connection.target, known) {
            (Target::Hub { endpoint, principal, .. }, _) => {
                let device_id = principal.device_id.clone();
                let named = Assignment { endpoint: endpoint.clone(), device_id, payload: None };
                return Ok((named.clone(), Known::Certain(named)));
            }
            (_, Known::Certain(assignment)) => return Ok((assignment.clone(), Known::Certain(assignment))),
            (_, Known::Doubted(assignment)) => Some(assignment),
            (_, Known::Unread | Known::Nothing) => None,
        };
        match (self.provisioned().await, doubted) {
            (Ok(assignment), _) => {
                remember(&self.connection, &assignment).await;
                Ok((assignment.clone(), Known::Certain(assignment)))
            }
            (Err(error), Some(last)) => {
                tracing::warn!(%error, hub = %last.endpoint, "not provisioned again: trying the last hub");
                Ok((last.clone(), Known::Doubted(last)))
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn provisioned(&self) -> Result<Assignment, Error> {
        let Target::Provisioned { endpoint, id_scope, registration_id } = &self.connection.target else {
            return Err(Error::configuration("the hub", "it is named, so none is assigned"));
        };
        let resource = format!("{id_scope}/registrations/{registration_id}");
        let Proof { password, .. } = self.prove(&resource, Some("registration")).await?;
        let (model, payload) = (&self.model, &self.connection.payload);
        let link = self.open(endpoint).await?;
        let applicant = Applicant { endpoint, id_scope, registration_id, password, model, payload };
        let assignment = provision(link, Provisioning::new(now(), &applicant)).await?;
        tracing::info!(hub = %assignment.endpoint, device_id = assignment.device_id, "provisioned");
        Ok(assignment)
    }

    async fn hub(&self, assignment: &Assignment) -> Result<(Link, Login), Error> {
        let Assignment { endpoint, device_id, .. } = assignment;
        let (address, principal) = match &self.connection.target {
            Target::Hub { gateway, principal, .. } => {
                (gateway.as_ref().unwrap_or(endpoint), principal.clone())
            }
            Target::Provisioned { .. } => (endpoint, Principal::device(device_id)),
        };
        // The proof comes first: a slow provider must not let the hub wait for the CONNECT.
        let resource = format!("{}/{}", endpoint.host, principal.path());
        let proof = self.prove(&resource, None).await?;
        let link = self.open(address).await?;
        Ok((link, login(address, endpoint, principal, &self.model, proof)))
    }

    pub(super) async fn prove(&self, resource: &str, key_name: Option<&str>) -> Result<Proof, Error> {
        let Options { token_life, clock, .. } = &self.connection.options;
        prove(&self.connection.credential, resource, key_name, *token_life, clock.wall()).await
    }

    async fn open(&self, endpoint: &Endpoint) -> Result<Link, Error> {
        let endpoint = match self.connection.network.websocket {
            true => endpoint.with_default_port(WEBSOCKET_PORT),
            false => endpoint.clone(),
        };
        match timeout(OPEN_LIMIT, self.transport.open(&endpoint)).await {
            Ok(Ok(stream)) => Ok(Link::new(stream)),
            Ok(Err(source)) => Err(Error::Connect { endpoint: endpoint.to_string(), source }),
            Err(_) => Err(Error::TimedOut { what: "opening the connection", limit: OPEN_LIMIT, last: None }),
        }
    }
}

/// What a hub is told that is reached at `address`.
pub(crate) fn login(
    address: &Endpoint,
    hub: &Endpoint,
    principal: Principal,
    model: &ModelTable,
    Proof { password, life }: Proof,
) -> Login {
    let username = hub_user(&hub.host, &principal, model);
    Login { endpoint: address.to_string(), username, principal, password, life }
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
            packet = link.next(false) => {
                if let Some(Incoming::Packet(packet)) = packet?
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
