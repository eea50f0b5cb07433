//! Units as types: which of the model's units the runtime has, and markers for those it has not.

use heck::ToUpperCamelCase as _;
use proc_macro2::{Ident, Span};

/// Words of v1-preview for units that later versions call otherwise.
const EARLIER: [(&str, &str); 2] = [("celsius", "degreeCelsius"), ("fahrenheit", "degreeFahrenheit")];

/// The runtime's type for a unit, where the language defines it.
pub(super) fn known(unit: &str) -> Option<Ident> {
    let word = without_folders(unit);
    let name = EARLIER.iter().find(|(earlier, _)| *earlier == word).map_or(word, |(_, name)| *name);
    let found = dtdl::units().any(|known| known.name == name);
    found.then(|| Ident::new(&name.to_upper_camel_case(), Span::call_site()))
}

/// The words of the marker for a unit of the model's own: `Units/Temperature/celsius` is called `celsius`.
pub(super) fn words(unit: &str) -> [&str; 2] {
    [without_folders(unit), "unit"]
}

/// v1-preview writes units as paths.
fn without_folders(unit: &str) -> &str {
    unit.rsplit(['/', ':']).next().unwrap_or(unit)
}
