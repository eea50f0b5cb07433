//! Each way to prove who a device is, as the far end sees it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use rcgen::SigningKey;
use rumqttc::mqttbytes::v4::Packet;
use rustls::version::{TLS12, TLS13};
use serde_json::json;

use super::super::{now, start as start_by_tls};
use super::peer::start;
use super::sensor::Sensor;
use super::server::Authority;
use crate::auth::{
    Certificate, DeviceKey, GroupKey, Identity, SignatureScheme, Signer, Token, TokenFuture, TokenProvider,
    TokenRequest, Tokens,
};
use crate::connection::Connection;
use crate::error::Error;
use crate::state::State;

#[tokio::test]
async fn a_certificate_is_presented_to_provisioning_and_hub_and_no_password_is_sent() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    let device = clients.issue("d");
    let certificate =
        Certificate::from_pem(device.certificate.pem().as_bytes(), device.key.serialize_pem().as_bytes())
            .unwrap();
    let server = servers.server(Some(&clients), &[&TLS13]).await;
    let connection = Connection::provisioned(&server.host(), "0ne1", "d", certificate).unwrap();
    let client = start_by_tls(Sensor, connection.with_ca_pem(servers.pem().as_bytes()).unwrap()).unwrap();

    let (mut provisioning, presented) = server.next().await;
    assert_eq!(presented, [device.certificate.der().clone()]);
    let (connect, _) = provisioning.assign(&server.host(), "d").await;
    let login = connect.login.unwrap();
    assert!(login.username.starts_with("0ne1/registrations/d/api-version="));
    assert_eq!(login.password, "");

    let (mut hub, presented) = server.next().await;
    assert_eq!(presented, [device.certificate.der().clone()]);
    let login = hub.greet().await.login.unwrap();
    assert!(login.username.starts_with("localhost/d/?api-version="));
    assert_eq!(login.password, "");
    hub.twin(json!({ "$version": 1 })).await;
    client.connected().await.unwrap();
}

/// A key in a safe place, as far as this crate can tell.
struct Safe(rcgen::KeyPair, Arc<AtomicUsize>);

impl Signer for Safe {
    fn schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::EcdsaSecp256r1Sha256]
    }

    fn sign(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>> {
        assert_eq!(scheme, SignatureScheme::EcdsaSecp256r1Sha256);
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(self.0.sign(message)?)
    }
}

#[tokio::test]
async fn a_signer_signs_the_handshake_in_the_place_of_a_key_in_both_versions_of_tls() {
    for version in [&TLS12, &TLS13] {
        let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
        let device = clients.issue("d");
        let signed = Arc::new(AtomicUsize::new(0));
        let chain = device.certificate.pem();
        let certificate =
            Certificate::with_signer(chain.as_bytes(), Safe(device.key, Arc::clone(&signed))).unwrap();
        let server = servers.server(Some(&clients), &[version]).await;
        let text = format!("HostName={};DeviceId=d;x509=true", server.host());
        let connection = Connection::from_connection_string_with(&text, certificate).unwrap();
        let client = start_by_tls(Sensor, connection.with_ca_pem(servers.pem().as_bytes()).unwrap()).unwrap();
        let (mut hub, presented) = server.next().await;
        assert_eq!(presented, [device.certificate.der().clone()]);
        assert_eq!(signed.load(Ordering::Relaxed), 1);
        assert_eq!(hub.greet().await.login.unwrap().password, "");
        hub.twin(json!({ "$version": 1 })).await;
        client.connected().await.unwrap();
    }
}

#[tokio::test]
async fn a_signer_that_fails_is_the_cause_of_the_next_attempt() {
    struct Locked;

    impl Signer for Locked {
        fn schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::EcdsaSecp256r1Sha256]
        }

        fn sign(
            &self,
            _: SignatureScheme,
            _: &[u8],
        ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>> {
            Err("the slot is locked".into())
        }
    }

    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    let chain = clients.issue("d").certificate.pem();
    let certificate = Certificate::with_signer(chain.as_bytes(), Locked).unwrap();
    let server = servers.server(Some(&clients), &[&TLS13]).await;
    let connection = Connection::to_hub(&server.host(), "d", certificate).unwrap();
    let client = start_by_tls(Sensor, connection.with_ca_pem(servers.pem().as_bytes()).unwrap()).unwrap();
    assert!(server.accept().await.is_err());
    let cause = cause(&client).await;
    assert!(cause.contains("the signer failed: the slot is locked"), "{cause}");
}

/// Gives out tokens that live for an hour, and fails at first.
struct Agent(Mutex<Vec<(String, Option<String>)>>);

impl TokenProvider for Agent {
    fn token<'a>(&'a self, request: TokenRequest<'a>) -> TokenFuture<'a> {
        let asked = (request.resource.to_owned(), request.key_name.map(str::to_owned));
        let mut all = self.0.lock().unwrap();
        all.push(asked);
        let number = all.len();
        let life = request.needed_until.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        Box::pin(async move {
            if number == 1 {
                return Err("the agent has not started".into());
            }
            Ok(Token::new(format!("SharedAccessSignature number={number}&se={}", life.as_secs()))?)
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_provider_is_asked_anew_for_each_connection_and_may_fail() {
    let agent = Arc::new(Agent(Mutex::default()));
    struct Shared(Arc<Agent>);
    impl TokenProvider for Shared {
        fn token<'a>(&'a self, request: TokenRequest<'a>) -> TokenFuture<'a> {
            self.0.token(request)
        }
    }
    let tokens = Tokens::from_provider(Shared(Arc::clone(&agent)));
    let connection = Connection::provisioned("dps.example", "0ne1", "d", tokens).unwrap();
    let (client, mut hub) = start(Sensor, connection);
    let cause = cause(&client).await;
    assert_eq!(cause, "no token for 0ne1/registrations/d: the agent has not started");
    let (_, mut provisioning) = hub.next().await;
    let (connect, _) = provisioning.assign("hub.example", "d").await;
    assert!(connect.login.unwrap().password.contains("number=2&"));
    // The token is renewed at 80 % of the hour it lives, by another.
    for number in [3, 4] {
        let (_, mut peer) = hub.next().await;
        let password = peer.greet().await.login.unwrap().password;
        assert!(password.contains(&format!("number={number}&")), "{password}");
        peer.twin(json!({ "$version": 1 })).await;
        if number == 3 {
            let begin = now();
            assert!(matches!(peer.next().await, Some(Packet::Disconnect)));
            assert!(now() - begin >= Duration::from_secs(2870));
        }
    }
    let resource = |name: &str| (name.to_owned(), None);
    let registration = ("0ne1/registrations/d".to_owned(), Some("registration".to_owned()));
    let hub = resource("hub.example/devices/d");
    assert_eq!(*agent.0.lock().unwrap(), [registration.clone(), registration, hub.clone(), hub]);
}

#[tokio::test(start_paused = true)]
async fn a_token_provider_that_hangs_is_given_up_and_asked_again() {
    struct Hangs(AtomicUsize);

    impl TokenProvider for Hangs {
        fn token<'a>(&'a self, _: TokenRequest<'a>) -> TokenFuture<'a> {
            match self.0.fetch_add(1, Ordering::Relaxed) {
                0 => Box::pin(std::future::pending()),
                _ => Box::pin(async { Ok(Token::new("SharedAccessSignature se=32503680000")?) }),
            }
        }
    }

    let tokens = Tokens::from_provider(Hangs(AtomicUsize::new(0)));
    let (client, mut hub) = start(Sensor, Connection::to_hub("hub.example", "d", tokens).unwrap());
    let cause = cause(&client).await;
    assert!(cause.starts_with("the token of the application's provider took longer than 30 s"), "{cause}");
    let _peer = hub.serve(json!({ "$version": 1 })).await;
}

#[tokio::test(start_paused = true)]
async fn a_token_in_a_connection_string_is_sent_as_it_is_and_not_renewed_ever_faster() {
    let token = "SharedAccessSignature sr=hub.example%2Fdevices%2Fd&sig=QQ%3D%3D&se=1000000000";
    let text = format!("HostName=hub.example;DeviceId=d;SharedAccessSignature={token}");
    let (_client, mut hub) = start(Sensor, Connection::from_connection_string(&text).unwrap());
    let (_, mut peer) = hub.next().await;
    assert_eq!(peer.greet().await.login.unwrap().password, token);
    peer.twin(json!({ "$version": 1 })).await;
    // By this clock it ended long ago; whether it did is for the hub to say.
    let begin = now();
    assert!(matches!(peer.next().await, Some(Packet::Disconnect)));
    assert!(now() - begin >= Duration::from_secs(2870));
}

#[tokio::test(start_paused = true)]
async fn a_groups_key_signs_as_the_key_that_is_derived_for_the_device() {
    const GROUP: &str = "QUJDRA==";
    let derived = DeviceKey::derived_from_group_key(GROUP, "d").unwrap();
    let mut passwords = Vec::new();
    for identity in [Identity::from(GroupKey::from_base64(GROUP).unwrap()), Identity::from(derived)] {
        let (_client, mut hub) = start(Sensor, Connection::to_hub("hub.example", "d", identity).unwrap());
        let password = hub.next().await.1.greet().await.login.unwrap().password;
        let parts = ["sig=", "&se="].map(|name| password.find(name).unwrap());
        passwords.push((password[parts[0]..parts[1]].to_owned(), password[parts[1]..].to_owned()));
    }
    // Signed in the same second, or not comparable.
    assert!(passwords[0] == passwords[1] || passwords[0].1 != passwords[1].1, "{passwords:?}");
}

#[tokio::test(start_paused = true)]
async fn a_module_connects_through_a_gateway_under_its_own_name() {
    let text =
        "HostName=hub.example;GatewayHostName=edge.example:18883;DeviceId=d;ModuleId=m;SharedAccessKey=QUJD";
    let (client, mut hub) = start(Sensor, Connection::from_connection_string(text).unwrap());
    let (endpoint, mut peer) = hub.next().await;
    assert_eq!(endpoint, "edge.example:18883");
    let connect = peer.greet().await;
    let login = connect.login.unwrap();
    assert_eq!(connect.client_id, "d/m");
    assert!(login.username.starts_with("hub.example/d/m/?api-version="));
    assert!(
        login.password.starts_with("SharedAccessSignature sr=hub.example%2Fdevices%2Fd%2Fmodules%2Fm&sig=")
    );
    peer.twin(json!({ "$version": 1 })).await;
    let _delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    let telemetry = peer.publish().await;
    assert!(telemetry.topic.starts_with("devices/d/modules/m/messages/events/"), "{}", telemetry.topic);
    assert_eq!(peer.call("blink", "1").await.0, 200);
}

/// Why the first attempt failed.
async fn cause(client: &crate::client::Client) -> String {
    let mut states = client.states();
    let state = states.wait_for(|state| matches!(state, State::Retrying { .. })).await.unwrap().clone();
    match state {
        State::Retrying { cause, .. } => {
            assert!(cause.is_retryable(), "{cause}");
            match &*cause {
                Error::Connect { source, .. } => source.to_string(),
                other => other.to_string(),
            }
        }
        other => panic!("not retrying: {other:?}"),
    }
}
