//! A tunnel through an HTTP proxy: CONNECT, RFC 9110 section 9.3.6, with basic authentication where it was asked for.
//!
//! Only the status of the proxy's answer counts. The proxy is not trusted: what it sends is bounded, and what it says is
//! made harmless before it is shown. Begin with [`open`].

use std::io;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::connection::{Endpoint, Proxy};

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 16 * 1024;

/// A TCP stream that ends at the endpoint, beyond the proxy.
pub(super) async fn open(proxy: &Proxy, endpoint: &Endpoint) -> io::Result<TcpStream> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("the proxy {}: {error}", proxy.endpoint));
    let address = (proxy.endpoint.host(), proxy.endpoint.port());
    let mut stream = TcpStream::connect(address).await.map_err(named)?;
    let request = request(endpoint, proxy.credentials.as_deref());
    stream.write_all(request.as_bytes()).await.map_err(named)?;
    let mut answer = Vec::new();
    while !ends(&answer) {
        if answer.len() > LONGEST_ANSWER {
            return Err(named(io::Error::other("its answer does not end")));
        }
        if stream.read_buf(&mut answer).await.map_err(named)? == 0 {
            return Err(named(io::ErrorKind::UnexpectedEof.into()));
        }
    }
    accepted(&answer).map_err(|problem| named(io::Error::other(problem)))?;
    Ok(stream)
}

fn request(endpoint: &Endpoint, credentials: Option<&SecretString>) -> Zeroizing<String> {
    let mut request = Zeroizing::new(format!("CONNECT {endpoint} HTTP/1.1\r\nHost: {endpoint}\r\n"));
    if let Some(credentials) = credentials {
        request.push_str("Proxy-Authorization: Basic ");
        request.push_str(credentials.expose_secret());
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    request
}

fn ends(answer: &[u8]) -> bool {
    answer.windows(4).any(|window| window == b"\r\n\r\n")
}

/// Whether a whole answer opens the tunnel.
fn accepted(answer: &[u8]) -> Result<(), String> {
    let line = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line: String =
        String::from_utf8_lossy(line).chars().filter(|letter| !letter.is_control()).take(120).collect();
    let mut words = line.splitn(3, ' ');
    let http = words.next().is_some_and(|version| version.starts_with("HTTP/1."));
    let status =
        words.next().filter(|digits| digits.len() == 3).and_then(|digits| digits.parse::<u16>().ok());
    let reason = words.next().unwrap_or_default();
    match status.filter(|_| http) {
        // The far end of the tunnel waits for TLS's first message, so nothing can follow.
        Some(200..=299) if !answer.ends_with(b"\r\n\r\n") => Err("it says more than its answer".to_owned()),
        Some(200..=299) => Ok(()),
        Some(407) => Err(format!("it answered 407 {reason}: it wants another user and password")),
        Some(status) => Err(format!("it answered {status} {reason}")),
        None => Err(format!("it is no HTTP proxy: it answered {line:?}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_names_the_far_end_and_the_login() {
        let endpoint = Endpoint::parse("hub.example", "it").unwrap();
        assert_eq!(
            *request(&endpoint, None),
            "CONNECT hub.example:8883 HTTP/1.1\r\nHost: hub.example:8883\r\n\r\n"
        );
        let request = request(&endpoint, Some(&SecretString::from("dTpw")));
        assert!(request.ends_with("\r\nProxy-Authorization: Basic dTpw\r\n\r\n"));
    }

    #[test]
    fn only_a_success_opens_the_tunnel_and_what_else_was_said_is_told() {
        assert_eq!(accepted(b"HTTP/1.0 200 Connection established\r\nVia: p\r\n\r\n"), Ok(()));
        for (answer, told) in [
            ("HTTP/1.1 403 Forbidden by policy\r\n\r\n", "403 Forbidden by policy"),
            ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "user and password"),
            ("HTTP/1.1 20 OK\r\n\r\n", "no HTTP proxy"),
            ("SSH-2.0-x\r\n\r\n", "no HTTP proxy"),
            ("HTTP/1.1 200 OK\r\n\r\nmore", "more than its answer"),
        ] {
            let error = accepted(answer.as_bytes()).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_reading_panic(answer in "(HTTP/1.1 )?\\PC{0,60}(\r\n\r\n)?", bytes: Vec<u8>) {
            for answer in [answer.as_bytes(), &bytes] {
                let _ = (ends(answer), accepted(answer));
            }
        }
    }
}
