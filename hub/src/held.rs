//! What must not happen before what it tells of is kept: effects that wait while the disk takes nothing.
//!
//! Decides how much may wait, and what becomes of the rest: what closes connections and answers callers always waits, events
//! and messages beyond the limit are left out, and who should have had them is told so: pages load anew, programs see a
//! gap, devices are cut off and come again. What the hub's own program did not observe stands in its log. Begin with [`Held::push`].

use std::collections::BTreeSet;

use crate::state::device::SessionId;
use crate::state::{CallId, Effect};

/// Most that waits of what can be left out, in bytes.
const LIMIT: usize = 16 * 1024 * 1024;

/// Effects that wait, in order.
#[derive(Debug, Default)]
pub(crate) struct Held {
    effects: Vec<Effect>,
    bytes: usize,
    left_out: LeftOut,
}

/// What did not wait.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// How many events for pages.
    pub(crate) events: u64,
    /// How many items of the stream for programs.
    pub(crate) news: u64,
    /// How many messages whoever observes them was not told of.
    pub(crate) messages: u64,
    /// The connections that should have been sent something.
    pub(crate) sessions: BTreeSet<SessionId>,
}

impl Held {
    /// Lets an effect wait, if there is room.
    pub(crate) fn push(&mut self, effect: Effect) {
        let bytes = effect.bytes();
        if self.bytes + bytes <= LIMIT {
            self.bytes += bytes;
            return self.effects.push(effect);
        }
        match effect {
            Effect::Emit(_) => self.left_out.events += 1,
            Effect::News(_) => self.left_out.news += 1,
            Effect::Took(_) => self.left_out.messages += 1,
            Effect::Send { session, .. } | Effect::Deliver { session, .. } => {
                self.left_out.sessions.insert(session);
            }
            Effect::Listening if self.effects.contains(&effect) => {}
            // as many as there are connections, calls and uploads
            Effect::Listening | Effect::Close { .. } | Effect::Answer { .. } | Effect::Disown { .. } => {
                self.effects.push(effect);
            }
        }
    }

    /// Takes back the request of a call.
    pub(crate) fn take_back(&mut self, call: CallId) {
        self.effects.retain(|effect| !call.is_asked_by(effect));
        self.bytes = self.effects.iter().map(Effect::bytes).sum();
    }

    /// What waited, and what was left out after it.
    pub(crate) fn take(&mut self) -> (Vec<Effect>, LeftOut) {
        let Self { effects, left_out, .. } = std::mem::take(self);
        (effects, left_out)
    }

    /// What the waiting effects take, in bytes.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Effect {
    /// About what it takes in memory.
    fn bytes(&self) -> usize {
        let own = match self {
            Self::Send { topic, payload, .. } | Self::Deliver { topic, payload, .. } => {
                topic.len() + payload.len()
            }
            Self::Emit(event) => event.data.to_string().len(),
            Self::News(news) => news.memory(),
            Self::Took(message) => {
                let properties = message.properties.iter().map(|(name, value)| name.len() + value.len());
                message.device.len() + message.body.len() + properties.sum::<usize>()
            }
            Self::Close { .. } | Self::Answer { .. } | Self::Disown { .. } | Self::Listening => 0,
        };
        size_of::<Self>() + own
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::feed::{News, Source};
    use crate::message::DeviceMessage;
    use crate::state::{CloseReason, Event};

    /// An effect with so many bytes of payload.
    fn any_effect() -> impl Strategy<Value = Effect> {
        (0..6, 0..1_000_000usize, 0..20u64).prop_map(|(sort, size, number)| {
            let (session, payload) = (SessionId(number), vec![b'x'; size]);
            let topic = String::new();
            match sort {
                0 => Effect::Send { session, topic, payload },
                1 => Effect::Deliver { session, packet: 1, again: false, topic, payload },
                2 => Effect::Close { session, reason: CloseReason::Cut },
                3 => Effect::News(News { body: payload, ..News::of(Source::Telemetry, "d") }),
                4 => Effect::Took(DeviceMessage {
                    device: String::new(),
                    properties: std::collections::BTreeMap::new(),
                    body: payload,
                }),
                _ => Effect::Emit(Event { name: "raw", topics: vec![], data: Value::from("x".repeat(size)) }),
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_waits_is_bounded_and_nothing_is_left_out_without_a_word(
            effects in proptest::collection::vec(any_effect(), 0..60),
        ) {
            let mut held = Held::default();
            let mut counts = [0u64; 3];
            let mut asked = BTreeSet::new();
            let mut closes = 0;
            for effect in effects {
                match &effect {
                    Effect::Emit(_) => counts[0] += 1,
                    Effect::News(_) => counts[1] += 1,
                    Effect::Took(_) => counts[2] += 1,
                    Effect::Send { session, .. } | Effect::Deliver { session, .. } => drop(asked.insert(*session)),
                    _ => closes += 1,
                }
                held.push(effect);
                prop_assert!(held.bytes() <= LIMIT);
            }
            let (waited, left_out) = held.take();
            prop_assert!(waited.iter().map(Effect::bytes).sum::<usize>() <= LIMIT + closes * size_of::<Effect>());
            let count = |is: fn(&Effect) -> bool| waited.iter().filter(|effect| is(effect)).count() as u64;
            prop_assert_eq!(count(|effect| matches!(effect, Effect::Emit(_))) + left_out.events, counts[0]);
            prop_assert_eq!(count(|effect| matches!(effect, Effect::News(_))) + left_out.news, counts[1]);
            prop_assert_eq!(count(|effect| matches!(effect, Effect::Took(_))) + left_out.messages, counts[2]);
            prop_assert_eq!(count(|effect| matches!(effect, Effect::Close { .. })), closes as u64);
            let sent = waited.iter().filter_map(|effect| match effect {
                Effect::Send { session, .. } | Effect::Deliver { session, .. } => Some(*session),
                _ => None,
            });
            let told: BTreeSet<SessionId> = sent.chain(left_out.sessions).collect();
            prop_assert_eq!(told, asked);
            prop_assert_eq!(held.take(), (Vec::new(), LeftOut::default()));
        }
    }
}
