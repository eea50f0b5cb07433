//! What happens in a run, and when: everything that chance decides, so that a failing run can be told and shrunk.

use std::time::Duration;

use device_model_hub::{Fault, Injection};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A run.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    /// Decides latencies, pieces and how long handlers take.
    pub(crate) seed: u64,
    /// The least and the most that bytes take to the other side, in milliseconds.
    pub(crate) latency: (u64, u64),
    /// The most bytes that arrive together.
    pub(crate) piece: usize,
    /// The most bytes that the network takes of the device at once.
    pub(crate) bandwidth: usize,
    pub(crate) in_flight: usize,
    pub(crate) parallel: usize,
    pub(crate) token_life: Duration,
    /// How long messages live; for ever, nearly, if it is not said.
    pub(crate) lives: Option<Duration>,
    /// What becomes of the first connections; the others last.
    pub(crate) cuts: Vec<Option<Cut>>,
    pub(crate) happenings: Vec<(Duration, Happening)>,
}

/// Where bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ToHub,
    ToDevice,
}

/// The end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    /// It ends when so many bytes have gone this way.
    pub(crate) way: Way,
    pub(crate) after: usize,
    /// Whether what is on its way the other way is lost, too.
    pub(crate) loses: bool,
    /// How the device learns of it: `None` is never.
    pub(crate) device: Option<End>,
    /// When the hub does.
    pub(crate) hub: Option<Duration>,
}

/// How the device sees an end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) after: Duration,
    /// Whether the far end closed it, rather than the network.
    pub(crate) closed: bool,
}

/// Something that somebody does.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// The device sends so many messages, of this priority (0 is the least).
    Send { count: usize, priority: usize },
    /// The device reports a property.
    Report,
    /// Somebody calls a command.
    Call { name: &'static str, takes: Duration, fails: bool },
    /// Somebody wants a property to be something else, or nothing.
    Desire { property: &'static str, removed: bool },
    /// Somebody sends a message, which may be a command for later.
    Message { command: bool, fails: bool },
    /// The hub misbehaves.
    Fault(Injection),
}

impl Schedule {
    /// Nothing happens on a good network.
    pub(crate) fn calm() -> Self {
        Self {
            seed: 7,
            latency: (5, 50),
            piece: 1500,
            bandwidth: usize::MAX,
            in_flight: 100,
            parallel: 4,
            token_life: Duration::from_secs(3600),
            lives: None,
            cuts: Vec::new(),
            happenings: Vec::new(),
        }
    }
}

/// One of everything every second, for two minutes.
pub(crate) fn busy_minutes() -> Vec<(Duration, Happening)> {
    let call = |name| Happening::Call { name, takes: Duration::from_millis(700), fails: false };
    let second = [
        Happening::Send { count: 3, priority: 1 },
        Happening::Report,
        call("blink"),
        call("diagnose"),
        Happening::Desire { property: "brightness", removed: false },
        Happening::Message { command: false, fails: false },
        Happening::Message { command: true, fails: false },
    ];
    let at = |seconds| second.clone().map(|happening| (Duration::from_secs(seconds), happening));
    (5..125).flat_map(at).collect()
}

pub(crate) fn schedules() -> impl Strategy<Value = Schedule> {
    let knobs = (
        any::<u64>(),
        (0_u64..40, prop_oneof![3 => 0_u64..100, 1 => 0_u64..4000]),
        select(vec![3_usize, 50, 1500]),
        select(vec![40_usize, 500, usize::MAX]),
        select(vec![1_usize, 3, 100]),
        1_usize..4,
        select(vec![90_u64, 240, 3600]),
        prop::option::weighted(0.3, 20_u64..200),
    );
    (knobs, vec(prop::option::weighted(0.8, cut()), 0..6), vec((0_u64..400_000, happening()), 0..60))
        .prop_map(
            |(
                (seed, (least, more), piece, bandwidth, in_flight, parallel, token, lives),
                cuts,
                happenings,
            )| {
                let mut happenings: Vec<_> = happenings
                    .into_iter()
                    .map(|(at, happening)| (Duration::from_millis(at), happening))
                    .collect();
                happenings.sort_by_key(|(at, _)| *at);
                Schedule {
                    seed,
                    latency: (least, least + more),
                    piece,
                    bandwidth,
                    in_flight,
                    parallel,
                    token_life: Duration::from_secs(token),
                    lives: lives.map(Duration::from_secs),
                    cuts,
                    happenings,
                }
            },
        )
}

fn cut() -> impl Strategy<Value = Cut> {
    let way = prop_oneof![Just(Way::ToHub), Just(Way::ToDevice)];
    let after = prop_oneof![1 => 0_usize..400, 3 => 300_usize..6000];
    let later = || (0_u64..60_000).prop_map(Duration::from_millis);
    let end = (later(), any::<bool>()).prop_map(|(after, closed)| End { after, closed });
    (way, after, any::<bool>(), prop::option::weighted(0.8, end), prop::option::weighted(0.6, later()))
        .prop_map(|(way, after, loses, device, hub)| Cut { way, after, loses, device, hub })
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening as H;
    let fails = || prop::bool::weighted(0.15);
    let takes = prop_oneof![5 => 0_u64..500, 1 => 0_u64..20_000].prop_map(Duration::from_millis);
    let names = select(vec!["blink", "blink", "diagnose", "dance"]);
    let properties = select(vec!["brightness", "interval"]);
    prop_oneof![
        6 => (1_usize..30, 0_usize..3).prop_map(|(count, priority)| H::Send { count, priority }),
        2 => Just(H::Report),
        4 => (names, takes, fails()).prop_map(|(name, takes, fails)| H::Call { name, takes, fails }),
        4 => (properties, fails()).prop_map(|(property, removed)| H::Desire { property, removed }),
        2 => (any::<bool>(), fails()).prop_map(|(command, fails)| H::Message { command, fails }),
        4 => fault().prop_map(H::Fault),
    ]
}

fn fault() -> impl Strategy<Value = Injection> {
    let by = (0_u64..45_000).prop_map(|by| Fault::DelayAcknowledgement { by: Duration::from_millis(by) });
    let faults = prop_oneof![
        2 => by,
        1 => Just(Fault::WithholdAcknowledgement),
        1 => Just(Fault::CutAtMessage),
        2 => select(vec![400_u16, 429, 500]).prop_map(|status| Fault::RefuseTwin { status }),
        1 => Just(Fault::IgnoreTwin),
        2 => Just(Fault::RepeatMethod),
        2 => Just(Fault::LosePatch),
        2 => Just(Fault::RepeatPatch),
        1 => Just(Fault::IgnorePing),
        1 => (1_u8..6).prop_map(|code| Fault::RefuseConnection { code }),
        1 => Just(Fault::ClockAhead { seconds: 7200 }),
    ];
    (faults, 1_u32..3).prop_map(|(fault, times)| fault.times(times))
}
