//! The `#[device_model]` attribute: reads its arguments and the model file, calls the generator and turns what is wrong
//! into compiler errors. Decides nothing about models or generated code; that is `dtdl` and `device-model-codegen`.

mod arguments;
mod device;
mod lookup;
mod model;

use proc_macro::TokenStream;

// The guide stands where this is re-exported, with examples that compile: they need the facade, which needs this crate.
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn device_model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    device::expand(arguments.into(), &item.into()).into()
}
