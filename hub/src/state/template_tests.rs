//! Tests of templates: what operators see when, and which device has which.

use serde_json::{Value, json};

use super::templates::{Target, TemplateError};
use super::tests::{NOW, read_model, sensor_model, state};
use super::{Effect, State, StateError, StoreKey};
use crate::template::generate::Wanted;
use crate::template::json as form;
use crate::template::tile::TileKind;
use crate::template::view::View;
use crate::topic::{Followed, Topic};
use crate::view::Convention;

const SENSOR: &str = include_str!("../../../models/environmental_sensor.json");

/// A state with the draft of a model's text; the template's id is `id`.
fn imported(text: &str) -> (State, String) {
    let mut state = state();
    let model = read_model(text);
    let id = state.import_template(model.into(), None, NOW).unwrap().id.clone();
    (state, id)
}

fn any(id: &str) -> Target<'_> {
    Target { id, etag: None }
}

fn operator(state: &State, id: &str) -> Value {
    form::published(state.template(id).unwrap(), &[]).unwrap_or_default()
}

fn tiles(state: &State, id: &str, slug: &str) -> Vec<(TileKind, String)> {
    let views = &state.template(id).unwrap().draft.views;
    let view = views.iter().find(|view| view.slug == slug).unwrap();
    view.tiles.iter().map(|tile| (tile.kind, tile.capabilities.join(" "))).collect()
}

#[test]
fn the_tutorial_model_has_nine_capabilities_of_the_sensor_and_eight_of_the_device() {
    let (state, id) = imported(SENSOR);
    let detail = form::detail(state.template(&id).unwrap(), 0, &[]);
    let count = |group: &str| {
        let all = detail["capabilities"].as_array().unwrap();
        all.iter().filter(|one| one["group"] == group).count()
    };
    assert_eq!((count("sensor"), count("deviceinfo")), (9, 8));
    assert_eq!((&detail["wireFormat"], &detail["origin"]), (&json!("2020"), &json!("dcm")));
    assert_eq!((id.as_str(), &detail["state"]), ("environmental-sensor-device", &json!("draft")));
    let capability = |path: &str| {
        detail["capabilities"].as_array().unwrap().iter().find(|one| one["path"] == path).unwrap().clone()
    };
    assert_eq!(capability("temp")["unit"], "°F");
    assert_eq!(capability("totalMemory")["unit"], "kilobytes");
    assert_eq!(
        (&capability("blink")["label"], &capability("rundiagnostics")["async"]),
        (&json!("blink"), &json!(true))
    );
    assert_eq!(capability("brightness")["writable"], true);
}

#[test]
fn the_default_views_are_exactly_those_of_the_rule_and_twice_makes_no_more() {
    let (mut state, id) = imported(SENSOR);
    for times in 0..2 {
        let outcomes = state.generate_views(any(&id), Wanted::default(), NOW).unwrap();
        let made: Vec<_> = outcomes.iter().map(|one| json!(one.outcome)).collect();
        assert_eq!(made, [["created"; 3], ["renewed"; 3]][times]);
        let slugs: Vec<_> =
            state.template(&id).unwrap().draft.views.iter().map(|view| view.slug.clone()).collect();
        assert_eq!(slugs, ["overview", "about", "commands"]);
    }
    let expected = |list: &[(TileKind, &str)]| {
        list.iter().map(|(kind, paths)| (*kind, (*paths).to_owned())).collect::<Vec<_>>()
    };
    use TileKind::{Command, Line, Lkv, Properties};
    assert_eq!(
        tiles(&state, &id, "overview"),
        expected(&[(Lkv, "temp"), (Lkv, "humid"), (Line, "temp"), (Line, "humid")])
    );
    let info = "manufacturer model swVersion osName processorArchitecture processorManufacturer totalStorage \
                totalMemory";
    assert_eq!(
        tiles(&state, &id, "about"),
        expected(&[(Properties, info), (Properties, "state name brightness")])
    );
    assert_eq!(
        tiles(&state, &id, "commands"),
        expected(&[
            (Command, "blink"),
            (Command, "turnon"),
            (Command, "turnoff"),
            (Command, "rundiagnostics")
        ])
    );
}

#[test]
fn tiles_follow_schema_semantic_type_and_unit() {
    let five: String = (0..5)
        .map(|n| format!(r#"{{ "@type": "Telemetry", "name": "n{n}", "schema": "double" }},"#))
        .collect();
    let text = format!(
        r#"{{ "@context": ["dtmi:dtdl:context;2", "dtmi:iotcentral:context;2"], "@id": "dtmi:t:m;1", "@type": "Interface",
        "contents": [{five}
            {{ "@type": ["Telemetry", "Temperature"], "name": "t", "schema": "double", "unit": "degreeCelsius" }},
            {{ "@type": "Telemetry", "name": "on", "schema": "boolean" }},
            {{ "@type": ["Telemetry", "Event"], "name": "alarm", "schema": "string" }},
            {{ "@type": ["Telemetry", "State"], "name": "mode", "schema": {{ "@type": "Enum", "valueSchema": "integer",
                "enumValues": [{{ "name": "off", "enumValue": 0 }}] }} }},
            {{ "@type": "Telemetry", "name": "at", "schema": "dateTime" }},
            {{ "@type": "Telemetry", "name": "place", "schema": {{ "@type": "Object",
                "fields": [{{ "name": "x", "schema": "double" }}] }} }}
        ] }}"#
    );
    let (mut state, id) = imported(&text);
    let outcomes = state.generate_views(any(&id), Wanted::default(), NOW).unwrap();
    let messages: Vec<_> = outcomes.iter().map(|one| one.message.as_str()).collect();
    let empty = [
        "About was not made: the model has no properties",
        "Commands was not made: the model has no commands",
    ];
    assert_eq!(messages[1..], empty);
    let found: Vec<String> = tiles(&state, &id, "overview")
        .into_iter()
        .map(|(kind, paths)| format!("{} {paths}", json!(kind).as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            "lkv n0",
            "lkv n1",
            "lkv n2",
            "lkv n3",
            "lkv n4",
            "lkv t",
            "lkv on",
            "events alarm",
            "lkv mode",
            "lkv at",
            "lkv place",
            "line n0 n1 n2 n3",
            "line n4",
            "line t",
            "state on",
            "state mode",
        ]
    );
}

#[test]
fn an_edited_view_is_kept_when_views_are_generated_again() {
    let (mut state, id) = imported(SENSOR);
    state.generate_views(any(&id), Wanted::default(), NOW).unwrap();
    let mut view = state.template(&id).unwrap().draft.views[0].clone();
    view.tiles.truncate(1);
    state.put_view(any(&id), Some("overview"), view, NOW).unwrap();
    let outcomes = state.generate_views(any(&id), Wanted::default(), NOW).unwrap();
    assert_eq!(json!(outcomes[0].outcome), "kept");
    assert_eq!(tiles(&state, &id, "overview").len(), 1);
}

#[test]
fn customising_changes_what_is_shown_and_not_the_models_text() {
    let (mut state, id) = imported(SENSOR);
    let changes = json!({ "state": { "trueName": "Online", "falseName": "Offline", "displayName": "Device" },
        "temp": { "displayUnit": "F", "decimals": 0 } });
    state.customize_template(any(&id), serde_json::from_value(changes).unwrap(), NOW).unwrap();
    let template = state.template(&id).unwrap();
    let detail = form::detail(template, 0, &[]);
    let find = |path: &str| {
        detail["capabilities"].as_array().unwrap().iter().find(|one| one["path"] == path).unwrap().clone()
    };
    assert_eq!(find("state")["display"], json!({ "trueName": "Online", "falseName": "Offline" }));
    assert_eq!(
        (&find("state")["label"], &find("state")["modelLabel"]),
        (&json!("Device"), &json!("Device State"))
    );
    assert_eq!((&find("temp")["unit"], &find("temp")["modelUnit"]), (&json!("F"), &json!("°F")));
    assert_eq!(template.draft.model.text, SENSOR);
}

#[test]
fn a_customisation_that_does_not_suit_is_told_at_its_place() {
    let (mut state, id) = imported(SENSOR);
    let changes = json!({ "temp": { "trueName": "x", "color": "red", "min": 3, "max": 3 }, "nothing": { "decimals": 1 },
        "brightness": { "initialValue": "x" }, "blink": { "decimals": 2 } });
    let error =
        state.customize_template(any(&id), serde_json::from_value(changes).unwrap(), NOW).unwrap_err();
    let StateError::Template(TemplateError::Invalid(details)) = error else { panic!("{error}") };
    let mut places: Vec<_> = details.iter().map(|detail| detail.pointer.as_str()).collect();
    places.sort_unstable();
    let expected = [
        "/blink/decimals",
        "/brightness/initialValue",
        "/nothing",
        "/temp/color",
        "/temp/max",
        "/temp/trueName",
    ];
    assert_eq!(places, expected);
    assert!(
        serde_json::from_value::<crate::template::customization::Customization>(json!({ "typo": 1 }))
            .is_err()
    );
}

#[test]
fn a_read_only_property_cannot_be_editable_in_a_form() {
    let (mut state, id) = imported(SENSOR);
    let form = |editable: bool| -> View {
        serde_json::from_value(json!({ "kind": "form", "name": "Properties", "columns": 1, "sections": [
            { "title": "Light", "fields": [{ "path": "brightness", "editable": true }, { "path": "name", "editable": true },
                { "path": "state", "editable": editable }] }] }))
        .unwrap()
    };
    let error = state.put_view(any(&id), None, form(true), NOW).unwrap_err();
    let StateError::Template(TemplateError::Invalid(details)) = error else { panic!("{error}") };
    assert_eq!(details[0].pointer, "/sections/0/fields/2");
    assert!(details[0].message.contains("read-only"), "{details:?}");
    assert_eq!(state.put_view(any(&id), None, form(false), NOW).unwrap(), "properties");
}

#[test]
fn operators_see_a_draft_only_when_it_is_published() {
    let (mut state, id) = imported(SENSOR);
    assert_eq!(operator(&state, &id), Value::Null);
    state.create("d1", None, true, NOW).unwrap();
    let refused = state.assign_template("d1", Some(&id));
    assert_eq!(refused, Err(TemplateError::NotPublished.into()));
    state.publish_template(any(&id), NOW).unwrap();
    state.assign_template("d1", Some(&id)).unwrap();
    assert_eq!(operator(&state, &id)["views"], json!([]));
    state.generate_views(any(&id), Wanted::default(), NOW).unwrap();
    assert_eq!(operator(&state, &id)["views"], json!([]));
    assert_eq!(state.template(&id).unwrap().draft_changes(), ["views"]);
    state.publish_template(any(&id), NOW).unwrap();
    assert_eq!(operator(&state, &id)["views"].as_array().unwrap().len(), 3);
    assert_eq!(state.publish_template(any(&id), NOW), Err(TemplateError::NothingNew.into()));
}

#[test]
fn a_breaking_change_is_not_published_but_becomes_a_new_version_to_which_devices_move() {
    let (mut state, id) = imported(SENSOR);
    state.publish_template(any(&id), NOW).unwrap();
    state.create("d1", None, true, NOW).unwrap();
    state.assign_template("d1", Some(&id)).unwrap();
    let other = SENSOR.replace("\"name\": \"humid\"", "\"name\": \"humidity\"");
    let model = read_model(&other);
    state.replace_template_model(any(&id), model.into(), NOW).unwrap();
    let error = state.publish_template(any(&id), NOW).unwrap_err();
    let StateError::Template(TemplateError::Breaking(details)) = error else { panic!("{error}") };
    assert_eq!((details.len(), &*details[0].pointer), (1, "/humid"));
    let new = state.new_template_version(any(&id), None, NOW).unwrap();
    let (new_id, name, version) = (new.id.clone(), new.name.clone(), new.version);
    assert_eq!((&*name, version), ("Environmental Sensor Device v2", 2));
    state.revert_template(any(&id), NOW).unwrap();
    assert!(state.migrate_devices(Some(&id), &[], &new_id).is_err(), "it is a draft");
    state.publish_template(any(&new_id), NOW).unwrap();
    assert_eq!(state.migrate_devices(Some(&id), &[], &new_id), Ok(1));
    assert_eq!((state.device_count(&id), state.device_count(&new_id)), (0, 1));
    // the device comes back with the same model, and stays
    let session = state.next_session();
    let announced = Some("urn:device_model:environmental_sensor:1");
    state.connect("d1", session, announced, true, NOW).unwrap();
    assert_eq!(state.device("d1").unwrap().record.template.as_ref(), Some(&new_id));
}

#[test]
fn an_addition_is_published_without_a_new_version() {
    let (mut state, id) = imported(SENSOR);
    state.publish_template(any(&id), NOW).unwrap();
    let more = SENSOR.replacen(
        "\"contents\": [",
        r#""contents": [{ "@type": "Telemetry", "name": "light", "schema": "double" },"#,
        1,
    );
    let model = read_model(&more);
    state.replace_template_model(any(&id), model.into(), NOW).unwrap();
    assert_eq!(state.template(&id).unwrap().draft_changes(), ["model"]);
    state.publish_template(any(&id), NOW).unwrap();
}

#[test]
fn a_template_with_devices_is_not_deleted() {
    let (mut state, id) = imported(SENSOR);
    state.publish_template(any(&id), NOW).unwrap();
    state.create("d1", None, true, NOW).unwrap();
    state.assign_template("d1", Some(&id)).unwrap();
    assert_eq!(state.delete_template(any(&id)), Err(TemplateError::InUse { devices: 1 }.into()));
    state.assign_template("d1", None).unwrap();
    state.delete_template(any(&id)).unwrap();
    assert!(state.template(&id).is_err());
}

#[test]
fn an_edit_of_what_was_changed_meanwhile_is_refused() {
    let (mut state, id) = imported(SENSOR);
    let etag = state.template(&id).unwrap().etag();
    let target = Target { id: &id, etag: Some(&etag) };
    state.rename_template(target, "One", NOW).unwrap();
    let late = state.rename_template(target, "Two", NOW);
    assert!(matches!(late, Err(StateError::Template(TemplateError::Changed { .. }))), "{late:?}");
    assert_eq!(state.template(&id).unwrap().name, "One");
}

#[test]
fn a_device_gets_the_template_of_the_model_that_it_announces() {
    let (mut state, id) = imported(SENSOR);
    let model = "urn:device_model:environmental_sensor:1";
    state.create("d1", None, true, NOW).unwrap();
    let connect = |state: &mut State, model: &str| {
        let session = state.next_session();
        state.connect("d1", session, Some(model), true, NOW).unwrap();
    };
    connect(&mut state, model);
    assert_eq!(state.device("d1").unwrap().record.template, None, "a draft takes no devices");
    state.publish_template(any(&id), NOW).unwrap();
    assert_eq!(state.device("d1").unwrap().record.template.as_ref(), Some(&id), "it was waiting for it");
    // a model that the program gave becomes a template by itself
    state.add_model(sensor_model());
    connect(&mut state, "urn:test:sensor:1");
    assert_eq!(state.device("d1").unwrap().record.template.as_deref(), Some("sensor"));
    assert_eq!(operator(&state, "sensor")["views"][0]["slug"], "about");
    // and one that nobody knows changes nothing
    connect(&mut state, "urn:nobody:knows:1");
    assert_eq!(state.device("d1").unwrap().record.template.as_deref(), Some("sensor"));
}

#[test]
fn a_given_model_is_followed_and_what_was_customised_stays() {
    let mut state = state();
    crate::models::add_to(&mut state, "s.json", SENSOR, NOW).unwrap();
    let id = "environmental-sensor-device";
    let changes = json!({ "state": { "trueName": "Online" } });
    state.customize_template(any(id), serde_json::from_value(changes).unwrap(), NOW).unwrap();
    let celsius = SENSOR.replace("Temperature/fahrenheit", "Temperature/celsius");
    crate::models::add_to(&mut state, "s.json", &celsius, NOW).unwrap();
    let shown = operator(&state, id);
    let temp = shown["capabilities"].as_array().unwrap().iter().find(|one| one["path"] == "temp").unwrap();
    assert_eq!(temp["unit"], "°C");
    let template = state.template(id).unwrap();
    assert_eq!(template.draft.customizations.len(), 1);
    assert_eq!(state.templates().count(), 1);
}

#[test]
fn a_template_comes_back_from_its_record() {
    let (mut state, id) = imported(SENSOR);
    state.generate_views(any(&id), Wanted::default(), NOW).unwrap();
    state.publish_template(any(&id), NOW).unwrap();
    let changes = json!({ "state": { "trueName": "Online" } });
    state.customize_template(any(&id), serde_json::from_value(changes).unwrap(), NOW).unwrap();
    let mut again = super::tests::state();
    for (key, bytes) in state.take_changes().records {
        again.restore(&key, &bytes.unwrap()).unwrap();
    }
    let (before, after) = (state.template(&id).unwrap(), again.template(&id).unwrap());
    assert_eq!(before.draft, after.draft);
    assert_eq!(before.published, after.published);
    assert_eq!(after.draft_changes(), ["customizations"]);
    assert!(again.restore(&StoreKey::Template(id), b"{").is_err());
}

#[test]
fn labels_are_in_the_asked_language_where_the_model_has_it() {
    let text = SENSOR
        .replace("\"displayName\": \"Device State\"", r#""displayName": { "en": "State", "de": "Zustand" }"#);
    let (mut state, id) = imported(&text);
    let label = |state: &State, languages: &[&str]| {
        let languages: Vec<String> = languages.iter().map(|code| (*code).to_owned()).collect();
        let found = state.template(&id).unwrap().draft.capabilities(&languages);
        found.into_iter().find(|one| one.path == "state").unwrap().label
    };
    assert_eq!(label(&state, &["fr", "de-AT"]), "Zustand");
    assert_eq!(label(&state, &["fr"]), "State");
    let changes = json!({ "state": { "displayName": "Own" } });
    state.customize_template(any(&id), serde_json::from_value(changes).unwrap(), NOW).unwrap();
    assert_eq!(label(&state, &["de"]), "Own");
}

#[test]
fn a_cloud_property_is_kept_with_the_device_and_never_sent() {
    let (mut state, id) = imported(SENSOR);
    let cloud = |name: &str, schema: &str| json!([{ "name": name, "schema": schema }]);
    let set = |state: &mut State, list: Value| {
        state.set_cloud_properties(any(&id), serde_json::from_value(list).unwrap(), NOW)
    };
    assert!(set(&mut state, cloud("brightness", "long")).is_err(), "the model has the name");
    set(&mut state, cloud("site", "string")).unwrap();
    state.publish_template(any(&id), NOW).unwrap();
    state.create("d1", None, true, NOW).unwrap();
    state.assign_template("d1", Some(&id)).unwrap();
    let write = |value: Value| {
        let write = json!([{ "name": "site", "value": value }]);
        serde_json::from_value::<Vec<super::PropertyWrite>>(write).unwrap()
    };
    assert!(state.write_properties("d1", &write(json!(5)), NOW).is_err());
    assert_eq!(state.write_properties("d1", &write(json!("Hall 7")), NOW), Ok(1), "the version as it was");
    let site = |state: &State| {
        let all = json!(state.properties_of("d1"));
        all.as_array().unwrap().iter().find(|one| one["name"] == "site").unwrap()["desired"].clone()
    };
    assert_eq!(site(&state), "Hall 7");
    assert!(state.device("d1").unwrap().record.twin.desired.values().is_empty());
    state.write_properties("d1", &write(Value::Null), NOW).unwrap();
    assert_eq!(site(&state), Value::Null);
}

#[test]
fn another_model_id_or_wire_format_breaks_devices() {
    let (mut state, id) = imported(SENSOR);
    state.publish_template(any(&id), NOW).unwrap();
    let renamed = read_model(
        &SENSOR.replace("urn:device_model:environmental_sensor:1", "urn:device_model:other_sensor:1"),
    );
    let published_id = state.template(&id).unwrap().model_id().to_owned();
    assert_ne!(renamed.view.id, published_id);
    let mut reworded = read_model(SENSOR);
    reworded.view.convention = Convention::Pnp;
    reworded.text.push(' ');
    for (model, word) in [(renamed, "id"), (reworded, "wire")] {
        state.replace_template_model(any(&id), model.into(), NOW).unwrap();
        let Err(StateError::Template(TemplateError::Breaking(changes))) =
            state.publish_template(any(&id), NOW)
        else {
            panic!("{word} is no breaking change");
        };
        assert!(
            changes.iter().any(|one| one.pointer == "/model" && one.message.contains(word)),
            "{changes:?}"
        );
    }
}

#[test]
fn a_view_never_has_the_address_of_the_page_that_makes_one() {
    let (mut state, id) = imported(SENSOR);
    let view = serde_json::from_value(json!({ "name": "New", "kind": "view" }));
    let slug = state.put_view(any(&id), None, view.unwrap(), NOW).unwrap();
    assert_eq!(slug, "new-2");
}

#[test]
fn a_migration_of_many_devices_tells_of_each_template_once() {
    let (mut state, from) = imported(SENSOR);
    let to = state.import_template(sensor_model().into(), None, NOW).unwrap().id.clone();
    for id in [&from, &to] {
        state.publish_template(any(id), NOW).unwrap();
    }
    for number in 0..50 {
        let id = format!("d{number}");
        state.create(&id, None, true, NOW).unwrap();
        state.assign_template(&id, Some(&from)).unwrap();
    }
    state.followed = Followed::new([Topic::Templates].iter());
    let _ = state.take_effects();
    assert_eq!(state.migrate_devices(Some(&from), &[], &to), Ok(50));
    let told: Vec<(Value, Value)> = state
        .take_effects()
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Emit(event) if event.name == "template" => {
                Some((event.data["id"].clone(), event.data["deviceCount"].clone()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.contains(&(json!(from), json!(0))) && told.contains(&(json!(to), json!(50))), "{told:?}");
}
