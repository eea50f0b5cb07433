/// The device `dtmi:com:example:Plant;1`.
///
/// Model: device `dtmi:com:example:Plant;1`, `codegen/tests/models/recursive.v4.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod plant {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Plant;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<Telemetry, Reported>;
    /// One message of measurements. What is `None` is not sent.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Telemetry {
        /// The telemetry `groups`.
        ///
        /// Model: telemetry `groups`, `codegen/tests/models/recursive.v4.json:8:37`
        pub groups: Option<Groups>,
    }
    impl __rt::Serialize for Telemetry {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("groups", &self.groups)?;
            object.end()
        }
    }
    /// State the device reports. What is `None` stays as it was.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Reported {
        /// The property `layout`.
        ///
        /// Model: property `layout`, `codegen/tests/models/recursive.v4.json:6:36`
        pub layout: Option<Node>,
        /// The property `index`.
        ///
        /// Model: property `index`, `codegen/tests/models/recursive.v4.json:7:36`
        pub index: Option<Index>,
    }
    impl __rt::Serialize for Reported {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("layout", &self.layout)?;
            object.field("index", &self.index)?;
            object.end()
        }
    }
    /// The schema `dtmi:com:example:Group;1`.
    ///
    /// Model: schema `dtmi:com:example:Group;1`, `codegen/tests/models/recursive.v4.json:20:7`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Groups {
        /// What it holds.
        pub items: Vec<Groups>,
    }
    impl __rt::Serialize for Groups {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            __rt::Serialize::serialize(&self.items, serializer)
        }
    }
    /// The schema `dtmi:com:example:Node;1`.
    ///
    /// Model: schema `dtmi:com:example:Node;1`, `codegen/tests/models/recursive.v4.json:13:7`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Node {
        /// The field `label`.
        ///
        /// Model: field `label`, `codegen/tests/models/recursive.v4.json:15:19`
        pub label: Option<String>,
        /// The field `next`.
        ///
        /// Model: field `next`, `codegen/tests/models/recursive.v4.json:16:19`
        pub next: Option<Box<Node>>,
        /// The field `children`.
        ///
        /// Model: field `children`, `codegen/tests/models/recursive.v4.json:17:19`
        pub children: Option<Vec<Node>>,
    }
    impl __rt::Serialize for Node {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("label", &self.label)?;
            object.field("next", &self.next)?;
            object.field("children", &self.children)?;
            object.end()
        }
    }
    impl __rt::FromJson for Node {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> Result<Self, __rt::ValueError> {
            let object = __rt::ObjectReader::new(
                value,
                at,
                &["label", "next", "children"],
            )?;
            Ok(Self {
                label: object.optional("label")?,
                next: object.optional("next")?,
                children: object.optional("children")?,
            })
        }
    }
    /// The schema `dtmi:com:example:Index;1`.
    ///
    /// Model: schema `dtmi:com:example:Index;1`, `codegen/tests/models/recursive.v4.json:22:7`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Index {
        /// What it holds.
        pub items: __rt::BTreeMap<String, Index>,
    }
    impl __rt::Serialize for Index {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            __rt::Serialize::serialize(&self.items, serializer)
        }
    }
    impl __rt::FromJson for Index {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> Result<Self, __rt::ValueError> {
            Ok(Self {
                items: __rt::FromJson::from_json(value, at)?,
            })
        }
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `dtmi:com:example:Plant;1`",
        label = "needs `impl plant::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// The command `find`.
        ///
        /// Model: command `find`, `codegen/tests/models/recursive.v4.json:9:35`
        fn find(
            &self,
            below: Index,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send;
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:Plant;1`",
        label = "needs `impl plant::Properties for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Properties: Send + Sync + 'static {
        /// The property `layout`.
        ///
        /// Model: property `layout`, `codegen/tests/models/recursive.v4.json:6:36`
        fn set_layout(
            &self,
            layout: Node,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<Node, __rt::PropertyError>> + Send;
        /// The property `index`.
        ///
        /// Model: property `index`, `codegen/tests/models/recursive.v4.json:7:36`
        fn set_index(
            &self,
            index: Index,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<Index, __rt::PropertyError>> + Send;
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &["groups"],
            properties: const { &[__rt::writable("layout"), __rt::writable("index")] },
            commands: const { &[__rt::command("find")] },
        }
    }
    #[doc(hidden)]
    pub async fn __command<D: Commands>(
        device: &D,
        call: __rt::CommandCall<'_>,
        client: &Client,
    ) -> __rt::CommandOutcome {
        match call.name() {
            "find" => __rt::answer(device.find(call.request()?, client).await?),
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
            "layout" => __rt::in_force(device.set_layout(change.value()?, client).await?),
            "index" => __rt::in_force(device.set_index(change.value()?, client).await?),
            _ => change.unknown(),
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for Plant {
        type Client = plant::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: plant::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[plant::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            plant::__command(self, call, &client.clone().into()).await
        }
        async fn __desired(
            &self,
            change: __rt::DesiredChange<'_>,
            client: &__rt::Client,
        ) -> __rt::DesiredOutcome {
            plant::__desired(self, change, &client.clone().into()).await
        }
    }
};
