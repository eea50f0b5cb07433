//! The contexts beside DTDL's own: feature extensions, quantities, IoT Central, IoT Operations and the limits of v4.
//! Decides which specifiers are known, their reserved prefixes and their terms; what their types demand of a model is
//! in `cotypes`. Begin at [`extension`].

use std::sync::OnceLock;

use hashbrown::HashMap;

use super::adjuncts::{self, Vocabulary};
use super::units::Edition;
use super::{Version, adjuncts::IOT_CENTRAL_SCHEMAS};

/// A set of limits on a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limits {
    /// The language's own.
    Core,
    /// `dtmi:dtdl:limits:aio;1`.
    Aio1,
    /// `dtmi:dtdl:limits:onvif;1`.
    Onvif1,
}

/// What the terms of an extension are made of.
#[derive(Clone, Copy)]
enum Words {
    Nothing,
    Adjuncts(Vocabulary),
    Quantities(Edition),
}

/// A known context that is not DTDL's own.
pub(crate) struct Extension {
    /// As a model writes it: `dtmi:dtdl:extension:mqtt;4`.
    pub specifier: &'static str,
    /// The specifier without its version.
    pub versionless: &'static str,
    /// Its major version.
    pub major: u32,
    /// Beginnings of ids that a model in this context may not define.
    pub reserved: &'static [&'static str],
    /// The limits it stands for, if it is one of those.
    pub limits: Option<Limits>,
    /// The version of the language that it implies where it stands before DTDL's own context.
    pub implies: Option<Version>,
    /// How the DTMIs of its terms begin.
    namespace: &'static str,
    words: Words,
    terms: OnceLock<HashMap<&'static str, String>>,
}

/// What is known of a context's specifier.
pub(crate) enum Lookup {
    /// No version of it is known.
    UnknownName,
    /// Other major versions are known.
    UnknownVersion {
        /// Those versions: "1, 2, 3".
        available: String,
    },
    /// It is known.
    Found(&'static Extension),
}

/// What sets a few of the contexts apart.
#[derive(Clone, Copy)]
struct Traits {
    reserved: &'static [&'static str],
    limits: Option<Limits>,
    implies: Option<Version>,
}

const USUAL: Traits = Traits { reserved: &[], limits: None, implies: None };
const AIO: Traits = Traits { limits: Some(Limits::Aio1), ..USUAL };
const ONVIF: Traits = Traits { limits: Some(Limits::Onvif1), ..USUAL };
const CENTRAL: Traits = Traits { reserved: &["dtmi:iotcentral:"], implies: Some(Version::V2), ..USUAL };
const OPERATIONS: Traits = Traits { reserved: &["dtmi:iotoperations:"], ..USUAL };

const fn row(
    specifier: [&'static str; 2],
    major: u32,
    dtmis: &'static str,
    words: Words,
    traits: Traits,
) -> Extension {
    let [versionless, specifier] = specifier;
    let Traits { reserved, limits, implies } = traits;
    let terms = OnceLock::new();
    Extension { specifier, versionless, major, reserved, limits, implies, namespace: dtmis, words, terms }
}

/// A context whose DTMIs begin with another prefix than its specifier.
macro_rules! context {
    ($name:expr, $major:literal, $dtmis:expr, $words:expr, $traits:expr) => {
        row([$name, concat!($name, ";", $major)], $major, $dtmis, $words, $traits)
    };
}

/// A feature extension: `dtmi:dtdl:extension:mqtt;4`, whose DTMIs begin with `dtmi:dtdl:extension:mqtt:v4:`.
macro_rules! feature {
    ($name:literal, $major:literal, $words:expr) => {
        context!(
            concat!("dtmi:dtdl:extension:", $name),
            $major,
            concat!("dtmi:dtdl:extension:", $name, ":v", $major, ":"),
            $words,
            USUAL
        )
    };
}

use Vocabulary::{Annotation, Historization, IotCentral, IotOperations, Mqtt, Overriding, Requirement};
use Words::{Adjuncts, Nothing, Quantities};

static EXTENSIONS: [Extension; 19] = [
    feature!("annotation", 1, Adjuncts(Annotation)),
    feature!("annotation", 2, Adjuncts(Annotation)),
    feature!("historization", 1, Adjuncts(Historization)),
    feature!("historization", 2, Adjuncts(Historization)),
    feature!("mqtt", 1, Adjuncts(Mqtt)),
    feature!("mqtt", 2, Adjuncts(Mqtt)),
    feature!("mqtt", 3, Adjuncts(Mqtt)),
    feature!("mqtt", 4, Adjuncts(Mqtt)),
    feature!("overriding", 1, Adjuncts(Overriding)),
    feature!("overriding", 2, Adjuncts(Overriding)),
    feature!("quantitativeTypes", 1, Quantities(Edition::Q1)),
    feature!("quantitativeTypes", 2, Quantities(Edition::Q2)),
    feature!("quantitativeTypes", 3, Quantities(Edition::Q3)),
    feature!("requirement", 1, Adjuncts(Requirement)),
    feature!("requirement", 2, Adjuncts(Requirement)),
    context!("dtmi:dtdl:limits:aio", 1, "dtmi:dtdl:limits:aio:", Nothing, AIO),
    context!("dtmi:dtdl:limits:onvif", 1, "dtmi:dtdl:limits:onvif:", Nothing, ONVIF),
    context!("dtmi:iotcentral:context", 2, "dtmi:iotcentral:", Adjuncts(IotCentral), CENTRAL),
    context!("dtmi:iotoperations:context", 4, "dtmi:iotoperations:", Adjuncts(IotOperations), OPERATIONS),
];

impl Extension {
    /// The DTMI that one of its terms stands for.
    pub(crate) fn term(&'static self, term: &str) -> Option<&'static str> {
        self.built().get(term).map(String::as_str)
    }

    /// Its terms, sorted.
    pub(crate) fn terms(&'static self) -> impl Iterator<Item = &'static str> {
        let mut names: Vec<&'static str> = self.built().keys().copied().collect();
        names.sort_unstable();
        names.into_iter()
    }

    fn built(&'static self) -> &'static HashMap<&'static str, String> {
        self.terms.get_or_init(|| match self.words {
            Nothing => HashMap::default(),
            Quantities(edition) => edition.terms().into_iter().collect(),
            Adjuncts(vocabulary) => {
                let schemas = IOT_CENTRAL_SCHEMAS.iter().filter(|_| vocabulary == IotCentral);
                adjuncts::terms(vocabulary, self.major)
                    .chain(schemas.map(|(name, id)| (*name, (*id).to_owned())))
                    .collect()
            }
        })
    }
}

/// Whether the context says by itself which version of the language it belongs to, so that it may stand first.
pub(crate) fn implies_version(specifier: &str) -> bool {
    EXTENSIONS.iter().any(|known| known.specifier == specifier && known.implies.is_some())
}

/// What is known of the context of that name and version. Unknown minor versions of a known major one are accepted.
pub(crate) fn extension(versionless: &str, major: u32) -> Lookup {
    let known = || EXTENSIONS.iter().filter(|extension| extension.versionless == versionless);
    if let Some(found) = known().find(|extension| extension.major == major) {
        return Lookup::Found(found);
    }
    let majors: Vec<String> = known().map(|extension| extension.major.to_string()).collect();
    if majors.is_empty() {
        Lookup::UnknownName
    } else {
        Lookup::UnknownVersion { available: majors.join(", ") }
    }
}

/// Beginnings of ids that no model may define.
pub(crate) fn core_reserved() -> &'static [&'static str] {
    &["dtmi:dtdl:", "dtmi:standard:"]
}

/// Whether an id begins as those that some context reserves.
pub(crate) fn is_reserved_anywhere(id: &str) -> bool {
    let ours = EXTENSIONS.iter().flat_map(|extension| extension.reserved);
    core_reserved().iter().chain(ours).any(|prefix| id.starts_with(prefix))
}

/// The specifiers of all extensions, in the order of the table.
pub(crate) fn specifiers() -> impl Iterator<Item = &'static str> {
    EXTENSIONS.iter().map(|extension| extension.specifier)
}

/// The specifier of an extension's major version.
pub(super) fn specifier_of(vocabulary: Vocabulary, major: u32) -> &'static str {
    EXTENSIONS
        .iter()
        .filter(|extension| extension.major == major)
        .find(|extension| matches!(extension.words, Adjuncts(words) if words == vocabulary))
        .map_or("", |extension| extension.specifier)
}

/// The term of an extension that stands for a DTMI whose last label is `label`.
pub(super) fn term_of(dtmi: &str, label: &str) -> Option<&'static str> {
    EXTENSIONS
        .iter()
        .filter(|extension| dtmi.starts_with(extension.namespace))
        .filter_map(|extension| extension.built().get_key_value(label))
        .find(|(_, id)| *id == dtmi)
        .map(|(term, _)| *term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_minor_version_is_read_as_its_major_one() {
        let Lookup::Found(mqtt) = extension("dtmi:dtdl:extension:mqtt", 4) else { panic!("not found") };
        assert_eq!(mqtt.specifier, "dtmi:dtdl:extension:mqtt;4");
        assert_eq!(mqtt.term("index"), Some("dtmi:dtdl:extension:mqtt:v4:Indexed:index"));
        assert_eq!(mqtt.term("annotates"), None);
    }

    #[test]
    fn an_unknown_major_version_is_answered_with_the_known_ones() {
        let Lookup::UnknownVersion { available } = extension("dtmi:dtdl:extension:quantitativeTypes", 9)
        else {
            panic!("known")
        };
        assert_eq!(available, "1, 2, 3");
        assert!(matches!(extension("dtmi:com:example", 1), Lookup::UnknownName));
    }

    #[test]
    fn reserved_ids_are_known_whatever_the_context() {
        assert!(is_reserved_anywhere("dtmi:iotoperations:x;1"));
        assert!(is_reserved_anywhere("dtmi:dtdl:x;1"));
        assert!(!is_reserved_anywhere("dtmi:com:example;1"));
    }
}
