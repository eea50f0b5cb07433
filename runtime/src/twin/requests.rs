//! Twin requests and their answers.
//!
//! Reports that wait go out together, as one patch that all who wait for them share: the later value of a field counts.
//! One patch is under way at a time, so that one that is sent again can never overwrite a later one. When the hub refuses
//! a patch of several reports, each is sent alone, so that one bad report spoils no other. Throttled and failed requests
//! (429, 5xx) and those without an answer are sent again, a bounded number of times.
//!
//! Invariant: each report that somebody waits for ends exactly once.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Map;

use super::kept::Acknowledged;
use super::limits;
use super::mirror::Mirror;
use crate::convention::topic;
use crate::error::Error;
use crate::json::Json;
use crate::outbox::{Settled, Ticket};
use crate::table::ModelTable;

/// How often one patch is sent before it is given up.
const MOST_ATTEMPTS: u32 = 10;

/// A field of the reported properties and the whole value it is to have.
#[derive(Debug)]
pub(crate) struct Field {
    pub(super) component: Option<&'static str>,
    pub(super) name: String,
    pub(super) value: Json,
    /// What is settled for good when the hub has taken it.
    pub(super) acknowledged: Option<Box<Acknowledged>>,
}

impl Field {
    pub(crate) fn new(component: Option<&'static str>, name: impl Into<String>, value: Json) -> Self {
        Self { component, name: name.into(), value, acknowledged: None }
    }

    pub(crate) fn with(self, acknowledged: Option<Acknowledged>) -> Self {
        Self { acknowledged: acknowledged.map(Box::new), ..self }
    }
}

/// Fields that are reported together.
#[derive(Debug)]
pub(crate) struct Report {
    fields: Vec<Field>,
    /// As the hub counts.
    size: usize,
    /// Who waits for it, and until when. Acknowledgements are nobody's.
    waiting: Option<(Ticket, Instant)>,
    attempts: u32,
    /// Whether it was ever sent: the hub may have taken it.
    sent: bool,
    /// Whether it was refused together with others.
    alone: bool,
}

impl Report {
    /// `size` is what [`limits::check`] counted.
    pub(crate) fn new(fields: Vec<Field>, size: usize, waiting: Option<(Ticket, Instant)>) -> Self {
        Self { fields, size, waiting, attempts: 0, sent: false, alone: false }
    }

    fn end(&self, outcome: Result<(), Error>) -> Option<Settled> {
        self.waiting.map(|(ticket, _)| Settled { ticket, outcome })
    }

    /// Whether nobody waits for either, so that they may become one.
    fn takes_up(&self, other: &Self) -> bool {
        (self.waiting, other.waiting) == (None, None) && self.joins(self.size, other)
    }

    /// Becomes one with a later report.
    fn take_up(&mut self, other: Self) {
        self.size += other.size;
        self.attempts = 0;
        self.sent |= other.sent;
        for field in other.fields {
            let same = |old: &Field| (old.component, &old.name) == (field.component, &field.name);
            self.fields.retain(|old| !same(old));
            self.fields.push(field);
        }
    }

    /// Whether another report may go out in the same patch, which has `size` so far.
    fn joins(&self, size: usize, other: &Self) -> bool {
        !self.alone && !other.alone && size + other.size <= limits::LARGEST
    }
}

/// A patch under way.
#[derive(Debug)]
struct Flying {
    id: u32,
    reports: Vec<Report>,
    patch: Json,
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
    /// The hub has taken a patch: who waited for it, and what it acknowledged.
    Reported(Vec<Settled>, Vec<Acknowledged>),
    /// The hub does not take a patch.
    Refused(Vec<Settled>),
    /// Try again after this pause; some have been tried too often.
    Later(Duration, Vec<Settled>),
    /// It answers nothing that was asked.
    Unknown,
}

/// The twin requests of a device.
#[derive(Debug)]
pub(crate) struct Requests {
    mirror: Mirror,
    last_id: u32,
    failures: u32,
    fetch: Fetch,
    /// Whether reports wait for the first twin of a connection, which tells what they are merged into.
    held: bool,
    queue: VecDeque<Report>,
    flying: Option<Flying>,
}

impl Requests {
    pub(crate) fn new(model: ModelTable) -> Self {
        let (queue, fetch) = (VecDeque::new(), Fetch::Idle);
        Self { mirror: Mirror::new(model), last_id: 0, failures: 0, fetch, held: false, queue, flying: None }
    }

    /// Reports that have not ended.
    pub(crate) fn len(&self) -> usize {
        self.queue.len() + self.flying.as_ref().map_or(0, |flying| flying.reports.len())
    }

    /// Whether an answer is awaited.
    pub(crate) fn is_waiting(&self) -> bool {
        self.awaits_twin() || self.awaits_answer()
    }

    /// Whether the twin has been asked for.
    pub(crate) fn awaits_twin(&self) -> bool {
        matches!(self.fetch, Fetch::Asked(_))
    }

    /// Whether a reported patch has been sent.
    pub(crate) fn awaits_answer(&self) -> bool {
        self.flying.is_some()
    }

    /// A connection has come to serve: the twin is fetched before anything is reported.
    pub(crate) fn connected(&mut self) {
        self.held = true;
        self.fetch();
    }

    pub(crate) fn fetch(&mut self) {
        self.fetch = Fetch::Wanted;
    }

    /// The reported properties of the twin that was asked for.
    pub(crate) fn fetched(&mut self, reported: &Map<String, Json>) {
        if self.flying.is_none() {
            self.mirror.fetched(reported);
        }
    }

    /// Queues a report. One that nobody waits for is taken up by the one before it if that is nobody's either.
    pub(crate) fn report(&mut self, report: Report) {
        match self.queue.back_mut().filter(|last| last.takes_up(&report)) {
            Some(last) => last.take_up(report),
            None => self.queue.push_back(report),
        }
    }

    /// The next request: topic and payload.
    pub(crate) fn next(&mut self) -> Option<(String, Bytes)> {
        if self.fetch == Fetch::Wanted {
            let id = self.new_id();
            self.fetch = Fetch::Asked(id);
            return Some((topic::twin_get(id), Bytes::from_static(b" ")));
        }
        if self.flying.is_some() || self.held {
            return None;
        }
        let mut reports = vec![self.queue.pop_front()?];
        let mut size = reports[0].size;
        while let Some(report) = self.queue.pop_front_if(|next| reports[0].joins(size, next)) {
            size += report.size;
            reports.push(report);
        }
        for report in &mut reports {
            (report.attempts, report.sent) = (report.attempts + 1, true);
        }
        let latest: BTreeMap<(Option<&str>, &str), &Field> = reports
            .iter()
            .flat_map(|report| &report.fields)
            .map(|field| ((field.component, field.name.as_str()), field))
            .collect();
        let patch = self.mirror.patch(latest.into_values());
        let id = self.new_id();
        let request = (topic::twin_report(id), Bytes::from(patch.to_string()));
        self.flying = Some(Flying { id, reports, patch });
        Some(request)
    }

    /// The hub's answer to one of our requests.
    pub(crate) fn answered(&mut self, id: u32, status: u16, body: &[u8]) -> Answered {
        let again = status == 429 || status >= 500;
        if self.fetch == Fetch::Asked(id) {
            self.fetch = if again { Fetch::Wanted } else { Fetch::Idle };
            // A twin that cannot be had now is not to hold reports up.
            self.held = false;
            return match status {
                200 => self.succeeded(Answered::Twin),
                _ if again => self.later(Vec::new()),
                _ => Answered::NoTwin { status },
            };
        }
        let Some(Flying { reports, patch, .. }) = self.flying.take_if(|flying| flying.id == id) else {
            return Answered::Unknown;
        };
        if (200..300).contains(&status) {
            self.mirror.merged(&patch);
            let settled = reports.iter().filter_map(|report| report.end(Ok(()))).collect();
            let fields = reports.into_iter().flat_map(|report| report.fields);
            let acknowledged = fields.filter_map(|field| Some(*field.acknowledged?)).collect();
            return self.succeeded(Answered::Reported(settled, acknowledged));
        }
        let text = message(body);
        tracing::debug!(status, text, "reported properties were refused");
        let refused = || Error::Twin { status, text: text.clone() };
        if again {
            // What nobody waits for has no other end than to be taken: acknowledgements and results of commands.
            let mut reports = reports;
            let nobodys = reports.iter_mut().filter(|report| report.waiting.is_none());
            nobodys.for_each(|report| report.attempts = 0);
            let ended = self.send_again(reports, refused);
            return self.later(ended);
        }
        if let [report] = reports.as_slice() {
            return Answered::Refused(report.end(Err(refused())).into_iter().collect());
        }
        let alone = reports.into_iter().map(|report| Report { alone: true, ..report });
        Answered::Refused(self.send_again(alone.collect(), refused))
    }

    /// The connection is gone: what was asked is asked again on the next one. It counts against a report only when it was
    /// the hub that cut the connection.
    pub(crate) fn connection_lost(&mut self, cut_by_hub: bool) -> Vec<Settled> {
        (self.fetch, self.failures) = (Fetch::Idle, 0);
        let Some(Flying { mut reports, .. }) = self.flying.take() else {
            return Vec::new();
        };
        if !cut_by_hub {
            reports.iter_mut().for_each(|report| report.attempts = report.attempts.saturating_sub(1));
        }
        self.send_again(reports, || Error::Rejected { times: MOST_ATTEMPTS })
    }

    /// The earliest deadline of those who wait.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.all().filter_map(|report| report.waiting.map(|(_, deadline)| deadline)).min()
    }

    /// The tickets of those who have waited too long. What has been sent is not taken back, even where it is to be sent
    /// again: without it, an older one that went with it would be the last to reach the hub.
    pub(crate) fn overdue(&mut self, now: Instant) -> Vec<Ticket> {
        let late = |report: &Report| report.waiting.filter(|(_, deadline)| *deadline <= now);
        let tickets: Vec<_> =
            self.all().filter_map(|report| late(report).map(|(ticket, _)| ticket)).collect();
        self.queue.retain(|report| report.sent || late(report).is_none());
        let flying = self.flying.iter_mut().flat_map(|flying| &mut flying.reports);
        for report in flying.chain(&mut self.queue) {
            if late(report).is_some() {
                report.waiting = None;
            }
        }
        // They must not keep others from being taken for as long as the device is offline.
        if !tickets.is_empty() {
            let queue = std::mem::take(&mut self.queue);
            queue.into_iter().for_each(|report| self.report(report));
        }
        tickets
    }

    /// Ends everything that is left: the client is closing.
    pub(crate) fn abandon(&mut self) -> Vec<Settled> {
        let flying = self.flying.take().map(|flying| flying.reports).unwrap_or_default();
        flying
            .into_iter()
            .chain(self.queue.drain(..))
            .filter_map(|report| report.end(Err(Error::Closed)))
            .collect()
    }

    /// Puts reports back to the head of the queue; those that were sent too often end.
    fn send_again(&mut self, reports: Vec<Report>, error: impl Fn() -> Error) -> Vec<Settled> {
        let mut ended = Vec::new();
        for report in reports.into_iter().rev() {
            if report.attempts < MOST_ATTEMPTS {
                self.queue.push_front(report);
            } else {
                if report.waiting.is_none() {
                    tracing::error!("the hub cuts the connection at reported properties: they were given up");
                }
                ended.extend(report.end(Err(error())));
            }
        }
        ended
    }

    fn all(&self) -> impl Iterator<Item = &Report> {
        self.flying.iter().flat_map(|flying| &flying.reports).chain(&self.queue)
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
    fn later(&mut self, ended: Vec<Settled>) -> Answered {
        let pause = Duration::from_secs(1 << self.failures.min(5));
        self.failures += 1;
        Answered::Later(pause, ended)
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
#[path = "requests_tests.rs"]
mod tests;
