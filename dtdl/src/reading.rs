//! Reading, stage by stage: texts -> JSON -> elements -> references -> rules -> model.
//!
//! Decides the order of the stages and when what is missing is asked for; each stage begins only when the one before it
//! found nothing wrong, so that no fault is followed by others that it causes. Begin with [`read_with`].

use std::sync::{Arc, OnceLock};

use crate::describe::{self, Description};
use crate::diagnostic::{Code, Diagnostic, Fault, Faults};
use crate::graph::{Graph, Ix};
use crate::instance::{self, ValueFault};
use crate::model::{self, Model};
use crate::options::Options;
use crate::read::{self, Quit, Reader};
use crate::resolve::{self, Unresolved};
use crate::rules::{self, Inheritance};
use crate::source::{FileId, Location, Sources};
use crate::suggest::closest;
use crate::tape::scan;

/// Finds texts for ids that no document defines: a name to show and the text, for each document found.
///
/// It is asked for all missing ids at once, then for those that the answers miss. When it finds nothing for an id, that
/// id is unresolved.
pub type Resolve<'r> = dyn FnMut(&[&str]) -> Vec<(String, String)> + 'r;

/// What reading one or more documents gave: the model, as far as it could be understood, and all that is wrong.
#[derive(Debug)]
pub struct Reading {
    root: Option<Ix>,
    /// Made when first asked for: who only checks does not need it.
    model: OnceLock<Model>,
    diagnostics: Vec<Diagnostic>,
    unresolved: Vec<Unresolved>,
    sources: Sources,
    graph: Graph,
    inheritance: Inheritance,
}

impl Reading {
    /// The model. Where there are diagnostics it holds what could be understood, so that one fault in a model is not
    /// followed by a hundred about what it would have defined; a caller must not run a device from it.
    pub fn model(&self) -> Option<&Model> {
        let root = self.root?;
        Some(self.model.get_or_init(|| model::build(&self.graph, &self.inheritance, root)))
    }

    /// Everything that is wrong, sorted by file and place. Empty means that the model is valid.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The ids that nothing defines, and who asked for them; each place is also a diagnostic.
    pub fn unresolved(&self) -> &[Unresolved] {
        &self.unresolved
    }

    /// Whether nothing is wrong.
    pub fn is_valid(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// The texts that were read, which turn a [`Location`](crate::Location) into a file, line and column.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The model, when nothing is wrong with it.
    pub fn valid(&self) -> Option<&Model> {
        if self.is_valid() { self.model() } else { None }
    }

    /// How many elements were read, the language's own that are referred to included.
    pub fn count(&self) -> usize {
        self.graph.len()
    }

    /// An element by its id, inferred ids included, member by member.
    pub fn describe(&self, id: &str) -> Option<Description> {
        describe::describe(&self.graph, &self.inheritance, id)
    }

    /// Validates a JSON value against an element: a schema, or what has one and is a value on the wire (a field, an
    /// entry of an Enum or of a Map). `None` for other elements, and for unknown ids.
    pub fn check_instance(&self, id: &str, json: &str) -> Option<Vec<ValueFault>> {
        let ix = self.graph.find_anywhere(id)?;
        let (schema, shared) = model::shape(&self.graph, ix)?;
        Some(instance::check_instance(&schema, &|id| shared.get(id).cloned(), json))
    }
}

/// Reads and checks all documents of `sources` together, by the language's own rules; what they refer to must be among
/// them.
///
/// The device's root is the element with the id `root`, or, where that is `None`, the capability model or the first
/// Interface that no other Interface of these documents refers to.
pub fn read(sources: Sources, root: Option<&str>) -> Reading {
    read_with(sources, root, &Options::default(), &mut |_| Vec::new())
}

/// [`read`] with options, and with somebody to ask for what the documents refer to.
///
/// ```
/// let mut sources = dtdl::Sources::default();
/// sources.add("pump.json", r#"{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Pump;1",
///   "@type": "Interface", "extends": "dtmi:com:example:Machine;1" }"#);
/// let machine = r#"{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Machine;1", "@type": "Interface",
///   "contents": { "@type": "Telemetry", "name": "load", "schema": "double" } }"#;
/// let reading = dtdl::read_with(sources, None, &dtdl::Options::default(), &mut |ids| {
///     assert_eq!(ids, ["dtmi:com:example:Machine;1"]);
///     vec![("machine.json".to_owned(), machine.to_owned())]
/// });
/// let model = reading.valid().unwrap();
/// assert_eq!(model.interface(&model.parts[0]).telemetry[0].name.text, "load");
/// ```
pub fn read_with(
    sources: Sources,
    root: Option<&str>,
    options: &Options,
    resolve: &mut Resolve<'_>,
) -> Reading {
    let mut stages = Stages { sources, options, graph: Graph::default(), faults: Faults::default() };
    let mut unresolved = Vec::new();
    // what a stage had to give up has been reported; the model is made of what there is
    let complete = stages.read_all().and_then(|()| stages.resolve_all(resolve, &mut unresolved));
    let roots: Vec<_> = std::mem::take(&mut stages.graph.roots);
    let inheritance = match complete {
        Ok(()) => {
            resolve::link(&mut stages.graph, &mut stages.faults);
            if stages.faults.is_empty() {
                rules::check(&stages.graph, &mut stages.faults)
            } else {
                Inheritance::default()
            }
        }
        Err(Quit) => {
            let mut said = Faults::default();
            resolve::missing(&mut stages.graph, &mut said);
            resolve::link(&mut stages.graph, &mut said);
            rules::inheritance(&stages.graph)
        }
    };
    let Stages { sources, graph, mut faults, .. } = stages;
    let root = model::root(&graph, &roots, root, &mut faults);
    report_unresolved(&unresolved, &graph, &mut faults);
    let (model, diagnostics) = (OnceLock::new(), faults.into_sorted());
    Reading { root, model, diagnostics, unresolved, sources, graph, inheritance }
}

struct Stages<'o> {
    sources: Sources,
    options: &'o Options,
    graph: Graph,
    faults: Faults,
}

impl Stages<'_> {
    fn read_all(&mut self) -> Result<(), Quit> {
        let files: Vec<FileId> = self.sources.files().collect();
        for file in files {
            let read = self.read_file(file, self.options.tolerant_of_files);
            if self.options.stops_at_first && !self.faults.is_empty() {
                return read.and(Err(Quit));
            }
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Quit) }
    }

    fn read_file(&mut self, file: FileId, tolerant: bool) -> Result<(), Quit> {
        let text = self.sources.shared_text(file);
        self.graph.add_text(Arc::clone(&text));
        let tape = match scan(&text) {
            Ok(tape) => tape,
            Err(malformed) => {
                let at = Location::new(file, malformed.at);
                return Err(self.faults.quit(Fault::new(Code::JsonInvalid, at).value(malformed.message)));
            }
        };
        let (graph, faults, options) = (&mut self.graph, &mut self.faults, self.options);
        let mut reader = Reader::new(file, graph, faults, options, tolerant);
        read::document(&mut reader, tape)
    }

    /// Asks for what is missing until nothing is, or nobody knows more.
    fn resolve_all(
        &mut self,
        resolve: &mut Resolve<'_>,
        unresolved: &mut Vec<Unresolved>,
    ) -> Result<(), Quit> {
        let given = self.graph.roots.len();
        loop {
            let missing = resolve::missing(&mut self.graph, &mut self.faults);
            if !self.faults.is_empty() {
                return Err(Quit);
            }
            if missing.is_empty() {
                self.graph.roots.truncate(given);
                return Ok(());
            }
            let ids: Vec<&str> = missing.iter().map(|missing| missing.id.as_str()).collect();
            for (name, text) in resolve(&ids) {
                let file = self.sources.add(name, text);
                self.read_file(file, self.options.tolerant_of_resolved)?;
                if !self.faults.is_empty() {
                    return Err(Quit);
                }
            }
            let left: Vec<_> =
                missing.into_iter().filter(|missing| self.graph.find(&missing.id).is_none()).collect();
            if !left.is_empty() {
                self.graph.roots.truncate(given);
                *unresolved = left;
                return Err(Quit);
            }
        }
    }
}

fn report_unresolved(unresolved: &[Unresolved], graph: &Graph, faults: &mut Faults) {
    // a person follows some suggestions, among the ids that somebody gave
    const HINTS: usize = 20;
    const CANDIDATES: usize = 5000;
    let given: Vec<_> = graph
        .iter()
        .filter(|(_, element)| element.id_at().is_some())
        .map(|(_, element)| graph.id(element))
        .take(CANDIDATES)
        .collect();
    for (number, missing) in unresolved.iter().enumerate() {
        let near = if number < HINTS { closest(&missing.id, given.iter().map(|id| &**id)) } else { None };
        for at in &missing.asked_at {
            let fault = Fault::new(Code::UnresolvedReference, *at).value(&missing.id);
            faults.push(fault.hint(near));
        }
    }
}
