//! Tests with certificates that are made here, and the makers for tests elsewhere.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use std::sync::Arc;

use rustls_pki_types::CertificateDer;

use super::*;

/// In the middle of the certificates' validity, 1980.
const NOW: Timestamp = Timestamp::constant(315_532_800, 0);

/// Somebody who signs.
pub(crate) type Signer = CertifiedIssuer<'static, KeyPair>;

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (date_time_ymd(1970, 1, 1), date_time_ymd(2049, 1, 1));
    params
}

/// A root, or with `above` an intermediate.
pub(crate) fn signer(name: &str, above: Option<&Signer>) -> Signer {
    signer_until(name, above, 2049)
}

/// The same that expires at the beginning of a year.
pub(crate) fn signer_until(name: &str, above: Option<&Signer>, year: i32) -> Signer {
    let mut params = params(name);
    params.not_after = date_time_ymd(year, 1, 1);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    match above {
        None => CertifiedIssuer::self_signed(params, key).unwrap(),
        Some(above) => CertifiedIssuer::signed_by(params, key, above).unwrap(),
    }
}

/// The certificate of a device that the first of `signers` signed, with those of the others sent along.
pub(crate) fn device(name: &str, signers: &[&Signer]) -> ClientCertificate {
    device_until(name, signers, 2049)
}

fn device_until(name: &str, signers: &[&Signer], year: i32) -> ClientCertificate {
    let mut params = params(name);
    params.not_after = date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().unwrap();
    let leaf = match signers.first() {
        Some(signer) => params.signed_by(&key, signer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    let sent = signers.iter().map(|signer| signer.der().clone());
    let chain: Vec<CertificateDer<'_>> = std::iter::once(leaf.der().clone()).chain(sent).collect();
    ClientCertificate::of_chain(&chain).unwrap()
}

/// A certificate of which nobody has verified anything yet.
pub(crate) fn unverified(presented: &ClientCertificate) -> Verified {
    Verified::new(Arc::new(presented.clone()))
}

/// Whether one of these stands for it, as a connection would have it found out.
fn check_chain(
    presented: &ClientCertificate,
    known: &[Certificate],
    now: Timestamp,
) -> Result<(), CertificateError> {
    let mut verified = unverified(presented);
    if let Some(question) = verified.question(known, now) {
        verified.answer(&question);
    }
    Known::BY_AUTHORITY.check("d1", Some(&verified), known, now)
}

pub(crate) fn authority(signer: &Signer) -> Certificate {
    Certificate::of_authority(signer.der().clone()).unwrap()
}

#[test]
fn either_certificate_will_do_and_no_other() {
    let [first, second, other] = [1, 2, 3].map(|_| device("d1", &[]));
    let known = Known::Thumbprints(Thumbprints {
        primary: Thumbprint::of(first.der()),
        secondary: Some(Thumbprint::sha1_of(second.der())),
    });
    let check = |presented: Option<&ClientCertificate>| {
        known.check("d1", presented.map(unverified).as_ref(), [], NOW)
    };
    assert_eq!(check(Some(&first)), Ok(()));
    assert_eq!(check(Some(&second)), Ok(()));
    assert_eq!(check(Some(&other)), Err(CertificateError::Unknown(Thumbprint::of(other.der()))));
    assert_eq!(check(None), Err(CertificateError::Absent));
}

#[test]
fn a_chain_leads_to_its_authority_by_the_certificates_that_were_sent() {
    let root = signer("root", None);
    let middle = signer("middle", Some(&root));
    let low = signer("low", Some(&middle));
    let stranger = signer("stranger", None);
    let whole = device("d1", &[&low, &middle]);
    let check =
        |known: &Signer, presented: &ClientCertificate| check_chain(presented, &[authority(known)], NOW);
    for known in [&root, &middle, &low] {
        assert_eq!(check(known, &whole), Ok(()));
    }
    assert!(matches!(check(&stranger, &whole), Err(CertificateError::Chain(_))));
    assert!(matches!(check(&root, &device("d1", &[&low])), Err(CertificateError::Chain(_))));
    let (found, wanted) = ("D1".to_owned(), "d1".to_owned());
    let other = device("D1", &[&low, &middle]);
    assert_eq!(check(&root, &other), Err(CertificateError::Name { found, wanted }));
    assert_eq!(check_chain(&whole, &[], NOW), Err(CertificateError::NoAuthority));
}

#[test]
fn an_expired_certificate_is_refused_with_its_date_whatever_it_is_known_by() {
    let root = signer("root", None);
    let old = device_until("d1", &[&root], 1975);
    let expired = CertificateError::Expired("1975-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(check_chain(&old, &[authority(&root)], NOW), Err(expired.clone()));
    let known = Thumbprints { primary: Thumbprint::of(old.der()), secondary: None };
    assert_eq!(known.check(&old, NOW), Err(expired));
}

#[test]
fn an_authority_whose_certificate_has_expired_stands_for_nobody() {
    let (old, root) = (signer_until("old", None, 1975), signer("root", None));
    let of_old = device("d1", &[&old]);
    let refused = check_chain(&of_old, &[authority(&old)], NOW).unwrap_err();
    assert!(matches!(&refused, CertificateError::OfAuthority(_)) && refused.to_string().contains("1975"));
    let refused = check_chain(&of_old, &[authority(&old), authority(&root)], NOW).unwrap_err();
    assert!(matches!(&refused, CertificateError::Chain(_)) && refused.to_string().contains("1975"));
    assert_eq!(check_chain(&device("d1", &[&root]), &[authority(&old), authority(&root)], NOW), Ok(()));
}

#[test]
fn only_who_is_named_in_a_chain_is_verified_and_each_once_a_minute() {
    let (root, impostor, stranger) = (signer("root", None), signer("root", None), signer("stranger", None));
    let known = [authority(&root), authority(&impostor), authority(&stranger)];
    let mut verified = unverified(&device("d1", &[&root]));
    assert!(verified.question(&known[2..], NOW).is_none(), "nobody of that name signed");
    let question = verified.question(&known[1..], NOW).unwrap();
    verified.answer(&question);
    let refused = verified.check_authorities(&known[1..], NOW);
    assert!(matches!(refused, Err(CertificateError::Chain(_))), "a name is no signature: {refused:?}");
    assert!(verified.question(&known[1..], NOW).is_none(), "that is known");
    assert!(verified.check_authorities(&known, NOW).is_err(), "the root was not asked about");
    let question = verified.question(&known, NOW).unwrap();
    verified.answer(&question);
    assert_eq!(verified.check_authorities(&known, NOW), Ok(()));
    assert!(verified.check_authorities(&known[1..], NOW).is_err(), "the root is trusted no more");
    let later = NOW + std::time::Duration::from_secs(60);
    assert!(verified.question(&known, later).is_some(), "certificates on the way may have expired");
}

#[test]
fn a_certificate_for_servers_only_is_not_a_devices() {
    let root = signer("root", None);
    let mut params = params("d1");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let leaf = params.signed_by(&KeyPair::generate().unwrap(), &root).unwrap();
    let presented = ClientCertificate::of_chain(&[leaf.der().clone()]).unwrap();
    let refused = check_chain(&presented, &[authority(&root)], NOW);
    assert!(matches!(refused, Err(CertificateError::Chain(_))), "{refused:?}");
}

#[test]
fn only_the_certificate_of_an_authority_is_one() {
    let leaf = device("d1", &[]);
    let refused = Certificate::of_authority(CertificateDer::from(leaf.der().to_vec()));
    assert!(matches!(refused, Err(CertificateError::Unreadable(_))), "{refused:?}");
}

#[test]
fn a_certificate_is_read_in_every_form_in_which_clients_send_it() {
    use base64::Engine as _;
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let root = signer("root", None);
    for form in [root.pem(), base64(root.pem().as_bytes()), base64(root.der())] {
        assert_eq!(description::read_certificates(&form).unwrap(), [root.der().clone()]);
    }
    let description = Description::read(root.der()).unwrap();
    assert_eq!((description.subject.as_str(), description.version), ("CN=root", 3));
    for bad in ["", "x", "-----BEGIN CERTIFICATE-----", &root.pem().repeat(21)] {
        assert!(description::read_certificates(bad).is_err(), "{bad}");
    }
}
