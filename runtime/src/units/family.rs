//! The families of units: what converts into each other. They are the language's, except that absorbed and equivalent
//! doses (gray and sievert), one family there, are two here.

macro_rules! families {
    ($($family:ident $of:literal;)*) => {$(
        #[doc = concat!("Units of ", $of, ".")]
        #[derive(Debug)]
        pub enum $family {}
    )*};
}

families! {
    AbsorbedDose "absorbed dose of ionizing radiation, in gray";
    Acceleration "acceleration, in metres per second squared";
    Angle "plane angle, in radians";
    AngularAcceleration "angular acceleration, in radians per second squared";
    AngularVelocity "angular velocity, in radians per second";
    ApparentEnergy "apparent energy, in volt-ampere hours";
    ApparentPower "apparent power, in volt-amperes";
    Area "area, in square metres";
    Capacitance "capacitance, in farads";
    Charge "electric charge, in coulombs";
    Current "electric current, in amperes";
    DataRate "data rate, in bits per second";
    DataSize "amount of data, in bits";
    Density "mass density, in kilograms per cubic metre";
    DynamicViscosity "dynamic viscosity, in pascal seconds";
    Energy "energy, in joules";
    EquivalentDose "equivalent dose of ionizing radiation, in sieverts";
    Force "force, in newtons";
    Frequency "frequency, in hertz";
    GasLeakageRate "gas leakage rate, in pascal cubic metres per second";
    Illuminance "illuminance, in lux";
    Inductance "inductance, in henries";
    Irradiance "irradiance, in watts per square metre";
    KinematicViscosity "kinematic viscosity, in square metres per second";
    Length "length, in metres";
    Luminance "luminance, in candelas per square metre";
    LuminousFlux "luminous flux, in lumens";
    LuminousIntensity "luminous intensity, in candelas";
    MagneticFlux "magnetic flux, in webers";
    MagneticInduction "magnetic flux density, in teslas";
    Mass "mass, in kilograms";
    MassFlowRate "mass flow rate, in kilograms per second";
    Power "power, in watts";
    Pressure "pressure, in pascals";
    Radioactivity "radioactivity, in becquerels";
    ReactiveEnergy "reactive energy, in volt-ampere-reactive hours";
    ReactivePower "reactive power, in volt-amperes reactive";
    ReciprocalLength "reciprocal length, in reciprocal metres";
    ReciprocalTime "reciprocal time, in reciprocal seconds";
    Resistance "electric resistance, in ohms";
    SoundPressure "level of sound pressure, in bels";
    Temperature "temperature, in fifths of a degree Fahrenheit from 0 °F, which are ninths of a kelvin: so all its factors are exact";
    Time "time, in seconds";
    Torque "torque, in newton-metres";
    Unitless "ratio and count, in ones";
    Velocity "speed, in metres per second";
    Voltage "voltage, in volts";
    Volume "volume, in cubic metres";
    VolumeFlowRate "volume flow rate, in cubic metres per second";
}
