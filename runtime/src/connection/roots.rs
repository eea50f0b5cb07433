//! Whom a device trusts: the system's roots or given ones, all of them or only pinned ones.
//!
//! Decides which certificates a server's chain may end at, and makes TLS configurations of that, TLS 1.2 and 1.3 by
//! rustls with ring; the provider is named explicitly, so that no other crate's choice matters. It opens nothing.
//! What is costly (the roots, parsed) exists once for all clones. Begin with [`Roots`].

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use sha2::{Digest, Sha256};

use crate::auth::{Certificate, certificates};
use crate::error::Error;

/// How many TLS sessions a device with a certificate of its own keeps for a faster handshake: eight for each of three
/// hosts, its provisioning service, its hub, and the hub it came from.
const KEPT_SESSIONS: usize = 3 * 8;

/// The certificates that a server's chain may end at.
///
/// Cheap to clone. All clones share the parsed roots and one TLS configuration, so hand the same `Roots` to every
/// device of a process: then a further device costs no further copy.
#[derive(Clone)]
pub struct Roots(Arc<Inner>);

struct Inner {
    source: Source,
    /// SHA-256 of certificates; all of the source when empty.
    pins: Vec<[u8; 32]>,
    /// For devices that present no certificate.
    plain: OnceLock<Arc<ClientConfig>>,
}

#[derive(Clone)]
enum Source {
    System,
    Given(Arc<[CertificateDer<'static>]>),
}

/// The system's roots, while anybody uses them: they are some 150 certificates.
static SYSTEM: Mutex<Weak<Inner>> = Mutex::new(Weak::new());

impl Roots {
    /// The roots of the operating system. They are read at the first connection, and again once nobody uses them any
    /// more.
    pub fn system() -> Self {
        let mut shared = SYSTEM.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = shared.upgrade().unwrap_or_else(|| Arc::new(Inner::new(Source::System, Vec::new())));
        *shared = Arc::downgrade(&inner);
        Self(inner)
    }

    /// Only the certificates of this PEM text: a private authority's.
    ///
    /// # Errors
    /// When there is no certificate in it, or it is damaged.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        Self::given(pem, "the CA certificates")
    }

    /// Only the certificates of this PEM file.
    ///
    /// # Errors
    /// When the file cannot be read, there is no certificate in it, or it is damaged.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let what = format!("the CA file {}", path.as_ref().display());
        let pem = std::fs::read(path).map_err(|error| Error::configuration(&what, error.to_string()))?;
        Self::given(&pem, &what)
    }

    /// Of these roots only those with one of these fingerprints: SHA-256 of the certificate in hexadecimal digits, with
    /// or without colons, as `openssl x509 -fingerprint -sha256` prints it.
    ///
    /// Roots are pinned rather than servers' keys, because those change without notice. Name the root in use and the
    /// one that is announced to follow it: a fingerprint that none of the roots has is only logged as long as another
    /// is found, since systems drop old roots.
    ///
    /// # Errors
    /// When a fingerprint is not 64 hexadecimal digits, or none is given. Whether one of them is found is known when
    /// the roots are read, at the start of the session.
    pub fn pinned<'a>(&self, fingerprints: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let pins = fingerprints.into_iter().map(fingerprint).collect::<Result<Vec<_>, _>>()?;
        if pins.is_empty() {
            return Err(Error::configuration(
                "the pinned roots",
                "none is named, so no server could be trusted",
            ));
        }
        Ok(Self(Arc::new(Inner::new(self.0.source.clone(), pins))))
    }

    fn given(pem: &[u8], what: &str) -> Result<Self, Error> {
        let roots = certificates(pem, what)?;
        Ok(Self(Arc::new(Inner::new(Source::Given(roots.into()), Vec::new()))))
    }

    /// The TLS configuration of a device. Without a certificate it is the same one for all clones.
    pub(crate) fn client_config(
        &self,
        certificate: Option<&Certificate>,
    ) -> Result<Arc<ClientConfig>, Error> {
        let plain = match self.0.plain.get() {
            Some(plain) => plain,
            // Two at once make two; one of them stays.
            None => {
                let made = Arc::new(self.0.configuration()?);
                self.0.plain.get_or_init(|| made)
            }
        };
        let Some(certificate) = certificate else {
            return Ok(Arc::clone(plain));
        };
        let mut own = ClientConfig::clone(plain);
        own.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(certificate.certified()));
        // A session that another identity began must not be resumed by this one.
        own.resumption = Resumption::in_memory_sessions(KEPT_SESSIONS);
        Ok(Arc::new(own))
    }
}

impl Default for Roots {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.0.source {
            Source::System => "the system's".to_owned(),
            Source::Given(roots) => format!("{} given", roots.len()),
        };
        out.debug_struct("Roots").field("source", &source).field("pins", &self.0.pins.len()).finish()
    }
}

impl Inner {
    fn new(source: Source, pins: Vec<[u8; 32]>) -> Self {
        Self { source, pins, plain: OnceLock::new() }
    }

    fn configuration(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = self.verifier(&provider)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::configuration("TLS", error.to_string()))?
            .with_webpki_verifier(verifier)
            .with_no_client_auth();
        Ok(config)
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, Error> {
        let store = match &self.source {
            Source::System => self.system()?,
            Source::Given(roots) => self.exactly(roots)?,
        };
        WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
            .build()
            .map_err(|error| Error::configuration("the root certificates", error.to_string()))
    }

    /// The given roots; one that cannot be used is an error.
    fn exactly(&self, roots: &[CertificateDer<'static>]) -> Result<RootCertStore, Error> {
        let mut store = RootCertStore::empty();
        for root in self.selected(roots)? {
            let added = store.add(root.clone());
            added.map_err(|error| Error::configuration("a CA certificate", error.to_string()))?;
        }
        Ok(store)
    }

    /// The system's roots; those that cannot be used are passed over, as every program does.
    fn system(&self) -> Result<RootCertStore, Error> {
        let found = rustls_native_certs::load_native_certs().certs;
        let mut store = RootCertStore::empty();
        let selected = self.selected(&found)?.into_iter().cloned();
        let (added, ignored) = store.add_parsable_certificates(selected);
        tracing::debug!(added, ignored, "loaded the system's roots");
        if added == 0 {
            let hint = "none was found: install the system's CA certificates, or name a CA file";
            return Err(Error::configuration("the system's root certificates", hint));
        }
        Ok(store)
    }

    fn selected<'a>(
        &self,
        roots: &'a [CertificateDer<'static>],
    ) -> Result<Vec<&'a CertificateDer<'static>>, Error> {
        if self.pins.is_empty() {
            return Ok(roots.iter().collect());
        }
        let hashed: Vec<([u8; 32], _)> =
            roots.iter().map(|root| (Sha256::digest(root).into(), root)).collect();
        for pin in self.pins.iter().filter(|pin| hashed.iter().all(|(hash, _)| hash != *pin)) {
            tracing::warn!(fingerprint = hexadecimal(pin), "a pinned root is not among the trusted ones");
        }
        let chosen: Vec<_> =
            hashed.into_iter().filter(|(hash, _)| self.pins.contains(hash)).map(|(_, root)| root).collect();
        if chosen.is_empty() {
            let problem = format!("none of the {} roots has one of the fingerprints", roots.len());
            return Err(Error::configuration("the pinned roots", problem));
        }
        Ok(chosen)
    }
}

fn fingerprint(text: &str) -> Result<[u8; 32], Error> {
    let problem = || {
        let hint = format!(
            "{text:?} is not a SHA-256 fingerprint: 64 hexadecimal digits, colons between are allowed"
        );
        Error::configuration("the pinned roots", hint)
    };
    let digit = |letter: char| letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Option<Vec<u8>> = text.trim().chars().filter(|letter| *letter != ':').map(digit).collect();
    let digits: [u8; 64] = digits.and_then(|digits| digits.try_into().ok()).ok_or_else(problem)?;
    Ok(std::array::from_fn(|index| digits[2 * index] << 4 | digits[2 * index + 1]))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;

    fn roots(count: usize) -> (String, Vec<String>) {
        let made: Vec<_> = (0..count)
            .map(|index| generate_simple_self_signed([format!("root-{index}")]).unwrap())
            .map(|CertifiedKey { cert, .. }| cert)
            .collect();
        let prints = made.iter().map(|cert| hexadecimal(&Sha256::digest(cert.der()))).collect();
        (made.iter().map(rcgen::Certificate::pem).collect(), prints)
    }

    #[test]
    fn clones_share_one_configuration_and_an_identity_has_its_own() {
        let (pem, _) = roots(1);
        let roots = Roots::from_pem(pem.as_bytes()).unwrap();
        let first = roots.client_config(None).unwrap();
        assert!(Arc::ptr_eq(&first, &roots.clone().client_config(None).unwrap()));
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["d".to_owned()]).unwrap();
        let certificate =
            Certificate::from_pem(cert.pem().as_bytes(), signing_key.serialize_pem().as_bytes()).unwrap();
        let own = roots.client_config(Some(&certificate)).unwrap();
        assert!(own.client_auth_cert_resolver.has_certs() && !first.client_auth_cert_resolver.has_certs());
    }

    #[test]
    fn the_systems_roots_are_shared_while_they_are_used() {
        let first = Roots::system();
        assert!(Arc::ptr_eq(&first.0, &Roots::default().0));
    }

    #[test]
    fn only_pinned_roots_are_trusted_and_an_unknown_second_pin_is_no_error() {
        let (pem, prints) = roots(3);
        let all = Roots::from_pem(pem.as_bytes()).unwrap();
        let Source::Given(given) = &all.0.source else { panic!("they were given") };
        let colons: Vec<_> =
            prints[1].as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).to_uppercase()).collect();
        let pinned = all.pinned([colons.join(":").as_str(), &"00".repeat(32)]).unwrap();
        assert_eq!(pinned.0.selected(given).unwrap(), [&given[1]]);
        assert!(pinned.client_config(None).is_ok());
        assert_eq!(all.0.selected(given).unwrap().len(), 3);
    }

    #[test]
    fn pins_that_are_none_or_match_nothing_are_errors() {
        let (pem, prints) = roots(1);
        let all = Roots::from_pem(pem.as_bytes()).unwrap();
        for bad in ["", "xy", "00:11", &format!("{}0", prints[0]), &"0".repeat(63)] {
            assert!(all.pinned([bad]).is_err(), "{bad}");
        }
        assert!(all.pinned([]).is_err());
        let error = all.pinned([&*"00".repeat(32)]).unwrap().client_config(None).unwrap_err().to_string();
        assert!(error.contains("none of the 1 roots"), "{error}");
    }
}
