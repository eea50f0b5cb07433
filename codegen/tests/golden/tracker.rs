/// The device `dtmi:com:example:Tracker;1`.
///
/// Model: device `dtmi:com:example:Tracker;1`, `codegen/tests/models/tracker.v2.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod tracker {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Tracker;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<Telemetry, __rt::Nothing>;
    /// One message of measurements. What is `None` is not sent.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Telemetry {
        /// The telemetry `place`.
        ///
        /// Semantic type: `Location`.
        ///
        /// Model: telemetry `place`, `codegen/tests/models/tracker.v2.json:6:51`
        pub place: Option<__rt::geo::Geopoint>,
        /// The telemetry `shock`.
        ///
        /// Semantic type: `AccelerationVector`. Unit: `gForce`.
        ///
        /// Model: telemetry `shock`, `codegen/tests/models/tracker.v2.json:7:61`
        pub shock: Option<__rt::geo::Vector>,
        /// The telemetry `state`.
        ///
        /// Semantic type: `State`.
        ///
        /// Model: telemetry `state`, `codegen/tests/models/tracker.v2.json:8:48`
        pub state: Option<State>,
        /// The telemetry `opened`.
        ///
        /// Semantic type: `Event`.
        ///
        /// Model: telemetry `opened`, `codegen/tests/models/tracker.v2.json:10:48`
        pub opened: Option<i32>,
    }
    impl Telemetry {
        /// The unit of `shock`.
        pub const SHOCK_UNIT: &'static str = "gForce";
    }
    impl __rt::Serialize for Telemetry {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("place", &self.place)?;
            object.field("shock", &self.shock)?;
            object.field("state", &self.state)?;
            object.field("opened", &self.opened)?;
            object.end()
        }
    }
    /// The schema of `state`.
    ///
    /// Model: schema of `state`, `codegen/tests/models/tracker.v2.json:8:67`
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[derive(Hash, ::serde::Deserialize)]
    pub enum State {
        /// The value `moving`.
        ///
        /// Model: value `moving`, `codegen/tests/models/tracker.v2.json:9:17`
        #[serde(rename = "m")]
        Moving,
        /// The value `still`.
        ///
        /// Model: value `still`, `codegen/tests/models/tracker.v2.json:9:57`
        #[serde(rename = "s")]
        Still,
    }
    impl __rt::Serialize for State {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match self {
                Self::Moving => serializer.serialize_str("m"),
                Self::Still => serializer.serialize_str("s"),
            }
        }
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `dtmi:com:example:Tracker;1`",
        label = "needs `impl tracker::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// The command `locate`.
        ///
        /// Model: command `locate`, `codegen/tests/models/tracker.v2.json:11:66`
        ///
        /// Asynchronous: the hub is answered 202 at once; what this returns is reported when it is done.
        fn locate(
            &self,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::geo::Geopoint, __rt::CommandError>,
        > + Send;
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &["place", "shock", "state", "opened"],
            properties: const { &[] },
            commands: const { &[__rt::asynchronous("locate")] },
        }
    }
    #[doc(hidden)]
    pub async fn __command<D: Commands>(
        device: &D,
        call: __rt::CommandCall<'_>,
        client: &Client,
    ) -> __rt::CommandOutcome {
        match call.name() {
            "locate" => __rt::answer(device.locate(client).await?),
            _ => call.unknown(),
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for Tracker {
        type Client = tracker::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: tracker::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[tracker::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            tracker::__command(self, call, &client.clone().into()).await
        }
        async fn __desired(
            &self,
            change: __rt::DesiredChange<'_>,
            client: &__rt::Client,
        ) -> __rt::DesiredOutcome {
            {
                let _ = client;
                change.unknown()
            }
        }
    }
};
