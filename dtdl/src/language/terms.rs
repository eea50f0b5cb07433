//! The terms that the contexts of DTDL v2, v3 and v4 give meaning to, and the DTMI each one stands for. Decides
//! nothing about where a term may be used; the contexts of extensions are in `extensions`. Begin at [`core_term`].

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::class::Class;
use super::units::Edition;
use super::{Version, dtmi, extensions};

/// Members of classes, from the oldest version that has each on.
const PROPERTIES: &[(&str, Version)] = &[
    ("commandType", Version::V2),
    ("comment", Version::V2),
    ("contents", Version::V2),
    ("description", Version::V2),
    ("displayName", Version::V2),
    ("elementSchema", Version::V2),
    ("enumValue", Version::V2),
    ("enumValues", Version::V2),
    ("exponent", Version::V2),
    ("extends", Version::V2),
    ("fields", Version::V2),
    ("languageMajorVersion", Version::V2),
    ("mapKey", Version::V2),
    ("mapValue", Version::V2),
    ("maxMultiplicity", Version::V2),
    ("minMultiplicity", Version::V2),
    ("name", Version::V2),
    ("properties", Version::V2),
    ("request", Version::V2),
    ("response", Version::V2),
    ("schema", Version::V2),
    ("schemas", Version::V2),
    ("symbol", Version::V2),
    ("target", Version::V2),
    ("valueSchema", Version::V2),
    ("writable", Version::V2),
    ("aliasFor", Version::V3),
    ("nullable", Version::V4),
];

/// Co-types of the language's own, from the oldest version that has each on.
pub(crate) const CORE_COTYPES: &[(&str, Version)] = &[
    ("SemanticType", Version::V2),
    ("SemanticUnit", Version::V2),
    ("AdjunctType", Version::V3),
    ("Alias", Version::V3),
];

/// Primitive schemas, from the oldest version that has each on.
pub(crate) const PRIMITIVES: &[(&str, Class, Version)] = &[
    ("boolean", Class::Boolean, Version::V2),
    ("date", Class::Date, Version::V2),
    ("dateTime", Class::DateTime, Version::V2),
    ("double", Class::Double, Version::V2),
    ("duration", Class::Duration, Version::V2),
    ("float", Class::Float, Version::V2),
    ("integer", Class::Integer, Version::V2),
    ("long", Class::Long, Version::V2),
    ("string", Class::String, Version::V2),
    ("time", Class::Time, Version::V2),
    ("byte", Class::Byte, Version::V4),
    ("bytes", Class::Bytes, Version::V4),
    ("decimal", Class::Decimal, Version::V4),
    ("short", Class::Short, Version::V4),
    ("unsignedByte", Class::UnsignedByte, Version::V4),
    ("unsignedInteger", Class::UnsignedInteger, Version::V4),
    ("unsignedLong", Class::UnsignedLong, Version::V4),
    ("unsignedShort", Class::UnsignedShort, Version::V4),
    ("uuid", Class::Uuid, Version::V4),
];

/// The ways to run a command.
pub(crate) const COMMAND_TYPES: [&str; 2] = ["asynchronous", "synchronous"];

/// The geospatial schemas.
pub(crate) const GEOSPATIAL: [&str; 6] =
    ["point", "multiPoint", "lineString", "multiLineString", "polygon", "multiPolygon"];

/// v1-preview's schema of any GeoJSON object.
pub(crate) const PREVIEW_GEOSPATIAL: &str = "dtmi:dtdl:instance:Schema:geospatial;1";

/// v4's schema of a number and the power of ten it is scaled by.
pub(crate) const SCALED_DECIMAL: &str = "dtmi:standard:schema:scaledDecimal;4";

type Terms = HashMap<&'static str, String>;

static V2: LazyLock<Terms> = LazyLock::new(|| build(Version::V2));
static V3: LazyLock<Terms> = LazyLock::new(|| build(Version::V3));
static V4: LazyLock<Terms> = LazyLock::new(|| build(Version::V4));

fn terms(version: Version) -> Option<&'static Terms> {
    match version {
        Version::V1Preview => None,
        Version::V2 => Some(&V2),
        Version::V3 => Some(&V3),
        Version::V4 => Some(&V4),
    }
}

/// The DTMI that a term of the language stands for: (v3, `double`) is `dtmi:dtdl:instance:Schema:double;3`.
/// v1-preview's terms have none.
pub(crate) fn core_term(version: Version, term: &str) -> Option<&'static str> {
    terms(version)?.get(term).map(String::as_str)
}

/// The terms of a version of the language, sorted.
pub(crate) fn core_terms(version: Version) -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&'static str> =
        terms(version).into_iter().flat_map(|terms| terms.keys().copied()).collect();
    names.sort_unstable();
    names.into_iter()
}

/// The term that stands for a DTMI in any context: the language's own before those of extensions.
pub(crate) fn term_of(dtmi: &str) -> Option<&'static str> {
    // Every DTMI with a term ends in that term; the test against the digest holds this for all of them.
    let label = dtmi.strip_prefix("dtmi:")?.split(';').next()?.rsplit(':').next()?;
    dtmi::VERSIONS
        .iter()
        .filter_map(|version| terms(*version)?.get_key_value(label))
        .find(|(_, id)| *id == dtmi)
        .map(|(term, _)| *term)
        .or_else(|| extensions::term_of(dtmi, label))
}

fn build(version: Version) -> Terms {
    let mut terms = Terms::default();
    let classes =
        Class::EVERY.iter().filter(|class| class.versions().contains(&version)).map(|class| class.name());
    let cotypes = CORE_COTYPES.iter().filter(|(_, since)| *since <= version).map(|(name, _)| *name);
    terms.extend(classes.chain(cotypes).map(|name| (name, dtmi::class(name, version))));
    let properties = PROPERTIES.iter().filter(|(_, since)| *since <= version);
    terms.extend(properties.map(|(name, _)| (*name, dtmi::property(name, version))));
    let primitives = PRIMITIVES.iter().filter(|(.., since)| *since <= version);
    terms.extend(primitives.map(|(name, ..)| (*name, dtmi::primitive(name, version))));
    terms.extend(COMMAND_TYPES.map(|name| (name, dtmi::command_type(name, version))));
    terms.extend(GEOSPATIAL.map(|name| (name, dtmi::geospatial(name, version))));
    if version == Version::V4 {
        terms.insert("scaledDecimal", SCALED_DECIMAL.to_owned());
    }
    if version == Version::V2 {
        terms.extend(Edition::V2.terms());
    } else {
        // What the language says about itself, for models of the language.
        let number = dtmi::number(version);
        let meta = ["DtdlExtension", "metamodel", "model"];
        terms.extend(meta.map(|name| (name, format!("dtmi:dtdl:meta:{name};{number}"))));
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_means_what_its_version_says() {
        assert_eq!(core_term(Version::V3, "double"), Some("dtmi:dtdl:instance:Schema:double;3"));
        assert_eq!(core_term(Version::V2, "Temperature"), Some("dtmi:standard:class:Temperature;2"));
        assert_eq!(core_term(Version::V3, "Temperature"), None);
        assert_eq!(core_term(Version::V1Preview, "double"), None);
    }

    #[test]
    fn a_dtmi_leads_back_to_its_term() {
        assert_eq!(term_of("dtmi:dtdl:property:name;3"), Some("name"));
        assert_eq!(term_of("dtmi:dtdl:extension:mqtt:v4:Mqtt:propertyTopic"), Some("propertyTopic"));
        assert_eq!(term_of("dtmi:dtdl:property:name;9"), None);
        assert_eq!(term_of("name"), None);
    }
}
