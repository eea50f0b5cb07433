//! Light, sound and radiation.

use super::table::{FOOT, units};

units! { RADIATION:
    Illuminance {
        Lux "lux" "lx" = 1.0;
        /// A lumen per square foot.
        Footcandle "footcandle" "fc" = 1.0 / (FOOT * FOOT);
    }
    AbsorbedDose {
        Gray "gray" "Gy" = 1.0;
        Milligray "milligray" "mGy" = 1e-3;
        Microgray "microgray" "µGy" = 1e-6;
    }
    EquivalentDose {
        Sievert "sievert" "Sv" = 1.0;
        Millisievert "millisievert" "mSv" = 1e-3;
        Microsievert "microsievert" "µSv" = 1e-6;
    }
    Irradiance {
        WattPerSquareMetre "wattPerSquareMetre" "W/m²" = 1.0;
    }
    Luminance {
        CandelaPerSquareMetre "candelaPerSquareMetre" "cd/m²" = 1.0;
    }
    LuminousFlux {
        Lumen "lumen" "lm" = 1.0;
    }
    LuminousIntensity {
        Candela "candela" "cd" = 1.0;
    }
    Radioactivity {
        Becquerel "becquerel" "Bq" = 1.0;
        Kilobecquerel "kilobecquerel" "kBq" = 1e3;
        Megabecquerel "megabecquerel" "MBq" = 1e6;
        Gigabecquerel "gigabecquerel" "GBq" = 1e9;
    }
    SoundPressure {
        /// A level: the reference that it is a ratio to is not part of the unit.
        Decibel "decibel" "dB" = 0.1;
        /// A level: the reference that it is a ratio to is not part of the unit.
        Bel "bel" "B" = 1.0;
    }
}
