//! What each class may hold, version by version: the table that the reader and the rules interpret.
//!
//! Says which members there are, what they hold, how many and how long. Does not read anything. Begin with [`members`].

use std::sync::LazyLock;

use super::class::Class;
use super::extensions::Limits;
use super::{Version, Versions};

/// A member of a class.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) holds: Holds,
    versions: Versions,
    required: Versions,
}

/// What a member holds.
#[derive(Debug)]
pub(crate) enum Holds {
    /// A string of at most so many characters; a name when `true`.
    Text(Lengths, bool),
    /// Texts by language, each of at most so many characters.
    Texts(Lengths),
    Boolean,
    /// A 4-byte integer within bounds.
    Integer(Bounds),
    /// A string or an integer: the value of an Enum's entry.
    Literal,
    /// A DTMI that need not be defined.
    Identifier,
    /// Elements, inline or by id.
    Elements(Elements),
}

/// A greatest length by version and set of limits: v1-preview, v2, v3, v4, v4 with the limits `aio`, with `onvif`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths(pub(crate) [usize; 6]);

/// The bounds of an integer, v2 and later.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bounds {
    /// `minMultiplicity`: nothing but 0.
    ExactlyZero,
    /// `maxMultiplicity`: from 1, and in v2 at most 500.
    Positive,
}

/// How elements stand in a member.
#[derive(Debug)]
pub(crate) struct Elements {
    /// The class that they must be of: v1-preview, v2, v3 and later.
    classes: [Class; 3],
    pub(crate) plural: bool,
    /// Their inferred ids end with their names, which therefore may occur once.
    pub(crate) keyed: bool,
    pub(crate) id_required: bool,
    pub(crate) type_required: bool,
    /// Whether they may be written in an older version of the language than the element that holds them.
    pub(crate) older: bool,
    /// The greatest number of them in v1-preview and v2; later versions count whole hierarchies instead.
    most: Option<usize>,
    /// The standard elements that alone may be referred to, by their terms.
    pub(crate) words: &'static [&'static str],
    /// The members of which no two of these elements may have the same value.
    pub(crate) unique: &'static [&'static str],
}

impl Lengths {
    pub(crate) fn of(self, version: Version, limits: Limits) -> usize {
        let column = match (version, limits) {
            (Version::V1Preview, _) => 0,
            (Version::V2, _) => 1,
            (Version::V3, _) => 2,
            (Version::V4, Limits::Core) => 3,
            (Version::V4, Limits::Aio1) => 4,
            (Version::V4, Limits::Onvif1) => 5,
        };
        self.0[column]
    }
}

/// The length of a text where it is greater than `most`, in UTF-16 units, in which the reference counts.
pub(crate) fn length_above(text: &str, most: usize) -> Option<usize> {
    // no text has more units than bytes
    let long = text.len() > most;
    long.then(|| text.encode_utf16().count()).filter(|length| *length > most)
}

impl Bounds {
    /// The least and the greatest value.
    pub(crate) fn of(self, version: Version) -> (Option<i64>, Option<i64>) {
        match self {
            Self::ExactlyZero => (Some(0), Some(0)),
            Self::Positive => (Some(1), (version == Version::V2).then_some(500)),
        }
    }
}

impl Member {
    pub(crate) fn is_required(&self, version: Version) -> bool {
        self.required.has(version)
    }
}

impl Elements {
    /// The class that the elements of this member must be of.
    pub(crate) fn class(&self, version: Version) -> Class {
        match version {
            Version::V1Preview => self.classes[0],
            Version::V2 => self.classes[1],
            Version::V3 | Version::V4 => self.classes[2],
        }
    }

    /// The greatest number of elements.
    pub(crate) fn most(&self, version: Version) -> Option<usize> {
        self.most.filter(|_| version <= Version::V2)
    }

    /// Whether an element of `version` may stand in one of `parent`'s version.
    pub(crate) fn allows(&self, version: Version, parent: Version) -> bool {
        version == parent || (self.older && version < parent && version >= Version::V2)
    }

    const fn one(class: Class) -> Self {
        Self {
            classes: [class; 3],
            plural: false,
            keyed: false,
            id_required: false,
            type_required: true,
            older: false,
            most: None,
            words: &[],
            unique: &[],
        }
    }

    const fn many(class: Class) -> Self {
        Self { plural: true, ..Self::one(class) }
    }

    const fn keyed(self) -> Self {
        Self { keyed: true, ..self }
    }

    const fn with_id(self) -> Self {
        Self { id_required: true, ..self }
    }

    const fn untyped(self) -> Self {
        Self { type_required: false, ..self }
    }

    const fn older(self) -> Self {
        Self { older: true, ..self }
    }

    const fn most_of(self, most: usize) -> Self {
        Self { most: Some(most), ..self }
    }

    const fn unique(self, unique: &'static [&'static str]) -> Self {
        Self { unique, ..self }
    }

    const fn words(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }
}

const NAMES: Holds = Holds::Text(Lengths([64, 64, 512, 512, 512, 512]), true);
const WIRE_NAME: Member = required("name", NAMES);
const SCHEMA: Member = required("schema", Holds::Elements(Elements::one(Class::Schema).older()));

const fn required(name: &'static str, holds: Holds) -> Member {
    Member { name, holds, versions: Versions::ALL, required: Versions::ALL }
}

const fn optional(name: &'static str, holds: Holds) -> Member {
    Member { name, holds, versions: Versions::ALL, required: Versions::NONE }
}

const fn since(versions: Versions, member: Member) -> Member {
    Member { versions, ..member }
}

const fn required_in(versions: Versions, member: Member) -> Member {
    Member { required: versions, ..member }
}

const TEXTS: &[Member] = &[
    optional("comment", Holds::Text(Lengths([512; 6]), false)),
    optional("description", Holds::Texts(Lengths([512, 512, 512, 512, 2048, 4096]))),
    optional("displayName", Holds::Texts(Lengths([64, 64, 512, 512, 512, 512]))),
];

/// v1-preview alone has units as members of their own; later they come with a semantic type.
const UNITS: &[Member] = &[
    since(Versions::PREVIEW, optional("displayUnit", Holds::Texts(Lengths([64; 6])))),
    since(Versions::PREVIEW, optional("unit", Holds::Text(Lengths([256; 6]), false))),
];

const CAPABILITY_MODEL: &[Member] = &[
    required(
        "implements",
        Holds::Elements(
            Elements::many(Class::InterfaceInstance).keyed().untyped().most_of(30).unique(&["name"]),
        ),
    ),
    // not in the text, but IoT Central's exports have it
    optional(
        "contents",
        Holds::Elements(Elements::many(Class::Content).keyed().most_of(300).unique(&["name"])),
    ),
];

const INSTANCE: &[Member] = &[
    required("name", Holds::Text(Lengths([256; 6]), true)),
    required("schema", Holds::Elements(Elements::one(Class::Interface).with_id())),
];

const INTERFACE: &[Member] = &[
    optional(
        "contents",
        Holds::Elements(Elements::many(Class::Content).keyed().older().most_of(300).unique(&["name"])),
    ),
    since(
        Versions::SINCE_V2,
        optional("extends", Holds::Elements(Elements::many(Class::Interface).with_id().older().most_of(2))),
    ),
    optional("schemas", Holds::Elements(Elements::many(Class::ComplexSchema).with_id())),
];

const NAMED_SCHEMA: &[Member] = &[WIRE_NAME, SCHEMA];
const WRITABLE: &[Member] = &[optional("writable", Holds::Boolean)];

const COMMAND: &[Member] = &[
    optional(
        "commandType",
        Holds::Elements(Elements::one(Class::CommandType).with_id().words(&["asynchronous", "synchronous"])),
    ),
    WIRE_NAME,
    optional(
        "request",
        Holds::Elements(Elements {
            classes: [Class::SchemaField, Class::CommandPayload, Class::CommandRequest],
            ..Elements::one(Class::SchemaField).untyped()
        }),
    ),
    optional(
        "response",
        Holds::Elements(Elements {
            classes: [Class::SchemaField, Class::CommandPayload, Class::CommandResponse],
            ..Elements::one(Class::SchemaField).untyped()
        }),
    ),
];

const RELATIONSHIP: &[Member] = &[
    optional("maxMultiplicity", Holds::Integer(Bounds::Positive)),
    optional("minMultiplicity", Holds::Integer(Bounds::ExactlyZero)),
    WIRE_NAME,
    optional(
        "properties",
        Holds::Elements(Elements::many(Class::Property).keyed().older().most_of(300).unique(&["name"])),
    ),
    optional("target", Holds::Identifier),
    optional("writable", Holds::Boolean),
];

const COMPONENT: &[Member] =
    &[WIRE_NAME, required("schema", Holds::Elements(Elements::one(Class::Interface).with_id().older()))];

const NULLABLE: &[Member] = &[since(Versions::V4, optional("nullable", Holds::Boolean))];

const ARRAY: &[Member] = &[required("elementSchema", Holds::Elements(Elements::one(Class::Schema).older()))];

const ENUM: &[Member] = &[
    required_in(
        Versions::UNTIL_V2,
        optional(
            "enumValues",
            Holds::Elements(
                Elements::many(Class::EnumValue)
                    .keyed()
                    .untyped()
                    .most_of(100)
                    .unique(&["name", "enumValue"]),
            ),
        ),
    ),
    required(
        "valueSchema",
        Holds::Elements(
            Elements::one(Class::PrimitiveSchema).with_id().older().words(&["integer", "string"]),
        ),
    ),
];

const ENUM_VALUE: &[Member] = &[required("enumValue", Holds::Literal), WIRE_NAME];

const MAP: &[Member] = &[
    required("mapKey", Holds::Elements(Elements::one(Class::MapKey).untyped())),
    required("mapValue", Holds::Elements(Elements::one(Class::MapValue).untyped())),
];

const MAP_KEY: &[Member] = &[
    WIRE_NAME,
    required("schema", Holds::Elements(Elements::one(Class::String).with_id().older().words(&["string"]))),
];

const OBJECT: &[Member] = &[required_in(
    Versions::UNTIL_V2,
    optional(
        "fields",
        Holds::Elements(Elements {
            classes: [Class::SchemaField, Class::Field, Class::Field],
            ..Elements::many(Class::Field).keyed().untyped().most_of(30).unique(&["name"])
        }),
    ),
)];

/// The members by class and version.
static BY_CLASS: LazyLock<Vec<[Vec<&'static Member>; 4]>> = LazyLock::new(|| {
    let of = |class: &Class| {
        [Version::V1Preview, Version::V2, Version::V3, Version::V4].map(|version| collect(*class, version))
    };
    Class::EVERY.iter().map(of).collect()
});

/// The members that an element of `class` may have in `version`, beside `@id`, `@type` and `@context`.
pub(crate) fn members(class: Class, version: Version) -> impl Iterator<Item = &'static Member> {
    BY_CLASS[class as usize][version as usize].iter().copied()
}

fn collect(class: Class, version: Version) -> Vec<&'static Member> {
    let groups: &[&[Member]] = match class {
        Class::CapabilityModel => &[TEXTS, CAPABILITY_MODEL],
        Class::InterfaceInstance => &[TEXTS, INSTANCE],
        Class::Interface => &[TEXTS, INTERFACE],
        Class::Property => &[TEXTS, NAMED_SCHEMA, UNITS, WRITABLE],
        Class::Command => &[TEXTS, COMMAND],
        Class::Relationship => &[TEXTS, RELATIONSHIP],
        Class::Component => &[TEXTS, COMPONENT],
        Class::CommandPayload | Class::CommandRequest | Class::CommandResponse => {
            &[TEXTS, NAMED_SCHEMA, UNITS, NULLABLE]
        }
        Class::Telemetry | Class::SchemaField | Class::Field | Class::MapValue => {
            &[TEXTS, NAMED_SCHEMA, UNITS]
        }
        Class::Array => &[TEXTS, ARRAY],
        Class::Enum => &[TEXTS, ENUM],
        Class::EnumValue => &[TEXTS, ENUM_VALUE],
        Class::Map => &[TEXTS, MAP],
        Class::MapKey => &[TEXTS, MAP_KEY],
        Class::Object => &[TEXTS, OBJECT],
        _ => &[TEXTS],
    };
    groups.iter().copied().flatten().filter(|member| member.versions.has(version)).collect()
}
