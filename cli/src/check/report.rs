//! What the whole check found: for people on standard error, for programs as JSON on standard output.
//!
//! A fault in a file that others refer to is found once for each of them and reported once.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde::Serialize;

use super::finding::{Finding, UNREADABLE};
use super::one::{Checked, Verdict};
use crate::Outcome;
use crate::models::Found;
use crate::place::Place;

/// The findings of all files, in their order.
pub(super) struct Report {
    files: Vec<Entry>,
    skipped: usize,
}

struct Entry {
    name: String,
    verdict: Verdict,
    /// Those that no earlier file had.
    findings: Vec<Finding>,
    notes: Vec<String>,
    /// The files of the others.
    reported_before: BTreeSet<String>,
}

/// The document that `--json` prints.
#[derive(Serialize)]
struct Document<'r> {
    files: usize,
    valid: usize,
    skipped: usize,
    invalid: Vec<&'r str>,
    diagnostics: Vec<&'r Finding>,
}

impl Report {
    /// The report of `checked`, which are the results of `files`.
    pub(super) fn new(files: &[Found], checked: Vec<Checked>) -> Self {
        let (mut known, mut known_notes) = (HashSet::new(), HashSet::new());
        let mut report = Self { files: Vec::new(), skipped: 0 };
        for (file, Checked { verdict, findings, mut notes }) in files.iter().zip(checked) {
            if verdict == Verdict::Skipped {
                report.skipped += 1;
                continue;
            }
            let (new, old): (Vec<_>, Vec<_>) =
                findings.into_iter().partition(|finding| known.insert(key(finding)));
            notes.retain(|note| known_notes.insert(note.clone()));
            report.files.push(Entry {
                name: file.path.display().to_string(),
                verdict,
                findings: new,
                notes,
                reported_before: old.into_iter().map(|finding| finding.place.file).collect(),
            });
        }
        report
    }

    /// Whether there was nothing to check.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn outcome(&self) -> Outcome {
        if self.count(Verdict::Unreadable) > 0 {
            Outcome::Unusable
        } else if self.count(Verdict::Faulty) > 0 {
            Outcome::Findings
        } else {
            Outcome::Done
        }
    }

    /// Prints the one JSON document.
    pub(super) fn print(&self) {
        let invalid = self.files.iter().filter(|file| file.verdict != Verdict::Valid);
        let document = Document {
            files: self.files.len(),
            valid: self.count(Verdict::Valid),
            skipped: self.skipped,
            invalid: invalid.map(|file| file.name.as_str()).collect(),
            diagnostics: self.findings().collect(),
        };
        let mut stdout = io::BufWriter::new(io::stdout().lock());
        // Whoever reads may have seen enough: a closed pipe is no failure.
        let _ = serde_json::to_writer(&mut stdout, &document).map_err(io::Error::from);
        let _ = writeln!(stdout).and_then(|()| stdout.flush());
    }

    /// Shows everything and the summary on standard error.
    pub(super) fn show(&self) {
        let mut text = String::new();
        for file in &self.files {
            file.write(&mut text);
        }
        // Nothing is left to do when standard error is closed.
        let _ = writeln!(io::stderr().lock(), "{text}{}", self.summary());
    }

    /// `217 files: 202 valid, 15 with 20 faults`
    fn summary(&self) -> String {
        let (valid, faulty) = (self.count(Verdict::Valid), self.count(Verdict::Faulty));
        let unreadable = self.count(Verdict::Unreadable);
        let mut text = format!("{}: {valid} valid", plural(self.files.len(), "file"));
        if faulty > 0 {
            let faults = self.findings().filter(|finding| finding.code != UNREADABLE).count();
            // writing to a String cannot fail
            let _ = write!(text, ", {faulty} with {}", plural(faults, "fault"));
        }
        if unreadable > 0 {
            let _ = write!(text, ", {unreadable} unreadable");
        }
        if self.skipped > 0 {
            let _ =
                write!(text, " ({} skipped: JSON without `@context`)", plural(self.skipped, "other file"));
        }
        text
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.files.iter().filter(|file| file.verdict == verdict).count()
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.files.iter().flat_map(|file| &file.findings)
    }
}

impl Entry {
    /// As people see it; nothing where all is well.
    fn write(&self, text: &mut String) {
        let drawn = self.findings.iter().filter_map(|finding| finding.drawn.as_deref());
        let drawn = drawn.chain(self.notes.iter().map(String::as_str));
        for one in drawn {
            text.extend([one, "\n\n"]);
        }
        let more = self.findings.iter().filter(|finding| finding.drawn.is_none()).count();
        // writing to a String cannot fail
        if more > 0 {
            let _ = writeln!(text, "{}: {more} more; `--json` lists them, too\n", self.name);
        }
        if self.findings.is_empty() && !self.reported_before.is_empty() {
            let others: Vec<&str> = self.reported_before.iter().map(String::as_str).collect();
            let _ =
                writeln!(text, "{} is not valid because of the above in {}\n", self.name, others.join(", "));
        }
    }
}

/// What makes two findings the same one.
fn key(finding: &Finding) -> (&'static str, String, Place) {
    (finding.code, finding.message.clone(), finding.place.clone())
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
