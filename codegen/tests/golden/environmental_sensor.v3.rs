/// Environmental Sensor Device.
///
/// A small room sensor with an indicator light.
///
/// Model: device `dtmi:com:example:EnvironmentalSensorDevice;1`, `models/environmental_sensor.v3.json:4:5`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod environmental_sensor {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:EnvironmentalSensorDevice;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    #[derive(Clone, Debug)]
    pub struct Client {
        /// Device Information.
        ///
        /// Model: component `deviceInformation`, `models/environmental_sensor.v3.json:11:17`
        pub info: device_information::Client,
        /// Environmental Sensor.
        ///
        /// Model: component `sensor`, `models/environmental_sensor.v3.json:17:17`
        pub sensor: environmental_sensor::Client,
        __device: __rt::TypedClient<__rt::Nothing, __rt::Nothing>,
    }
    impl From<__rt::Client> for Client {
        fn from(client: __rt::Client) -> Self {
            Self {
                info: device_information::Client::from(
                    client.__component("deviceInformation"),
                ),
                sensor: environmental_sensor::Client::from(client.__component("sensor")),
                __device: client.into(),
            }
        }
    }
    impl __rt::Deref for Client {
        type Target = __rt::TypedClient<__rt::Nothing, __rt::Nothing>;
        fn deref(&self) -> &Self::Target {
            &self.__device
        }
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &[],
            properties: const { &[] },
            commands: const { &[] },
        }
    }
    /// Device Information.
    ///
    /// Model: interface `dtmi:azure:DeviceManagement:DeviceInformation;1`, `models/environmental_sensor.v3.json:113:5`
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
            /// Model: property `manufacturer`, `models/environmental_sensor.v3.json:119:17`
            pub manufacturer: Option<String>,
            /// Device model.
            ///
            /// The model's name or number, as printed on the device.
            ///
            /// Model: property `model`, `models/environmental_sensor.v3.json:126:17`
            pub model: Option<String>,
            /// Software version.
            ///
            /// The version of the software that the device runs.
            ///
            /// Model: property `swVersion`, `models/environmental_sensor.v3.json:133:17`
            pub sw_version: Option<String>,
            /// Operating system.
            ///
            /// The operating system that the device runs.
            ///
            /// Model: property `osName`, `models/environmental_sensor.v3.json:140:17`
            pub os_name: Option<String>,
            /// Processor architecture.
            ///
            /// The instruction set of the processor, for example x86\_64.
            ///
            /// Model: property `processorArchitecture`, `models/environmental_sensor.v3.json:147:17`
            pub processor_architecture: Option<String>,
            /// Processor manufacturer.
            ///
            /// The company that made the processor.
            ///
            /// Model: property `processorManufacturer`, `models/environmental_sensor.v3.json:154:17`
            pub processor_manufacturer: Option<String>,
            /// Total storage.
            ///
            /// The size of the permanent storage, in kilobytes.
            ///
            /// Model: property `totalStorage`, `models/environmental_sensor.v3.json:161:17`
            pub total_storage: Option<f64>,
            /// Total memory.
            ///
            /// The size of the main memory, in kilobytes.
            ///
            /// Model: property `totalMemory`, `models/environmental_sensor.v3.json:168:17`
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
    /// Environmental Sensor.
    ///
    /// Temperature and humidity of a room, and a light that can be dimmed and made to blink.
    ///
    /// Model: interface `dtmi:com:example:EnvironmentalSensor;1`, `models/environmental_sensor.v3.json:25:5`
    pub mod environmental_sensor {
        use ::device_model::__private as __rt;
        /// A component's way to the hub: what it sends and reports is marked as the component's.
        pub type Client = __rt::TypedClient<Telemetry, Reported>;
        /// One message of measurements. What is `None` is not sent.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Telemetry {
            /// Temperature.
            ///
            /// The temperature of the air around the device.
            ///
            /// Semantic type: `Temperature`. Unit: `degreeFahrenheit`.
            ///
            /// Model: telemetry `temp`, `models/environmental_sensor.v3.json:55:17`
            pub temp: Option<f64>,
            /// Humidity.
            ///
            /// The relative humidity of the air around the device.
            ///
            /// Semantic type: `RelativeHumidity`. Unit: `percent`.
            ///
            /// Model: telemetry `humid`, `models/environmental_sensor.v3.json:63:17`
            pub humid: Option<f64>,
        }
        impl Telemetry {
            /// The unit of `temp`.
            pub const TEMP_UNIT: &'static str = "degreeFahrenheit";
            /// The unit of `humid`.
            pub const HUMID_UNIT: &'static str = "percent";
        }
        impl __rt::Serialize for Telemetry {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("temp", &self.temp)?;
                object.field("humid", &self.humid)?;
                object.end()
            }
        }
        /// State the device reports. What is `None` stays as it was.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Reported {
            /// Device State.
            ///
            /// Whether the device is measuring.
            ///
            /// Model: property `state`, `models/environmental_sensor.v3.json:32:17`
            pub state: Option<bool>,
            /// Customer Name.
            ///
            /// The name of the customer who uses the device.
            ///
            /// Model: property `name`, `models/environmental_sensor.v3.json:39:17`
            pub name: Option<String>,
            /// Brightness Level.
            ///
            /// How bright the light is: 1 is high, 2 is medium, 3 is low.
            ///
            /// Model: property `brightness`, `models/environmental_sensor.v3.json:47:17`
            pub brightness: Option<i64>,
        }
        impl __rt::Serialize for Reported {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("state", &self.state)?;
                object.field("name", &self.name)?;
                object.field("brightness", &self.brightness)?;
                object.end()
            }
        }
        /// The schema of `blinkResponse`.
        ///
        /// Model: schema of `blinkResponse`, `models/environmental_sensor.v3.json:81:21`
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct BlinkResponse {
            /// Description.
            ///
            /// Model: field `description`, `models/environmental_sensor.v3.json:85:25`
            pub description: Option<String>,
        }
        impl __rt::Serialize for BlinkResponse {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("description", &self.description)?;
                object.end()
            }
        }
        /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not handle the commands of the model `dtmi:com:example:EnvironmentalSensor;1`",
            label = "needs `impl environmental_sensor::environmental_sensor::Commands for {Self}`",
            note = "write it with an empty body, and the compiler lists the methods it needs"
        )]
        pub trait Commands: Send + Sync + 'static {
            /// Makes the light blink.
            ///
            /// Takes `interval`: Interval; The seconds from one blink to the next.
            ///
            /// Model: command `blink`, `models/environmental_sensor.v3.json:71:17`
            fn blink(
                &self,
                interval: i64,
                client: &Client,
            ) -> impl __rt::Future<
                Output = Result<BlinkResponse, __rt::CommandError>,
            > + Send;
            /// Turns the light on.
            ///
            /// Model: command `turnon`, `models/environmental_sensor.v3.json:95:17`
            fn turnon(
                &self,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send;
            /// Turns the light off.
            ///
            /// Model: command `turnoff`, `models/environmental_sensor.v3.json:100:17`
            fn turnoff(
                &self,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send;
            /// Lets the device examine itself; the result is reported when it is done.
            ///
            /// Takes a while: DTDL v3 cannot say so, the program does.
            ///
            /// Model: command `rundiagnostics`, `models/environmental_sensor.v3.json:105:17`
            fn rundiagnostics(
                &self,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send;
        }
        /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:EnvironmentalSensor;1`",
            label = "needs `impl environmental_sensor::environmental_sensor::Properties for {Self}`",
            note = "write it with an empty body, and the compiler lists the methods it needs"
        )]
        pub trait Properties: Send + Sync + 'static {
            /// Customer Name.
            ///
            /// The name of the customer who uses the device.
            ///
            /// Model: property `name`, `models/environmental_sensor.v3.json:39:17`
            fn set_name(
                &self,
                name: String,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<String, __rt::PropertyError>> + Send;
            /// Brightness Level.
            ///
            /// How bright the light is: 1 is high, 2 is medium, 3 is low.
            ///
            /// Model: property `brightness`, `models/environmental_sensor.v3.json:47:17`
            fn set_brightness(
                &self,
                brightness: i64,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<i64, __rt::PropertyError>> + Send;
        }
        /// A number for what the Interface can do: another revision of it has another one.
        pub const FINGERPRINT: u64 = 0x83b6170c515a9a51;
        #[doc(hidden)]
        pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
            __rt::PartTable {
                component,
                telemetry: &["temp", "humid"],
                properties: const {
                    &[
                        __rt::read_only("state"),
                        __rt::writable("name"),
                        __rt::writable("brightness"),
                    ]
                },
                commands: const {
                    &[
                        __rt::command("blink"),
                        __rt::command("turnon"),
                        __rt::command("turnoff"),
                        __rt::command("rundiagnostics"),
                    ]
                },
            }
        }
        #[doc(hidden)]
        pub async fn __command<D: Commands>(
            device: &D,
            call: __rt::CommandCall<'_>,
            client: &Client,
        ) -> __rt::CommandOutcome {
            match call.name() {
                "blink" => __rt::answer(device.blink(call.request()?, client).await?),
                "turnon" => __rt::answer(device.turnon(client).await?),
                "turnoff" => __rt::answer(device.turnoff(client).await?),
                "rundiagnostics" => __rt::answer(device.rundiagnostics(client).await?),
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
                "name" => __rt::in_force(device.set_name(change.value()?, client).await?),
                "brightness" => {
                    __rt::in_force(device.set_brightness(change.value()?, client).await?)
                }
                _ => change.unknown(),
            }
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for EnvironmentalSensor {
        type Client = environmental_sensor::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: environmental_sensor::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[
                environmental_sensor::__part(::core::option::Option::None),
                environmental_sensor::device_information::__part(
                    ::core::option::Option::Some("deviceInformation"),
                ),
                environmental_sensor::environmental_sensor::__part(
                    ::core::option::Option::Some("sensor"),
                ),
            ],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            match call.component() {
                "sensor" => {
                    environmental_sensor::environmental_sensor::__command(
                            &self.sensor,
                            call,
                            &client.__component("sensor").into(),
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
                "sensor" => {
                    environmental_sensor::environmental_sensor::__desired(
                            &self.sensor,
                            change,
                            &client.__component("sensor").into(),
                        )
                        .await
                }
                _ => change.unknown(),
            }
        }
    }
};
