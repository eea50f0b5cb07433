//! The password of one connection: a token signed or fetched for it, or none where a certificate was presented.
//!
//! A token is made anew for each connection, because clocks jump and devices sleep.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::SecretString;
use tokio::time::timeout;

use crate::auth::{Credential, DeviceKey, TokenRequest, Tokens, sas_token};
use crate::error::Error;
use crate::session::TokenLife;

/// How long the application's provider may take.
const PROVIDER_LIMIT: Duration = Duration::from_secs(30);
/// The part of a token's life after which the connection is renewed.
const USED_LIFE: f64 = 0.8;
/// A provider that gives out the same token until it ends must not make the device reconnect ever faster.
const SHORTEST_USE: Duration = Duration::from_secs(60);

/// What a connection is opened with.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) password: Option<SecretString>,
    /// How long it is good for; absent when nothing of it ends.
    pub(crate) life: Option<TokenLife>,
}

/// Proves who the device is, for a resource. `key_name` is `registration` for the provisioning service; `clock` is the
/// time of day, by which a token's expiry is told.
pub(crate) async fn prove(
    credential: &Credential,
    resource: &str,
    key_name: Option<&str>,
    life: Duration,
    clock: SystemTime,
) -> Result<Proof, Error> {
    match credential {
        Credential::Key(key) => signed(key, resource, key_name, life, clock),
        Credential::Tokens(tokens) => fetched(tokens, resource, key_name, life, clock).await,
        Credential::Certificate(_) => Ok(Proof { password: None, life: None }),
    }
}

fn signed(
    key: &DeviceKey,
    resource: &str,
    key_name: Option<&str>,
    life: Duration,
    clock: SystemTime,
) -> Result<Proof, Error> {
    let clock = clock.duration_since(UNIX_EPOCH);
    let clock = clock.map_err(|_| Error::configuration("the clock", "it stands before 1970: set it"))?;
    let password = sas_token(key, resource, (clock + life).as_secs(), key_name);
    Ok(Proof {
        password: Some(password),
        life: Some(TokenLife { renew_after: life.mul_f64(USED_LIFE), lasts: life }),
    })
}

async fn fetched(
    tokens: &Tokens,
    resource: &str,
    key_name: Option<&str>,
    life: Duration,
    clock: SystemTime,
) -> Result<Proof, Error> {
    let needed_until = clock.checked_add(life).unwrap_or(clock);
    let request = TokenRequest { resource, key_name, needed_until };
    let token = match timeout(PROVIDER_LIMIT, tokens.0.token(request)).await {
        Ok(Ok(token)) => token,
        Ok(Err(error)) => {
            return Err(Error::Token { resource: resource.to_owned(), problem: error.to_string() });
        }
        Err(_) => {
            let what = "the token of the application's provider";
            return Err(Error::TimedOut { what, limit: PROVIDER_LIMIT, last: None });
        }
    };
    // By this clock, which may be wrong: a token that seems to have ended is tried all the same.
    let left = token.expiry().duration_since(clock).ok().filter(|left| !left.is_zero());
    if left.is_none() {
        tracing::warn!(resource, "the token seems to have ended already");
    }
    let lasts = left.unwrap_or(life).max(SHORTEST_USE);
    let life = TokenLife { renew_after: lasts.mul_f64(USED_LIFE).max(SHORTEST_USE), lasts };
    Ok(Proof { password: Some(token.into_secret()), life: Some(life) })
}
