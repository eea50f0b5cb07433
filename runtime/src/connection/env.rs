//! Reading a connection from environment variables.
//!
//! The environment is an argument (a function from name to value), so that tests need not change the process's.

use super::Connection;
use crate::auth::{Certificate, DeviceKey, Identity};
use crate::error::Error;

const SECURITY_TYPE: &str = "IOTHUB_DEVICE_SECURITY_TYPE";
const CONNECTION_STRING: &str = "IOTHUB_DEVICE_CONNECTION_STRING";
const ENDPOINT: &str = "IOTHUB_DEVICE_DPS_ENDPOINT";
const ID_SCOPE: &str = "IOTHUB_DEVICE_DPS_ID_SCOPE";
const REGISTRATION_ID: &str = "IOTHUB_DEVICE_DPS_DEVICE_ID";
const KEY: &str = "IOTHUB_DEVICE_DPS_DEVICE_KEY";
const CERTIFICATE: &str = "IOTHUB_DEVICE_X509_CERT";
const CERTIFICATE_KEY: &str = "IOTHUB_DEVICE_X509_KEY";
const CA_FILE: &str = "DEVICE_MODEL_CA_FILE";
const GLOBAL_ENDPOINT: &str = "global.azure-devices-provisioning.net";

pub(super) fn read_if_set(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Connection>, Error> {
    let any = [
        SECURITY_TYPE,
        CONNECTION_STRING,
        ENDPOINT,
        ID_SCOPE,
        REGISTRATION_ID,
        KEY,
        CERTIFICATE,
        CERTIFICATE_KEY,
    ];
    if any.iter().all(|name| variable(name).is_none_or(|value| value.trim().is_empty())) {
        return Ok(None);
    }
    read(variable).map(Some)
}

pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Connection, Error> {
    let set = Set(|name: &str| variable(name).filter(|value| !value.trim().is_empty()));
    let kind = match set.get(SECURITY_TYPE) {
        Some(kind) => kind.trim().to_ascii_lowercase(),
        None if set.get(CONNECTION_STRING).is_some() => "connectionstring".to_owned(),
        None => "dps".to_owned(),
    };
    let connection = match kind.as_str() {
        "connectionstring" => set.connection_string()?,
        "dps" => set.provisioned()?,
        other => {
            let problem = format!("{other:?} is neither DPS nor connectionString");
            return Err(Error::configuration(format!("the environment variable {SECURITY_TYPE}"), problem));
        }
    };
    match set.get(CA_FILE) {
        Some(path) => connection.with_ca_file(path.trim()).map_err(|error| blame(CA_FILE, &error)),
        None => Ok(connection),
    }
}

/// The variables that are set to something.
struct Set<F>(F);

impl<F: Fn(&str) -> Option<String>> Set<F> {
    fn get(&self, name: &str) -> Option<String> {
        (self.0)(name)
    }

    fn required(&self, name: &str, hint: &str) -> Result<String, Error> {
        self.get(name).ok_or_else(|| Error::configuration(format!("the environment variable {name}"), hint))
    }

    fn connection_string(&self) -> Result<Connection, Error> {
        let hint = "it is not set; it holds HostName=..;DeviceId=..;SharedAccessKey=..";
        let text = self.required(CONNECTION_STRING, hint)?;
        let connection = match self.certificate()? {
            Some(certificate) => Connection::from_connection_string_with(&text, certificate),
            None => Connection::from_connection_string(&text),
        };
        connection.map_err(|error| blame(CONNECTION_STRING, &error))
    }

    fn provisioned(&self) -> Result<Connection, Error> {
        let id_scope =
            self.required(ID_SCOPE, "it is not set; it holds the provisioning service's id scope (0ne...)")?;
        let id = self.required(REGISTRATION_ID, "it is not set; it holds the device's registration id")?;
        let identity: Identity = match (self.certificate()?, self.get(KEY)) {
            (Some(certificate), None) => certificate.into(),
            (Some(_), Some(_)) => {
                let problem = format!("{KEY} is set as well: a device has a key or a certificate");
                return Err(Error::configuration(format!("the environment variable {CERTIFICATE}"), problem));
            }
            (None, _) => {
                let hint = format!(
                    "it is not set; it holds the device's symmetric key in base64 (or set {CERTIFICATE} and \
                     {CERTIFICATE_KEY})"
                );
                let key = self.required(KEY, &hint)?;
                DeviceKey::from_base64(&key).map_err(|error| blame(KEY, &error))?.into()
            }
        };
        let endpoint = self.get(ENDPOINT).unwrap_or_else(|| GLOBAL_ENDPOINT.to_owned());
        Connection::provisioned(&endpoint, &id_scope, &id, identity)
            .map_err(|error| blame(&format!("{ENDPOINT}, {ID_SCOPE} or {REGISTRATION_ID}"), &error))
    }

    fn certificate(&self) -> Result<Option<Certificate>, Error> {
        let (chain, key) = match (self.get(CERTIFICATE), self.get(CERTIFICATE_KEY)) {
            (None, None) => return Ok(None),
            (Some(chain), Some(key)) => (chain, key),
            (Some(_), None) => {
                return self
                    .required(
                        CERTIFICATE_KEY,
                        "it is not set; it names the PEM file of the certificate's private key",
                    )
                    .map(|_| None);
            }
            (None, Some(_)) => {
                return self
                    .required(
                        CERTIFICATE,
                        "it is not set; it names the PEM file of the device's certificate chain",
                    )
                    .map(|_| None);
            }
        };
        let certificate = Certificate::from_files(chain.trim(), key.trim());
        certificate.map(Some).map_err(|error| blame(&format!("{CERTIFICATE} or {CERTIFICATE_KEY}"), &error))
    }
}

fn blame(name: &str, error: &Error) -> Error {
    Error::configuration(format!("the environment variable {name}"), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Target;
    use super::*;
    use crate::auth::Credential;

    fn environment<'a>(set: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn nothing_set_is_no_connection_and_a_ca_file_alone_does_not_count() {
        assert!(read_if_set(environment(&[])).unwrap().is_none());
        assert!(read_if_set(environment(&[(CA_FILE, "ca.pem")])).unwrap().is_none());
    }

    #[test]
    fn provisioning_is_the_default_and_the_missing_variable_is_named() {
        let error = read(environment(&[(ID_SCOPE, "0ne1"), (REGISTRATION_ID, "d")])).unwrap_err();
        assert!(error.to_string().contains("IOTHUB_DEVICE_DPS_DEVICE_KEY"), "{error}");
        let set = [(ID_SCOPE, "0ne1"), (REGISTRATION_ID, "d"), (KEY, "QUJD"), (ENDPOINT, "localhost:1883")];
        let connection = read(environment(&set)).unwrap();
        let Target::Provisioned { endpoint, .. } = connection.target else {
            panic!("provisioning was asked for")
        };
        assert_eq!(endpoint.to_string(), "localhost:1883");
    }

    #[test]
    fn an_odd_value_is_blamed_on_its_variable() {
        let error = read(environment(&[(SECURITY_TYPE, "x509")])).unwrap_err().to_string();
        assert!(
            error.contains("IOTHUB_DEVICE_SECURITY_TYPE") && error.contains("connectionString"),
            "{error}"
        );
        let set = [(SECURITY_TYPE, "connectionString"), (CONNECTION_STRING, "HostName=h")];
        let error = read_if_set(environment(&set)).unwrap_err().to_string();
        assert!(error.contains("IOTHUB_DEVICE_CONNECTION_STRING") && error.contains("DeviceId"), "{error}");
    }

    #[test]
    fn a_certificate_takes_the_place_of_a_key_and_never_stands_beside_one() {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["d".to_owned()]).unwrap();
        let (chain, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&chain, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let files = [(CERTIFICATE, chain.to_str().unwrap()), (CERTIFICATE_KEY, key.to_str().unwrap())];
        let with = |more: &[(&'static str, &'static str)]| {
            let set = [more, &files].concat();
            read(environment(&set)).map_err(|error| error.to_string())
        };
        let provisioned = with(&[(ID_SCOPE, "0ne1"), (REGISTRATION_ID, "d")]).unwrap();
        assert!(matches!(provisioned.credential, Credential::Certificate(_)));
        let direct = with(&[(CONNECTION_STRING, "HostName=h;DeviceId=d;x509=true")]).unwrap();
        assert!(matches!(direct.credential, Credential::Certificate(_)));
        let error = with(&[(ID_SCOPE, "0ne1"), (REGISTRATION_ID, "d"), (KEY, "QUJD")]).unwrap_err();
        assert!(error.contains("a key or a certificate"), "{error}");
        let error = with(&[(CONNECTION_STRING, "HostName=h;DeviceId=d;SharedAccessKey=QUJD")]).unwrap_err();
        assert!(error.contains("keep one"), "{error}");
        let error = read(environment(&[files[0], (ID_SCOPE, "0ne1"), (REGISTRATION_ID, "d")])).unwrap_err();
        assert!(error.to_string().contains(CERTIFICATE_KEY), "{error}");
    }
}
