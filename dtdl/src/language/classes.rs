//! Classes and their members, version by version: the table that `check` interprets.

use super::Version;

/// A set of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    since: Version,
    until: Version,
}

impl Versions {
    pub(crate) const ALL: Self = Self { since: Version::V1Preview, until: Version::V4 };
    pub(crate) const PREVIEW: Self = Self { since: Version::V1Preview, until: Version::V1Preview };
    pub(crate) const UNTIL_V2: Self = Self { since: Version::V1Preview, until: Version::V2 };
    pub(crate) const SINCE_V2: Self = Self { since: Version::V2, until: Version::V4 };
    pub(crate) const SINCE_V3: Self = Self { since: Version::V3, until: Version::V4 };
    /// In no version by itself: it comes with an extension's context.
    pub(crate) const NONE: Self = Self { since: Version::V4, until: Version::V1Preview };
    pub(crate) const V4: Self = Self { since: Version::V4, until: Version::V4 };

    pub(crate) fn has(self, version: Version) -> bool {
        self.since <= version && version <= self.until
    }
}

macro_rules! classes {
    ($($name:ident),*) => {
        /// A structural type of the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Class { $($name,)* }

        impl Class {
            const ALL: &[Self] = &[$(Self::$name,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

classes! {
    CapabilityModel, InterfaceInstance, Interface, Telemetry, Property, Command, Relationship, Component,
    CommandPayload, CommandRequest, CommandResponse, SchemaField, Array, Enum, EnumValue, Map, MapKey, MapValue,
    Object, Field
}

/// The class of that name.
pub(crate) fn any_class(name: &str) -> Option<Class> {
    Class::ALL.iter().copied().find(|class| class.name() == name)
}

impl Class {
    /// Whether `@type` may be left out, because the member says it all.
    pub(crate) fn type_is_optional(self) -> bool {
        use Class::*;
        matches!(
            self,
            InterfaceInstance
                | CommandPayload
                | CommandRequest
                | CommandResponse
                | SchemaField
                | EnumValue
                | MapKey
                | MapValue
                | Field
        )
    }

    /// Whether co-types (semantic types) may stand beside it.
    pub(crate) fn takes_quantities(self, version: Version) -> bool {
        use Class::*;
        match self {
            Telemetry | Property => true,
            Field | MapValue | CommandRequest | CommandResponse | SchemaField => version != Version::V2,
            _ => false,
        }
    }
}

/// What a member may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An element's name.
    Name,
    /// A text of at most so many characters.
    Text(usize),
    /// Texts by language, each of at most so many characters.
    Texts(usize),
    Boolean,
    Integer,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A semantic type's unit; v1-preview writes it as a path.
    Unit,
    /// The value of an enum's entry: an integer or a string.
    EnumValue,
    /// An id that is only looked at as such.
    Id,
    /// One element of these classes, inline.
    One(&'static [Class]),
    /// Elements of these classes, at least and at most so many.
    Many(&'static [Class], usize, usize),
    /// An element of these classes or the id of one.
    Reference(&'static [Class]),
    /// Several of those, at most so many.
    References(&'static [Class], usize),
    /// A schema: a primitive's name, one of the complex classes, or an id.
    Schema,
}

/// A member of a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemberRule {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    versions: Versions,
}

const fn required(name: &'static str, kind: Kind) -> MemberRule {
    MemberRule { name, kind, required: true, versions: Versions::ALL }
}

const fn optional(name: &'static str, kind: Kind) -> MemberRule {
    MemberRule { name, kind, required: false, versions: Versions::ALL }
}

impl MemberRule {
    const fn only(self, versions: Versions) -> Self {
        Self { versions, ..self }
    }
}

const SCHEMA_CLASSES: &[Class] = &[Class::Array, Class::Enum, Class::Map, Class::Object];
const CONTENTS_PREVIEW: &[Class] = &[Class::Telemetry, Class::Property, Class::Command];
const CONTENTS: &[Class] =
    &[Class::Telemetry, Class::Property, Class::Command, Class::Relationship, Class::Component];
const INTERFACE: &[Class] = &[Class::Interface];

const TEXTS: &[MemberRule] = &[
    optional("comment", Kind::Text(512)),
    optional("description", Kind::Texts(512)),
    optional("displayName", Kind::Texts(64)).only(Versions::UNTIL_V2),
    optional("displayName", Kind::Texts(512)).only(Versions::SINCE_V3),
];
const UNITS: &[MemberRule] =
    &[optional("unit", Kind::Unit), optional("displayUnit", Kind::Texts(64)).only(Versions::PREVIEW)];
const NAMED_SCHEMA: &[MemberRule] = &[required("name", Kind::Name), required("schema", Kind::Schema)];

const CAPABILITY_MODEL: &[MemberRule] =
    &[required("implements", Kind::Many(&[Class::InterfaceInstance], 1, 30))];
const INSTANCE: &[MemberRule] =
    &[required("name", Kind::Name), required("schema", Kind::Reference(INTERFACE))];
const INTERFACE_MEMBERS: &[MemberRule] = &[
    optional("contents", Kind::Many(CONTENTS_PREVIEW, 0, 300)).only(Versions::PREVIEW),
    optional("contents", Kind::Many(CONTENTS, 0, 100_000)).only(Versions::SINCE_V2),
    optional("extends", Kind::References(INTERFACE, 1024)).only(Versions::SINCE_V2),
    optional("schemas", Kind::Many(SCHEMA_CLASSES, 0, 100_000)),
];
const PROPERTY: &[MemberRule] = &[optional("writable", Kind::Boolean)];
const COMMAND: &[MemberRule] = &[
    required("name", Kind::Name),
    optional("commandType", Kind::Word(&["synchronous", "asynchronous"])).only(Versions::UNTIL_V2),
    optional("request", Kind::One(&[Class::SchemaField, Class::CommandPayload])).only(Versions::PREVIEW),
    optional("response", Kind::One(&[Class::SchemaField, Class::CommandPayload])).only(Versions::PREVIEW),
    optional("request", Kind::One(&[Class::CommandPayload, Class::CommandRequest])).only(Versions::SINCE_V2),
    optional("response", Kind::One(&[Class::CommandPayload, Class::CommandResponse]))
        .only(Versions::SINCE_V2),
];
const RELATIONSHIP: &[MemberRule] = &[
    required("name", Kind::Name),
    optional("target", Kind::Id),
    optional("minMultiplicity", Kind::Integer),
    optional("maxMultiplicity", Kind::Integer),
    optional("writable", Kind::Boolean),
    optional("properties", Kind::Many(&[Class::Property], 0, 300)),
];
const COMPONENT: &[MemberRule] =
    &[required("name", Kind::Name), required("schema", Kind::Reference(INTERFACE))];
const NULLABLE: &[MemberRule] = &[optional("nullable", Kind::Boolean).only(Versions::V4)];
const ARRAY: &[MemberRule] = &[required("elementSchema", Kind::Schema)];
const ENUM: &[MemberRule] = &[
    required("valueSchema", Kind::Word(&["integer", "string"])),
    required("enumValues", Kind::Many(&[Class::EnumValue], 1, 100)).only(Versions::UNTIL_V2),
    optional("enumValues", Kind::Many(&[Class::EnumValue], 0, 100_000)).only(Versions::SINCE_V3),
];
const ENUM_VALUE: &[MemberRule] = &[required("name", Kind::Name), required("enumValue", Kind::EnumValue)];
const MAP: &[MemberRule] =
    &[required("mapKey", Kind::One(&[Class::MapKey])), required("mapValue", Kind::One(&[Class::MapValue]))];
const MAP_KEY: &[MemberRule] = &[required("name", Kind::Name), required("schema", Kind::Word(&["string"]))];
const OBJECT: &[MemberRule] = &[
    required("fields", Kind::Many(&[Class::Field], 1, 30)).only(Versions::UNTIL_V2),
    optional("fields", Kind::Many(&[Class::Field], 0, 100_000)).only(Versions::SINCE_V3),
];

/// The members that an element of `class` may have in `version`, beside `@id`, `@type` and `@context`.
pub(crate) fn members(class: Class, version: Version) -> impl Iterator<Item = &'static MemberRule> {
    let groups: &[&[MemberRule]] = match class {
        Class::CapabilityModel => &[TEXTS, CAPABILITY_MODEL],
        Class::InterfaceInstance => &[TEXTS, INSTANCE],
        Class::Interface => &[TEXTS, INTERFACE_MEMBERS],
        Class::Property => &[TEXTS, NAMED_SCHEMA, UNITS, PROPERTY],
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
    };
    groups.iter().copied().flatten().filter(move |rule| rule.versions.has(version))
}
