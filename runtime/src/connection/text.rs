//! Reading connection strings, identifiers and certificates.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, pem};

use super::{Endpoint, Target};
use crate::auth::DeviceKey;
use crate::error::Error;

/// `HostName=..;DeviceId=..;SharedAccessKey=..`, in any order. Values may contain `=`.
pub(super) fn connection_string(text: &str) -> Result<Target, Error> {
    const WHAT: &str = "the connection string";
    let value = |name: &str| {
        let named = |part: &str| {
            let (key, value) = part.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        text.split(';').find_map(named)
    };
    let required = |name: &str| {
        value(name).ok_or_else(|| {
            let form = "the form is HostName=..;DeviceId=..;SharedAccessKey=..";
            Error::configuration(WHAT, format!("{name} is missing; {form}"))
        })
    };
    if value("ModuleId").is_some() || value("x509").is_some() {
        return Err(Error::configuration(
            WHAT,
            "modules and X.509 identities cannot be used: use a device's key",
        ));
    }
    let endpoint = Endpoint::parse(&required("HostName")?, "HostName of the connection string")?;
    let device_id = identifier(&required("DeviceId")?, "DeviceId of the connection string")?;
    let key = DeviceKey::from_base64(&required("SharedAccessKey")?)?;
    Ok(Target::Hub { endpoint, device_id, key })
}

/// An id that stands in topics and user names: never encoded there, so it must be harmless.
pub(super) fn identifier(text: &str, what: &str) -> Result<String, Error> {
    const LONGEST: usize = 128;
    let text = text.trim();
    let legal = |letter: char| letter.is_ascii_alphanumeric() || "-.%_*?!(),:=@$'".contains(letter);
    if text.is_empty() || text.len() > LONGEST || !text.chars().all(legal) {
        let problem = format!("{text:?} is not an id: 1 to {LONGEST} letters, digits and -.%_*?!(),:=@$'");
        return Err(Error::configuration(what, problem));
    }
    Ok(text.to_owned())
}

/// All certificates of a PEM text; at least one.
pub(super) fn certificates(
    found: impl Iterator<Item = Result<CertificateDer<'static>, pem::Error>>,
    what: &str,
) -> Result<Arc<[CertificateDer<'static>]>, Error> {
    let roots: Arc<[_]> = found
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Error::configuration(what, format!("the PEM text is damaged: {error}")))?
        .into();
    if roots.is_empty() {
        return Err(Error::configuration(what, "there is no certificate in it: a PEM text is expected"));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_is_read_in_any_order_with_a_port() {
        let target =
            connection_string("DeviceId=d;SharedAccessKey=QUJDRA==;HostName=localhost:18883").unwrap();
        let Target::Hub { endpoint, device_id, .. } = target else { panic!("a hub was named") };
        assert_eq!((endpoint.to_string().as_str(), device_id.as_str()), ("localhost:18883", "d"));
    }

    #[test]
    fn a_missing_part_is_named() {
        for (text, missing) in [
            ("HostName=h;DeviceId=d", "SharedAccessKey is missing"),
            ("DeviceId=d;SharedAccessKey=QUJD", "HostName is missing"),
            ("HostName=h;DeviceId=a b;SharedAccessKey=QUJD", "is not an id"),
            ("HostName=h;DeviceId=a;ModuleId=m;SharedAccessKey=QUJD", "modules"),
        ] {
            let error = connection_string(text).unwrap_err().to_string();
            assert!(error.contains(missing), "{error}");
        }
    }
}
