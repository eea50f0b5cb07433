//! Ids: the grammar of DTMIs and of v1-preview's `urn:`, and the ids that elements without one get.
//!
//! Decides what an id looks like in each version; who may use it is the reader's business. [`Dtmi::parse`] is where to
//! begin. Source: the identifier sections of the language's specifications, and `Azure/digital-twin-model-identifier`.

use crate::language::Version;
use crate::language::extensions::Limits;
use crate::language::members::length_above;

/// A Digital Twin Model Identifier, taken apart.
///
/// ```
/// let id = dtdl::Dtmi::parse("dtmi:com:example:Thermostat;1.2").unwrap();
/// assert_eq!((id.major(), id.minor()), (1, 2));
/// assert_eq!(id.versionless(), "dtmi:com:example:Thermostat");
/// assert_eq!(id.repository_path(), "dtmi/com/example/thermostat-1.2.json");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dtmi {
    text: String,
    /// Where the version begins (its `;`), and the fragment (its `#`).
    version_at: Option<usize>,
    fragment_at: Option<usize>,
    major: u32,
    minor: u32,
}

impl Dtmi {
    /// The identifier that `text` is, or `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let fragment_at = text.find('#');
        let (path, fragment) = match fragment_at {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text, ""),
        };
        let version_at = path.find(';');
        let (labels, version) = match version_at {
            Some(at) => (&path[..at], Some(&path[at + 1..])),
            None => (path, None),
        };
        let (major, minor) = match version {
            Some(version) => parse_version(version, true)?,
            None => (0, 0),
        };
        let labels_hold = labels.strip_prefix("dtmi:")?.split(':').all(is_label);
        (labels_hold && (fragment.is_empty() || is_label(fragment))).then(|| Self {
            text: text.to_owned(),
            version_at,
            fragment_at,
            major,
            minor,
        })
    }

    /// The identifier as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The major version; 0 when there is none.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The minor version; 0 when there is none.
    pub fn minor(&self) -> u32 {
        self.minor
    }

    /// Everything before the version, and the fragment.
    pub fn versionless(&self) -> String {
        match self.version_at {
            Some(at) => format!("{}{}", &self.text[..at], self.fragment_with_sign()),
            None => self.text.clone(),
        }
    }

    /// The segments between the scheme and the version.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let end = self.version_at.or(self.fragment_at).unwrap_or(self.text.len());
        self.text["dtmi:".len()..end].split(':')
    }

    /// What stands behind `#`; empty when nothing does.
    pub fn fragment(&self) -> &str {
        self.fragment_with_sign().strip_prefix('#').unwrap_or("")
    }

    /// Whether it is of the kind that is inferred for elements without an id (a segment begins with an underscore).
    pub fn is_reserved(&self) -> bool {
        self.text.contains(":_") || self.fragment().starts_with('_')
    }

    /// The path of its file in a models repository, as device models are published.
    pub fn repository_path(&self) -> String {
        let path = self.text.split('#').next().unwrap_or_default();
        format!("{}.json", path.to_lowercase().replace(':', "/").replace(';', "-"))
    }

    pub(crate) fn fragmentless(&self) -> &str {
        &self.text[..self.fragment_at.unwrap_or(self.text.len())]
    }

    fn fragment_with_sign(&self) -> &str {
        self.fragment_at.map_or("", |at| &self.text[at..])
    }
}

/// Why an id cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdFault {
    TooLong(usize),
    Malformed,
}

/// Whether `id` may be given to an element in a version of the language.
pub(crate) fn check_definition(id: &str, version: Version, limits: Limits) -> Result<(), IdFault> {
    let most = match (version, limits) {
        (Version::V1Preview, _) => 256,
        (_, Limits::Core) => 2048,
        (_, Limits::Aio1 | Limits::Onvif1) => 512,
    };
    if length_above(id, most).is_some() {
        return Err(IdFault::TooLong(most));
    }
    if has_syntax(id, version) { Ok(()) } else { Err(IdFault::Malformed) }
}

/// The greatest length of an Interface's id.
pub(crate) fn interface_id_length(version: Version, limits: Limits) -> usize {
    match (version, limits) {
        (Version::V1Preview, _) | (_, Limits::Aio1 | Limits::Onvif1) => 256,
        _ => 128,
    }
}

/// Whether `id` may be referred to in a version of the language.
pub(crate) fn is_reference(id: &str, version: Version, limits: Limits) -> bool {
    check_definition(id, version, limits).is_ok()
}

fn has_syntax(id: &str, version: Version) -> bool {
    if version == Version::V1Preview {
        return has_urn_syntax(id);
    }
    // .NET's `$` matches before a final newline; an id with one cannot be written anywhere else, so it is refused here.
    let Some(rest) = id.strip_prefix("dtmi:") else { return false };
    let (path, number) = match rest.split_once(';') {
        Some((path, number)) => (path, Some(number)),
        None => (rest, None),
    };
    let version_holds = match number {
        Some(number) => parse_version(number, version != Version::V2).is_some(),
        None => version != Version::V2,
    };
    version_holds && path.split(':').all(is_user_label)
}

/// `urn:company:device:Model:1`: at least two names, then the version.
fn has_urn_syntax(id: &str) -> bool {
    let mut segments: Vec<&str> = id.split(':').collect();
    let version = segments.pop().unwrap_or_default();
    let number =
        version.len() <= 9 && version.bytes().all(|byte| byte.is_ascii_digit()) && !version.starts_with('0');
    let label = |text: &&str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
    };
    number && segments.len() >= 3 && segments[0] == "urn" && segments[1..].iter().all(label)
}

/// `1`, or with `minor` also `1.2`: nine and six digits at most, no leading zero.
fn parse_version(text: &str, minor: bool) -> Option<(u32, u32)> {
    let (major, rest) = match text.split_once('.') {
        Some((major, rest)) => (major, Some(rest)),
        None => (text, None),
    };
    let minor = match rest {
        Some(rest) if minor => number(rest, 6)?,
        Some(_) => return None,
        None => 0,
    };
    Some((number(major, 9)?, minor))
}

fn number(text: &str, digits: usize) -> Option<u32> {
    let holds = !text.is_empty()
        && text.len() <= digits
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit());
    if holds { text.parse().ok() } else { None }
}

/// A segment that a person may write: a letter, then letters, digits and underscores, not ending with one.
pub(crate) fn is_user_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) => {
            first.is_ascii_alphabetic()
                && *last != b'_'
                && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        }
        _ => false,
    }
}

/// A segment of any DTMI: inferred ones begin with underscores.
fn is_label(text: &str) -> bool {
    let rest = text.trim_start_matches('_');
    let bytes = rest.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) => {
            (rest.len() < text.len() || first.is_ascii_alphabetic())
                && first.is_ascii_alphanumeric()
                && *last != b'_'
                && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        }
        _ => false,
    }
}

/// How much of a name ids show: those that are longer than names may be are cut, so that no id is out of all proportion.
const SHOWN: usize = 1024;

/// The id of an element that was given none: that of the nearest around it that was, the members on the way, and among
/// several in a member the own name.
pub(crate) fn inferred<'s>(given: &str, steps: impl Iterator<Item = (&'s str, Option<&'s str>)>) -> String {
    let (path, version) = given.split_at(version_at(given));
    let mut id = path.to_owned();
    for (member, name) in steps {
        id.push_str(":_");
        id.push_str(member);
        if let Some(name) = name {
            id.push_str(":__");
            id.push_str(&name[..name.floor_char_boundary(SHOWN)]);
        }
    }
    id.push_str(version);
    id
}

/// The ids that an inferred one may begin with, each with the [`steps`] from there.
pub(crate) fn roots(id: &str) -> impl Iterator<Item = (String, &str)> {
    let (path, version) = id.split_at(version_at(id));
    path.match_indices(":_").map(move |(at, _)| ([&path[..at], version].concat(), &path[at..]))
}

/// The members on the way, and the name in each that holds several.
pub(crate) fn steps(steps: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut labels = steps.split(":_").skip(1).peekable();
    std::iter::from_fn(move || {
        let member = labels.next()?;
        let name = labels.next_if(|label| label.starts_with('_')).map(|label| &label[1..]);
        Some((member, name))
    })
}

/// Where the version begins.
fn version_at(id: &str) -> usize {
    match id.find(';') {
        Some(at) => at,
        None if id.starts_with("urn:") => id.rfind(':').unwrap_or(id.len()),
        None => id.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_apart_into_labels_versions_and_fragment() {
        let id = Dtmi::parse("dtmi:com:example:_x:__y2;3.14#Layer").unwrap();
        assert_eq!(id.labels().collect::<Vec<_>>(), ["com", "example", "_x", "__y2"]);
        assert_eq!((id.major(), id.minor(), id.fragment()), (3, 14, "Layer"));
        assert_eq!(id.versionless(), "dtmi:com:example:_x:__y2#Layer");
        assert!(id.is_reserved());
    }

    #[test]
    fn what_is_not_a_dtmi_is_refused() {
        for text in [
            "",
            "dtmi:",
            "dtmi:a:;1",
            "dtmi:1a;1",
            "dtmi:a_;1",
            "dtmi:a;0",
            "dtmi:a;01",
            "dtmi:a;1.0",
            "dtmi:a;1#-",
        ] {
            assert_eq!(Dtmi::parse(text), None, "{text}");
        }
    }

    #[test]
    fn versions_may_be_left_out_since_v3_only() {
        assert!(!has_syntax("dtmi:a", Version::V2) && has_syntax("dtmi:a", Version::V3));
        assert!(!has_syntax("dtmi:a;1.2", Version::V2) && has_syntax("dtmi:a;1.2", Version::V3));
    }

    #[test]
    fn an_inferred_id_keeps_the_version_at_the_end() {
        let inferred = |given, member, name| inferred(given, [(member, name)].into_iter());
        assert_eq!(inferred("dtmi:a;1", "contents", Some("x")), "dtmi:a:_contents:__x;1");
        assert_eq!(inferred("dtmi:a", "schema", None), "dtmi:a:_schema");
        assert_eq!(inferred("urn:a:B:1", "contents", Some("x")), "urn:a:B:_contents:__x:1");
    }

    #[test]
    fn an_inferred_id_leads_back_to_where_the_element_stands() {
        let (root, rest) = roots("dtmi:a:_contents:__x:_schema;1").next().unwrap();
        assert_eq!(root, "dtmi:a;1");
        assert_eq!(steps(rest).collect::<Vec<_>>(), [("contents", Some("x")), ("schema", None)]);
    }
}
