/// The device `dtmi:com:example:Commands;1`.
///
/// Model: device `dtmi:com:example:Commands;1`, `codegen/tests/models/commands.v4.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod command_device {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Commands;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<__rt::Nothing, __rt::Nothing>;
    /// The schema of `findings`.
    ///
    /// Model: schema of `findings`, `codegen/tests/models/commands.v4.json:15:74`
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct SurveyFindings {
        /// The field `finding`.
        ///
        /// Model: field `finding`, `codegen/tests/models/commands.v4.json:15:117`
        pub finding: Option<String>,
    }
    impl __rt::Serialize for SurveyFindings {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("finding", &self.finding)?;
            object.end()
        }
    }
    /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not handle the commands of the model `dtmi:com:example:Commands;1`",
        label = "needs `impl command_device::Commands for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Commands: Send + Sync + 'static {
        /// The command `ping`.
        ///
        /// Model: command `ping`, `codegen/tests/models/commands.v4.json:6:35`
        fn ping(
            &self,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<(), __rt::CommandError>> + Send {
            let _ = client;
            async { Err(__rt::CommandError::new(501u16, "`ping` is not handled yet")) }
        }
        /// The command `echo`.
        ///
        /// Model: command `echo`, `codegen/tests/models/commands.v4.json:7:35`
        fn echo(
            &self,
            text: String,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<String, __rt::CommandError>> + Send {
            let _ = (text, client);
            async { Err(__rt::CommandError::new(501u16, "`echo` is not handled yet")) }
        }
        /// Waits, then says since when.
        ///
        /// Takes `span`: How long; in `second`
        ///
        /// Model: command `wait`, `codegen/tests/models/commands.v4.json:9:35`
        fn wait(
            &self,
            span: Option<f64>,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<Option<__rt::time::DateTime>, __rt::CommandError>,
        > + Send {
            let _ = (span, client);
            async { Err(__rt::CommandError::new(501u16, "`wait` is not handled yet")) }
        }
        /// The command `reboot`.
        ///
        /// Model: command `reboot`, `codegen/tests/models/commands.v4.json:13:35`
        ///
        /// Asynchronous: the hub is answered 202 at once; what this returns is reported when it is done.
        fn reboot(
            &self,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<String, __rt::CommandError>> + Send {
            let _ = client;
            async { Err(__rt::CommandError::new(501u16, "`reboot` is not handled yet")) }
        }
        /// The command `survey`.
        ///
        /// Model: command `survey`, `codegen/tests/models/commands.v4.json:14:35`
        ///
        /// Asynchronous: the hub is answered 202 at once; what this returns is reported when it is done.
        fn survey(
            &self,
            depth: u8,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<Vec<SurveyFindings>, __rt::CommandError>,
        > + Send {
            let _ = (depth, client);
            async { Err(__rt::CommandError::new(501u16, "`survey` is not handled yet")) }
        }
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &[],
            properties: const { &[] },
            commands: const {
                &[
                    __rt::command("ping"),
                    __rt::command("echo"),
                    __rt::command("wait"),
                    __rt::asynchronous("reboot"),
                    __rt::asynchronous("survey"),
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
            "ping" => __rt::answer(device.ping(client).await?),
            "echo" => __rt::answer(device.echo(call.request()?, client).await?),
            "wait" => {
                __rt::nullable_answer(
                    device.wait(call.nullable_request()?, client).await?,
                )
            }
            "reboot" => __rt::answer(device.reboot(client).await?),
            "survey" => __rt::answer(device.survey(call.request()?, client).await?),
            _ => call.unknown(),
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for CommandDevice {
        type Client = command_device::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: command_device::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[command_device::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            command_device::__command(self, call, &client.clone().into()).await
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
