//! Tests of registering: who becomes which device, and what a second registration changes.

use serde_json::json;

use super::enrollment::{Pair, Reprovision};
use super::registration::{Outcome, Substatus};
use super::*;
use crate::certificate::tests::{device, signer, signer_until, unverified};
use crate::certificate::{Certificate, ClientCertificate, Thumbprint};
use crate::provisioning::{Ask, Request};
use crate::sas::Key;
use crate::state::StoreKey;
use crate::state::standing::Standing;
use crate::state::tests::{NOW, device_token, group_token, state};

type Registered = Result<Outcome, RegistrationRefused>;

fn register(state: &mut State, id: &str, token: &str) -> Registered {
    state.register("0neTEST", id, token, &Value::Null, NOW).map(|one| one.outcome.clone())
}

fn register_with(state: &mut State, id: &str, certificate: &ClientCertificate) -> Registered {
    let mut verified = unverified(certificate);
    if let Some(question) = state.question_of_registration(id, &verified, NOW) {
        verified.answer(&question);
    }
    let presented = Presented { password: "", certificate: Some(&verified) };
    state.register("0neTEST", id, presented, &Value::Null, NOW).map(|one| one.outcome.clone())
}

fn assigned(device: &str, substatus: Substatus) -> Registered {
    Ok(Outcome::Assigned { device: device.to_owned(), substatus })
}

fn first(device: &str) -> Registered {
    assigned(device, Substatus::InitialAssignment)
}

/// An individual enrollment with a key, and a token of it.
fn enroll(state: &mut State, id: &str, settings: Settings) -> String {
    let known = state.provisioning.individuals.get(&key(id)).cloned();
    let attestation = known.map_or_else(
        || Attestation::Keys { primary: Key::random().unwrap(), secondary: Key::random().unwrap() },
        |known| known.attestation,
    );
    let Attestation::Keys { primary, .. } = &attestation else { panic!("it has keys") };
    let token = device_token(&format!("0neTEST/registrations/{id}"), primary);
    state.enroll(Kind::Individual, id, attestation, settings, Some("*"), NOW).unwrap();
    token
}

fn object(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn reads_the_model_id_of_all_three_eras() {
    let eras = [
        json!({ "modelId": "dtmi:x;1" }),
        json!({ "iotcModelId": "dtmi:x;1" }),
        json!({ "__iot:interfaces": { "CapabilityModelId": "dtmi:x;1" } }),
    ];
    for payload in eras {
        assert_eq!(announced_model(&payload), Some("dtmi:x;1"), "{payload}");
    }
    assert_eq!(announced_model(&Value::Null), None);
}

#[test]
fn makes_a_device_for_a_derived_key_and_finds_it_again_in_any_case() {
    let mut state = state();
    let payload = json!({ "modelId": "dtmi:m;1" });
    for id in ["d1", "d1", "D1"] {
        let token = group_token(&state, id);
        let outcome = state.register("0neTEST", id, &token, &payload, NOW).map(|one| one.outcome.clone());
        assert_eq!(outcome, first("d1"));
    }
    let record = &state.device("d1").unwrap().record;
    assert_eq!(record.model_id.as_deref(), Some("dtmi:m;1"));
    assert_eq!(record.standing(), Standing::Provisioned);
    assert_eq!(state.registrations_of("DEFAULT", None).count(), 1);
}

#[test]
fn either_key_of_a_group_will_do_and_the_device_gets_both_derived_ones() {
    let mut state = state();
    let DeviceKeys { primary, secondary } = state.provisioning.own_keys.clone();
    let token = device_token("0neTEST/registrations/d1", &secondary.derive("d1"));
    assert_eq!(register(&mut state, "d1", &token), first("d1"));
    let record = &state.device("d1").unwrap().record;
    assert_eq!((&record.primary, &record.secondary), (&primary.derive("d1"), &secondary.derive("d1")));
}

#[test]
fn takes_a_device_of_the_registry_by_its_own_key_only() {
    let mut state = state();
    state.create("own", None, true, NOW).unwrap();
    let key = state.device("own").unwrap().record.primary.clone();
    let foreign = group_token(&state, "own");
    let refused = register(&mut state, "own", &foreign);
    assert_eq!(refused, Err(RegistrationRefused::Token(SasError::WrongKey)));
    let own = device_token("0neTEST/registrations/own", &key);
    assert_eq!(register(&mut state, "own", &own), first("own"));
}

#[test]
fn a_device_that_was_prepared_comes_with_the_key_that_the_default_group_derives_for_it() {
    let mut state = state();
    state.prepare("d1", NOW).unwrap();
    assert_eq!(state.device("d1").unwrap().record.primary, state.group_key().derive("d1"));
    let token = group_token(&state, "d1");
    assert_eq!(register(&mut state, "d1", &token), first("d1"));
    let closed = Settings { enabled: false, ..Settings::default() };
    let keys = Attestation::keys(&state.provisioning.own_keys);
    state.enroll(Kind::Group, DEFAULT_GROUP, keys, closed, Some("*"), NOW).unwrap();
    state.prepare("d2", NOW).unwrap();
    assert_ne!(state.device("d2").unwrap().record.primary, state.group_key().derive("d2"));
}

#[test]
fn a_new_device_waits_for_approval_when_it_is_not_automatic() {
    let mut state = state();
    state.set_approval(Approval::Operator);
    let token = group_token(&state, "d1");
    for _ in 0..2 {
        let waits = Err(RegistrationRefused::Waiting { device: "d1".into() });
        assert_eq!(register(&mut state, "d1", &token), waits);
    }
    assert_eq!(state.device("d1").unwrap().record.standing(), Standing::Waiting);
    assert!(matches!(state.registration("d1").unwrap().outcome, Outcome::Unassigned { .. }));
    let bad = device_token("0neTEST/registrations/d2", &Key::random().unwrap());
    assert!(register(&mut state, "d2", &bad).is_err());
    assert!(state.device("d2").is_err(), "only good credentials make a device that waits");
    state.approve("d1", NOW).unwrap();
    assert_eq!(register(&mut state, "d1", &token), first("d1"));
    assert_eq!(state.device("d1").unwrap().record.standing(), Standing::Provisioned);
    let individual = enroll(&mut state, "d3", Settings::default());
    assert_eq!(register(&mut state, "d3", &individual), first("d3"), "its enrollment is its approval");
}

#[test]
fn refuses_a_blocked_device_another_scope_and_another_resource() {
    let mut state = state();
    let token = group_token(&state, "d1");
    register(&mut state, "d1", &token).unwrap();
    state.block("d1", NOW).unwrap();
    assert_eq!(register(&mut state, "d1", &token), Err(RegistrationRefused::Blocked));
    let refused = state.register("0neX", "d1", &token, &Value::Null, NOW).map(drop);
    assert!(matches!(refused, Err(RegistrationRefused::Scope { .. })));
    let refused = register(&mut state, "d2", &token);
    assert!(matches!(refused, Err(RegistrationRefused::Token(SasError::WrongResource { .. }))));
}

#[test]
fn an_individual_enrollment_names_the_device_and_gives_it_a_twin() {
    let mut state = state();
    let settings = Settings {
        device_id: Some("kitchen".into()),
        tags: object(&json!({ "room": "kitchen" })),
        desired: object(&json!({ "interval": 5 })),
        ..Settings::default()
    };
    let token = enroll(&mut state, "R1", settings);
    assert_eq!(register(&mut state, "R1", &token), first("kitchen"));
    let twin = &state.device("kitchen").unwrap().record.twin;
    assert_eq!((&twin.tags["room"], &twin.desired.values()["interval"]), (&json!("kitchen"), &json!(5)));
    let foreign = group_token(&state, "R1");
    assert!(register(&mut state, "R1", &foreign).is_err(), "it counts alone");
}

#[test]
fn a_disabled_enrollment_ends_as_disabled_and_a_disabled_group_too() {
    let mut state = state();
    let disabled = || Settings { enabled: false, ..Settings::default() };
    let token = enroll(&mut state, "d1", disabled());
    assert_eq!(register(&mut state, "d1", &token), Ok(Outcome::Disabled { device: None }));
    let token = group_token(&state, "d2");
    assert_eq!(register(&mut state, "d2", &token), first("d2"));
    let own = state.enrollment(Kind::Group, "default").unwrap().attestation.clone();
    state.enroll(Kind::Group, "default", own, disabled(), Some("*"), NOW).unwrap();
    assert_eq!(register(&mut state, "d2", &token), Ok(Outcome::Disabled { device: Some("d2".into()) }));
    assert!(state.device("d1").is_err());
}

#[test]
fn the_reprovision_policy_says_what_a_second_registration_does_to_the_twin() {
    let kept = json!({ "a": 1 });
    for (update, migrate, substatus, reported) in [
        (true, true, Substatus::InitialAssignment, Some(&kept["a"])),
        (true, false, Substatus::DeviceDataReset, None),
        (false, false, Substatus::InitialAssignment, Some(&kept["a"])),
    ] {
        let mut state = state();
        let reprovision = Reprovision { update, migrate };
        let tags = object(&json!({ "room": "kitchen" }));
        let token = enroll(&mut state, "d1", Settings { reprovision, tags, ..Settings::default() });
        assert_eq!(register(&mut state, "d1", &token), first("d1"));
        state.report("d1", &object(&kept), NOW).unwrap();
        let gone = object(&json!({ "room": null }));
        state.patch_twin("d1", None, Some(&gone), NOW).unwrap();
        assert_eq!(register(&mut state, "d1", &token), assigned("d1", substatus));
        let twin = &state.device("d1").unwrap().record.twin;
        assert_eq!(twin.reported.values().get("a"), reported, "{update} {migrate}");
        assert_eq!(twin.tags.contains_key("room"), reported.is_none(), "{update} {migrate}");
    }
}

#[test]
fn an_enrollment_with_another_device_id_moves_its_device_as_the_policy_says() {
    for (update, migrate, device, substatus, reported) in [
        (true, true, "new", Substatus::DeviceDataMigrated, true),
        (true, false, "new", Substatus::DeviceDataReset, false),
        (false, true, "old", Substatus::InitialAssignment, true),
    ] {
        let mut state = state();
        let reprovision = Reprovision { update, migrate };
        let settings = |id: &str| Settings { device_id: Some(id.into()), reprovision, ..Settings::default() };
        let token = enroll(&mut state, "r", settings("old"));
        assert_eq!(register(&mut state, "r", &token), first("old"));
        state.report("old", &object(&json!({ "a": 1 })), NOW).unwrap();
        enroll(&mut state, "r", settings("new"));
        assert_eq!(register(&mut state, "r", &token), assigned(device, substatus));
        let ids: Vec<_> = state.devices().map(|device| device.record.id.as_str()).collect();
        assert_eq!(ids, [device]);
        let twin = &state.device(device).unwrap().record.twin;
        assert_eq!(twin.reported.values().contains_key("a"), reported, "{update} {migrate}");
    }
}

#[test]
fn a_device_that_was_deleted_in_the_hub_is_made_again() {
    let mut state = state();
    let token = group_token(&state, "d1");
    register(&mut state, "d1", &token).unwrap();
    state.delete("d1").unwrap();
    assert_eq!(register(&mut state, "d1", &token), first("d1"));
}

#[test]
fn a_group_takes_whom_its_authority_names_and_follows_a_renewed_certificate() {
    let mut state = state();
    let (root, stranger) = (signer("root", None), signer("stranger", None));
    let middle = signer("middle", Some(&root));
    let signers = |primary: &crate::certificate::tests::Signer| {
        let of = |signer: &crate::certificate::tests::Signer| {
            Certificate::of_authority(signer.der().clone()).unwrap()
        };
        Attestation::Signers(Pair { primary: of(primary), secondary: Some(of(&root)) })
    };
    state.enroll(Kind::Group, "fleet", signers(&stranger), Settings::default(), None, NOW).unwrap();
    let [old, new] = [1, 2].map(|_| device("D1", &[&middle]));
    for presented in [&old, &new] {
        assert_eq!(register_with(&mut state, "d1", presented), first("d1"));
        let presented = unverified(presented);
        let hub = Presented { password: "", certificate: Some(&presented) };
        assert!(state.authenticate("d1", hub, NOW).is_ok(), "the hub knows it by this one from now on");
    }
    let old = unverified(&old);
    let hub = Presented { password: "", certificate: Some(&old) };
    assert!(state.authenticate("d1", hub, NOW).is_err());
    let foreign = device("d2", &[&signer("other", None)]);
    let refused = register_with(&mut state, "d2", &foreign).unwrap_err();
    assert!(matches!(refused, RegistrationRefused::Certificate(CertificateError::Chain(_))), "{refused}");
    let refused = register_with(&mut state, "d3", &new).unwrap_err();
    assert!(matches!(refused, RegistrationRefused::Certificate(CertificateError::Name { .. })), "{refused}");
}

#[test]
fn an_individual_enrollment_knows_its_device_by_either_certificate() {
    let mut state = state();
    let [primary, secondary, other] = [1, 2, 3].map(|_| device("d1", &[]));
    let of = |one: &ClientCertificate| Certificate::new(one.der().to_vec().into()).unwrap();
    let known = Attestation::Client(Pair { primary: of(&primary), secondary: Some(of(&secondary)) });
    state.enroll(Kind::Individual, "d1", known, Settings::default(), None, NOW).unwrap();
    assert_eq!(register_with(&mut state, "d1", &primary), first("d1"));
    assert_eq!(register_with(&mut state, "d1", &secondary), first("d1"));
    let unknown = CertificateError::Unknown(Thumbprint::of(other.der()));
    assert_eq!(register_with(&mut state, "d1", &other), Err(RegistrationRefused::Certificate(unknown)));
    let absent = Err(RegistrationRefused::Certificate(CertificateError::Absent));
    assert_eq!(register(&mut state, "d1", ""), absent);
}

#[test]
fn a_group_may_name_authorities_of_the_hub() {
    let mut state = state();
    let root = signer("root", None);
    let names = Attestation::Authorities(Pair { primary: "root".to_owned(), secondary: None });
    state.enroll(Kind::Group, "fleet", names, Settings::default(), None, NOW).unwrap();
    let presented = device("d1", &[&root]);
    let refused = register_with(&mut state, "d1", &presented);
    assert_eq!(refused, Err(RegistrationRefused::Certificate(CertificateError::NoAuthority)));
    state.trust(None, &root.pem(), NOW).unwrap();
    assert_eq!(register_with(&mut state, "d1", &presented), first("d1"));
}

#[test]
fn who_signs_no_more_is_not_enrolled_but_an_enrollment_may_be_changed_after_that() {
    let mut state = state();
    let until = |year: i32| Certificate::of_authority(signer_until("old", None, year).der().clone()).unwrap();
    let of = |primary: Certificate| Attestation::Signers(Pair { primary, secondary: None });
    let mut enroll = |attestation: Attestation, now| {
        state.enroll(Kind::Group, "fleet", attestation, Settings::default(), Some("*"), now).map(drop)
    };
    let refused = enroll(of(until(1969)), NOW).unwrap_err().to_string();
    assert!(refused.contains("expired") && refused.contains("1969"), "{refused}");
    let known = of(until(2040));
    enroll(known.clone(), NOW).unwrap();
    let late = "2041-01-01T00:00:00Z".parse().unwrap();
    enroll(known, late).unwrap();
    assert!(enroll(of(until(2040)), late).is_err(), "this is another one");
}

#[test]
fn an_enrollment_takes_its_registrations_along() {
    let mut state = state();
    let token = enroll(&mut state, "d1", Settings::default());
    register(&mut state, "d1", &token).unwrap();
    state.unenroll(Kind::Individual, "d1", None).unwrap();
    assert!(state.registration("d1").is_err());
    assert!(state.device("d1").is_ok(), "the device stays");
    let derived = group_token(&state, "d1");
    assert_eq!(register(&mut state, "d1", &derived), first("d1"), "a group may take it over");
    state.forget_registration("D1", None).unwrap();
    assert_eq!(state.registrations_of("default", None).count(), 0);
}

#[test]
fn the_outcome_is_for_whoever_may_register_and_knows_the_operation() {
    let mut state = state();
    let token = group_token(&state, "d1");
    let operation = {
        let registered = state.register("0neTEST", "d1", &token, &Value::Null, NOW);
        registered.unwrap().operation.clone()
    };
    let look_up = |token: &str, operation: Option<&str>| {
        state.look_up("0neTEST", "d1", token.into(), operation, NOW).map(|one| one.id.clone())
    };
    assert_eq!(look_up(&token, Some(&operation)), Ok("d1".into()));
    assert_eq!(look_up(&token, None), Ok("d1".into()));
    assert_eq!(look_up(&token, Some("4.x")), Err(RegistrationRefused::NotRegistered));
    assert!(look_up("", Some(&operation)).is_err());
}

#[test]
fn everything_the_service_knows_comes_back() {
    let mut before = state();
    before.set_approval(Approval::Operator);
    enroll(&mut before, "d1", Settings { device_id: Some("x".into()), ..Settings::default() });
    let root = signer("root", None);
    before.trust(None, &root.pem(), NOW).unwrap();
    let names = Attestation::Authorities(Pair { primary: "root".to_owned(), secondary: None });
    before.enroll(Kind::Group, "Fleet", names, Settings::default(), None, NOW).unwrap();
    let own = before.enrollment(Kind::Group, "default").unwrap().attestation.clone();
    let disabled = Settings { enabled: false, ..Settings::default() };
    before.enroll(Kind::Group, "default", own, disabled, Some("*"), NOW).unwrap();
    let token = group_token(&before, "d2");
    register(&mut before, "d2", &token).unwrap();
    let mut after = state();
    for (key, bytes) in before.take_changes().records {
        after.restore(&key, &bytes.unwrap()).unwrap();
    }
    assert_eq!(after.approval(), Approval::Operator);
    assert_eq!(after.provisioning.individuals, before.provisioning.individuals);
    assert_eq!(after.provisioning.groups, before.provisioning.groups);
    assert_eq!(after.provisioning.registrations, before.provisioning.registrations);
    assert_eq!(after.provisioning.authorities, before.provisioning.authorities);
    before.distrust("root").unwrap();
    assert_eq!(before.take_changes().records, [(StoreKey::Provisioning("authority/root".into()), None)]);
}

#[test]
fn a_wrong_clock_is_wrong_for_registering_and_for_asking_about_it() {
    let mut state = state();
    let token = group_token(&state, "d1");
    register(&mut state, "d1", &token).unwrap();
    state.faults.inject(crate::faults::Fault::ClockAhead { seconds: 7200 }.into()).unwrap();
    let late =
        |refused: RegistrationRefused| matches!(refused, RegistrationRefused::Token(SasError::Expired(_)));
    assert!(late(register(&mut state, "d1", &token).unwrap_err()));
    for ask in [Ask::Standing, Ask::Outcome { operation: "4.x" }] {
        let request = Request { scope: "0neTEST", id: "d1", presented: (&token).into(), by_websocket: false };
        assert_eq!(request.answer(ask, &mut state, NOW).status, 401);
    }
}

#[test]
fn the_default_group_is_the_same_after_a_restart() {
    let mut before = state();
    before.keep_default_group();
    let kept = before.take_changes().records;
    assert_eq!(kept.len(), 1);
    let keys = before.provisioning.own_keys.clone();
    let later = NOW + jiff::SignedDuration::from_hours(1);
    let mut after = State::new(Provisioning::new("0neTEST".into(), keys, later));
    for (key, bytes) in kept {
        after.restore(&key, &bytes.unwrap()).unwrap();
    }
    after.keep_default_group();
    assert_eq!(after.take_changes().records, [], "it is kept already");
    assert_eq!(after.provisioning.groups, before.provisioning.groups);
}

#[test]
fn a_clock_that_a_fault_sets_wrong_dates_nothing() {
    let mut state = state();
    state.faults.inject(crate::faults::Fault::ClockAhead { seconds: -7200 }.into()).unwrap();
    let token = group_token(&state, "d1");
    let created = state.register("0neTEST", "d1", &token, &Value::Null, NOW).unwrap().created;
    let record = &state.device("d1").unwrap().record;
    assert_eq!((created, record.created, record.last_seen), (NOW, NOW, Some(NOW)));
}

#[test]
fn the_key_of_another_group_takes_over_no_device_that_is_there_already() {
    let mut state = state();
    let token = group_token(&state, "d1");
    assert_eq!(register(&mut state, "d1", &token), first("d1"));
    let (primary, secondary) = (Key::random().unwrap(), Key::random().unwrap());
    let foreign = |id: &str| device_token(&format!("0neTEST/registrations/{id}"), &primary.derive(id));
    let [of_d1, of_d2] = ["d1", "d2"].map(foreign);
    let attestation = Attestation::Keys { primary: primary.clone(), secondary };
    // its name comes before the other's, so that it is asked first
    state.enroll(Kind::Group, "aaa", attestation, Settings::default(), None, NOW).unwrap();
    let refused = Err(RegistrationRefused::Token(SasError::WrongKey));
    assert_eq!(register(&mut state, "d1", &of_d1), refused);
    assert_eq!(register(&mut state, "d2", &of_d2), first("d2"), "it is a group like any other");
    let keys = state.device("d1").unwrap().record.primary.clone();
    assert_eq!(keys, state.group_key().derive("d1"));
    assert_eq!(register(&mut state, "d1", &token), first("d1"));
}
