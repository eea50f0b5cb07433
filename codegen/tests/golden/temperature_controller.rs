/// Temperature Controller.
///
/// Keeps two rooms at the temperatures that are asked for.
///
/// Model: device `dtmi:com:example:TemperatureController;1`, `models/dtmi/com/example/temperaturecontroller-1.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod temperature_controller {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:TemperatureController;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    #[derive(Clone, Debug)]
    pub struct Client {
        /// Thermostat One.
        ///
        /// The thermostat of the first room.
        ///
        /// Model: component `thermostat1`, `models/dtmi/com/example/temperaturecontroller-1.json:38:15`
        pub thermostat1: thermostat::Client,
        /// Thermostat Two.
        ///
        /// The thermostat of the second room.
        ///
        /// Model: component `thermostat2`, `models/dtmi/com/example/temperaturecontroller-1.json:45:15`
        pub thermostat2: thermostat::Client,
        /// Device Information.
        ///
        /// What the device is made of.
        ///
        /// Model: component `deviceInformation`, `models/dtmi/com/example/temperaturecontroller-1.json:52:15`
        pub device_information: device_information::Client,
        __device: __rt::TypedClient<Telemetry, Reported>,
    }
    impl From<__rt::Client> for Client {
        fn from(client: __rt::Client) -> Self {
            Self {
                thermostat1: thermostat::Client::from(client.__component("thermostat1")),
                thermostat2: thermostat::Client::from(client.__component("thermostat2")),
                device_information: device_information::Client::from(
                    client.__component("deviceInformation"),
                ),
                __device: client.into(),
            }
        }
    }
    impl __rt::Deref for Client {
        type Target = __rt::TypedClient<Telemetry, Reported>;
        fn deref(&self) -> &Self::Target {
            &self.__device
        }
    }
    /// One message of measurements. What is `None` is not sent.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Telemetry {
        /// Working Set.
        ///
        /// The memory that the device's program takes.
        ///
        /// Semantic type: `DataSize`. Unit: `kibibyte`.
        ///
        /// Model: telemetry `workingSet`, `models/dtmi/com/example/temperaturecontroller-1.json:10:15`
        pub working_set: Option<f64>,
    }
    impl Telemetry {
        /// The unit of `workingSet`.
        pub const WORKING_SET_UNIT: &'static str = "kibibyte";
    }
    impl __rt::Serialize for Telemetry {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("workingSet", &self.working_set)?;
            object.end()
        }
    }
    /// State the device reports. What is `None` stays as it was.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Reported {
        /// Serial Number.
        ///
        /// The number on the device's plate.
        ///
        /// Model: property `serialNumber`, `models/dtmi/com/example/temperaturecontroller-1.json:18:15`
        pub serial_number: Option<String>,
    }
    impl __rt::Serialize for Reported {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("serialNumber", &self.serial_number)?;
            object.end()
        }
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `dtmi:com:example:TemperatureController;1`",
        label = "needs `impl temperature_controller::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// Reboot.
        ///
        /// Starts the device anew after a while.
        ///
        /// Takes `delay`: Delay; How many seconds to wait first.
        ///
        /// Model: command `reboot`, `models/dtmi/com/example/temperaturecontroller-1.json:25:15`
        fn reboot(
            &self,
            delay: i32,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send;
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &["workingSet"],
            properties: const { &[__rt::read_only("serialNumber")] },
            commands: const { &[__rt::command("reboot")] },
        }
    }
    #[doc(hidden)]
    pub async fn __command<D: Commands>(
        device: &D,
        call: __rt::CommandCall<'_>,
        client: &Client,
    ) -> __rt::CommandOutcome {
        match call.name() {
            "reboot" => __rt::answer(device.reboot(call.request()?, client).await?),
            _ => call.unknown(),
        }
    }
    /// Thermostat.
    ///
    /// Measures the temperature of a room and brings it to the one that is asked for.
    ///
    /// Model: interface `dtmi:com:example:Thermostat;1`, `models/dtmi/com/example/thermostat-1.json:3:3`
    pub mod thermostat {
        use ::device_model::__private as __rt;
        /// A component's way to the hub: what it sends and reports is marked as the component's.
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
            pub temperature: Option<f64>,
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
            pub target_temperature: Option<f64>,
            /// Highest Temperature.
            ///
            /// The highest temperature since the device was started.
            ///
            /// Semantic type: `Temperature`. Unit: `degreeCelsius`.
            ///
            /// Model: property `maxTempSinceLastReboot`, `models/dtmi/com/example/thermostat-1.json:27:15`
            pub max_temp_since_last_reboot: Option<f64>,
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
                object
                    .field("maxTempSinceLastReboot", &self.max_temp_since_last_reboot)?;
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
            label = "needs `impl temperature_controller::thermostat::Commands for {Self}`",
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
            label = "needs `impl temperature_controller::thermostat::Properties for {Self}`",
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
                target_temperature: f64,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<f64, __rt::PropertyError>> + Send;
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
                    __rt::answer(
                        device.get_max_min_report(call.request()?, client).await?,
                    )
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
    /// Device Information.
    ///
    /// Model: interface `dtmi:azure:DeviceManagement:DeviceInformation;1`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:3:3`
    pub mod device_information {
        use ::device_model::__private as __rt;
        /// A component's way to the hub: what it sends and reports is marked as the component's.
        pub type Client = __rt::TypedClient<__rt::Nothing, Reported>;
        /// State the device reports. What is `None` stays as it was.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Reported {
            /// Manufacturer.
            ///
            /// The company that made the device.
            ///
            /// Model: property `manufacturer`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:9:15`
            pub manufacturer: Option<String>,
            /// Device model.
            ///
            /// The model's name or number, as printed on the device.
            ///
            /// Model: property `model`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:16:15`
            pub model: Option<String>,
            /// Software version.
            ///
            /// The version of the software that the device runs.
            ///
            /// Model: property `swVersion`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:23:15`
            pub sw_version: Option<String>,
            /// Operating system.
            ///
            /// The operating system that the device runs.
            ///
            /// Model: property `osName`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:30:15`
            pub os_name: Option<String>,
            /// Processor architecture.
            ///
            /// The instruction set of the processor, for example x86\_64.
            ///
            /// Model: property `processorArchitecture`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:37:15`
            pub processor_architecture: Option<String>,
            /// Processor manufacturer.
            ///
            /// The company that made the processor.
            ///
            /// Model: property `processorManufacturer`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:44:15`
            pub processor_manufacturer: Option<String>,
            /// Total storage.
            ///
            /// The size of the permanent storage, in kilobytes.
            ///
            /// Model: property `totalStorage`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:51:15`
            pub total_storage: Option<f64>,
            /// Total memory.
            ///
            /// The size of the main memory, in kilobytes.
            ///
            /// Model: property `totalMemory`, `models/dtmi/azure/devicemanagement/deviceinformation-1.json:58:15`
            pub total_memory: Option<f64>,
        }
        impl __rt::Serialize for Reported {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("manufacturer", &self.manufacturer)?;
                object.field("model", &self.model)?;
                object.field("swVersion", &self.sw_version)?;
                object.field("osName", &self.os_name)?;
                object.field("processorArchitecture", &self.processor_architecture)?;
                object.field("processorManufacturer", &self.processor_manufacturer)?;
                object.field("totalStorage", &self.total_storage)?;
                object.field("totalMemory", &self.total_memory)?;
                object.end()
            }
        }
        /// A number for what the Interface can do: another revision of it has another one.
        pub const FINGERPRINT: u64 = 0x27cb83c205936e8b;
        #[doc(hidden)]
        pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
            __rt::PartTable {
                component,
                telemetry: &[],
                properties: const {
                    &[
                        __rt::read_only("manufacturer"),
                        __rt::read_only("model"),
                        __rt::read_only("swVersion"),
                        __rt::read_only("osName"),
                        __rt::read_only("processorArchitecture"),
                        __rt::read_only("processorManufacturer"),
                        __rt::read_only("totalStorage"),
                        __rt::read_only("totalMemory"),
                    ]
                },
                commands: const { &[] },
            }
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for TemperatureController {
        type Client = temperature_controller::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: temperature_controller::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[
                temperature_controller::__part(::core::option::Option::None),
                temperature_controller::thermostat::__part(
                    ::core::option::Option::Some("thermostat1"),
                ),
                temperature_controller::thermostat::__part(
                    ::core::option::Option::Some("thermostat2"),
                ),
                temperature_controller::device_information::__part(
                    ::core::option::Option::Some("deviceInformation"),
                ),
            ],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            match call.component() {
                "" => {
                    temperature_controller::__command(self, call, &client.clone().into())
                        .await
                }
                "thermostat1" => {
                    temperature_controller::thermostat::__command(
                            &self.thermostat1,
                            call,
                            &client.__component("thermostat1").into(),
                        )
                        .await
                }
                "thermostat2" => {
                    temperature_controller::thermostat::__command(
                            &self.thermostat2,
                            call,
                            &client.__component("thermostat2").into(),
                        )
                        .await
                }
                _ => call.unknown(),
            }
        }
        async fn __desired(
            &self,
            change: __rt::DesiredChange<'_>,
            client: &__rt::Client,
        ) -> __rt::DesiredOutcome {
            match change.component() {
                "thermostat1" => {
                    temperature_controller::thermostat::__desired(
                            &self.thermostat1,
                            change,
                            &client.__component("thermostat1").into(),
                        )
                        .await
                }
                "thermostat2" => {
                    temperature_controller::thermostat::__desired(
                            &self.thermostat2,
                            change,
                            &client.__component("thermostat2").into(),
                        )
                        .await
                }
                _ => change.unknown(),
            }
        }
    }
};
