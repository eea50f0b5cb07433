//! Who a device says it is: keys, tokens of the application, certificates.
//!
//! Nothing here knows a clock or a socket: the expiry of a token is an argument, a certificate only answers the TLS
//! handshake. An [`Identity`] is one of these ways, never two. Begin with it.

mod certificate;
mod identity;
mod key;
mod sas;
mod signer;
mod tokens;

pub use certificate::Certificate;
pub(crate) use certificate::certificates;
pub(crate) use identity::Credential;
pub use identity::Identity;
pub use key::{DeviceKey, GroupKey};
pub(crate) use sas::sas_token;
pub use signer::{SignatureScheme, Signer};
pub use tokens::{Token, TokenFuture, TokenProvider, TokenRequest, Tokens};
