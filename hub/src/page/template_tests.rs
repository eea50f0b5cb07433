//! Tests of the templates' API, without a socket.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::tests::Site;

const SENSOR: &str = include_str!("../../../models/environmental_sensor.json");
const ID: &str = "environmental-sensor-device";

async fn import(site: &Site, text: &str) -> (StatusCode, Value) {
    let files = json!({ "files": [{ "name": "sensor.json", "text": text }] });
    site.page("POST", "/api/templates", files).await
}

#[tokio::test]
async fn a_file_becomes_a_draft_that_is_exported_as_it_came() {
    let site = Site::new();
    let (status, template) = import(&site, SENSOR).await;
    assert_eq!(
        (status, &template["id"], &template["state"]),
        (StatusCode::CREATED, &json!(ID), &json!("draft"))
    );
    assert_eq!(template["capabilities"].as_array().unwrap().len(), 17);
    let names = json!({ "state": { "trueName": "Online", "falseName": "Offline" } });
    let (status, _) = site.page("PATCH", &format!("/api/templates/{ID}/customizations"), names).await;
    assert_eq!(status, StatusCode::OK);
    let request = Request::get(format!("/api/templates/{ID}/model")).header("host", "localhost:8080");
    let response = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"sensor.json\"");
    assert_eq!(to_bytes(response.into_body(), 1 << 20).await.unwrap(), SENSOR.as_bytes());
}

#[tokio::test]
async fn a_model_that_is_known_is_imported_again_only_on_purpose_and_the_newest_takes_devices() {
    let site = Site::new();
    let new = json!({ "sample": true, "onlyNew": true });
    assert_eq!(site.page("POST", "/api/templates", new.clone()).await.0, StatusCode::CREATED);
    let (status, body) = site.page("POST", "/api/templates", new).await;
    assert_eq!((status, &body["code"]), (StatusCode::CONFLICT, &json!("known")));
    assert_eq!(body["details"][0]["id"], ID);
    let (_, second) = site.page("POST", "/api/templates", json!({ "sample": true })).await;
    let second = second["id"].as_str().unwrap();
    for id in [second, ID] {
        let (status, _) = site.page("POST", &format!("/api/templates/{id}/publish"), Value::Null).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (_, list) = site.page("GET", "/api/templates", Value::Null).await;
    let takes: Vec<_> =
        list["items"].as_array().unwrap().iter().filter(|one| one["takesDevices"] == true).collect();
    let model = json!({ "id": "d1", "modelId": "urn:device_model:environmental_sensor:1" });
    let (_, device) = site.page("POST", "/api/devices", model).await;
    assert_eq!((takes.len(), &takes[0]["id"]), (1, &device["templateId"]));
}

#[tokio::test]
async fn a_file_that_is_wrong_is_refused_with_file_line_column_and_pointer() {
    let site = Site::new();
    let (status, body) = import(&site, &SENSOR.replacen("\"boolean\"", "\"bolean\"", 1)).await;
    assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!("model")));
    let detail = &body["details"][0];
    assert_eq!((&detail["file"], &detail["line"]), (&json!("sensor.json"), &json!(92)));
    assert_eq!(detail["pointer"], "/implements/1/schema/contents/0/schema");
    assert_eq!(site.page("GET", "/api/templates", Value::Null).await.1["total"], 0);
}

#[tokio::test]
async fn a_template_goes_from_the_sample_to_devices_and_is_deleted_when_they_are_gone() {
    let site = Site::new();
    let path = |rest: &str| format!("/api/templates/{ID}{rest}");
    assert_eq!(site.page("POST", "/api/templates", json!({ "sample": true })).await.0, StatusCode::CREATED);
    let (_, made) = site.page("POST", &path("/generateViews"), json!({})).await;
    assert_eq!(made["outcomes"].as_array().unwrap().len(), 3);
    let model = json!({ "id": "d1", "modelId": "urn:device_model:environmental_sensor:1" });
    assert_eq!(site.page("POST", "/api/devices", model.clone()).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(site.page("POST", &path("/publish"), Value::Null).await.0, StatusCode::OK);
    assert_eq!(site.page("POST", "/api/devices", model).await.0, StatusCode::CREATED);
    let (_, device) = site.page("GET", "/api/devices/d1", Value::Null).await;
    assert_eq!(device["template"]["views"].as_array().unwrap().len(), 3);
    assert_eq!(device["device"]["templateId"], ID);
    let (status, refusal) = site.page("DELETE", &path(""), Value::Null).await;
    assert_eq!((status, &refusal["code"]), (StatusCode::CONFLICT, &json!("inUse")));
    let (status, second) = site.page("POST", &path("/version"), json!({ "name": "Second" })).await;
    assert_eq!((status, &second["version"]), (StatusCode::CREATED, &json!(2)));
    site.page("POST", "/api/templates/second/publish", Value::Null).await;
    let all = json!({ "from": ID });
    let (_, moved) = site.page("POST", "/api/templates/second/migrate", all).await;
    assert_eq!(moved, json!({ "migrated": 1 }));
    assert_eq!(site.page("DELETE", &path(""), Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(site.page("GET", &path(""), Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_people_who_edit_at_once_do_not_overwrite_each_other() {
    let site = Site::new();
    let (_, template) = import(&site, SENSOR).await;
    let etag = template["etag"].as_str().unwrap().to_owned();
    let patch = |name: &str| {
        let request = Request::patch(format!("/api/templates/{ID}")).header("host", "localhost:8080");
        let request = request.header("if-match", &etag);
        request.body(Body::from(json!({ "name": name }).to_string())).unwrap()
    };
    assert_eq!(site.send(patch("One")).await.0, StatusCode::OK);
    let (status, body) = site.send(patch("Two")).await;
    assert_eq!((status, &body["code"]), (StatusCode::PRECONDITION_FAILED, &json!("changed")));
}

#[tokio::test]
async fn views_are_added_ordered_changed_and_deleted() {
    let site = Site::new();
    import(&site, SENSOR).await;
    let path = |rest: &str| format!("/api/templates/{ID}/views{rest}");
    let tile = |path: &str| json!({ "type": "line", "capabilities": [path] });
    let view = |name: &str, of: &str| json!({ "kind": "view", "name": name, "tiles": [tile(of)] });
    assert_eq!(site.page("POST", &path(""), view("Air", "temp")).await.0, StatusCode::CREATED);
    let (_, template) = site.page("POST", &path(""), view("Air", "humid")).await;
    assert_eq!(template["views"][1]["slug"], "air-2");
    let (status, body) = site.page("POST", &path(""), view("State", "state")).await;
    assert_eq!(
        (status, &body["details"][0]["pointer"]),
        (StatusCode::BAD_REQUEST, &json!("/tiles/0/capabilities/0"))
    );
    let (_, template) = site.page("PUT", &path(""), json!(["air-2", "air"])).await;
    assert_eq!(template["views"][0]["slug"], "air-2");
    assert_eq!(site.page("PUT", &path(""), json!(["air"])).await.0, StatusCode::BAD_REQUEST);
    let (_, template) = site.page("PUT", &path("/air"), view("Room", "temp")).await;
    assert_eq!(
        (&template["views"][1]["name"], &template["views"][1]["slug"]),
        (&json!("Room"), &json!("air"))
    );
    assert_eq!(site.page("DELETE", &path("/air"), Value::Null).await.0, StatusCode::OK);
    assert_eq!(site.page("DELETE", &path("/air"), Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_cloud_property_is_a_capability_that_the_model_does_not_have() {
    let site = Site::new();
    import(&site, SENSOR).await;
    let path = format!("/api/templates/{ID}/cloudProperties");
    let (status, template) = site.page("PUT", &path, json!([{ "name": "owner", "schema": "string" }])).await;
    assert_eq!(status, StatusCode::OK, "{template}");
    let last = template["capabilities"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["path"], &last["kind"]), (&json!("$cloud/owner"), &json!("cloudProperty")));
    let (status, _) = site.page("PUT", &path, json!([{ "name": "1", "schema": "map" }])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_model_in_several_files_is_one_template() {
    let site = Site::new();
    let file = |name: &str, text: &str| json!({ "name": name, "text": text });
    let files = json!({ "files": [
        file("dtmi/com/example/thermostat-1.json", include_str!("../../../models/dtmi/com/example/thermostat-1.json")),
        file("c.json", include_str!("../../../models/dtmi/com/example/temperaturecontroller-1.json")),
        file("d.json", include_str!("../../../models/dtmi/azure/devicemanagement/deviceinformation-1.json")),
    ] });
    let (_, template) = site.page("POST", "/api/templates", files).await;
    assert_eq!(template["modelId"], "dtmi:com:example:TemperatureController;1");
    let paths: Vec<_> = template["capabilities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    assert!(paths.contains(&"thermostat2/targetTemperature") && paths.contains(&"reboot"), "{paths:?}");
    let file = "/api/templates/temperature-controller/model?file=dtmi%2Fcom%2Fexample%2Fthermostat-1.json";
    let (status, model) = site.page("GET", file, Value::Null).await;
    assert_eq!((status, &model["@id"]), (StatusCode::OK, &json!("dtmi:com:example:Thermostat;1")));
}
