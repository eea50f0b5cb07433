//! The ways a device can prove who it is. A device has exactly one of them: that two are given cannot be written.

use super::{Certificate, DeviceKey, GroupKey, Tokens};

/// How a device proves who it is, to the provisioning service and to its hub.
///
/// Every constructor of a [`Connection`](crate::Connection) takes what can become one: a [`DeviceKey`], a
/// [`GroupKey`], [`Tokens`] or a [`Certificate`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Identity {
    /// A symmetric key of this device. Tokens are signed with it, anew for each connection.
    Key(DeviceKey),
    /// The key of an enrollment group: the device's own key is derived from it and the registration or device id.
    GroupKey(GroupKey),
    /// Tokens that the application gets from elsewhere: the key never enters this process.
    Tokens(Tokens),
    /// An X.509 certificate, presented in the TLS handshake. No token is sent.
    Certificate(Certificate),
}

/// What an identity comes to for one device.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    Key(DeviceKey),
    Tokens(Tokens),
    Certificate(Certificate),
}

impl Identity {
    /// The credential of the device with this id.
    pub(crate) fn of(self, id: &str) -> Credential {
        match self {
            Self::Key(key) => Credential::Key(key),
            Self::GroupKey(group) => Credential::Key(group.device_key(id)),
            Self::Tokens(tokens) => Credential::Tokens(tokens),
            Self::Certificate(certificate) => Credential::Certificate(certificate),
        }
    }
}

impl Credential {
    /// What is presented in the TLS handshake.
    pub(crate) fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::Certificate(certificate) => Some(certificate),
            Self::Key(_) | Self::Tokens(_) => None,
        }
    }
}

impl From<DeviceKey> for Identity {
    fn from(key: DeviceKey) -> Self {
        Self::Key(key)
    }
}

impl From<GroupKey> for Identity {
    fn from(key: GroupKey) -> Self {
        Self::GroupKey(key)
    }
}

impl From<Tokens> for Identity {
    fn from(tokens: Tokens) -> Self {
        Self::Tokens(tokens)
    }
}

impl From<Certificate> for Identity {
    fn from(certificate: Certificate) -> Self {
        Self::Certificate(certificate)
    }
}
