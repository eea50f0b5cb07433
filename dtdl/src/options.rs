//! How strictly models are read. The default is the language's own rules, version by version.

use crate::dtmi::Dtmi;

/// Options of a reading.
///
/// ```
/// let options = dtdl::Options::default().max_version(3);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub(crate) undefined: UndefinedExtensions,
    pub(crate) max_version: Option<u32>,
    pub(crate) limits: Vec<Dtmi>,
    pub(crate) tolerant_of_files: bool,
    pub(crate) tolerant_of_resolved: bool,
    pub(crate) stops_at_first: bool,
}

/// What becomes of a context that nobody here knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UndefinedExtensions {
    /// v2 accepts it, v3 and v4 refuse it.
    #[default]
    ByVersion,
    /// It is accepted, and so are the terms that may come from it.
    Allow,
    /// It is refused.
    Disallow,
}

impl Options {
    /// What becomes of contexts that nobody here knows.
    #[must_use]
    pub fn undefined_extensions(self, undefined: UndefinedExtensions) -> Self {
        Self { undefined, ..self }
    }

    /// Refuses versions of the language above this one.
    #[must_use]
    pub fn max_version(self, version: u32) -> Self {
        Self { max_version: Some(version), ..self }
    }

    /// Accepts models that ask for other limits by this context, such as `dtmi:dtdl:limits:onvif;1`; without a version,
    /// by all of its versions.
    #[must_use]
    pub fn accept_limits(mut self, context: Dtmi) -> Self {
        self.limits.push(context);
        self
    }

    /// Lets pass three solecisms that early v2 models have: ids under reserved prefixes, `{"@id": ..}` as a reference,
    /// and second contents of one name, of which the first counts. `files`: in the documents themselves; `resolved`: in
    /// those found for them.
    #[must_use]
    pub fn tolerate_solecisms(self, files: bool, resolved: bool) -> Self {
        Self { tolerant_of_files: files, tolerant_of_resolved: resolved, ..self }
    }

    /// Gives up the whole reading where the reference parser does, so that the same faults are reported. By default what
    /// can still be understood is read on.
    #[must_use]
    pub fn stop_like_reference(self) -> Self {
        Self { stops_at_first: true, ..self }
    }
}
