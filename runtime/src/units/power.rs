//! Energy and power, the real, the apparent and the reactive.

use super::table::{BTU, FOOT, GRAVITY, HOUR, POUND, YEAR, units};

units! { POWER:
    ApparentEnergy {
        VoltAmpereHour "voltAmpereHour" "VAh" = 1.0;
        MillivoltAmpereHour "millivoltAmpereHour" "mVAh" = 1e-3;
        KilovoltAmpereHour "kilovoltAmpereHour" "kVAh" = 1e3;
        MegavoltAmpereHour "megavoltAmpereHour" "MVAh" = 1e6;
        GigavoltAmpereHour "gigavoltAmpereHour" "GVAh" = 1e9;
    }
    ApparentPower {
        VoltAmpere "voltAmpere" "VA" = 1.0;
        MillivoltAmpere "millivoltAmpere" "mVA" = 1e-3;
        KilovoltAmpere "kilovoltAmpere" "kVA" = 1e3;
        MegavoltAmpere "megavoltAmpere" "MVA" = 1e6;
        GigavoltAmpere "gigavoltAmpere" "GVA" = 1e9;
    }
    Energy {
        Joule "joule" "J" = 1.0;
        Kilojoule "kilojoule" "kJ" = 1e3;
        Megajoule "megajoule" "MJ" = 1e6;
        Gigajoule "gigajoule" "GJ" = 1e9;
        Electronvolt "electronvolt" "eV" = 1.602_176_634e-19;
        Megaelectronvolt "megaelectronvolt" "MeV" = 1.602_176_634e-13;
        WattHour "wattHour" "Wh" = HOUR;
        MilliwattHour "milliwattHour" "mWh" = 1e-3 * HOUR;
        KilowattHour "kilowattHour" "kWh" = 1e3 * HOUR;
        MegawattHour "megawattHour" "MWh" = 1e6 * HOUR;
        GigawattHour "gigawattHour" "GWh" = 1e9 * HOUR;
        TerawattHour "terawattHour" "TWh" = 1e12 * HOUR;
        /// That of the International Table, 1055.05585262 J.
        BritishThermalUnit "britishThermalUnit" "BTU" = BTU;
        /// A thousand of the International Table.
        KiloBritishThermalUnit "kiloBritishThermalUnit" "kBTU" = 1e3 * BTU;
    }
    Power {
        Watt "watt" "W" = 1.0;
        Microwatt "microwatt" "µW" = 1e-6;
        Milliwatt "milliwatt" "mW" = 1e-3;
        Kilowatt "kilowatt" "kW" = 1e3;
        Megawatt "megawatt" "MW" = 1e6;
        Gigawatt "gigawatt" "GW" = 1e9;
        /// The mechanical horsepower, 550 foot-pounds per second (745.7 W); the metric one is 735.5 W.
        Horsepower "horsepower" "hp" = 550.0 * FOOT * POUND * GRAVITY;
        JoulePerSecond "joulePerSecond" "J/s" = 1.0;
        KilojoulePerSecond "kilojoulePerSecond" "kJ/s" = 1e3;
        JoulePerHour "joulePerHour" "J/h" = 1.0 / HOUR;
        KilojoulePerHour "kilojoulePerHour" "kJ/h" = 1e3 / HOUR;
        MegajoulePerHour "megajoulePerHour" "MJ/h" = 1e6 / HOUR;
        GigajoulePerHour "gigajoulePerHour" "GJ/h" = 1e9 / HOUR;
        /// The unit of the International Table.
        BritishThermalUnitPerHour "britishThermalUnitPerHour" "BTU/h" = BTU / HOUR;
        /// The unit of the International Table.
        KiloBritishThermalUnitPerHour "kiloBritishThermalUnitPerHour" "kBTU/h" = 1e3 * BTU / HOUR;
        /// Of a Julian year, 365.25 days.
        KilowattHourPerYear "kilowattHourPerYear" "kWh/yr" = 1e3 * HOUR / YEAR;
        /// 12,000 British thermal units per hour.
        TonOfRefrigeration "tonOfRefrigeration" "TR" = 12_000.0 * BTU / HOUR;
    }
    ReactiveEnergy {
        VoltAmpereReactiveHour "voltAmpereReactiveHour" "varh" = 1.0;
        KilovoltAmpereReactiveHour "kilovoltAmpereReactiveHour" "kvarh" = 1e3;
        MegavoltAmpereReactiveHour "megavoltAmpereReactiveHour" "Mvarh" = 1e6;
        GigavoltAmpereReactiveHour "gigavoltAmpereReactiveHour" "Gvarh" = 1e9;
    }
    ReactivePower {
        VoltAmpereReactive "voltAmpereReactive" "var" = 1.0;
        MillivoltAmpereReactive "millivoltAmpereReactive" "mvar" = 1e-3;
        KilovoltAmpereReactive "kilovoltAmpereReactive" "kvar" = 1e3;
        MegavoltAmpereReactive "megavoltAmpereReactive" "Mvar" = 1e6;
        GigavoltAmpereReactive "gigavoltAmpereReactive" "Gvar" = 1e9;
    }
}
