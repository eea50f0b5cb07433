//! Reading a connection from environment variables.
//!
//! The environment is an argument (a function from name to value), so that tests need not change the process's.

use super::Connection;
use crate::auth::DeviceKey;
use crate::error::Error;

const SECURITY_TYPE: &str = "IOTHUB_DEVICE_SECURITY_TYPE";
const CONNECTION_STRING: &str = "IOTHUB_DEVICE_CONNECTION_STRING";
const ENDPOINT: &str = "IOTHUB_DEVICE_DPS_ENDPOINT";
const ID_SCOPE: &str = "IOTHUB_DEVICE_DPS_ID_SCOPE";
const REGISTRATION_ID: &str = "IOTHUB_DEVICE_DPS_DEVICE_ID";
const KEY: &str = "IOTHUB_DEVICE_DPS_DEVICE_KEY";
const CA_FILE: &str = "DEVICE_MODEL_CA_FILE";
const GLOBAL_ENDPOINT: &str = "global.azure-devices-provisioning.net";

pub(super) fn read_if_set(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Connection>, Error> {
    let any = [SECURITY_TYPE, CONNECTION_STRING, ENDPOINT, ID_SCOPE, REGISTRATION_ID, KEY];
    if any.iter().all(|name| variable(name).is_none_or(|value| value.trim().is_empty())) {
        return Ok(None);
    }
    read(variable).map(Some)
}

pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Connection, Error> {
    let get = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let required = |name: &str, hint: &str| {
        get(name).ok_or_else(|| Error::configuration(format!("the environment variable {name}"), hint))
    };
    let kind = match get(SECURITY_TYPE) {
        Some(kind) => kind.trim().to_ascii_lowercase(),
        None if get(CONNECTION_STRING).is_some() => "connectionstring".to_owned(),
        None => "dps".to_owned(),
    };
    let connection = match kind.as_str() {
        "connectionstring" => {
            let hint = "it is not set; it holds HostName=..;DeviceId=..;SharedAccessKey=..";
            Connection::from_connection_string(&required(CONNECTION_STRING, hint)?)
                .map_err(|error| blame(CONNECTION_STRING, &error))?
        }
        "dps" => {
            let id_scope =
                required(ID_SCOPE, "it is not set; it holds the provisioning service's id scope (0ne...)")?;
            let id = required(REGISTRATION_ID, "it is not set; it holds the device's registration id")?;
            let key = required(KEY, "it is not set; it holds the device's symmetric key in base64")?;
            let key = DeviceKey::from_base64(&key).map_err(|error| blame(KEY, &error))?;
            let endpoint = get(ENDPOINT).unwrap_or_else(|| GLOBAL_ENDPOINT.to_owned());
            Connection::provisioned(&endpoint, &id_scope, &id, key)
                .map_err(|error| blame(&format!("{ENDPOINT}, {ID_SCOPE} or {REGISTRATION_ID}"), &error))?
        }
        other => {
            let problem = format!("{other:?} is neither DPS nor connectionString");
            return Err(Error::configuration(format!("the environment variable {SECURITY_TYPE}"), problem));
        }
    };
    match get(CA_FILE) {
        Some(path) => connection.with_ca_file(path.trim()).map_err(|error| blame(CA_FILE, &error)),
        None => Ok(connection),
    }
}

fn blame(name: &str, error: &Error) -> Error {
    Error::configuration(format!("the environment variable {name}"), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Target;
    use super::*;

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
}
