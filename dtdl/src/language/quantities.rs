//! The quantities of the four editions: semantic types such as `Temperature`, the family of units of each, and the
//! prefixes. Decides how their ids are made and what terms they bring; units are in `units`, co-types and standard
//! elements made of them in `cotypes` and `standard`. Begin at [`QUANTITIES`].

use super::Version;
use super::units::Edition::{self, Q1, Q3, V2};
use super::units::families;

/// The class above every quantity.
pub(crate) const QUANTITATIVE_TYPE: &str = "QuantitativeType";

/// A semantic type, the family its units are from and the first edition that has it.
pub(crate) struct Quantity {
    /// Its name, such as `Humidity`.
    pub name: &'static str,
    /// The family of its units, such as `DensityUnit`.
    pub family: &'static str,
    since: Edition,
}

/// A prefix of units and the power it stands for: of ten, or of two for the binary ones.
pub(crate) struct Prefix {
    /// Its name, such as `kilo`.
    pub name: &'static str,
    /// Its symbol, such as `k`.
    pub symbol: &'static str,
    /// The exponent of ten or two.
    pub exponent: i64,
}

impl Edition {
    /// The edition that an id of a semantic type, a unit, a prefix or a family of them belongs to.
    pub(crate) fn of(id: &str) -> Option<Self> {
        if let Some(rest) = id.strip_prefix("dtmi:dtdl:extension:quantitativeTypes:v") {
            return match rest.split(':').next() {
                Some("1") => Some(Q1),
                Some("2") => Some(Self::Q2),
                Some("3") => Some(Q3),
                _ => None,
            };
        }
        let rest = id.strip_prefix("dtmi:standard:")?;
        (rest.starts_with("class:") || rest.starts_with("unit")).then_some(V2)
    }

    /// The version of the language that its elements are written in.
    pub(crate) const fn version(self) -> Version {
        match self {
            V2 => Version::V2,
            Q1 => Version::V3,
            Self::Q2 | Q3 => Version::V4,
        }
    }

    /// The id of a thing of its own: v2's are standard ones, later ones are the extension's.
    fn id(self, kind: &str, name: &str) -> String {
        let edition = match self {
            V2 => return format!("dtmi:standard:{kind}:{name};2"),
            Q1 => 1,
            Self::Q2 => 2,
            Q3 => 3,
        };
        format!("dtmi:dtdl:extension:quantitativeTypes:v{edition}:{kind}:{name}")
    }

    /// The id of a semantic type, or of a type that marks units.
    pub(crate) fn class_id(self, name: &str) -> String {
        self.id("class", name)
    }

    /// The id of a family of units or prefixes: a class in v2, an Enum after it.
    pub(crate) fn family_id(self, name: &str) -> String {
        self.id(if self == V2 { "class" } else { "enum" }, name)
    }

    /// The id of a unit.
    pub(crate) fn unit_id(self, name: &str) -> String {
        self.id("unit", name)
    }

    /// The id of a prefix.
    pub(crate) fn prefix_id(self, name: &str) -> String {
        self.id("unitprefix", name)
    }

    /// The id of a member of its own, one of [`MEMBERS`].
    pub(crate) fn member_id(self, name: &str) -> String {
        if self == V2 { super::dtmi::property(name, Version::V2) } else { self.id("property", name) }
    }

    /// The types that mark units and prefixes.
    pub(crate) fn marks(self) -> &'static [&'static str] {
        if self == V2 {
            &["BinaryUnit", "DecimalUnit", "RatioUnit"]
        } else {
            &["BinaryUnit", "DecimalUnit", "RatioUnit", "SymbolicUnit", "UnitPrefix"]
        }
    }

    /// The prefixes by their families. v2 spells the tenfold `deka`.
    pub(crate) fn prefixes(self) -> [(&'static str, impl Iterator<Item = &'static Prefix>); 2] {
        let here = move |prefix: &&Prefix| match prefix.name {
            "deka" => self == V2,
            "deca" => self != V2,
            _ => true,
        };
        [("DecimalPrefix", DECIMAL.iter().filter(here)), ("BinaryPrefix", BINARY.iter().filter(here))]
    }

    /// The semantic types.
    pub(crate) fn quantities(self) -> impl Iterator<Item = &'static Quantity> {
        QUANTITIES.iter().filter(move |quantity| quantity.since <= self)
    }

    /// Every term and the id it stands for.
    pub(crate) fn terms(self) -> Vec<(&'static str, String)> {
        let mut terms = vec![(QUANTITATIVE_TYPE, self.class_id(QUANTITATIVE_TYPE))];
        terms.extend(self.marks().iter().map(|name| (*name, self.class_id(name))));
        terms.extend(self.quantities().map(|quantity| (quantity.name, self.class_id(quantity.name))));
        for family in families(self) {
            terms.push((family.name, self.family_id(family.name)));
            terms.extend(family.units(self).map(|unit| (unit.name, self.unit_id(unit.name))));
        }
        for (family, prefixes) in self.prefixes() {
            terms.push((family, self.family_id(family)));
            terms.extend(prefixes.map(|prefix| (prefix.name, self.prefix_id(prefix.name))));
        }
        terms.extend(MEMBERS.iter().map(|name| (*name, self.member_id(name))));
        if self != V2 {
            // An older name that the extension still reads.
            terms.push(("EnergyRateUnit", self.family_id("PowerUnit")));
        }
        terms
    }
}

/// The members that the quantities bring.
pub(crate) const MEMBERS: &[&str] = &["baseUnit", "bottomUnit", "prefix", "topUnit", "unit"];

const fn quantity(name: &'static str, family: &'static str, since: Edition) -> Quantity {
    Quantity { name, family, since }
}

const fn prefix(name: &'static str, symbol: &'static str, exponent: i64) -> Prefix {
    Prefix { name, symbol, exponent }
}

const DECIMAL: &[Prefix] = &[
    prefix("deci", "d", -1),
    prefix("centi", "c", -2),
    prefix("milli", "m", -3),
    prefix("micro", "µ", -6),
    prefix("nano", "n", -9),
    prefix("pico", "p", -12),
    prefix("femto", "f", -15),
    prefix("atto", "a", -18),
    prefix("zepto", "z", -21),
    prefix("yocto", "y", -24),
    prefix("deka", "da", 1),
    prefix("deca", "da", 1),
    prefix("hecto", "h", 2),
    prefix("kilo", "k", 3),
    prefix("mega", "M", 6),
    prefix("giga", "G", 9),
    prefix("tera", "T", 12),
    prefix("peta", "P", 15),
    prefix("exa", "E", 18),
    prefix("zetta", "Z", 21),
    prefix("yotta", "Y", 24),
];

const BINARY: &[Prefix] = &[
    prefix("kibi", "Ki", 10),
    prefix("mebi", "Mi", 20),
    prefix("gibi", "Gi", 30),
    prefix("tebi", "Ti", 40),
    prefix("pebi", "Pi", 50),
    prefix("exbi", "Ei", 60),
    prefix("zebi", "Zi", 70),
    prefix("yobi", "Yi", 80),
];

static QUANTITIES: &[Quantity] = &[
    quantity("Acceleration", "AccelerationUnit", V2),
    quantity("Angle", "AngleUnit", V2),
    quantity("AngularAcceleration", "AngularAccelerationUnit", V2),
    quantity("AngularVelocity", "AngularVelocityUnit", V2),
    quantity("ApparentEnergy", "ApparentEnergyUnit", Q1),
    quantity("ApparentPower", "ApparentPowerUnit", Q1),
    quantity("Area", "AreaUnit", V2),
    quantity("Capacitance", "CapacitanceUnit", V2),
    quantity("Concentration", "Unitless", Q1),
    quantity("Current", "CurrentUnit", V2),
    quantity("DataRate", "DataRateUnit", V2),
    quantity("DataSize", "DataSizeUnit", V2),
    quantity("Density", "DensityUnit", V2),
    quantity("Distance", "LengthUnit", V2),
    quantity("DynamicViscosity", "DynamicViscosityUnit", Q3),
    quantity("Efficiency", "Unitless", Q3),
    quantity("ElectricCharge", "ChargeUnit", V2),
    quantity("Energy", "EnergyUnit", V2),
    quantity("EnergyRate", "PowerUnit", Q1),
    quantity("Force", "ForceUnit", V2),
    quantity("Frequency", "FrequencyUnit", V2),
    quantity("GasLeakageRate", "GasLeakageRateUnit", Q3),
    quantity("Humidity", "DensityUnit", V2),
    quantity("Illuminance", "IlluminanceUnit", V2),
    quantity("Inductance", "InductanceUnit", V2),
    quantity("IonizingRadiationDose", "IonizingRadiationDoseUnit", Q1),
    quantity("Irradiance", "IrradianceUnit", Q1),
    quantity("KinematicViscosity", "KinematicViscosityUnit", Q3),
    quantity("Latitude", "AngleUnit", V2),
    quantity("Length", "LengthUnit", V2),
    quantity("Longitude", "AngleUnit", V2),
    quantity("Luminance", "LuminanceUnit", V2),
    quantity("Luminosity", "PowerUnit", V2),
    quantity("LuminousFlux", "LuminousFluxUnit", V2),
    quantity("LuminousIntensity", "LuminousIntensityUnit", V2),
    quantity("MagneticFlux", "MagneticFluxUnit", V2),
    quantity("MagneticInduction", "MagneticInductionUnit", V2),
    quantity("Mass", "MassUnit", V2),
    quantity("MassFlowRate", "MassFlowRateUnit", V2),
    quantity("Power", "PowerUnit", V2),
    quantity("Pressure", "PressureUnit", V2),
    quantity("Radioactivity", "RadioactivityUnit", Q1),
    quantity("ReactiveEnergy", "ReactiveEnergyUnit", Q1),
    quantity("ReactivePower", "ReactivePowerUnit", Q1),
    quantity("ReciprocalLength", "ReciprocalLengthUnit", Q3),
    quantity("ReciprocalTime", "ReciprocalTimeUnit", Q3),
    quantity("RelativeDensity", "Unitless", Q1),
    quantity("RelativeHumidity", "Unitless", V2),
    quantity("RelativeMeasure", "Unitless", Q3),
    quantity("Resistance", "ResistanceUnit", V2),
    quantity("Scale", "Unitless", Q3),
    quantity("SoundPressure", "SoundPressureUnit", V2),
    quantity("Temperature", "TemperatureUnit", V2),
    quantity("Throttle", "Unitless", Q3),
    quantity("Thrust", "ForceUnit", V2),
    quantity("TimeSpan", "TimeUnit", V2),
    quantity("Torque", "TorqueUnit", V2),
    quantity("Velocity", "VelocityUnit", V2),
    quantity("Voltage", "VoltageUnit", V2),
    quantity("Volume", "VolumeUnit", V2),
    quantity("VolumeFlowRate", "VolumeFlowRateUnit", V2),
];
