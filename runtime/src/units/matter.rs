//! Masses, densities, viscosities, temperatures, and ratios.

use super::table::{FOOT, GRAVITY, POUND, units};

units! { MATTER:
    Density {
        KilogramPerCubicMetre "kilogramPerCubicMetre" "kg/m³" = 1.0;
        GramPerCubicMetre "gramPerCubicMetre" "g/m³" = 1e-3;
        MilligramPerCubicMetre "milligramPerCubicMetre" "mg/m³" = 1e-6;
        MicrogramPerCubicMetre "microgramPerCubicMetre" "µg/m³" = 1e-9;
    }
    Mass {
        Kilogram "kilogram" "kg" = 1.0;
        Gram "gram" "g" = 1e-3;
        Milligram "milligram" "mg" = 1e-6;
        Microgram "microgram" "µg" = 1e-9;
        /// The metric ton.
        Tonne "tonne" "t" = 1e3;
        /// The mass that a pound-force accelerates by a foot per second squared.
        Slug "slug" "slug" = POUND * GRAVITY / FOOT;
        /// The avoirdupois pound.
        MassPound "massPound" "lb" = POUND;
    }
    Temperature {
        Kelvin "kelvin" "K" = 9.0, -2298.35;
        DegreeCelsius "degreeCelsius" "°C" = 9.0, 160.0;
        DegreeFahrenheit "degreeFahrenheit" "°F" = 5.0;
    }
    Unitless {
        Unity "unity" "" = 1.0;
        Percent "percent" "%" = 1e-2;
        PartsPerMillion "partsPerMillion" "ppm" = 1e-6;
        /// A billion is 10⁹.
        PartsPerBillion "partsPerBillion" "ppb" = 1e-9;
        /// A trillion is 10¹².
        PartsPerTrillion "partsPerTrillion" "ppt" = 1e-12;
        /// A quadrillion is 10¹⁵.
        PartsPerQuadrillion "partsPerQuadrillion" "ppq" = 1e-15;
    }
    DynamicViscosity {
        Poise "poise" "P" = 0.1;
        Centipoise "centipoise" "cP" = 1e-3;
        Millipoise "millipoise" "mP" = 1e-4;
        PascalSecond "pascalSecond" "Pa·s" = 1.0;
        MillipascalSecond "millipascalSecond" "mPa·s" = 1e-3;
    }
    KinematicViscosity {
        Stokes "stokes" "St" = 1e-4;
        Centistokes "centistokes" "cSt" = 1e-6;
        SquareMetrePerSecond "squareMetrePerSecond" "m²/s" = 1.0;
    }
}
