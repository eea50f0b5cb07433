//! An answer of `check --batch`: what the reader found, in the words of the protocol.

use std::collections::BTreeMap;

use dtdl::{Description, Diagnostic, Dtmi, Location, Reading, Sources};
use serde::Serialize;
use serde_json::{Value, json};

use super::request::{Bad, Instance};

/// An answer. Members that the request did not ask for are left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    id: Value,
    valid: bool,
    errors: Vec<Error>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unresolved: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unresolved_at: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elements: Option<BTreeMap<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instances: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Value>,
}

#[derive(Debug, Default, Serialize)]
struct Error {
    code: &'static str,
    id: Option<String>,
    property: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secondary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aux: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restriction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transformation: Option<String>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Lines>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at2: Option<Lines>,
}

/// Lines of a document, from 1.
#[derive(Debug, Serialize)]
struct Lines {
    doc: Value,
    line: usize,
    end: usize,
}

/// The code of places whose id nothing defines; the answer has them apart from the errors.
const UNRESOLVED: &str = "unresolvedReference";

impl Answer {
    /// To a line that is no request.
    pub(super) fn bad(bad: Bad) -> Self {
        let error = Error { code: "badRequest", message: bad.message, ..Error::default() };
        Self { id: bad.id, errors: vec![error], ..Self::default() }
    }

    /// Whether a string is a DTMI, and its parts.
    pub(super) fn about_dtmi(id: Value, dtmi: Option<&Dtmi>) -> Self {
        Self { id, valid: dtmi.is_some(), parts: dtmi.map(parts), ..Self::default() }
    }

    /// All about a reading.
    pub(super) fn about_reading(
        id: Value,
        reading: &Reading,
        want: Option<&[String]>,
        instances: Option<&[Instance]>,
    ) -> Self {
        let sources = reading.sources();
        let valid = reading.is_valid();
        let faults = reading.diagnostics().iter().filter(|fault| fault.code() != UNRESOLVED);
        let unresolved = reading.unresolved();
        let places = unresolved.iter().flat_map(|one| one.asked_at.iter().map(|at| (&one.id, *at)));
        let want = want.filter(|_| valid);
        Self {
            id,
            valid,
            errors: faults.map(|fault| Error::of(fault, sources)).collect(),
            unresolved: unresolved.iter().map(|one| one.id.clone()).collect(),
            unresolved_at: places.map(|(id, at)| asked(id, at, sources)).collect(),
            count: want.map(|_| reading.count()),
            elements: want.map(|want| elements(reading, want)),
            instances: instances.filter(|_| valid).map(|instances| verdicts(reading, instances)),
            parts: None,
        }
    }
}

impl Error {
    fn of(fault: &Diagnostic, sources: &Sources) -> Self {
        let details = fault.details();
        Self {
            code: fault.code(),
            id: details.id.clone(),
            property: details.property.clone(),
            secondary: details.secondary.clone(),
            aux: details.aux.clone(),
            kind: details.kind.clone(),
            value: details.value.clone(),
            restriction: details.restriction.clone(),
            transformation: details.transformation.clone(),
            message: fault.message().to_owned(),
            at: Some(Lines::of(details.place, sources)),
            at2: details.second_place.map(|at| Lines::of(at, sources)),
        }
    }
}

impl Lines {
    fn of(at: Location, sources: &Sources) -> Self {
        let lines = sources.lines(at);
        // documents of the request are named by their number, resolved ones by their DTMI
        let doc = lines.file.parse::<usize>().map_or_else(|_| Value::from(lines.file), Value::from);
        Self { doc, line: lines.first, end: lines.last }
    }
}

fn asked(id: &str, at: Location, sources: &Sources) -> Value {
    let Lines { doc, line, .. } = Lines::of(at, sources);
    json!({ "id": id, "doc": doc, "line": line })
}

/// The parts of a DTMI, as the reference parser names them.
fn parts(dtmi: &Dtmi) -> Value {
    let fragment = dtmi.fragment();
    json!({
        "MajorVersion": dtmi.major(),
        "MinorVersion": dtmi.minor(),
        // the minor version in millionths
        "CompleteVersion": f64::from(dtmi.major()) + f64::from(dtmi.minor()) / 1e6,
        "Versionless": dtmi.versionless(),
        "Labels": dtmi.labels().collect::<Vec<_>>(),
        "IsReserved": dtmi.is_reserved(),
        "Fragment": if fragment.is_empty() { String::new() } else { format!("#{fragment}") },
    })
}

fn elements(reading: &Reading, want: &[String]) -> BTreeMap<String, Value> {
    want.iter().filter_map(|id| Some((id.clone(), element(&reading.describe(id)?)))).collect()
}

fn element(element: &Description) -> Value {
    json!({
        "type": element.class,
        "properties": element.properties,
        "supplementalTypes": element.supplemental_types,
        "supplementalProperties": element.supplemental_properties,
        "undefinedTypes": element.undefined_types,
        "undefinedProperties": element.undefined_properties,
    })
}

fn verdicts(reading: &Reading, instances: &[Instance]) -> Vec<&'static str> {
    let verdict = |instance: &Instance| match reading.check_instance(&instance.subject, &instance.instance) {
        None => "unsupported",
        Some(faults) if faults.is_empty() => "conforming",
        Some(_) => "nonconforming",
    };
    instances.iter().map(verdict).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_dtmi_are_named_as_the_reference_names_them() {
        let parts = parts(&Dtmi::parse("dtmi:foo:bar;1.34#myFrag").unwrap());
        let expected = json!({ "MajorVersion": 1, "MinorVersion": 34, "CompleteVersion": 1.000_034,
            "Versionless": "dtmi:foo:bar#myFrag", "Labels": ["foo", "bar"], "IsReserved": false, "Fragment": "#myFrag" });
        assert_eq!(parts, expected);
    }
}
