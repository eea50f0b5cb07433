/// Names that are hard to say in Rust.
///
/// \`\`\`rust panic!() \`\`\` indented See \[Option\], \<b\>bold\</b\>, <https://example.com/a?b=c_d>. or \*this\*: \`x\`, \$y\$ \| z \# Heading
///
/// - a list 1. another \[x\]: <https://example.com>
///
/// Model: device `dtmi:com:example:Hostile;1`, `codegen/tests/models/names.v3.json:2:39`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod hostile {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Hostile;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    #[derive(Clone, Debug)]
    pub struct Client {
        /// The component `bool`.
        ///
        /// Model: component `bool`, `codegen/tests/models/names.v3.json:20:36`
        pub bool: bool::Client,
        /// The component `str`.
        ///
        /// Model: component `str`, `codegen/tests/models/names.v3.json:21:36`
        pub str: core::Client,
        /// The component `std`.
        ///
        /// Model: component `std`, `codegen/tests/models/names.v3.json:22:36`
        pub std: f64::Client,
        __device: __rt::TypedClient<Telemetry, Reported>,
    }
    impl From<__rt::Client> for Client {
        fn from(client: __rt::Client) -> Self {
            Self {
                bool: bool::Client::from(client.__component("bool")),
                str: core::Client::from(client.__component("str")),
                std: f64::Client::from(client.__component("std")),
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
        /// The telemetry `type`.
        ///
        /// Model: telemetry `type`, `codegen/tests/models/names.v3.json:3:36`
        pub type_: ::core::option::Option<::core::primitive::f64>,
        /// The telemetry `Self`.
        ///
        /// Model: telemetry `Self`, `codegen/tests/models/names.v3.json:4:36`
        pub self_: ::core::option::Option<::core::primitive::f64>,
        /// The telemetry `True`.
        ///
        /// Model: telemetry `True`, `codegen/tests/models/names.v3.json:5:36`
        pub true_: ::core::option::Option<::core::primitive::bool>,
        /// The telemetry `async`.
        ///
        /// Model: telemetry `async`, `codegen/tests/models/names.v3.json:6:36`
        pub async_: ::core::option::Option<i32>,
        /// The telemetry `gen`.
        ///
        /// Model: telemetry `gen`, `codegen/tests/models/names.v3.json:7:36`
        pub gen_: ::core::option::Option<i32>,
        /// The telemetry `x86_64__b`.
        ///
        /// Model: telemetry `x86_64__b`, `codegen/tests/models/names.v3.json:8:36`
        pub x86_64_b: ::core::option::Option<i32>,
        /// The telemetry `HTTPServerURL`.
        ///
        /// Model: telemetry `HTTPServerURL`, `codegen/tests/models/names.v3.json:9:36`
        pub http_server_url: ::core::option::Option<__rt::String>,
    }
    impl __rt::Serialize for Telemetry {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("type", &self.type_)?;
            object.field("Self", &self.self_)?;
            object.field("True", &self.true_)?;
            object.field("async", &self.async_)?;
            object.field("gen", &self.gen_)?;
            object.field("x86_64__b", &self.x86_64_b)?;
            object.field("HTTPServerURL", &self.http_server_url)?;
            object.end()
        }
    }
    /// State the device reports. What is `None` stays as it was.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Reported {
        /// The property `Option`.
        ///
        /// Model: property `Option`, `codegen/tests/models/names.v3.json:10:35`
        pub option: ::core::option::Option<Option>,
        /// The property `Result`.
        ///
        /// Model: property `Result`, `codegen/tests/models/names.v3.json:11:35`
        pub result: ::core::option::Option<Result>,
        /// The property `String`.
        ///
        /// Model: property `String`, `codegen/tests/models/names.v3.json:12:35`
        pub string: ::core::option::Option<String>,
        /// The property `Vec`.
        ///
        /// Model: property `Vec`, `codegen/tests/models/names.v3.json:13:35`
        pub vec: ::core::option::Option<__rt::Vec<Vec>>,
        /// The property `Send`.
        ///
        /// Model: property `Send`, `codegen/tests/models/names.v3.json:14:35`
        pub send: ::core::option::Option<Send>,
        /// The property `client`.
        ///
        /// Model: property `client`, `codegen/tests/models/names.v3.json:15:35`
        pub client: ::core::option::Option<__rt::String>,
        /// The property `Clone`.
        ///
        /// Model: property `Clone`, `codegen/tests/models/names.v3.json:16:35`
        pub clone: ::core::option::Option<Clone>,
    }
    impl __rt::Serialize for Reported {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("Option", &self.option)?;
            object.field("Result", &self.result)?;
            object.field("String", &self.string)?;
            object.field("Vec", &self.vec)?;
            object.field("Send", &self.send)?;
            object.field("client", &self.client)?;
            object.field("Clone", &self.clone)?;
            object.end()
        }
    }
    /// The schema of `Option`.
    ///
    /// Model: schema of `Option`, `codegen/tests/models/names.v3.json:10:73`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Option {
        /// The field `Some`.
        ///
        /// Model: field `Some`, `codegen/tests/models/names.v3.json:10:113`
        pub some: ::core::option::Option<__rt::String>,
        /// The field `None`.
        ///
        /// Model: field `None`, `codegen/tests/models/names.v3.json:10:151`
        pub none: ::core::option::Option<i32>,
        /// The field `fn`.
        ///
        /// Model: field `fn`, `codegen/tests/models/names.v3.json:10:190`
        pub fn_: ::core::option::Option<__rt::String>,
    }
    impl __rt::Serialize for Option {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("Some", &self.some)?;
            object.field("None", &self.none)?;
            object.field("fn", &self.fn_)?;
            object.end()
        }
    }
    impl __rt::FromJson for Option {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> ::core::result::Result<Self, __rt::ValueError> {
            let object = __rt::ObjectReader::new(value, at, &["Some", "None", "fn"])?;
            Ok(Self {
                some: object.optional("Some")?,
                none: object.optional("None")?,
                fn_: object.optional("fn")?,
            })
        }
    }
    /// The schema of `Result`.
    ///
    /// Model: schema of `Result`, `codegen/tests/models/names.v3.json:11:73`
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Result {
        /// The value `Ok`.
        ///
        /// Model: value `Ok`, `codegen/tests/models/names.v3.json:11:140`
        Ok,
        /// The value `Err`.
        ///
        /// Model: value `Err`, `codegen/tests/models/names.v3.json:11:189`
        Err,
        /// The value `self`.
        ///
        /// Model: value `self`, `codegen/tests/models/names.v3.json:11:223`
        Self_,
    }
    impl __rt::Serialize for Result {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            match self {
                Self::Ok => serializer.serialize_str("fine, \"quoted\""),
                Self::Err => serializer.serialize_str(""),
                Self::Self_ => serializer.serialize_str("{}"),
            }
        }
    }
    impl __rt::FromJson for Result {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> ::core::result::Result<Self, __rt::ValueError> {
            __rt::one_of(
                value,
                at,
                &[
                    (__rt::EnumValue::String("fine, \"quoted\""), Self::Ok),
                    (__rt::EnumValue::String(""), Self::Err),
                    (__rt::EnumValue::String("{}"), Self::Self_),
                ],
            )
        }
    }
    /// The schema of `String`.
    ///
    /// Model: schema of `String`, `codegen/tests/models/names.v3.json:12:73`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct String {}
    impl __rt::Serialize for String {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            __rt::ObjectWriter::new(serializer)?.end()
        }
    }
    impl __rt::FromJson for String {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> ::core::result::Result<Self, __rt::ValueError> {
            let _ = __rt::ObjectReader::new(value, at, &[])?;
            Ok(Self {})
        }
    }
    /// The schema of `Vec`.
    ///
    /// Model: schema of `Vec`, `codegen/tests/models/names.v3.json:13:106`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Vec {
        /// The field `Box`.
        ///
        /// Model: field `Box`, `codegen/tests/models/names.v3.json:13:146`
        pub box_: ::core::option::Option<__rt::String>,
    }
    impl __rt::Serialize for Vec {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("Box", &self.box_)?;
            object.end()
        }
    }
    impl __rt::FromJson for Vec {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> ::core::result::Result<Self, __rt::ValueError> {
            let object = __rt::ObjectReader::new(value, at, &["Box"])?;
            Ok(Self {
                box_: object.optional("Box")?,
            })
        }
    }
    /// The schema of `Send`.
    ///
    /// Model: schema of `Send`, `codegen/tests/models/names.v3.json:14:53`
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Send {}
    impl __rt::Serialize for Send {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            let _ = serializer;
            match *self {}
        }
    }
    /// The schema of `Clone`.
    ///
    /// Model: schema of `Clone`, `codegen/tests/models/names.v3.json:16:72`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Clone {
        /// The field `Debug`.
        ///
        /// Model: field `Debug`, `codegen/tests/models/names.v3.json:16:112`
        pub debug: ::core::option::Option<::core::primitive::bool>,
    }
    impl __rt::Serialize for Clone {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("Debug", &self.debug)?;
            object.end()
        }
    }
    impl __rt::FromJson for Clone {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> ::core::result::Result<Self, __rt::ValueError> {
            let object = __rt::ObjectReader::new(value, at, &["Debug"])?;
            Ok(Self {
                debug: object.optional("Debug")?,
            })
        }
    }
    /// The schema of `self`.
    ///
    /// Model: schema of `self`, `codegen/tests/models/names.v3.json:18:80`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct DropSelf {
        /// The field `Default`.
        ///
        /// Model: field `Default`, `codegen/tests/models/names.v3.json:18:120`
        pub default: ::core::option::Option<i64>,
    }
    impl __rt::FromJson for DropSelf {
        fn from_json(
            value: &__rt::Json,
            at: &__rt::Pointer<'_>,
        ) -> ::core::result::Result<Self, __rt::ValueError> {
            let object = __rt::ObjectReader::new(value, at, &["Default"])?;
            Ok(Self {
                default: object.optional("Default")?,
            })
        }
    }
    /// The schema of `Future`.
    ///
    /// Model: schema of `Future`, `codegen/tests/models/names.v3.json:18:194`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct DropFuture {
        /// The field `Output`.
        ///
        /// Model: field `Output`, `codegen/tests/models/names.v3.json:18:234`
        pub output: ::core::option::Option<i64>,
    }
    impl __rt::Serialize for DropFuture {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("Output", &self.output)?;
            object.end()
        }
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `dtmi:com:example:Hostile;1`",
        label = "needs `impl hostile::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: ::core::marker::Send + Sync + 'static {
        /// The command `send`.
        ///
        /// Model: command `send`, `codegen/tests/models/names.v3.json:17:34`
        fn send(
            &self,
            client_: __rt::String,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<(), __rt::CommandError>,
        > + ::core::marker::Send;
        /// The command `Drop`.
        ///
        /// Model: command `Drop`, `codegen/tests/models/names.v3.json:18:34`
        fn drop(
            &self,
            self_: DropSelf,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<DropFuture, __rt::CommandError>,
        > + ::core::marker::Send;
        /// The command `set_client`.
        ///
        /// Model: command `set_client`, `codegen/tests/models/names.v3.json:19:34`
        fn set_client(
            &self,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<(), __rt::CommandError>,
        > + ::core::marker::Send;
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:Hostile;1`",
        label = "needs `impl hostile::Properties for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Properties: ::core::marker::Send + Sync + 'static {
        /// The property `Option`.
        ///
        /// Model: property `Option`, `codegen/tests/models/names.v3.json:10:35`
        fn set_option(
            &self,
            option: Option,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<Option, __rt::PropertyError>,
        > + ::core::marker::Send;
        /// The property `Result`.
        ///
        /// Model: property `Result`, `codegen/tests/models/names.v3.json:11:35`
        fn set_result(
            &self,
            result: Result,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<Result, __rt::PropertyError>,
        > + ::core::marker::Send;
        /// The property `String`.
        ///
        /// Model: property `String`, `codegen/tests/models/names.v3.json:12:35`
        fn set_string(
            &self,
            string: String,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<String, __rt::PropertyError>,
        > + ::core::marker::Send;
        /// The property `Vec`.
        ///
        /// Model: property `Vec`, `codegen/tests/models/names.v3.json:13:35`
        fn set_vec(
            &self,
            vec: __rt::Vec<Vec>,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<__rt::Vec<Vec>, __rt::PropertyError>,
        > + ::core::marker::Send;
        /// The property `client`.
        ///
        /// Model: property `client`, `codegen/tests/models/names.v3.json:15:35`
        fn set_client(
            &self,
            client_: __rt::String,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<__rt::String, __rt::PropertyError>,
        > + ::core::marker::Send;
        /// The property `Clone`.
        ///
        /// Model: property `Clone`, `codegen/tests/models/names.v3.json:16:35`
        fn set_clone(
            &self,
            clone: Clone,
            client: &Client,
        ) -> impl __rt::Future<
            Output = ::core::result::Result<Clone, __rt::PropertyError>,
        > + ::core::marker::Send;
    }
    #[doc(hidden)]
    pub const fn __part(
        component: ::core::option::Option<&'static str>,
    ) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &[
                "type",
                "Self",
                "True",
                "async",
                "gen",
                "x86_64__b",
                "HTTPServerURL",
            ],
            properties: const {
                &[
                    __rt::writable("Option"),
                    __rt::writable("Result"),
                    __rt::writable("String"),
                    __rt::writable("Vec"),
                    __rt::read_only("Send"),
                    __rt::writable("client"),
                    __rt::writable("Clone"),
                ]
            },
            commands: const {
                &[
                    __rt::command("send"),
                    __rt::command("Drop"),
                    __rt::command("set_client"),
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
            "send" => __rt::answer(device.send(call.request()?, client).await?),
            "Drop" => __rt::answer(device.drop(call.request()?, client).await?),
            "set_client" => __rt::answer(device.set_client(client).await?),
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
            "Option" => __rt::in_force(device.set_option(change.value()?, client).await?),
            "Result" => __rt::in_force(device.set_result(change.value()?, client).await?),
            "String" => __rt::in_force(device.set_string(change.value()?, client).await?),
            "Vec" => __rt::in_force(device.set_vec(change.value()?, client).await?),
            "client" => __rt::in_force(device.set_client(change.value()?, client).await?),
            "Clone" => __rt::in_force(device.set_clone(change.value()?, client).await?),
            _ => change.unknown(),
        }
    }
    /// The interface `dtmi:com:example:bool;1`.
    ///
    /// Model: interface `dtmi:com:example:bool;1`, `codegen/tests/models/names.v3.json:24:39`
    pub mod bool {
        use ::device_model::__private as __rt;
        /// A component's way to the hub: what it sends and reports is marked as the component's.
        pub type Client = __rt::TypedClient<Telemetry, __rt::Nothing>;
        /// One message of measurements. What is `None` is not sent.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Telemetry {
            /// The telemetry `f64`.
            ///
            /// Model: telemetry `f64`, `codegen/tests/models/names.v3.json:25:36`
            pub f64: Option<f64>,
        }
        impl __rt::Serialize for Telemetry {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("f64", &self.f64)?;
                object.end()
            }
        }
        /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not handle the commands of the model `dtmi:com:example:bool;1`",
            label = "needs `impl hostile::bool::Commands for {Self}`",
            note = "write it with an empty body, and the compiler lists the methods it needs"
        )]
        pub trait Commands: Send + Sync + 'static {
            /// The command `bool`.
            ///
            /// Model: command `bool`, `codegen/tests/models/names.v3.json:26:34`
            fn bool(
                &self,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<bool, __rt::CommandError>> + Send;
        }
        /// A number for what the Interface can do: another revision of it has another one.
        pub const FINGERPRINT: u64 = 0x6a384c6a4db93f54;
        #[doc(hidden)]
        pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
            __rt::PartTable {
                component,
                telemetry: &["f64"],
                properties: const { &[] },
                commands: const { &[__rt::command("bool")] },
            }
        }
        #[doc(hidden)]
        pub async fn __command<D: Commands>(
            device: &D,
            call: __rt::CommandCall<'_>,
            client: &Client,
        ) -> __rt::CommandOutcome {
            match call.name() {
                "bool" => __rt::answer(device.bool(client).await?),
                _ => call.unknown(),
            }
        }
    }
    /// The interface `dtmi:com:example:core;1`.
    ///
    /// Model: interface `dtmi:com:example:core;1`, `codegen/tests/models/names.v3.json:28:39`
    pub mod core {
        use ::device_model::__private as __rt;
        /// A component's way to the hub: what it sends and reports is marked as the component's.
        pub type Client = __rt::TypedClient<__rt::Nothing, Reported>;
        /// State the device reports. What is `None` stays as it was.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Reported {
            /// The property `str`.
            ///
            /// Model: property `str`, `codegen/tests/models/names.v3.json:29:35`
            pub str: Option<Str>,
        }
        impl __rt::Serialize for Reported {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let mut object = __rt::ObjectWriter::new(serializer)?;
                object.field("str", &self.str)?;
                object.end()
            }
        }
        /// The schema of `str`.
        ///
        /// Model: schema of `str`, `codegen/tests/models/names.v3.json:29:70`
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Str {
            /// The value `a`.
            ///
            /// Model: value `a`, `codegen/tests/models/names.v3.json:29:137`
            A,
        }
        impl __rt::Serialize for Str {
            fn serialize<S: __rt::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match self {
                    Self::A => serializer.serialize_str("a"),
                }
            }
        }
        impl __rt::FromJson for Str {
            fn from_json(
                value: &__rt::Json,
                at: &__rt::Pointer<'_>,
            ) -> Result<Self, __rt::ValueError> {
                __rt::one_of(value, at, &[(__rt::EnumValue::String("a"), Self::A)])
            }
        }
        /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:core;1`",
            label = "needs `impl hostile::core::Properties for {Self}`",
            note = "write it with an empty body, and the compiler lists the methods it needs"
        )]
        pub trait Properties: Send + Sync + 'static {
            /// The property `str`.
            ///
            /// Model: property `str`, `codegen/tests/models/names.v3.json:29:35`
            fn set_str(
                &self,
                str: Str,
                client: &Client,
            ) -> impl __rt::Future<Output = Result<Str, __rt::PropertyError>> + Send;
        }
        /// A number for what the Interface can do: another revision of it has another one.
        pub const FINGERPRINT: u64 = 0xf69222cce43f00f8;
        #[doc(hidden)]
        pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
            __rt::PartTable {
                component,
                telemetry: &[],
                properties: const { &[__rt::writable("str")] },
                commands: const { &[] },
            }
        }
        #[doc(hidden)]
        pub async fn __desired<D: Properties>(
            device: &D,
            change: __rt::DesiredChange<'_>,
            client: &Client,
        ) -> __rt::DesiredOutcome {
            match change.name() {
                "str" => __rt::in_force(device.set_str(change.value()?, client).await?),
                _ => change.unknown(),
            }
        }
    }
    /// The interface `dtmi:com:example:std;1`.
    ///
    /// Model: interface `dtmi:com:example:std;1`, `codegen/tests/models/names.v3.json:31:39`
    pub mod f64 {
        use ::device_model::__private as __rt;
        /// A component's way to the hub: what it sends and reports is marked as the component's.
        pub type Client = __rt::TypedClient<__rt::Nothing, __rt::Nothing>;
        /// A number for what the Interface can do: another revision of it has another one.
        pub const FINGERPRINT: u64 = 0xf931d852022b56fe;
        #[doc(hidden)]
        pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
            __rt::PartTable {
                component,
                telemetry: &[],
                properties: const { &[] },
                commands: const { &[] },
            }
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for Hostile {
        type Client = hostile::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: hostile::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[
                hostile::__part(::core::option::Option::None),
                hostile::bool::__part(::core::option::Option::Some("bool")),
                hostile::core::__part(::core::option::Option::Some("str")),
                hostile::f64::__part(::core::option::Option::Some("std")),
            ],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            match call.component() {
                "" => hostile::__command(self, call, &client.clone().into()).await,
                "bool" => {
                    hostile::bool::__command(
                            &self.bool,
                            call,
                            &client.__component("bool").into(),
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
                "" => hostile::__desired(self, change, &client.clone().into()).await,
                "str" => {
                    hostile::core::__desired(
                            &self.str,
                            change,
                            &client.__component("str").into(),
                        )
                        .await
                }
                _ => change.unknown(),
            }
        }
    }
};
