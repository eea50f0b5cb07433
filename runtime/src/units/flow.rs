//! Flows of mass, volume and gas.

use super::table::{CUBIC_FOOT, GALLON, HOUR, LITRE, MINUTE, POUND, units};

units! { FLOW:
    MassFlowRate {
        GramPerSecond "gramPerSecond" "g/s" = 1e-3;
        KilogramPerSecond "kilogramPerSecond" "kg/s" = 1.0;
        GramPerHour "gramPerHour" "g/h" = 1e-3 / HOUR;
        KilogramPerHour "kilogramPerHour" "kg/h" = 1.0 / HOUR;
        /// Avoirdupois pounds.
        MassPoundPerHour "massPoundPerHour" "lb/h" = POUND / HOUR;
    }
    VolumeFlowRate {
        LitrePerSecond "litrePerSecond" "l/s" = LITRE;
        MillilitrePerSecond "millilitrePerSecond" "ml/s" = 1e-3 * LITRE;
        LitrePerMinute "litrePerMinute" "l/min" = LITRE / MINUTE;
        MillilitrePerMinute "millilitrePerMinute" "ml/min" = 1e-3 * LITRE / MINUTE;
        LitrePerHour "litrePerHour" "l/h" = LITRE / HOUR;
        MillilitrePerHour "millilitrePerHour" "ml/h" = 1e-3 * LITRE / HOUR;
        /// United States liquid gallons.
        GallonPerMinute "gallonPerMinute" "gal/min" = GALLON / MINUTE;
        /// United States liquid gallons.
        GallonPerHour "gallonPerHour" "gal/h" = GALLON / HOUR;
        CubicFootPerMinute "cubicFootPerMinute" "ft³/min" = CUBIC_FOOT / MINUTE;
        CubicMetrePerHour "cubicMetrePerHour" "m³/h" = 1.0 / HOUR;
        CubicMetrePerMinute "cubicMetrePerMinute" "m³/min" = 1.0 / MINUTE;
        CubicMetrePerSecond "cubicMetrePerSecond" "m³/s" = 1.0;
        /// The language has `m³/min` for its symbol, which is another unit.
        CubicCentimetrePerMinute "cubicCentimetrePerMinute" "cm³/min" = 1e-6 / MINUTE;
        /// The language has `m³/s` for its symbol, which is another unit.
        CubicCentimetrePerSecond "cubicCentimetrePerSecond" "cm³/s" = 1e-6;
    }
    GasLeakageRate {
        PascalCubicMetrePerSecond "pascalCubicMetrePerSecond" "Pa·m³/s" = 1.0;
        DecapascalCubicMetrePerSecond "decapascalCubicMetrePerSecond" "daPa·m³/s" = 10.0;
        HectopascalCubicMetrePerSecond "hectopascalCubicMetrePerSecond" "hPa·m³/s" = 100.0;
        KilopascalCubicMetrePerSecond "kilopascalCubicMetrePerSecond" "kPa·m³/s" = 1e3;
    }
}
