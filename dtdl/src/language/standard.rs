//! The elements that every model may refer to without defining them: primitive schemas, geospatial and other standard
//! schemas, ways to run commands, units and their prefixes, with everything nested in them. Decides which id leads to
//! which element; `standard_build` makes the elements. Begin at [`standard`].
//!
//! Descriptions are here only where they follow from the name: the language's longer ones are its authors' sentences.

use std::borrow::Cow;
use std::sync::LazyLock;

use hashbrown::HashMap;

use super::class::Class;
use super::units::Edition;
use super::{Primitive, Version, standard_build};
use crate::language_map::LanguageMap;

/// An element of the language's own.
#[derive(Debug)]
pub(crate) struct Standard {
    /// Its DTMI; inferred from its parent's where it is not given one.
    pub id: String,
    /// Its material class.
    pub class: Class,
    /// The version of the language it is written in.
    pub version: Version,
    /// The schema that it is to models, if it is one.
    pub primitive: Option<Primitive>,
    /// The element it is defined inside.
    pub parent: Option<String>,
    /// The member of that element.
    pub property: Option<&'static str>,
    /// Its co-types.
    pub types: Vec<String>,
    /// The values of its class's members that are no elements.
    pub literals: Vec<(&'static str, StandardLiteral)>,
    /// The elements that its class's members hold, each under the id it is known by after aliases are followed.
    pub links: Vec<(&'static str, String)>,
    /// The values of its co-types' members, by the members' DTMIs.
    pub cotype_values: Vec<(String, StandardValue)>,
}

/// A value that is no element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StandardLiteral {
    /// A string.
    Text(Cow<'static, str>),
    /// A text in a language.
    Texts(LanguageMap),
    /// An integer.
    Integer(i64),
}

/// The value of a co-type's member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StandardValue {
    /// One that is no element.
    Literal(StandardLiteral),
    /// The id of an element.
    Element(String),
}

type Standards = HashMap<String, Standard>;

/// Units are many, so each edition of them is made when it is first asked for.
static UNITS: [LazyLock<Standards>; 4] = [
    LazyLock::new(|| index(standard_build::units(Edition::V2))),
    LazyLock::new(|| index(standard_build::units(Edition::Q1))),
    LazyLock::new(|| index(standard_build::units(Edition::Q2))),
    LazyLock::new(|| index(standard_build::units(Edition::Q3))),
];
static SCHEMAS: LazyLock<Standards> = LazyLock::new(|| index(standard_build::schemas()));

fn index(elements: Vec<Standard>) -> Standards {
    elements.into_iter().map(|element| (element.id.clone(), element)).collect()
}

/// The standard element with that DTMI.
pub(crate) fn standard(id: &str) -> Option<&'static Standard> {
    match Edition::of(id) {
        Some(edition) => UNITS.get(edition as usize)?.get(id),
        None => SCHEMAS.get(id),
    }
}

/// What aliases stand for, to the end.
static ALIASES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let step = |id: &str| SCHEMAS.get(id).and_then(Standard::alias_for);
    let end = |mut id: &'static str| {
        while let Some(next) = step(id) {
            id = next;
        }
        id
    };
    SCHEMAS.keys().filter(|id| step(id).is_some()).map(|id| (id.as_str(), end(id))).collect()
});

/// The id of the element that the one with this id stands for, if it is an alias; otherwise the id itself.
pub(crate) fn alias(id: &str) -> &str {
    if id.starts_with(ALIAS) { ALIASES.get(id).copied().unwrap_or(id) } else { id }
}

/// How the ids of all aliases begin.
const ALIAS: &str = "dtmi:dtdl:instance:Schema:";

impl Standard {
    /// The id of the element that this one is an alias of.
    pub(crate) fn alias_for(&self) -> Option<&str> {
        match self.cotype_values.first()? {
            (member, StandardValue::Element(id)) if member.starts_with("dtmi:dtdl:property:aliasFor;") => {
                Some(id)
            }
            _ => None,
        }
    }
}

/// All standard elements, sorted by their DTMIs.
#[cfg(test)]
pub(crate) fn standards() -> Vec<&'static Standard> {
    let mut all: Vec<&Standard> = UNITS.iter().chain([&SCHEMAS]).flat_map(|index| index.values()).collect();
    all.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_followed_to_its_end() {
        assert_eq!(alias("dtmi:dtdl:instance:Schema:double;4"), "dtmi:dtdl:instance:Schema:double;2");
        assert_eq!(alias("dtmi:dtdl:instance:Schema:uuid;4"), "dtmi:dtdl:instance:Schema:uuid;4");
        assert_eq!(alias("dtmi:com:example;1"), "dtmi:com:example;1");
    }

    #[test]
    fn a_unit_is_a_value_of_its_familys_enum() {
        let unit = standard("dtmi:dtdl:extension:quantitativeTypes:v1:unit:kilometrePerHour").unwrap();
        assert_eq!(unit.class, Class::EnumValue);
        let family = unit.parent.as_deref().unwrap();
        assert_eq!(family, "dtmi:dtdl:extension:quantitativeTypes:v1:enum:VelocityUnit");
        assert!(standard(family).unwrap().links.contains(&("enumValues", unit.id.clone())));
    }

    #[test]
    fn every_element_that_another_holds_is_there() {
        for element in standards() {
            let values = element.cotype_values.iter().filter_map(|(_, value)| match value {
                StandardValue::Element(id) => Some(id),
                StandardValue::Literal(_) => None,
            });
            for id in element.links.iter().map(|(_, id)| id).chain(values).chain(&element.parent) {
                assert!(standard(id).is_some(), "{id} of {}", element.id);
            }
        }
    }
}
