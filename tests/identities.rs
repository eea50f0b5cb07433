//! Each way to prove who a device is, and each way through a network, against the local hub by real TLS.

#![allow(clippy::panic, reason = "a test says what failed by failing")]

mod support;

use std::net::SocketAddr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use device_model::hub::Hub;
use device_model::{Certificate, Connection, Device, GroupKey, Proxy, SignatureScheme, Signer, device_model};
use hyper::Method;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SigningKey as _,
    date_time_ymd,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use support::{Operator, PATIENCE, hub};
use thermostat::Telemetry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

#[device_model("models/dtmi/com/example/thermostat-1.json", unhandled = 501)]
struct Thermostat;
impl thermostat::Commands for Thermostat {}
impl thermostat::Properties for Thermostat {}

/// A certificate that signed itself, with its key.
struct SelfSigned {
    pem: String,
    thumbprint: String,
    key: KeyPair,
}

impl SelfSigned {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names are valid names");
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let thumbprint = Sha256::digest(certificate.der()).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { pem: certificate.pem(), thumbprint, key }
    }

    fn identity(&self) -> Certificate {
        Certificate::from_pem(self.pem.as_bytes(), self.key.serialize_pem().as_bytes()).expect("they fit")
    }
}

/// Registers a device that is known by the first of these certificates, or the second.
async fn register(operator: &Operator, id: &str, first: &SelfSigned, second: Option<&SelfSigned>) {
    let thumbprints = json!({
        "primaryThumbprint": first.thumbprint,
        "secondaryThumbprint": second.map(|second| second.thumbprint.as_str()),
    });
    let body = json!({
        "deviceId": id, "authentication": { "type": "selfSigned", "x509Thumbprint": thumbprints },
    });
    let (status, made) = operator.service(Method::PUT, &format!("/devices/{id}"), Some(body)).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["authentication"]["type"], "selfSigned");
    assert_eq!(made["authentication"]["symmetricKey"]["primaryKey"], Value::Null);
}

/// Connects, and sends a message that the hub acknowledges.
async fn works(connection: Connection) {
    let client = Thermostat.connect(connection).await.expect("a valid connection");
    let sent = tokio::time::timeout(PATIENCE, client.send(Telemetry { temperature: Some(21.5) })).await;
    sent.unwrap_or_else(|_| panic!("not sent in time: {:?}", client.state())).expect("acknowledged");
    client.close().await.expect("a clean end");
}

/// Why connecting fails.
async fn refused(connection: Connection) -> String {
    let client = Thermostat.connect(connection).await.expect("a valid connection");
    let mut states = client.states();
    let retrying = states.wait_for(|state| matches!(state, device_model::State::Retrying { .. }));
    let state = tokio::time::timeout(PATIENCE, retrying).await.expect("refused in time").expect("not closed");
    match &*state {
        device_model::State::Retrying { cause, .. } => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Somebody who signs certificates: a root, or with `above` an intermediate.
fn signer(
    name: &str,
    above: Option<&CertifiedIssuer<'static, KeyPair>>,
) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("no names are valid names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let made = match above {
        None => CertifiedIssuer::self_signed(params, key),
        Some(above) => CertifiedIssuer::signed_by(params, key, above),
    };
    made.expect("a certificate")
}

/// The identity of a device that `signers`, the nearest first, stand for.
fn signed(name: &str, signers: &[&CertifiedIssuer<'static, KeyPair>], until: i32) -> Certificate {
    let mut params = CertificateParams::new(Vec::new()).expect("no names are valid names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_after = date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().expect("a key");
    let leaf = params.signed_by(&key, signers[0]).expect("a certificate");
    let chain: String = std::iter::once(leaf.pem()).chain(signers.iter().map(|one| one.pem())).collect();
    Certificate::from_pem(chain.as_bytes(), key.serialize_pem().as_bytes()).expect("they fit")
}

struct Place {
    hub: Hub,
    operator: Operator,
    _dir: tempfile::TempDir,
}

async fn place() -> Place {
    let dir = tempfile::tempdir().expect("a folder");
    let hub = hub(dir.path(), 0).await;
    Place { operator: Operator::of(&hub), hub, _dir: dir }
}

impl Place {
    fn host(&self) -> String {
        format!("localhost:{}", self.hub.mqtt().port())
    }

    fn trusted(&self, connection: Result<Connection, device_model::Error>) -> Connection {
        connection.and_then(|connection| connection.with_ca_file(self.hub.ca_file())).expect("it is valid")
    }

    fn group_key(&self) -> GroupKey {
        GroupKey::from_base64(self.hub.group_key()).expect("the hub's key is base64")
    }

    fn provisioned(&self, id: &str) -> Connection {
        self.trusted(Connection::provisioned(&self.host(), self.hub.id_scope(), id, self.group_key()))
    }
}

#[tokio::test]
async fn a_device_with_a_certificate_is_provisioned_and_connects_by_it() {
    let place = place().await;
    let (old, new, other) = (SelfSigned::new("d"), SelfSigned::new("d"), SelfSigned::new("d"));
    register(&place.operator, "d", &old, Some(&new)).await;
    for known in [&old, &new] {
        let scope = place.hub.id_scope();
        works(place.trusted(Connection::provisioned(&place.host(), scope, "d", known.identity()))).await;
    }
    let text = format!("HostName={};DeviceId=d;x509=true", place.host());
    works(place.trusted(Connection::from_connection_string_with(&text, new.identity()))).await;
    let cause = refused(place.trusted(Connection::to_hub(&place.host(), "d", other.identity()))).await;
    assert!(cause.contains("refused the connection (CONNACK code 5)"), "{cause}");
    let key = refused(place.trusted(Connection::to_hub(&place.host(), "d", place.group_key()))).await;
    assert!(key.contains("CONNACK code 5"), "{key}");
}

#[tokio::test]
async fn a_device_whose_key_stays_in_its_safe_connects() {
    struct Safe(KeyPair);

    impl Signer for Safe {
        fn schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::EcdsaSecp256r1Sha256]
        }

        fn sign(
            &self,
            _: SignatureScheme,
            message: &[u8],
        ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
            Ok(self.0.sign(message)?)
        }
    }

    let place = place().await;
    let device = SelfSigned::new("d");
    register(&place.operator, "d", &device, None).await;
    let identity = Certificate::with_signer(device.pem.as_bytes(), Safe(device.key)).expect("it fits");
    works(place.trusted(Connection::to_hub(&place.host(), "d", identity))).await;
}

#[tokio::test]
async fn a_fleet_of_a_group_shares_one_connections_settings() {
    let place = place().await;
    let first = place.provisioned("d1");
    for id in ["d2", "d3"] {
        works(first.for_device(id, place.group_key()).expect("a valid id")).await;
    }
    works(first).await;
}

#[tokio::test]
async fn a_device_starts_without_the_provisioning_service_once_it_was_assigned() {
    let place = place().await;
    let folder = tempfile::tempdir().expect("a folder");
    works(place.provisioned("d").with_state_dir(folder.path())).await;
    let names: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().collect();
    assert!(names.iter().any(|entry| entry.file_name() == "d.assignment.json"), "{names:?}");
    // Nobody provisions at this address, and nobody is asked.
    let nowhere = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = nowhere.local_addr().expect("it is bound").to_string();
    let kept = folder.path().join("d.assignment.json");
    let text = std::fs::read_to_string(&kept).expect("it was kept");
    std::fs::write(
        &kept,
        text.replace(
            &format!("\"provisioning\":\"{}\"", place.host()),
            &format!("\"provisioning\":\"{address}\""),
        ),
    )
    .expect("it can be changed");
    let connection = Connection::provisioned(&address, place.hub.id_scope(), "d", place.group_key());
    works(place.trusted(connection).with_state_dir(folder.path())).await;
}

/// A proxy that wants this login and tunnels. Gives its address and where it was asked to go.
async fn proxy(login: Option<&'static str>) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (asked, targets) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = near.read_u8().await else { break };
                head.push(byte);
            }
            let head = String::from_utf8(head).expect("a request is text");
            let login = login.map(|login| format!("Basic {}", BASE64_STANDARD.encode(login)));
            if !login.is_none_or(|login| head.contains(&format!("Proxy-Authorization: {login}\r\n"))) {
                let _ = near.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
                continue;
            }
            let target = head.split(' ').nth(1).expect("CONNECT names a target").to_owned();
            let mut far = TcpStream::connect(&target).await.expect("the target is there");
            asked.send(target).expect("the test listens");
            near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.expect("it reads");
            tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await });
        }
    });
    (address, targets)
}

#[tokio::test]
async fn a_device_is_provisioned_and_connects_through_a_proxy() {
    let place = place().await;
    let (address, mut targets) = proxy(Some("ann:a:b")).await;
    let url = format!("http://ann:a%3Ab@{address}");
    let connection = place.provisioned("d");
    works(connection.clone().with_proxy(Proxy::from_url(&url).expect("a proxy"))).await;
    assert_eq!([targets.recv().await, targets.recv().await], [Some(place.host()), Some(place.host())]);
    let cause = refused(connection.with_proxy(Proxy::new(&address.to_string()).expect("a proxy"))).await;
    assert!(cause.contains("407 Proxy Authentication Required"), "{cause}");
}

#[tokio::test]
async fn a_fleet_of_certificates_is_provisioned_by_a_group_that_knows_who_signed_them() {
    let place = place().await;
    let root = signer("root", None);
    let (factory, stranger) = (signer("factory", Some(&root)), signer("stranger", None));
    let certificate = BASE64_STANDARD.encode(factory.pem());
    let group = json!({
        "enrollmentGroupId": "fleet",
        "attestation": {
            "type": "x509", "x509": { "signingCertificates": { "primary": { "certificate": certificate } } },
        },
        "initialTwin": { "tags": { "line": 7 } },
    });
    let (status, made) = place.operator.service(Method::PUT, "/enrollmentGroups/fleet", Some(group)).await;
    assert_eq!(status, 200, "{made}");
    let line = signer("line 7", Some(&factory));
    let provisioned = |id: &str, identity: Certificate| {
        place.trusted(Connection::provisioned(&place.host(), place.hub.id_scope(), id, identity))
    };
    works(provisioned("d1", signed("d1", &[&line], 2100))).await;
    works(provisioned("d1", signed("d1", &[&factory], 2100))).await;
    let (_, twin) = place.operator.service(Method::GET, "/twins/d1", None).await;
    assert_eq!(twin["tags"]["line"], 7, "{twin}");
    for (identity, why) in [
        (signed("d2", &[&stranger], 2100), "known authority"),
        (signed("d3", &[&line], 2100), "\"d3\", not of \"d2\""),
        (signed("d2", &[&line], 2000), "expired at 2000-01-01"),
    ] {
        let cause = refused(provisioned("d2", identity)).await;
        assert!(cause.contains("401") && cause.contains(why), "{cause}");
    }
}

#[tokio::test]
async fn a_device_that_an_authority_names_connects_with_its_chain() {
    let place = place().await;
    let root = signer("root", None);
    let middle = signer("middle", Some(&root));
    assert_eq!(place.hub.trust_ca(&root.pem()).expect("it is a CA's"), ["root"]);
    let body = json!({ "deviceId": "d", "authentication": { "type": "certificateAuthority" } });
    let (status, made) = place.operator.service(Method::PUT, "/devices/d", Some(body)).await;
    assert_eq!((status, &made["authentication"]["type"]), (200, &json!("certificateAuthority")));
    let to_hub = |identity| place.trusted(Connection::to_hub(&place.host(), "d", identity));
    works(to_hub(signed("d", &[&middle], 2100))).await;
    let scope = place.hub.id_scope();
    let identity = signed("d", &[&middle], 2100);
    works(place.trusted(Connection::provisioned(&place.host(), scope, "d", identity))).await;
    let cause = refused(to_hub(signed("d", &[&signer("stranger", None)], 2100))).await;
    assert!(cause.contains("CONNACK code 5"), "{cause}");
}

#[tokio::test]
async fn a_module_connects_with_its_own_key() {
    let place = place().await;
    let body = json!({ "deviceId": "d" });
    let (status, _) = place.operator.service(Method::PUT, "/devices/d", Some(body)).await;
    assert_eq!(status, 200);
    let body = json!({ "deviceId": "d", "moduleId": "m" });
    let (status, made) = place.operator.service(Method::PUT, "/devices/d/modules/m", Some(body)).await;
    assert_eq!(status, 200, "{made}");
    let key = made["authentication"]["symmetricKey"]["primaryKey"].as_str().expect("it has a key");
    let text = format!("HostName={};DeviceId=d;ModuleId=m;SharedAccessKey={key}", place.host());
    works(place.trusted(Connection::from_connection_string(&text))).await;
}

#[cfg(feature = "websocket")]
#[tokio::test]
async fn a_device_is_provisioned_and_connects_by_websocket() {
    let place = place().await;
    let host = format!("localhost:{}", place.hub.https().port());
    let by_key = Connection::provisioned(&host, place.hub.id_scope(), "d1", place.group_key());
    works(place.trusted(by_key).with_websocket()).await;
    let device = SelfSigned::new("d2");
    register(&place.operator, "d2", &device, None).await;
    works(place.trusted(Connection::to_hub(&host, "d2", device.identity())).with_websocket()).await;
}
