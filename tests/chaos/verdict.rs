//! The verdict: the figures of a run, and what is wrong with them.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::device::{Settled, Summary};
use crate::ledger::{Column, Ledger};
use crate::memory::Seen;
use crate::operator::Done;
use crate::plan::Settings;
use crate::storm::Strikes;

/// Everything that was seen.
pub(crate) struct Verdict {
    pub(crate) plan: Settings,
    pub(crate) storm: Strikes,
    pub(crate) work: Done,
    pub(crate) ledger: Ledger,
    pub(crate) settled: Settled,
    pub(crate) twins: BTreeMap<String, Result<Value, String>>,
    pub(crate) summary: Summary,
    pub(crate) memory: Option<Seen>,
    pub(crate) connections: u64,
    pub(crate) ended: bool,
}

impl Verdict {
    /// Prints the figures and what is wrong; nothing wrong is success.
    pub(crate) fn conclude(self) -> ExitCode {
        self.print();
        let problems = self.problems();
        match problems.is_empty() {
            true => println!("chaos: nothing missing"),
            false => println!("chaos: {} problems (seed {})", problems.len(), self.plan.seed),
        }
        for problem in problems.iter().take(50) {
            println!("  {problem}");
        }
        if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn print(&self) {
        let Self { storm, work, ledger, summary, memory, .. } = self;
        let arrived: u32 = ledger.devices.values().map(Column::arrived).sum();
        let duplicates: u32 = ledger.devices.values().map(|column| column.duplicates).sum();
        println!("  faults      {} {:?}", storm.total(), storm.counts);
        println!("  connections {} accepted, {} came to serve", self.connections, summary.connects);
        println!("  messages    {arrived} arrived, {duplicates} of them again, {} written", summary.sent);
        println!("  outcomes    {:?}", self.settled.outcomes);
        let (answered, called) = (work.answered.len(), work.called);
        println!("  commands    {called} called, {answered} answered, {} accepted", work.accepted);
        println!("              failed to their caller: {:?}", work.failed);
        println!("  desired     {} changes, {} handlers called", work.wishes, summary.applied);
        println!("  reports     {:?}", summary.reports);
        if let Some(Seen { early, late, most }) = memory {
            println!(
                "  memory      {early:.1} MiB in the second quarter, {late:.1} in the last, at most {most:.1}"
            );
        }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = self.ledger.problems.clone();
        problems.extend(self.work.problems.iter().cloned());
        problems.extend(self.summary.unclean.iter().cloned());
        self.judge_messages(&mut problems);
        self.judge_commands(&mut problems);
        self.judge_twins(&mut problems);
        let mut hold = |holds: bool, text: &str| {
            if !holds {
                problems.push(text.to_owned());
            }
        };
        hold(self.ended, "the devices' process failed");
        hold(self.storm.total() >= self.plan.least_faults, "there were too few faults to prove anything");
        hold(self.memory.is_none_or(|seen| seen.is_flat()), "the devices' memory grows");
        problems
    }

    fn judge_messages(&self, problems: &mut Vec<String>) {
        for (device, column) in &self.ledger.devices {
            if column.arrived() != self.plan.messages {
                problems.push(format!("{device}: {} of {} arrived", column.arrived(), self.plan.messages));
            }
        }
        let all = self.plan.messages * self.plan.devices;
        if self.settled.outcomes != BTreeMap::from([("ok".to_owned(), all)]) {
            problems.push(format!("not every message ended well: {:?}", self.settled.outcomes));
        }
    }

    /// A call that was answered ran once, any other once at most.
    fn judge_commands(&self, problems: &mut Vec<String>) {
        let Self { work, summary, .. } = self;
        let repeated = summary.blinks.iter().filter(|(_, count)| **count > 1);
        problems.extend(repeated.map(|(number, count)| format!("call {number} ran {count} times")));
        let unrun = work.answered.iter().filter(|number| !summary.blinks.contains_key(number));
        problems.extend(unrun.map(|number| format!("call {number} was answered and never ran")));
        let ended = work.answered.len() as u32 + work.accepted + work.failed.values().sum::<u32>();
        if ended != work.called {
            problems.push(format!("{} commands called, {ended} ended", work.called));
        }
        if work.answered.is_empty() || summary.diagnoses < work.accepted {
            problems
                .push(format!("{} diagnoses ran for {} accepted calls", summary.diagnoses, work.accepted));
        }
    }

    /// Both sides have the same values.
    fn judge_twins(&self, problems: &mut Vec<String>) {
        for (device, twin) in &self.twins {
            let reported = match twin {
                Ok(reported) => reported,
                Err(problem) => {
                    problems.push(problem.clone());
                    continue;
                }
            };
            let (brightness, name) = self.summary.in_force.get(device).cloned().unwrap_or_default();
            let of_device = json!([brightness, name, self.settled.states.get(device)]);
            let of_hub =
                json!([reported["brightness"]["value"], reported["name"]["value"], reported["state"]]);
            if of_device != of_hub {
                problems.push(format!("{device}: the device has {of_device}, the hub {of_hub}"));
            }
        }
    }
}
