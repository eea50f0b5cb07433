//! Holds the tables against the digest that DTDL's reference is generated from, fact by fact and in both directions:
//! what the digest has the tables must have, and nothing else. Skips where the digest is not at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::class::Class;
use super::cotypes::{self, Constraint, Cotype, CotypeMember, MemberValue, Sibling};
use super::extensions::{self, Extension, Limits, Lookup};
use super::patterns::MemberPattern;
use super::standard::{self, Standard, StandardLiteral, StandardValue};
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
    match extensions::extension(name, major) {
        Lookup::Found(extension) => extension,
        _ => panic!("{specifier} is not known"),
    }
}

#[test]
fn classes_are_those_of_the_digest() {
    let Some(digest) = digest() else { return };
    let classes = digest["materialClasses"].as_object().unwrap();
    let preview = [Class::CapabilityModel, Class::InterfaceInstance, Class::Geospatial];
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
    if !cotype.alternatives.is_empty() {
        let terms: Vec<_> = cotype.alternatives.iter().map(|id| terms::term_of(id)).collect();
        facts["altcotypeNames"] = json!(terms);
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
        ("idRequired", json!(false)),
        ("typeRequired", json!(true)),
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
        ("disallowedTypeName", json!(sibling.disallowed_type.as_deref().and_then(terms::term_of))),
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

/// Reads the digest's elements as a model is read, into the form that [`standard_as_json`] gives ours.
struct Elements<'d> {
    digest: &'d Map<String, Value>,
    aliases: BTreeMap<&'d str, &'d str>,
    found: BTreeMap<String, Value>,
}

/// The contexts in force, the version of the language, and the terms they give.
struct Scope<'d> {
    version: Version,
    contexts: Vec<&'d Map<String, Value>>,
}

impl<'d> Scope<'d> {
    fn of(digest: &'d Map<String, Value>, element: &Value) -> Self {
        let one = element["@context"].as_str().map(|one| vec![one.to_owned()]);
        let specifiers = one.unwrap_or_else(|| texts(element, "@context"));
        let version = specifiers.iter().find_map(|specifier| core_version(specifier)).unwrap();
        let contexts = specifiers.iter().map(|name| digest["contexts"][name].as_object().unwrap()).collect();
        Self { version, contexts }
    }

    fn expand(&self, word: &str) -> String {
        let id = self.contexts.iter().rev().find_map(|terms| terms.get(word)).and_then(Value::as_str);
        id.unwrap_or(word).to_owned()
    }
}

impl<'d> Elements<'d> {
    fn read(digest: &'d Map<String, Value>) -> Self {
        let elements = digest["elements"].as_array().unwrap();
        let aliases = elements.iter().filter_map(|e| Some((text(e, "@id")?, text(e, "aliasFor")?))).collect();
        let mut reader = Self { digest, aliases, found: BTreeMap::new() };
        for element in elements {
            let scope = Scope::of(digest, element);
            reader.element(&scope, element, text(element, "@id").unwrap(), [Value::Null, Value::Null]);
        }
        reader
    }

    fn followed(&self, id: &str) -> String {
        self.aliases.get(id).map_or_else(|| id.to_owned(), |next| self.followed(next))
    }

    /// The material class and the other types; units and prefixes of v2 only have types of extensions.
    fn types(&self, scope: &Scope<'_>, element: &Value, property: &Value) -> (String, Vec<String>) {
        let one = text(element, "@type").map(|one| vec![one.to_owned()]);
        let names = one.unwrap_or_else(|| texts(element, "@type"));
        let (classes, mut others): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| self.digest["materialClasses"].get(name).is_some());
        others = others.iter().map(|name| scope.expand(name)).collect();
        let class = classes.into_iter().next().unwrap_or_else(|| match property.as_str() {
            Some("fields") => "Field".to_owned(),
            _ => text(&self.digest["supplementalTypes"][&others[0]], "extensionKind").unwrap().to_owned(),
        });
        (class, others)
    }

    fn element(&mut self, scope: &Scope<'_>, element: &Value, id: &str, place: [Value; 2]) {
        let [parent, property] = place;
        let (class, types) = self.types(scope, element, &property);
        let members = &self.digest["materialClasses"][&class]["properties"];
        let (mut literals, mut links, mut values) = (Map::new(), Map::new(), Map::new());
        for (key, value) in element.as_object().unwrap().iter().filter(|(key, _)| !key.starts_with('@')) {
            let Some(facts) = members.get(key) else {
                let held = scope.expand(key);
                let element = self.declared(&types, &held)["type"].as_str().unwrap().starts_with("dtmi:");
                let value = if element {
                    json!({ "id": scope.expand(value.as_str().unwrap()) })
                } else {
                    value.clone()
                };
                values.insert(held, value);
                continue;
            };
            if facts["_"]["datatype"] == "langString" && value.is_string() {
                literals.insert(key.clone(), json!({ "en": value }));
            } else if facts["_"]["literal"] == true {
                literals.insert(key.clone(), value.clone());
            } else {
                links.insert(key.clone(), self.links(scope, id, key, value));
            }
        }
        let version = dtmi::number(scope.version);
        let types = sorted(types);
        let facts = json!({
            "class": class, "version": version, "parent": parent, "property": property, "types": types,
            "literals": literals, "links": links, "values": values,
        });
        assert!(self.found.insert(id.to_owned(), facts).is_none(), "{id} twice");
    }

    fn declared(&self, types: &[String], member: &str) -> Value {
        let facts =
            types.iter().find_map(|id| self.digest["supplementalTypes"][id]["properties"].get(member));
        facts.unwrap_or_else(|| panic!("{member} is of none of {types:?}")).clone()
    }

    /// The ids that a member holds; what is nested there is read too.
    fn links(&mut self, scope: &Scope<'_>, parent: &str, key: &str, value: &Value) -> Value {
        let mut ids = Vec::new();
        for item in value.as_array().unwrap_or(&vec![value.clone()]) {
            if let Some(word) = item.as_str() {
                ids.push(self.followed(&scope.expand(word)));
                continue;
            }
            let id = text(item, "@id").map_or_else(
                || {
                    let (name, version) = parent.split_once(';').unwrap();
                    format!("{name}:_{key}:__{};{version}", text(item, "name").unwrap())
                },
                str::to_owned,
            );
            self.element(scope, item, &id, [json!(parent), json!(key)]);
            ids.push(id);
        }
        json!(ids)
    }
}

fn literal_as_json(literal: &StandardLiteral) -> Value {
    match literal {
        StandardLiteral::Text(text) => json!(text),
        StandardLiteral::Texts(texts) => json!(texts.iter().collect::<BTreeMap<_, _>>()),
        StandardLiteral::Integer(number) => json!(number),
    }
}

fn standard_as_json(element: &Standard) -> Value {
    let mut links: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (member, id) in &element.links {
        links.entry(member).or_default().push(id);
    }
    let literals: Map<_, _> = element
        .literals
        .iter()
        .map(|(member, value)| ((*member).to_owned(), literal_as_json(value)))
        .collect();
    let values: Map<_, _> = element
        .cotype_values
        .iter()
        .map(|(member, value)| match value {
            StandardValue::Literal(literal) => (member.clone(), literal_as_json(literal)),
            StandardValue::Element(id) => (member.clone(), json!({ "id": id })),
        })
        .collect();
    json!({
        "class": element.class.name(), "version": dtmi::number(element.version), "parent": element.parent,
        "property": element.property, "types": sorted(element.types.clone()), "literals": literals,
        "links": links, "values": values,
    })
}

#[test]
fn standard_elements_are_those_of_the_digest() {
    let Some(digest) = digest() else { return };
    let mut theirs = Elements::read(&digest).found;
    let ours: BTreeMap<String, Value> = standard::standards()
        .into_iter()
        .filter(|element| element.version != Version::V1Preview)
        .map(|element| (element.id.clone(), standard_as_json(element)))
        .collect();
    assert_eq!(ours.keys().collect::<BTreeSet<_>>(), theirs.keys().collect());
    let mut without = BTreeSet::new();
    for (id, facts) in &ours {
        let expected = theirs.get_mut(id).unwrap();
        if facts["literals"].get("description").is_none()
            && expected["literals"].as_object_mut().unwrap().remove("description").is_some()
        {
            without.insert(id.split(';').next().unwrap());
        }
        assert_eq!(facts, expected, "{id}");
    }
    // The descriptions that are sentences and not made of names: they are left out on purpose, and no others are.
    let schemas = terms::PRIMITIVES.iter().map(|(name, ..)| format!("dtmi:dtdl:instance:Schema:{name}"));
    let commands = terms::COMMAND_TYPES.map(|name| format!("dtmi:dtdl:instance:CommandType:{name}"));
    let others = [
        "dtmi:iotcentral:schema:geopoint",
        "dtmi:iotcentral:schema:vector",
        "dtmi:standard:schema:scaledDecimal",
        "dtmi:standard:schema:scaledDecimal:_fields:__scale",
        "dtmi:standard:schema:scaledDecimal:_fields:__value",
    ];
    let left_out: BTreeSet<String> = schemas.chain(commands).chain(others.map(str::to_owned)).collect();
    assert_eq!(without, left_out.iter().map(String::as_str).collect());
}

#[test]
fn aliases_lead_where_the_digest_says() {
    let Some(digest) = digest() else { return };
    let elements = Elements::read(&digest);
    for id in elements.aliases.keys() {
        assert_eq!(standard::alias(id), elements.followed(id));
    }
    let ours = standard::standards().into_iter().filter(|element| element.alias_for().is_some()).count();
    assert_eq!(ours, elements.aliases.len());
}
