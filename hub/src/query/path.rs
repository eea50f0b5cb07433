//! Attributes of a document: `tags.location.region`, `properties.reported.[[odd name]]`, `tags.list[0]`.
//!
//! Decides which value a path leads to. Names that every twin has are found in any case of letters, as IoT Hub does, and
//! come out as the twin writes them; the names of tags and properties are what their authors made them. Begin with
//! [`Path`].

use serde_json::Value;

/// The names every twin has, by the first name of their path (none for those at the top).
const NAMES: [(&str, &[&str]); 4] = [
    (
        "",
        &[
            "deviceId",
            "moduleId",
            "etag",
            "deviceEtag",
            "version",
            "status",
            "statusReason",
            "statusUpdateTime",
            "connectionState",
            "connectionStateUpdatedTime",
            "lastActivityTime",
            "cloudToDeviceMessageCount",
            "authenticationType",
            "x509Thumbprint",
            "modelId",
            "tags",
            "properties",
            "capabilities",
            "deviceScope",
            "parentScopes",
        ],
    ),
    ("properties", &["desired", "reported"]),
    ("capabilities", &["iotEdge"]),
    ("x509Thumbprint", &["primaryThumbprint", "secondaryThumbprint"]),
];

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// Where a value is in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

impl Path {
    /// A path of these steps, of which there is one at least.
    pub(super) fn new(mut steps: Vec<Step>) -> Self {
        let mut parent = "";
        for step in steps.iter_mut().take(2) {
            let known = NAMES.iter().find(|(name, _)| *name == parent).map_or(&[][..], |(_, names)| names);
            let Step::Name(name) = step else { break };
            let Some(right) = known.iter().find(|known| known.eq_ignore_ascii_case(name)) else { break };
            (*right).clone_into(name);
            parent = right;
        }
        Self(steps)
    }

    /// The value at the path, if the document has one.
    pub(super) fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(document, |value, step| match step {
            Step::Name(name) => value.as_object()?.get(name),
            Step::Index(index) => value.as_array()?.get(*index),
        })
    }

    /// What a column of this value is called when the query does not say.
    pub(super) fn last_name(&self) -> &str {
        match self.0.iter().rfind(|step| matches!(step, Step::Name(_))) {
            Some(Step::Name(name)) => name,
            _ => "",
        }
    }
}
