//! The hub's certificate authority and the TLS configuration of its listeners.
//!
//! The authority lives ten years and is kept; the server's certificate is made anew at each start, its
//! key never leaves memory. TLS 1.2 stays on: the Python SDK speaks nothing newer. Begin with
//! [`Authority`].

use std::sync::Arc;

use jiff::{Timestamp, ToSpan as _};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName as TlsName, ServerConfig, SignatureScheme};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use serde::{Deserialize, Serialize};

use crate::HubError;

/// Names and addresses the server's certificate is valid for, besides those the hub is given.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const AUTHORITY_YEARS: i32 = 10;
/// An authority with fewer days left is replaced.
const RENEWAL_DAYS: i64 = 60;

/// The hub's own certificate authority.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Authority {
    certificate: String,
    key: String,
    expires: Timestamp,
}

impl Authority {
    /// A new authority, valid from a day before `now`.
    pub(crate) fn create(now: Timestamp) -> Result<Self, HubError> {
        let key = KeyPair::generate().map_err(failed)?;
        let today = jiff::tz::Offset::UTC.to_datetime(now).date();
        let certificate = params(today)?.self_signed(&key).map_err(failed)?;
        let expires = now + (i64::from(AUTHORITY_YEARS) * 365 * 24).hours();
        Ok(Self { certificate: certificate.pem(), key: key.serialize_pem(), expires })
    }

    /// The public certificate, PEM.
    pub(crate) fn ca_pem(&self) -> &str {
        &self.certificate
    }

    /// Whether it is time for a new authority.
    pub(crate) fn is_near_expiry(&self, now: Timestamp) -> bool {
        self.expires.as_second() - now.as_second() < RENEWAL_DAYS * 24 * 3600
    }

    /// The configuration of a TLS server with a fresh certificate of this authority. It takes a client certificate, of
    /// whomever, and wants none.
    pub(crate) fn server_config(&self, names: &[String], now: Timestamp) -> Result<ServerConfig, HubError> {
        let authority_key = KeyPair::from_pem(&self.key).map_err(failed)?;
        let today = jiff::tz::Offset::UTC.to_datetime(now).date();
        let issuer = Issuer::new(params(today)?, authority_key);
        let key = KeyPair::generate().map_err(failed)?;
        let mut server =
            CertificateParams::new([&NAMES.map(str::to_owned), names].concat()).map_err(failed)?;
        server.distinguished_name = name("localhost");
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        set_validity(&mut server, today)?;
        let certificate = server.signed_by(&key, &issuer).map_err(failed)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let clients = Arc::new(AnyCertificate(Arc::clone(&provider)));
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .and_then(|builder| {
                builder
                    .with_client_cert_verifier(clients)
                    .with_single_cert(vec![certificate.der().clone()], private)
            })
            .map_err(failed)
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Takes the certificate of anybody who has its key: whose it is, and whether anybody stands for it, is decided when a
/// device connects ([`crate::certificate`]).
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[TlsName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

fn failed(error: impl std::fmt::Display) -> HubError {
    HubError::Tls(error.to_string())
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

/// The authority's certificate; the issuer of the server's needs the same name and usages.
fn params(today: jiff::civil::Date) -> Result<CertificateParams, HubError> {
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    params.distinguished_name = name("device-model local hub");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, today)?;
    Ok(params)
}

/// Sets the validity: from yesterday for ten years.
fn set_validity(params: &mut CertificateParams, today: jiff::civil::Date) -> Result<(), HubError> {
    let from = today.yesterday().map_err(failed)?;
    let moment = |years: i32| {
        // 29 February has no counterpart in most years
        let day = from.day().clamp(1, 28).unsigned_abs();
        date_time_ymd(i32::from(from.year()) + years, from.month().clamp(1, 12).unsigned_abs(), day)
    };
    params.not_before = moment(0);
    params.not_after = moment(AUTHORITY_YEARS);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_makes_server_certificates_until_it_is_old() {
        let now = Timestamp::now();
        let authority = Authority::create(now).unwrap();
        assert!(authority.server_config(&[], now).is_ok());
        assert!(!authority.is_near_expiry(now));
        let later = now + (AUTHORITY_YEARS as i64 * 365 * 24 - 24).hours();
        assert!(authority.is_near_expiry(later));
        assert!(!format!("{authority:?}").contains("PRIVATE"));
    }
}
