//! Tokens that the application brings: a provider that is asked anew for each connection, or one fixed text.
//!
//! Decides what counts as a token and when one ends; fetching it, and asking again after a failure, is not done here.
//! Begin with [`TokenProvider`].

use std::fmt;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;

const PREFIX: &str = "SharedAccessSignature ";

/// Gives out shared access signatures: an agent on the machine, a secure element that signs, a service of yours.
///
/// ```
/// use device_model_runtime::{Token, TokenFuture, TokenProvider, TokenRequest};
///
/// struct Agent;
///
/// impl TokenProvider for Agent {
///     fn token<'a>(&'a self, request: TokenRequest<'a>) -> TokenFuture<'a> {
///         Box::pin(async move {
///             let text = ask_the_agent(request.resource, request.needed_until).await?;
///             Ok(Token::new(text)?)
///         })
///     }
/// }
/// # async fn ask_the_agent(_: &str, _: std::time::SystemTime) -> Result<String, std::io::Error> {
/// #     std::fs::read_to_string("token")
/// # }
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// A token for this resource.
    ///
    /// It is asked once for each connection to the provisioning service or hub, has 30 s, and is dropped after that.
    /// A token that ends earlier than asked for is used as well, and replaced at 80 % of its life.
    ///
    /// # Errors
    /// Anything. The session shows it as the cause and asks again after a pause, as it does when the network is down.
    fn token<'a>(&'a self, request: TokenRequest<'a>) -> TokenFuture<'a>;
}

/// What [`TokenProvider::token`] returns.
pub type TokenFuture<'a> = Pin<
    Box<dyn Future<Output = Result<Token, Box<dyn std::error::Error + Send + Sync + 'static>>> + Send + 'a>,
>;

/// What a token is needed for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TokenRequest<'a> {
    /// The resource, not percent-encoded: `{hub}/devices/{id}`, `{hub}/devices/{id}/modules/{module}`, or
    /// `{id scope}/registrations/{registration id}` for the provisioning service.
    pub resource: &'a str,
    /// What the token says in `skn`: `registration` for the provisioning service, absent for a hub.
    pub key_name: Option<&'a str>,
    /// Until when it is needed: now and the token life of the connection.
    pub needed_until: SystemTime,
}

/// A shared access signature. Its `Debug` shows only when it ends, and its memory is wiped at the end.
#[derive(Clone)]
pub struct Token {
    text: SecretString,
    /// Unix seconds.
    expiry: u64,
}

impl Token {
    /// `SharedAccessSignature sr=..&sig=..&se=..`, as it is to be sent.
    ///
    /// # Errors
    /// When it does not begin so, holds what no password can hold, or its expiry `se` is absent.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = SecretString::from(text.into());
        let problem = |what: &str| Error::configuration("the token", what);
        let fields = text.expose_secret().strip_prefix(PREFIX).ok_or_else(|| {
            problem(
                "it does not begin with \"SharedAccessSignature \": hand it over as the service gave it out",
            )
        })?;
        if fields.bytes().any(|byte| !byte.is_ascii_graphic()) || fields.len() > 8 * 1024 {
            return Err(problem("it holds blanks or letters that no token has, or is longer than 8 KiB"));
        }
        let expiry = fields.split('&').find_map(|field| field.strip_prefix("se=")?.parse().ok());
        let expiry = expiry.ok_or_else(|| problem("its expiry is absent: se=, in Unix seconds"))?;
        Ok(Self { text, expiry })
    }

    /// When it ends.
    pub fn expiry(&self) -> SystemTime {
        // A year that no clock can hold is as good as the last one it can.
        UNIX_EPOCH.checked_add(Duration::from_secs(self.expiry)).unwrap_or(UNIX_EPOCH + LATEST)
    }

    pub(crate) fn into_secret(self) -> SecretString {
        self.text
    }
}

/// The end of the year 9999, more or less.
const LATEST: Duration = Duration::from_secs(253_402_300_799);

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Token").field("expiry", &self.expiry).finish_non_exhaustive()
    }
}

/// Where tokens come from, shared by clones.
#[derive(Clone)]
pub struct Tokens(pub(crate) Arc<dyn TokenProvider>);

impl Tokens {
    /// From a provider.
    pub fn from_provider(provider: impl TokenProvider) -> Self {
        Self(Arc::new(provider))
    }

    /// Always this one. The hub cuts the connection when it ends, and no new one comes to serve after that.
    pub fn fixed(token: Token) -> Self {
        Self::from_provider(Fixed(token))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Tokens(..)")
    }
}

struct Fixed(Token);

impl TokenProvider for Fixed {
    fn token<'a>(&'a self, _: TokenRequest<'a>) -> TokenFuture<'a> {
        Box::pin(ready(Ok(self.0.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_when_it_ends_and_nothing_else() {
        let token =
            Token::new("SharedAccessSignature sr=h%2Fdevices%2Fd&sig=c2VjcmV0&se=1700000000").unwrap();
        assert_eq!(token.expiry(), UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        assert!(!format!("{token:?}").contains("c2VjcmV0"));
        let latest = Token::new(format!("SharedAccessSignature se={}", u64::MAX)).unwrap();
        assert!(latest.expiry() > token.expiry());
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_shown() {
        for text in
            ["", "c2VjcmV0", "SharedAccessSignature sig=c2VjcmV0", "SharedAccessSignature se=1 c2VjcmV0"]
        {
            let error = Token::new(text).unwrap_err().to_string();
            assert!(error.starts_with("the token: ") && !error.contains("c2Vj"), "{error}");
        }
    }
}
