//! Who a device says it is: symmetric keys and the tokens signed with them.
//!
//! Nothing here knows a clock: the expiry of a token is an argument. Begin with [`DeviceKey`] and [`sas_token`].

mod key;
mod sas;

pub use key::DeviceKey;
pub(crate) use sas::sas_token;
