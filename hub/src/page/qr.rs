//! A QR code of what a device needs to connect: scope, id and primary key as JSON, as IoT Central has it (operator pages
//! reference, section 1.4).
//!
//! Begin with [`code`].

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};
use serde_json::{Value, json};

/// The code of a text: `{ "size": 33, "path": "M0 0h7v1h-7z.." }`, the path of an SVG whose view is a square of that size
/// (without the four modules of quiet zone around it). `None` for a text that is too long for one.
pub(super) fn code(text: &str) -> Option<Value> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let size = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                // writing to a String cannot fail
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z", length = run.len());
            }
            x += run.len();
        }
    }
    Some(json!({ "size": size, "path": path }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_begins_with_its_finder_pattern_and_has_a_size_of_the_standard() {
        let code = code(r#"{"idScope":"0ne","deviceId":"d1","primaryKey":"a2V5"}"#).unwrap();
        let size = code["size"].as_u64().unwrap();
        assert_eq!((size - 21) % 4, 0, "{size}");
        let path = code["path"].as_str().unwrap();
        assert!(path.starts_with("M0 0h7v1h-7z"), "{path}");
        assert!(path.contains(&format!("M{} 0h7v1h-7z", size - 7)), "{path}");
    }

    #[test]
    fn a_text_that_is_too_long_has_none() {
        assert_eq!(code(&"x".repeat(5000)), None);
    }
}
