//! Carrying out an upload: a place from the hub, the content to the storage service, and word of it to the hub.
//!
//! Every step has a deadline, and none is repeated: the caller has the content and decides. Whatever becomes of the
//! content, the hub is told, because it counts the uploads that have not come to an end. Begin with [`Dialer::upload`].

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::dial::Dialer;
use super::https::exchange;
use super::tls::Tls;
use crate::connection::{Endpoint, Target};
use crate::error::Error;
use crate::provisioning::Assignment;
use crate::upload::{Body, Content, HTTPS_PORT, Place, Progress, begin, finished, paths};

/// How long each of the requests to the hub may take, connecting included.
const HUB_LIMIT: Duration = Duration::from_secs(60);
/// How long an upload may stand still.
const STALL_LIMIT: Duration = Duration::from_secs(60);

impl Dialer {
    /// Uploads content under a name, for the device that was assigned.
    pub(crate) async fn upload(
        &self,
        assignment: &Assignment,
        name: &str,
        content: Content,
    ) -> Result<(), Error> {
        let session = self.upload_session(assignment)?;
        let answer = session.ask_hub(&session.paths[0], begin(name)?, "asking for a place").await?;
        let place = Place::read(&answer)?;
        let outcome = session.store(&place, content).await;
        let told = match &outcome {
            Ok(()) => finished(&place.correlation_id, Ok(())),
            Err(Error::Upload { status, text, .. }) => {
                finished(&place.correlation_id, Err((*status, text.as_str())))
            }
            Err(error) => finished(&place.correlation_id, Err((500, &error.to_string()))),
        };
        let told = session.ask_hub(&session.paths[1], told, "telling the hub of the upload").await;
        if let (Err(_), Err(error)) = (&outcome, &told) {
            tracing::warn!(%error, "the hub was not told that an upload failed");
        }
        outcome.and(told.map(drop))
    }

    fn upload_session(&self, assignment: &Assignment) -> Result<Uploading<'_>, Error> {
        let refused = |problem: &str| Err(Error::configuration("uploading", problem));
        if self.connection.transport.is_some() {
            return refused("the connection has a transport of its own, which carries MQTT only");
        }
        if matches!(&self.connection.target, Target::Hub { principal, .. } if principal.module_id.is_some()) {
            return refused("a module cannot: upload as the device");
        }
        Ok(Uploading {
            dialer: self,
            hub_tls: Tls::new(&self.connection)?,
            storage_tls: Tls::anonymous(&self.connection)?,
            hub: assignment.endpoint.at(self.connection.network.https_port.unwrap_or(HTTPS_PORT)),
            resource: format!("{}/devices/{}", assignment.endpoint.host, assignment.device_id),
            paths: paths(&assignment.device_id),
        })
    }
}

/// One upload.
struct Uploading<'a> {
    dialer: &'a Dialer,
    hub_tls: Tls,
    /// The storage service is shown no certificate: it is given a token.
    storage_tls: Tls,
    hub: Endpoint,
    resource: String,
    paths: [String; 2],
}

impl Uploading<'_> {
    /// Posts to the hub, as the device.
    async fn ask_hub(&self, path: &str, body: String, step: &'static str) -> Result<Bytes, Error> {
        let proof = self.dialer.prove(&self.resource, None).await?;
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri(path)?;
        let headers = request.headers_mut();
        headers.insert(HOST, header(&host(&self.hub))?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = &proof.password {
            let mut token = header(token.expose_secret())?;
            token.set_sensitive(true);
            headers.insert(AUTHORIZATION, token);
        }
        let answer = timeout(HUB_LIMIT, exchange(&self.hub_tls, &self.hub, request)).await;
        let answer = answer.map_err(|_| Error::TimedOut { what: step, limit: HUB_LIMIT, last: None })?;
        judge(answer, &self.hub, step)
    }

    /// Puts the content to its place.
    async fn store(&self, place: &Place, content: Content) -> Result<(), Error> {
        const STEP: &str = "storing the content";
        let progress = Progress::default();
        let mut request = Request::new(Body::new(content, progress.clone()));
        *request.method_mut() = Method::PUT;
        *request.uri_mut() = uri(place.path.expose_secret())?;
        let headers = request.headers_mut();
        headers.insert(HOST, header(&host(&place.endpoint))?);
        headers.insert("x-ms-blob-type", HeaderValue::from_static("BlockBlob"));
        let mut sending = pin!(exchange(&self.storage_tls, &place.endpoint, request));
        let mut sent = 0;
        loop {
            match timeout(STALL_LIMIT, &mut sending).await {
                Ok(answer) => return judge(answer, &place.endpoint, STEP).map(drop),
                Err(_) if progress.bytes() > sent => sent = progress.bytes(),
                Err(_) => return Err(Error::TimedOut { what: STEP, limit: STALL_LIMIT, last: None }),
            }
        }
    }
}

fn judge(
    answer: io::Result<(StatusCode, Bytes)>,
    endpoint: &Endpoint,
    step: &'static str,
) -> Result<Bytes, Error> {
    const LONGEST: usize = 300;
    match answer {
        Ok((status, body)) if status.is_success() => Ok(body),
        Ok((status, body)) => {
            let text = String::from_utf8_lossy(&body).chars().take(LONGEST).collect();
            Err(Error::Upload { step, status: status.as_u16(), text })
        }
        Err(source) => Err(Error::Connect { endpoint: endpoint.to_string(), source }),
    }
}

/// As browsers and SDKs write it: without the port that HTTPS has anyway.
fn host(endpoint: &Endpoint) -> String {
    match endpoint.port() {
        HTTPS_PORT => endpoint.to_string().trim_end_matches(":443").to_owned(),
        _ => endpoint.to_string(),
    }
}

fn uri(path: &str) -> Result<hyper::Uri, Error> {
    // The path may hold a token, so it is not quoted.
    path.parse().map_err(|_| Error::Protocol { what: "a place for an upload that is no path".to_owned() })
}

fn header(text: &str) -> Result<HeaderValue, Error> {
    let problem = |_| Error::configuration("the token or host", "it cannot be part of an HTTP request");
    HeaderValue::from_str(text).map_err(problem)
}
