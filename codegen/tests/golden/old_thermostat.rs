/// Thermostat.
///
/// Model: device `urn:example:com:thermostat:1`, `codegen/tests/models/thermostat.v1.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod old_thermostat {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "urn:example:com:thermostat:1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<Telemetry, Reported>;
    /// One message of measurements. What is `None` is not sent.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Telemetry {
        /// The telemetry `temp`.
        ///
        /// Semantic type: `SemanticType/Temperature`. Unit: `Units/Temperature/celsius`.
        ///
        /// Model: telemetry `temp`, `codegen/tests/models/thermostat.v1.json:12:73`
        pub temp: Option<__rt::units::Quantity<__rt::units::DegreeCelsius>>,
        /// The telemetry `where`.
        ///
        /// Model: telemetry `where`, `codegen/tests/models/thermostat.v1.json:13:43`
        pub where_: Option<__rt::geo::Geospatial>,
    }
    impl Telemetry {
        /// The unit of `temp`.
        pub const TEMP_UNIT: &'static str = "Units/Temperature/celsius";
    }
    impl __rt::Serialize for Telemetry {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("temp", &self.temp)?;
            object.field("where", &self.where_)?;
            object.end()
        }
    }
    /// State the device reports. What is `None` stays as it was.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Reported {
        /// The property `target`.
        ///
        /// Unit: `Units/Temperature/reaumur`.
        ///
        /// Model: property `target`, `codegen/tests/models/thermostat.v1.json:14:42`
        pub target: Option<__rt::units::Quantity<ReaumurUnit, f32>>,
        /// The property `set_at`.
        ///
        /// Model: property `set_at`, `codegen/tests/models/thermostat.v1.json:25:42`
        pub set_at: Option<__rt::time::DateTime>,
    }
    impl Reported {
        /// The unit of `target`.
        pub const TARGET_UNIT: &'static str = "Units/Temperature/reaumur";
    }
    impl __rt::Serialize for Reported {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("target", &self.target)?;
            object.field("set_at", &self.set_at)?;
            object.end()
        }
    }
    /// The unit `Units/Temperature/reaumur`, which the language does not define.
    #[derive(Clone, Copy, Debug)]
    pub struct ReaumurUnit;
    impl __rt::units::Unit for ReaumurUnit {
        type Family = Self;
        const NAME: &'static str = "Units/Temperature/reaumur";
        const SYMBOL: &'static str = "Units/Temperature/reaumur";
        const FACTOR: f64 = 1.0;
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `urn:example:com:thermostat:1`",
        label = "needs `impl old_thermostat::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// The command `calibrate`.
        ///
        /// Model: command `calibrate`, `codegen/tests/models/thermostat.v1.json:15:41`
        ///
        /// Asynchronous: the hub is answered 202 at once; what this returns is reported when it is done.
        fn calibrate(
            &self,
            against: f64,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<String, __rt::CommandError>> + Send;
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `urn:example:com:thermostat:1`",
        label = "needs `impl old_thermostat::Properties for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Properties: Send + Sync + 'static {
        /// The property `target`.
        ///
        /// Unit: `Units/Temperature/reaumur`.
        ///
        /// Model: property `target`, `codegen/tests/models/thermostat.v1.json:14:42`
        fn set_target(
            &self,
            target: __rt::units::Quantity<ReaumurUnit, f32>,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::units::Quantity<ReaumurUnit, f32>, __rt::PropertyError>,
        > + Send;
        /// The property `set_at`.
        ///
        /// Model: property `set_at`, `codegen/tests/models/thermostat.v1.json:25:42`
        fn set_set_at(
            &self,
            set_at: __rt::time::DateTime,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::time::DateTime, __rt::PropertyError>,
        > + Send;
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &["temp", "where"],
            properties: const { &[__rt::writable("target"), __rt::writable("set_at")] },
            commands: const { &[__rt::asynchronous("calibrate")] },
        }
    }
    #[doc(hidden)]
    pub async fn __command<D: Commands>(
        device: &D,
        call: __rt::CommandCall<'_>,
        client: &Client,
    ) -> __rt::CommandOutcome {
        match call.name() {
            "calibrate" => __rt::answer(device.calibrate(call.request()?, client).await?),
            _ => call.unknown(),
        }
    }
    #[doc(hidden)]
    pub async fn __desired<D: Properties>(
        device: &D,
        change: __rt::DesiredChange<'_>,
        client: &Client,
    ) -> __rt::DesiredOutcome {
        match change.name() {
            "target" => __rt::in_force(device.set_target(change.value()?, client).await?),
            "set_at" => __rt::in_force(device.set_set_at(change.value()?, client).await?),
            _ => change.unknown(),
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for OldThermostat {
        type Client = old_thermostat::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: old_thermostat::MODEL_ID,
            convention: __rt::Convention::Central2020,
            parts: &[old_thermostat::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            old_thermostat::__command(self, call, &client.clone().into()).await
        }
        async fn __desired(
            &self,
            change: __rt::DesiredChange<'_>,
            client: &__rt::Client,
        ) -> __rt::DesiredOutcome {
            old_thermostat::__desired(self, change, &client.clone().into()).await
        }
    }
};
