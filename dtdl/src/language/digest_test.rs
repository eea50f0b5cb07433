//! Holds the tables against the digest that DTDL's reference is generated from, fact by fact and in both directions:
//! what the digest has the tables must have, and nothing else. Skips where the digest is not at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::class::Class;
use super::cotypes::{self, Constraint, Cotype, CotypeMember, MemberValue, Sibling};
use super::extensions::{self, Extension, Limits, Lookup};
use super::patterns::MemberPattern;
use super::units::{Edition, families};
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

/// A co-type as the digest writes it, texts for people aside.
fn as_digest(cotype: &Cotype) -> Value {
    let mut facts = json!({
        "abstract": cotype.abstract_,
        "extensionContext": cotype.context,
        "extensionKind": format!("{:?}", cotype.kind),
        "parent": cotype.parent,
        "cotypes": sorted(cotype.on.iter().map(|class| class.name().to_owned()).collect()),
        "cotypeVersions": cotype.versions.iter().map(|version| dtmi::number(*version)).collect::<Vec<_>>(),
        "mergeable": false,
        "elements": [],
        "properties": cotype.members.iter().map(|m| (m.id.clone(), member_as_digest(m))).collect::<Map<_, _>>(),
        "constraints": cotype.constraints.iter().map(constraint_as_digest).collect::<Vec<_>>(),
        "siblings": cotype.siblings.iter().map(sibling_as_digest).collect::<Vec<_>>(),
    });
    let lists = [
        ("cocotypes", &cotype.requires),
        ("discotypes", &cotype.forbids),
        ("altcotypes", &cotype.alternatives),
    ];
    for (key, ids) in lists.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        facts[key] = json!(ids);
    }
    if !cotype.alternative_terms.is_empty() {
        facts["altcotypeNames"] = json!(cotype.alternative_terms);
    }
    facts
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}

/// Leaves out what is not there, as the digest does.
fn present<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    let there =
        pairs.into_iter().filter(|(_, value)| !value.is_null() && *value != json!([]) && *value != "");
    Value::Object(there.map(|(key, value)| (key.to_owned(), value)).collect())
}

fn member_as_digest(member: &CotypeMember) -> Value {
    let xsd = |name: &str| json!(format!("http://www.w3.org/2001/XMLSchema#{name}"));
    let kind = match &member.value {
        MemberValue::String => xsd("string"),
        MemberValue::Integer => xsd("integer"),
        MemberValue::Decimal => xsd("decimal"),
        MemberValue::Duration => xsd("duration"),
        MemberValue::Element(id) => json!(id),
        MemberValue::Identifier => Value::Null,
        other => panic!("{other:?} is not in the digest"),
    };
    present([
        ("type", kind),
        ("typeName", json!(member.value_name)),
        ("propertyName", json!(member.term)),
        ("optional", json!(member.optional)),
        ("plural", json!(member.plural)),
        ("maxCount", if member.plural { Value::Null } else { json!(1) }),
        ("minCount", if member.optional { Value::Null } else { json!(1) }),
        ("minInclusive", json!(member.min)),
        ("maxInclusive", json!(member.max)),
        ("maxLength", json!(member.max_length)),
        ("pattern", json!(member.pattern.map(MemberPattern::source))),
        ("uniqueValue", json!(member.unique)),
        ("childOf", json!(member.child_of)),
        ("instanceProperty", json!(member.instance_of)),
        ("idRequired", json!(member.id_required)),
        ("typeRequired", json!(member.type_required)),
        ("deprecated", json!(false)),
    ])
}

/// The names in a text that lists them.
fn names(text: &str) -> Value {
    json!(text.split(" or ").filter(|name| !name.is_empty()).collect::<Vec<_>>())
}

fn constraint_as_digest(constraint: &Constraint) -> Value {
    present([
        ("property", json!(constraint.property)),
        ("requiredTypes", json!(constraint.required_types)),
        ("requiredTypeNames", names(&constraint.required_types_text)),
        ("requiredTypesString", json!(constraint.required_types_text)),
        ("requiredValues", json!(constraint.required_values)),
        ("requiredValueNames", names(&constraint.required_values_text)),
        ("requiredValuesString", json!(constraint.required_values_text)),
        ("inverse", if constraint.inverse { json!(true) } else { Value::Null }),
        ("noneOtherType", json!(constraint.none_other)),
        ("someOtherType", json!(constraint.some_other)),
        ("siblingKey", json!(constraint.sibling_key)),
        ("siblingKeyref", json!(constraint.sibling_keyref)),
        ("siblingParentOf", json!(constraint.sibling_parent_of)),
        ("siblingClassOf", json!(constraint.sibling_class_of)),
    ])
}

fn sibling_as_digest(sibling: &Sibling) -> Value {
    present([
        ("key", json!(sibling.key)),
        ("keyref", json!(sibling.keyref)),
        ("requiredTypes", json!(sibling.required_types)),
        ("requiredTypeNames", names(&sibling.required_types_text)),
        ("requiredTypesString", json!(sibling.required_types_text)),
        ("disallowedType", json!(sibling.disallowed_type)),
        ("disallowedTypeName", json!(sibling.disallowed_type_name)),
        ("supplementalProperty", json!(sibling.supplemental_property)),
        ("uniqueReference", json!(sibling.unique_reference)),
    ])
}

#[test]
fn co_types_are_those_of_the_digest_with_all_they_demand() {
    let Some(mut digest) = digest() else { return };
    let theirs = digest["supplementalTypes"].as_object_mut().unwrap();
    for facts in theirs.values_mut() {
        for member in facts["properties"].as_object_mut().unwrap().values_mut() {
            let member = member.as_object_mut().unwrap();
            member.retain(|key, _| key != "description" && key != "patternDesc");
        }
    }
    let ours: BTreeMap<&str, Value> =
        cotypes::cotypes().into_iter().map(|cotype| (cotype.id.as_str(), as_digest(cotype))).collect();
    assert_eq!(ours.keys().copied().collect::<BTreeSet<_>>(), theirs.keys().map(String::as_str).collect());
    for (id, facts) in &ours {
        assert_eq!(facts, &theirs[*id], "{id}");
        let cotype = cotypes::cotype(id).unwrap();
        assert_eq!(cotype.id, *id);
        assert_eq!(terms::term_of(id), Some(cotype.term), "{id}");
    }
}

#[test]
fn quantities_and_the_units_of_families_are_those_of_the_digest() {
    let Some(digest) = digest() else { return };
    let specifiers = [
        (Edition::V2, "dtmi:dtdl:context;2"),
        (Edition::Q1, "dtmi:dtdl:extension:quantitativeTypes;1"),
        (Edition::Q2, "dtmi:dtdl:extension:quantitativeTypes;2"),
        (Edition::Q3, "dtmi:dtdl:extension:quantitativeTypes;3"),
    ];
    for (edition, specifier) in specifiers {
        let ours: BTreeMap<_, _> = edition.quantities().map(|row| (row.name, row.family)).collect();
        assert_eq!(json!(ours), digest["quantitativeTypes"][specifier], "{specifier}");
        let ours: BTreeMap<_, _> = families(edition)
            .map(|family| {
                (family.name, sorted(family.units(edition).map(|unit| unit.name.to_owned()).collect()))
            })
            .collect();
        assert_eq!(json!(ours), digest["units"][specifier], "{specifier}");
    }
}
