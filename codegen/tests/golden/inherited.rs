/// The device `dtmi:com:example:Pumps;1`.
///
/// Model: device `dtmi:com:example:Pumps;1`, `codegen/tests/models/inherited.v3.json:3:40`
///
/// Relationships are not a device's to send, and left out: feeds (`codegen/tests/models/inherited.v3.json:8:42`).
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod pumps {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Pumps;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    #[derive(Clone, Debug)]
    pub struct Client {
        /// The component `inlet`.
        ///
        /// Model: component `inlet`, `codegen/tests/models/inherited.v3.json:5:39`
        pub inlet: small_pump::Client,
        /// The component `outlet`.
        ///
        /// Model: component `outlet`, `codegen/tests/models/inherited.v3.json:6:39`
        pub outlet: big_pump::Client,
        /// The component `spare`.
        ///
        /// Model: component `spare`, `codegen/tests/models/inherited.v3.json:7:39`
        pub spare: small_pump::Client,
        __device: __rt::TypedClient<__rt::Nothing, __rt::Nothing>,
    }
    impl From<__rt::Client> for Client {
        fn from(client: __rt::Client) -> Self {
            Self {
                inlet: small_pump::Client::from(client.__component("inlet")),
                outlet: big_pump::Client::from(client.__component("outlet")),
                spare: small_pump::Client::from(client.__component("spare")),
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
    /// The interface `dtmi:com:example:SmallPump;1`.
    ///
    /// Model: interface `dtmi:com:example:SmallPump;1`, `codegen/tests/models/inherited.v3.json:26:40`
    pub mod small_pump {
        use ::device_model::__private as __rt;
        /// A component's way to the hub: what it sends and reports is marked as the component's.
        pub type Client = __rt::TypedClient<Telemetry, Reported>;
        /// One message of measurements. What is `None` is not sent.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Telemetry {
            /// The telemetry `flow`.
            ///
            /// Model: telemetry `flow`, `codegen/tests/models/inherited.v3.json:28:51`
            pub flow: Option<f64>,
            /// The telemetry `peak`.
            ///
            /// Model: telemetry `peak`, `codegen/tests/models/inherited.v3.json:15:39`
            pub peak: Option<Peak>,
        }
        impl __rt::Serialize for Telemetry {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("flow", &self.flow)?;
                object.field("peak", &self.peak)?;
                object.end()
            }
        }
        /// State the device reports. What is `None` stays as it was.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Reported {
            /// The property `limits`.
            ///
            /// Model: property `limits`, `codegen/tests/models/inherited.v3.json:14:38`
            pub limits: Option<Limits>,
        }
        impl __rt::Serialize for Reported {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("limits", &self.limits)?;
                object.end()
            }
        }
        /// The schema of `peak`.
        ///
        /// Model: schema of `peak`, `codegen/tests/models/inherited.v3.json:15:57`
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Peak {
            /// The field `flow`.
            ///
            /// Model: field `flow`, `codegen/tests/models/inherited.v3.json:15:100`
            pub flow: Option<f64>,
        }
        impl __rt::Serialize for Peak {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("flow", &self.flow)?;
                object.end()
            }
        }
        /// The schema `dtmi:com:example:Limits;1`.
        ///
        /// Model: schema `dtmi:com:example:Limits;1`, `codegen/tests/models/inherited.v3.json:19:9`
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Limits {
            /// The field `least`.
            ///
            /// Model: field `least`, `codegen/tests/models/inherited.v3.json:20:19`
            pub least: Option<f64>,
            /// The field `unit`.
            ///
            /// Model: field `unit`, `codegen/tests/models/inherited.v3.json:21:19`
            pub unit: Option<LimitsUnit>,
        }
        impl __rt::Serialize for Limits {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("least", &self.least)?;
                object.field("unit", &self.unit)?;
                object.end()
            }
        }
        impl __rt::FromJson for Limits {
            fn from_json(
                value: &__rt::Json,
                at: &__rt::Pointer<'_>,
            ) -> Result<Self, __rt::ValueError> {
                let object = __rt::ObjectReader::new(value, at, &["least", "unit"])?;
                Ok(Self {
                    least: object.optional("least")?,
                    unit: object.optional("unit")?,
                })
            }
        }
        /// The schema of `unit`.
        ///
        /// Model: schema of `unit`, `codegen/tests/models/inherited.v3.json:21:37`
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum LimitsUnit {
            /// The value `litres`.
            ///
            /// Model: value `litres`, `codegen/tests/models/inherited.v3.json:21:108`
            Litres,
        }
        impl __rt::Serialize for LimitsUnit {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match self {
                    Self::Litres => serializer.serialize_i64(1i64),
                }
            }
        }
        impl __rt::FromJson for LimitsUnit {
            fn from_json(
                value: &__rt::Json,
                at: &__rt::Pointer<'_>,
            ) -> Result<Self, __rt::ValueError> {
                __rt::one_of(
                    value,
                    at,
                    &[(__rt::EnumValue::Integer(1i64), Self::Litres)],
                )
            }
        }
        /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not handle the commands of the model `dtmi:com:example:SmallPump;1`",
            label = "needs `impl pumps::small_pump::Commands for {Self}`",
            note = "write it with an empty body, and the compiler lists the methods it needs"
        )]
        pub trait Commands: Send + Sync + 'static {
            /// The command `stop`.
            ///
            /// Model: command `stop`, `codegen/tests/models/inherited.v3.json:16:37`
            fn stop(
                &self,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<Limits, __rt::CommandError>> + Send;
        }
        /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:SmallPump;1`",
            label = "needs `impl pumps::small_pump::Properties for {Self}`",
            note = "write it with an empty body, and the compiler lists the methods it needs"
        )]
        pub trait Properties: Send + Sync + 'static {
            /// The property `limits`.
            ///
            /// Model: property `limits`, `codegen/tests/models/inherited.v3.json:14:38`
            fn set_limits(
                &self,
                limits: Limits,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<Limits, __rt::PropertyError>> + Send;
        }
        /// A number for what the Interface can do: another revision of it has another one.
        pub const FINGERPRINT: u64 = 0xe9cf78436dd83a96;
        #[doc(hidden)]
        pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
            __rt::PartTable {
                component,
                telemetry: &["flow", "peak"],
                properties: const { &[__rt::writable("limits")] },
                commands: const { &[__rt::command("stop")] },
            }
        }
        #[doc(hidden)]
        pub async fn __command<D: Commands>(
            device: &D,
            call: __rt::CommandCall<'_>,
            client: &Client,
        ) -> __rt::CommandOutcome {
            match call.name() {
                "stop" => __rt::answer(device.stop(client).await?),
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
                "limits" => {
                    __rt::in_force(device.set_limits(change.value()?, client).await?)
                }
                _ => change.unknown(),
            }
        }
    }
    /// The interface `dtmi:com:example:BigPump;1`.
    ///
    /// Model: interface `dtmi:com:example:BigPump;1`, `codegen/tests/models/inherited.v3.json:31:40`
    pub mod big_pump {
        use ::device_model::__private as __rt;
        /// A component's way to the hub: what it sends and reports is marked as the component's.
        pub type Client = __rt::TypedClient<Telemetry, Reported>;
        pub use super::small_pump::Peak;
        pub use super::small_pump::Limits;
        pub use super::small_pump::LimitsUnit;
        /// One message of measurements. What is `None` is not sent.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Telemetry {
            /// The telemetry `peak`.
            ///
            /// Model: telemetry `peak`, `codegen/tests/models/inherited.v3.json:15:39`
            pub peak: Option<Peak>,
        }
        impl __rt::Serialize for Telemetry {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("peak", &self.peak)?;
                object.end()
            }
        }
        /// State the device reports. What is `None` stays as it was.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Reported {
            /// The property `serial`.
            ///
            /// Model: property `serial`, `codegen/tests/models/inherited.v3.json:33:50`
            pub serial: Option<String>,
            /// The property `limits`.
            ///
            /// Model: property `limits`, `codegen/tests/models/inherited.v3.json:14:38`
            pub limits: Option<Limits>,
        }
        impl __rt::Serialize for Reported {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("serial", &self.serial)?;
                object.field("limits", &self.limits)?;
                object.end()
            }
        }
        /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not handle the commands of the model `dtmi:com:example:BigPump;1`",
            label = "needs `impl pumps::big_pump::Commands for {Self}`",
            note = "write it with an empty body, and the compiler lists the methods it needs"
        )]
        pub trait Commands: Send + Sync + 'static {
            /// The command `stop`.
            ///
            /// Model: command `stop`, `codegen/tests/models/inherited.v3.json:16:37`
            fn stop(
                &self,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<Limits, __rt::CommandError>> + Send;
        }
        /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:BigPump;1`",
            label = "needs `impl pumps::big_pump::Properties for {Self}`",
            note = "write it with an empty body, and the compiler lists the methods it needs"
        )]
        pub trait Properties: Send + Sync + 'static {
            /// The property `limits`.
            ///
            /// Model: property `limits`, `codegen/tests/models/inherited.v3.json:14:38`
            fn set_limits(
                &self,
                limits: Limits,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<Limits, __rt::PropertyError>> + Send;
        }
        /// A number for what the Interface can do: another revision of it has another one.
        pub const FINGERPRINT: u64 = 0xe44a15722cf94c67;
        #[doc(hidden)]
        pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
            __rt::PartTable {
                component,
                telemetry: &["peak"],
                properties: const {
                    &[__rt::read_only("serial"), __rt::writable("limits")]
                },
                commands: const { &[__rt::command("stop")] },
            }
        }
        #[doc(hidden)]
        pub async fn __command<D: Commands>(
            device: &D,
            call: __rt::CommandCall<'_>,
            client: &Client,
        ) -> __rt::CommandOutcome {
            match call.name() {
                "stop" => __rt::answer(device.stop(client).await?),
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
                "limits" => {
                    __rt::in_force(device.set_limits(change.value()?, client).await?)
                }
                _ => change.unknown(),
            }
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for Pumps {
        type Client = pumps::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: pumps::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[
                pumps::__part(::core::option::Option::None),
                pumps::small_pump::__part(::core::option::Option::Some("inlet")),
                pumps::big_pump::__part(::core::option::Option::Some("outlet")),
                pumps::small_pump::__part(::core::option::Option::Some("spare")),
            ],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            match call.component() {
                "inlet" => {
                    pumps::small_pump::__command(
                            &self.inlet,
                            call,
                            &client.__component("inlet").into(),
                        )
                        .await
                }
                "outlet" => {
                    pumps::big_pump::__command(
                            &self.outlet,
                            call,
                            &client.__component("outlet").into(),
                        )
                        .await
                }
                "spare" => {
                    pumps::small_pump::__command(
                            &self.spare,
                            call,
                            &client.__component("spare").into(),
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
                "inlet" => {
                    pumps::small_pump::__desired(
                            &self.inlet,
                            change,
                            &client.__component("inlet").into(),
                        )
                        .await
                }
                "outlet" => {
                    pumps::big_pump::__desired(
                            &self.outlet,
                            change,
                            &client.__component("outlet").into(),
                        )
                        .await
                }
                "spare" => {
                    pumps::small_pump::__desired(
                            &self.spare,
                            change,
                            &client.__component("spare").into(),
                        )
                        .await
                }
                _ => change.unknown(),
            }
        }
    }
};
