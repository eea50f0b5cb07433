//! Units of measure as types: a [`Quantity`] says what its number counts, and converts within its family.
//!
//! Each unit of the language (all editions of its quantities) is a type without values, named as the language names it:
//! `degreeCelsius` is [`DegreeCelsius`]. Units of one [`family`] convert into each other, others do not; a bare number is
//! no quantity.
//!
//! ```
//! use device_model_runtime::units::{DegreeCelsius, DegreeFahrenheit, Quantity};
//!
//! let boiling: Quantity<DegreeCelsius> = Quantity::<DegreeFahrenheit>::new(212.0).to();
//! assert_eq!(boiling.value(), 100.0);
//! assert_eq!(boiling.to_string(), "100 °C");
//! ```
//!
//! ```compile_fail,E0271
//! # use device_model_runtime::units::{DegreeCelsius, Metre, Quantity};
//! let length: Quantity<Metre> = Quantity::<DegreeCelsius>::new(20.0).to(); // another family
//! ```
//!
//! ```compile_fail,E0308
//! # use device_model_runtime::units::{DegreeCelsius, DegreeFahrenheit, Quantity};
//! let sent: Quantity<DegreeCelsius> = Quantity::<DegreeFahrenheit>::new(68.0); // not converted
//! ```
//!
//! The language names its units but does not define them. Where a name could mean several, the unit's page says which is
//! meant here: the international foot and pound, United States gallons and tons, conventional columns of mercury and
//! water, the Julian year.

mod electricity;
pub mod family;
mod flow;
mod information;
mod matter;
mod mechanics;
mod power;
mod quantity;
mod radiation;
mod space;
mod table;

pub use electricity::*;
pub use flow::*;
pub use information::*;
pub use matter::*;
pub use mechanics::*;
pub use power::*;
pub use quantity::{Number, Quantity};
pub use radiation::*;
pub use space::*;
pub use table::Row;

/// A unit of measure.
///
/// A number of this unit is, in the reference unit of its family, that number times [`FACTOR`](Self::FACTOR) plus
/// [`OFFSET`](Self::OFFSET). Implement it on a type of your own for a unit that the language does not have:
///
/// ```
/// use device_model_runtime::units::{Metre, Quantity, Unit, family};
///
/// enum Furlong {}
///
/// impl Unit for Furlong {
///     type Family = family::Length;
///     const NAME: &'static str = "furlong";
///     const SYMBOL: &'static str = "fur";
///     const FACTOR: f64 = 201.168;
/// }
///
/// assert_eq!(Quantity::<Furlong>::new(2.0).to::<Metre>().value(), 402.336);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no unit of measure",
    note = "the units are in `device_model::units`, each named as the model names it"
)]
pub trait Unit {
    /// What it converts into: all units of the same family, one of [`family`] or a type of your own.
    type Family;
    /// Its name in models, such as `degreeCelsius`.
    const NAME: &'static str;
    /// Its symbol, such as `°C`; empty for what has none.
    const SYMBOL: &'static str;
    /// How many of the family's reference unit one of it is.
    const FACTOR: f64;
    /// Where its zero is, in the family's reference unit.
    const OFFSET: f64 = 0.0;
}

/// The language's units, for tests that hold them against the language.
#[doc(hidden)]
pub fn all() -> impl Iterator<Item = &'static Row> {
    let tables = [SPACE, MECHANICS, MATTER, FLOW, POWER, ELECTRICITY, RADIATION, INFORMATION];
    tables.into_iter().flatten()
}
