//! The `api-version` of requests.
//!
//! Decides which ones the two services have, so that a client with a wrong one finds out here already, and which requests
//! are theirs. Begin with [`check`]. Facts: protocol reference, section 5.1.

use std::ops::RangeInclusive;

use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::{CONTAINER, RestError, dps};

const OF_THE_HUB: RangeInclusive<&str> = "2018-06-30"..="2024-03-31";
const OF_THE_PROVISIONING_SERVICE: RangeInclusive<&str> = "2018-11-01"..="2021-10-01";

/// The first words of addresses that only the operator's page has.
const OF_THE_PAGE: [&str; 2] = ["api", "events"];

/// Whether a request is for the services' API and not for the operator's page. Who forgot the version is told so, and not
/// shown a page, if the request has a token of the services.
pub(crate) fn is_for_services(request: &Request) -> bool {
    let signed = request.headers().get(AUTHORIZATION);
    let is_signed = signed.is_some_and(|value| value.as_bytes().starts_with(b"SharedAccessSignature"));
    let is_of_page = OF_THE_PAGE.contains(&first_word(request));
    is_signed && !is_of_page || of(request).is_some() || is_upload(request)
}

/// The content of an upload goes to what stands for the storage service, which has versions of its own.
fn is_upload(request: &Request) -> bool {
    first_word(request) == CONTAINER
}

fn first_word(request: &Request) -> &str {
    request.uri().path().split('/').nth(1).unwrap_or_default()
}

fn of(request: &Request) -> Option<&str> {
    request.uri().query()?.split('&').find_map(|pair| pair.strip_prefix("api-version="))
}

/// Lets requests through that have a version of the service that they are for.
pub(super) async fn check(request: Request, next: Next) -> Response {
    if is_upload(&request) {
        return next.run(request).await;
    }
    let is_for_dps = dps::is_path(request.uri().path());
    let known = if is_for_dps { OF_THE_PROVISIONING_SERVICE } else { OF_THE_HUB };
    let given = of(&request);
    if given.is_some_and(|given| known.contains(&date(given))) {
        return next.run(request).await;
    }
    let given = given.map_or("it is missing".to_owned(), |given| {
        format!("not {:?}", given.chars().take(40).collect::<String>())
    });
    let message = format!("api-version is from {} to {}: {given}", known.start(), known.end());
    if is_for_dps { dps::wrong_version(message) } else { RestError::wrong_version(message).into_response() }
}

/// The date of a version; what has none is before all versions.
fn date(version: &str) -> &str {
    let date = version.strip_suffix("-preview").unwrap_or(version);
    let is_date = date.len() == 10
        && date
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if is_date { date } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_the_services_makes_no_request_to_the_page_one_to_them() {
        for (address, for_services) in [
            ("/twins/d1", true),
            ("/devices/d1?api-version=2021-04-12", true),
            ("/api/devices", false),
            ("/events?topics=devices", false),
        ] {
            let request = Request::get(address).header(AUTHORIZATION, "SharedAccessSignature sr=localhost");
            let request = request.body(axum::body::Body::empty()).unwrap();
            assert_eq!(is_for_services(&request), for_services, "{address}");
        }
    }

    #[test]
    fn versions_are_dates_that_may_be_previews() {
        for (version, is_known) in [
            ("2018-06-30", true),
            ("2020-05-31-preview", true),
            ("2021-04-12", true),
            ("2024-03-31", true),
            ("1999-01-01", false),
            ("2030-01-01", false),
            ("2021-04-1x", false),
            ("2021", false),
            ("", false),
        ] {
            assert_eq!(OF_THE_HUB.contains(&date(version)), is_known, "{version}");
        }
    }
}
