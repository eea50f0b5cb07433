//! Units of measure and the families they belong to, for all editions of the quantities at once. Decides which units
//! there are, their symbols, prefixes and ratios; ids and elements are made of this in `quantities`.
//! The rows are in `unit_table`, their constructors here.

use Edition::Q3;

use super::unit_table::FAMILIES;

/// An edition of the quantities: built into v2, an extension in three versions after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Edition {
    /// DTDL v2's own.
    V2,
    /// `dtmi:dtdl:extension:quantitativeTypes;1`.
    Q1,
    /// `dtmi:dtdl:extension:quantitativeTypes;2`.
    Q2,
    /// `dtmi:dtdl:extension:quantitativeTypes;3`.
    Q3,
}

/// A unit of measure that some edition of the language has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnitOfMeasure {
    /// Its name in models, such as `kilometrePerHour`.
    pub name: &'static str,
    /// Its symbol, such as `km/h`; the newest, where editions differ.
    pub symbol: &'static str,
    /// The units of its kind, such as `VelocityUnit`.
    pub family: &'static str,
}

/// The units of measure of all editions, v2's own and the quantitative types' three: each name once, family by family.
///
/// ```
/// let knot = dtdl::units().find(|unit| unit.name == "knot").unwrap();
/// assert_eq!((knot.symbol, knot.family), ("kn", "VelocityUnit"));
/// ```
pub fn units() -> impl Iterator<Item = UnitOfMeasure> {
    FAMILIES.iter().flat_map(|family| {
        // Where a unit's form changed, its name has a row for each; the newest is the last.
        let newest = |(place, unit): &(usize, &Unit)| {
            !family.units.iter().skip(place + 1).any(|later| later.name == unit.name)
        };
        let units = family.units.iter().enumerate().filter(newest);
        units.map(|(_, unit)| UnitOfMeasure { name: unit.name, symbol: unit.symbol, family: family.name })
    })
}

/// The units of one kind of quantity.
pub(crate) struct Family {
    /// Its name, such as `AreaUnit`.
    pub name: &'static str,
    /// The first edition that has it.
    pub since: Edition,
    /// Whether its prefixes are powers of two.
    pub binary: bool,
    pub(super) units: &'static [Unit],
}

/// A unit of measure in the editions that have it in this form.
pub(crate) struct Unit {
    /// Its name and its term, such as `kilometrePerHour`.
    pub name: &'static str,
    /// Its symbol, such as `km/h`.
    pub symbol: &'static str,
    scale: Scale,
    ratio: Ratio,
    base: Option<&'static str>,
    shown: Option<&'static str>,
    since: Option<Edition>,
    until: Edition,
}

/// Whether prefixes apply to a unit.
#[derive(Clone, Copy)]
enum Scale {
    None,
    Base,
    Prefix(&'static str),
}

/// Whether a unit is a quotient of two others.
#[derive(Clone, Copy)]
enum Ratio {
    None,
    ByName,
    Of(&'static str, &'static str),
}

impl Family {
    /// The units that an edition has, in the order of the table.
    pub(crate) fn units(&'static self, edition: Edition) -> impl Iterator<Item = &'static Unit> {
        self.units
            .iter()
            .filter(move |unit| unit.since.unwrap_or(self.since) <= edition && edition <= unit.until)
    }
}

impl Unit {
    /// The name as it is shown to people: the words of the name, where the table gives no other.
    pub(crate) fn display_name(&self) -> String {
        self.shown.map_or_else(|| words(self.name), str::to_owned)
    }

    /// The unit it is a multiple of, itself if need be, where prefixes apply.
    pub(crate) fn base(&self) -> Option<&'static str> {
        match self.scale {
            Scale::None => None,
            Scale::Base => Some(self.base.unwrap_or(self.name)),
            Scale::Prefix(prefix) => {
                Some(self.base.unwrap_or(self.name.strip_prefix(prefix).unwrap_or(self.name)))
            }
        }
    }

    /// Its prefix, such as `kilo`.
    pub(crate) fn prefix(&self) -> Option<&'static str> {
        match self.scale {
            Scale::Prefix(prefix) => Some(prefix),
            Scale::None | Scale::Base => None,
        }
    }

    /// The units it is the quotient of: `metrePerSecond` is (`metre`, `second`).
    pub(crate) fn ratio(&self) -> Option<(&'static str, String)> {
        match self.ratio {
            Ratio::None => None,
            Ratio::ByName => self.name.rsplit_once("Per").map(|(top, bottom)| (top, uncapitalised(bottom))),
            Ratio::Of(top, bottom) => Some((top, bottom.to_owned())),
        }
    }
}

/// `kilometrePerHour` as `kilometre per hour`.
fn words(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            text.push(' ');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn uncapitalised(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    word
}

/// A unit that takes no prefixes.
pub(super) const fn plain(name: &'static str, symbol: &'static str) -> Unit {
    let (scale, ratio) = (Scale::None, Ratio::None);
    Unit { name, symbol, scale, ratio, base: None, shown: None, since: None, until: Q3 }
}

/// A unit that others are multiples of.
pub(super) const fn base(name: &'static str, symbol: &'static str) -> Unit {
    Unit { scale: Scale::Base, ..plain(name, symbol) }
}

/// The multiple, by a prefix, of the unit whose name follows the prefix.
pub(super) const fn scaled(name: &'static str, prefix: &'static str, symbol: &'static str) -> Unit {
    Unit { scale: Scale::Prefix(prefix), ..plain(name, symbol) }
}

impl Unit {
    /// Its base is this one and not what the name says.
    pub(super) const fn of(self, base: &'static str) -> Self {
        Self { base: Some(base), ..self }
    }

    /// A quotient of the two units around "Per" in the name.
    pub(super) const fn per(self) -> Self {
        Self { ratio: Ratio::ByName, ..self }
    }

    /// A quotient of two units that the name does not spell.
    pub(super) const fn over(self, top: &'static str, bottom: &'static str) -> Self {
        Self { ratio: Ratio::Of(top, bottom), ..self }
    }

    /// Shown by another name than the words of its own.
    pub(super) const fn shown(self, name: &'static str) -> Self {
        Self { shown: Some(name), ..self }
    }

    /// Younger than its family.
    pub(super) const fn since(self, edition: Edition) -> Self {
        Self { since: Some(edition), ..self }
    }

    /// Only in this form up to this edition.
    pub(super) const fn until(self, edition: Edition) -> Self {
        Self { until: edition, ..self }
    }
}

/// The families of units that an edition has.
pub(crate) fn families(edition: Edition) -> impl Iterator<Item = &'static Family> {
    FAMILIES.iter().filter(move |family| family.since <= edition)
}

#[cfg(test)]
mod tests {
    use super::Edition::{Q1, Q2, V2};
    use super::*;

    fn unit(name: &str) -> &'static Unit {
        families(Q3).flat_map(|family| family.units(Q3)).find(|unit| unit.name == name).unwrap()
    }

    #[test]
    fn a_scaled_ratio_is_told_by_its_name() {
        let speed = unit("kilometrePerHour");
        assert_eq!(speed.display_name(), "kilometre per hour");
        assert_eq!((speed.base(), speed.prefix()), (Some("metrePerHour"), Some("kilo")));
        assert_eq!(speed.ratio(), Some(("kilometre", "hour".to_owned())));
    }

    #[test]
    fn every_name_of_every_edition_is_listed_once() {
        let mut names: Vec<_> = units().map(|unit| unit.name).collect();
        let listed = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), listed);
        for edition in [V2, Q1, Q2, Q3] {
            for unit in families(edition).flat_map(|family| family.units(edition)) {
                assert!(names.binary_search(&unit.name).is_ok(), "{}", unit.name);
            }
        }
        assert_eq!(units().find(|unit| unit.name == "newtonMetre").unwrap().symbol, "N·m");
    }

    #[test]
    fn every_base_and_every_part_of_a_ratio_is_a_unit() {
        for edition in [V2, Q1, Q2, Q3] {
            let all: Vec<_> = families(edition).flat_map(|family| family.units(edition)).collect();
            let known = |name: &str| all.iter().any(|unit| unit.name == name);
            for unit in &all {
                assert!(unit.base().is_none_or(known), "{}", unit.name);
                assert!(
                    unit.ratio().is_none_or(|(top, bottom)| known(top) && known(&bottom)),
                    "{}",
                    unit.name
                );
            }
        }
    }
}
