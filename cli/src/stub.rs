//! Stands in for what the reader is about to offer; goes when it does.
#![allow(dead_code, reason = "a stand-in")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(crate) use dtdl::{Diagnostic, Location, Position, Sources, Style, ValueFault};

pub(crate) type Resolve<'r> = dyn FnMut(&[&str]) -> Vec<(String, String)> + 'r;

#[derive(Debug, Default)]
pub(crate) struct Options;

#[allow(clippy::enum_variant_names)]
pub(crate) enum UndefinedExtensions {
    Allow,
    Disallow,
}

impl Options {
    pub(crate) fn undefined_extensions(self, _: UndefinedExtensions) -> Self {
        self
    }
    pub(crate) fn max_version(self, _: u32) -> Self {
        self
    }
    pub(crate) fn accept_limits(self, _: Dtmi) -> Self {
        self
    }
    pub(crate) fn tolerate_solecisms(self, _: bool, _: bool) -> Self {
        self
    }
    pub(crate) fn stop_like_reference(self) -> Self {
        self
    }
}

pub(crate) struct Unresolved {
    pub(crate) id: String,
    pub(crate) asked_at: Vec<Location>,
}

pub(crate) struct Description {
    pub(crate) class: &'static str,
    pub(crate) properties: BTreeMap<String, serde_json::Value>,
    pub(crate) supplemental_types: Vec<String>,
    pub(crate) supplemental_properties: BTreeMap<String, serde_json::Value>,
    pub(crate) undefined_types: Vec<String>,
    pub(crate) undefined_properties: BTreeMap<String, serde_json::Value>,
}

#[derive(Default)]
pub(crate) struct Details {
    pub(crate) id: Option<String>,
    pub(crate) property: Option<String>,
    pub(crate) secondary: Option<String>,
    pub(crate) aux: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) restriction: Option<String>,
    pub(crate) transformation: Option<String>,
}

static NO_DETAILS: LazyLock<Details> = LazyLock::new(Details::default);

pub(crate) trait DiagnosticExt {
    fn details(&self) -> &Details {
        &NO_DETAILS
    }
}
impl DiagnosticExt for Diagnostic {}

pub(crate) struct Lines<'a> {
    pub(crate) file: &'a str,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

pub(crate) trait SourcesExt {
    fn lines(&self, at: Location) -> Lines<'_>;
    fn end(&self, at: Location) -> Position<'_>;
}
impl SourcesExt for Sources {
    fn lines(&self, at: Location) -> Lines<'_> {
        let position = self.position(at);
        Lines { file: position.file, first: position.line, last: position.line }
    }
    fn end(&self, at: Location) -> Position<'_> {
        self.position(at)
    }
}

pub(crate) struct Reading {
    inner: dtdl::Reading,
    unresolved: Vec<Unresolved>,
}

impl Reading {
    pub(crate) fn is_valid(&self) -> bool {
        self.inner.diagnostics().is_empty()
    }
    pub(crate) fn diagnostics(&self) -> &[Diagnostic] {
        self.inner.diagnostics()
    }
    pub(crate) fn sources(&self) -> &Sources {
        self.inner.sources()
    }
    pub(crate) fn unresolved(&self) -> &[Unresolved] {
        &self.unresolved
    }
    pub(crate) fn count(&self) -> usize {
        0
    }
    pub(crate) fn describe(&self, _: &str) -> Option<Description> {
        None
    }
    pub(crate) fn check_instance(&self, _: &str, _: &str) -> Option<Vec<ValueFault>> {
        None
    }
}

pub(crate) fn read_with(
    mut sources: Sources,
    root: Option<&str>,
    _: &Options,
    resolve: &mut Resolve<'_>,
) -> Reading {
    loop {
        let inner = dtdl::read(sources.clone(), root);
        let mut unresolved: Vec<Unresolved> = Vec::new();
        for fault in inner.diagnostics().iter().filter(|fault| fault.code() == "unresolvedReference") {
            let id = fault.message().split('`').nth(1).unwrap_or_default().to_owned();
            match unresolved.iter_mut().find(|one| one.id == id) {
                Some(one) => one.asked_at.push(fault.at()),
                None => unresolved.push(Unresolved { id, asked_at: vec![fault.at()] }),
            }
        }
        let ids: Vec<&str> = unresolved.iter().map(|one| one.id.as_str()).collect();
        let found = if ids.is_empty() { Vec::new() } else { resolve(&ids) };
        if found.is_empty() {
            return Reading { inner, unresolved };
        }
        for (name, text) in found {
            sources.add(name, &text);
        }
    }
}

pub(crate) struct Dtmi(String);
impl Dtmi {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.starts_with("dtmi:").then(|| Self(text.to_owned()))
    }
    pub(crate) fn major(&self) -> u32 {
        1
    }
    pub(crate) fn minor(&self) -> u32 {
        0
    }
    pub(crate) fn versionless(&self) -> String {
        self.0.split(';').next().unwrap_or_default().to_owned()
    }
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.split(';').next().unwrap_or_default().split(':').skip(1)
    }
    pub(crate) fn fragment(&self) -> &str {
        ""
    }
    pub(crate) fn is_reserved(&self) -> bool {
        false
    }
    pub(crate) fn repository_path(&self) -> String {
        format!("{}.json", self.0.to_lowercase().replace(':', "/").replace(';', "-"))
    }
}
