//! Space and time: lengths, areas, volumes, angles, times, frequencies.

use std::f64::consts::PI;

use super::table::{
    CUBIC_FOOT, DAY, FOOT, GALLON, HOUR, INCH, LITRE, MILE, MINUTE, NAUTICAL_MILE, YEAR, units,
};

units! { SPACE:
    Angle {
        Radian "radian" "rad" = 1.0;
        DegreeOfArc "degreeOfArc" "°" = PI / 180.0;
        MinuteOfArc "minuteOfArc" "'" = PI / 10_800.0;
        SecondOfArc "secondOfArc" "\"" = PI / 648_000.0;
        Turn "turn" "turn" = 2.0 * PI;
    }
    Area {
        SquareMetre "squareMetre" "m²" = 1.0;
        SquareCentimetre "squareCentimetre" "cm²" = 1e-4;
        SquareMillimetre "squareMillimetre" "mm²" = 1e-6;
        SquareKilometre "squareKilometre" "km²" = 1e6;
        Hectare "hectare" "ha" = 1e4;
        SquareFoot "squareFoot" "ft²" = FOOT * FOOT;
        SquareInch "squareInch" "in²" = INCH * INCH;
        /// The international acre, 43,560 square feet.
        Acre "acre" "ac" = 43_560.0 * FOOT * FOOT;
    }
    Frequency {
        Hertz "hertz" "Hz" = 1.0;
        Millihertz "millihertz" "mHz" = 1e-3;
        Kilohertz "kilohertz" "kHz" = 1e3;
        Megahertz "megahertz" "MHz" = 1e6;
        Gigahertz "gigahertz" "GHz" = 1e9;
    }
    Length {
        Metre "metre" "m" = 1.0;
        Centimetre "centimetre" "cm" = 1e-2;
        Millimetre "millimetre" "mm" = 1e-3;
        Micrometre "micrometre" "µm" = 1e-6;
        Nanometre "nanometre" "nm" = 1e-9;
        Kilometre "kilometre" "km" = 1e3;
        /// The international foot.
        Foot "foot" "ft" = FOOT;
        /// The international inch.
        Inch "inch" "in" = INCH;
        /// The international (statute) mile.
        Mile "mile" "mi" = MILE;
        /// The international nautical mile, 1852 m.
        NauticalMile "nauticalMile" "M" = NAUTICAL_MILE;
        AstronomicalUnit "astronomicalUnit" "AU" = 149_597_870_700.0;
    }
    Time {
        Second "second" "s" = 1.0;
        Millisecond "millisecond" "ms" = 1e-3;
        Microsecond "microsecond" "µs" = 1e-6;
        Nanosecond "nanosecond" "ns" = 1e-9;
        Minute "minute" "m" = MINUTE;
        Hour "hour" "h" = HOUR;
        Day "day" "d" = DAY;
        /// The Julian year, 365.25 days.
        Year "year" "yr" = YEAR;
    }
    Volume {
        CubicMetre "cubicMetre" "m³" = 1.0;
        CubicCentimetre "cubicCentimetre" "cm³" = 1e-6;
        Litre "litre" "l" = LITRE;
        Millilitre "millilitre" "ml" = 1e-3 * LITRE;
        CubicFoot "cubicFoot" "ft³" = CUBIC_FOOT;
        CubicInch "cubicInch" "in³" = INCH * INCH * INCH;
        /// The United States fluid ounce, 29.5735295625 ml; the imperial one is 28.4130625 ml.
        FluidOunce "fluidOunce" "fl oz" = GALLON / 128.0;
        /// The United States liquid gallon, 3.785411784 l; the imperial one is 4.54609 l.
        Gallon "gallon" "gal" = GALLON;
    }
    ReciprocalTime {
        ReciprocalSecond "reciprocalSecond" "s⁻¹" = 1.0;
        ReciprocalMinute "reciprocalMinute" "min⁻¹" = 1.0 / MINUTE;
    }
    ReciprocalLength {
        ReciprocalMetre "reciprocalMetre" "m⁻¹" = 1.0;
        ReciprocalCentimetre "reciprocalCentimetre" "cm⁻¹" = 1e2;
        ReciprocalMillimetre "reciprocalMillimetre" "mm⁻¹" = 1e3;
        ReciprocalMicrometre "reciprocalMicrometre" "µm⁻¹" = 1e6;
        ReciprocalNanometre "reciprocalNanometre" "nm⁻¹" = 1e9;
        ReciprocalKilometre "reciprocalKilometre" "km⁻¹" = 1e-3;
    }
}
