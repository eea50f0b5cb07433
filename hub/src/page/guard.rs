//! Keeps other web sites, other machines and floods from the page's API.
//!
//! Decides by `Host` (DNS rebinding), `Origin` and `Sec-Fetch-Site` (requests from elsewhere), by the page's token where
//! there is one, and by a rate; sets the headers that keep foreign scripts out of the page. Begin with [`guard`].

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::time::Instant;

use super::error::PageError;
use super::failures::Failures;
use super::token::PageToken;
use crate::bucket::Bucket;
use crate::http::Peer;
use crate::shared::Shared;

/// Names by which a browser on this machine reaches the hub.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// Where a browser without a cookie says the token.
pub(super) const LOGIN: &str = "/api/login";

const HEADERS: [(HeaderName, &str); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), usb=()"),
];

/// Who may use the page.
#[derive(Debug, Clone)]
pub(crate) struct Access(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    /// Names, besides those of this machine, that the page is reached by.
    names: Vec<String>,
    token: Option<PageToken>,
    /// A name of its own for each hub on a machine: cookies do not tell ports apart.
    cookie: String,
    requests: Mutex<Bucket>,
    failures: Failures,
}

impl Access {
    /// The rules of a hub whose page listens on `port`. With a token, the page may be reached by any address, too.
    pub(crate) fn new(names: Vec<String>, token: Option<PageToken>, port: u16, per_second: u32) -> Self {
        let now = Instant::now();
        Self(Arc::new(Rules {
            names,
            token,
            cookie: format!("device-model-hub-{port}"),
            requests: Mutex::new(Bucket::new(f64::from(per_second), per_second, now)),
            failures: Failures::default(),
        }))
    }

    /// What makes a browser that knows the token remember it, or nothing where no token is needed; the error is why not.
    pub(super) fn log_in(&self, token: &str, from: IpAddr) -> Result<Option<String>, PageError> {
        let Some(right) = &self.0.token else {
            return Ok(None);
        };
        self.guess(from, token, || right.is(token))?;
        let name = &self.0.cookie;
        Ok(Some(format!("{name}={}; Path=/; HttpOnly; SameSite=Strict", right.cookie())))
    }

    /// Whether what somebody gave is right, while the address it came from may still try.
    fn guess(&self, from: IpAddr, given: &str, is_right: impl FnOnce() -> bool) -> Result<(), PageError> {
        let is_right = self.0.failures.guess(from, given, Instant::now(), is_right);
        if is_right.map_err(PageError::too_many)? { Ok(()) } else { Err(PageError::wrong_token()) }
    }

    fn check(&self, method: &Method, path: &str, headers: &HeaderMap, from: IpAddr) -> Result<(), PageError> {
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let host = text(&HOST).unwrap_or("");
        if !self.is_ours(host) {
            let hint = "use localhost, or start the hub with this name";
            return Err(PageError::forbidden(format!("the Host {host:?} is not this hub's: {hint}")));
        }
        // the pages themselves hold nothing: links of other sites may lead there
        if method.is_safe() && !path.starts_with("/api") && !path.starts_with("/events") {
            return Ok(());
        }
        check_origin(host, text(&ORIGIN), text(&HeaderName::from_static("sec-fetch-site")))?;
        if path != LOGIN {
            self.check_token(text(&COOKIE), text(&AUTHORIZATION), from)?;
        }
        take(&self.0.requests)
    }

    fn is_ours(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        let own = || self.0.names.iter().any(|known| known.eq_ignore_ascii_case(name));
        // an address cannot be rebound to another one, as a name can
        NAMES.contains(&name) || own() || (self.0.token.is_some() && is_address(name))
    }

    /// Whether a request has the token, or what was made of it.
    fn check_token(
        &self,
        cookies: Option<&str>,
        authorization: Option<&str>,
        from: IpAddr,
    ) -> Result<(), PageError> {
        let Some(token) = &self.0.token else {
            return Ok(());
        };
        let pairs = cookies.unwrap_or("").split(';').filter_map(|pair| pair.trim().split_once('='));
        let cookies: Vec<&str> =
            pairs.filter(|(name, _)| *name == self.0.cookie).map(|(_, value)| value).collect();
        let bearer = authorization.and_then(|text| text.strip_prefix("Bearer "));
        let given = cookies.iter().copied().chain(bearer).collect::<Vec<_>>().join(" ");
        if given.is_empty() {
            return Err(PageError::unauthorized("log in with the token that the hub said at its start"));
        }
        self.guess(from, &given, || {
            // one guess is one value: who sends many cookies of this name tries no more than one of them
            cookies.last().is_some_and(|cookie| token.made(cookie))
                || bearer.is_some_and(|text| token.is(text))
        })
    }
}

/// Where a request came from; without a connection, nowhere.
pub(super) fn address_of(peer: Option<&Peer>) -> IpAddr {
    peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.address.ip())
}

fn is_address(name: &str) -> bool {
    let v6 = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    v6.map_or_else(
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv4()),
        |v6| v6.parse::<Ipv6Addr>().is_ok(),
    )
}

fn take(bucket: &Mutex<Bucket>) -> Result<(), PageError> {
    let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
    bucket.take(Instant::now()).map_err(PageError::too_many)
}

/// Refuses what another site's page has asked the browser for.
fn check_origin(host: &str, origin: Option<&str>, site: Option<&str>) -> Result<(), PageError> {
    if let Some(origin) = origin {
        let (_, authority) = origin.split_once("://").unwrap_or_default();
        if authority != host {
            return Err(PageError::forbidden(format!("a request of {origin:?} is not answered here")));
        }
    }
    match site {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(PageError::forbidden("a request of another site is not answered here".to_owned())),
    }
}

/// Lets a request through that comes from the page itself or from a program that may use its API.
pub(super) async fn guard(
    State((access, shared)): State<(Access, Arc<Shared>)>,
    request: Request,
    next: Next,
) -> Response {
    let from = address_of(request.extensions().get());
    let checked = access.check(request.method(), request.uri().path(), request.headers(), from);
    let checked = checked.inspect_err(|error| error.log(&shared, from));
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    // the page's files alone say something else: they are the same for everybody
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The seconds to wait, rounded up, as `Retry-After` has them.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::failures::TRIES;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let one = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        HeaderMap::from_iter(pairs.iter().map(one))
    }

    fn open() -> Access {
        Access::new(Vec::new(), None, 8080, 1000)
    }

    fn closed() -> (Access, PageToken) {
        let token = PageToken::random().unwrap();
        (Access::new(vec!["hub.example".to_owned()], Some(token.clone()), 8080, 1000), token)
    }

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const HERE: (&str, &str) = ("host", "localhost:8080");

    #[test]
    fn only_names_of_this_machine_are_the_hubs_own() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
            assert!(open().is_ours(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:8080",
            "127.0.0.1.evil:80",
            "localhost:x",
            "192.168.1.2",
        ] {
            assert!(!open().is_ours(host), "{host}");
        }
    }

    #[test]
    fn with_a_token_addresses_and_given_names_are_the_hubs_own_too() {
        let (access, _) = closed();
        for host in ["192.168.1.2:8080", "[fe80::1]:8080", "hub.example:8080", "Hub.Example", "localhost"] {
            assert!(access.is_ours(host), "{host}");
        }
        for host in ["evil.example", "[evil]", "fe80::1", "1.2.3.4.evil"] {
            assert!(!access.is_ours(host), "{host}");
        }
    }

    #[test]
    fn requests_from_elsewhere_are_refused_and_links_are_not() {
        let access = open();
        let check =
            |method, path, pairs: &[(&'static str, &str)]| access.check(&method, path, &headers(pairs), HOME);
        let own = [HERE, ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")];
        assert!(check(Method::POST, "/api/devices", &own).is_ok());
        assert!(check(Method::POST, "/api/devices", &[HERE]).is_ok(), "a program sends no Origin");
        let neighbour = [HERE, ("origin", "http://localhost:9999")];
        let foreign = [HERE, ("sec-fetch-site", "cross-site")];
        for pairs in [&neighbour, &foreign] {
            assert!(check(Method::POST, "/api/devices", pairs).is_err());
            assert!(check(Method::GET, "/api/devices", pairs).is_err());
            assert!(check(Method::GET, "/events", pairs).is_err());
            assert!(check(Method::GET, "/devices", pairs).is_ok());
        }
    }

    #[test]
    fn with_a_token_only_who_knows_it_is_answered() {
        let (access, token) = closed();
        let cookie = access.log_in(token.reveal(), HOME).unwrap().unwrap();
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict"), "{cookie}");
        let (cookie, _) = cookie.split_once(';').unwrap();
        let bearer = format!("Bearer {}", token.reveal());
        let check = |path, pairs: &[(&'static str, &str)]| {
            access.check(&Method::GET, path, &headers(pairs), HOME).is_ok()
        };
        for path in ["/api/hub", "/api/devices/d1/credentials", "/events", "/events?device=d1"] {
            assert!(!check(path, &[HERE]), "{path}");
            assert!(!check(path, &[HERE, ("cookie", "device-model-hub-8080=00")]), "{path}");
            assert!(!check(path, &[HERE, ("authorization", "Bearer 0")]), "{path}");
            assert!(check(path, &[HERE, ("cookie", &format!("a=b; {cookie}"))]), "{path}");
            assert!(check(path, &[HERE, ("authorization", &bearer)]), "{path}");
        }
        assert!(check("/devices", &[HERE]) && check("/assets/app.js", &[HERE]) && check(LOGIN, &[HERE]));
    }

    #[test]
    fn a_token_cannot_be_found_by_trying_in_any_of_the_three_ways() {
        let elsewhere = IpAddr::V6(Ipv6Addr::LOCALHOST);
        let (access, token) = closed();
        let cookie = format!("device-model-hub-8080={}", token.cookie());
        let check = |pairs: &[(&'static str, &str)], from| {
            access.check(&Method::GET, "/api/hub", &headers(pairs), from).is_ok()
        };
        for guess in 0..TRIES {
            assert!(match guess % 3 {
                0 => access.log_in(&format!("guess{guess}"), HOME).is_err(),
                1 => !check(&[HERE, ("authorization", &format!("Bearer {guess}"))], HOME),
                _ => !check(&[HERE, ("cookie", &format!("device-model-hub-8080={guess:02}"))], HOME),
            });
        }
        assert!(access.log_in(token.reveal(), HOME).is_err(), "the next ones have to wait");
        assert!(!check(&[HERE, ("authorization", &format!("Bearer {}", token.reveal()))], HOME));
        assert!(!check(&[HERE, ("cookie", &cookie)], HOME));
        assert!(check(&[HERE, ("cookie", &cookie)], elsewhere), "another address is not kept out");
    }

    #[test]
    fn a_page_that_was_open_before_the_hub_started_again_does_not_lock_its_user_out() {
        let (access, token) = closed();
        let stale = [HERE, ("cookie", "device-model-hub-8080=00")];
        for _ in 0..10 * TRIES {
            assert!(access.check(&Method::GET, "/api/hub", &headers(&stale), HOME).is_err());
            assert!(access.check(&Method::GET, "/api/hub", &headers(&[HERE]), HOME).is_err());
        }
        assert!(access.log_in(token.reveal(), HOME).is_ok());
    }

    #[test]
    fn what_comes_beyond_the_rate_has_to_wait() {
        let access = Access::new(Vec::new(), None, 8080, 2);
        let answered = |_: &i32| access.check(&Method::GET, "/api/hub", &headers(&[HERE]), HOME).is_ok();
        assert_eq!((0..10).filter(answered).count(), 2);
    }
}
