//! Shared access signatures: the MQTT passwords of the provisioning service and the hub.
//!
//! Source: protocol of both services; the signature is over the `sr` text exactly as it stands in the token, a line
//! feed, and the expiry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::DeviceKey;
use crate::convention::percent_encode;

/// A token for `resource` that ends at `expiry` (Unix seconds). `key_name` is `registration` for the provisioning
/// service and absent for a hub's device key.
pub(crate) fn sas_token(
    key: &DeviceKey,
    resource: &str,
    expiry: u64,
    key_name: Option<&str>,
) -> SecretString {
    let resource = percent_encode(resource);
    let signature = STANDARD.encode(key.sign(format!("{resource}\n{expiry}").as_bytes()));
    let signature = percent_encode(&signature);
    let name = key_name.map(|name| format!("&skn={name}")).unwrap_or_default();
    SecretString::from(format!("SharedAccessSignature sr={resource}&sig={signature}&se={expiry}{name}"))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_token_is_the_one_other_implementations_compute() {
        let key = DeviceKey::from_base64("Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=").unwrap();
        let token = sas_token(&key, "my-hub.azure-devices.net/devices/sn-007", 1_700_000_000, None);
        assert_eq!(
            token.expose_secret(),
            "SharedAccessSignature sr=my-hub.azure-devices.net%2Fdevices%2Fsn-007\
             &sig=x8Fu0dhOEurTfGwAsoGOAmxKzVIzvqFDNiG7AhugKOY%3D&se=1700000000"
        );
        let token = sas_token(&key, "0ne1/registrations/a", 1, Some("registration"));
        assert!(token.expose_secret().ends_with("&se=1&skn=registration"));
    }
}
