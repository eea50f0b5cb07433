//! What a new draft would break for devices and programs that use what was published.
//!
//! Decides which edits are additive and which need a new version of the template: removing or renaming a capability, or
//! changing what it is or the shape of its values. Begin with [`breaking`].

use super::Detail;
use super::capability::Capability;
use super::customization::escape;
use crate::view::ModelView;

/// The breaking changes from `old` to `new`, each at the path that it concerns.
pub(crate) fn breaking(old: &[Capability], new: &[Capability]) -> Vec<Detail> {
    let one = |was: &Capability| {
        let is = new.iter().find(|one| one.path == was.path);
        let message = match is {
            None => Some("is not in the model any more".to_owned()),
            Some(is) => difference(was, is),
        };
        message.map(|why| Detail::new(format!("/{}", escape(&was.path)), format!("{:?} {why}", was.label)))
    };
    old.iter().filter_map(one).collect()
}

/// What concerns the model as a whole: the id that devices announce and the form of its values on the wire.
pub(crate) fn of_model(old: &ModelView, new: &ModelView) -> Vec<Detail> {
    let id = (old.id != new.id).then(|| format!("the model's id was {:?} and is {:?} now", old.id, new.id));
    let convention = (old.convention != new.convention).then(|| {
        "the model's values have another form on the wire (another version of the language)".to_owned()
    });
    [id, convention].into_iter().flatten().map(|message| Detail::new("/model", message)).collect()
}

fn difference(was: &Capability, is: &Capability) -> Option<String> {
    if was.kind != is.kind {
        return Some(format!("was {} and is {} now", was.kind.word(), is.kind.word()));
    }
    let changes = [
        (shape(was) != shape(is), "has another schema"),
        (was.writable && !is.writable, "can no longer be set"),
        (was.asynchronous != is.asynchronous, "answers in another way (synchronous or asynchronous)"),
    ];
    changes.into_iter().find(|(differs, _)| *differs).map(|(_, why)| why.to_owned())
}

/// The schemas of a capability without the texts for people.
fn shape(one: &Capability) -> [Option<String>; 3] {
    let payload = |field: &Option<crate::view::Field>| field.as_ref().map(|field| wire(&field.schema));
    [one.schema.as_ref().map(wire), payload(&one.request), payload(&one.response)]
}

/// A schema as far as the wire shows it.
fn wire(schema: &crate::view::Schema) -> String {
    use crate::view::Schema;
    match schema {
        Schema::Primitive { r#type } => r#type.clone(),
        Schema::Enum { value_schema, values } => {
            let values: Vec<_> = values.iter().map(|one| one.value.to_string()).collect();
            format!("{value_schema}({})", values.join(","))
        }
        Schema::Object { fields } => {
            let fields: Vec<_> =
                fields.iter().map(|field| format!("{}:{}", field.name, wire(&field.schema))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Schema::Array { element } => format!("[{}]", wire(element)),
        Schema::Map { value, .. } => format!("map({})", wire(&value.schema)),
    }
}
