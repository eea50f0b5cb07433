//! Shared access policies: what each of them allows.
//!
//! Decides nothing about tokens; [`crate::sas`] does. The keys of the policies are in [`crate::settings`]. Begin with
//! [`allows`]. Facts: protocol reference, 5.1, and IoT Hub's reference of its permissions.

/// What a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    RegistryRead,
    RegistryWrite,
    /// Twins, methods, queries, messages to devices and from them.
    Service,
    /// Everything of the provisioning service.
    Provisioning,
    /// What a device does itself. A device's own key has it, for that device.
    Device,
    /// The route checks by itself.
    Own,
}

/// What each policy allows.
const RIGHTS: [(&str, &[Right]); 6] = [
    (
        "iothubowner",
        &[Right::RegistryRead, Right::RegistryWrite, Right::Service, Right::Device, Right::Provisioning],
    ),
    ("provisioningserviceowner", &[Right::Provisioning]),
    ("service", &[Right::Service]),
    ("device", &[Right::Device]),
    ("registryRead", &[Right::RegistryRead]),
    ("registryReadWrite", &[Right::RegistryRead, Right::RegistryWrite]),
];

/// Whether a policy has a right.
pub(crate) fn allows(policy: &str, right: Right) -> bool {
    RIGHTS.iter().any(|(name, rights)| *name == policy && rights.contains(&right))
}

/// The policies that have a right.
pub(crate) fn with_right(right: Right) -> impl Iterator<Item = &'static str> {
    RIGHTS.iter().filter(move |(_, rights)| rights.contains(&right)).map(|(name, _)| *name)
}
