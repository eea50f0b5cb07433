//! An X.509 identity: a certificate chain and the key that belongs to its first certificate.
//!
//! Decides whether the two can be used and belong together; the handshake itself is the TLS library's. A private key
//! that is read from PEM is wiped from this crate's own buffers; the PEM reader frees one unwiped, and the copy inside the
//! cryptographic library lives as long as the [`Certificate`].

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring::sign::any_supported_type;
use rustls::sign::CertifiedKey;
use rustls::{Error as TlsError, InconsistentKeys};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::zeroize::{Zeroize, Zeroizing};

use super::Signer;
use super::signer::Remote;
use crate::error::Error;

/// A device's X.509 certificate with its key. Its `Debug` shows no key.
///
/// The provisioning service wants the registration id to be the certificate's common name; a hub knows the
/// certificate by its thumbprint, or by the authority that signed it.
#[derive(Clone)]
pub struct Certificate(Arc<CertifiedKey>);

impl Certificate {
    /// From PEM texts: the chain, the device's own certificate first, and its private key (PKCS#8, SEC1 or PKCS#1, not
    /// encrypted). Both may be the same text. RSA of 2048 bits and more, P-256, P-384 and Ed25519.
    ///
    /// # Errors
    /// When one of them is absent, damaged or of another kind, or the key does not belong to the certificate.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, Error> {
        Self::read(chain, key, "the certificate chain", "the private key")
    }

    /// From PEM files, as [`Certificate::from_pem`]. They are read once, here.
    ///
    /// # Errors
    /// As there, or when a file cannot be read.
    pub fn from_files(chain: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, Error> {
        let chain_name = format!("the certificate file {}", chain.as_ref().display());
        let key_name = format!("the key file {}", key.as_ref().display());
        let read = |path: &Path, what: &str| {
            std::fs::read(path).map_err(|error| Error::configuration(what, error.to_string()))
        };
        let chain = read(chain.as_ref(), &chain_name)?;
        let key = Zeroizing::new(read(key.as_ref(), &key_name)?);
        Self::read(&chain, &key, &chain_name, &key_name)
    }

    /// From a PEM text with the chain, the device's own certificate first, and something that signs in the place of a
    /// private key. Whether the two belong together only the far end can tell.
    ///
    /// # Errors
    /// When there is no certificate, it is damaged, or the signer names no scheme, or schemes of several kinds of keys.
    pub fn with_signer(chain: &[u8], signer: impl Signer) -> Result<Self, Error> {
        let chain = certificates(chain, "the certificate chain")?;
        let key = Remote::new(Arc::new(signer)).ok_or_else(|| {
            Error::configuration("the signer", "it must name at least one scheme, all of one kind of key")
        })?;
        Ok(Self(Arc::new(CertifiedKey::new(chain, Arc::new(key)))))
    }

    fn read(chain: &[u8], key: &[u8], chain_name: &str, key_name: &str) -> Result<Self, Error> {
        let chain = certificates(chain, chain_name)?;
        let mut der = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
            let hint =
                "there is no unencrypted private key in it: a PEM text (PKCS#8, SEC1 or PKCS#1) is expected";
            Error::configuration(key_name, hint)
        })?;
        let parsed = any_supported_type(&der);
        der.zeroize();
        // What the library says of a key is not repeated: it may quote it.
        let key = parsed.map_err(|_| {
            Error::configuration(key_name, "it is no RSA (2048 bits and more), P-256, P-384 or Ed25519 key")
        })?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) | Err(TlsError::InconsistentKeys(InconsistentKeys::Unknown)) => {
                Ok(Self(Arc::new(certified)))
            }
            Err(TlsError::InconsistentKeys(_)) => {
                let hint = format!("it does not belong to the first certificate of {chain_name}");
                Err(Error::configuration(key_name, hint))
            }
            Err(error) => Err(Error::configuration(chain_name, error.to_string())),
        }
    }

    pub(crate) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Certificate").field("chain_length", &self.0.cert.len()).finish_non_exhaustive()
    }
}

/// All certificates of a PEM text; at least one.
pub(crate) fn certificates(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Error::configuration(what, format!("the PEM text is damaged: {error}")))?;
    if found.is_empty() {
        return Err(Error::configuration(what, "there is no certificate in it: a PEM text is expected"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey as Generated, generate_simple_self_signed};

    use super::*;

    fn generated() -> (String, String) {
        let Generated { cert, signing_key } = generate_simple_self_signed(["d".to_owned()]).unwrap();
        (cert.pem(), signing_key.serialize_pem())
    }

    #[test]
    fn a_chain_and_its_key_are_read_from_one_text_or_two() {
        let (chain, key) = generated();
        assert!(Certificate::from_pem(chain.as_bytes(), key.as_bytes()).is_ok());
        let both = format!("{key}{chain}");
        let certificate = Certificate::from_pem(both.as_bytes(), both.as_bytes()).unwrap();
        assert_eq!(format!("{certificate:?}"), "Certificate { chain_length: 1, .. }");
    }

    #[test]
    fn what_is_missing_or_does_not_fit_is_named() {
        let (chain, key) = generated();
        let (_, other) = generated();
        let refused = |chain: &str, key: &str| {
            Certificate::from_pem(chain.as_bytes(), key.as_bytes()).unwrap_err().to_string()
        };
        assert!(refused(&chain, &other).contains("does not belong"), "{}", refused(&chain, &other));
        assert!(refused(&chain, "").starts_with("the private key: there is no unencrypted"));
        assert!(refused(&key, &key).starts_with("the certificate chain: there is no certificate"));
        let error = Certificate::from_files("no/such/file.pem", "key.pem").unwrap_err().to_string();
        assert!(error.starts_with("the certificate file no/such/file.pem: "), "{error}");
    }
}
