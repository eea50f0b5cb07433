//! `@context`: the version of the language and the extensions that hold from an element on.
//!
//! Decides which contexts are accepted and what names mean in them. Begin with [`Context::top_level`].

use std::borrow::Cow;
use std::rc::Rc;

use super::object::Object;
use super::{Quit, Reader};
use crate::diagnostic::{Code, Fault};
use crate::dtmi::{self, Dtmi};
use crate::language::extensions::{self, Extension, Limits, Lookup};
use crate::language::{Version, terms};
use crate::options::UndefinedExtensions;
use crate::source::Location;
use crate::suggest::closest;
use crate::tape::Kind;

/// The contexts in force.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) version: Version,
    /// Where the version is written.
    pub(super) at: Location,
    pub(super) limits: Limits,
    /// The context that sets the limits, for messages.
    pub(super) limits_context: String,
    extensions: Vec<&'static Extension>,
    /// Whether a context is in force that nobody here knows, so that unknown terms may come from it.
    pub(super) open: bool,
}

/// One specifier of a `@context`.
struct Component<'t> {
    /// `None` for a context that is written in place (an object).
    specifier: Option<Cow<'t, str>>,
    at: Location,
}

const CORE: &str = "dtmi:dtdl:context;";
/// v1-preview, with the two older names that public files have.
const PREVIEW: &[&str] = &[
    "http://azureiot.com/v1/contexts/IoTModel.json",
    "http://azureiot.com/v1/contexts/Interface.json",
    "http://azureiot.com/v1/contexts/CapabilityModel.json",
];

impl Context {
    pub(super) fn top_level(reader: &mut Reader<'_>, object: &Object<'_>) -> Result<Rc<Self>, Quit> {
        let Some(slot) = &object.context else {
            return Err(reader.quit(Fault::new(Code::MissingContext, object.at)));
        };
        match components(object) {
            components if components.is_empty() => Err(reader.quit(Fault::new(Code::EmptyContext, slot.key))),
            components => Self::extend(None, reader, &components).map(Rc::new),
        }
    }

    /// The context of an element inside another: what it adds wins over what holds around it.
    pub(super) fn child(
        self: &Rc<Self>,
        reader: &mut Reader<'_>,
        object: &Object<'_>,
    ) -> Result<Rc<Self>, Quit> {
        match components(object) {
            components if components.is_empty() => Ok(Rc::clone(self)),
            components => Self::extend(Some(self), reader, &components).map(Rc::new),
        }
    }

    /// The DTMI that a name means here: a term's, or the DTMI itself where it may be referred to.
    pub(super) fn meaning<'n>(&self, name: &'n str) -> Option<&'n str> {
        if self.version == Version::V1Preview {
            return self.preview_meaning(name);
        }
        if name.starts_with("dtmi:") {
            return dtmi::is_reference(name, self.version, self.limits).then_some(name);
        }
        if name.contains(':') {
            return None;
        }
        terms::core_term(self.version, name)
            .or_else(|| self.extensions.iter().find_map(|extension| extension.term(name)))
    }

    /// v1-preview shares the primitive schemas of v2; its ids are `urn:`s.
    fn preview_meaning<'n>(&self, name: &'n str) -> Option<&'n str> {
        if name.starts_with("urn:") {
            return dtmi::is_reference(name, self.version, self.limits).then_some(name);
        }
        match name {
            // the text spells `datetime` in its table and `dateTime` in its examples
            "datetime" => terms::core_term(Version::V2, "dateTime"),
            "geospatial" => Some(terms::PREVIEW_GEOSPATIAL),
            _ if PREVIEW_TERMS.contains(&name) => terms::core_term(Version::V2, name),
            _ => None,
        }
    }

    /// The names to suggest for one that is not known.
    pub(super) fn terms(&self) -> Vec<&'static str> {
        if self.version == Version::V1Preview {
            return PREVIEW_TERMS.to_vec();
        }
        let of_extensions = self.extensions.iter().flat_map(|extension| extension.terms());
        terms::core_terms(self.version).chain(of_extensions).collect()
    }

    /// Whether keywords that the language does not know are refused.
    pub(super) fn restricts_keywords(&self) -> bool {
        self.version >= Version::V3
    }

    /// The reserved prefixes that `id` must not begin with, if it does.
    pub(super) fn reserved_prefix(&self, id: &str) -> Option<String> {
        let prefixes: Vec<&str> = extensions::core_reserved()
            .iter()
            .chain(self.extensions.iter().flat_map(|extension| extension.reserved))
            .copied()
            .collect();
        let quoted = || prefixes.iter().map(|prefix| format!("'{prefix}'")).collect::<Vec<_>>().join(", ");
        prefixes.iter().any(|prefix| id.starts_with(prefix)).then(quoted)
    }

    fn extend(
        parent: Option<&Self>,
        reader: &mut Reader<'_>,
        components: &[Component<'_>],
    ) -> Result<Self, Quit> {
        if let Some(at) = preview_at(components) {
            return Ok(Self::bare(Version::V1Preview, at));
        }
        let mut preface = Vec::new();
        let mut rest = components;
        while let [first, others @ ..] = rest {
            if !first.specifier.as_deref().is_some_and(extensions::implies_version) {
                break;
            }
            preface.push(first);
            rest = others;
        }
        let mut context = parent.cloned();
        while let [first, others @ ..] = rest {
            let Some(specifier) = first.specifier.as_deref().filter(|text| text.starts_with(CORE)) else {
                break;
            };
            let (version, limited) = core_version(reader, specifier, first.at)?;
            let mut next = Self { version, at: first.at, ..context.unwrap_or(Self::bare(version, first.at)) };
            rest = others;
            next.limits = Limits::Core;
            next.limits_context = specifier.to_owned();
            if !limited {
                rest = next.take_limits(reader, specifier, first.at, others)?;
            }
            context = Some(next);
        }
        let Some(mut context) = context else {
            let at = components[0].at;
            return Err(reader.quit(Fault::new(Code::MissingDtdlContext, at)));
        };
        if let Some(last) = components.last().filter(|last| last.specifier.is_none()) {
            let version = context.version.number();
            return Err(reader.quit(Fault::new(Code::DisallowedLocalContext, last.at).restriction(version)));
        }
        for component in preface.into_iter().chain(rest) {
            context.add_extension(reader, component)?;
        }
        Ok(context)
    }

    fn bare(version: Version, at: Location) -> Self {
        let (limits, limits_context) = (Limits::Core, String::new());
        Self { version, at, limits, limits_context, extensions: Vec::new(), open: false }
    }

    /// `#limitless` must be followed by a context that sets limits.
    fn take_limits<'c, 't>(
        &mut self,
        reader: &mut Reader<'_>,
        specifier: &str,
        at: Location,
        rest: &'c [Component<'t>],
    ) -> Result<&'c [Component<'t>], Quit> {
        if let [next, others @ ..] = rest
            && let Some(limits) = self.limits_of(reader, next)?
        {
            self.limits = limits;
            self.limits_context = next.specifier.as_deref().unwrap_or_default().to_owned();
            return Ok(others);
        }
        let fault = Fault::new(Code::MissingLimitContext, at).value(specifier);
        Err(reader.quit(fault.restriction(self.version.number())))
    }

    fn limits_of(&self, reader: &mut Reader<'_>, component: &Component<'_>) -> Result<Option<Limits>, Quit> {
        let Some(specifier) = component.specifier.as_deref() else { return Ok(None) };
        let id = specifier_id(reader, specifier, component.at, self.version)?;
        let fragment = id.fragment();
        if specifier.starts_with(CORE) {
            if !matches!(fragment, "" | "limitless" | "limits") {
                return Err(refuse(reader, Code::InvalidContextFragment, component));
            }
            let own = fragment != "limitless" && Version::numbered(id.major()) == Some(self.version);
            return Ok(own.then_some(Limits::Core));
        }
        if !fragment.is_empty() {
            return Err(refuse(reader, Code::InvalidContextSpecifier, component));
        }
        let Lookup::Found(extension) = extensions::extension(&id.versionless(), id.major()) else {
            return Ok(None);
        };
        match extension.limits {
            None => Ok(None),
            Some(limits) if reader.options.limits.iter().any(|accepted| accepts(accepted, &id)) => {
                Ok(Some(limits))
            }
            Some(_) => {
                let others = reader.options.limits.iter().map(|id| format!(" or \"{}\"", id.as_str()));
                let allowed =
                    format!("\"{CORE}{}#limits\"{}", self.version.number(), others.collect::<String>());
                let fault = Fault::new(Code::DisallowedLimitContext, component.at).value(specifier);
                Err(reader.quit(fault.restriction(allowed)))
            }
        }
    }

    fn add_extension(&mut self, reader: &mut Reader<'_>, component: &Component<'_>) -> Result<(), Quit> {
        let Some(specifier) = component.specifier.as_deref() else {
            return Err(reader.quit(Fault::new(Code::LocalContextNotLast, component.at)));
        };
        if specifier.starts_with(CORE) {
            return Err(refuse(reader, Code::DtdlContextFollowsAffiliate, component));
        }
        let id = specifier_id(reader, specifier, component.at, self.version)?;
        if !id.fragment().is_empty() {
            return Err(refuse(reader, Code::InvalidContextSpecifier, component));
        }
        let allowed = match reader.options.undefined {
            UndefinedExtensions::Allow => true,
            UndefinedExtensions::Disallow => false,
            UndefinedExtensions::ByVersion => self.version == Version::V2,
        };
        let (code, available) = match extensions::extension(&id.versionless(), id.major()) {
            Lookup::Found(extension) if extension.limits.is_some() => {
                return Err(refuse(reader, Code::MisplacedLimitContext, component));
            }
            Lookup::Found(extension) => {
                self.put(extension);
                return Ok(());
            }
            Lookup::UnknownName => (Code::UnresolvableContextSpecifier, String::new()),
            Lookup::UnknownVersion { available } => (Code::UnresolvableContextVersion, available),
        };
        if allowed {
            self.open = true;
            return Ok(());
        }
        let near = closest(specifier, extensions::specifiers());
        let fault = Fault::new(code, component.at).value(specifier).restriction(available).hint(near);
        Err(reader.quit(fault))
    }

    /// A later version of the same extension takes the earlier one's place.
    fn put(&mut self, extension: &'static Extension) {
        match self.extensions.iter_mut().find(|known| known.versionless == extension.versionless) {
            Some(known) => *known = extension,
            None => self.extensions.push(extension),
        }
    }
}

/// The words that v1-preview has for schemas and kinds of command.
const PREVIEW_TERMS: &[&str] = &[
    "boolean",
    "date",
    "dateTime",
    "double",
    "duration",
    "float",
    "integer",
    "long",
    "string",
    "time",
    "synchronous",
    "asynchronous",
];

fn components<'t>(object: &Object<'t>) -> Vec<Component<'t>> {
    let slot = object.context.as_ref();
    slot.into_iter()
        .flat_map(|slot| slot.values().map(|node| (slot.key.file(), node)))
        .map(|(file, node)| Component {
            specifier: (node.kind() == Kind::String).then(|| node.as_str()).flatten(),
            at: Location::new(file, node.range()),
        })
        .collect()
}

/// Whether an object is written in v1-preview.
pub(super) fn is_preview(object: &Object<'_>) -> bool {
    preview_at(&components(object)).is_some()
}

fn preview_at(components: &[Component<'_>]) -> Option<Location> {
    let is_preview = |component: &&Component<'_>| {
        component.specifier.as_deref().is_some_and(|specifier| PREVIEW.contains(&specifier))
    };
    components.iter().find(is_preview).map(|component| component.at)
}

/// The version that a specifier of DTDL's own contexts names, and whether the usual limits come with it.
fn core_version(reader: &mut Reader<'_>, specifier: &str, at: Location) -> Result<(Version, bool), Quit> {
    let mut refuse = |code| Err(reader.faults.quit(Fault::new(code, at).value(specifier)));
    let Some(id) = Dtmi::parse(specifier) else { return refuse(Code::InvalidContextSpecifier) };
    if !matches!(id.fragment(), "" | "limitless" | "limits") {
        return refuse(Code::InvalidContextFragment);
    }
    if !id.fragment().is_empty() && id.major() != 4 {
        let fault = Fault::new(Code::DisallowedContextFragment, at).value(specifier);
        return Err(reader.quit(fault.restriction(id.major())));
    }
    if id.fragment() == "limits" {
        return refuse(Code::MisplacedLimitContext);
    }
    let Some(version) = Version::numbered(id.major()) else {
        let fault = Fault::new(Code::UnrecognizedContextVersion, at).value(specifier);
        return Err(reader.quit(fault.restriction("2, 3, 4")));
    };
    if let Some(most) = reader.options.max_version.filter(|most| id.major() > *most) {
        let fault = Fault::new(Code::DisallowedContextVersion, at).value(specifier);
        return Err(reader.quit(fault.restriction(most)));
    }
    if !dtmi::is_reference(id.fragmentless(), version, Limits::Core) {
        let fault = Fault::new(Code::InvalidContextSpecifierForVersion, at).value(specifier);
        return Err(reader.quit(fault.restriction(id.major())));
    }
    Ok((version, id.fragment() != "limitless"))
}

/// A specifier of an extension as an id that the version of the language can read.
fn specifier_id(
    reader: &mut Reader<'_>,
    specifier: &str,
    at: Location,
    version: Version,
) -> Result<Dtmi, Quit> {
    let mut refuse = |code| Err(reader.faults.quit(Fault::new(code, at).value(specifier)));
    if !specifier.starts_with("dtmi:") {
        return refuse(Code::NonDtmiContextSpecifier);
    }
    let Some(id) = Dtmi::parse(specifier) else { return refuse(Code::InvalidContextSpecifier) };
    if id.major() == 0 && version != Version::V2 {
        return refuse(Code::MissingContextVersion);
    }
    if !dtmi::is_reference(id.fragmentless(), version, Limits::Core) {
        let fault = Fault::new(Code::InvalidContextSpecifierForVersion, at).value(specifier);
        return Err(reader.quit(fault.restriction(version.number())));
    }
    Ok(id)
}

fn refuse(reader: &mut Reader<'_>, code: Code, component: &Component<'_>) -> Quit {
    reader.quit(Fault::new(code, component.at).value(component.specifier.as_deref().unwrap_or_default()))
}

/// Whether the caller's `accepted` limits cover the context that a model names.
fn accepts(accepted: &Dtmi, named: &Dtmi) -> bool {
    accepted.versionless() == named.versionless()
        && (accepted.major() == 0 || (accepted.major() == named.major() && accepted.minor() <= named.minor()))
}
