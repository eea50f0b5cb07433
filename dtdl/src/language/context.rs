//! Which version of the language a document is in, by its `@context`.

use super::Version;

/// What one entry of a `@context` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// A version of the language itself.
    Language(Version),
    /// The extension for physical quantities: semantic types and units in v3 and v4.
    Quantities,
    /// IoT Central's extension: Event, State, Location and more.
    IotCentral,
}

/// v1-preview's addresses; the two older ones are seen in public files.
const PREVIEW: [&str; 3] = [
    "http://azureiot.com/v1/contexts/IoTModel.json",
    "http://azureiot.com/v1/contexts/Interface.json",
    "http://azureiot.com/v1/contexts/CapabilityModel.json",
];

/// Known specifiers without their versions, and the major versions there are.
const SPECIFIERS: [(&str, &[&str]); 3] = [
    ("dtmi:dtdl:context", &["2", "3", "4"]),
    ("dtmi:dtdl:extension:quantitativeTypes", &["1", "2", "3"]),
    ("dtmi:iotcentral:context", &["2"]),
];

/// What a context specifier stands for; `Err(true)` when it is one of the language's own in no known version.
pub(crate) fn context_of(specifier: &str) -> Result<Context, bool> {
    if PREVIEW.contains(&specifier) {
        return Ok(Context::Language(Version::V1Preview));
    }
    let is_language =
        specifier.starts_with("dtmi:dtdl:context") || specifier.starts_with("http://azureiot.com/");
    let (name, version) = specifier.split_once(';').ok_or(is_language)?;
    // An unknown minor version of a known major one reads as that major version.
    let major = version.split('.').next().unwrap_or(version);
    let (known, _) = SPECIFIERS
        .iter()
        .find(|(known, majors)| *known == name && majors.contains(&major))
        .ok_or(is_language)?;
    Ok(match (*known, major) {
        ("dtmi:dtdl:context", "2") => Context::Language(Version::V2),
        ("dtmi:dtdl:context", "3") => Context::Language(Version::V3),
        ("dtmi:dtdl:context", _) => Context::Language(Version::V4),
        ("dtmi:iotcentral:context", _) => Context::IotCentral,
        _ => Context::Quantities,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart_and_unknown_ones_refused() {
        assert_eq!(context_of("dtmi:dtdl:context;3"), Ok(Context::Language(Version::V3)));
        assert_eq!(context_of("dtmi:dtdl:context;3.1"), Ok(Context::Language(Version::V3)));
        assert_eq!(context_of(PREVIEW[0]), Ok(Context::Language(Version::V1Preview)));
        assert_eq!(context_of("dtmi:dtdl:context;9"), Err(true));
        assert_eq!(context_of("dtmi:com:example:context;1"), Err(false));
    }
}
