//! Makes the standard elements of the tables in `terms`, `quantities` and `units`. Decides their ids and how they are
//! nested. Begin at [`schemas`] and [`units`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::class::Class;
use super::quantities::Prefix;
use super::standard::{Standard, StandardLiteral, StandardValue};
use super::terms::{COMMAND_TYPES, GEOSPATIAL, PREVIEW_GEOSPATIAL, PRIMITIVES, SCALED_DECIMAL};
use super::units::{Edition, Family, Unit, families};
use super::{Primitive, Version, dtmi};
use crate::language_map::LanguageMap;

fn element(id: String, class: Class, version: Version) -> Standard {
    let (types, literals, links, cotype_values) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let primitive = class.is_a(Class::Schema).then(|| label_of(&id)).and_then(Primitive::by_name);
    let (parent, property) = (None, None);
    Standard { id, class, version, primitive, parent, property, types, literals, links, cotype_values }
}

/// The last label of an id.
fn label_of(id: &str) -> &str {
    let path = id.split(';').next().unwrap_or(id);
    path.rsplit(':').next().unwrap_or(path)
}

impl Standard {
    /// Defined inside another element.
    fn inside(mut self, parent: &str, property: &'static str) -> Self {
        self.parent = Some(parent.to_owned());
        self.property = Some(property);
        self
    }

    fn text(mut self, member: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        self.literals.push((member, StandardLiteral::Text(text.into())));
        self
    }

    /// In `en`, which a bare string is in.
    fn display_name(mut self, text: impl AsRef<str>) -> Self {
        let text = LanguageMap::english(text.as_ref());
        self.literals.push(("displayName", StandardLiteral::Texts(text)));
        self
    }

    /// In `en-US`, which the language writes its descriptions in.
    fn description(mut self, text: String) -> Self {
        let text = LanguageMap::from(BTreeMap::from([("en-US", text)]));
        self.literals.push(("description", StandardLiteral::Texts(text)));
        self
    }

    fn link(mut self, member: &'static str, id: String) -> Self {
        self.links.push((member, id));
        self
    }

    fn typed(mut self, id: String) -> Self {
        self.types.push(id);
        self
    }

    fn value(mut self, member: String, literal: StandardLiteral) -> Self {
        self.cotype_values.push((member, StandardValue::Literal(literal)));
        self
    }

    fn refers(mut self, member: String, id: String) -> Self {
        self.cotype_values.push((member, StandardValue::Element(id)));
        self
    }
}

/// Everything but units and prefixes.
pub(super) fn schemas() -> Vec<Standard> {
    let preview = element(PREVIEW_GEOSPATIAL.to_owned(), Class::Geospatial, Version::V1Preview);
    let mut all = vec![preview.display_name("geospatial")];
    let mut previous = None;
    for version in dtmi::VERSIONS {
        all.extend(primitives(version, previous));
        all.extend(COMMAND_TYPES.map(|name| {
            element(dtmi::command_type(name, version), Class::CommandType, version).display_name(name)
        }));
        all.extend(geospatial(version));
        previous = Some(version);
    }
    let number = |name, schema| (name, dtmi::primitive(schema, Version::V4));
    let fields = [number("value", "decimal"), number("scale", "short")];
    let inferred = |name: &str| dtmi_inside(SCALED_DECIMAL, &format!("_fields:__{name}"));
    all.extend(object(SCALED_DECIMAL.to_owned(), Version::V4, fields, inferred));
    let double = |name| (name, primitive_of_v2("double"));
    for (name, fields) in [("vector", ["x", "y", "z"]), ("geopoint", ["lon", "lat", "alt"])] {
        let id = format!("dtmi:iotcentral:schema:{name};2");
        let own = id.clone();
        all.extend(object(id, Version::V2, fields.map(double), |name| dtmi_inside(&own, name)));
    }
    all
}

/// The id with labels added before the version.
fn dtmi_inside(id: &str, labels: &str) -> String {
    match id.split_once(';') {
        Some((name, version)) => format!("{name}:{labels};{version}"),
        None => format!("{id}:{labels}"),
    }
}

/// The schema that later versions' schemas of that name are aliases of.
fn primitive_of_v2(name: &str) -> String {
    dtmi::primitive(name, Version::V2)
}

/// The primitive schemas; those that the version before has are aliases of them.
fn primitives(version: Version, previous: Option<Version>) -> impl Iterator<Item = Standard> {
    let here = PRIMITIVES.iter().filter(move |(.., since)| *since <= version);
    here.map(move |(name, class, since)| {
        let schema = element(dtmi::primitive(name, version), *class, version).display_name(*name);
        match previous.filter(|previous| since <= previous) {
            Some(previous) => schema
                .typed(dtmi::class("Alias", version))
                .refers(dtmi::property("aliasFor", version), dtmi::primitive(name, previous)),
            None => schema,
        }
    })
}

/// An Object and its Fields, whose ids `field_id` makes.
fn object<const N: usize>(
    id: String,
    version: Version,
    fields: [(&'static str, String); N],
    field_id: impl Fn(&str) -> String,
) -> Vec<Standard> {
    let mut all = Vec::with_capacity(N + 1);
    let mut object = element(id, Class::Object, version);
    for (name, schema) in fields {
        let field = element(field_id(name), Class::Field, version).text("name", name).link("schema", schema);
        object = object.link("fields", field.id.clone());
        all.push(field.inside(&object.id, "fields"));
    }
    all.push(object);
    all
}

/// The part that a nested element is defined inside, and the member.
type Place = (&'static str, &'static str);

/// The arrays that coordinates are made of: name, items, and the field or array it is defined inside.
const COORDINATES: &[(&str, &str, Option<Place>)] = &[
    ("lineStringCoordinateArray", "position", None),
    ("polygonCoordinateArray", "linearRingCoordinateArray", None),
    ("linearRingCoordinateArray", "position", Some(("polygonCoordinateArray", "elementSchema"))),
    ("positionArray", "position", Some(("multiPoint:coordinates", "schema"))),
    (
        "lineStringCoordinateArrayArray",
        "lineStringCoordinateArray",
        Some(("multiLineString:coordinates", "schema")),
    ),
    ("polygonCoordinateArrayArray", "polygonCoordinateArray", Some(("multiPolygon:coordinates", "schema"))),
];

/// The `coordinates` of a shape.
fn coordinates(shape: &str) -> &'static str {
    match shape {
        "point" => "position",
        "multiPoint" => "positionArray",
        "lineString" => "lineStringCoordinateArray",
        "multiLineString" => "lineStringCoordinateArrayArray",
        "polygon" => "polygonCoordinateArray",
        _ => "polygonCoordinateArrayArray",
    }
}

/// The shapes of GeoJSON, each an Object of a `type`, an Enum of one value, and `coordinates`.
fn geospatial(version: Version) -> Vec<Standard> {
    let id = |name: &str| dtmi::geospatial(name, version);
    let array =
        |name: &str, items: String| element(id(name), Class::Array, version).link("elementSchema", items);
    let mut all = vec![array("position", primitive_of_v2("double"))];
    for (name, items, outer) in COORDINATES {
        let array = array(name, id(items));
        all.push(match outer {
            Some((parent, property)) => array.inside(&id(parent), property),
            None => array,
        });
    }
    for shape in GEOSPATIAL {
        let capitalised = capitalised(shape);
        let enumeration =
            format!("dtmi:standard:schema:geospatial{capitalised}Type;{}", dtmi::number(version));
        let value = element(id(&format!("enumValue:{shape}")), Class::EnumValue, version)
            .text("name", shape)
            .text("enumValue", capitalised.clone())
            .inside(&enumeration, "enumValues");
        let fields = [("type", enumeration.clone()), ("coordinates", id(coordinates(shape)))];
        all.push(
            element(enumeration, Class::Enum, version)
                .link("enumValues", value.id.clone())
                .link("valueSchema", primitive_of_v2("string")),
        );
        all.push(value);
        let mut parts = object(id(shape), version, fields, |name| id(&format!("{shape}:{name}")));
        if let Some(object) = parts.pop() {
            parts.push(object.description(format!("GeoJSON {capitalised}")));
        }
        all.extend(parts);
    }
    all
}

fn capitalised(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// The units and prefixes of an edition, after v2 with the Enums that they are values of.
pub(super) fn units(edition: Edition) -> Vec<Standard> {
    let mut all = Vec::with_capacity(400);
    for family in families(edition) {
        let units = family.units(edition).map(|row| unit(edition, family, row)).collect();
        all.extend(in_family(edition, family.name, units));
    }
    for (family, prefixes) in edition.prefixes() {
        let prefixes = prefixes.map(|row| prefix(edition, family, row)).collect();
        all.extend(in_family(edition, family, prefixes));
    }
    all
}

/// The elements of a family, inside an Enum unless it is v2's.
fn in_family(edition: Edition, family: &'static str, elements: Vec<Standard>) -> Vec<Standard> {
    if edition == Edition::V2 {
        return elements;
    }
    let mut outer = element(edition.family_id(family), Class::Enum, edition.version())
        .display_name(family)
        .link("valueSchema", primitive_of_v2("string"));
    outer.links.extend(elements.iter().map(|element| ("enumValues", element.id.clone())));
    let mut all: Vec<_> =
        elements.into_iter().map(|element| element.inside(&outer.id, "enumValues")).collect();
    all.push(outer);
    all
}

fn unit(edition: Edition, family: &Family, row: &'static Unit) -> Standard {
    let version = edition.version();
    let class = if edition == Edition::V2 { Class::Unit } else { Class::EnumValue };
    let mut unit = element(edition.unit_id(row.name), class, version).display_name(row.display_name());
    unit = if edition == Edition::V2 {
        unit.typed(edition.family_id(family.name)).text("symbol", row.symbol)
    } else {
        unit.typed(edition.class_id("SymbolicUnit"))
            .text("name", row.name)
            .text("enumValue", row.name)
            .value(dtmi::property("symbol", version), StandardLiteral::Text(row.symbol.into()))
    };
    if let Some(base) = row.base() {
        unit = unit
            .typed(edition.class_id(if family.binary { "BinaryUnit" } else { "DecimalUnit" }))
            .refers(edition.member_id("baseUnit"), edition.unit_id(base));
    }
    if let Some(prefix) = row.prefix() {
        unit = unit.refers(edition.member_id("prefix"), edition.prefix_id(prefix));
    }
    if let Some((top, bottom)) = row.ratio() {
        unit = unit
            .typed(edition.class_id("RatioUnit"))
            .refers(edition.member_id("topUnit"), edition.unit_id(top))
            .refers(edition.member_id("bottomUnit"), edition.unit_id(&bottom));
    }
    unit
}

fn prefix(edition: Edition, family: &'static str, row: &'static Prefix) -> Standard {
    let version = edition.version();
    let class = if edition == Edition::V2 { Class::UnitAttribute } else { Class::EnumValue };
    let prefix = element(edition.prefix_id(row.name), class, version).text("name", row.name);
    let prefix = if edition == Edition::V2 {
        prefix.typed(edition.family_id(family))
    } else {
        prefix.typed(edition.class_id("UnitPrefix")).text("enumValue", row.name)
    };
    prefix
        .value(dtmi::property("exponent", version), StandardLiteral::Integer(row.exponent))
        .value(dtmi::property("symbol", version), StandardLiteral::Text(row.symbol.into()))
}
