//! Electricity and magnetism.

use super::table::{HOUR, units};

units! { ELECTRICITY:
    Capacitance {
        Farad "farad" "F" = 1.0;
        Millifarad "millifarad" "mF" = 1e-3;
        Microfarad "microfarad" "µF" = 1e-6;
        Nanofarad "nanofarad" "nF" = 1e-9;
        Picofarad "picofarad" "pF" = 1e-12;
    }
    Charge {
        Coulomb "coulomb" "C" = 1.0;
        AmpereHour "ampereHour" "Ah" = HOUR;
        MilliampereHour "milliampereHour" "mAh" = 1e-3 * HOUR;
    }
    Current {
        Ampere "ampere" "A" = 1.0;
        Picoampere "picoampere" "pA" = 1e-12;
        Nanoampere "nanoampere" "nA" = 1e-9;
        Microampere "microampere" "µA" = 1e-6;
        Milliampere "milliampere" "mA" = 1e-3;
        Kiloampere "kiloampere" "kA" = 1e3;
    }
    Inductance {
        Henry "henry" "H" = 1.0;
        Millihenry "millihenry" "mH" = 1e-3;
        Microhenry "microhenry" "µH" = 1e-6;
    }
    MagneticFlux {
        Weber "weber" "Wb" = 1.0;
        Maxwell "maxwell" "Mx" = 1e-8;
    }
    MagneticInduction {
        Tesla "tesla" "T" = 1.0;
        Gauss "gauss" "G" = 1e-4;
    }
    Resistance {
        Ohm "ohm" "Ω" = 1.0;
        Milliohm "milliohm" "mΩ" = 1e-3;
        Kiloohm "kiloohm" "kΩ" = 1e3;
        Megaohm "megaohm" "MΩ" = 1e6;
    }
    Voltage {
        Volt "volt" "V" = 1.0;
        Millivolt "millivolt" "mV" = 1e-3;
        Microvolt "microvolt" "µV" = 1e-6;
        Kilovolt "kilovolt" "kV" = 1e3;
        Megavolt "megavolt" "MV" = 1e6;
    }
}
