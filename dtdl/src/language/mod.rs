//! The language as data: versions and contexts, classes and their members, primitive schemas, names and ids.
//!
//! Nothing here reads JSON; `check` applies these tables. Semantic types are accepted by their shape, not yet held
//! against the units of their family.

#[allow(dead_code, reason = "used by the reader that is being written")]
mod adjuncts;
#[allow(dead_code, reason = "used by the reader that is being written")]
pub(crate) mod class;
mod classes;
mod context;
#[allow(dead_code, reason = "used by the reader that is being written")]
mod cotype_build;
#[allow(dead_code, reason = "used by the reader that is being written")]
pub(crate) mod cotypes;
#[cfg(test)]
mod digest_test;
#[allow(dead_code, reason = "used by the reader that is being written")]
mod dtmi;
#[allow(dead_code, reason = "used by the reader that is being written")]
pub(crate) mod extensions;
mod names;
#[allow(dead_code, reason = "used by the reader that is being written")]
pub(crate) mod patterns;
#[allow(dead_code, reason = "used by the reader that is being written")]
mod quantities;
mod schemas;
#[allow(dead_code, reason = "used by the reader that is being written")]
pub(crate) mod standard;
#[allow(dead_code, reason = "used by the reader that is being written")]
mod standard_build;
#[allow(dead_code, reason = "used by the reader that is being written")]
pub(crate) mod terms;
#[allow(dead_code, reason = "used by the reader that is being written")]
mod unit_table;
#[allow(dead_code, reason = "used by the reader that is being written")]
mod units;

pub(crate) use classes::{Class, Kind, MemberRule, Versions, any_class, members};
pub(crate) use context::{Context, context_of};
pub(crate) use names::{check_id, check_language, check_name};
pub use schemas::Primitive;

use std::fmt;

/// A version of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// The 2019-2020 preview: capability models, `urn:` ids.
    V1Preview,
    /// `dtmi:dtdl:context;2`.
    V2,
    /// `dtmi:dtdl:context;3`.
    V3,
    /// `dtmi:dtdl:context;4`.
    V4,
}

impl Version {
    /// How deep schemas may be nested.
    pub(crate) fn schema_depth(self) -> usize {
        match self {
            Self::V1Preview | Self::V2 | Self::V3 => 5,
            Self::V4 => 8,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1Preview => "DTDL v1-preview",
            Self::V2 => "DTDL v2",
            Self::V3 => "DTDL v3",
            Self::V4 => "DTDL v4",
        })
    }
}
