//! Values that are text whose form has been checked: they print, serialise and compare as the text that was given.
//!
//! Decides nothing about any form; each type brings its grammar.

/// Text that is not of the form asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}")]
pub struct ParseError {
    text: String,
    wanted: &'static str,
}

impl ParseError {
    pub(crate) fn new(text: &str, wanted: &'static str) -> Self {
        const LONGEST: usize = 64;
        Self { text: text.chars().take(LONGEST).collect(), wanted }
    }
}

/// A type that holds text which `$takes` takes, and that is called `$wanted` in errors.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $takes:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl std::str::FromStr for $name {
            type Err = $crate::text::ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if $takes(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::text::ParseError::new(text, $wanted))
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl $crate::json::FromJson for $name {
            fn from_json(
                value: &$crate::json::Json,
                at: &$crate::json::Pointer<'_>,
            ) -> Result<Self, $crate::json::ValueError> {
                match value.as_str().map(str::parse) {
                    Some(Ok(text)) => Ok(text),
                    _ => Err($crate::json::ValueError::expected(at, $wanted, value)),
                }
            }
        }
    };
}

pub(crate) use checked_text;
