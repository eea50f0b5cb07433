//! A model as text: DTDL of the version that the model is written in, always the same for the same model.
//!
//! Decides the layout (an array of Interfaces, the device's first, or the capability model with its Interfaces inside;
//! two spaces; members in a fixed order) and which contexts are needed. What the model does not keep is not printed:
//! ids of contents, Interfaces that the device does not use, unknown members and types. Begin at [`Model::to_json`].

mod element;
mod json;

use std::collections::BTreeSet;

use self::element::Printer;
use self::json::Json;
use crate::language::Version;
use crate::model::{Form, Interface, Model};

impl Model {
    /// The model as DTDL. Reading the text again gives the same model, positions aside.
    ///
    /// An Interface that extends others is printed with `extends` and without what it inherits, as far as the model has
    /// those others. Interfaces are printed in the version of the model, which may be later than their own.
    ///
    /// ```
    /// let mut sources = dtdl::Sources::default();
    /// sources.add("lamp.json", r#"{ "@type": ["Interface"], "@id": "dtmi:com:example:Lamp;1",
    ///   "@context": "dtmi:dtdl:context;3", "displayName": { "en": "Lamp" } }"#);
    /// let reading = dtdl::read(sources, None);
    /// assert_eq!(reading.valid().unwrap().to_json(), r#"[
    ///   {
    ///     "@context": "dtmi:dtdl:context;3",
    ///     "@id": "dtmi:com:example:Lamp;1",
    ///     "@type": "Interface",
    ///     "displayName": "Lamp"
    ///   }
    /// ]
    /// "#);
    /// ```
    pub fn to_json(&self) -> String {
        let mut printer = Printer::new(self);
        let mut text = match self.form {
            Form::Interface => {
                let interfaces = used(self).into_iter().map(|interface| printer.root_interface(interface));
                Json::Array(interfaces.collect())
            }
            Form::CapabilityModel => printer.capability_model(),
        }
        .to_string();
        text.push('\n');
        text
    }
}

/// The Interfaces that the device uses, each once: its own first, so that it is the root when the text is read again.
fn used(model: &Model) -> Vec<&Interface> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Interface> = model.parts.iter().rev().map(|part| model.interface(part)).collect();
    while let Some(interface) = open.pop() {
        if !seen.insert(interface.id.text.as_str()) {
            continue;
        }
        found.push(interface);
        let components = interface.components.iter().map(|component| model.component_interface(component));
        let next: Vec<_> = bases(model, interface).chain(components).collect();
        open.extend(next.into_iter().rev());
    }
    found
}

/// The Interfaces that an Interface extends and the model has.
fn bases<'m>(model: &'m Model, interface: &'m Interface) -> impl Iterator<Item = &'m Interface> {
    let find = |id: &String| model.interfaces().iter().find(|known| known.id.text == *id);
    interface.extends.iter().filter_map(find)
}

/// What a text needs beside the language itself.
#[derive(Clone, Copy, Debug, Default)]
struct Needs {
    quantities: bool,
    iot_central: bool,
}

/// `@context`. v4 has two generations of quantities, of which the later knows all of the earlier.
fn context(version: Version, needs: Needs) -> Json {
    let (language, quantities) = match version {
        Version::V1Preview => ("http://azureiot.com/v1/contexts/IoTModel.json", None),
        Version::V2 => ("dtmi:dtdl:context;2", None),
        Version::V3 => ("dtmi:dtdl:context;3", Some("dtmi:dtdl:extension:quantitativeTypes;1")),
        Version::V4 => ("dtmi:dtdl:context;4", Some("dtmi:dtdl:extension:quantitativeTypes;3")),
    };
    let central = needs.iot_central.then_some("dtmi:iotcentral:context;2");
    let specifiers = [Some(language), central, quantities.filter(|_| needs.quantities)];
    Json::one_or_many(specifiers.into_iter().flatten().map(Json::text).collect())
}
