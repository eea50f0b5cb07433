//! The rows of `units`: every family with the first edition that has it, and its units. A unit's base is what follows
//! its prefix and a ratio's parts stand around "Per", where a row says nothing else. The oddities among the symbols and
//! the names shown are the language's own.

use super::units::Edition::{Q1, Q2, Q3, V2};
use super::units::{Family, base, plain, scaled};

macro_rules! families {
    ($($name:ident $since:ident $prefixes:ident [$($unit:expr,)*])*) => {
        pub(super) static FAMILIES: &[Family] = &[$(
            Family { name: stringify!($name), since: $since, binary: families!(@$prefixes), units: &[$($unit,)*] },
        )*];
    };
    (@decimal) => { false };
    (@binary) => { true };
}

families! {
    AccelerationUnit V2 decimal [
        base("metrePerSecondSquared", "m/s²").over("metrePerSecond", "second"),
        scaled("centimetrePerSecondSquared", "centi", "cm/s²").over("centimetrePerSecond", "second"),
        scaled("millimetrePerSecondSquared", "milli", "mm/s²").over("millimetrePerSecond", "second").since(Q3),
        scaled("kilometrePerSecondSquared", "kilo", "km/s²").over("kilometrePerSecond", "second").since(Q3),
        plain("gForce", "g").shown("g-force"),
    ]
    AngleUnit V2 decimal [
        plain("radian", "rad"),
        plain("degreeOfArc", "°"),
        plain("minuteOfArc", "'"),
        plain("secondOfArc", "\""),
        plain("turn", "turn"),
    ]
    AngularAccelerationUnit V2 decimal [
        plain("radianPerSecondSquared", "rad/s²").over("radianPerSecond", "second"),
    ]
    AngularVelocityUnit V2 decimal [
        plain("radianPerSecond", "rad/s").per(),
        plain("degreePerSecond", "°/s").over("degreeOfArc", "second"),
        plain("revolutionPerSecond", "rps").over("turn", "second"),
        plain("revolutionPerMinute", "rpm").over("turn", "minute"),
    ]
    ApparentEnergyUnit Q1 decimal [
        base("voltAmpereHour", "VAh").shown("volt-ampere-hour"),
        scaled("millivoltAmpereHour", "milli", "mVAh").shown("millivolt-ampere-hour").since(Q3),
        scaled("kilovoltAmpereHour", "kilo", "kVAh").shown("kilovolt-ampere-hour"),
        scaled("megavoltAmpereHour", "mega", "MVAh").shown("megavolt-ampere-hour"),
        scaled("gigavoltAmpereHour", "giga", "GVAh").shown("gigavolt-ampere-hour"),
    ]
    ApparentPowerUnit Q1 decimal [
        base("voltAmpere", "VA").shown("volt-ampere"),
        scaled("millivoltAmpere", "milli", "mVA").shown("millivolt-ampere"),
        scaled("kilovoltAmpere", "kilo", "kVA").shown("kilovolt-ampere"),
        scaled("megavoltAmpere", "mega", "MVA").shown("megavolt-ampere"),
        scaled("gigavoltAmpere", "giga", "GVA").shown("gigavolt-ampere"),
    ]
    AreaUnit V2 decimal [
        plain("squareMetre", "m²"),
        plain("squareCentimetre", "cm²"),
        plain("squareMillimetre", "mm²"),
        plain("squareKilometre", "km²"),
        plain("hectare", "ha"),
        plain("squareFoot", "ft²"),
        plain("squareInch", "in²"),
        plain("acre", "ac"),
    ]
    CapacitanceUnit V2 decimal [
        base("farad", "F"),
        scaled("millifarad", "milli", "mF"),
        scaled("microfarad", "micro", "µF"),
        scaled("nanofarad", "nano", "nF"),
        scaled("picofarad", "pico", "pF"),
    ]
    ChargeUnit V2 decimal [
        base("coulomb", "C"),
        base("ampereHour", "Ah").since(Q1),
        scaled("milliampereHour", "milli", "mAh").since(Q1),
    ]
    CurrentUnit V2 decimal [
        base("ampere", "A"),
        scaled("picoampere", "pico", "pA").since(Q3),
        scaled("nanoampere", "nano", "nA").since(Q3),
        scaled("microampere", "micro", "µA"),
        scaled("milliampere", "milli", "mA"),
        scaled("kiloampere", "kilo", "kA").since(Q1),
    ]
    DataRateUnit V2 binary [
        base("bitPerSecond", "bps").per(),
        scaled("kibibitPerSecond", "kibi", "Kibps").per(),
        scaled("mebibitPerSecond", "mebi", "Mibps").per(),
        scaled("gibibitPerSecond", "gibi", "Gibps").per(),
        scaled("tebibitPerSecond", "tebi", "Tibps").per(),
        scaled("exbibitPerSecond", "exbi", "Eibps").per(),
        scaled("zebibitPerSecond", "zebi", "Zibps").per(),
        scaled("yobibitPerSecond", "yobi", "Yibps").per(),
        base("bytePerSecond", "Bps").per(),
        scaled("kibibytePerSecond", "kibi", "KiBps").per(),
        scaled("mebibytePerSecond", "mebi", "MiBps").per(),
        scaled("gibibytePerSecond", "gibi", "GiBps").per(),
        scaled("tebibytePerSecond", "tebi", "TiBps").per(),
        scaled("exbibytePerSecond", "exbi", "EiBps").per(),
        scaled("zebibytePerSecond", "zebi", "ZiBps").per(),
        scaled("yobibytePerSecond", "yobi", "YiBps").per(),
    ]
    DataSizeUnit V2 binary [
        base("bit", "bit"),
        scaled("kibibit", "kibi", "Kibit"),
        scaled("mebibit", "mebi", "Mibit"),
        scaled("gibibit", "gibi", "Gibit"),
        scaled("tebibit", "tebi", "Tibit"),
        scaled("exbibit", "exbi", "Eibit"),
        scaled("zebibit", "zebi", "Zibit"),
        scaled("yobibit", "yobi", "Yibit"),
        base("byte", "B"),
        scaled("kibibyte", "kibi", "KiB"),
        scaled("mebibyte", "mebi", "MiB"),
        scaled("gibibyte", "gibi", "GiB"),
        scaled("tebibyte", "tebi", "TiB"),
        scaled("exbibyte", "exbi", "EiB"),
        scaled("zebibyte", "zebi", "ZiB"),
        scaled("yobibyte", "yobi", "YiB"),
    ]
    DensityUnit V2 decimal [
        scaled("kilogramPerCubicMetre", "kilo", "kg/m³").per(),
        base("gramPerCubicMetre", "g/m³").per(),
        scaled("milligramPerCubicMetre", "milli", "mg/m³").per().since(Q1),
        scaled("microgramPerCubicMetre", "micro", "µg/m³").per().since(Q1),
    ]
    EnergyUnit V2 decimal [
        base("joule", "J"),
        scaled("kilojoule", "kilo", "kJ"),
        scaled("megajoule", "mega", "MJ"),
        scaled("gigajoule", "giga", "GJ"),
        base("electronvolt", "eV"),
        scaled("megaelectronvolt", "mega", "MeV"),
        base("wattHour", "Wh").shown("watt-hour").since(Q1),
        scaled("milliwattHour", "milli", "mWh").shown("milliwatt-hour").since(Q1),
        plain("kilowattHour", "kWh").shown("kilowat-hour").until(V2),
        scaled("kilowattHour", "kilo", "kWh").shown("kilowatt-hour").since(Q1),
        scaled("megawattHour", "mega", "MWh").shown("megawatt-hour").since(Q1),
        scaled("gigawattHour", "giga", "GWh").shown("gigawatt-hour").since(Q1),
        scaled("terawattHour", "tera", "TWh").shown("terawatt-hour").since(Q1),
        base("britishThermalUnit", "BTU").shown("British thermal unit").since(Q1),
        scaled("kiloBritishThermalUnit", "kilo", "kBTU").of("britishThermalUnit").shown("kilo-British thermal unit").since(Q1),
    ]
    ForceUnit V2 decimal [
        base("newton", "N"),
        plain("pound", "lb"),
        plain("ounce", "oz"),
        plain("ton", "T"),
    ]
    FrequencyUnit V2 decimal [
        base("hertz", "Hz"),
        scaled("millihertz", "milli", "mHz").since(Q1),
        scaled("kilohertz", "kilo", "kHz"),
        scaled("megahertz", "mega", "MHz"),
        scaled("gigahertz", "giga", "GHz"),
    ]
    IlluminanceUnit V2 decimal [
        base("lux", "lx"),
        plain("footcandle", "fc"),
    ]
    InductanceUnit V2 decimal [
        base("henry", "H"),
        scaled("millihenry", "milli", "mH"),
        scaled("microhenry", "micro", "µH"),
    ]
    IonizingRadiationDoseUnit Q1 decimal [
        base("gray", "Gy"),
        scaled("milligray", "milli", "mGy"),
        scaled("microgray", "micro", "µGy"),
        base("sievert", "Sv"),
        scaled("millisievert", "milli", "mSv"),
        scaled("microsievert", "micro", "µSv"),
    ]
    IrradianceUnit Q1 decimal [
        base("wattPerSquareMetre", "W/m²").per(),
    ]
    LengthUnit V2 decimal [
        base("metre", "m"),
        scaled("centimetre", "centi", "cm"),
        scaled("millimetre", "milli", "mm"),
        scaled("micrometre", "micro", "µm"),
        scaled("nanometre", "nano", "nm"),
        scaled("kilometre", "kilo", "km"),
        plain("foot", "ft"),
        plain("inch", "in"),
        plain("mile", "mi"),
        plain("nauticalMile", "M"),
        plain("astronomicalUnit", "AU"),
    ]
    LuminanceUnit V2 decimal [
        base("candelaPerSquareMetre", "cd/m²").per(),
    ]
    LuminousFluxUnit V2 decimal [
        base("lumen", "lm"),
    ]
    LuminousIntensityUnit V2 decimal [
        base("candela", "cd"),
    ]
    MagneticFluxUnit V2 decimal [
        base("weber", "Wb"),
        plain("maxwell", "Mx"),
    ]
    MagneticInductionUnit V2 decimal [
        base("tesla", "T"),
        base("gauss", "G").since(Q1),
    ]
    MassUnit V2 decimal [
        scaled("kilogram", "kilo", "kg"),
        base("gram", "g"),
        scaled("milligram", "milli", "mg"),
        scaled("microgram", "micro", "µg"),
        plain("tonne", "t"),
        plain("slug", "slug"),
        plain("massPound", "lb").shown("pound").since(Q1),
    ]
    MassFlowRateUnit V2 decimal [
        base("gramPerSecond", "g/s").per(),
        scaled("kilogramPerSecond", "kilo", "kg/s").per(),
        base("gramPerHour", "g/h").per(),
        scaled("kilogramPerHour", "kilo", "kg/h").per(),
        plain("massPoundPerHour", "lb/h").per().shown("pound per hour").since(Q1),
    ]
    PowerUnit V2 decimal [
        base("watt", "W"),
        scaled("microwatt", "micro", "µW"),
        scaled("milliwatt", "milli", "mW"),
        scaled("kilowatt", "kilo", "kW"),
        scaled("megawatt", "mega", "MW"),
        scaled("gigawatt", "giga", "GW"),
        plain("horsepower", "hp"),
        base("joulePerSecond", "J/s").of("joule").per().shown("joulePerSecond").since(Q1),
        scaled("kilojoulePerSecond", "kilo", "kJ/s").per().shown("kilojoulePerSecond").since(Q1),
        base("joulePerHour", "J/h").of("joule").per().shown("joulePerHour").since(Q1),
        scaled("kilojoulePerHour", "kilo", "kJ/h").per().shown("kilojoulePerHour").since(Q1),
        scaled("megajoulePerHour", "mega", "MJ/h").per().shown("megajoulePerHour").since(Q1),
        scaled("gigajoulePerHour", "giga", "GJ/h").per().shown("gigajoulePerHour").since(Q1),
        base("britishThermalUnitPerHour", "BTU/h").of("britishThermalUnit").per().shown("British thermal unitPerHour").since(Q1),
        scaled("kiloBritishThermalUnitPerHour", "kilo", "kBTU/h").of("britishThermalUnitPerHour").per().shown("kilo-British thermal unitPerHour").since(Q1),
        plain("kilowattHourPerYear", "kWh/yr").per().shown("kilowatt-hour per year"),
        plain("tonOfRefrigeration", "TR").since(Q1),
    ]
    PressureUnit V2 decimal [
        base("pascal", "Pa"),
        scaled("decapascal", "deca", "daPa").since(Q1),
        scaled("hectopascal", "hecto", "hPa").since(Q1),
        scaled("kilopascal", "kilo", "kPa"),
        base("bar", "bar"),
        scaled("millibar", "milli", "mbar"),
        plain("millimetresOfMercury", "mmHg"),
        plain("poundPerSquareInch", "psi").per(),
        plain("inchesOfMercury", "inHg"),
        plain("inchesOfWater", "inH2O"),
    ]
    RadioactivityUnit Q1 decimal [
        base("becquerel", "Bq"),
        scaled("kilobecquerel", "kilo", "kBq"),
        scaled("megabecquerel", "mega", "MBq"),
        scaled("gigabecquerel", "giga", "GBq"),
    ]
    ReactiveEnergyUnit Q1 decimal [
        base("voltAmpereReactiveHour", "varh").shown("volt-ampere-reactive-hour"),
        scaled("kilovoltAmpereReactiveHour", "kilo", "kvarh").shown("kilovolt-ampere-reactive-hour"),
        scaled("megavoltAmpereReactiveHour", "mega", "Mvarh").shown("megavolt-ampere-reactive-hour"),
        scaled("gigavoltAmpereReactiveHour", "giga", "Gvarh").shown("gigavolt-ampere-reactive-hour"),
    ]
    ReactivePowerUnit Q1 decimal [
        base("voltAmpereReactive", "var").shown("volt-ampere reactive"),
        scaled("millivoltAmpereReactive", "milli", "mvar").shown("millivolt-ampere reactive"),
        scaled("kilovoltAmpereReactive", "kilo", "kvar").shown("kilovolt-ampere reactive"),
        scaled("megavoltAmpereReactive", "mega", "Mvar").shown("megavolt-ampere reactive"),
        scaled("gigavoltAmpereReactive", "giga", "Gvar").shown("gigavolt-ampere reactive"),
    ]
    ResistanceUnit V2 decimal [
        base("ohm", "Ω"),
        scaled("milliohm", "milli", "mΩ"),
        scaled("kiloohm", "kilo", "kΩ"),
        scaled("megaohm", "mega", "MΩ"),
    ]
    SoundPressureUnit V2 decimal [
        scaled("decibel", "deci", "dB"),
        base("bel", "B"),
    ]
    TemperatureUnit V2 decimal [
        plain("kelvin", "K"),
        plain("degreeCelsius", "°C"),
        plain("degreeFahrenheit", "°F"),
    ]
    TimeUnit V2 decimal [
        base("second", "s"),
        scaled("millisecond", "milli", "ms"),
        scaled("microsecond", "micro", "µs"),
        scaled("nanosecond", "nano", "ns"),
        plain("minute", "m"),
        plain("hour", "h"),
        plain("day", "d"),
        plain("year", "yr"),
    ]
    TorqueUnit V2 decimal [
        base("newtonMetre", "N m").shown("newton-metre").until(Q2),
        base("newtonMetre", "N·m").shown("newton-metre").since(Q3),
    ]
    Unitless V2 decimal [
        plain("unity", "").shown(""),
        plain("percent", "%"),
        plain("partsPerMillion", "ppm").shown("partsPerMillion").since(Q1),
        plain("partsPerBillion", "ppb").shown("partsPerBillion").since(Q1),
        plain("partsPerTrillion", "ppt").shown("partsPerTrillion").since(Q1),
        plain("partsPerQuadrillion", "ppq").shown("partsPerQuadrillion").since(Q1),
    ]
    VelocityUnit V2 decimal [
        base("metrePerSecond", "m/s").per(),
        scaled("centimetrePerSecond", "centi", "cm/s").per(),
        scaled("millimetrePerSecond", "milli", "mm/s").per().since(Q3),
        scaled("kilometrePerSecond", "kilo", "km/s").per(),
        base("metrePerHour", "m/h").per(),
        scaled("kilometrePerHour", "kilo", "km/h").per(),
        plain("milePerHour", "mph").per(),
        plain("milePerSecond", "mi/s").per(),
        plain("knot", "kn"),
    ]
    VoltageUnit V2 decimal [
        base("volt", "V"),
        scaled("millivolt", "milli", "mV"),
        scaled("microvolt", "micro", "µV"),
        scaled("kilovolt", "kilo", "kV"),
        scaled("megavolt", "mega", "MV"),
    ]
    VolumeUnit V2 decimal [
        plain("cubicMetre", "m³"),
        plain("cubicCentimetre", "cm³"),
        base("litre", "l"),
        scaled("millilitre", "milli", "ml"),
        plain("cubicFoot", "ft³"),
        plain("cubicInch", "in³"),
        plain("fluidOunce", "fl oz"),
        plain("gallon", "gal"),
    ]
    VolumeFlowRateUnit V2 decimal [
        base("litrePerSecond", "l/s").per(),
        scaled("millilitrePerSecond", "milli", "ml/s").per(),
        base("litrePerMinute", "l/min").per().since(Q1),
        scaled("millilitrePerMinute", "milli", "ml/min").per().since(Q1),
        base("litrePerHour", "l/h").per(),
        scaled("millilitrePerHour", "milli", "ml/h").per(),
        plain("gallonPerMinute", "gal/min").per().since(Q1),
        plain("gallonPerHour", "gal/h").per().since(Q1),
        plain("cubicFootPerMinute", "ft³/min").per().since(Q1),
        plain("cubicMetrePerHour", "m³/h").per().since(Q1),
        plain("cubicMetrePerMinute", "m³/min").per().since(Q1),
        plain("cubicMetrePerSecond", "m³/s").per().since(Q1),
        plain("cubicCentimetrePerMinute", "m³/min").per().since(Q3),
        plain("cubicCentimetrePerSecond", "m³/s").per().since(Q3),
    ]
    DynamicViscosityUnit Q3 decimal [
        base("poise", "P"),
        scaled("centipoise", "centi", "cP"),
        scaled("millipoise", "milli", "mP"),
        base("pascalSecond", "Pa·s").shown("pascal-second"),
        scaled("millipascalSecond", "milli", "mPa·s").shown("millipascal-second"),
    ]
    KinematicViscosityUnit Q3 decimal [
        base("stokes", "St"),
        scaled("centistokes", "centi", "cSt"),
        plain("squareMetrePerSecond", "m²/s").per(),
    ]
    ReciprocalTimeUnit Q3 decimal [
        plain("reciprocalSecond", "s⁻¹").over("unity", "second"),
        plain("reciprocalMinute", "min⁻¹").over("unity", "minute"),
    ]
    ReciprocalLengthUnit Q3 decimal [
        plain("reciprocalMetre", "m⁻¹").over("unity", "metre"),
        plain("reciprocalCentimetre", "cm⁻¹").over("unity", "centimetre"),
        plain("reciprocalMillimetre", "mm⁻¹").over("unity", "millimetre"),
        plain("reciprocalMicrometre", "µm⁻¹").over("unity", "micrometre"),
        plain("reciprocalNanometre", "nm⁻¹").over("unity", "nanometre"),
        plain("reciprocalKilometre", "km⁻¹").over("unity", "kilometre"),
    ]
    GasLeakageRateUnit Q3 decimal [
        base("pascalCubicMetrePerSecond", "Pa·m³/s"),
        scaled("decapascalCubicMetrePerSecond", "deca", "daPa·m³/s"),
        scaled("hectopascalCubicMetrePerSecond", "hecto", "hPa·m³/s"),
        scaled("kilopascalCubicMetrePerSecond", "kilo", "kPa·m³/s"),
    ]
}
