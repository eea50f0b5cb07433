//! The languages that a request asks for.
//!
//! Decides by `lang` in the query, else by `Accept-Language`, best first. Begin with [`Languages`].

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

/// Most languages that are looked at.
const LIMIT: usize = 10;

/// Codes such as `de-AT`, best first.
#[derive(Debug, Clone)]
pub(super) struct Languages(pub(super) Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for Languages {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or("");
        if let Some(asked) = query.split('&').find_map(|pair| pair.strip_prefix("lang=")) {
            return Ok(Self(vec![asked.to_owned()]));
        }
        let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(by_preference(header.unwrap_or(""))))
    }
}

fn by_preference(header: &str) -> Vec<String> {
    let weigh = |item: &str| {
        let (code, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight = parameters.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
        (code.trim().to_owned(), weight)
    };
    let mut codes: Vec<_> = header.split(',').take(LIMIT).map(weigh).collect();
    codes.retain(|(code, weight)| !code.is_empty() && code != "*" && *weight > 0.0);
    codes.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    codes.into_iter().map(|(code, _)| code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_greatest_weight_comes_first() {
        assert_eq!(by_preference("en;q=0.5, de-AT, fr;q=0.9,*;q=0.1"), ["de-AT", "fr", "en"]);
        assert_eq!(by_preference(""), Vec::<String>::new());
        assert_eq!(by_preference("de;q=x"), ["de"]);
    }
}
