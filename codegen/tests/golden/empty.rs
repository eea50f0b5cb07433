/// The device `dtmi:com:example:Empty;1`.
///
/// Model: device `dtmi:com:example:Empty;1`, `codegen/tests/models/empty.v3.json:1:38`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod empty {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:Empty;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<__rt::Nothing, __rt::Nothing>;
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
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for Empty {
        type Client = empty::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: empty::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[empty::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            {
                let _ = client;
                call.unknown()
            }
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
