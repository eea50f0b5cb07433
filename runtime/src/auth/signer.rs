//! Signing with a key that stays where it is: an HSM, a TPM, a secure element.
//!
//! The trait is our own, so that its implementors need not depend on the TLS library in the version that is in use
//! here; the adapter to that library is below it. Begin with [`Signer`].

use std::fmt;
use std::sync::Arc;

use rustls::SignatureAlgorithm;
use rustls::sign::{Signer as TlsSigner, SigningKey};

/// A private key that signs and is never seen.
pub trait Signer: Send + Sync + 'static {
    /// What the key can do, most wanted first; all of one kind of key. TLS 1.3 takes no PKCS#1, so an RSA key should
    /// offer PSS too.
    fn schemes(&self) -> Vec<SignatureScheme>;

    /// Signs `message`, which is not hashed yet: hashing is part of the scheme. An ECDSA signature is DER-encoded
    /// (`SEQUENCE { r, s }`), as TLS has it.
    ///
    /// It is called in each TLS handshake, on the thread that runs the session; what takes longer than some 100 ms
    /// delays what else runs there.
    ///
    /// # Errors
    /// Anything. The connection fails with it as the cause and is tried again after a pause.
    fn sign(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>>;
}

/// How a signature is made, by its name in TLS (RFC 8446, 4.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// ECDSA on P-256 with SHA-256.
    EcdsaSecp256r1Sha256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaSecp384r1Sha384,
    /// RSASSA-PSS with SHA-256 and a salt as long as the hash.
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384 and a salt as long as the hash.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512 and a salt as long as the hash.
    RsaPssSha512,
    /// RSASSA-PKCS1-v1_5 with SHA-256: TLS 1.2 only.
    RsaPkcs1Sha256,
    /// Ed25519.
    Ed25519,
}

impl SignatureScheme {
    fn in_tls(self) -> rustls::SignatureScheme {
        match self {
            Self::EcdsaSecp256r1Sha256 => rustls::SignatureScheme::ECDSA_NISTP256_SHA256,
            Self::EcdsaSecp384r1Sha384 => rustls::SignatureScheme::ECDSA_NISTP384_SHA384,
            Self::RsaPssSha256 => rustls::SignatureScheme::RSA_PSS_SHA256,
            Self::RsaPssSha384 => rustls::SignatureScheme::RSA_PSS_SHA384,
            Self::RsaPssSha512 => rustls::SignatureScheme::RSA_PSS_SHA512,
            Self::RsaPkcs1Sha256 => rustls::SignatureScheme::RSA_PKCS1_SHA256,
            Self::Ed25519 => rustls::SignatureScheme::ED25519,
        }
    }

    fn algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::EcdsaSecp256r1Sha256 | Self::EcdsaSecp384r1Sha384 => SignatureAlgorithm::ECDSA,
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 | Self::RsaPkcs1Sha256 => {
                SignatureAlgorithm::RSA
            }
            Self::Ed25519 => SignatureAlgorithm::ED25519,
        }
    }
}

/// The key as the TLS library wants it.
pub(super) struct Remote {
    signer: Arc<dyn Signer>,
    schemes: Vec<SignatureScheme>,
    algorithm: SignatureAlgorithm,
}

impl Remote {
    /// `None` when the signer can do nothing, or its schemes are of several kinds of keys.
    pub(super) fn new(signer: Arc<dyn Signer>) -> Option<Self> {
        let schemes = signer.schemes();
        let algorithm = schemes.first()?.algorithm();
        schemes.iter().all(|scheme| scheme.algorithm() == algorithm).then_some(Self {
            signer,
            schemes,
            algorithm,
        })
    }
}

impl SigningKey for Remote {
    fn choose_scheme(&self, offered: &[rustls::SignatureScheme]) -> Option<Box<dyn TlsSigner>> {
        let scheme = *self.schemes.iter().find(|scheme| offered.contains(&scheme.in_tls()))?;
        Some(Box::new(RemoteSignature { signer: Arc::clone(&self.signer), scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Remote").field("schemes", &self.schemes).finish_non_exhaustive()
    }
}

/// One signature in one handshake.
struct RemoteSignature {
    signer: Arc<dyn Signer>,
    scheme: SignatureScheme,
}

impl TlsSigner for RemoteSignature {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let signed = self.signer.sign(self.scheme, message);
        signed.map_err(|error| rustls::Error::General(format!("the signer failed: {error}")))
    }

    fn scheme(&self) -> rustls::SignatureScheme {
        self.scheme.in_tls()
    }
}

impl fmt::Debug for RemoteSignature {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RemoteSignature").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Offers(&'static [SignatureScheme]);

    impl Signer for Offers {
        fn schemes(&self) -> Vec<SignatureScheme> {
            self.0.to_vec()
        }

        fn sign(
            &self,
            scheme: SignatureScheme,
            _: &[u8],
        ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>> {
            Err(format!("the slot for {scheme:?} is locked").into())
        }
    }

    #[test]
    fn the_first_scheme_that_both_sides_have_is_chosen() {
        use SignatureScheme::{RsaPkcs1Sha256, RsaPssSha256, RsaPssSha512};
        let key = Remote::new(Arc::new(Offers(&[RsaPssSha512, RsaPssSha256, RsaPkcs1Sha256]))).unwrap();
        let offered = [rustls::SignatureScheme::RSA_PKCS1_SHA256, rustls::SignatureScheme::RSA_PSS_SHA256];
        assert_eq!(key.choose_scheme(&offered).unwrap().scheme(), rustls::SignatureScheme::RSA_PSS_SHA256);
        assert!(key.choose_scheme(&[rustls::SignatureScheme::ED25519]).is_none());
        assert_eq!(key.algorithm(), SignatureAlgorithm::RSA);
    }

    #[test]
    fn a_signer_of_no_or_of_several_kinds_is_none() {
        assert!(Remote::new(Arc::new(Offers(&[]))).is_none());
        let mixed = Offers(&[SignatureScheme::Ed25519, SignatureScheme::RsaPssSha256]);
        assert!(Remote::new(Arc::new(mixed)).is_none());
    }

    #[test]
    fn a_signers_failure_is_passed_on() {
        let key = Remote::new(Arc::new(Offers(&[SignatureScheme::Ed25519]))).unwrap();
        let signature = key.choose_scheme(&[rustls::SignatureScheme::ED25519]).unwrap();
        assert!(signature.sign(b"message").unwrap_err().to_string().contains("is locked"));
    }
}
