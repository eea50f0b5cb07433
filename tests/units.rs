//! The units of measure: all of the language's are there, each is as large as it is, and conversions lose nothing.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::collections::{BTreeMap, BTreeSet};

use device_model::units::*;
use proptest::prelude::*;
use proptest::sample::Index;

/// Units that have another symbol in the language, because it has another unit's there.
const OTHER_SYMBOLS: [(&str, &str); 2] =
    [("cubicCentimetrePerMinute", "m³/min"), ("cubicCentimetrePerSecond", "m³/s")];

#[test]
fn every_unit_of_the_language_is_a_type_and_no_others_are() {
    let language: BTreeMap<_, _> = dtdl::units().map(|unit| (unit.name, unit.symbol)).collect();
    let symbol = |row: &Row| {
        let other = OTHER_SYMBOLS.iter().find(|(name, _)| *name == row.name);
        other.map_or(row.symbol, |(_, symbol)| symbol)
    };
    let runtime: BTreeMap<_, _> = all().map(|row| (row.name, symbol(row))).collect();
    assert_eq!(runtime, language);
    assert_eq!(all().count(), language.len(), "a name occurs twice");
}

#[test]
fn the_families_are_the_languages_but_for_the_doses() {
    let language: BTreeMap<_, _> = dtdl::units().map(|unit| (unit.name, unit.family)).collect();
    let mut families: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in all() {
        families.entry(language[row.name]).or_default().insert(row.family);
    }
    let doses = families.remove("IonizingRadiationDoseUnit").unwrap();
    assert_eq!(doses.into_iter().collect::<Vec<_>>(), ["AbsorbedDose", "EquivalentDose"]);
    for (of_language, of_runtime) in families {
        let named = of_language.strip_suffix("Unit").unwrap_or(of_language);
        assert_eq!(of_runtime.into_iter().collect::<Vec<_>>(), [named]);
    }
}

/// The order within a family is the language's, so that tables of both can be read side by side.
#[test]
fn the_units_of_a_family_are_in_the_languages_order() {
    let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in all() {
        families.entry(row.family).or_default().push(row.name);
    }
    for (family, names) in families {
        let ordered = dtdl::units().map(|unit| unit.name).filter(|name| names.contains(name));
        assert_eq!(ordered.collect::<Vec<_>>(), names, "{family}");
    }
}

/// What follows a prefix is so much smaller; the prefix is told by the name.
#[test]
fn a_prefix_is_its_power() {
    let powers = [
        ("pico", 1e-12),
        ("nano", 1e-9),
        ("micro", 1e-6),
        ("milli", 1e-3),
        ("centi", 1e-2),
        ("deci", 1e-1),
        ("deca", 1e1),
        ("hecto", 1e2),
        ("kilo", 1e3),
        ("mega", 1e6),
        ("giga", 1e9),
        ("tera", 1e12),
        ("kibi", 1024.0),
        ("mebi", f64::powi(2.0, 20)),
        ("gibi", f64::powi(2.0, 30)),
        ("tebi", f64::powi(2.0, 40)),
        ("exbi", f64::powi(2.0, 60)),
        ("zebi", f64::powi(2.0, 70)),
        ("yobi", f64::powi(2.0, 80)),
    ];
    let mut checked = 0;
    for row in all() {
        for (prefix, power) in powers {
            let Some(base) = row.name.strip_prefix(prefix) else { continue };
            let base =
                all().find(|other| other.name.eq_ignore_ascii_case(base) && other.family == row.family);
            if let Some(base) = base {
                assert!(near(row.factor, base.factor * power), "{}", row.name);
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "{checked}");
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// `value unit = value unit`, each in both directions.
macro_rules! equal {
    ($($left:literal $left_unit:ident = $right:literal $right_unit:ident;)*) => {
        [$({
            let (left, right) = (Quantity::<$left_unit>::new($left), Quantity::<$right_unit>::new($right));
            let there = left.to::<$right_unit>().value();
            assert!(near(there, $right), "{left} is {right}, not {there}");
            let back = right.to::<$left_unit>().value();
            assert!(near(back, $left), "{right} is {left}, not {back}");
        }),*].len()
    };
}

// The numbers follow from the definitions (foot, pound, standard gravity, litre, electronvolt), written out here so that no
// constant is used to check itself.

#[test]
fn well_known_conversions_of_space_and_motion_hold() {
    let lengths = equal! {
        1.0 Mile = 1.609344 Kilometre;
        1.0 Foot = 12.0 Inch;
        1.0 Inch = 25.4 Millimetre;
        1.0 NauticalMile = 1852.0 Metre;
        1.0 AstronomicalUnit = 149597870.7 Kilometre;
        1.0 Acre = 4046.8564224 SquareMetre;
        640.0 Acre = 2.589988110336 SquareKilometre;
        1.0 Hectare = 10000.0 SquareMetre;
        1.0 SquareFoot = 144.0 SquareInch;
        1.0 Gallon = 3.785411784 Litre;
        1.0 FluidOunce = 29.5735295625 Millilitre;
        1.0 Gallon = 231.0 CubicInch;
        1.0 CubicFoot = 28.316846592 Litre;
        1.0 CubicMetre = 1e6 CubicCentimetre;
        57.29577951308232 DegreeOfArc = 1.0 Radian;
        1.0 Turn = 360.0 DegreeOfArc;
        1.0 DegreeOfArc = 3600.0 SecondOfArc;
        1.0 ReciprocalCentimetre = 100.0 ReciprocalMetre;
    };
    let motion = equal! {
        36.0 KilometrePerHour = 10.0 MetrePerSecond;
        60.0 MilePerHour = 26.8224 MetrePerSecond;
        1.0 Knot = 1.852 KilometrePerHour;
        1.0 GForce = 9.80665 MetrePerSecondSquared;
        60.0 RevolutionPerMinute = 1.0 RevolutionPerSecond;
        1.0 RevolutionPerMinute = 6.0 DegreePerSecond;
        1.0 Year = 365.25 Day;
        1.0 Day = 1440.0 Minute;
        1.0 ReciprocalSecond = 60.0 ReciprocalMinute;
    };
    assert!(lengths + motion >= 27);
}

#[test]
fn well_known_conversions_of_forces_and_heat_hold() {
    let mechanics = equal! {
        1.0 Pound = 4.4482216152605 Newton;
        1.0 Pound = 16.0 Ounce;
        1.0 Ton = 8896.443230521 Newton;
        1.0 Slug = 14.593902937206 Kilogram;
        1.0 MassPound = 453.59237 Gram;
        1.0 Tonne = 1000.0 Kilogram;
        1.0 PoundPerSquareInch = 6894.757293168361 Pascal;
        760.0 MillimetresOfMercury = 101325.0144354 Pascal;
        1.0 InchesOfMercury = 3386.388640341 Pascal;
        1.0 InchesOfWater = 249.08891 Pascal;
        1.0 Bar = 1000.0 Hectopascal;
        1.0 Millibar = 1.0 Hectopascal;
        1.0 Poise = 100.0 MillipascalSecond;
        1.0 Centistokes = 1e-6 SquareMetrePerSecond;
    };
    let heat = equal! {
        212.0 DegreeFahrenheit = 100.0 DegreeCelsius;
        373.15 Kelvin = 100.0 DegreeCelsius;
        -40.0 DegreeFahrenheit = -40.0 DegreeCelsius;
        300.0 Kelvin = 80.33 DegreeFahrenheit;
        1.0 KilowattHour = 3.6 Megajoule;
        1.0 BritishThermalUnit = 1055.05585262 Joule;
        1.0 Electronvolt = 1.602176634e-19 Joule;
        1.0 Horsepower = 745.6998715822702 Watt;
        1.0 TonOfRefrigeration = 3516.8528420667 Watt;
        1.0 BritishThermalUnitPerHour = 0.29307107017222 Watt;
        8766.0 KilowattHourPerYear = 1.0 Kilowatt;
        3600.0 KilojoulePerHour = 1.0 Kilowatt;
    };
    assert!(mechanics + heat >= 26);
}

#[test]
fn well_known_conversions_of_everything_else_hold() {
    let others = equal! {
        1.0 AmpereHour = 3600.0 Coulomb;
        1.0 Maxwell = 1e-8 Weber;
        1.0 Gauss = 1e-4 Tesla;
        1.0 Footcandle = 10.763910416709722 Lux;
        1.0 Bel = 10.0 Decibel;
        1.0 Byte = 8.0 Bit;
        1.0 Mebibyte = 8192.0 Kibibit;
        1.0 Yobibit = 1208925819614629174706176.0 Bit;
        1.0 KibibytePerSecond = 8192.0 BitPerSecond;
        1.0 Percent = 10000.0 PartsPerMillion;
        1.0 Unity = 1e15 PartsPerQuadrillion;
        1.0 GallonPerMinute = 3.785411784 LitrePerMinute;
        1.0 CubicFootPerMinute = 1.69901079552 CubicMetrePerHour;
        1.0 CubicCentimetrePerSecond = 60.0 MillilitrePerMinute;
        1.0 MassPoundPerHour = 453.59237 GramPerHour;
        1.0 HectopascalCubicMetrePerSecond = 100.0 PascalCubicMetrePerSecond;
        1.0 VoltAmpereReactiveHour = 1e-3 KilovoltAmpereReactiveHour;
        1.0 Millisievert = 1000.0 Microsievert;
    };
    assert!(others >= 18);
}

/// Round numbers stay round: nobody wants to read 99.99999999999999 °C.
#[test]
fn what_people_check_by_hand_is_exact() {
    assert_eq!(Quantity::<DegreeFahrenheit>::new(212.0).to::<DegreeCelsius>().value(), 100.0);
    assert_eq!(Quantity::<DegreeFahrenheit>::new(32.0).to::<DegreeCelsius>().value(), 0.0);
    assert_eq!(Quantity::<DegreeFahrenheit>::new(98.6).to::<DegreeCelsius>().value(), 37.0);
    assert_eq!(Quantity::<DegreeCelsius>::new(100.0).to::<DegreeFahrenheit>().value(), 212.0);
    assert_eq!(Quantity::<Kelvin>::new(373.15).to::<DegreeCelsius>().value(), 100.0);
    assert_eq!(Quantity::<DegreeCelsius>::new(0.0).to::<Kelvin>().value(), 273.15);
    assert_eq!(Quantity::<KilowattHour>::new(1.0).to::<Joule>().value(), 3_600_000.0);
    assert_eq!(Quantity::<Hour, i64>::new(2).to::<Minute>().value(), 120.0);
    assert_eq!(Quantity::<Minute, f32>::new(90.0).to::<Hour>().value(), 1.5);
}

/// A unit of a family whose size is told at run time is not to be had, so this converts as `Quantity::to` does.
fn convert(value: f64, from: &Row, to: &Row) -> f64 {
    (value * from.factor + (from.offset - to.offset)) / to.factor
}

proptest! {
    #[test]
    fn there_and_back_is_the_same(value in -1e12..1e12_f64, from: Index, to: Index) {
        let rows: Vec<_> = all().collect();
        let from = from.get(&rows);
        let family: Vec<_> = rows.iter().filter(|row| row.family == from.family).collect();
        let to = to.get(&family);
        let back = convert(convert(value, from, to), to, from);
        // in the reference unit, where an offset may cancel most of what there was
        let scale = value.abs().max((from.offset - to.offset).abs() / from.factor);
        prop_assert!((back - value).abs() <= 1e-9 * scale, "{value} {} by way of {} is {back}", from.name, to.name);
    }
}

#[test]
fn every_pair_of_a_family_there_and_back_is_the_same() {
    let rows: Vec<_> = all().collect();
    for from in &rows {
        for to in rows.iter().filter(|to| to.family == from.family) {
            let back = convert(convert(21.5, from, to), to, from);
            assert!(near(back, 21.5), "{} by way of {}: {back}", from.name, to.name);
        }
    }
}

#[test]
fn all_factors_are_positive_numbers() {
    for row in all() {
        assert!(row.factor.is_finite() && row.factor > 0.0 && row.offset.is_finite(), "{row:?}");
    }
}
