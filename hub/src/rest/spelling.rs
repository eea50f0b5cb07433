//! Addresses whose words are written in another case than the routes have them.
//!
//! IoT Hub and the provisioning service look for their words in any case of letters; official clients make use of that
//! (`devicebound`, `enrollmentgroups`). Ids stay as they are. Begin with [`in_usual_case`]. Facts: protocol reference,
//! section 5.4.

use axum::http::{Method, Uri};

use super::{dps, permissions};

/// The same address with the words of its route as the routes have them, if they are not.
pub(crate) fn in_usual_case(method: &Method, uri: &Uri) -> Option<Uri> {
    let given: Vec<&str> = uri.path().split('/').collect();
    let (hub, dps) = (permissions::routes(), dps::routes());
    // a word may stand where an id can: then the method says which is meant
    let fitting: Vec<(String, bool)> = hub
        .chain(dps)
        .filter_map(|(pattern, methods)| Some((fill(pattern, &given)?, methods.contains(method))))
        .collect();
    let (path, _) = fitting.iter().find(|(_, takes)| *takes).or(fitting.first())?;
    if path == uri.path() {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// The path that a pattern makes of these segments, if they fit it but for the case of its words.
fn fill(pattern: &str, given: &[&str]) -> Option<String> {
    let wanted: Vec<&str> = pattern.split('/').collect();
    let fits = |(word, segment): (&&str, &&str)| {
        if word.starts_with('{') { !segment.is_empty() } else { word.eq_ignore_ascii_case(segment) }
    };
    if wanted.len() != given.len() || !wanted.iter().zip(given).all(fits) {
        return None;
    }
    let filled =
        wanted.iter().zip(given).map(|(word, given)| if word.starts_with('{') { given } else { word });
    Some(filled.copied().collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_as_the_routes_have_them_and_ids_stay() {
        let case = |method: Method, path: &'static str| {
            in_usual_case(&method, &Uri::from_static(path)).map(|uri| uri.to_string())
        };
        for (method, path, wanted) in [
            (Method::GET, "/devices/D1/messages/devicebound", "/devices/D1/messages/deviceBound"),
            (
                Method::POST,
                "/Devices/D1/Messages/Devicebound/Lock/ABANDON?x=Y",
                "/devices/D1/messages/deviceBound/Lock/abandon?x=Y",
            ),
            (Method::GET, "/messages/Events", "/messages/events"),
            (Method::GET, "/messages/servicebound/feedback", "/messages/serviceBound/feedback"),
            (Method::POST, "/Enrollments/QUERY?x=1", "/enrollments/query?x=1"),
            (Method::POST, "/Devices/Query", "/devices/query"),
            (Method::PUT, "/0neX/Registrations/R1/Register", "/0neX/registrations/R1/register"),
        ] {
            assert_eq!(case(method, path).as_deref(), Some(wanted), "{path}");
        }
        for (method, path) in [
            (Method::GET, "/devices/Query"),
            (Method::GET, "/enrollments/R1"),
            (Method::GET, "/twins/Registrations"),
            (Method::GET, "/"),
            (Method::GET, "/DEVICES/a/b/c/d/e/f"),
        ] {
            assert_eq!(case(method, path), None, "{path}");
        }
    }
}
