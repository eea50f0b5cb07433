//! Motion, force and pressure.

use std::f64::consts::PI;

use super::table::{GRAVITY, HOUR, INCH, MILE, MINUTE, NAUTICAL_MILE, POUND, units};

units! { MECHANICS:
    Acceleration {
        MetrePerSecondSquared "metrePerSecondSquared" "m/s²" = 1.0;
        CentimetrePerSecondSquared "centimetrePerSecondSquared" "cm/s²" = 1e-2;
        MillimetrePerSecondSquared "millimetrePerSecondSquared" "mm/s²" = 1e-3;
        KilometrePerSecondSquared "kilometrePerSecondSquared" "km/s²" = 1e3;
        /// Standard gravity, 9.80665 m/s².
        GForce "gForce" "g" = GRAVITY;
    }
    AngularAcceleration {
        RadianPerSecondSquared "radianPerSecondSquared" "rad/s²" = 1.0;
    }
    AngularVelocity {
        RadianPerSecond "radianPerSecond" "rad/s" = 1.0;
        DegreePerSecond "degreePerSecond" "°/s" = PI / 180.0;
        RevolutionPerSecond "revolutionPerSecond" "rps" = 2.0 * PI;
        RevolutionPerMinute "revolutionPerMinute" "rpm" = 2.0 * PI / MINUTE;
    }
    Force {
        Newton "newton" "N" = 1.0;
        /// The avoirdupois pound-force; the mass is [`MassPound`](super::MassPound).
        Pound "pound" "lb" = POUND * GRAVITY;
        /// The avoirdupois ounce-force, a sixteenth of a pound-force.
        Ounce "ounce" "oz" = POUND * GRAVITY / 16.0;
        /// The United States (short) ton-force, 2,000 pounds-force, as pound and ounce are of that system; the metric
        /// mass is [`Tonne`](super::Tonne).
        Ton "ton" "T" = 2000.0 * POUND * GRAVITY;
    }
    Pressure {
        Pascal "pascal" "Pa" = 1.0;
        Decapascal "decapascal" "daPa" = 10.0;
        Hectopascal "hectopascal" "hPa" = 100.0;
        Kilopascal "kilopascal" "kPa" = 1e3;
        Bar "bar" "bar" = 1e5;
        Millibar "millibar" "mbar" = 100.0;
        /// The conventional millimetre: mercury of 13,595.1 kg/m³ under standard gravity.
        MillimetresOfMercury "millimetresOfMercury" "mmHg" = 133.322_387_415;
        PoundPerSquareInch "poundPerSquareInch" "psi" = POUND * GRAVITY / (INCH * INCH);
        /// The conventional inch: mercury of 13,595.1 kg/m³ under standard gravity.
        InchesOfMercury "inchesOfMercury" "inHg" = 25.4 * 133.322_387_415;
        /// The conventional inch: water of 1,000 kg/m³ under standard gravity (249.08891 Pa).
        InchesOfWater "inchesOfWater" "inH2O" = 25.4 * GRAVITY;
    }
    Torque {
        NewtonMetre "newtonMetre" "N·m" = 1.0;
    }
    Velocity {
        MetrePerSecond "metrePerSecond" "m/s" = 1.0;
        CentimetrePerSecond "centimetrePerSecond" "cm/s" = 1e-2;
        MillimetrePerSecond "millimetrePerSecond" "mm/s" = 1e-3;
        KilometrePerSecond "kilometrePerSecond" "km/s" = 1e3;
        MetrePerHour "metrePerHour" "m/h" = 1.0 / HOUR;
        KilometrePerHour "kilometrePerHour" "km/h" = 1e3 / HOUR;
        MilePerHour "milePerHour" "mph" = MILE / HOUR;
        MilePerSecond "milePerSecond" "mi/s" = MILE;
        Knot "knot" "kn" = NAUTICAL_MILE / HOUR;
    }
}
