//! The co-types that extensions add to elements, one table for all versions of them. Decides what each demands, in the
//! extension's own names; `cotypes` turns the names into DTMIs. Begin at [`ADJUNCTS`].

use super::class::Class::{
    self, Array, Command, CommandRequest, CommandResponse, Component, Enum, EnumValue, Field, Interface, Map,
    MapValue, Object, Property, Relationship, Telemetry,
};
use super::patterns::MemberPattern;
use super::{Version, dtmi};

/// Extensions that define co-types other than quantities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the extensions' own")]
pub(crate) enum Vocabulary {
    Annotation,
    Historization,
    Mqtt,
    Overriding,
    Requirement,
    IotCentral,
    IotOperations,
}

use Vocabulary::{Annotation, Historization, IotCentral, IotOperations, Mqtt, Overriding, Requirement};

/// IoT Central's schemas.
pub(crate) const IOT_CENTRAL_SCHEMAS: &[(&str, &str)] =
    &[("vector", "dtmi:iotcentral:schema:vector;2"), ("geopoint", "dtmi:iotcentral:schema:geopoint;2")];

/// The extension and the major versions of it that there are, with the versions of the language that its types can be
/// used in.
pub(crate) const EDITIONS: &[(Vocabulary, u32, &[Version])] = &[
    (Annotation, 1, &[Version::V3]),
    (Annotation, 2, &[Version::V3, Version::V4]),
    (Historization, 1, &[Version::V3]),
    (Historization, 2, &[Version::V3, Version::V4]),
    (Mqtt, 1, &[Version::V3]),
    (Mqtt, 2, &[Version::V3, Version::V4]),
    (Mqtt, 3, &[Version::V3, Version::V4]),
    (Mqtt, 4, &[Version::V3, Version::V4]),
    (Overriding, 1, &[Version::V3]),
    (Overriding, 2, &[Version::V3, Version::V4]),
    (Requirement, 1, &[Version::V3, Version::V4]),
    (Requirement, 2, &[Version::V3, Version::V4]),
    (IotCentral, 2, &[Version::V2]),
    (IotOperations, 4, &[Version::V4]),
];

impl Vocabulary {
    /// The id of a co-type.
    pub(crate) fn cotype_id(self, major: u32, name: &str) -> String {
        match self {
            IotCentral => format!("dtmi:iotcentral:class:{name};2"),
            IotOperations => format!("dtmi:iotoperations:class:{name};4"),
            _ => extension_id(self.name(), major, name),
        }
    }

    /// The id of a co-type's member. IoT Central's one member is the language's `unit`.
    pub(crate) fn member_id(self, major: u32, cotype: &str, member: &str) -> String {
        match self {
            IotCentral => dtmi::property(member, Version::V2),
            IotOperations => format!("dtmi:iotoperations:property:{member};4"),
            _ => format!("{}:{member}", self.cotype_id(major, cotype)),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Annotation => "annotation",
            Historization => "historization",
            Mqtt => "mqtt",
            Overriding => "overriding",
            Requirement => "requirement",
            IotCentral => "iotcentral",
            IotOperations => "iotoperations",
        }
    }
}

fn extension_id(family: &str, major: u32, name: &str) -> String {
    format!("dtmi:dtdl:extension:{family}:v{major}:{name}")
}

/// A co-type in the versions of its extension that have it in this form.
pub(crate) struct Adjunct {
    /// The extension.
    pub vocabulary: Vocabulary,
    /// Its term.
    pub name: &'static str,
    /// The classes it may stand beside.
    pub on: &'static [Class],
    /// The members it brings.
    pub members: &'static [Member],
    /// What it demands of the element's members and surroundings.
    pub rules: &'static [Rule],
    /// What it demands of siblings.
    pub siblings: &'static [SiblingRule],
    /// Co-types that must stand beside it.
    pub requires: &'static [Other],
    /// Co-types that may not stand beside it.
    pub forbids: &'static [Other],
    /// Its likes on other classes.
    pub alternatives: &'static [Other],
    since: u32,
    until: u32,
}

/// A member that a co-type brings.
pub(crate) struct Member {
    /// Its term.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be missing.
    pub optional: bool,
    /// The least number.
    pub min: Option<i64>,
    /// The greatest length of a string.
    pub max_length: Option<usize>,
    /// What a string must match.
    pub pattern: Option<MemberPattern>,
    /// Whether no two siblings may have the same value.
    pub unique: bool,
    /// The element's member whose schema a value of it must conform to.
    pub instance_of: Option<&'static str>,
    since: u32,
}

/// What a member holds.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A string.
    Text,
    /// A 32-bit integer.
    Integer,
    /// A decimal number.
    Decimal,
    /// A duration of ISO 8601.
    Duration,
    /// A term or an IRI that names a member.
    Identifier,
    /// A unit of this family of DTDL v2.
    Unit(&'static str),
}

/// What a co-type demands of an element's member or of the element around it.
pub(crate) enum Rule {
    /// The member's value is of one of these classes or co-types.
    Types(&'static str, &'static [&'static str]),
    /// The member's value is one of these elements, named by their terms.
    Values(&'static str, &'static [&'static str]),
    /// The element is one of the `fields` of an element with one of these co-types, the only such field there, and if
    /// there is a second name, beside a field with that co-type.
    FieldOf(&'static [&'static str], Option<&'static str>),
    /// The member's value is of the class that the overridden member of the annotated sibling has.
    SameAsOverridden(&'static str),
}

/// What a co-type demands of a sibling that it names. All of them name it by `annotates`.
pub(crate) struct SiblingRule {
    /// It is of one of these classes; of any if there are none.
    pub types: &'static [Class],
    /// The co-type that the sibling may not have.
    pub not: Option<&'static str>,
    /// The own member that names a member which the sibling must have.
    pub overrides: Option<&'static str>,
}

/// Another co-type.
#[derive(Clone, Copy)]
pub(crate) enum Other {
    /// Of the same extension.
    Own(&'static str),
    /// Of another extension in the same major version.
    Beside(&'static str, &'static str),
    /// Of another extension in that version.
    Of(&'static str, u32, &'static str),
}

impl Other {
    /// Its id, seen from an extension in a major version.
    pub(crate) fn id(self, vocabulary: Vocabulary, major: u32) -> String {
        match self {
            Self::Own(name) => vocabulary.cotype_id(major, name),
            Self::Beside(family, name) => extension_id(family, major, name),
            Self::Of(family, major, name) => extension_id(family, major, name),
        }
    }
}

impl Adjunct {
    /// The members it has in a major version of its extension.
    pub(crate) fn members(&self, major: u32) -> impl Iterator<Item = &'static Member> {
        self.members.iter().filter(move |member| member.since <= major)
    }

    const fn since(self, major: u32) -> Self {
        Self { since: major, ..self }
    }

    const fn until(self, major: u32) -> Self {
        Self { until: major, ..self }
    }

    const fn members_are(self, members: &'static [Member]) -> Self {
        Self { members, ..self }
    }

    const fn rules(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }

    const fn siblings(self, siblings: &'static [SiblingRule]) -> Self {
        Self { siblings, ..self }
    }

    const fn requires(self, requires: &'static [Other]) -> Self {
        Self { requires, ..self }
    }

    const fn forbids(self, forbids: &'static [Other]) -> Self {
        Self { forbids, ..self }
    }

    const fn alternatives(self, alternatives: &'static [Other]) -> Self {
        Self { alternatives, ..self }
    }
}

impl Member {
    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    const fn since(self, major: u32) -> Self {
        Self { since: major, ..self }
    }

    const fn pattern(self, pattern: MemberPattern) -> Self {
        Self { pattern: Some(pattern), ..self }
    }

    /// At most 128 characters, IoT Operations' usual length.
    const fn short(self) -> Self {
        Self { max_length: Some(128), ..self }
    }

    /// A value of the element's schema.
    const fn of_schema(self) -> Self {
        Self { instance_of: Some("schema"), ..self }
    }
}

const fn adjunct(vocabulary: Vocabulary, name: &'static str, on: &'static [Class]) -> Adjunct {
    Adjunct {
        vocabulary,
        name,
        on,
        members: &[],
        rules: &[],
        siblings: &[],
        requires: &[],
        forbids: &[],
        alternatives: &[],
        since: 1,
        until: u32::MAX,
    }
}

const fn member(name: &'static str, kind: Kind) -> Member {
    let (pattern, instance_of) = (None, None);
    Member {
        name,
        kind,
        optional: false,
        min: None,
        max_length: None,
        pattern,
        unique: false,
        instance_of,
        since: 1,
    }
}

/// The co-types of an extension in a major version.
pub(crate) fn adjuncts(vocabulary: Vocabulary, major: u32) -> impl Iterator<Item = &'static Adjunct> {
    ADJUNCTS
        .iter()
        .filter(move |row| row.vocabulary == vocabulary && row.since <= major && major <= row.until)
}

/// The terms of an extension and their ids: its co-types and their members.
pub(crate) fn terms(vocabulary: Vocabulary, major: u32) -> impl Iterator<Item = (&'static str, String)> {
    let own = adjuncts(vocabulary, major).map(move |row| (row.name, vocabulary.cotype_id(major, row.name)));
    // `unit` is a term of the language and not of IoT Central.
    let members =
        adjuncts(vocabulary, major).filter(|row| row.vocabulary != IotCentral).flat_map(move |row| {
            row.members(major)
                .map(move |member| (member.name, vocabulary.member_id(major, row.name, member.name)))
        });
    own.chain(members)
}

/// Where a value stands that has a schema.
const VALUED: &[Class] = &[CommandRequest, CommandResponse, Field, MapValue, Property, Telemetry];
const MEASURED: &[Class] = &[Property, Telemetry];
const NUMERIC: &[Rule] = &[Rule::Types("schema", &["NumericSchema"])];
/// A field that may be missing, so that `Required` cannot stand beside it.
const NOT_REQUIRED: &[Other] = &[Other::Of("requirement", 1, "Required")];
const TOPIC: Member = member("", Kind::Text).pattern(MemberPattern::Topic).optional();
const GROUP: Member = member("", Kind::Text).pattern(MemberPattern::Label).optional().since(2);
const INDEX: Member = Member { min: Some(1), unique: true, ..member("index", Kind::Integer) };

static ADJUNCTS: &[Adjunct] = &[
    adjunct(Annotation, "ValueAnnotation", MEASURED)
        .members_are(&[member("annotates", Kind::Text)])
        .siblings(&[SiblingRule { types: MEASURED, not: Some("ValueAnnotation"), overrides: None }]),
    adjunct(Historization, "Historized", MEASURED),
    adjunct(Overriding, "Override", &[Property])
        .members_are(&[member("overrides", Kind::Identifier)])
        .requires(&[Other::Beside("annotation", "ValueAnnotation")])
        .forbids(&[Other::Beside("initialization", "Initialized")])
        .rules(&[Rule::SameAsOverridden("schema")])
        .siblings(&[
            SiblingRule { types: &[], not: None, overrides: Some("overrides") },
            SiblingRule { types: MEASURED, not: None, overrides: None },
        ]),
    adjunct(Requirement, "Required", &[Field]).until(1),
    adjunct(Requirement, "Required", &[Field, Property]).since(2),
    // MQTT: how an Interface is carried by topics.
    adjunct(Mqtt, "Mqtt", &[Interface]).members_are(&[
        member("payloadFormat", Kind::Text),
        Member { name: "commandTopic", ..TOPIC },
        Member { name: "telemetryTopic", ..TOPIC },
        Member { name: "propertyTopic", ..TOPIC }.since(4),
        Member { name: "cmdServiceGroupId", ..GROUP },
        Member { name: "telemServiceGroupId", ..GROUP },
    ]),
    adjunct(Mqtt, "Idempotent", &[Command]),
    adjunct(Mqtt, "Cacheable", &[Command])
        .members_are(&[member("ttl", Kind::Duration)])
        .requires(&[Other::Own("Idempotent")]),
    adjunct(Mqtt, "Indexed", &[EnumValue, Field, Telemetry]).members_are(&[INDEX]).until(3),
    adjunct(Mqtt, "Indexed", &[EnumValue, Field, Property, Telemetry]).members_are(&[INDEX]).since(4),
    adjunct(Mqtt, "Transparent", &[CommandRequest, CommandResponse])
        .rules(&[Rule::Types("schema", &["Object"])])
        .since(2),
    // MQTT: what a command answers with.
    adjunct(Mqtt, "Result", &[Object])
        .rules(&[Rule::Types("fields", &["NormalResult", "ErrorResult"])])
        .since(3)
        .until(3),
    adjunct(Mqtt, "Result", &[Object])
        .rules(&[Rule::Types("fields", &["NormalResult", "ErrorResult", "ErrorCode", "ErrorInfo"])])
        .since(4),
    adjunct(Mqtt, "NormalResult", &[Field])
        .rules(&[Rule::FieldOf(&["Result"], None)])
        .forbids(NOT_REQUIRED)
        .since(3),
    adjunct(Mqtt, "ErrorResult", &[Field])
        .rules(&[Rule::FieldOf(&["Result"], None), Rule::Types("schema", &["Error"])])
        .forbids(NOT_REQUIRED)
        .since(3),
    adjunct(Mqtt, "Error", &[Object]).since(3),
    adjunct(Mqtt, "ErrorMessage", &[Field])
        .rules(&[Rule::FieldOf(&["Error"], None), Rule::Types("schema", &["String"])])
        .since(3),
    adjunct(Mqtt, "ErrorCode", &[Field])
        .rules(&[Rule::FieldOf(&["Result", "Error"], None), Rule::Types("schema", &["Enum"])])
        .since(4),
    adjunct(Mqtt, "ErrorInfo", &[Field])
        .rules(&[Rule::FieldOf(&["Result", "Error"], Some("ErrorCode")), Rule::Types("schema", &["Object"])])
        .since(4),
    // MQTT: properties that are read and written part by part.
    adjunct(Mqtt, "Fragmented", &[Property])
        .rules(&[Rule::Types("schema", &["Map"])])
        .alternatives(&[Other::Own("PropertyValue")])
        .since(4),
    adjunct(Mqtt, "Indirect", &[Field]).forbids(NOT_REQUIRED).since(4),
    adjunct(Mqtt, "PropertyResult", &[Object])
        .rules(&[Rule::Types("fields", &["PropertyValue", "ReadError", "WriteError"])])
        .since(4),
    adjunct(Mqtt, "PropertyValue", &[Field])
        .rules(&[Rule::FieldOf(&["PropertyResult"], None)])
        .forbids(NOT_REQUIRED)
        .since(4),
    adjunct(Mqtt, "ReadError", &[Field])
        .rules(&[Rule::FieldOf(&["PropertyResult"], None), Rule::Types("schema", &["Error"])])
        .forbids(NOT_REQUIRED)
        .since(4),
    adjunct(Mqtt, "WriteError", &[Field])
        .rules(&[Rule::FieldOf(&["PropertyResult"], None), Rule::Types("schema", &["Error"])])
        .forbids(NOT_REQUIRED)
        .since(4),
    // IoT Central's semantic types.
    adjunct(IotCentral, "Event", MEASURED).rules(&[Rule::Types("schema", &["NumericSchema", "String"])]),
    adjunct(IotCentral, "State", MEASURED).rules(&[Rule::Types("schema", &["Enum"])]),
    adjunct(IotCentral, "Location", MEASURED).rules(&[Rule::Values(
        "schema",
        &["point", "multiPoint", "lineString", "multiLineString", "polygon", "multiPolygon", "geopoint"],
    )]),
    adjunct(IotCentral, "AccelerationVector", MEASURED)
        .members_are(&[member("unit", Kind::Unit("AccelerationUnit")).optional()])
        .rules(&[Rule::Values("schema", &["vector"])]),
    adjunct(IotCentral, "VelocityVector", MEASURED)
        .members_are(&[member("unit", Kind::Unit("VelocityUnit")).optional()])
        .rules(&[Rule::Values("schema", &["vector"])]),
    // IoT Operations.
    adjunct(IotOperations, "Composite", &[Interface])
        .members_are(&[member("ontology", Kind::Text).short()])
        .forbids(&[Other::Own("Event")]),
    adjunct(IotOperations, "Congruence", &[Array, Enum, Interface, Map, Object]).members_are(&[member(
        "typeRef",
        Kind::Text,
    )
    .short()]),
    adjunct(IotOperations, "Detail", &[Object]),
    adjunct(IotOperations, "Event", &[Interface]),
    adjunct(IotOperations, "GroupMember", &[Command])
        .members_are(&[member("group", Kind::Text).short().pattern(MemberPattern::Name)]),
    adjunct(IotOperations, "HasCapability", &[Relationship]).forbids(&[Other::Own("HasComponent")]),
    adjunct(IotOperations, "HasComponent", &[Relationship]),
    adjunct(IotOperations, "Limited", VALUED).rules(NUMERIC).members_are(&[
        member("maximum", Kind::Decimal).of_schema().optional(),
        member("minimum", Kind::Decimal).of_schema().optional(),
    ]),
    adjunct(IotOperations, "Precise", VALUED)
        .rules(NUMERIC)
        .members_are(&[member("decimalPlaces", Kind::Integer)]),
    adjunct(IotOperations, "Qualified", &[Command, Component, Field, Property, Relationship, Telemetry])
        .members_are(&[member("namespace", Kind::Text).short()]),
    adjunct(IotOperations, "ScaledStatically", VALUED).rules(NUMERIC).members_are(&[member(
        "scaleFactor",
        Kind::Decimal,
    )
    .of_schema()]),
    adjunct(IotOperations, "Subject", &[Field]).rules(&[Rule::FieldOf(&["Detail"], None)]),
];
