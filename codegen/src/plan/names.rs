//! Names: from the model's to Rust's, and the collisions that come of it.
//!
//! The model's names in snake or camel case; a keyword gets a trailing `_`; two names that become one are an error that
//! shows both places and offers `rename`. No numeric suffixes: they would move when the model grows.

use std::collections::{BTreeMap, BTreeSet};

use dtdl::{Diagnostic, Location, Sources};
use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

use crate::request::{Complaint, Rename};

/// Words that no identifier may be, in any edition up to 2024.
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// The types every generated module has, which no type of the model may be called.
const RESERVED_TYPES: &[&str] = &["Client", "Commands", "Properties", "Reported", "Telemetry"];

/// The name of the module that stands beside a struct.
pub fn module_name(device: &str) -> String {
    let name = device.to_snake_case();
    // `__` is a name for a struct, and has no word in it
    if name.is_empty() { "device".to_owned() } else { keyword_safe(name) }
}

/// The field that holds a component, where nothing else is said.
pub(crate) fn field_name(component: &str) -> Ident {
    ident(component.to_snake_case())
}

/// A name for the struct of a device that has none yet: the last word of the model's id.
pub fn device_name(model: &dtdl::Model) -> Ident {
    let id = model.id.text.as_str();
    let name = labels_of(id).pop().unwrap_or(id).to_upper_camel_case();
    let name = ident(name);
    if name == "_" { Ident::new("Unnamed", Span::call_site()) } else { name }
}

fn keyword_safe(word: String) -> String {
    if KEYWORDS.contains(&word.as_str()) { word + "_" } else { word }
}

/// Makes names and remembers which renames were used.
pub(super) struct Names<'a> {
    renames: &'a [Rename],
    used: Vec<bool>,
    sources: &'a Sources,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Names<'a> {
    pub(super) fn new(renames: &'a [Rename], sources: &'a Sources) -> Self {
        Self { renames, used: vec![false; renames.len()], sources, diagnostics: Vec::new() }
    }

    /// A place of the model for people.
    pub(super) fn place(&self, at: Location) -> String {
        self.sources.position(at).to_string()
    }

    fn renamed(&mut self, name: &str) -> Option<Ident> {
        let found = self.renames.iter().position(|rename| rename.from.value == name)?;
        self.used[found] = true;
        // Without the option's span: an error about the item would otherwise point at the option.
        Some(Ident::new(&self.renames[found].to.to_string(), Span::call_site()))
    }

    /// A field, method, parameter or module.
    pub(super) fn value(&mut self, name: &str) -> Ident {
        self.renamed(name).unwrap_or_else(|| ident(name.to_snake_case()))
    }

    /// The setter of a property.
    pub(super) fn setter(&mut self, name: &str) -> Ident {
        match self.renamed(name) {
            Some(renamed) => ident(format!("set_{renamed}")),
            None => ident(format!("set_{}", name.to_snake_case())),
        }
    }

    /// The module of an Interface, by its id: the words of it that tell it from the others, or what `rename` says of the
    /// whole id.
    pub(super) fn module(&mut self, id: &str, all: &Ids) -> Ident {
        let words = || all.telling(id).join("_").to_snake_case();
        self.renamed(id).unwrap_or_else(|| ident(words()))
    }

    /// The type that `rename` gives to a shared schema, by its id.
    pub(super) fn renamed_type(&mut self, id: &str) -> Option<Ident> {
        self.renamed(id).map(|renamed| ident(renamed.to_string().to_upper_camel_case()))
    }

    /// A type or variant; `words` are joined, a word that begins with those before it and goes on stands for them.
    pub(super) fn type_name(&mut self, words: &[&str]) -> Ident {
        if let Some(renamed) = words.last().and_then(|word| self.renamed(word)) {
            return ident(renamed.to_string().to_upper_camel_case());
        }
        ident(joined(words))
    }

    pub(super) fn scope(&self, what: &'static str) -> Scope {
        Scope { what, taken: BTreeMap::new() }
    }

    pub(super) fn type_scope(&self) -> Scope {
        Scope { what: "types", taken: RESERVED_TYPES.iter().map(|name| ((*name).to_owned(), None)).collect() }
    }

    /// Takes `ident` for what the model calls `name`, or reports who has it already. `rename` works on that name.
    pub(super) fn claim(&mut self, scope: &mut Scope, ident: &Ident, name: &str, place: Location) -> bool {
        let key = ident.to_string();
        if key == "_" {
            self.diagnostics.push(no_name(name, place));
            return false;
        }
        let Some(taken) = scope.taken.get(&key) else {
            scope.taken.insert(key, Some((name.to_owned(), place)));
            return true;
        };
        let help = format!("add `rename(\"{name}\" = \"another_name\")` to #[device_model]");
        self.diagnostics.push(match taken {
            Some((first, at)) => {
                let message = format!("`{first}` and `{name}` both become `{key}` among the {}", scope.what);
                Diagnostic::new("nameCollision", message, place)
                    .with_also(*at, "the first is here")
                    .with_help(help)
            }
            None => {
                let message = format!("`{name}` becomes `{key}`, which every generated module has already");
                Diagnostic::new("nameCollision", message, place).with_help(help)
            }
        });
        false
    }

    /// What is left of the renames: those that named nothing.
    pub(super) fn unused(&self, known: &[&str]) -> Vec<Complaint> {
        let unused = self.renames.iter().zip(&self.used).filter(|(_, used)| !**used);
        unused
            .map(|(rename, _)| {
                let name = &rename.from.value;
                let message = nothing_is_called(name, known);
                Complaint { code: "unknownName", span: rename.from.span, message }
            })
            .collect()
    }
}

/// What is said of a name that has neither letter nor digit.
fn no_name(name: &str, place: Location) -> Diagnostic {
    Diagnostic::new("noRustName", format!("`{name}` cannot become a Rust name: it is all underscores"), place)
        .with_help(format!("add `rename(\"{name}\" = \"another_name\")` to #[device_model]"))
}

/// Whether every module has a type of that name.
pub(super) fn is_reserved(ident: &Ident) -> bool {
    RESERVED_TYPES.iter().any(|name| ident == name)
}

/// Words as the name of a type.
pub(super) fn joined<W: AsRef<str>>(words: &[W]) -> String {
    let mut name = String::new();
    for word in words {
        let word = word.as_ref().to_upper_camel_case();
        if word.len() > name.len() && word.starts_with(&name) {
            name.clear();
        }
        name.push_str(&word);
    }
    name
}

/// The sentence about an option that names nothing in the model.
pub(super) fn nothing_is_called(name: &str, known: &[&str]) -> String {
    none("the model has no", name, known)
}

/// That there is nothing of the name, and what may be meant.
pub(super) fn none(there_is_no: &str, name: &str, known: &[&str]) -> String {
    match dtdl::closest(name, known.iter().copied()) {
        Some(near) => format!("{there_is_no} `{name}`; did you mean `{near}`?"),
        None if known.is_empty() => format!("{there_is_no} `{name}`, nor any other: leave it out"),
        None => format!("{there_is_no} `{name}`; choose one of {}", known.join(", ")),
    }
}

/// The names taken in one place, and who took them; `None` is the generator itself.
pub(super) struct Scope {
    what: &'static str,
    taken: BTreeMap<String, Option<(String, Location)>>,
}

/// Ids that stand side by side, and what tells them apart.
#[derive(Default)]
pub(super) struct Ids {
    by_last_label: BTreeMap<String, BTreeSet<String>>,
}

impl Ids {
    pub(super) fn add(&mut self, id: &str) {
        let last = labels_of(id).pop().unwrap_or_default().to_owned();
        self.by_last_label.entry(last).or_default().insert(id.to_owned());
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.by_last_label.values().flatten().map(String::as_str)
    }

    /// The words that an id is named by: as many labels at its end as tell it from the others, and where only versions
    /// differ, the version.
    pub(super) fn telling(&self, id: &str) -> Vec<String> {
        let labels = labels_of(id);
        let alike = labels.last().and_then(|last| self.by_last_label.get(*last));
        let others: Vec<Vec<&str>> =
            alike.into_iter().flatten().filter(|other| *other != id).map(|other| labels_of(other)).collect();
        let is_only = |count: &usize| {
            let own = labels.iter().rev().take(*count);
            !others.iter().any(|other| other.iter().rev().take(*count).eq(own.clone()))
        };
        let own = |count: usize| labels.iter().rev().take(count).rev().map(|label| (*label).to_owned());
        if let Some(count) = (1..=labels.len()).find(is_only) {
            return own(count).collect();
        }
        let version = id.split_once(';').map(|(_, version)| format!("v{}", version.replace('.', "_")));
        own(1).chain(version).collect()
    }
}

/// The labels of an id, without its scheme and version: `com`, `example` and `Pump` of `dtmi:com:example:Pump;1`.
pub(super) fn labels_of(id: &str) -> Vec<&str> {
    let (path, _) = id.split_once(';').unwrap_or((id, ""));
    let mut labels: Vec<&str> = path.split(':').skip(1).collect();
    // A `urn:` ends in its version.
    let is_version = |label: &&str| label.bytes().all(|byte| byte.is_ascii_digit());
    if labels.len() > 1 && labels.last().is_some_and(is_version) {
        labels.pop();
    }
    labels
}

/// An identifier, whatever the name: those of right models are of ASCII letters and digits, but a wrong model is generated
/// from as well. A name without any is `_`, which is refused where it is claimed.
fn ident(mut name: String) -> Ident {
    name.retain(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let name = keyword_safe(name);
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let name = if starts_well { name } else { format!("_{name}") };
    Ident::new(&name, Span::call_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_case_of_rust_and_step_aside_for_keywords() {
        let sources = Sources::default();
        let mut names = Names::new(&[], &sources);
        for (model, rust) in [("swVersion", "sw_version"), ("temp", "temp"), ("type", "type_"), ("_0", "_0")]
        {
            assert_eq!(names.value(model).to_string(), rust);
        }
        assert_eq!(names.setter("type").to_string(), "set_type");
        assert_eq!(names.type_name(&["blink", "blinkResponse"]).to_string(), "BlinkResponse");
        assert_eq!(names.type_name(&["reboot", "response"]).to_string(), "RebootResponse");
        assert_eq!(names.type_name(&["self"]).to_string(), "Self_");
        assert_eq!(module_name("EnvironmentalSensor"), "environmental_sensor");
    }
}
