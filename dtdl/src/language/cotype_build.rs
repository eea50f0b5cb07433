//! Makes the co-types, with all their DTMIs, of the tables in `adjuncts`, `quantities` and `terms`. Decides how names
//! in those tables become DTMIs, and the few rules that hold for whole groups of co-types. Begin at [`quantities`].

use super::adjuncts::{Adjunct, EDITIONS, Kind, Member, Rule, SiblingRule, Vocabulary, adjuncts};
use super::class::Class;
use super::cotypes::{Constraint, Cotype, CotypeKind, CotypeMember, MemberValue, Sibling};
use super::quantities::QUANTITATIVE_TYPE;
use super::terms::CORE_COTYPES;
use super::units::{Edition, families};
use super::{Version, dtmi, extensions, terms};

fn blank(id: String, term: &'static str, context: &'static str, kind: CotypeKind) -> Cotype {
    Cotype {
        id,
        term,
        abstract_: false,
        kind,
        parent: None,
        context,
        on: Vec::new(),
        versions: Vec::new(),
        requires: Vec::new(),
        forbids: Vec::new(),
        alternatives: Vec::new(),
        members: Vec::new(),
        constraints: Vec::new(),
        siblings: Vec::new(),
    }
}

fn member(id: String, term: &'static str, value: MemberValue, value_name: &'static str) -> CotypeMember {
    CotypeMember {
        id,
        term,
        value,
        value_name,
        optional: false,
        plural: false,
        min: None,
        max: None,
        max_length: None,
        pattern: None,
        unique: false,
        child_of: None,
        instance_of: None,
    }
}

const fn core_context(version: Version) -> &'static str {
    match version {
        Version::V1Preview | Version::V2 => "dtmi:dtdl:context;2",
        Version::V3 => "dtmi:dtdl:context;3",
        Version::V4 => "dtmi:dtdl:context;4",
    }
}

/// The versions up to one.
fn until(version: Version) -> Vec<Version> {
    dtmi::VERSIONS.into_iter().filter(|older| *older <= version).collect()
}

/// The classes that elements of these versions may have.
fn concrete(versions: &[Version]) -> Vec<Class> {
    let here = |class: &Class| class.versions().iter().any(|version| versions.contains(version));
    let preview = [Class::CapabilityModel, Class::InterfaceInstance];
    Class::EVERY
        .iter()
        .copied()
        .filter(|class| !class.is_abstract() && !preview.contains(class) && here(class))
        .collect()
}

/// The co-types of the language's own: the roots of the others, and Alias.
pub(super) fn core() -> Vec<Cotype> {
    let mut all = Vec::new();
    for (name, since) in CORE_COTYPES {
        for version in dtmi::VERSIONS.into_iter().filter(|version| since <= version) {
            let mut cotype = blank(dtmi::class(name, version), name, core_context(version), CotypeKind::None);
            cotype.abstract_ = *name != "Alias";
            (cotype.on, cotype.versions) = match *name {
                "SemanticType" => semantic_places(version),
                "SemanticUnit" => (vec![Class::Unit], vec![version]),
                "AdjunctType" => (concrete(&until(version)), until(version)),
                // An alias stands for an element, and since v3 no element is a CommandPayload itself.
                _ => {
                    let mut on = concrete(&[version]);
                    on.retain(|class| *class != Class::CommandPayload);
                    (on, vec![version])
                }
            };
            if *name == "Alias" {
                let entity = MemberValue::Element(dtmi::class("Entity", version));
                cotype.members =
                    vec![member(dtmi::property("aliasFor", version), "aliasFor", entity, "Entity")];
            }
            all.push(cotype);
        }
    }
    all
}

/// Where a semantic type may stand: v4's also beside the payloads of older versions.
fn semantic_places(version: Version) -> (Vec<Class>, Vec<Version>) {
    use Class::{CommandPayload, CommandRequest, CommandResponse, Field, MapValue};
    let mut on = vec![Class::Property, Class::Relationship, Class::Telemetry];
    if version >= Version::V3 {
        on.extend([CommandRequest, CommandResponse, Field, MapValue]);
    }
    if version == Version::V4 {
        on.push(CommandPayload);
    }
    (on, if version == Version::V4 { until(version) } else { vec![version] })
}

/// The co-types of an edition of the quantities.
pub(super) fn quantities(edition: Edition) -> Vec<Cotype> {
    let version = edition.version();
    let context = match edition {
        Edition::V2 => core_context(version),
        Edition::Q1 => "dtmi:dtdl:extension:quantitativeTypes;1",
        Edition::Q2 => "dtmi:dtdl:extension:quantitativeTypes;2",
        Edition::Q3 => "dtmi:dtdl:extension:quantitativeTypes;3",
    };
    let semantic = |name: &'static str, parent: String| {
        let mut cotype = blank(edition.class_id(name), name, context, CotypeKind::SemanticType);
        cotype.parent = Some(parent);
        cotype.on = quantity_places(edition);
        cotype.versions = vec![version];
        cotype
    };
    let mut root = semantic(QUANTITATIVE_TYPE, dtmi::class("SemanticType", version));
    root.abstract_ = true;
    root.members = vec![unit_member(edition, None)];
    root.constraints = vec![Constraint {
        property: "schema",
        required_types: vec![dtmi::class("NumericSchema", version)],
        required_types_text: "NumericSchema".to_owned(),
        ..Constraint::default()
    }];
    let mut all: Vec<Cotype> = edition
        .quantities()
        .map(|quantity| {
            let mut cotype = semantic(quantity.name, root.id.clone());
            cotype.members = vec![unit_member(edition, Some(quantity.family))];
            cotype
        })
        .collect();
    all.push(root);
    all.extend(edition.marks().iter().map(|name| mark(edition, context, name)));
    if edition == Edition::V2 {
        all.extend(unit_classes(context));
    }
    all
}

fn quantity_places(edition: Edition) -> Vec<Class> {
    use Class::{CommandRequest, CommandResponse, Field, MapValue, Property, Telemetry};
    match edition {
        Edition::V2 => vec![Property, Telemetry],
        _ => vec![CommandRequest, CommandResponse, Field, MapValue, Property, Telemetry],
    }
}

/// The member `unit`: of a class of units in v2, of an Enum of units after it.
fn unit_member(edition: Edition, family: Option<&'static str>) -> CotypeMember {
    let (value, name, child_of) = match (edition, family) {
        (Edition::V2, Some(family)) => (edition.family_id(family), family, None),
        _ => {
            let (value, name) = unit_class(edition);
            (value, name, family.map(|family| edition.family_id(family)))
        }
    };
    CotypeMember { child_of, ..member(edition.member_id("unit"), "unit", MemberValue::Element(value), name) }
}

/// The class that units are of.
fn unit_class(edition: Edition) -> (String, &'static str) {
    let name = if edition == Edition::V2 { "Unit" } else { "EnumValue" };
    (dtmi::class(name, edition.version()), name)
}

/// A type that marks units or prefixes and carries what is known of them.
fn mark(edition: Edition, context: &'static str, name: &'static str) -> Cotype {
    let version = edition.version();
    let (kind, parent, on) = match edition {
        Edition::V2 => (CotypeKind::SemanticUnit, "SemanticUnit", Class::Unit),
        _ => (CotypeKind::AdjunctType, "AdjunctType", Class::EnumValue),
    };
    let mut cotype = blank(edition.class_id(name), name, context, kind);
    cotype.parent = Some(dtmi::class(parent, version));
    // The extensions say of BinaryUnit alone nothing narrower than AdjunctType does.
    (cotype.on, cotype.versions) = if edition != Edition::V2 && name == "BinaryUnit" {
        (concrete(&until(version)), until(version))
    } else {
        (vec![on], vec![version])
    };
    let unit = |term: &'static str| {
        let (id, class) = unit_class(edition);
        member(edition.member_id(term), term, MemberValue::Element(id), class)
    };
    cotype.members = match name {
        "RatioUnit" => vec![unit("bottomUnit"), unit("topUnit")],
        "SymbolicUnit" => vec![symbol(version)],
        "UnitPrefix" => vec![exponent(version), symbol(version)],
        _ => {
            let mut prefix = CotypeMember { optional: true, ..unit("prefix") };
            if edition == Edition::V2 {
                let family = if name == "BinaryUnit" { "BinaryPrefix" } else { "DecimalPrefix" };
                (prefix.value, prefix.value_name) = (MemberValue::Element(edition.family_id(family)), family);
            }
            vec![unit("baseUnit"), prefix]
        }
    };
    cotype
}

fn symbol(version: Version) -> CotypeMember {
    member(dtmi::property("symbol", version), "symbol", MemberValue::String, "string")
}

fn exponent(version: Version) -> CotypeMember {
    member(dtmi::property("exponent", version), "exponent", MemberValue::Integer, "integer")
}

/// v2's classes of units and of prefixes, each an extension of a material class.
fn unit_classes(context: &'static str) -> impl Iterator<Item = Cotype> {
    let class = move |name: &'static str, kind, parent| {
        let mut cotype = blank(Edition::V2.family_id(name), name, context, kind);
        cotype.parent = Some(dtmi::class(parent, Version::V2));
        cotype
    };
    let units = families(Edition::V2).map(move |family| class(family.name, CotypeKind::Unit, "Unit"));
    let prefixes = ["DecimalPrefix", "BinaryPrefix"].into_iter().map(move |name| {
        let mut cotype = class(name, CotypeKind::UnitAttribute, "UnitAttribute");
        cotype.members = vec![exponent(Version::V2), symbol(Version::V2)];
        cotype
    });
    units.chain(prefixes)
}

/// A major version of an extension, in which names are turned into DTMIs.
#[derive(Clone, Copy)]
struct Scope {
    vocabulary: Vocabulary,
    major: u32,
    versions: &'static [Version],
    context: &'static str,
}

/// The co-types of the extensions beside the quantities.
pub(super) fn extensions() -> Vec<Cotype> {
    let scopes = EDITIONS.iter().map(|(vocabulary, major, versions)| Scope {
        vocabulary: *vocabulary,
        major: *major,
        versions,
        context: extensions::specifier_of(*vocabulary, *major),
    });
    scopes
        .flat_map(|scope| adjuncts(scope.vocabulary, scope.major).map(move |row| scope.cotype(row)))
        .collect()
}

impl Scope {
    /// The version of the language that the extension is written in. Requirement is so in v4 from its first version.
    fn version(self) -> Version {
        self.versions.last().copied().unwrap_or(Version::V4)
    }

    fn cotype(self, row: &'static Adjunct) -> Cotype {
        let (kind, parent) = match self.vocabulary {
            Vocabulary::IotCentral => (CotypeKind::SemanticType, "SemanticType"),
            _ => (CotypeKind::AdjunctType, "AdjunctType"),
        };
        let others = |others: &[super::adjuncts::Other]| {
            others.iter().map(|other| other.id(self.vocabulary, self.major)).collect()
        };
        Cotype {
            parent: Some(dtmi::class(parent, self.version())),
            on: row.on.to_vec(),
            versions: self.versions.to_vec(),
            requires: others(row.requires),
            forbids: others(row.forbids),
            alternatives: others(row.alternatives),
            members: row.members(self.major).map(|member| self.member(row, member)).collect(),
            constraints: row.rules.iter().map(|rule| self.constraint(row, rule)).collect(),
            siblings: row.siblings.iter().map(|rule| self.sibling(row, rule)).collect(),
            ..blank(self.own(row.name), row.name, self.context, kind)
        }
    }

    fn own(self, name: &str) -> String {
        self.vocabulary.cotype_id(self.major, name)
    }

    fn member(self, row: &Adjunct, given: &Member) -> CotypeMember {
        let (value, value_name) = match given.kind {
            Kind::Text => (MemberValue::String, "string"),
            Kind::Integer => (MemberValue::Integer, "integer"),
            Kind::Decimal => (MemberValue::Decimal, "decimal"),
            Kind::Duration => (MemberValue::Duration, "duration"),
            Kind::Identifier => (MemberValue::Identifier, "IRI"),
            Kind::Unit(family) => (MemberValue::Element(Edition::V2.family_id(family)), family),
        };
        let id = self.vocabulary.member_id(self.major, row.name, given.name);
        CotypeMember {
            optional: given.optional,
            min: given.min,
            max_length: given.max_length,
            pattern: given.pattern,
            unique: given.unique,
            instance_of: given.instance_of,
            ..member(id, given.name, value, value_name)
        }
    }

    /// The ids of a class or co-type, in every version in which an element of the extension may meet it. A primitive
    /// schema is an alias of v2's in later versions, so v2's is met there; an abstract class is named once.
    fn type_ids(self, name: &str) -> Vec<String> {
        let Some(class) = Class::named(name) else { return vec![self.own(name)] };
        let ids = |versions: &[Version]| versions.iter().map(|version| dtmi::class(name, *version)).collect();
        if class.is_abstract() {
            ids(&[self.version()])
        } else if class.is_a(Class::PrimitiveSchema) {
            ids(&until(self.version()))
        } else {
            ids(self.versions)
        }
    }

    fn all_type_ids(self, names: &[&str]) -> Vec<String> {
        names.iter().flat_map(|name| self.type_ids(name)).collect()
    }

    fn value_id(self, term: &str) -> Option<String> {
        let central = super::adjuncts::IOT_CENTRAL_SCHEMAS.iter().find(|(name, _)| *name == term);
        central.map(|(_, id)| *id).or_else(|| terms::core_term(self.version(), term)).map(str::to_owned)
    }

    fn annotates(self) -> String {
        Vocabulary::Annotation.member_id(self.major, "ValueAnnotation", "annotates")
    }

    fn constraint(self, row: &Adjunct, rule: &Rule) -> Constraint {
        match rule {
            Rule::Types(property, names) => Constraint {
                property,
                required_types: self.all_type_ids(names),
                required_types_text: names.join(" or "),
                ..Constraint::default()
            },
            Rule::Values(property, names) => Constraint {
                property,
                required_values: names.iter().filter_map(|name| self.value_id(name)).collect(),
                required_values_text: names.join(" or "),
                ..Constraint::default()
            },
            Rule::FieldOf(names, beside) => Constraint {
                property: "fields",
                required_types: self.all_type_ids(names),
                required_types_text: names.join(" or "),
                inverse: true,
                none_other: Some(self.own(row.name)),
                some_other: beside.map(|name| self.own(name)),
                ..Constraint::default()
            },
            Rule::SameAsOverridden(property) => Constraint {
                property,
                sibling_key: Some("name"),
                sibling_keyref: Some(self.annotates()),
                sibling_parent_of: Some(self.vocabulary.member_id(self.major, row.name, "overrides")),
                ..Constraint::default()
            },
        }
    }

    fn sibling(self, row: &Adjunct, rule: &SiblingRule) -> Sibling {
        let names: Vec<&str> = rule.types.iter().map(|class| class.name()).collect();
        let overrides = rule.overrides.map(|member| self.vocabulary.member_id(self.major, row.name, member));
        Sibling {
            key: "name",
            keyref: self.annotates(),
            required_types: self.all_type_ids(&names),
            required_types_text: names.join(" or "),
            disallowed_type: rule.not.map(|name| self.own(name)),
            supplemental_property: overrides.clone(),
            unique_reference: overrides,
        }
    }
}
