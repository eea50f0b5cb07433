/// Environmental Sensor Device.
///
/// A small room sensor with an indicator light.
///
/// Model: device `urn:device_model:environmental_sensor:1`, `models/environmental_sensor.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod environmental_sensor {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "urn:device_model:environmental_sensor:1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<Telemetry, Reported>;
    /// One message of measurements. What is `None` is not sent.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Telemetry {
        /// Temperature.
        ///
        /// The temperature of the air around the device.
        ///
        /// Semantic type: `SemanticType/Temperature`. Unit: `Units/Temperature/fahrenheit`.
        ///
        /// Model: telemetry `temp`, `models/environmental_sensor.json:112:21`
        pub temp: Option<f64>,
        /// Humidity.
        ///
        /// The relative humidity of the air around the device.
        ///
        /// Semantic type: `SemanticType/Humidity`. Unit: `Units/Humidity/percent`.
        ///
        /// Model: telemetry `humid`, `models/environmental_sensor.json:120:21`
        pub humid: Option<f64>,
    }
    impl Telemetry {
        /// The unit of `temp`.
        pub const TEMP_UNIT: &'static str = "Units/Temperature/fahrenheit";
        /// The unit of `humid`.
        pub const HUMID_UNIT: &'static str = "Units/Humidity/percent";
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
        /// Manufacturer.
        ///
        /// The company that made the device.
        ///
        /// Model: property `manufacturer`, `models/environmental_sensor.json:18:21`
        pub manufacturer: Option<String>,
        /// Device model.
        ///
        /// The model's name or number, as printed on the device.
        ///
        /// Model: property `model`, `models/environmental_sensor.json:25:21`
        pub model: Option<String>,
        /// Software version.
        ///
        /// The version of the software that the device runs.
        ///
        /// Model: property `swVersion`, `models/environmental_sensor.json:32:21`
        pub sw_version: Option<String>,
        /// Operating system.
        ///
        /// The operating system that the device runs.
        ///
        /// Model: property `osName`, `models/environmental_sensor.json:39:21`
        pub os_name: Option<String>,
        /// Processor architecture.
        ///
        /// The instruction set of the processor, for example x86\_64.
        ///
        /// Model: property `processorArchitecture`, `models/environmental_sensor.json:46:21`
        pub processor_architecture: Option<String>,
        /// Processor manufacturer.
        ///
        /// The company that made the processor.
        ///
        /// Model: property `processorManufacturer`, `models/environmental_sensor.json:53:21`
        pub processor_manufacturer: Option<String>,
        /// Total storage.
        ///
        /// The size of the permanent storage.
        ///
        /// Model: property `totalStorage`, `models/environmental_sensor.json:60:21`
        pub total_storage: Option<i64>,
        /// Total memory.
        ///
        /// The size of the main memory.
        ///
        /// Model: property `totalMemory`, `models/environmental_sensor.json:68:21`
        pub total_memory: Option<i64>,
        /// Device State.
        ///
        /// Whether the device is measuring.
        ///
        /// Model: property `state`, `models/environmental_sensor.json:89:21`
        pub state: Option<bool>,
        /// Customer Name.
        ///
        /// The name of the customer who uses the device.
        ///
        /// Model: property `name`, `models/environmental_sensor.json:96:21`
        pub name: Option<String>,
        /// Brightness Level.
        ///
        /// How bright the light is: 1 is high, 2 is medium, 3 is low.
        ///
        /// Model: property `brightness`, `models/environmental_sensor.json:104:21`
        pub brightness: Option<i64>,
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
            object.field("state", &self.state)?;
            object.field("name", &self.name)?;
            object.field("brightness", &self.brightness)?;
            object.end()
        }
    }
    /// The schema of `blinkResponse`.
    ///
    /// Model: schema of `blinkResponse`, `models/environmental_sensor.json:139:25`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct BlinkResponse {
        /// Description.
        ///
        /// Model: field `description`, `models/environmental_sensor.json:143:29`
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
        message = "`{Self}` does not handle the commands of the model `urn:device_model:environmental_sensor:1`",
        label = "needs `impl environmental_sensor::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// Makes the light blink.
        ///
        /// Takes `interval`: Interval; The seconds from one blink to the next.
        ///
        /// Model: command `blink`, `models/environmental_sensor.json:128:21`
        fn blink(
            &self,
            interval: i64,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<BlinkResponse, __rt::CommandError>,
        > + Send;
        /// Turns the light on.
        ///
        /// Model: command `turnon`, `models/environmental_sensor.json:153:21`
        fn turnon(
            &self,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send;
        /// Turns the light off.
        ///
        /// Model: command `turnoff`, `models/environmental_sensor.json:159:21`
        fn turnoff(
            &self,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send;
        /// Lets the device examine itself; the result is reported when it is done.
        ///
        /// Model: command `rundiagnostics`, `models/environmental_sensor.json:165:21`
        ///
        /// Asynchronous: the hub is answered 202 at once; what this returns is reported when it is done.
        fn rundiagnostics(
            &self,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<String, __rt::CommandError>> + Send;
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `urn:device_model:environmental_sensor:1`",
        label = "needs `impl environmental_sensor::Properties for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Properties: Send + Sync + 'static {
        /// Customer Name.
        ///
        /// The name of the customer who uses the device.
        ///
        /// Model: property `name`, `models/environmental_sensor.json:96:21`
        fn set_name(
            &self,
            name: String,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<String, __rt::PropertyError>> + Send;
        /// Brightness Level.
        ///
        /// How bright the light is: 1 is high, 2 is medium, 3 is low.
        ///
        /// Model: property `brightness`, `models/environmental_sensor.json:104:21`
        fn set_brightness(
            &self,
            brightness: i64,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<i64, __rt::PropertyError>> + Send;
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &["temp", "humid"],
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
                    __rt::asynchronous("rundiagnostics"),
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
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for EnvironmentalSensor {
        type Client = environmental_sensor::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: environmental_sensor::MODEL_ID,
            convention: __rt::Convention::Central2020,
            parts: &[environmental_sensor::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            environmental_sensor::__command(self, call, &client.clone().into()).await
        }
        async fn __desired(
            &self,
            change: __rt::DesiredChange<'_>,
            client: &__rt::Client,
        ) -> __rt::DesiredOutcome {
            environmental_sensor::__desired(self, change, &client.clone().into()).await
        }
    }
};
