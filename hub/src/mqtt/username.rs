//! The CONNECT user name, which says which service a connection is for.
//!
//! Facts: protocol reference, sections 1 and 2.1. Begin with [`Username::parse`].

use percent_encoding::percent_decode_str;

/// What a user name looks like; the one that came may hold a secret and is not shown.
const EXPECTED: &str = "the user name is neither {hub}/{deviceId}/?api-version=.. nor \
    {idScope}/registrations/{registrationId}/api-version=..";

/// A user name's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Username<'a> {
    /// `{idScope}/registrations/{registrationId}/api-version=..`
    Registration { scope: &'a str, id: &'a str },
    /// `{hub}/{deviceId}[/{moduleId}]/?api-version=..[&model-id=..]`, with or without the `?`
    Device { id: &'a str, api_version: bool, model_id: Option<String> },
}

impl<'a> Username<'a> {
    /// Reads a user name; the error says what is wrong with it without repeating any of it.
    pub(crate) fn parse(text: &'a str) -> Result<Self, &'static str> {
        let (path, query) = match text.split_once("/?") {
            Some(parts) => parts,
            None => match text.rsplit_once('/') {
                Some((path, query)) if query.contains('=') => (path, query),
                _ => (text.trim_end_matches('/'), ""),
            },
        };
        // a token or a connection string, whose parts must not pass for names: those are logged
        if path.contains([' ', ';', '&']) {
            return Err(EXPECTED);
        }
        if let Some((scope, id)) = path.split_once("/registrations/") {
            return Ok(Self::Registration { scope, id });
        }
        let (host, id) = path.split_once('/').ok_or(EXPECTED)?;
        if host.is_empty() || id.is_empty() {
            return Err("the user name has no hub name or no device id");
        }
        if id.split('/').count() > 2 || id.split('/').any(str::is_empty) {
            return Err("the user name has more after the hub's name than a device id and a module id");
        }
        let value = |name: &str| {
            query
                .split('&')
                .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
                .map(|p| p.1)
        };
        let model_id = value("model-id").and_then(|id| percent_decode_str(id).decode_utf8().ok());
        Ok(Self::Device {
            id,
            api_version: value("api-version").is_some_and(|version| !version.is_empty()),
            model_id: model_id.filter(|id| !id.is_empty()).map(std::borrow::Cow::into_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_user_names_of_the_official_clients() {
        let device = |api_version, model_id: Option<&str>| {
            Ok(Username::Device { id: "d1", api_version, model_id: model_id.map(str::to_owned) })
        };
        let model = Some("dtmi:com:example:Env;1");
        let cases = [
            ("localhost/d1/?api-version=2019-10-01&DeviceClientType=x%2Fy", device(true, None)),
            (
                "localhost/d1/?api-version=2020-09-30&DeviceClientType=x&model-id=dtmi%3Acom%3Aexample%3AEnv%3B1",
                device(true, model),
            ),
            ("localhost/d1/?api-version=2021-04-12&model-id=dtmi:com:example:Env;1", device(true, model)),
            ("localhost/d1/api-version=2018-06-30", device(true, None)),
            ("localhost/d1", device(false, None)),
            ("localhost/d1/", device(false, None)),
            (
                "0ne1/registrations/d1/api-version=2019-03-31&ClientVersion=a%2Fb",
                Ok(Username::Registration { scope: "0ne1", id: "d1" }),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(Username::parse(text), expected, "{text}");
        }
        let module = Username::Device { id: "d1/m1", api_version: true, model_id: None };
        assert_eq!(Username::parse("localhost/d1/m1/?api-version=1"), Ok(module));
        for bad in [
            "localhost/d1/m1/x/?api-version=1",
            "localhost/d1//?api-version=1",
            "localhost//m1/?api-version=1",
        ] {
            assert!(Username::parse(bad).is_err(), "{bad}");
        }
        assert!(Username::parse("d1").is_err());
    }

    #[test]
    fn a_token_or_connection_string_is_no_user_name() {
        for secret in [
            "SharedAccessSignature sr=0ne/registrations/d1&sig=c2Vj/cmV0=&se=1&skn=registration",
            "SharedAccessSignature sr=localhost/devices/d1&sig=c2Vj&se=1",
            "HostName=localhost;DeviceId=d1;SharedAccessKey=c2Vj/cmV0/c2Vjcg==",
        ] {
            assert_eq!(Username::parse(secret), Err(EXPECTED), "{secret}");
        }
    }
}
