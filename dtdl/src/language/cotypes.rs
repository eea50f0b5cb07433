//! Co-types: what may stand beside a material class in `@type`, and everything each one demands of the element, of its
//! members and of its siblings, by DTMIs. Decides nothing itself: the facts are in `adjuncts` and `quantities`,
//! `cotype_build` makes these of them. Begin at [`cotype`].

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::class::Class;
use super::patterns::MemberPattern;
use super::units::Edition;
use super::{Version, cotype_build};

/// What sort of type a co-type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the language's own")]
pub(crate) enum CotypeKind {
    None,
    SemanticType,
    SemanticUnit,
    Unit,
    UnitAttribute,
    AdjunctType,
}

/// A co-type and what it demands.
#[derive(Debug)]
pub(crate) struct Cotype {
    /// Its DTMI.
    pub id: String,
    /// The term for it in its context.
    pub term: &'static str,
    /// Whether no element may be of it itself.
    pub abstract_: bool,
    /// Its sort.
    pub kind: CotypeKind,
    /// The DTMI of the type above: another co-type, or a material class where units are concerned.
    pub parent: Option<String>,
    /// The context that brings it.
    pub context: &'static str,
    /// The classes it may stand beside.
    pub on: Vec<Class>,
    /// The versions of the language that it may be used in.
    pub versions: Vec<Version>,
    /// Co-types that must stand beside it.
    pub requires: Vec<String>,
    /// Co-types that may not stand beside it.
    pub forbids: Vec<String>,
    /// The digest's `altcotypes`: Fragmented on a Property names PropertyValue, its like on a Field.
    pub alternatives: Vec<String>,
    /// The members it brings; those of its parent are not repeated.
    pub members: Vec<CotypeMember>,
    /// What it demands of the element's members and surroundings.
    pub constraints: Vec<Constraint>,
    /// What it demands of siblings.
    pub siblings: Vec<Sibling>,
}

/// What a member of a co-type holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MemberValue {
    /// A string.
    String,
    /// A 32-bit integer.
    Integer,
    /// A decimal number.
    Decimal,
    /// A duration of ISO 8601.
    Duration,
    /// A term or an IRI.
    Identifier,
    /// An element of this class or co-type.
    Element(String),
}

/// A member that a co-type brings.
#[derive(Debug)]
pub(crate) struct CotypeMember {
    /// Its DTMI.
    pub id: String,
    /// The term for it.
    pub term: &'static str,
    /// What it holds.
    pub value: MemberValue,
    /// What it holds, as it is called to people: `string`, `EnumValue`.
    pub value_name: &'static str,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it may hold several values.
    pub plural: bool,
    /// The least number.
    pub min: Option<i64>,
    /// The greatest number.
    pub max: Option<i64>,
    /// The greatest length of a string.
    pub max_length: Option<usize>,
    /// What a string must match.
    pub pattern: Option<MemberPattern>,
    /// Whether no two siblings may have the same value.
    pub unique: bool,
    /// The element that an element it holds must be defined inside: a family of units.
    pub child_of: Option<String>,
    /// The element's member whose schema a value of it must conform to.
    pub instance_of: Option<&'static str>,
}

/// What a co-type demands of one of the element's members, or of the element that holds it in that member.
#[derive(Debug, Default)]
pub(crate) struct Constraint {
    /// The member.
    pub property: &'static str,
    /// The value is of one of these classes or co-types.
    pub required_types: Vec<String>,
    /// The same for people: "NumericSchema or String".
    pub required_types_text: String,
    /// The value is one of these elements.
    pub required_values: Vec<String>,
    /// The same for people.
    pub required_values_text: String,
    /// The demand is on the element around, which holds this one in `property`.
    pub inverse: bool,
    /// No other element there has this co-type.
    pub none_other: Option<String>,
    /// Some other element there has this co-type.
    pub some_other: Option<String>,
    /// The member of siblings that `sibling_keyref` is compared with.
    pub sibling_key: Option<&'static str>,
    /// The own member that names a sibling.
    pub sibling_keyref: Option<String>,
    /// The own member that names a member of that sibling, whose class the value must have.
    pub sibling_parent_of: Option<String>,
    /// As `sibling_parent_of`, of the class itself. No extension uses it yet.
    pub sibling_class_of: Option<String>,
}

/// What a co-type demands of a sibling that the element names.
#[derive(Debug)]
pub(crate) struct Sibling {
    /// The member of siblings that `keyref` is compared with.
    pub key: &'static str,
    /// The own member that names a sibling.
    pub keyref: String,
    /// The sibling is of one of these classes.
    pub required_types: Vec<String>,
    /// The same for people.
    pub required_types_text: String,
    /// The sibling may not have this co-type.
    pub disallowed_type: Option<String>,
    /// The own member that names a member which the sibling must have from one of its co-types.
    pub supplemental_property: Option<String>,
    /// The own member whose value no two elements with the same sibling may share.
    pub unique_reference: Option<String>,
}

type Cotypes = HashMap<String, Cotype>;

/// The quantities are many, so each edition of them is made when it is first asked for.
static QUANTITIES: [LazyLock<Cotypes>; 4] = [
    LazyLock::new(|| index(cotype_build::quantities(Edition::V2))),
    LazyLock::new(|| index(cotype_build::quantities(Edition::Q1))),
    LazyLock::new(|| index(cotype_build::quantities(Edition::Q2))),
    LazyLock::new(|| index(cotype_build::quantities(Edition::Q3))),
];
static OTHERS: LazyLock<Cotypes> = LazyLock::new(|| {
    let mut all = cotype_build::core();
    all.extend(cotype_build::extensions());
    index(all)
});

fn index(cotypes: Vec<Cotype>) -> Cotypes {
    cotypes.into_iter().map(|cotype| (cotype.id.clone(), cotype)).collect()
}

/// The co-type with that DTMI.
pub(crate) fn cotype(id: &str) -> Option<&'static Cotype> {
    match Edition::of(id) {
        Some(edition) => QUANTITIES.get(edition as usize)?.get(id),
        None => OTHERS.get(id),
    }
}

/// The newest context that brings a co-type of that name to a version of the language.
pub(crate) fn context_with(term: &str, version: Version) -> Option<&'static str> {
    let brings = |index: &'static LazyLock<Cotypes>| {
        index.values().filter(move |cotype| cotype.term == term && cotype.versions.contains(&version))
    };
    let found = QUANTITIES.iter().chain([&OTHERS]).flat_map(brings).filter(|cotype| !cotype.abstract_);
    found.map(|cotype| cotype.context).max()
}

/// All co-types, sorted by their DTMIs.
#[cfg(test)]
pub(crate) fn cotypes() -> Vec<&'static Cotype> {
    let mut all: Vec<&Cotype> = QUANTITIES.iter().chain([&OTHERS]).flat_map(|index| index.values()).collect();
    all.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    all
}

impl Cotype {
    /// The co-type above.
    pub(crate) fn parent(&self) -> Option<&'static Self> {
        cotype(self.parent.as_deref()?)
    }

    /// Whether it is the type with that DTMI or under it.
    pub(crate) fn is_a(&self, id: &str) -> bool {
        self.id == id
            || self.parent.as_deref() == Some(id)
            || self.parent().is_some_and(|parent| parent.is_a(id))
    }

    /// Its member with that DTMI, or that of the nearest type above.
    pub(crate) fn member(&self, id: &str) -> Option<&CotypeMember> {
        let own = self.members.iter().find(|member| member.id == id);
        own.or_else(|| self.parent()?.member(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_takes_units_of_its_family_and_is_a_semantic_type() {
        let humidity = cotype("dtmi:dtdl:extension:quantitativeTypes:v2:class:Humidity").unwrap();
        let unit = humidity.member("dtmi:dtdl:extension:quantitativeTypes:v2:property:unit").unwrap();
        assert_eq!(
            unit.child_of.as_deref(),
            Some("dtmi:dtdl:extension:quantitativeTypes:v2:enum:DensityUnit")
        );
        assert!(humidity.is_a("dtmi:dtdl:class:SemanticType;4"));
        assert!(!humidity.is_a("dtmi:dtdl:class:AdjunctType;4"));
    }

    #[test]
    fn a_family_of_v2_is_a_unit() {
        let area = cotype("dtmi:standard:class:AreaUnit;2").unwrap();
        assert!(area.is_a("dtmi:dtdl:class:Unit;2"));
        assert!(area.on.is_empty());
    }
}
