//! Holds the tables against the digest that DTDL's reference is generated from, fact by fact and in both directions:
//! what the digest has the tables must have, and nothing else. Skips where the digest is not at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value};

use super::class::Class;
use super::extensions::{self, Extension, Limits, Lookup};
use super::{Version, dtmi, terms};

/// Where the digest is seen from a checkout, and from a worktree one folder deeper.
const DIGESTS: [&str; 2] =
    ["../../shared/dtdl-conformance/dtdl_digest.json", "../../../shared/dtdl-conformance/dtdl_digest.json"];

/// The digest, or nothing, said aloud, where it is not there.
fn digest() -> Option<Map<String, Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(text) = DIGESTS.iter().find_map(|path| std::fs::read_to_string(folder.join(path)).ok()) else {
        eprintln!("skipped: there is no {}", DIGESTS[0]);
        return None;
    };
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
    Some(value.as_object().unwrap().clone())
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let items = value.get(key).and_then(Value::as_array);
    items.into_iter().flatten().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// The language versions of a digest's list of numbers.
fn versions(value: &Value) -> Vec<Version> {
    let numbers: Vec<u64> = value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
    dtmi::VERSIONS
        .into_iter()
        .filter(|version| numbers.contains(&u64::from(dtmi::number(*version))))
        .collect()
}

/// A context's specifier without its version, and the version.
fn split(specifier: &str) -> (&str, u32) {
    let (name, major) = specifier.split_once(';').unwrap();
    (name, major.parse().unwrap())
}

fn core_version(specifier: &str) -> Option<Version> {
    let (name, major) = split(specifier);
    (name == "dtmi:dtdl:context")
        .then(|| dtmi::VERSIONS.into_iter().find(|version| dtmi::number(*version) == major).unwrap())
}

fn known(specifier: &str) -> &'static Extension {
    let (name, major) = split(specifier);
    match extensions::extension(name, major, 0) {
        Lookup::Found(extension) => extension,
        _ => panic!("{specifier} is not known"),
    }
}

#[test]
fn classes_are_those_of_the_digest() {
    let Some(digest) = digest() else { return };
    let classes = digest["materialClasses"].as_object().unwrap();
    let preview = [Class::CapabilityModel, Class::InterfaceInstance];
    let ours: BTreeSet<&str> =
        Class::EVERY.iter().filter(|class| !preview.contains(class)).map(|class| class.name()).collect();
    assert_eq!(ours, classes.keys().map(String::as_str).collect());
    for (name, facts) in classes {
        let class = Class::named(name).unwrap();
        assert_eq!(class.parent().map(Class::name), text(facts, "parentClass"), "{name}");
        assert_eq!(Value::from(class.overt()), facts["overt"], "{name}");
        assert_eq!(Value::from(class.is_abstract()), facts["abstract"], "{name}");
        let since_v2: Vec<_> =
            class.versions().iter().copied().filter(|v| *v != Version::V1Preview).collect();
        assert_eq!(since_v2, versions(&facts["dtdlVersions"]), "{name}");
        for other in Class::EVERY.iter().filter(|other| !preview.contains(other)) {
            let above = facts["typeIds"].as_array().unwrap().contains(&dtmi_without_version(*other));
            assert_eq!(class.is_a(*other), above, "{name} is a {}", other.name());
        }
    }
}

fn dtmi_without_version(class: Class) -> Value {
    Value::from(format!("dtmi:dtdl:class:{}", class.name()))
}

#[test]
fn contexts_have_the_terms_of_the_digest_and_no_others() {
    let Some(digest) = digest() else { return };
    let contexts = digest["contexts"].as_object().unwrap();
    for (specifier, facts) in contexts {
        let theirs: BTreeMap<&str, &str> = facts
            .as_object()
            .unwrap()
            .iter()
            .map(|(term, id)| (term.as_str(), id.as_str().unwrap()))
            .collect();
        let ours: BTreeMap<&str, &str> = match core_version(specifier) {
            Some(version) => terms::core_terms(version)
                .map(|term| (term, terms::core_term(version, term).unwrap()))
                .collect(),
            None => {
                let extension = known(specifier);
                extension.terms().map(|term| (term, extension.term(term).unwrap())).collect()
            }
        };
        assert_eq!(ours, theirs, "{specifier}");
    }
    let theirs: BTreeSet<&str> =
        contexts.keys().map(String::as_str).filter(|specifier| core_version(specifier).is_none()).collect();
    assert_eq!(extensions::specifiers().collect::<BTreeSet<_>>(), theirs);
}

#[test]
fn every_dtmi_with_a_term_leads_back_to_a_term_for_it() {
    let Some(digest) = digest() else { return };
    for (specifier, facts) in digest["contexts"].as_object().unwrap() {
        for (term, id) in facts.as_object().unwrap() {
            let id = id.as_str().unwrap();
            let back = terms::term_of(id).unwrap_or_else(|| panic!("{id} has no term"));
            // The one DTMI with two terms is read as the one that it ends in.
            let expected = if term == "EnergyRateUnit" { "PowerUnit" } else { term };
            assert_eq!(back, expected, "{id} in {specifier}");
        }
    }
}

#[test]
fn reserved_prefixes_limits_and_implied_versions_are_those_of_the_digest() {
    let Some(digest) = digest() else { return };
    for specifier in digest["contexts"].as_object().unwrap().keys() {
        let theirs = texts(&digest["reservedIdPrefixes"], specifier);
        if core_version(specifier).is_some() {
            assert_eq!(extensions::core_reserved(), theirs, "{specifier}");
            continue;
        }
        let extension = known(specifier);
        assert_eq!(extension.specifier, specifier);
        assert_eq!(extension.reserved, theirs, "{specifier}");
        let implied = digest["affiliateContextsImplicitDtdlVersions"].get(specifier).and_then(Value::as_u64);
        assert_eq!(extension.implies.map(|version| u64::from(dtmi::number(version))), implied, "{specifier}");
        let limits = extension.limits.map(|limits| match limits {
            Limits::Aio1 => "aio_1",
            Limits::Onvif1 => "onvif_1",
            Limits::Core => "",
        });
        let theirs = digest["limitContexts"].get(specifier).and_then(|facts| text(facts, "spec"));
        assert_eq!(limits, theirs, "{specifier}");
    }
}
