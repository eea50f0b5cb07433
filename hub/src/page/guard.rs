//! Keeps other web sites from using the page's API through the operator's browser.
//!
//! Decides by `Host` (DNS rebinding), `Origin` and `Sec-Fetch-Site` (writes from elsewhere), and sets
//! the headers that keep foreign scripts out of the page. Begin with [`guard`].

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::error::PageError;

/// Names by which a browser on this machine reaches the hub.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

const HEADERS: [(HeaderName, &str); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
];

/// Lets a request through that comes from the page itself or from a program on this machine.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match check(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn check(method: &Method, headers: &HeaderMap) -> Result<(), PageError> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(HOST.as_str()).unwrap_or("");
    if !is_local(host) {
        return Err(PageError::forbidden(format!("the Host {host:?} is not this machine: use localhost")));
    }
    if method.is_safe() {
        return Ok(());
    }
    if let Some(origin) = text(ORIGIN.as_str()) {
        let (_, authority) = origin.split_once("://").unwrap_or_default();
        if authority != host {
            return Err(PageError::forbidden(format!("a request of {origin:?} cannot change anything here")));
        }
    }
    match text("sec-fetch-site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => {
            Err(PageError::forbidden("a request of another site cannot change anything here".to_owned()))
        }
    }
}

fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example:8080", "127.0.0.1.evil:80", "localhost:x"] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn writes_from_elsewhere_are_refused() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let one = |(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            HeaderMap::from_iter(pairs.iter().map(one))
        };
        let host = ("host", "localhost:8080");
        let own = headers(&[host, ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")]);
        assert!(check(&Method::POST, &own).is_ok());
        assert!(check(&Method::POST, &headers(&[host])).is_ok(), "a program sends no Origin");
        let other = headers(&[host, ("origin", "http://localhost:9999")]);
        assert!(check(&Method::POST, &other).is_err());
        assert!(check(&Method::PATCH, &headers(&[host, ("sec-fetch-site", "cross-site")])).is_err());
    }
}
