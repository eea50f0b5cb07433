/// Greenhouse.
///
/// Model: device `dtmi:com:example:Greenhouse;1`, `codegen/tests/models/nested.v3.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod greenhouse {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Greenhouse;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<Telemetry, Reported>;
    /// One message of measurements. What is `None` is not sent.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Telemetry {
        /// What each zone measures, by its name.
        ///
        /// Model: telemetry `zones`, `codegen/tests/models/nested.v3.json:8:37`
        pub zones: Option<__rt::BTreeMap<String, Zones>>,
    }
    impl __rt::Serialize for Telemetry {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("zones", &self.zones)?;
            object.end()
        }
    }
    /// State the device reports. What is `None` stays as it was.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Reported {
        /// The property `mode`.
        ///
        /// Model: property `mode`, `codegen/tests/models/nested.v3.json:33:36`
        pub mode: Option<Mode>,
        /// The property `plan`.
        ///
        /// Model: property `plan`, `codegen/tests/models/nested.v3.json:34:36`
        pub plan: Option<Vec<Watering>>,
    }
    impl __rt::Serialize for Reported {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("mode", &self.mode)?;
            object.field("plan", &self.plan)?;
            object.end()
        }
    }
    /// The schema of `zones`.
    ///
    /// Model: schema of `zones`, `codegen/tests/models/nested.v3.json:14:21`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Zones {
        /// Soil moisture.
        ///
        /// Model: field `soil`, `codegen/tests/models/nested.v3.json:17:25`
        pub soil: Option<Vec<f64>>,
        /// The field `lamp`.
        ///
        /// Model: field `lamp`, `codegen/tests/models/nested.v3.json:19:25`
        pub lamp: Option<ZonesLamp>,
    }
    impl __rt::Serialize for Zones {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("soil", &self.soil)?;
            object.field("lamp", &self.lamp)?;
            object.end()
        }
    }
    /// The schema of `lamp`.
    ///
    /// Model: schema of `lamp`, `codegen/tests/models/nested.v3.json:20:27`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ZonesLamp {
        /// The field `isOn`.
        ///
        /// Model: field `isOn`, `codegen/tests/models/nested.v3.json:23:31`
        pub is_on: Option<bool>,
        /// The field `mode`.
        ///
        /// Model: field `mode`, `codegen/tests/models/nested.v3.json:24:31`
        pub mode: Option<Mode>,
    }
    impl __rt::Serialize for ZonesLamp {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("isOn", &self.is_on)?;
            object.field("mode", &self.mode)?;
            object.end()
        }
    }
    /// How plants are cared for.
    ///
    /// Model: schema `dtmi:com:example:Mode;1`, `codegen/tests/models/nested.v3.json:52:7`
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Mode {
        /// The value `byHand`.
        ///
        /// Model: value `byHand`, `codegen/tests/models/nested.v3.json:54:19`
        ByHand,
        /// The value `automatic`.
        ///
        /// Model: value `automatic`, `codegen/tests/models/nested.v3.json:55:19`
        Automatic,
    }
    impl __rt::Serialize for Mode {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match self {
                Self::ByHand => serializer.serialize_str("by hand"),
                Self::Automatic => serializer.serialize_str("auto/1"),
            }
        }
    }
    impl __rt::FromJson for Mode {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> Result<Self, __rt::ValueError> {
            __rt::one_of(
                value,
                at,
                &[
                    (__rt::EnumValue::String("by hand"), Self::ByHand),
                    (__rt::EnumValue::String("auto/1"), Self::Automatic),
                ],
            )
        }
    }
    /// The schema `dtmi:com:example:Watering;1`.
    ///
    /// Model: schema `dtmi:com:example:Watering;1`, `codegen/tests/models/nested.v3.json:59:7`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Watering {
        /// The field `at`.
        ///
        /// Model: field `at`, `codegen/tests/models/nested.v3.json:61:19`
        pub at: Option<__rt::time::Time>,
        /// The field `litres`.
        ///
        /// Model: field `litres`, `codegen/tests/models/nested.v3.json:62:19`
        pub litres: Option<f32>,
        /// The field `when`.
        ///
        /// Model: field `when`, `codegen/tests/models/nested.v3.json:63:19`
        pub when: Option<Mode>,
    }
    impl __rt::Serialize for Watering {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("at", &self.at)?;
            object.field("litres", &self.litres)?;
            object.field("when", &self.when)?;
            object.end()
        }
    }
    impl __rt::FromJson for Watering {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> Result<Self, __rt::ValueError> {
            let object = __rt::ObjectReader::new(value, at, &["at", "litres", "when"])?;
            Ok(Self {
                at: object.optional("at")?,
                litres: object.optional("litres")?,
                when: object.optional("when")?,
            })
        }
    }
    /// The schema of `result`.
    ///
    /// Model: schema of `result`, `codegen/tests/models/nested.v3.json:40:19`
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum WaterResult {
        /// The value `done`.
        ///
        /// Model: value `done`, `codegen/tests/models/nested.v3.json:43:23`
        Done,
        /// Tank empty.
        ///
        /// Model: value `noWater`, `codegen/tests/models/nested.v3.json:44:23`
        NoWater,
    }
    impl __rt::Serialize for WaterResult {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match self {
                Self::Done => serializer.serialize_i64(0i64),
                Self::NoWater => serializer.serialize_i64(-1i64),
            }
        }
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `dtmi:com:example:Greenhouse;1`",
        label = "needs `impl greenhouse::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// The command `water`.
        ///
        /// Model: command `water`, `codegen/tests/models/nested.v3.json:36:35`
        fn water(
            &self,
            watering: Watering,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<WaterResult, __rt::CommandError>> + Send;
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:Greenhouse;1`",
        label = "needs `impl greenhouse::Properties for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Properties: Send + Sync + 'static {
        /// The property `mode`.
        ///
        /// Model: property `mode`, `codegen/tests/models/nested.v3.json:33:36`
        fn set_mode(
            &self,
            mode: Mode,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<Mode, __rt::PropertyError>> + Send;
        /// The property `plan`.
        ///
        /// Model: property `plan`, `codegen/tests/models/nested.v3.json:34:36`
        fn set_plan(
            &self,
            plan: Vec<Watering>,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<Vec<Watering>, __rt::PropertyError>,
        > + Send;
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &["zones"],
            properties: const { &[__rt::writable("mode"), __rt::writable("plan")] },
            commands: const { &[__rt::command("water")] },
        }
    }
    #[doc(hidden)]
    pub async fn __command<D: Commands>(
        device: &D,
        call: __rt::CommandCall<'_>,
        client: &Client,
    ) -> __rt::CommandOutcome {
        match call.name() {
            "water" => __rt::answer(device.water(call.request()?, client).await?),
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
            "mode" => __rt::in_force(device.set_mode(change.value()?, client).await?),
            "plan" => __rt::in_force(device.set_plan(change.value()?, client).await?),
            _ => change.unknown(),
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for Greenhouse {
        type Client = greenhouse::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: greenhouse::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[greenhouse::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            greenhouse::__command(self, call, &client.clone().into()).await
        }
        async fn __desired(
            &self,
            change: __rt::DesiredChange<'_>,
            client: &__rt::Client,
        ) -> __rt::DesiredOutcome {
            greenhouse::__desired(self, change, &client.clone().into()).await
        }
    }
};
