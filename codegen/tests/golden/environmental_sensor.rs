/// Environmental Sensor Device.
///
/// A small room sensor with an indicator light.
///
/// Model: device `urn:device_model:environmental_sensor:1`, `models/environmental_sensor.json:3:3`
#[allow(dead_code, unreachable_pub, unused_qualifications, clippy::module_inception)]
pub mod environmental_sensor {
    /// The id that the device announces.
    pub const MODEL_ID: &str = "urn:device_model:environmental_sensor:1";
    /// One message of measurements. What is `None` is not sent.
    #[derive(
        ::core::clone::Clone,
        ::core::fmt::Debug,
        ::core::default::Default,
        ::core::cmp::PartialEq
    )]
    #[derive(::device_model::__private::serde::Serialize)]
    #[serde(crate = "::device_model::__private::serde")]
    pub struct Telemetry {
        /// Temperature.
        ///
        /// The temperature of the air around the device.
        ///
        /// Unit: `Units/Temperature/fahrenheit`.
        ///
        /// Model: telemetry `temp`, `models/environmental_sensor.json:112:21`
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub temp: ::core::option::Option<::core::primitive::f64>,
        /// Humidity.
        ///
        /// The relative humidity of the air around the device.
        ///
        /// Unit: `Units/Humidity/percent`.
        ///
        /// Model: telemetry `humid`, `models/environmental_sensor.json:120:21`
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub humid: ::core::option::Option<::core::primitive::f64>,
    }
    /// State the device reports. What is `None` stays as it was.
    #[derive(
        ::core::clone::Clone,
        ::core::fmt::Debug,
        ::core::default::Default,
        ::core::cmp::PartialEq
    )]
    #[derive(::device_model::__private::serde::Serialize)]
    #[serde(crate = "::device_model::__private::serde")]
    pub struct Reported {
        /// Manufacturer.
        ///
        /// The company that made the device.
        ///
        /// Model: property `manufacturer`, `models/environmental_sensor.json:18:21`
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub manufacturer: ::core::option::Option<::device_model::__private::String>,
        /// Device model.
        ///
        /// The model's name or number, as printed on the device.
        ///
        /// Model: property `model`, `models/environmental_sensor.json:25:21`
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub model: ::core::option::Option<::device_model::__private::String>,
        /// Software version.
        ///
        /// The version of the software that the device runs.
        ///
        /// Model: property `swVersion`, `models/environmental_sensor.json:32:21`
        #[serde(
            rename = "swVersion",
            skip_serializing_if = "::core::option::Option::is_none"
        )]
        pub sw_version: ::core::option::Option<::device_model::__private::String>,
        /// Operating system.
        ///
        /// The operating system that the device runs.
        ///
        /// Model: property `osName`, `models/environmental_sensor.json:39:21`
        #[serde(
            rename = "osName",
            skip_serializing_if = "::core::option::Option::is_none"
        )]
        pub os_name: ::core::option::Option<::device_model::__private::String>,
        /// Processor architecture.
        ///
        /// The instruction set of the processor, for example x86\_64.
        ///
        /// Model: property `processorArchitecture`, `models/environmental_sensor.json:46:21`
        #[serde(
            rename = "processorArchitecture",
            skip_serializing_if = "::core::option::Option::is_none"
        )]
        pub processor_architecture: ::core::option::Option<
            ::device_model::__private::String,
        >,
        /// Processor manufacturer.
        ///
        /// The company that made the processor.
        ///
        /// Model: property `processorManufacturer`, `models/environmental_sensor.json:53:21`
        #[serde(
            rename = "processorManufacturer",
            skip_serializing_if = "::core::option::Option::is_none"
        )]
        pub processor_manufacturer: ::core::option::Option<
            ::device_model::__private::String,
        >,
        /// Total storage.
        ///
        /// The size of the permanent storage.
        ///
        /// Model: property `totalStorage`, `models/environmental_sensor.json:60:21`
        #[serde(
            rename = "totalStorage",
            skip_serializing_if = "::core::option::Option::is_none"
        )]
        pub total_storage: ::core::option::Option<::core::primitive::i64>,
        /// Total memory.
        ///
        /// The size of the main memory.
        ///
        /// Model: property `totalMemory`, `models/environmental_sensor.json:68:21`
        #[serde(
            rename = "totalMemory",
            skip_serializing_if = "::core::option::Option::is_none"
        )]
        pub total_memory: ::core::option::Option<::core::primitive::i64>,
        /// Device State.
        ///
        /// Whether the device is measuring.
        ///
        /// Model: property `state`, `models/environmental_sensor.json:89:21`
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub state: ::core::option::Option<::core::primitive::bool>,
        /// Customer Name.
        ///
        /// The name of the customer who uses the device.
        ///
        /// Model: property `name`, `models/environmental_sensor.json:96:21`
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub name: ::core::option::Option<::device_model::__private::String>,
        /// Brightness Level.
        ///
        /// How bright the light is: 1 is high, 2 is medium, 3 is low.
        ///
        /// Model: property `brightness`, `models/environmental_sensor.json:104:21`
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub brightness: ::core::option::Option<::core::primitive::i64>,
    }
    /// The schema of `blinkResponse`.
    ///
    /// Model: schema of `blinkResponse`, `models/environmental_sensor.json:139:25`
    #[derive(
        ::core::clone::Clone,
        ::core::fmt::Debug,
        ::core::default::Default,
        ::core::cmp::PartialEq
    )]
    #[derive(::device_model::__private::serde::Serialize)]
    #[serde(crate = "::device_model::__private::serde")]
    pub struct BlinkResponse {
        /// Description.
        ///
        /// Model: field `description`, `models/environmental_sensor.json:143:29`
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub description: ::core::option::Option<::device_model::__private::String>,
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `urn:device_model:environmental_sensor:1`",
        label = "needs `impl environmental_sensor::Commands for {Self}`",
        note = "write `impl environmental_sensor::Commands for {Self} { }`; the compiler then lists the methods it needs"
    )]
    pub trait Commands: ::core::marker::Send + ::core::marker::Sync + 'static {
        /// Makes the light blink.
        ///
        /// Model: command `blink`, `models/environmental_sensor.json:128:21`
        fn blink(
            &self,
            interval: ::core::primitive::i64,
            client: &Client,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<BlinkResponse, ::device_model::CommandError>,
        > + ::core::marker::Send;
        /// Turns the light on.
        ///
        /// Model: command `turnon`, `models/environmental_sensor.json:153:21`
        fn turnon(
            &self,
            client: &Client,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), ::device_model::CommandError>,
        > + ::core::marker::Send;
        /// Turns the light off.
        ///
        /// Model: command `turnoff`, `models/environmental_sensor.json:159:21`
        fn turnoff(
            &self,
            client: &Client,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), ::device_model::CommandError>,
        > + ::core::marker::Send;
        /// Lets the device examine itself; the result is reported when it is done.
        ///
        /// Model: command `rundiagnostics`, `models/environmental_sensor.json:165:21`
        ///
        /// Asynchronous: the hub is answered 202 at once; what this returns is reported when it is done.
        fn rundiagnostics(
            &self,
            client: &Client,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<
                ::device_model::__private::String,
                ::device_model::CommandError,
            >,
        > + ::core::marker::Send;
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `urn:device_model:environmental_sensor:1`",
        label = "needs `impl environmental_sensor::Properties for {Self}`",
        note = "write `impl environmental_sensor::Properties for {Self} { }`; the compiler then lists the methods it needs"
    )]
    pub trait Properties: ::core::marker::Send + ::core::marker::Sync + 'static {
        /// Customer Name.
        ///
        /// The name of the customer who uses the device.
        ///
        /// Model: property `name`, `models/environmental_sensor.json:96:21`
        fn set_name(
            &self,
            name: ::device_model::__private::String,
            client: &Client,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<
                ::device_model::__private::String,
                ::device_model::PropertyError,
            >,
        > + ::core::marker::Send;
        /// Brightness Level.
        ///
        /// How bright the light is: 1 is high, 2 is medium, 3 is low.
        ///
        /// Model: property `brightness`, `models/environmental_sensor.json:104:21`
        fn set_brightness(
            &self,
            brightness: ::core::primitive::i64,
            client: &Client,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<
                ::core::primitive::i64,
                ::device_model::PropertyError,
            >,
        > + ::core::marker::Send;
    }
    #[doc(hidden)]
    pub async fn __command<D: Commands>(
        device: &D,
        call: ::device_model::__private::CommandCall<'_>,
        client: &Client,
    ) -> ::core::result::Result<
        ::device_model::__private::Answer,
        ::device_model::CommandError,
    > {
        match call.name() {
            "blink" => {
                ::device_model::__private::answer(
                    device.blink(call.request()?, client).await?,
                )
            }
            "turnon" => ::device_model::__private::answer(device.turnon(client).await?),
            "turnoff" => ::device_model::__private::answer(device.turnoff(client).await?),
            "rundiagnostics" => {
                ::device_model::__private::answer(device.rundiagnostics(client).await?)
            }
            _ => ::core::result::Result::Err(call.unknown()),
        }
    }
    #[doc(hidden)]
    pub async fn __desired<D: Properties>(
        device: &D,
        change: ::device_model::__private::DesiredChange<'_>,
        client: &Client,
    ) -> ::core::result::Result<
        ::device_model::__private::InForce,
        ::device_model::PropertyError,
    > {
        match change.name() {
            "name" => {
                ::device_model::__private::in_force(
                    device.set_name(change.value()?, client).await?,
                )
            }
            "brightness" => {
                ::device_model::__private::in_force(
                    device.set_brightness(change.value()?, client).await?,
                )
            }
            _ => ::core::result::Result::Err(change.unknown()),
        }
    }
    /// The device's way to the hub: cheap to clone, usable from any task.
    #[derive(::core::clone::Clone, ::core::fmt::Debug)]
    pub struct Client {
        __session: ::device_model::__private::Client,
    }
    impl Client {
        /// Sends a message and waits until the hub has acknowledged it, over reconnects if need be.
        ///
        /// # Errors
        /// When the message cannot be sent as it is (too large, a number that is not finite), when it is dropped or
        /// expires while the hub is away, or when the client is closed.
        pub async fn send(
            &self,
            telemetry: Telemetry,
        ) -> ::core::result::Result<(), ::device_model::Error> {
            ::device_model::__private::Client::__send(&self.__session, &telemetry).await
        }
        /// Queues a message and returns when it has a place; the `Delivery` tells its outcome.
        ///
        /// # Errors
        /// As for `send`, for what can be told before the message is on its way.
        pub async fn enqueue(
            &self,
            telemetry: Telemetry,
        ) -> ::core::result::Result<::device_model::Delivery, ::device_model::Error> {
            ::device_model::__private::Client::__enqueue(&self.__session, &telemetry)
                .await
        }
        /// Reports state and waits until the hub has taken it.
        ///
        /// # Errors
        /// When the hub refuses it, when no answer comes in time, or when the client is closed.
        pub async fn report(
            &self,
            reported: Reported,
        ) -> ::core::result::Result<(), ::device_model::Error> {
            ::device_model::__private::Client::__report(&self.__session, &reported).await
        }
    }
    impl ::core::convert::From<::device_model::__private::Client> for Client {
        fn from(client: ::device_model::__private::Client) -> Self {
            Self { __session: client }
        }
    }
    impl ::core::ops::Deref for Client {
        type Target = ::device_model::__private::Client;
        fn deref(&self) -> &::device_model::__private::Client {
            &self.__session
        }
    }
    #[doc(hidden)]
    pub const __MODEL: ::device_model::__private::ModelTable = ::device_model::__private::ModelTable {
        id: MODEL_ID,
        convention: ::device_model::__private::Convention::Central2020,
        parts: &[
            ::device_model::__private::PartTable {
                component: ::core::option::Option::None,
                telemetry: &["temp", "humid"],
                properties: &[
                    ::device_model::__private::PropertyTable {
                        name: "manufacturer",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "model",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "swVersion",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "osName",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "processorArchitecture",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "processorManufacturer",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "totalStorage",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "totalMemory",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "state",
                        writable: false,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "name",
                        writable: true,
                    },
                    ::device_model::__private::PropertyTable {
                        name: "brightness",
                        writable: true,
                    },
                ],
                commands: &[
                    ::device_model::__private::CommandTable {
                        name: "blink",
                        asynchronous: false,
                    },
                    ::device_model::__private::CommandTable {
                        name: "turnon",
                        asynchronous: false,
                    },
                    ::device_model::__private::CommandTable {
                        name: "turnoff",
                        asynchronous: false,
                    },
                    ::device_model::__private::CommandTable {
                        name: "rundiagnostics",
                        asynchronous: true,
                    },
                ],
            },
        ],
    };
}
#[automatically_derived]
impl ::device_model::Device for EnvironmentalSensor {
    type Client = environmental_sensor::Client;
    const MODEL: ::device_model::__private::ModelTable = environmental_sensor::__MODEL;
    async fn __command(
        &self,
        call: ::device_model::__private::CommandCall<'_>,
        client: &::device_model::__private::Client,
    ) -> ::core::result::Result<
        ::device_model::__private::Answer,
        ::device_model::CommandError,
    > {
        let client = &environmental_sensor::Client::from(
            ::core::clone::Clone::clone(client),
        );
        match call.component() {
            ::core::option::Option::None => {
                environmental_sensor::__command(self, call, client).await
            }
            _ => ::core::result::Result::Err(call.unknown()),
        }
    }
    async fn __desired(
        &self,
        change: ::device_model::__private::DesiredChange<'_>,
        client: &::device_model::__private::Client,
    ) -> ::core::result::Result<
        ::device_model::__private::InForce,
        ::device_model::PropertyError,
    > {
        let client = &environmental_sensor::Client::from(
            ::core::clone::Clone::clone(client),
        );
        match change.component() {
            ::core::option::Option::None => {
                environmental_sensor::__desired(self, change, client).await
            }
            _ => ::core::result::Result::Err(change.unknown()),
        }
    }
}
