/// Thermostat.
///
/// Measures the temperature of a room and brings it to the one that is asked for.
///
/// Model: interface `dtmi:com:example:Thermostat;1`, `models/dtmi/com/example/thermostat-1.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod thermostat {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Thermostat;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<Telemetry, Reported>;
    /// One message of measurements. What is `None` is not sent.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Telemetry {
        /// Temperature.
        ///
        /// The temperature of the room.
        ///
        /// Semantic type: `Temperature`. Unit: `degreeCelsius`.
        ///
        /// Model: telemetry `temperature`, `models/dtmi/com/example/thermostat-1.json:10:15`
        pub temperature: Option<__rt::units::Quantity<__rt::units::DegreeCelsius>>,
    }
    impl Telemetry {
        /// The unit of `temperature`.
        pub const TEMPERATURE_UNIT: &'static str = "degreeCelsius";
    }
    impl __rt::Serialize for Telemetry {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("temperature", &self.temperature)?;
            object.end()
        }
    }
    /// State the device reports. What is `None` stays as it was.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Reported {
        /// Target Temperature.
        ///
        /// The temperature that the room is to have.
        ///
        /// Semantic type: `Temperature`. Unit: `degreeCelsius`.
        ///
        /// Model: property `targetTemperature`, `models/dtmi/com/example/thermostat-1.json:18:15`
        pub target_temperature: Option<
            __rt::units::Quantity<__rt::units::DegreeCelsius>,
        >,
        /// Highest Temperature.
        ///
        /// The highest temperature since the device was started.
        ///
        /// Semantic type: `Temperature`. Unit: `degreeCelsius`.
        ///
        /// Model: property `maxTempSinceLastReboot`, `models/dtmi/com/example/thermostat-1.json:27:15`
        pub max_temp_since_last_reboot: Option<
            __rt::units::Quantity<__rt::units::DegreeCelsius>,
        >,
    }
    impl Reported {
        /// The unit of `targetTemperature`.
        pub const TARGET_TEMPERATURE_UNIT: &'static str = "degreeCelsius";
        /// The unit of `maxTempSinceLastReboot`.
        pub const MAX_TEMP_SINCE_LAST_REBOOT_UNIT: &'static str = "degreeCelsius";
    }
    impl __rt::Serialize for Reported {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("targetTemperature", &self.target_temperature)?;
            object.field("maxTempSinceLastReboot", &self.max_temp_since_last_reboot)?;
            object.end()
        }
    }
    /// The schema of `report`.
    ///
    /// Model: schema of `report`, `models/dtmi/com/example/thermostat-1.json:48:19`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct GetMaxMinReport {
        /// Highest temperature.
        ///
        /// Model: field `maxTemp`, `models/dtmi/com/example/thermostat-1.json:51:23`
        pub max_temp: Option<f64>,
        /// Lowest temperature.
        ///
        /// Model: field `minTemp`, `models/dtmi/com/example/thermostat-1.json:52:23`
        pub min_temp: Option<f64>,
        /// Average temperature.
        ///
        /// Model: field `avgTemp`, `models/dtmi/com/example/thermostat-1.json:53:23`
        pub avg_temp: Option<f64>,
        /// First measurement.
        ///
        /// Model: field `startTime`, `models/dtmi/com/example/thermostat-1.json:54:23`
        pub start_time: Option<__rt::time::DateTime>,
        /// Last measurement.
        ///
        /// Model: field `endTime`, `models/dtmi/com/example/thermostat-1.json:55:23`
        pub end_time: Option<__rt::time::DateTime>,
    }
    impl __rt::Serialize for GetMaxMinReport {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("maxTemp", &self.max_temp)?;
            object.field("minTemp", &self.min_temp)?;
            object.field("avgTemp", &self.avg_temp)?;
            object.field("startTime", &self.start_time)?;
            object.field("endTime", &self.end_time)?;
            object.end()
        }
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `dtmi:com:example:Thermostat;1`",
        label = "needs `impl thermostat::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// Report.
        ///
        /// Says how warm and how cold it has been.
        ///
        /// Takes `since`: Since; From when on.
        ///
        /// Answers `report`: Report
        ///
        /// Model: command `getMaxMinReport`, `models/dtmi/com/example/thermostat-1.json:35:15`
        fn get_max_min_report(
            &self,
            since: __rt::time::DateTime,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<GetMaxMinReport, __rt::CommandError>,
        > + Send;
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:Thermostat;1`",
        label = "needs `impl thermostat::Properties for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Properties: Send + Sync + 'static {
        /// Target Temperature.
        ///
        /// The temperature that the room is to have.
        ///
        /// Semantic type: `Temperature`. Unit: `degreeCelsius`.
        ///
        /// Model: property `targetTemperature`, `models/dtmi/com/example/thermostat-1.json:18:15`
        fn set_target_temperature(
            &self,
            target_temperature: __rt::units::Quantity<__rt::units::DegreeCelsius>,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<
                __rt::units::Quantity<__rt::units::DegreeCelsius>,
                __rt::PropertyError,
            >,
        > + Send;
    }
    /// A number for what the Interface can do: another revision of it has another one.
    pub const FINGERPRINT: u64 = 0x1478ac81f7fc5e5f;
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &["temperature"],
            properties: const {
                &[
                    __rt::writable("targetTemperature"),
                    __rt::read_only("maxTempSinceLastReboot"),
                ]
            },
            commands: const { &[__rt::command("getMaxMinReport")] },
        }
    }
    #[doc(hidden)]
    pub async fn __command<D: Commands>(
        device: &D,
        call: __rt::CommandCall<'_>,
        client: &Client,
    ) -> __rt::CommandOutcome {
        match call.name() {
            "getMaxMinReport" => {
                __rt::answer(device.get_max_min_report(call.request()?, client).await?)
            }
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
            "targetTemperature" => {
                __rt::in_force(
                    device.set_target_temperature(change.value()?, client).await?,
                )
            }
            _ => change.unknown(),
        }
    }
}
