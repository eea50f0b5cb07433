//! The failures for which others' SDKs are known, one by one, on real sockets: this runtime does not have them.
//!
//! Each row is a public issue of another SDK. Where time is what matters, the proof is in virtual time in the runtime's
//! own tests; this table says where everything is.
//!
//! | row | issue | what happened there | proof here |
//! |---|---|---|---|
//! | 1 | azure-iot-sdk-python#747, #990, #996 | never comes back after a network loss | [`networks::a_device_comes_back_from_every_way_a_network_fails`], `networks::a_refusal_for_a_while_does_not_end_the_session` |
//! | 2 | azure-iot-sdk-python#700 | a laptop sleeps, its token expires, no reconnect | `networks::a_token_that_the_hub_finds_expired_is_replaced_by_a_fresh_one`; runtime: `after_three_hours_of_sleep_the_device_reconnects_with_a_fresh_token` |
//! | 3 | azure-iot-sdk-python#775, #812 | `send` hangs for ever at a quota or without PUBACK | `messages::a_message_that_is_never_acknowledged_ends_and_the_state_says_why` |
//! | 4 | azure-iot-sdk-python#441 | too large a message breaks the client for all | `messages::too_large_a_message_is_refused_to_its_sender_and_harms_no_other` |
//! | 5 | azure-iot-sdk-node#744, #1215 | messages vanish without a callback, at renewals too | `messages::every_message_ends_exactly_once_while_connections_break`; runtime: `a_renewal_waits_for_what_is_in_flight_and_sends_nothing_new` |
//! | 6 | azure-iot-sdk-node#885, azure-iot-sdk-csharp#3423, MicrosoftDocs/azure-docs#85124 | a desired change during a short outage is missed | `twins::a_change_while_the_device_is_away_is_applied_when_it_is_back`, `twins::a_patch_that_was_lost_is_made_up_for_at_the_next_one` |
//! | 7 | azure-iot-sdk-node#136, #59 | what waits is in RAM only and lost on a restart | the disk outbox's own tests, which kill processes |
//! | 8 | azure-iot-sdk-c#1626, #1993, azure-iot-sdk-java#1466 | the queue grows without bounds in an outage | `messages::an_outage_fills_the_outbox_to_its_bound_and_no_further` |
//! | 9 | azure-iot-sdk-c#1804 | persistence is left to the user | as row 7 |
//! | 10 | azure-iot-sdk-c#869, amenzhinsky/iothub#54, eclipse/paho.mqtt.python#760, thin-edge/thin-edge.io#3124 | one bad message is sent again for ever | `messages::a_message_the_hub_always_cuts_at_is_put_aside_and_the_next_ones_arrive`, `messages::any_character_arrives_as_it_was_sent`, `messages::what_no_hub_takes_as_a_property_is_refused_to_its_sender` |
//! | 11 | azure-iot-sdk-csharp#1766, #2999, #1519 | oversize hangs; final twin errors are retried; PINGRESP is not watched | row 4, `twins::a_report_that_the_hub_refuses_for_good_fails_at_once`, `networks::a_hub_that_answers_no_ping_is_left` |
//! | 12 | azure-iot-sdk-csharp#3354 | a method is delivered twice after a reconnect | `twins::a_command_that_is_delivered_twice_runs_once` |
//! | 13 | azure-iot-sdk-c#1703, #2634 | 429 and retry-after are ignored, unusable after a timeout | `networks::a_throttled_registration_is_tried_again_until_it_is_assigned`; runtime: `a_throttled_poll_without_operation_asks_about_the_same_one` |
//! | 14 | azure-iot-sdk-c#747, #2511, #205, #889 | the reconnect fails with many messages queued | `messages::thousands_of_waiting_messages_do_not_hinder_a_reconnect` |
//! | 15 | azure-iot-sdk-c#1617 | no keep-alive while busy publishing | runtime: `pings_are_due_whatever_else_is_sent_and_their_answers_are_watched`; `networks::a_half_open_connection_is_noticed_while_messages_are_sent` |
//! | 16 | azure-iot-sdk-c#342 | a loop of CONNACK 3 leaks | `tests/refusals.rs` |
//! | 17 | azure-iot-sdk-c#138, quarkiverse/quarkus-azure-services#56, Azure/iotedgehubdev#209 | there is no local hub | every test here; `tests/interop` with an official SDK |

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what failed by failing"
)]

mod messages;
mod networks;
mod rig;
#[path = "../support/mod.rs"]
mod support;
mod twins;
