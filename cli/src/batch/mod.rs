//! `device-model check --batch`: requests on standard input, answers on standard output, one JSON object a line each.
//!
//! For programs that check many models, and for conformance suites: a request carries texts, not file names, and an
//! answer says all that the reader knows. Answers come in the order of the requests, each flushed; the end of the input
//! ends it. What a request may hold is in `request`, what an answer holds in `answer`. Faults are those that the
//! reference parser reports, which gives up a document earlier than `check` does.

mod answer;
mod request;

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, Write};

use dtdl::{Dtmi, Sources};

use self::answer::Answer;
use self::request::{Bad, Request};
use crate::{Outcome, fail};

/// Answers requests until there are no more.
pub(crate) fn run() -> Outcome {
    match serve(&mut io::stdin().lock(), &mut io::BufWriter::new(io::stdout().lock())) {
        Ok(()) => Outcome::Done,
        // whoever reads the answers has seen enough
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Done,
        Err(error) => fail(&format!("cannot go on with the batch: {error}")),
    }
}

fn serve(input: &mut impl BufRead, output: &mut impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        serde_json::to_writer(&mut *output, &respond(&line))?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn respond(line: &[u8]) -> Answer {
    match Request::parse(line) {
        Ok(Request { id, dtmi: Some(dtmi), .. }) => Answer::about_dtmi(id, Dtmi::parse(&dtmi).as_ref()),
        Ok(request) => read(request),
        Err(bad) => Answer::bad(bad),
    }
}

fn read(request: Request) -> Answer {
    let options = match request.reading() {
        Ok(options) => options,
        Err(message) => return Answer::bad(Bad { id: request.id, message }),
    };
    let mut sources = Sources::default();
    for (number, text) in request.models.iter().enumerate() {
        sources.add(number.to_string(), text);
    }
    let mut given = HashSet::new();
    let reading =
        dtdl::read_with(sources, None, &options, &mut |ids| resolve(ids, &request.resolver, &mut given));
    Answer::about_reading(request.id, &reading, request.want.as_deref(), request.instances.as_deref())
}

/// The texts for `ids`. One that several ids share is given once: what it defines would be defined twice.
fn resolve<'r>(
    ids: &[&str],
    resolver: &'r BTreeMap<String, String>,
    given: &mut HashSet<&'r str>,
) -> Vec<(String, String)> {
    let found = ids.iter().filter_map(|id| resolver.get_key_value(*id));
    found.filter(|(_, text)| given.insert(text)).map(|(id, text)| (id.clone(), text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_for_several_ids_is_given_once_and_an_unknown_id_gets_nothing() {
        let resolver =
            ["a", "b", "c"].map(|id| (id.to_owned(), if id == "c" { "2" } else { "1" }.to_owned()));
        let resolver = BTreeMap::from(resolver);
        let mut given = HashSet::new();
        let named = |found: Vec<(String, String)>| found.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(named(resolve(&["b", "x", "a"], &resolver, &mut given)), ["b"]);
        assert_eq!(named(resolve(&["a", "c"], &resolver, &mut given)), ["c"]);
        assert!(resolve(&["a", "b", "c"], &resolver, &mut given).is_empty());
    }
}
