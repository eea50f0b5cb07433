//! One file checked as a model of its own, with what it refers to looked up.

use dtdl::{Options, Sources, Style};

use super::finding::{Drawing, Finding, UNREADABLE};
use crate::lookup::{Head, Library, text};
use crate::models::Found;

/// More than these of one file are listed, not drawn: nobody reads them.
const MOST_DRAWN: usize = 100;

/// Where the texts are larger than this, no snippets are drawn: each drawing goes through all of its text.
const MOST_DRAWN_FROM: usize = 1 << 20;

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
        Err(why) => return Checked::new(vec![Finding::unreadable(&file.path, &why)]),
    };
    if !file.named && Head::of(&text).is_some_and(|head| !head.has_context) {
        return Checked { verdict: Verdict::Skipped, ..Checked::new(Vec::new()) };
    }
    let own_bytes = text.len();
    let mut sources = Sources::default();
    sources.add(file.path.display().to_string(), text);
    let mut search = library.search_for(&file.path);
    let reading = dtdl::read_with(sources, None, &Options::default(), &mut |ids| search.answer(ids));
    let drawing = match style {
        None => Drawing::None,
        Some(_) if own_bytes + search.bytes > MOST_DRAWN_FROM => Drawing::Bare,
        Some(style) => Drawing::Snippet(style),
    };
    let drawing_of = |at| if at < MOST_DRAWN { drawing } else { Drawing::None };
    let faults = reading.diagnostics().iter().enumerate();
    let mut findings: Vec<Finding> =
        faults.map(|(at, fault)| Finding::of(fault, reading.sources(), drawing_of(at))).collect();
    findings.extend(search.unreadable.iter().map(|(path, why)| Finding::unreadable(path, why)));
    Checked { notes: search.notes(&reading), ..Checked::new(findings) }
}

impl Checked {
    fn new(findings: Vec<Finding>) -> Self {
        let verdict = if findings.is_empty() {
            Verdict::Valid
        } else if findings.iter().any(|finding| finding.code == UNREADABLE) {
            Verdict::Unreadable
        } else {
            Verdict::Faulty
        };
        Self { verdict, findings, notes: Vec::new() }
    }
}
