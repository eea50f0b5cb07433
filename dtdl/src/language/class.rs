//! The material classes of the language: the one structural type that every element has, and the abstract classes
//! above them. Decides what a class is called, what it is a kind of and which versions have it; which members a class
//! has, and how many, is not decided here. Begin at the table at the end of the macro.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::Version;

/// How a class may be met.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// A model may name it in `@type`.
    Overt,
    /// Elements are of it, but no model names it: the types of extensions stand for it.
    Covert,
    /// A class above others.
    Abstract,
}

use Standing::{Abstract, Covert, Overt};

const PREVIEW: &[Version] = &[Version::V1Preview];
const ALL: &[Version] = &[Version::V1Preview, Version::V2, Version::V3, Version::V4];
const SINCE_V2: &[Version] = &[Version::V2, Version::V3, Version::V4];
const SINCE_V3: &[Version] = &[Version::V3, Version::V4];
const V4: &[Version] = &[Version::V4];

macro_rules! classes {
    ($($name:ident: $parent:expr, $standing:expr, $versions:expr;)*) => {
        /// A material class, the abstract ones included.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the names are the language's own")]
        pub(crate) enum Class { $($name,)* }

        impl Class {
            /// Every class, in the order of the table.
            pub(crate) const EVERY: &[Self] = &[$(Self::$name,)*];

            /// The class's name in models.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            const fn row(self) -> (Option<Self>, Standing, &'static [Version]) {
                use Class::*;
                match self { $(Self::$name => ($parent, $standing, $versions),)* }
            }
        }
    };
}

// Name: parent, standing, versions. v1-preview has no abstract classes of its own; a SchemaField is one there that a
// model may name, from v2 on it is only the parent of Field, MapValue and the payloads. v1-preview's primitive schemas
// and kinds of command are those of v2, `geospatial` apart.
classes! {
    CapabilityModel: Some(Entity), Overt, PREVIEW;
    InterfaceInstance: Some(NamedEntity), Overt, PREVIEW;
    Interface: Some(Entity), Overt, ALL;
    Telemetry: Some(Content), Overt, ALL;
    Property: Some(Content), Overt, ALL;
    Command: Some(Content), Overt, ALL;
    Relationship: Some(Content), Overt, SINCE_V2;
    Component: Some(Content), Overt, SINCE_V2;
    CommandPayload: Some(SchemaField), Overt, ALL;
    CommandRequest: Some(CommandPayload), Overt, SINCE_V3;
    CommandResponse: Some(CommandPayload), Overt, SINCE_V3;
    SchemaField: Some(NamedEntity), Abstract, ALL;
    Array: Some(ComplexSchema), Overt, ALL;
    Enum: Some(ComplexSchema), Overt, ALL;
    EnumValue: Some(NamedEntity), Overt, ALL;
    Map: Some(ComplexSchema), Overt, ALL;
    MapKey: Some(NamedEntity), Overt, ALL;
    MapValue: Some(SchemaField), Overt, ALL;
    Object: Some(ComplexSchema), Overt, ALL;
    Field: Some(SchemaField), Overt, ALL;
    CommandType: Some(Entity), Overt, ALL;
    Geospatial: Some(PrimitiveSchema), Overt, PREVIEW;
    Boolean: Some(PrimitiveSchema), Overt, ALL;
    Byte: Some(NumericSchema), Overt, V4;
    Bytes: Some(PrimitiveSchema), Overt, V4;
    Date: Some(TemporalSchema), Overt, ALL;
    DateTime: Some(TemporalSchema), Overt, ALL;
    Decimal: Some(NumericSchema), Overt, V4;
    Double: Some(NumericSchema), Overt, ALL;
    Duration: Some(TemporalSchema), Overt, ALL;
    Float: Some(NumericSchema), Overt, ALL;
    Integer: Some(NumericSchema), Overt, ALL;
    Long: Some(NumericSchema), Overt, ALL;
    Short: Some(NumericSchema), Overt, V4;
    String: Some(PrimitiveSchema), Overt, ALL;
    Time: Some(TemporalSchema), Overt, ALL;
    UnsignedByte: Some(NumericSchema), Overt, V4;
    UnsignedInteger: Some(NumericSchema), Overt, V4;
    UnsignedLong: Some(NumericSchema), Overt, V4;
    UnsignedShort: Some(NumericSchema), Overt, V4;
    Uuid: Some(PrimitiveSchema), Overt, V4;
    LatentType: Some(Entity), Covert, SINCE_V3;
    NamedLatentType: Some(NamedEntity), Covert, SINCE_V3;
    Unit: Some(Entity), Covert, SINCE_V2;
    UnitAttribute: Some(NamedEntity), Covert, SINCE_V2;
    Entity: None, Abstract, SINCE_V2;
    NamedEntity: Some(Entity), Abstract, SINCE_V2;
    Content: Some(NamedEntity), Abstract, SINCE_V2;
    Schema: Some(Entity), Abstract, SINCE_V2;
    ComplexSchema: Some(Schema), Abstract, SINCE_V2;
    PrimitiveSchema: Some(Schema), Abstract, SINCE_V2;
    NumericSchema: Some(PrimitiveSchema), Abstract, SINCE_V2;
    TemporalSchema: Some(PrimitiveSchema), Abstract, SINCE_V2;
}

static BY_NAME: LazyLock<HashMap<&'static str, Class>> =
    LazyLock::new(|| Class::EVERY.iter().map(|class| (class.name(), *class)).collect());

/// For each class, the bits of itself and of those above it.
const ABOVE: [u64; Class::EVERY.len()] = {
    let mut above = [0; Class::EVERY.len()];
    let mut number = 0;
    while number < above.len() {
        let mut class = Some(Class::EVERY[number]);
        while let Some(known) = class {
            above[number] |= known.bit();
            class = known.parent();
        }
        number += 1;
    }
    above
};

impl Class {
    /// The class of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        BY_NAME.get(name).copied()
    }

    /// The class directly above.
    pub(crate) const fn parent(self) -> Option<Self> {
        self.row().0
    }

    /// Whether it is `other` or under it.
    pub(crate) const fn is_a(self, other: Self) -> bool {
        ABOVE[self as usize] & other.bit() != 0
    }

    const fn bit(self) -> u64 {
        1 << self as u32
    }

    /// The versions that have it.
    pub(crate) const fn versions(self) -> &'static [Version] {
        self.row().2
    }

    /// Whether a model may name it in `@type`.
    pub(crate) fn overt(self) -> bool {
        self.row().1 == Overt
    }

    /// Whether it only stands above others.
    pub(crate) fn is_abstract(self) -> bool {
        self.row().1 == Abstract
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_itself_and_everything_above_it() {
        assert!(Class::CommandRequest.is_a(Class::CommandRequest));
        assert!(Class::CommandRequest.is_a(Class::SchemaField));
        assert!(Class::UnsignedByte.is_a(Class::NumericSchema));
        assert!(!Class::Enum.is_a(Class::PrimitiveSchema));
        assert!(!Class::Schema.is_a(Class::Enum));
    }

    #[test]
    fn every_name_leads_to_its_class() {
        for class in Class::EVERY {
            assert_eq!(Class::named(class.name()), Some(*class));
        }
        assert_eq!(Class::named("interface"), None);
    }
}
