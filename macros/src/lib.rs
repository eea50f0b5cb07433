//! The `#[device_model]` attribute: reads its arguments and the model file, calls the generator and turns what is wrong
//! into compiler errors. Decides nothing about models or generated code; that is `dtdl` and `device-model-codegen`.

mod arguments;
mod device;
mod model;

use proc_macro::TokenStream;

/// Compiles a DTDL model into the module that stands beside the struct.
///
/// The argument is the model's path, relative to the crate's `Cargo.toml`. The struct stays as it is; beside it comes a
/// module named after it in snake case, which holds
///
/// - `Telemetry` and `Reported`, what the device sends and reports (a field that is `None` is not sent),
/// - `Commands` and `Properties`, the traits that the author implements: one method a command, one setter a writable
///   property,
/// - `Client`, the way to the hub, and the types of the model's Objects and Enums.
///
/// A wrong model is refused with file, line and column. Editing the model rebuilds the crate.
///
/// # Options
///
/// - `convention = "central-2020"` or `"pnp"`: the wire format; the default follows the language version.
/// - `asynchronous("reboot")`: commands that are answered 202 at once and report their result when they are done, for
///   versions of the language that cannot say so.
/// - `rename("fooBar" = "foo_bar_2")`: another Rust name for a name of the model.
/// - `id = "dtmi:com:example:Device;1"`: which Interface of the file is the device.
/// - `crate = path`: where the facade crate is, when it is renamed or re-exported.
///
/// # Components
///
/// A component of the model is a field of the struct with its name in snake case, or one marked
/// `#[component("deviceInformation")]`.
#[proc_macro_attribute]
pub fn device_model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    device::expand(arguments.into(), &item.into()).into()
}
