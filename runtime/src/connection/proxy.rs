//! An HTTP proxy that tunnels: where it is, and with which password.
//!
//! What is said to it is the driver's (`driver/tunnel.rs`). Begin with [`Proxy`].

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;

use super::Endpoint;
use crate::error::Error;

/// An HTTP proxy that opens tunnels by CONNECT (RFC 9110, 9.3.6). Its `Debug` shows no password.
#[derive(Clone)]
pub struct Proxy {
    pub(crate) endpoint: Endpoint,
    /// What follows `Basic ` in `Proxy-Authorization`.
    pub(crate) credentials: Option<Arc<SecretString>>,
}

impl Proxy {
    /// `http://[user:password@]host:port`, user and password percent-encoded, as `HTTPS_PROXY` has it. The port must be
    /// named, for there is no usual one. The proxy is spoken to without TLS; what goes through it has its own.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        // The text may hold a password, so it is not repeated.
        let problem = |what: &str| Error::configuration("the proxy", what);
        let rest = url.trim().strip_prefix("http://").ok_or_else(|| {
            problem("it does not begin with http://: the form is http://[user:password@]host:port")
        })?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, host) = match rest.rsplit_once('@') {
            Some((login, host)) => (Some(login), host),
            None => (None, rest),
        };
        let proxy = Self::new(host)?;
        let Some(login) = login else {
            return Ok(proxy);
        };
        let decoded = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8();
            decoded.map(String::from).map_err(|_| problem("user or password are not UTF-8 when decoded"))
        };
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        proxy.with_password(&decoded(user)?, &decoded(password)?)
    }

    /// `host:port`, without a password.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn new(host: &str) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(host, "the proxy")?;
        if endpoint.named_port().is_none() {
            return Err(Error::configuration("the proxy", "there is no port: name it, host:port"));
        }
        Ok(Self { endpoint, credentials: None })
    }

    /// With this user and password, which the proxy is sent in the clear (basic authentication, RFC 7617).
    ///
    /// # Errors
    /// When the user holds a colon, or one of them a control character.
    pub fn with_password(mut self, user: &str, password: &str) -> Result<Self, Error> {
        if user.contains(':') || user.chars().chain(password.chars()).any(char::is_control) {
            let problem = "the user may hold no colon, and neither user nor password a control character";
            return Err(Error::configuration("the proxy's login", problem));
        }
        let credentials = STANDARD.encode(format!("{user}:{password}"));
        self.credentials = Some(Arc::new(SecretString::from(credentials)));
        Ok(self)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = out.debug_struct("Proxy");
        shown.field("endpoint", &self.endpoint).field("with_password", &self.credentials.is_some());
        shown.finish()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_url_gives_host_and_login_and_shows_no_password() {
        let proxy = Proxy::from_url("http://ann:p%40ss%3Aword@proxy.example:3128/").unwrap();
        assert_eq!(proxy.endpoint.to_string(), "proxy.example:3128");
        assert_eq!(proxy.credentials.as_ref().unwrap().expose_secret(), STANDARD.encode("ann:p@ss:word"));
        assert!(!format!("{proxy:?}").contains("p@ss"), "{proxy:?}");
        assert!(Proxy::from_url("http://[::1]:8080").unwrap().credentials.is_none());
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_showing_a_password() {
        for bad in ["https://u:secret@h:1", "u:secret@h:1", "http://u:secret@h", "http://u%3A:secret@h:1"] {
            let error = Proxy::from_url(bad).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
