//! Twin requests and their answers.
//!
//! Reported patches go out one at a time, so that a patch that is sent again can never overwrite a later one. Throttled
//! and failed requests (429, 5xx) and those without an answer are sent again, a bounded number of times.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::convention::topic;
use crate::error::Error;
use crate::json::Json;
use crate::outbox::{Settled, Ticket};

/// How often one patch is sent before it is given up.
const MOST_ATTEMPTS: u32 = 10;

/// A patch of the reported properties.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) body: Bytes,
    /// Who waits for it, and until when. Acknowledgements are nobody's.
    pub(crate) waiting: Option<(Ticket, Instant)>,
    attempts: u32,
}

impl Report {
    pub(crate) fn new(body: Bytes, waiting: Option<(Ticket, Instant)>) -> Self {
        Self { body, waiting, attempts: 0 }
    }

    fn end(&self, outcome: Result<(), Error>) -> Option<Settled> {
        self.waiting.map(|(ticket, _)| Settled { ticket, outcome })
    }
}

/// Where fetching the twin stands.
#[derive(Debug, PartialEq)]
enum Fetch {
    Idle,
    Wanted,
    Asked(u32),
}

/// What an answer meant.
#[derive(Debug)]
pub(crate) enum Answered {
    /// The twin, as JSON text.
    Twin,
    /// The twin cannot be had; it is not asked for again on this connection.
    NoTwin { status: u16 },
    /// A patch has ended, and somebody may be waiting for it.
    Reported(Option<Settled>),
    /// Try again after this pause.
    Later(Duration),
    /// It answers nothing that was asked.
    Unknown,
}

/// The twin requests of a device.
#[derive(Debug)]
pub(crate) struct Requests {
    last_id: u32,
    failures: u32,
    fetch: Fetch,
    queue: VecDeque<Report>,
    flying: Option<(u32, Report)>,
}

impl Requests {
    pub(crate) fn new() -> Self {
        Self { last_id: 0, failures: 0, fetch: Fetch::Idle, queue: VecDeque::new(), flying: None }
    }

    /// Patches that have not ended.
    pub(crate) fn len(&self) -> usize {
        self.queue.len() + usize::from(self.flying.is_some())
    }

    /// Whether an answer is awaited.
    pub(crate) fn is_waiting(&self) -> bool {
        self.flying.is_some() || matches!(self.fetch, Fetch::Asked(_))
    }

    pub(crate) fn fetch(&mut self) {
        self.fetch = Fetch::Wanted;
    }

    pub(crate) fn report(&mut self, report: Report) {
        self.queue.push_back(report);
    }

    /// The next request: topic and payload.
    pub(crate) fn next(&mut self) -> Option<(String, Bytes)> {
        if self.fetch == Fetch::Wanted {
            let id = self.new_id();
            self.fetch = Fetch::Asked(id);
            return Some((topic::twin_get(id), Bytes::from_static(b" ")));
        }
        if self.flying.is_some() {
            return None;
        }
        let mut report = self.queue.pop_front()?;
        report.attempts += 1;
        let id = self.new_id();
        let request = (topic::twin_report(id), report.body.clone());
        self.flying = Some((id, report));
        Some(request)
    }

    /// The hub's answer to one of our requests.
    pub(crate) fn answered(&mut self, id: u32, status: u16, body: &[u8]) -> Answered {
        let again = status == 429 || status >= 500;
        if self.fetch == Fetch::Asked(id) {
            self.fetch = if again { Fetch::Wanted } else { Fetch::Idle };
            return match status {
                200 => self.succeeded(Answered::Twin),
                _ if again => self.later(),
                _ => Answered::NoTwin { status },
            };
        }
        let Some((_, report)) = self.flying.take_if(|(flying, _)| *flying == id) else {
            return Answered::Unknown;
        };
        match status {
            200..=299 => self.succeeded(Answered::Reported(report.end(Ok(())))),
            _ if again && report.attempts < MOST_ATTEMPTS => {
                self.queue.push_front(report);
                self.later()
            }
            _ => {
                let text = message(body);
                tracing::debug!(status, text, "reported properties were refused");
                Answered::Reported(report.end(Err(Error::Twin { status, text })))
            }
        }
    }

    /// The connection is gone: what was asked is asked again on the next one.
    pub(crate) fn connection_lost(&mut self) -> Option<Settled> {
        self.fetch = Fetch::Idle;
        self.failures = 0;
        let (_, report) = self.flying.take()?;
        if report.attempts >= MOST_ATTEMPTS {
            return report.end(Err(Error::Rejected { times: report.attempts }));
        }
        self.queue.push_front(report);
        None
    }

    /// The earliest deadline of those who wait.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.all().filter_map(|report| report.waiting.map(|(_, deadline)| deadline)).min()
    }

    /// The tickets of those who have waited too long. A patch that has been sent is not taken back.
    pub(crate) fn overdue(&mut self, now: Instant) -> Vec<Ticket> {
        let late = |report: &Report| report.waiting.filter(|(_, deadline)| *deadline <= now);
        let tickets = self.all().filter_map(|report| late(report).map(|(ticket, _)| ticket)).collect();
        self.queue.retain(|report| late(report).is_none());
        if let Some((_, report)) = &mut self.flying
            && late(report).is_some()
        {
            report.waiting = None;
        }
        tickets
    }

    /// Ends everything that is left: the client is closing.
    pub(crate) fn abandon(&mut self) -> Vec<Settled> {
        let left = self.flying.take().map(|(_, report)| report).into_iter().chain(self.queue.drain(..));
        left.filter_map(|report| report.end(Err(Error::Closed))).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Report> {
        self.flying.iter().map(|(_, report)| report).chain(&self.queue)
    }

    fn new_id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    fn succeeded(&mut self, answered: Answered) -> Answered {
        self.failures = 0;
        answered
    }

    /// A pause that doubles: 1 s to 32 s.
    fn later(&mut self) -> Answered {
        let pause = Duration::from_secs(1 << self.failures.min(5));
        self.failures += 1;
        Answered::Later(pause)
    }
}

/// What the body of an error says: its `message`, or its beginning.
fn message(body: &[u8]) -> String {
    const LONGEST: usize = 200;
    let parsed: Option<Json> = serde_json::from_slice(body).ok();
    match parsed.as_ref().and_then(|body| body.get("message")).and_then(Json::as_str) {
        Some(message) => message.chars().take(LONGEST).collect(),
        None => String::from_utf8_lossy(body).chars().take(LONGEST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(number: u64) -> Report {
        let deadline = Instant::now() + Duration::from_secs(number);
        Report::new(Bytes::from_static(b"{}"), Some((Ticket(number), deadline)))
    }

    #[test]
    fn patches_go_one_at_a_time_and_a_throttled_one_keeps_its_place() {
        let mut requests = Requests::new();
        requests.report(report(1));
        requests.report(report(2));
        assert_eq!(requests.next().unwrap().0, "$iothub/twin/PATCH/properties/reported/?$rid=1");
        assert!(requests.next().is_none());
        assert!(matches!(requests.answered(1, 429, b""), Answered::Later(pause) if pause.as_secs() == 1));
        requests.next();
        let Answered::Reported(Some(settled)) = requests.answered(2, 204, b"") else {
            panic!("it was reported")
        };
        assert_eq!(settled.ticket, Ticket(1));
        assert!(matches!(requests.answered(2, 204, b""), Answered::Unknown));
    }

    #[test]
    fn a_refused_patch_tells_what_the_hub_said() {
        let mut requests = Requests::new();
        requests.report(report(1));
        requests.next();
        let answered = requests.answered(1, 400, br#"{"errorCode":400004,"message":"too deep"}"#);
        let Answered::Reported(Some(Settled { outcome: Err(error), .. })) = answered else {
            panic!("it ended")
        };
        assert_eq!(error.to_string(), "the hub answered 400 to the reported properties: too deep");
    }

    #[test]
    fn a_lost_connection_sends_the_patch_again_before_later_ones() {
        let mut requests = Requests::new();
        requests.report(Report::new(Bytes::from_static(b"1"), None));
        requests.report(Report::new(Bytes::from_static(b"2"), None));
        requests.next();
        assert!(requests.connection_lost().is_none());
        assert_eq!(requests.next().unwrap().1, "1");
    }

    #[test]
    fn who_waits_too_long_is_told_and_unsent_patches_are_not_sent_any_more() {
        let mut requests = Requests::new();
        requests.report(report(1));
        requests.report(report(1000));
        let later = Instant::now() + Duration::from_secs(10);
        assert!(requests.next_deadline().unwrap() < later);
        assert_eq!(requests.overdue(later), [Ticket(1)]);
        assert_eq!(requests.len(), 1);
    }
}
