//! Names of devices and uploads as names of files.
//!
//! Decides an encoding that leads nowhere else on any system: letters, digits, `-`, `_` and inner dots stand for
//! themselves, every other byte is `%` and two hex digits. So `logs/a.log` is one file, `logs%2Fa.log`. Begin with
//! [`encode`].

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ODD: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
/// The longest name of a file that systems take.
const LENGTH_LIMIT: usize = 255;
/// The longest name that storage services take.
const NAME_LIMIT: usize = 1024;

/// A name as the name of a file.
pub(crate) fn encode(name: &str) -> String {
    let encoded = utf8_percent_encode(name, ODD).to_string();
    // neither hidden files nor the folder itself or the one above
    encoded.strip_prefix('.').map_or_else(|| encoded.clone(), |rest| format!("%2E{rest}"))
}

/// The name that a file stands for.
pub(super) fn decode(file: &str) -> Option<String> {
    let name = percent_decode_str(file).decode_utf8().ok()?.into_owned();
    (encode(&name) == file).then_some(name)
}

/// Whether an upload may have this name: parts with `/` between, none of them empty, `.` or `..`.
pub(crate) fn is_file_name(name: &str) -> bool {
    let is_dull = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    is_dull
        && name.len() <= NAME_LIMIT
        && encode(name).len() <= LENGTH_LIMIT
        && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["a.log", "logs/2026/a b.log", "ä", &"x".repeat(255)] {
            assert!(is_file_name(name), "{name}");
        }
        for name in ["", "/a", "a/", "a//b", "../a", "a/./b", "a\nb", &"x".repeat(256), &"ä".repeat(60)] {
            assert!(!is_file_name(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_one_harmless_file_and_comes_back(name in "\\PC{1,30}|[./\\\\]{1,4}") {
            let file = encode(&name);
            prop_assert!(file.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.%".contains(&b)));
            prop_assert!(!file.starts_with('.'));
            prop_assert_eq!(decode(&file), Some(name));
        }
    }
}
