/// The device `dtmi:com:example:Weather;1`.
///
/// Model: device `dtmi:com:example:Weather;1`, `codegen/tests/models/weather.v3.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod weather {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Weather;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<Telemetry, Reported>;
    /// One message of measurements. What is `None` is not sent.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Telemetry {
        /// The telemetry `air`.
        ///
        /// Semantic type: `Temperature`. Unit: `degreeCelsius`.
        ///
        /// Model: telemetry `air`, `codegen/tests/models/weather.v3.json:6:54`
        pub air: Option<__rt::units::Quantity<__rt::units::DegreeCelsius>>,
        /// The telemetry `wind`.
        ///
        /// Semantic type: `Velocity`. Unit: `kilometrePerHour`.
        ///
        /// Model: telemetry `wind`, `codegen/tests/models/weather.v3.json:7:51`
        pub wind: Option<__rt::units::Quantity<__rt::units::KilometrePerHour, f32>>,
    }
    impl Telemetry {
        /// The unit of `air`.
        pub const AIR_UNIT: &'static str = "degreeCelsius";
        /// The unit of `wind`.
        pub const WIND_UNIT: &'static str = "kilometrePerHour";
    }
    impl __rt::Serialize for Telemetry {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("air", &self.air)?;
            object.field("wind", &self.wind)?;
            object.end()
        }
    }
    /// State the device reports. What is `None` stays as it was.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Reported {
        /// The property `height`.
        ///
        /// Semantic type: `Length`. Unit: `metre`.
        ///
        /// Model: property `height`, `codegen/tests/models/weather.v3.json:8:48`
        pub height: Option<__rt::units::Quantity<__rt::units::Metre, i32>>,
        /// The property `dry`.
        ///
        /// Model: property `dry`, `codegen/tests/models/weather.v3.json:9:36`
        pub dry: Option<
            __rt::BTreeMap<String, __rt::units::Quantity<__rt::units::Percent>>,
        >,
    }
    impl Reported {
        /// The unit of `height`.
        pub const HEIGHT_UNIT: &'static str = "metre";
    }
    impl __rt::Serialize for Reported {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("height", &self.height)?;
            object.field("dry", &self.dry)?;
            object.end()
        }
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `dtmi:com:example:Weather;1`",
        label = "needs `impl weather::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// The command `warn`.
        ///
        /// Takes `above`: in `knot`
        ///
        /// Model: command `warn`, `codegen/tests/models/weather.v3.json:12:35`
        fn warn(
            &self,
            above: __rt::units::Quantity<__rt::units::Knot>,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send;
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:Weather;1`",
        label = "needs `impl weather::Properties for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Properties: Send + Sync + 'static {
        /// The property `height`.
        ///
        /// Semantic type: `Length`. Unit: `metre`.
        ///
        /// Model: property `height`, `codegen/tests/models/weather.v3.json:8:48`
        fn set_height(
            &self,
            height: __rt::units::Quantity<__rt::units::Metre, i32>,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<
                __rt::units::Quantity<__rt::units::Metre, i32>,
                __rt::PropertyError,
            >,
        > + Send;
        /// The property `dry`.
        ///
        /// Model: property `dry`, `codegen/tests/models/weather.v3.json:9:36`
        fn set_dry(
            &self,
            dry: __rt::BTreeMap<String, __rt::units::Quantity<__rt::units::Percent>>,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<
                __rt::BTreeMap<String, __rt::units::Quantity<__rt::units::Percent>>,
                __rt::PropertyError,
            >,
        > + Send;
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &["air", "wind"],
            properties: const { &[__rt::writable("height"), __rt::writable("dry")] },
            commands: const { &[__rt::command("warn")] },
        }
    }
    #[doc(hidden)]
    pub async fn __command<D: Commands>(
        device: &D,
        call: __rt::CommandCall<'_>,
        client: &Client,
    ) -> __rt::CommandOutcome {
        match call.name() {
            "warn" => __rt::answer(device.warn(call.request()?, client).await?),
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
            "height" => __rt::in_force(device.set_height(change.value()?, client).await?),
            "dry" => __rt::in_force(device.set_dry(change.value()?, client).await?),
            _ => change.unknown(),
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for Weather {
        type Client = weather::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: weather::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[weather::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            weather::__command(self, call, &client.clone().into()).await
        }
        async fn __desired(
            &self,
            change: __rt::DesiredChange<'_>,
            client: &__rt::Client,
        ) -> __rt::DesiredOutcome {
            weather::__desired(self, change, &client.clone().into()).await
        }
    }
};
