//! From a document's JSON to elements of the [`Graph`]: what one document can show to be wrong by itself.
//!
//! Contexts, ids, types, members, literals and texts are checked here against the tables of `language`; whether what
//! is referred to exists, and every rule between elements, is left to `resolve` and `rules`. Begin with [`document`].
//!
//! The codes, and which faults can be found together, are those of the reference parser; where it gives up a whole
//! document at the first fault of some kinds ([`Quit`]), this reader can go on with the next element.

mod children;
mod context;
mod cotype_members;
mod element;
mod ids;
mod literals;
mod object;
mod shape;
mod texts;
mod types;

use std::rc::Rc;

use self::context::Context;
use self::ids::Path;
use self::object::{Object, Slot};
use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Graph, Ix, Target};
use crate::language::class::Class;
use crate::language::{Version, terms};
use crate::options::Options;
use crate::source::{FileId, Location};
use crate::suggest::closest;
use crate::tape::{Kind, Node, Tape};

/// The fault has been reported, and what it was found in cannot be read further.
#[derive(Debug)]
pub(crate) struct Quit;

/// Whether minor solecisms of early v2 models are let pass: reserved ids, `{"@id": ..}` as a reference, second names.
pub(crate) type Tolerance = bool;

/// What reading a document needs.
pub(crate) struct Reader<'r> {
    file: FileId,
    graph: &'r mut Graph,
    faults: &'r mut Faults,
    options: &'r Options,
    tolerant: Tolerance,
    /// How many elements are being read, each inside the one before.
    depth: usize,
    /// The elements of the language's own that the terms in this file have meant so far.
    meant: Vec<(&'static str, Target)>,
}

/// The element that holds what is being read, and the member of it.
#[derive(Clone, Copy)]
struct Holder<'h> {
    ix: Ix,
    id: &'h Path<'h>,
    member: &'static str,
    /// The Interface around it.
    partition: Option<Ix>,
}

/// Reads the document of a file into the graph.
pub(crate) fn document(reader: &mut Reader<'_>, tape: Tape<'_>) -> Result<(), Quit> {
    shape::check(reader, &tape)?;
    // few of them are no elements
    reader.graph.reserve(tape.objects());
    let root = tape.root();
    if root.kind() != Kind::Array {
        return reader.document_item(root);
    }
    if root.range().len() > LONG {
        return tape.into_parts().try_for_each(|part| reader.document_item(part.root()));
    }
    root.items().try_for_each(|item| reader.document_item(item))
}

/// The length from which on a document is not kept on one tape while its elements are read: that would take as much room
/// as they do.
const LONG: usize = 1 << 20;

impl<'r> Reader<'r> {
    pub(crate) fn new(
        file: FileId,
        graph: &'r mut Graph,
        faults: &'r mut Faults,
        options: &'r Options,
        tolerant: Tolerance,
    ) -> Self {
        Self { file, graph, faults, options, tolerant, depth: 0, meant: Vec::new() }
    }

    /// The name that was probably meant, while the faults are few enough to be shown.
    fn near<'n, C: IntoIterator<Item = &'n str>>(
        &self,
        word: &str,
        candidates: impl FnOnce() -> C,
    ) -> Option<&'n str> {
        if self.faults.is_full() { None } else { closest(word, candidates()) }
    }

    fn at(&self, node: Node<'_>) -> Location {
        Location::new(self.file, node.range())
    }

    fn quit(&mut self, fault: Fault) -> Quit {
        self.faults.push(fault);
        Quit
    }

    /// Reads one of the elements that a document is made of.
    fn document_item(&mut self, value: Node<'_>) -> Result<(), Quit> {
        let read = self.top_level(value);
        if self.options.stops_at_first { read } else { Ok(()) }
    }

    fn top_level(&mut self, value: Node<'_>) -> Result<(), Quit> {
        let at = self.at(value);
        if value.kind() != Kind::Object {
            return Err(self.quit(Fault::new(Code::NotJsonObject, at)));
        }
        let object = Object::new(self.file, value);
        let object = wrapped(self.file, &object).unwrap_or(object);
        let context = Context::top_level(self, &object)?;
        self.check_root(&object, &context)?;
        self.root_element(&object, &context)
    }

    fn check_root(&mut self, object: &Object<'_>, context: &Rc<Context>) -> Result<(), Quit> {
        if let Some(graph) = &object.graph {
            return Err(self.quit(Fault::new(Code::TopLevelGraphDisallowed, graph.key)));
        }
        let Some(id) = &object.id else {
            return Err(self.quit(Fault::new(Code::MissingTopLevelId, object.at)));
        };
        let types: Vec<_> = object.type_strings().flatten().collect();
        if !types.iter().any(|name| is_rootable(name, context.version)) {
            let roots = if context.version == Version::V1Preview {
                "CapabilityModel or Interface"
            } else {
                "Interface"
            };
            let near = types.iter().find_map(|name| closest(name, ["Interface", "CapabilityModel"]));
            let id = id.value.as_str().unwrap_or_default();
            let fault = Fault::new(Code::TypeNotRootable, object.at).value(&id).kind(roots).hint(near);
            let fault = fault.only_at(object.types.as_ref().map_or(object.at.head(), Slot::values_at));
            return Err(self.quit(fault));
        }
        match object.foreign_keywords().next() {
            Some((keyword, at)) if context.restricts_keywords() => {
                Err(self.quit(Fault::new(Code::TopLevelKeywordDisallowed, at).value(keyword)))
            }
            _ => Ok(()),
        }
    }
}

/// The model inside an IoT Central export of v1-preview, whose wrapper has no context of its own.
fn wrapped<'t>(file: FileId, object: &Object<'t>) -> Option<Object<'t>> {
    let slot = object.members.iter().find(|slot| slot.name == "capabilityModel")?;
    let inner = (slot.value.kind() == Kind::Object).then(|| Object::new(file, slot.value))?;
    (object.context.is_none() && context::is_preview(&inner)).then_some(inner)
}

/// Whether a type, by term or DTMI, makes an element a document's top level.
fn is_rootable(name: &str, version: Version) -> bool {
    let class = class_named(name, version);
    match version {
        Version::V1Preview => matches!(class, Some(Class::CapabilityModel | Class::Interface)),
        _ => class == Some(Class::Interface),
    }
}

/// The class that a type names in a version: by its term, or by the DTMI of that version.
fn class_named(name: &str, version: Version) -> Option<Class> {
    match name.strip_prefix("dtmi:dtdl:class:") {
        Some(rest) => {
            let (term, _) = rest.split_once(';')?;
            (terms::core_term(version, term) == Some(name)).then(|| Class::named(term)).flatten()
        }
        None => Class::named(name).filter(|class| class.versions().contains(&version)),
    }
}
