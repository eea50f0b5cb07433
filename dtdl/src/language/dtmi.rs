//! How the DTMIs of the language's own things are made of names, and which number a version has in them.
//! Decides nothing about which names there are.

use super::Version;

/// The versions whose terms have DTMIs; v1-preview is not among them.
pub(crate) const VERSIONS: [Version; 3] = [Version::V2, Version::V3, Version::V4];

/// The number of a version in DTMIs.
pub(crate) const fn number(version: Version) -> u32 {
    match version {
        Version::V1Preview => 1,
        Version::V2 => 2,
        Version::V3 => 3,
        Version::V4 => 4,
    }
}

/// The id of one of the language's classes.
pub(crate) fn class(name: &str, version: Version) -> String {
    format!("dtmi:dtdl:class:{name};{}", number(version))
}

/// The id of one of the language's members.
pub(crate) fn property(name: &str, version: Version) -> String {
    format!("dtmi:dtdl:property:{name};{}", number(version))
}

/// The id of a primitive schema.
pub(crate) fn primitive(name: &str, version: Version) -> String {
    format!("dtmi:dtdl:instance:Schema:{name};{}", number(version))
}

/// The id of a way to run a command.
pub(crate) fn command_type(name: &str, version: Version) -> String {
    format!("dtmi:dtdl:instance:CommandType:{name};{}", number(version))
}

/// The id of a part of the geospatial schemas.
pub(crate) fn geospatial(name: &str, version: Version) -> String {
    format!("dtmi:standard:schema:geospatial:{name};{}", number(version))
}
