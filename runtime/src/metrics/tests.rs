use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{Facts, Health, HealthReason};
use crate::error::Error;
use crate::state::State;

fn fine() -> Facts {
    Facts {
        state: State::Connected,
        away: None,
        filled: 79,
        oldest_message: Some(Duration::from_secs(299)),
        parked: Some((Duration::from_secs(3600), 1)),
        is_throttled: false,
    }
}

fn away(seconds: u64) -> Facts {
    let cause = Arc::new(Error::Refused { endpoint: "h:1".to_owned(), code: 5 });
    let state = State::Retrying { cause, next_in: Duration::from_secs(1) };
    Facts { state, away: Some(Duration::from_secs(seconds)), ..fine() }
}

#[test]
fn a_session_just_within_all_bounds_is_in_good_health() {
    assert_eq!(fine().judge(), Health::Good);
    assert_eq!(away(59).judge(), Health::Good);
    assert_eq!(Health::Good.to_string(), "good");
}

#[test]
fn each_bound_that_is_passed_degrades_it_and_says_why() {
    let cases = [
        (away(60), "not connected for 60 s (h:1 refused"),
        (Facts { filled: 80, ..fine() }, "the outbox is 80 % full"),
        (Facts { oldest_message: Some(Duration::from_secs(300)), ..fine() }, "has waited for 300 s"),
        (Facts { parked: Some((Duration::from_secs(3599), 2)), ..fine() }, "2 messages were parked"),
        (Facts { is_throttled: true, ..fine() }, "the hub throttles"),
    ];
    for (facts, expected) in cases {
        let health = facts.judge();
        assert!(matches!(health, Health::Degraded { .. }), "{health}");
        assert!(health.to_string().contains(expected), "{health}");
    }
}

#[test]
fn a_full_outbox_a_long_absence_and_an_end_are_bad_and_come_first() {
    let full = Facts { filled: 100, is_throttled: true, ..fine() }.judge();
    let expected = vec![HealthReason::Outbox { percent: 100 }, HealthReason::Throttled];
    assert_eq!(full, Health::Bad { reasons: expected });
    assert!(matches!(away(900).judge(), Health::Bad { .. }));
    let ended = Facts { state: State::Closed, away: Some(Duration::MAX), ..fine() }.judge();
    assert_eq!(ended.reasons(), [HealthReason::Ended]);
}

mod of_a_device {
    use super::*;
    use crate::outbox::WhenFull;
    use crate::testing;
    use crate::testing::lamp::Lamp;

    #[tokio::test(start_paused = true)]
    async fn commands_messages_and_losses_are_measured() {
        let (client, hub) = testing::connect(Lamp);
        hub.call("blink", json!(1)).await;
        hub.call("blink", json!("x")).await;
        hub.withhold_acknowledgements(true);
        let delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
        hub.telemetry().await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(client.metrics().oldest_message, Some(Duration::from_secs(3)));
        hub.withhold_acknowledgements(false);
        delivery.await.unwrap();
        hub.set_desired("brightness", json!(2)).await;
        hub.disconnect();
        hub.disconnected().await;
        hub.connected().await;
        let metrics = client.metrics();
        assert_eq!((metrics.commands.succeeded, metrics.commands.refused), (1, 1));
        assert_eq!(metrics.command_latency.count(), 2);
        assert_eq!(metrics.acknowledgement_latency.longest(), Duration::from_secs(3));
        assert_eq!((metrics.losses.broken, metrics.desired_version), (1, Some(2)));
        assert!(metrics.bytes_sent > 500 && metrics.bytes_received > 200, "{metrics:?}");
        assert_eq!(metrics.oldest_message, None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_degrades_a_devices_health_then_makes_it_bad_and_then_it_recovers() {
        let connection = testing::connection().with_outbox(10, 10_000, WhenFull::DropOldest);
        let (client, hub) = testing::connect_with(Lamp, connection);
        hub.connected().await;
        assert_eq!(client.health(), Health::Good);
        hub.go_offline();
        hub.disconnected().await;
        tokio::time::sleep(Duration::from_secs(61)).await;
        assert!(matches!(client.health(), Health::Degraded { .. }), "{}", client.health());
        for number in 0..20 {
            drop(client.__enqueue(&json!({ "temp": number })).await.unwrap());
        }
        let health = client.health();
        assert!(matches!(&health, Health::Bad { .. }), "{health}");
        assert_eq!(health.reasons()[0], HealthReason::Outbox { percent: 100 });
        hub.come_back();
        hub.connected().await;
        while client.counters().queued > 0 {
            hub.telemetry().await;
            tokio::task::yield_now().await;
        }
        assert_eq!(client.health(), Health::Good);
        client.close().await.unwrap();
        assert_eq!(client.health().reasons(), [HealthReason::Ended]);
    }
}
