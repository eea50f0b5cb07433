//! Reading connection strings and identifiers.
//!
//! A connection string is `Name=value;..`, in any order; values may contain `=`. A name that is unknown, comes twice, or
//! contradicts another is an error: what it was meant to say would be lost.

use super::{Endpoint, Target};
use crate::auth::{DeviceKey, Identity, Token, Tokens};
use crate::convention::Principal;
use crate::error::Error;

const WHAT: &str = "the connection string";
const FORM: &str = "the form is HostName=..;DeviceId=..;SharedAccessKey=..";
const NAMES: [&str; 7] = [
    "HostName",
    "GatewayHostName",
    "DeviceId",
    "ModuleId",
    "SharedAccessKey",
    "SharedAccessSignature",
    "x509",
];

/// What a connection string says of the place, and how the device is to prove itself there.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) target: Target,
    pub(super) proof: Proof,
}

/// How the device is to prove itself.
#[derive(Debug)]
pub(super) enum Proof {
    Given(Identity),
    /// `x509=true`: the certificate is not part of the text.
    Certificate,
    /// Nothing is said.
    Absent,
}

pub(super) fn connection_string(text: &str) -> Result<Parts, Error> {
    let fields = fields(text)?;
    let value = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let required = |name: &str| {
        value(name).ok_or_else(|| Error::configuration(WHAT, format!("{name} is missing; {FORM}")))
    };
    let host = |name: &str| Endpoint::parse(required(name)?, &format!("{name} of the connection string"));
    let id = |name: &str| identifier(required(name)?, &format!("{name} of the connection string"));
    let module_id = value("ModuleId").map(|_| id("ModuleId")).transpose()?;
    let target = Target::Hub {
        endpoint: host("HostName")?,
        gateway: value("GatewayHostName").map(|_| host("GatewayHostName")).transpose()?,
        principal: Principal { device_id: id("DeviceId")?, module_id },
    };
    let certificate = match value("x509") {
        None => false,
        Some(flag) if flag.eq_ignore_ascii_case("true") => true,
        Some(_) => return Err(Error::configuration(WHAT, "x509 can only be true: leave it out otherwise")),
    };
    let proof = match (value("SharedAccessKey"), value("SharedAccessSignature"), certificate) {
        (Some(key), None, false) => Proof::Given(DeviceKey::from_base64(key)?.into()),
        (None, Some(token), false) => Proof::Given(Tokens::fixed(Token::new(token)?).into()),
        (None, None, true) => Proof::Certificate,
        (None, None, false) => Proof::Absent,
        _ => {
            let problem = "SharedAccessKey, SharedAccessSignature and x509 exclude each other: keep one";
            return Err(Error::configuration(WHAT, problem));
        }
    };
    Ok(Parts { target, proof })
}

impl Parts {
    /// The error when the text alone is not enough.
    pub(super) fn incomplete(certificate: bool) -> Error {
        let problem = if certificate {
            "x509=true needs a certificate: hand it over with from_connection_string_with".to_owned()
        } else {
            format!("SharedAccessKey is missing; {FORM}")
        };
        Error::configuration(WHAT, problem)
    }

    /// Whether the text leaves the proof to this identity.
    pub(super) fn takes(&self, identity: &Identity) -> Result<(), Error> {
        let problem = match (&self.proof, identity) {
            (Proof::Absent, _) | (Proof::Certificate, Identity::Certificate(_)) => return Ok(()),
            (Proof::Certificate, _) => "it says x509=true, so a certificate must be handed over",
            (Proof::Given(_), _) => {
                "it names a key or token, and an identity is handed over as well: keep one"
            }
        };
        Err(Error::configuration(WHAT, problem))
    }
}

/// The text's names, as this file spells them, and values.
fn fields(text: &str) -> Result<Vec<(&'static str, &str)>, Error> {
    let mut fields: Vec<(&'static str, &str)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) =
            part.split_once('=').map_or((part, ""), |(name, value)| (name.trim(), value.trim()));
        if name.eq_ignore_ascii_case("SharedAccessKeyName") {
            let problem =
                "it names a policy (SharedAccessKeyName), so it is a service's: take the device's own";
            return Err(Error::configuration(WHAT, problem));
        }
        let known = NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name)).ok_or_else(|| {
            // A key may stand where a name is expected, so only what looks like a name is shown.
            let is_name =
                name.len() <= 24 && !value.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic());
            let shown = if is_name { name } else { "a part" };
            Error::configuration(WHAT, format!("{shown} means nothing here; known are {}", NAMES.join(", ")))
        })?;
        if value.is_empty() {
            return Err(Error::configuration(WHAT, format!("{known} is empty; {FORM}")));
        }
        if fields.iter().any(|(name, _)| *name == known) {
            return Err(Error::configuration(WHAT, format!("{known} comes twice: keep one")));
        }
        fields.push((known, value));
    }
    Ok(fields)
}

/// An id that stands in topics and user names: never encoded there, so it must be harmless.
pub(super) fn identifier(text: &str, what: &str) -> Result<String, Error> {
    const LONGEST: usize = 128;
    let text = text.trim();
    let legal = |letter: char| letter.is_ascii_alphanumeric() || "-.%_*?!(),:=@$'".contains(letter);
    if text.is_empty() || text.len() > LONGEST || !text.chars().all(legal) {
        // It may be a key in the wrong place, so it is not repeated.
        let problem = format!(
            "what was given ({} bytes) is not an id: 1 to {LONGEST} letters, digits and -.%_*?!(),:=@$'",
            text.len()
        );
        return Err(Error::configuration(what, problem));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn target(text: &str) -> (String, Option<String>, String) {
        match connection_string(text).unwrap().target {
            Target::Hub { endpoint, gateway, principal } => {
                (endpoint.to_string(), gateway.map(|gateway| gateway.to_string()), principal.to_string())
            }
            Target::Provisioned { .. } => panic!("a hub was named"),
        }
    }

    #[test]
    fn a_connection_string_is_read_in_any_order_with_a_port() {
        let read = target("DeviceId=d;SharedAccessKey=QUJDRA==;HostName=localhost:18883");
        assert_eq!(read, ("localhost:18883".to_owned(), None, "d".to_owned()));
        let read = target("HostName=h;GatewayHostName=edge:1;DeviceId=d;ModuleId=m;x509=true;");
        assert_eq!(read, ("h:8883".to_owned(), Some("edge:1".to_owned()), "d/m".to_owned()));
    }

    #[test]
    fn each_way_to_prove_oneself_is_told_apart() {
        let proof = |text: &str| connection_string(&format!("HostName=h;DeviceId=d;{text}")).unwrap().proof;
        assert!(matches!(proof("SharedAccessKey=QUJD"), Proof::Given(Identity::Key(_))));
        let token =
            "SharedAccessSignature=SharedAccessSignature sr=h%2Fdevices%2Fd&sig=QQ%3D%3D&se=1700000000";
        assert!(matches!(proof(token), Proof::Given(Identity::Tokens(_))));
        assert!(matches!(proof("x509=True"), Proof::Certificate));
        assert!(matches!(proof(""), Proof::Absent));
    }

    #[test]
    fn a_part_that_is_missing_or_too_much_is_named() {
        for (text, said) in [
            ("DeviceId=d;SharedAccessKey=QUJD", "HostName is missing"),
            ("HostName=h;SharedAccessKey=QUJD", "DeviceId is missing"),
            ("HostName=h;DeviceId=a b;SharedAccessKey=QUJD", "is not an id"),
            ("HostName=h;DeviceId=a;ModuleId=a/b;SharedAccessKey=QUJD", "ModuleId"),
            ("HostName=h;DeviceId=a;DeviceId=b", "DeviceId comes twice"),
            ("HostName=h;DeviceId=a;x509=true;SharedAccessKey=QUJD", "exclude each other"),
            ("HostName=h;DeviceId=a;x509=false", "can only be true"),
            ("HostName=h;DeviceId=a;Protocol=amqp", "Protocol means nothing"),
            ("HostName=h;DeviceId=", "DeviceId is empty"),
            ("HostName=h;SharedAccessKeyName=iothubowner;SharedAccessKey=QUJD", "is a service's"),
        ] {
            let error = connection_string(text).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic_and_no_error_shows_the_key(
            noise in "(HostName|DeviceId|x509|[a-z;=]{0,9})=[a-z0-9=;]{0,12}",
        ) {
            let text = format!("{noise};SharedAccessKey=c2VjcmV0;c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0");
            if let Err(error) = connection_string(&text) {
                prop_assert!(!error.to_string().contains("c2Vjcm"), "{error}");
            }
        }
    }

    #[test]
    fn a_key_or_password_in_the_wrong_place_is_not_repeated() {
        const KEY: &str = "c2VjcmV0+/c2VjcmV0==";
        let errors = [
            identifier(KEY, "the registration id").unwrap_err(),
            connection_string(&format!("HostName=h;DeviceId=d;{KEY}")).unwrap_err(),
            Endpoint::parse(&format!("HostName=h;SharedAccessKey={KEY}"), "the hub").unwrap_err(),
            super::super::Proxy::from_url("http://user:c2VjcmV0").unwrap_err(),
            super::super::Proxy::new("user:c2VjcmV0@proxy:1").unwrap_err(),
        ];
        for error in errors {
            assert!(!error.to_string().contains("c2VjcmV0"), "{error}");
        }
    }
}
