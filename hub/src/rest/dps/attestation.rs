//! The JSON of an attestation mechanism: symmetric keys and certificates.
//!
//! Decides forms. What is read without keys or certificates keeps those that there are, so that an enrollment can be
//! written back as it was read. Begin with [`read`].

use serde_json::{Value, json};

use super::error::DpsError;
use super::form::text;
use crate::body::BadRequest as _;
use crate::certificate::description::read_certificates;
use crate::certificate::{Certificate, CertificateError, Description, Thumbprint};
use crate::sas::Key;
use crate::state::provisioning::enrollment::{Attestation, Kind, Pair};

/// An attestation as tools read it; keys only `with_keys`.
pub(crate) fn show(attestation: &Attestation, with_keys: bool) -> Value {
    let pair = |pair: &Pair<Certificate>| json!({ "primary": information(&pair.primary), "secondary": pair.secondary.as_ref().map(information) });
    match attestation {
        Attestation::Keys { primary, secondary } if with_keys => json!({
            "type": "symmetricKey",
            "symmetricKey": { "primaryKey": primary.reveal(), "secondaryKey": secondary.reveal() },
        }),
        Attestation::Keys { .. } => json!({ "type": "symmetricKey" }),
        Attestation::Client(known) => {
            json!({ "type": "x509", "x509": { "clientCertificates": pair(known) } })
        }
        Attestation::Signers(known) => {
            json!({ "type": "x509", "x509": { "signingCertificates": pair(known) } })
        }
        Attestation::Authorities(names) => json!({ "type": "x509", "x509": { "caReferences": names } }),
    }
}

fn information(certificate: &Certificate) -> Value {
    let der = certificate.der();
    let info = Description::read(der).map(|known| {
        json!({
            "subjectName": known.subject,
            "sha1Thumbprint": Thumbprint::sha1_of(der).to_string(),
            "sha256Thumbprint": Thumbprint::of(der).to_string(),
            "issuerName": known.issuer,
            "notBeforeUtc": known.from,
            "notAfterUtc": known.until,
            "serialNumber": known.serial,
            "version": known.version,
        })
    });
    json!({ "info": info.ok() })
}

/// What an attestation is to be; `known` is the one that there is.
pub(super) fn read(body: &Value, kind: Kind, known: Option<&Attestation>) -> Result<Attestation, DpsError> {
    let bad = |text: &str| Err(DpsError::bad_request(text.to_owned()));
    match text(body, "", "type")?.as_deref() {
        Some("symmetricKey") => keys(body, known),
        Some("x509") => x509(body.get("x509").unwrap_or(&Value::Null), kind, known),
        Some("tpm") => bad("this service does not attest by TPM: choose symmetricKey or x509"),
        Some(_) => bad("the type of an attestation must be symmetricKey or x509"),
        None => bad("an enrollment needs an attestation with its type, symmetricKey or x509"),
    }
}

fn keys(body: &Value, known: Option<&Attestation>) -> Result<Attestation, DpsError> {
    let key = |name: &'static str, known: Option<&Key>| match (
        text(body, "/symmetricKey", name)?.filter(|text| !text.is_empty()),
        known,
    ) {
        (Some(text), _) => Key::parse(&text).ok_or_else(|| {
            DpsError::bad_request(format!("{name} must be base64 of 16 to 64 bytes")).at(name)
        }),
        (None, Some(known)) => Ok(known.clone()),
        (None, None) => Key::random()
            .map_err(|error| DpsError::bad_request(format!("no random numbers for a key: {error}"))),
    };
    let (primary, secondary) = match known {
        Some(Attestation::Keys { primary, secondary }) => (Some(primary), Some(secondary)),
        _ => (None, None),
    };
    Ok(Attestation::Keys { primary: key("primaryKey", primary)?, secondary: key("secondaryKey", secondary)? })
}

fn x509(body: &Value, kind: Kind, known: Option<&Attestation>) -> Result<Attestation, DpsError> {
    let part = |name: &str| body.get(name).filter(|part| part.is_object());
    let given: Vec<(&str, &Value)> = ["clientCertificates", "signingCertificates", "caReferences"]
        .into_iter()
        .filter_map(|name| Some((name, part(name)?)))
        .collect();
    let known = match known {
        Some(Attestation::Client(known) | Attestation::Signers(known)) => Some(known),
        _ => None,
    };
    match given.as_slice() {
        [("clientCertificates", part)] => {
            Ok(Attestation::Client(certificates(part, Certificate::new, known)?))
        }
        [("signingCertificates", part)] => {
            Ok(Attestation::Signers(certificates(part, Certificate::of_authority, known)?))
        }
        [("caReferences", part)] => {
            let primary = text(part, "", "primary")?.filter(|name| !name.is_empty());
            let primary = primary
                .ok_or_else(|| missing("caReferences.primary, the name of a certificate").at("primary"))?;
            let secondary = text(part, "", "secondary")?.filter(|name| !name.is_empty());
            Ok(Attestation::Authorities(Pair { primary, secondary }))
        }
        [] if kind == Kind::Individual => Err(missing("clientCertificates or caReferences")),
        [] => Err(missing("signingCertificates or caReferences")),
        _ => Err(DpsError::bad_request(
            "x509 must have one of clientCertificates, signingCertificates and caReferences".to_owned(),
        )),
    }
}

fn missing(what: &str) -> DpsError {
    DpsError::bad_request(format!("x509 needs {what}"))
}

fn certificates(
    body: &Value,
    take: fn(rustls_pki_types::CertificateDer<'static>) -> Result<Certificate, CertificateError>,
    known: Option<&Pair<Certificate>>,
) -> Result<Pair<Certificate>, DpsError> {
    let certificate = |name: &'static str| {
        let Some(part) = body.get(name).filter(|part| !part.is_null()) else { return Ok(None) };
        let bad = |error: CertificateError| {
            DpsError::bad_request(format!("the {name} certificate: {error}")).at(name)
        };
        if let Some(text) = text(part, "", "certificate")?.filter(|text| !text.is_empty()) {
            return match read_certificates(&text).map_err(bad)?.as_slice() {
                [one] => take(one.clone()).map(Some).map_err(bad),
                more => Err(bad(CertificateError::Unreadable(format!("there are {}, not one", more.len())))),
            };
        }
        let thumbprint = text(part, "/info", "sha256Thumbprint")?.and_then(|text| Thumbprint::parse(&text));
        let same = |one: &&Certificate| thumbprint.is_some_and(|known| known.is_of(one.der()));
        match known.and_then(|known| known.iter().find(same)) {
            Some(one) => Ok(Some(one.clone())),
            None if part.as_object().is_some_and(serde_json::Map::is_empty) => Ok(None),
            None => Err(missing("the certificate itself, in base64 or PEM").at(name)),
        }
    };
    let primary = certificate("primary")?.ok_or_else(|| missing("a primary certificate").at("primary"))?;
    Ok(Pair { primary, secondary: certificate("secondary")? })
}
