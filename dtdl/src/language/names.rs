//! The grammar of ids, names and language codes. Each check answers the rule that is broken.

use super::Version;

type Rule = &'static str;

/// A capability's name: v1-preview lets it begin with an underscore and end in one, later versions do not.
pub(crate) fn check_name(name: &str, version: Version) -> Result<(), Rule> {
    let most = if version <= Version::V2 { 64 } else { 512 };
    if name.is_empty() || name.chars().count() > most {
        return Err(if most == 64 { "it has 1 to 64 characters" } else { "it has 1 to 512 characters" });
    }
    if version == Version::V1Preview {
        return is_segment(name, true)
            .then_some(())
            .ok_or("letters, digits and `_`, not beginning with a digit");
    }
    is_segment(name, false)
        .then_some(())
        .ok_or("letters, digits and `_`, beginning with a letter, not ending in `_`")
}

/// An element's id: a `urn:` in v1-preview, a DTMI later.
pub(crate) fn check_id(id: &str, version: Version, is_interface: bool) -> Result<(), Rule> {
    match version {
        Version::V1Preview => check_urn(id),
        _ => check_dtmi(id, version, is_interface),
    }
}

fn check_urn(id: &str) -> Result<(), Rule> {
    let parts: Vec<&str> = id.split(':').collect();
    let [urn, segments @ .., version] = parts.as_slice() else {
        return Err("it looks like `urn:company:name:1`");
    };
    let digits = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    if *urn != "urn" || parts.len() < 4 || !digits {
        return Err("it looks like `urn:company:name:1`, with at least four parts and a number at the end");
    }
    if id.len() > 256 {
        return Err("it has at most 256 characters");
    }
    segments
        .iter()
        .all(|segment| is_segment(segment, true))
        .then_some(())
        .ok_or("a part is letters, digits and `_`")
}

fn check_dtmi(id: &str, version: Version, is_interface: bool) -> Result<(), Rule> {
    let path = id.strip_prefix("dtmi:").ok_or("it begins with `dtmi:`")?;
    let (path, number) = match path.split_once(';') {
        Some((path, number)) => (path, Some(number)),
        None => (path, None),
    };
    match number {
        None if version == Version::V2 => return Err("it ends in a version, such as `;1`"),
        Some(number) if !is_version(number, version) => {
            return Err("its version is a number without leading zero");
        }
        _ => {}
    }
    if id.chars().count() > if is_interface { 128 } else { 2048 } {
        return Err("it is too long (128 characters for an Interface, 2048 for others)");
    }
    path.split(':')
        .all(|segment| is_segment(segment, false))
        .then_some(())
        .ok_or("a part is letters, digits and `_`, beginning with a letter, not ending in `_`")
}

fn is_version(text: &str, version: Version) -> bool {
    let number = |digits: &str, most: usize, zero: bool| {
        (1..=most).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (!digits.starts_with('0') || zero && digits == "0")
    };
    match text.split_once('.') {
        Some((major, minor)) => version >= Version::V3 && number(major, 9, true) && number(minor, 6, true),
        None => number(text, 9, false),
    }
}

fn is_segment(text: &str, loose_underscores: bool) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || loose_underscores && b == b'_');
    first
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && (loose_underscores || !text.ends_with('_'))
}

/// A language code such as `en` or `zh-Hans-CN`: two to four lower-case letters, a script, a region.
pub(crate) fn check_language(code: &str) -> bool {
    let mut parts = code.split('-').peekable();
    let all = |part: &str, test: fn(&u8) -> bool| part.bytes().all(|byte| test(&byte));
    let primary = parts.next().is_some_and(|p| (2..=4).contains(&p.len()) && all(p, u8::is_ascii_lowercase));
    let is_script = |p: &&str| {
        p.len() == 4 && all(&p[..1], u8::is_ascii_uppercase) && all(&p[1..], u8::is_ascii_lowercase)
    };
    let is_region = |p: &&str| {
        p.len() == 2 && all(p, u8::is_ascii_uppercase) || p.len() == 3 && all(p, u8::is_ascii_digit)
    };
    if !code.is_ascii() || !primary {
        return false;
    }
    parts.next_if(is_script);
    parts.next_if(is_region);
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_grammar_of_their_version() {
        for (id, version, valid) in [
            ("urn:device_model:sensor:1", Version::V1Preview, true),
            ("urn:device_model:1", Version::V1Preview, false),
            ("urn:<company>:sensor:1", Version::V1Preview, false),
            ("dtmi:com:example:Lamp;1", Version::V2, true),
            ("dtmi:com:example:Lamp", Version::V2, false),
            ("dtmi:com:example:Lamp", Version::V3, true),
            ("dtmi:com:example:Lamp;1.2", Version::V3, true),
            ("dtmi:com:example:Lamp;0", Version::V3, false),
            ("dtmi:com:_example:Lamp;1", Version::V3, false),
            ("dtmi:com:example_:Lamp;1", Version::V3, false),
        ] {
            assert_eq!(check_id(id, version, true).is_ok(), valid, "{id} in {version}");
        }
    }

    #[test]
    fn language_codes_have_a_language_a_script_and_a_region_at_most() {
        for (code, valid) in [("en", true), ("pt-BR", true), ("zh-Hans-CN", true), ("es-419", true)] {
            assert_eq!(check_language(code), valid, "{code}");
        }
        for code in ["EN", "e", "en-", "en-us", "english", "", "é", "en-US-x"] {
            assert!(!check_language(code), "{code}");
        }
    }
}
