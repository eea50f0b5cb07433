//! Names in addresses, made of names for people.
//!
//! Begin with [`free`].

/// Most characters of a slug made from a name.
const LIMIT: usize = 60;

/// Lower-case letters and digits of `name`, everything else as single hyphens; `fallback` where nothing is left.
fn slug(name: &str, fallback: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => text.push(c),
            _ if text.is_empty() || text.ends_with('-') => {}
            _ => text.push('-'),
        }
        if text.len() >= LIMIT {
            break;
        }
    }
    let text = text.trim_end_matches('-');
    if text.is_empty() { fallback.to_owned() } else { text.to_owned() }
}

/// The slug of a name that `taken` does not have: with the first number from 2 that makes it so, if need be.
pub(crate) fn free(name: &str, fallback: &str, taken: impl Fn(&str) -> bool) -> String {
    let plain = slug(name, fallback);
    if !taken(&plain) {
        return plain;
    }
    let numbered = |number: u64| format!("{plain}-{number}");
    (2..).map(numbered).find(|candidate| !taken(candidate)).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_free_and_fit_for_an_address() {
        let taken = |text: &str| ["room-sensor", "room-sensor-2"].contains(&text);
        assert_eq!(free("Room Sensor!", "x", taken), "room-sensor-3");
        assert_eq!(free("  Ünter/..", "x", taken), "nter");
        assert_eq!(free("温度", "template", taken), "template");
        // "new" is a page of its own
        assert_eq!(free("New", "x", |text| text == "new"), "new-2");
    }
}
