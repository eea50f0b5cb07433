//! Whom the chain of a client's certificate leads to, found out apart from the hub's state.
//!
//! Signatures take long to verify, and anybody may present a chain. So the state says only whose signature would matter (a
//! [`Question`]), whoever owns the connection has it answered ([`Verified::answer`]), and the state decides by the answer
//! ([`Verified::check_authorities`]). An authority that came after the question stands for nobody until it is asked
//! again; one that went is not looked for. The rules are those of rustls's verifier of clients: signatures, validity,
//! extended key usage, path lengths.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustls_pki_types::UnixTime;

use super::{Certificate, CertificateError, ClientCertificate, Thumbprint};

/// Most authorities whose names stand in one chain, and which are tried with it.
const QUESTION_LIMIT: usize = 100;
/// How long an answer is good for. A connection has each authority verified once in this time, however often it asks.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Whose signature decides about a client, and when.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    authorities: Vec<Certificate>,
    at: Timestamp,
}

/// A client's certificate, and which authorities stand for it.
#[derive(Debug, Clone)]
pub(crate) struct Verified {
    certificate: Arc<ClientCertificate>,
    verdicts: BTreeMap<Thumbprint, Verdict>,
}

#[derive(Debug, Clone)]
struct Verdict {
    at: Timestamp,
    /// Why the chain does not lead to the authority.
    refused: Option<String>,
}

impl Verified {
    /// Nobody stands for the certificate yet.
    pub(crate) fn new(certificate: Arc<ClientCertificate>) -> Self {
        Self { certificate, verdicts: BTreeMap::new() }
    }

    /// What the client presented.
    pub(crate) fn certificate(&self) -> &ClientCertificate {
        &self.certificate
    }

    /// What is to be verified before one of these authorities can stand for the certificate: nothing of those whose names
    /// are not in the chain, and nothing that was verified just now.
    pub(crate) fn question<'a>(
        &self,
        authorities: impl IntoIterator<Item = &'a Certificate>,
        at: Timestamp,
    ) -> Option<Question> {
        let is_fresh = |verdict: &Verdict| at.duration_since(verdict.at).abs() < FRESH;
        let is_open = |one: &&Certificate| {
            self.certificate.names_issuer(one.subject())
                && !self.verdicts.get(&one.thumbprint()).is_some_and(is_fresh)
        };
        let authorities: Vec<Certificate> =
            authorities.into_iter().filter(is_open).take(QUESTION_LIMIT).cloned().collect();
        (!authorities.is_empty()).then_some(Question { authorities, at })
    }

    /// Verifies the chain against each authority of the question.
    pub(crate) fn answer(&mut self, question: &Question) {
        let since_1970 = Duration::from_secs(u64::try_from(question.at.as_second()).unwrap_or(0));
        let now = UnixTime::since_unix_epoch(since_1970);
        let ClientCertificate { leaf, intermediates, .. } = &*self.certificate;
        let verdict = |authority: &Certificate| {
            let verifier = authority.verifier().map_err(str::to_owned);
            let verified = verifier.and_then(|verifier| {
                let verified = verifier.verify_client_cert(leaf, intermediates, now);
                verified.map(drop).map_err(|error| error.to_string())
            });
            (authority.thumbprint(), Verdict { at: question.at, refused: verified.err() })
        };
        let verdicts: Vec<_> = question.authorities.iter().map(verdict).collect();
        self.verdicts.extend(verdicts);
    }

    /// One of the authorities must stand for the certificate, as far as that was asked before.
    pub(crate) fn check_authorities<'a>(
        &self,
        authorities: impl IntoIterator<Item = &'a Certificate>,
        now: Timestamp,
    ) -> Result<(), CertificateError> {
        // rustls says of an expired certificate the same, in words that name no date
        self.certificate.check_validity(now)?;
        let (mut refused, mut outside, mut any) = (None, None, false);
        for authority in authorities {
            // the verifier does not ask an authority for its validity
            if let Err(error) = authority.check_validity(now) {
                outside = Some(error);
                continue;
            }
            any = true;
            match self.verdicts.get(&authority.thumbprint()) {
                Some(Verdict { refused: None, .. }) => return Ok(()),
                Some(Verdict { refused: Some(reason), .. }) => refused = Some(reason.clone()),
                None => {}
            }
        }
        if !any {
            let none = CertificateError::NoAuthority;
            return Err(outside.map_or(none, |error| CertificateError::OfAuthority(error.to_string())));
        }
        let reason = refused.unwrap_or_else(|| "none issued it or one that was sent with it".to_owned());
        let left_out =
            outside.map(|error| format!("; an authority was left out: {error}")).unwrap_or_default();
        Err(CertificateError::Chain(format!("{reason}{left_out}")))
    }
}
