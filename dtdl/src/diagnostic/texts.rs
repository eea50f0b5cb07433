//! Every sentence this crate says about a model, with its stable code and remedy, in one place.
//!
//! One function a fault; codes are those of the reference parser where it has one for the same fault. Codes are stable,
//! wording is free.

use super::Diagnostic;
use crate::source::Location;

/// A fault that does not yet stand anywhere. It always says what its reader can do.
pub(crate) struct Fault {
    code: &'static str,
    message: String,
    help: String,
}

/// A fault whose remedy is still to be said.
struct Sentence {
    code: &'static str,
    message: String,
}

impl Fault {
    pub(super) fn at(self, at: Location) -> Diagnostic {
        Diagnostic::new(self.code, self.message, at).with_help(self.help)
    }
}

impl Sentence {
    fn help(self, help: impl Into<String>) -> Fault {
        Fault { code: self.code, message: self.message, help: help.into() }
    }
}

fn fault(code: &'static str, message: impl Into<String>) -> Sentence {
    Sentence { code, message: message.into() }
}

fn did_you_mean(near: Option<&str>, otherwise: impl Into<String>) -> String {
    near.map_or_else(|| otherwise.into(), |near| format!("did you mean `{near}`?"))
}

// JSON and documents

pub(crate) fn json(problem: &str) -> Fault {
    fault("jsonInvalid", format!("this is not JSON: {problem}"))
        .help("look just before this place, too: members are separated by commas, none follows the last, and there are no comments")
}

pub(crate) fn duplicate_member(name: &str) -> Fault {
    fault("duplicateMember", format!("member `{name}` is written twice")).help("keep one of the two")
}

pub(crate) fn not_a_document(found: &str) -> Fault {
    fault("notJsonObject", format!("a model is an object or an array of objects, this is {found}"))
        .help("write one `{ .. }` with `@context`, `@id` and `@type`, or an array of such objects")
}

pub(crate) fn missing_context() -> Fault {
    fault("missingContext", "the model does not say which version of DTDL it is written in").help(
        "begin with `\"@context\": \"dtmi:dtdl:context;3\"`, or, for a capability model, \
         `\"http://azureiot.com/v1/contexts/IoTModel.json\"`",
    )
}

pub(crate) fn unknown_context(found: &str) -> Fault {
    fault("unrecognizedContextVersion", format!("`{found}` is no version of DTDL"))
        .help("versions are `dtmi:dtdl:context;2` to `;4`, and IoTModel.json of v1-preview")
}

pub(crate) fn unknown_extension(found: &str) -> Fault {
    fault("unresolvableContextSpecifier", format!("the language extension `{found}` is not known"))
        .help("remove it, or write it as in the extension's own document")
}

pub(crate) fn unknown_root(id: &str, near: Option<&str>) -> Fault {
    fault("unknownRoot", format!("these documents do not define `{id}`"))
        .help(did_you_mean(near, "give the id of an Interface in them"))
}

// ids and names

pub(crate) fn invalid_id(found: &str, rule: &str) -> Fault {
    fault("invalidId", format!("`{found}` is not a valid id: {rule}"))
        .help("write an id that follows this rule; it is what devices and other models call the element by")
}

pub(crate) fn placeholder_id(found: &str) -> Fault {
    fault("invalidId", format!("`{found}` still holds a placeholder"))
        .help("replace the placeholder by your company's name, in letters, digits and underscores")
}

pub(crate) fn duplicate_id(id: &str) -> Fault {
    fault("duplicateDefinition", format!("`{id}` is defined twice"))
        .help("keep one definition and refer to it by its id")
}

pub(crate) fn invalid_name(found: &str, rule: &str) -> Fault {
    fault("invalidName", format!("`{found}` is not a valid name: {rule}"))
        .help("choose a name that follows this rule; `displayName` may be any text")
}

pub(crate) fn duplicate_name(name: &str, among: &str) -> Fault {
    fault("nonUniquePropertyValue", format!("the name `{name}` is used twice among {among}"))
        .help("give each a name of its own")
}

// types and members

pub(crate) fn missing_type(legal: &str) -> Fault {
    fault("missingType", "`@type` is missing").help(format!("legal here: {legal}"))
}

pub(crate) fn unknown_type(found: &str, near: Option<&str>, legal: &str) -> Fault {
    fault("typeUndefinedTerm", format!("`{found}` is not a type of this version of DTDL"))
        .help(did_you_mean(near, format!("legal here: {legal}")))
}

pub(crate) fn wrong_class(member: &str, found: &str, legal: &str) -> Fault {
    fault("badType", format!("`{member}` cannot hold an element of type `{found}`"))
        .help(format!("legal here: {legal}"))
}

pub(crate) fn two_classes(first: &str, second: &str) -> Fault {
    fault("multipleTypes", format!("an element cannot be both `{first}` and `{second}`"))
        .help("keep one of the two")
}

pub(crate) fn unknown_member(name: &str, class: &str, near: Option<&str>) -> Fault {
    fault("propertyUndefinedTerm", format!("`{name}` is not a member of {class}"))
        .help(did_you_mean(near, "remove it; members of people's own need a language extension"))
}

pub(crate) fn missing_member(name: &str, class: &str) -> Fault {
    fault("missingRequiredProperty", format!("{class} needs a `{name}`"))
        .help(format!("add `\"{name}\": ...`"))
}

pub(crate) fn wrong_kind(member: &str, expected: &str, found: &str) -> Fault {
    fault("wrongKind", format!("`{member}` must be {expected}, this is {found}"))
        .help(format!("write {expected}"))
}

pub(crate) fn too_many(member: &str, most: usize, found: usize) -> Fault {
    fault("objectCountAboveMax", format!("`{member}` may hold {most} at most, these are {found}"))
        .help(format!("leave out {} of them", found.saturating_sub(most)))
}

pub(crate) fn too_few(member: &str) -> Fault {
    fault("objectCountBelowMin", format!("`{member}` must not be empty"))
        .help(format!("give `{member}` a value"))
}

pub(crate) fn too_long(member: &str, most: usize, found: usize) -> Fault {
    fault("stringTooLong", format!("`{member}` may have {most} characters, this has {found}"))
        .help("shorten it; `description` and `comment` take longer texts than names")
}

pub(crate) fn unknown_word(member: &str, found: &str, near: Option<&str>, legal: &str) -> Fault {
    fault("invalidValue", format!("`{found}` is not a legal `{member}`"))
        .help(did_you_mean(near, format!("legal: {legal}")))
}

pub(crate) fn unit_without_quantity() -> Fault {
    fault("unitWithoutSemanticType", "`unit` needs a semantic type, such as `Temperature`")
        .help("write `\"@type\": [\"Telemetry\", \"Temperature\"]`")
}

// texts by language

pub(crate) fn invalid_language(found: &str) -> Fault {
    fault("invalidLanguageCode", format!("`{found}` is not a language code"))
        .help("codes look like `en` or `pt-BR`")
}

// schemas

pub(crate) fn unknown_schema(found: &str, near: Option<&str>) -> Fault {
    fault("unknownSchema", format!("unknown schema `{found}`")).help(did_you_mean(
        near,
        "a schema is a primitive such as `double`, an Object, Enum, Array or Map, or the id of one",
    ))
}

pub(crate) fn schema_not_in_version(found: &str, version: &str) -> Fault {
    fault("unknownSchema", format!("the schema `{found}` does not exist in {version}"))
        .help("use another schema, or a version of the language that has it")
}

pub(crate) fn array_in_property(name: &str) -> Fault {
    fault("disallowedArray", format!("property `{name}` may not hold an Array in this version of DTDL"))
        .help("use a Map or an Object, or DTDL v3 or later")
}

pub(crate) fn duplicate_enum_value(value: &str) -> Fault {
    fault("nonUniquePropertyValue", format!("the value `{value}` is used twice in this Enum"))
        .help("give each enumValue a value of its own")
}

pub(crate) fn mixed_enum_value(value: &str, schema: &str) -> Fault {
    fault("enumValueMismatch", format!("`{value}` does not fit the Enum's valueSchema `{schema}`"))
        .help("write all values as the valueSchema says")
}

pub(crate) fn too_deep(most: usize) -> Fault {
    fault("excessiveDepth", format!("schemas may be nested {most} deep, this is deeper"))
        .help("nest fewer Objects, Arrays and Maps in one another")
}

// references

pub(crate) fn unresolved(id: &str, near: Option<&str>) -> Fault {
    fault("unresolvedReference", format!("nothing defines `{id}`"))
        .help(did_you_mean(near, "add the document that defines it, or define it here"))
}

pub(crate) fn wrong_target(member: &str, id: &str, expected: &str) -> Fault {
    fault("badType", format!("`{member}` must refer to {expected}; `{id}` is something else"))
        .help(format!("give the id of {expected}"))
}

pub(crate) fn recursion(id: &str, how: &str) -> Fault {
    fault("recursiveStructure", format!("`{id}` {how} itself")).help("break the circle")
}

pub(crate) fn second_instance(id: &str) -> Fault {
    fault("duplicateInstance", format!("the capability model has a second instance of `{id}`"))
        .help("instances share one name space on the wire: keep one of each Interface")
}

pub(crate) fn component_in_component(name: &str) -> Fault {
    fault(
        "componentInComponent",
        format!("component `{name}` stands in an Interface that is a component itself"),
    )
    .help("components may stand in the root Interface only")
}
