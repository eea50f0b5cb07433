//! Twins and commands: rows 6, 11 and 12.

use device_model::hub::Fault;
use device_model::{Error, State};
use serde_json::{Value, json};

use crate::rig::{Reported, Rig};
use crate::support::DEVICE;
use crate::support::proxy::Gate;

#[tokio::test]
async fn a_change_while_the_device_is_away_is_applied_when_it_is_back() {
    let rig = Rig::start().await;
    rig.desire(1).await;
    rig.level_is_acknowledged(1).await;
    rig.proxy.gate(Gate::Refuse);
    rig.proxy.reset();
    rig.state(|state| matches!(state, State::Retrying { .. })).await;
    for level in [2, 3] {
        rig.desire(level).await;
    }
    rig.proxy.clear();
    rig.level_is_acknowledged(3).await;
    // and again, for a connection that breaks without anything having changed
    rig.comes_back_from(|rig| rig.proxy.cut()).await;
    rig.desire(4).await;
    rig.level_is_acknowledged(4).await;
    assert_eq!(rig.probe.levels(), [1, 3, 4]);
    rig.end().await;
}

#[tokio::test]
async fn a_patch_that_was_lost_is_made_up_for_at_the_next_one() {
    let rig = Rig::start().await;
    rig.hub.inject(Fault::LosePatch.times(1));
    rig.desire(1).await;
    // a change of something else tells by its version that one is missing
    rig.operator.desire(DEVICE, json!({ "unknown": true })).await;
    rig.level_is_acknowledged(1).await;
    rig.hub.inject(Fault::RepeatPatch.times(1));
    rig.desire(2).await;
    rig.level_is_acknowledged(2).await;
    assert_eq!(rig.probe.levels(), [1, 2]);
    rig.end().await;
}

#[tokio::test]
async fn a_report_that_the_hub_refuses_for_good_fails_at_once() {
    let rig = Rig::start().await;
    let report = || Reported { note: Some("a note".to_owned()), ..Default::default() };
    // after this the twin has been fetched, too
    rig.client.report(report()).await.unwrap();
    rig.hub.inject(Fault::RefuseTwin { status: 400 }.times(1));
    let refused = rig.client.report(report()).await;
    assert!(matches!(refused, Err(Error::Twin { status: 400, .. })), "{refused:?}");
    // what may pass is tried again
    rig.hub.inject(Fault::RefuseTwin { status: 500 }.times(2));
    rig.client.report(report()).await.unwrap();
    assert_eq!(rig.operator.twin(DEVICE).await["properties"]["reported"]["note"], "a note");
    rig.end().await;
}

#[tokio::test]
async fn a_command_that_is_delivered_twice_runs_once() {
    let rig = Rig::start().await;
    for round in 1..=3 {
        rig.hub.inject(Fault::RepeatMethod.times(1));
        assert_eq!(rig.operator.command(DEVICE, "count", Value::Null).await, (200, json!(round)));
        rig.comes_back_from(|rig| rig.proxy.cut()).await;
    }
    assert_eq!(rig.operator.command(DEVICE, "count", Value::Null).await, (200, json!(4)));
    assert_eq!(rig.probe.calls(), 4);
    assert!(!rig.hub_log().await.contains("nobody waits for"), "an answer was sent twice");
    rig.end().await;
}
