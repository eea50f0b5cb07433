//! User names of the CONNECT packets, and what provisioning says about the model.
//!
//! A DTMI is announced to the hub in the user name; a `urn:` capability model id is not known to it and goes to the
//! provisioning service only.

use serde_json::{Map, json};

use super::{Principal, percent_encode};
use crate::json::Json;
use crate::table::{Convention, ModelTable};

/// The provisioning service's API version in use.
const PROVISIONING_VERSION: &str = "2019-03-31";
/// The hub's API version in use. Without one, twin operations answer 400.
pub(crate) const HUB_VERSION: &str = "2021-04-12";
const CLIENT_TYPE: &str = concat!("device-model/", env!("CARGO_PKG_VERSION"));

/// The provisioning service's user name. There is no `?` before `api-version`, unlike the hub's.
pub(crate) fn provisioning_user(id_scope: &str, registration_id: &str) -> String {
    let client = percent_encode(CLIENT_TYPE);
    format!(
        "{id_scope}/registrations/{registration_id}/api-version={PROVISIONING_VERSION}&ClientVersion={client}"
    )
}

/// The hub's user name. A module's has its id after the device's.
pub(crate) fn hub_user(host: &str, principal: &Principal, model: &ModelTable) -> String {
    let client = percent_encode(CLIENT_TYPE);
    let model = match model.id {
        id if id.starts_with("dtmi:") => format!("&model-id={}", percent_encode(id)),
        _ => String::new(),
    };
    format!("{host}/{principal}/?api-version={HUB_VERSION}{model}&DeviceClientType={client}")
}

/// The body of the register request, with the payload that announces the model beside what the application adds.
pub(crate) fn registration(registration_id: &str, model: &ModelTable, added: &Map<String, Json>) -> Json {
    let mut payload = added.clone();
    payload.insert("modelId".to_owned(), model.id.into());
    if model.convention == Convention::Central2020 {
        payload.insert("__iot:interfaces".to_owned(), json!({ "CapabilityModelId": model.id }));
    }
    json!({ "registrationId": registration_id, "payload": payload })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNP: ModelTable =
        ModelTable { id: "dtmi:com:example:Env;1", convention: Convention::Pnp, parts: &[] };
    const CENTRAL: ModelTable =
        ModelTable { id: "urn:contoso:sample_device:1", convention: Convention::Central2020, parts: &[] };

    #[test]
    fn a_dtmi_is_announced_in_the_user_name_and_a_urn_is_not() {
        let (device, version) = (Principal::device("d"), env!("CARGO_PKG_VERSION"));
        assert_eq!(
            hub_user("h.azure-devices.net", &device, &PNP),
            format!(
                "h.azure-devices.net/d/?api-version=2021-04-12&model-id=dtmi%3Acom%3Aexample%3AEnv%3B1\
                 &DeviceClientType=device-model%2F{version}"
            )
        );
        assert!(!hub_user("h", &device, &CENTRAL).contains("model-id"));
    }

    #[test]
    fn a_module_stands_after_its_device() {
        let module = Principal { device_id: "d".to_owned(), module_id: Some("m".to_owned()) };
        assert!(hub_user("h", &module, &PNP).starts_with("h/d/m/?api-version="));
    }

    #[test]
    fn what_the_application_adds_stands_beside_the_model() {
        let Json::Object(added) = json!({ "site": { "floor": 7 } }) else { panic!("it is one") };
        let payload = json!({ "site": { "floor": 7 }, "modelId": PNP.id });
        assert_eq!(registration("d", &PNP, &added), json!({ "registrationId": "d", "payload": payload }));
    }

    #[test]
    fn provisioning_has_no_question_mark_and_tells_both_eras_the_model() {
        assert!(
            provisioning_user("0ne1", "d").starts_with("0ne1/registrations/d/api-version=2019-03-31&Client")
        );
        assert_eq!(
            registration("d", &PNP, &Map::new())["payload"],
            json!({ "modelId": "dtmi:com:example:Env;1" })
        );
        let central = registration("d", &CENTRAL, &Map::new());
        assert_eq!(
            central["payload"]["__iot:interfaces"]["CapabilityModelId"],
            "urn:contoso:sample_device:1"
        );
    }
}
