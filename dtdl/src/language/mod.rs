//! The language as data: versions and contexts, classes and their members, primitive schemas, names and ids.
//!
//! Nothing here reads JSON; `read` and `rules` apply these tables. The facts are those of the published metamodel, held
//! against it by a test where it is at hand.

mod adjuncts;
pub(crate) mod class;
mod cotype_build;
pub(crate) mod cotypes;
#[cfg(test)]
mod digest_test;
mod dtmi;
pub(crate) mod extensions;
pub(crate) mod members;
pub(crate) mod patterns;
mod quantities;
mod schemas;
pub(crate) mod standard;
mod standard_build;
pub(crate) mod terms;
mod unit_table;
mod units;

pub use schemas::Primitive;
pub use units::{UnitOfMeasure, units};

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

/// A set of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    since: Version,
    until: Version,
}

impl Versions {
    pub(crate) const ALL: Self = Self { since: Version::V1Preview, until: Version::V4 };
    pub(crate) const NONE: Self = Self { since: Version::V4, until: Version::V1Preview };
    pub(crate) const PREVIEW: Self = Self { since: Version::V1Preview, until: Version::V1Preview };
    pub(crate) const UNTIL_V2: Self = Self { since: Version::V1Preview, until: Version::V2 };
    pub(crate) const SINCE_V2: Self = Self { since: Version::V2, until: Version::V4 };
    pub(crate) const V4: Self = Self { since: Version::V4, until: Version::V4 };

    pub(crate) fn has(self, version: Version) -> bool {
        self.since <= version && version <= self.until
    }
}

impl Version {
    /// The major version of the language's context; 1 for v1-preview.
    pub fn number(self) -> u32 {
        match self {
            Self::V1Preview => 1,
            Self::V2 => 2,
            Self::V3 => 3,
            Self::V4 => 4,
        }
    }

    /// The version with that context, of those that have DTMIs.
    pub(crate) fn numbered(number: u32) -> Option<Self> {
        match number {
            2 => Some(Self::V2),
            3 => Some(Self::V3),
            4 => Some(Self::V4),
            _ => None,
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
