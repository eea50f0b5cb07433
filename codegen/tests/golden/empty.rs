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
    /// A number for what the Interface can do: another revision of it has another one.
    pub const FINGERPRINT: u64 = 0x8b73033722d59cda;
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
#[automatically_derived]
#[allow(unused_qualifications)]
impl ::device_model::Device for Empty {
    type Client = empty::Client;
    const MODEL: ::device_model::__private::ModelTable = ::device_model::__private::ModelTable {
        id: empty::MODEL_ID,
        convention: ::device_model::__private::Convention::Pnp,
        parts: &[empty::__part(::core::option::Option::None)],
    };
    async fn __command(
        &self,
        call: ::device_model::__private::CommandCall<'_>,
        client: &::device_model::__private::Client,
    ) -> ::device_model::__private::CommandOutcome {
        {
            let _ = client;
            call.unknown()
        }
    }
    async fn __desired(
        &self,
        change: ::device_model::__private::DesiredChange<'_>,
        client: &::device_model::__private::Client,
    ) -> ::device_model::__private::DesiredOutcome {
        {
            let _ = client;
            change.unknown()
        }
    }
}
