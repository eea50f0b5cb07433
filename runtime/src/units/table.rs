//! The form of the tables of units: a family, its reference unit, and a row for each unit.

use super::Unit;

/// A unit as data.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Row {
    pub name: &'static str,
    pub symbol: &'static str,
    pub family: &'static str,
    pub factor: f64,
    pub offset: f64,
}

impl Row {
    pub(super) const fn of<U: Unit>(family: &'static str) -> Self {
        Self { name: U::NAME, symbol: U::SYMBOL, family, factor: U::FACTOR, offset: U::OFFSET }
    }
}

/// `Type "name" "symbol" = factor;`, or `= factor, offset;`, grouped by family; and the name of the table they make.
macro_rules! units {
    (@doc $name:literal "") => { concat!("The unit `", $name, "`, which has no symbol.") };
    (@doc $name:literal $symbol:tt) => { concat!("The unit `", $name, "`, in symbols `", $symbol, "`.") };
    ($rows:ident: $($family:ident { $($(#[doc = $note:literal])* $unit:ident $name:literal $symbol:tt = $factor:expr $(, $offset:expr)?;)* })*) => {
        $($(
            #[doc = units!(@doc $name $symbol)]
            $(#[doc = ""] #[doc = $note])*
            #[derive(Debug)]
            pub enum $unit {}

            impl $crate::units::Unit for $unit {
                type Family = $crate::units::family::$family;
                const NAME: &'static str = $name;
                const SYMBOL: &'static str = $symbol;
                const FACTOR: f64 = $factor;
                $(const OFFSET: f64 = $offset;)?
            }
        )*)*

        pub(super) static $rows: &[$crate::units::Row] = &[$($($crate::units::Row::of::<$unit>(stringify!($family)),)*)*];
    };
}

pub(super) use units;

/// Metres in an international foot.
pub(super) const FOOT: f64 = 0.3048;
/// Metres in an international inch.
pub(super) const INCH: f64 = 0.0254;
/// Metres in an international mile.
pub(super) const MILE: f64 = 1609.344;
/// Metres in a nautical mile.
pub(super) const NAUTICAL_MILE: f64 = 1852.0;
/// Kilograms in an international avoirdupois pound.
pub(super) const POUND: f64 = 0.453_592_37;
/// Standard gravity in m/s².
pub(super) const GRAVITY: f64 = 9.806_65;
/// Joules in a British thermal unit of the International Table.
pub(super) const BTU: f64 = 1_055.055_852_62;
/// Cubic metres in a litre.
pub(super) const LITRE: f64 = 1e-3;
/// Cubic metres in a United States liquid gallon, 231 cubic inches.
pub(super) const GALLON: f64 = 3.785_411_784e-3;
/// Cubic metres in a cubic foot.
pub(super) const CUBIC_FOOT: f64 = 0.028_316_846_592;
/// Seconds.
pub(super) const MINUTE: f64 = 60.0;
pub(super) const HOUR: f64 = 3600.0;
pub(super) const DAY: f64 = 86_400.0;
/// A Julian year of 365.25 days.
pub(super) const YEAR: f64 = 365.25 * DAY;
