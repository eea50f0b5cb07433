//! Tables of one-fault cases: a valid model with one place changed, and what must be reported, where.
//!
//! A table is a text: the valid model, a line `----`, then cases with blank lines between them. A case is
//!
//! - `# what is wrong`, its name;
//! - `- text` and `+ text`: the first occurrence of the one becomes the other; several such pairs are applied in turn.
//!   `= text` puts a whole document in place of the model;
//! - `> code line text`: the diagnostic's code, its line and the text it covers there, 40 characters at most, or `> valid`;
//! - `& line`: the line of the second place; without it there is none;
//! - `? name`: what "did you mean" suggests; without it there is no such question.
//!
//! A case must give these diagnostics in this order and no others: one, but where rules overlap.

use dtdl::{Reading, Sources, Style};

/// Runs a table and fails with everything that is not as it says; there must be `least` cases.
pub(crate) fn check(table: &str, least: usize) {
    let (valid, cases) = table.split_once("\n----\n").unwrap();
    let first = read(valid);
    assert!(first.valid().is_some(), "the model itself: {}", found(&first, valid));
    let cases: Vec<&str> = cases.split("\n\n").map(str::trim_end).filter(|case| !case.is_empty()).collect();
    assert!(cases.len() >= least, "{} cases", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| run(valid, case)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

/// Reads one text.
pub(crate) fn read(text: &str) -> Reading {
    let mut sources = Sources::default();
    sources.add("model.json", text);
    dtdl::read(sources, None)
}

/// What is wrong with the outcome of a case.
fn run(valid: &str, case: &str) -> Option<String> {
    let (mut text, mut from, mut expected) = (valid.to_owned(), None, Vec::new());
    for line in case.lines().filter(|line| !line.is_empty()) {
        let rest = line.get(2..).unwrap_or_default();
        match (&line[..1], from) {
            ("#", _) => {}
            ("-", _) if !text.contains(rest) => return Some(format!("{case}\nchanges nothing: {rest}")),
            ("-", _) => from = Some(rest),
            ("+", Some(old)) => text = text.replacen(old, rest, 1),
            ("=", _) => text = rest.to_owned(),
            _ => expected.push(line),
        }
    }
    let found = found(&read(&text), &text);
    (found != expected.join("\n")).then(|| format!("{case}\nfound:\n{found}"))
}

/// What is reported, in the form of a table. Of the text at the place, as much as a case is likely to quote is shown.
fn found(reading: &Reading, text: &str) -> String {
    if reading.is_valid() {
        return "> valid".to_owned();
    }
    let mut lines = Vec::new();
    for diagnostic in reading.diagnostics() {
        let sources = reading.sources();
        let (position, end) = (sources.position(diagnostic.at()), sources.end(diagnostic.at()));
        let line = text.lines().nth(position.line - 1).unwrap_or_default();
        let length = if end.line == position.line { end.column - position.column } else { usize::MAX };
        let there: String = line.chars().skip(position.column - 1).take(length.min(40)).collect();
        lines.push(format!("> {} {} {there}", diagnostic.code(), position.line).trim_end().to_owned());
        if let Some(also) = diagnostic.also() {
            lines.push(format!("& {}", sources.position(also).line));
        }
        let help = diagnostic.help().unwrap_or_default();
        assert!(!help.is_empty(), "{} has no remedy", diagnostic.code());
        if let Some(near) = help.strip_prefix("did you mean `").and_then(|rest| rest.split('`').next()) {
            lines.push(format!("? {near}"));
        }
        assert!(diagnostic.render(sources, Style::Plain).contains(&position.to_string()));
    }
    lines.join("\n")
}
