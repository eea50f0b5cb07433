//! One file checked as a model of its own, with what it refers to looked up.

use dtdl::{Options, Reading, Sources, Style};

use super::finding::{Finding, UNREADABLE};
use super::head::Head;
use super::library::{Library, Search};
use super::text;
use crate::models::Found;

/// More than these of one file are counted, not drawn: nobody reads them, and each is drawn from the whole text.
const MOST_DRAWN: usize = 100;

/// How a file fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Valid,
    Faulty,
    /// It, or a file that it needs, could not be read.
    Unreadable,
    /// It was found in a folder and is other JSON than a model.
    Skipped,
}

/// A file checked: its verdict, all that is wrong, and for people where missing ids were looked up.
pub(super) struct Checked {
    pub(super) verdict: Verdict,
    pub(super) findings: Vec<Finding>,
    pub(super) notes: Vec<String>,
}

/// Checks a file; findings are drawn where `style` says how.
pub(super) fn check(file: &Found, library: &Library<'_>, style: Option<Style>) -> Checked {
    let text = match text::read(&file.path) {
        Ok(text) => text,
        Err(why) => return Checked::new(vec![Finding::unreadable(&file.path, &why)], Vec::new()),
    };
    if !file.named && Head::of(&text).is_some_and(|head| !head.has_context) {
        return Checked { verdict: Verdict::Skipped, findings: Vec::new(), notes: Vec::new() };
    }
    let mut sources = Sources::default();
    sources.add(file.path.display().to_string(), &text);
    drop(text);
    let mut search = library.search_for(&file.path);
    let reading = dtdl::read_with(sources, None, &Options::default(), &mut |ids| search.answer(ids));
    let found = reading.diagnostics().iter().enumerate();
    let mut findings: Vec<Finding> = found
        .map(|(at, fault)| Finding::of(fault, reading.sources(), style.filter(|_| at < MOST_DRAWN)))
        .collect();
    findings.extend(search.unreadable.iter().map(|(path, why)| Finding::unreadable(path, why)));
    Checked::new(findings, notes(&reading, &search))
}

impl Checked {
    fn new(findings: Vec<Finding>, notes: Vec<String>) -> Self {
        let verdict = if findings.is_empty() {
            Verdict::Valid
        } else if findings.iter().any(|finding| finding.code == UNREADABLE) {
            Verdict::Unreadable
        } else {
            Verdict::Faulty
        };
        Self { verdict, findings, notes }
    }
}

/// Where the ids were looked up that nothing defines.
fn notes(reading: &Reading, search: &Search<'_>) -> Vec<String> {
    let missing = reading.unresolved().iter().map(|unresolved| unresolved.id.as_str());
    let looked_at = missing.map(|id| (id, search.looked_at(id))).filter(|(_, paths)| !paths.is_empty());
    looked_at
        .map(|(id, paths)| {
            let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            format!("note: `{id}` is not in the files given, nor in {}", paths.join(" or "))
        })
        .collect()
}
