//! Every fault that a model can have: its stable code, the sentence of its cause, its remedy and the label
//! of its second place, as one table.
//!
//! Decides what is said, never when: the checks choose the [`Code`] and its fields, which are put into the
//! sentences when a diagnostic is made; the nearest name ("did you mean") is added then, too, and is no part
//! of the table.
//!
//! Codes are those of the reference parser where it has one for the same fault, and are stable; wording is
//! free. Begin at `codes!` below; a new fault is a new entry in the group it belongs to.
//!
//! The names in braces are fields of the fault, and empty where it has none: `id` (the element that is
//! wrong), `property` (its member), `secondary` (the id of a second element), `aux` (a member of the
//! elements in `property`), `type`, `value` (what was found), `restriction` (what is allowed instead),
//! `transformation` (the member that the fault came in by), `observed` (the count found), `expected` (the
//! limit). Braces have no other use.
//!
//! Backticks stand around fields that hold one name. Those that can hold a list (`type`, `restriction`,
//! `aux`, and `property` in the faults of depth, recursion, count and exclusion) stand bare, as the list
//! brings its own quotes.

/// What the faults of one code have in common.
struct Texts {
    code: &'static str,
    cause: &'static str,
    remedy: &'static str,
    label: &'static str,
}

/// The label of a second place: what the table says, or that it is worth a look.
macro_rules! label {
    () => {
        "see also"
    };
    ($label:literal) => {
        $label
    };
}

macro_rules! codes {
    ($($name:ident $code:literal: $cause:literal => $remedy:literal $(, $label:literal)?;)*) => {
        /// What is wrong, without where: one variant a stable code.
        #[allow(dead_code, reason = "layers have codes in the reference, and no check here reads layers")]
        #[allow(clippy::enum_variant_names, reason = "the names are the reference's codes")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Code { $($name,)* }

        impl Code {
            #[cfg(test)]
            pub(crate) const EVERY: &[Self] = &[$(Self::$name,)*];

            // One arm a code, with all its texts: the code makes each arm distinct.
            fn texts(self) -> &'static Texts {
                match self {
                    $(Self::$name => &Texts {
                        code: $code,
                        cause: $cause,
                        remedy: $remedy,
                        label: label!($($label)?),
                    },)*
                }
            }
        }
    };
}

impl Code {
    /// The stable code, such as `stringTooLong`.
    pub(crate) fn as_str(self) -> &'static str {
        self.texts().code
    }

    /// What is wrong, with the names of fields in braces.
    pub(crate) fn cause(self) -> &'static str {
        self.texts().cause
    }

    /// What the reader can do about it, with the names of fields in braces.
    pub(crate) fn remedy(self) -> &'static str {
        self.texts().remedy
    }

    /// What stands at the second place, where the fault has one.
    pub(crate) fn label(self) -> &'static str {
        self.texts().label
    }
}

codes! {
    // documents
    JsonInvalid "jsonInvalid": "this is not JSON: {value}"
        => "look just before this place, too: commas separate members, none follows the last, and there are \
            no comments";
    NotUtf8 "notUtf8": "the file is not UTF-8 text"
        => "save the file in the encoding UTF-8";
    DocumentTooLarge "documentTooLarge": "the document is too large to be read"
        => "split the document into several files";
    DuplicateMember "duplicateMember": "`{property}` is written twice in one object"
        => "keep one of the two", "first written here";
    NestingTooDeep "nestingTooDeep": "more than {expected} elements are written each inside the one before" =>
        "give the inner ones ids of their own and refer to them";
    NestedArray "nestedArray": "an array stands directly in an array"
        => "write the elements of the inner array in the outer one";
    NotJsonObject "notJsonObject": "a document is an object or an array of objects, and this is neither"
        => "write one JSON object with `@context`, `@id` and `@type`, or an array of such objects";
    GraphNotObject "graphNotObject": "`@graph` holds something that is not an object"
        => "remove `@graph` and write its elements at the top level";
    GraphDisallowed "graphDisallowed": "`@graph` may not stand in `{property}`"
        => "remove `@graph` and write its elements where they belong";
    TopLevelGraphDisallowed "topLevelGraphDisallowed": "`@graph` may not stand at the top level"
        => "replace the object by an array of the elements in `@graph`";
    KeywordDisallowed "keywordDisallowed": "the keyword `{value}` may not stand in `{property}`"
        => "remove `{value}`; of the keywords, elements take only `@context`, `@id` and `@type`";
    TopLevelKeywordDisallowed "topLevelKeywordDisallowed":
        "the keyword `{value}` may not stand at the top level"
        => "remove `{value}`; of the keywords, elements take only `@context`, `@id` and `@type`";
    RepeatedContextProperty "repeatedContextProperty": "`@context` is written twice in one object"
        => "write all specifiers in one `@context`, as an array", "first written here";
    RepeatedIdProperty "repeatedIdProperty": "`@id` is written twice in one object"
        => "keep one of the two", "first written here";
    RepeatedTypeProperty "repeatedTypeProperty": "`@type` is written twice in one object"
        => "write all types in one `@type`, as an array", "first written here";
    RepeatedValueProperty "repeatedValueProperty": "`@value` is written twice in one object"
        => "keep one of the two", "first written here";
    RepeatedLanguageProperty "repeatedLanguageProperty": "`@language` is written twice in one object"
        => "write one object for each language", "first written here";
    RepeatedGraphProperty "repeatedGraphProperty": "`@graph` is written twice in one object"
        => "remove both and write their elements at the top level", "first written here";
    TooManyFaults "tooManyFaults": "{observed} more faults are not shown"
        => "mend the ones that are shown, then check again";

    // contexts
    MissingContext "missingContext": "nothing says which version of DTDL this is written in"
        => "begin with `\"@context\": \"dtmi:dtdl:context;3\"`, or in v1-preview with \
            `http://azureiot.com/v1/contexts/IoTModel.json`";
    EmptyContext "emptyContext": "`@context` is empty"
        => "write the version of DTDL there, such as `dtmi:dtdl:context;3`";
    MissingDtdlContext "missingDtdlContext": "`@context` does not begin with a version of DTDL"
        => "put a DTDL specifier such as `dtmi:dtdl:context;3` first";
    ContextNotString "contextNotString": "a specifier in `@context` is not a string"
        => "write each specifier as a string, such as `dtmi:dtdl:context;3`";
    InvalidContext "invalidContext": "`@context` is neither a specifier nor an array of specifiers"
        => "write a string such as `dtmi:dtdl:context;3`, or an array of such strings";
    UnrecognizedContextVersion "unrecognizedContextVersion": "`{value}` is not a known version of DTDL"
        => "use one of these versions: {restriction}";
    UnresolvableContextSpecifier "unresolvableContextSpecifier": "`{value}` is not a known language extension"
        => "remove it from `@context`, or spell it as the extension's own document does";
    UnresolvableContextVersion "unresolvableContextVersion":
        "`{value}` is not a known version of this extension"
        => "use one of these versions: {restriction}";
    MissingContextVersion "missingContextVersion": "the specifier `{value}` has no version"
        => "end it with `;` and a version";
    NonDtmiContextSpecifier "nonDtmiContextSpecifier": "the specifier `{value}` is not a DTMI"
        => "remove it from `@context`, or write a DTMI with a version";
    InvalidContextSpecifier "invalidContextSpecifier": "the specifier `{value}` is not a valid DTMI"
        => "write it like `dtmi:dtdl:extension:historization;1`";
    InvalidContextSpecifierForVersion "invalidContextSpecifierForVersion":
        "the specifier `{value}` is not a DTMI as DTDL v{restriction} allows it"
        => "write it by the rules of DTDL v{restriction}, or use a later version of DTDL";
    DisallowedContextVersion "disallowedContextVersion":
        "`{value}` is later than DTDL v{restriction}, the latest version accepted here"
        => "write the model in DTDL v{restriction} or an earlier version";
    DisallowedContextFragment "disallowedContextFragment":
        "`{value}` has a fragment, which DTDL v{restriction} does not know"
        => "remove the `#` and what follows it";
    InvalidContextFragment "invalidContextFragment":
        "`{value}` has a fragment other than `#limitless` and `#limits`"
        => "remove the fragment, or write one of these two";
    MissingLimitContext "missingLimitContext": "`{value}` is not followed by the limits to apply"
        => "put a context of limits for DTDL v{restriction} directly after it, or remove `#limitless`";
    MisplacedLimitContext "misplacedLimitContext":
        "the limits `{value}` do not directly follow a `#limitless` context"
        => "put `dtmi:dtdl:context;4#limitless` directly before it";
    DisallowedLimitContext "disallowedLimitContext": "the limits `{value}` are not among the accepted ones"
        => "use one of these: {restriction}";
    DtdlContextFollowsAffiliate "dtdlContextFollowsAffiliate":
        "the DTDL specifier `{value}` stands after the specifier of another language"
        => "put all DTDL specifiers first in `@context`";
    DisallowedLocalContext "disallowedLocalContext":
        "`@context` defines terms of its own, which DTDL v{restriction} does not allow"
        => "remove the object from `@context`";
    LocalContextNotLast "localContextNotLast": "the object in `@context` is not its last item"
        => "put all local terms in one object at the end of `@context`";
    LocalTermEmpty "localTermEmpty": "`@context` defines a term with an empty name"
        => "give the term a name";
    LocalTermInvalid "localTermInvalid": "the local term `{property}` has characters that a term may not have"
        => "name the term with letters and digits";
    LocalTermReserved "localTermReserved": "the local term `{property}` is one that DTDL defines"
        => "choose another name for the term";
    LocalTermSchemePrefix "localTermSchemePrefix":
        "the local term `{property}` is the scheme of DTDL's own ids"
        => "choose another name for the term";
    LocalTermDefinitionInvalidDtmi "localTermDefinitionInvalidDtmi":
        "the local term `{property}` stands for `{value}`, which DTDL v{restriction} takes for no DTMI"
        => "correct the DTMI or the prefix of one, or use a URI of another scheme";
    LocalTermDefinitionInvalidUri "localTermDefinitionInvalidUri":
        "the local term `{property}` stands for `{value}`, which is neither a URI nor the prefix of one"
        => "write a URI such as `https://example.com/terms/`";
    TermDefinitionNotStringOrObject "termDefinitionNotStringOrObject":
        "a local term is defined by neither a string nor an object"
        => "write the URI or DTMI that the term stands for";
    TermDefinitionMissingIdProperty "termDefinitionMissingIdProperty":
        "the definition of a local term has no `@id`"
        => "write the URI or DTMI that the term stands for in `@id`";
    TermDefinitionIdPropertyNotString "termDefinitionIdPropertyNotString":
        "the `@id` in the definition of a local term is not a string"
        => "write the URI or DTMI that the term stands for as a string";
    DisallowedVersionDefinition "disallowedVersionDefinition":
        "`{property}` defines an element in DTDL v{value}, which may not stand there"
        => "define it in one of these versions: {restriction}";
    DisallowedVersionReference "disallowedVersionReference":
        "`{property}` refers to an element in DTDL v{value}, which may not stand there"
        => "refer to an element in one of these versions: {restriction}", "defined here";

    // ids
    MissingTopLevelId "missingTopLevelId": "an element at the top level has no `@id`"
        => "add an `@id` such as `dtmi:com:example:Thermostat;1`";
    MissingRequiredId "missingRequiredId": "the element in `{property}` has no `@id`"
        => "add an `@id` such as `dtmi:com:example:Thermostat;1`";
    IdNotString "idNotString": "`@id` holds no string, or an empty one"
        => "write an id such as `dtmi:com:example:Thermostat;1`";
    InvalidId "invalidId": "`{value}` is not a valid id in DTDL v{restriction}"
        => "write an id such as `dtmi:com:example:Thermostat;1`, or `urn:example:Thermostat:1` in v1-preview";
    InvalidIdForType "invalidIdForType": "`{value}` is not a valid id for an element of type {type}"
        => "write an id such as `dtmi:com:example:Thermostat;1`";
    IdTooLong "idTooLong":
        "the id has {observed} characters, more than the {expected} that DTDL v{restriction} allows"
        => "shorten the segments of the id, or leave some out";
    IdTooLongForType "idTooLongForType":
        "the id has {observed} characters, more than the {expected} allowed for type {type}"
        => "shorten the segments of the id, or leave some out";
    DisallowedIdFragment "disallowedIdFragment": "the id `{id}` has a fragment"
        => "remove the `#` and what follows it";
    ReservedId "reservedId": "`{value}` begins with a prefix that is reserved"
        => "begin the id with a domain of your own, not with one of these: {restriction}";
    DuplicateDefinition "duplicateDefinition": "`{id}` is defined a second time"
        => "give one of the two another id, or keep one and refer to it", "first defined here";
    UnresolvedReference "unresolvedReference": "`{value}` is not defined in the files given"
        => "add the file that defines it, or give the directory it is in by `--models`";
    UndefinedReservedId "undefinedReservedId":
        "`{secondary}` has a reserved prefix, but the language defines no such element"
        => "write the id of an element that DTDL or the model defines", "this id";
    UnknownRoot "unknownRoot": "no Interface in these files has the id `{value}`"
        => "give the id of an Interface in these files, or add the file that defines it";

    // types
    TypeNotRootable "typeNotRootable": "an element at the top level must be of type {type}"
        => "move the element to where it belongs in an Interface, or change its `@type`";
    TypeUndefinedTerm "typeUndefinedTerm": "the type `{value}` is not a term of DTDL v{restriction}"
        => "remove it from `@type`, or add the context of the extension that defines it";
    TypeIrrelevantDtmiOrTerm "typeIrrelevantDtmiOrTerm": "`{value}` is not a type in this version of DTDL"
        => "remove it from `@type`, or write a type of DTDL instead";
    TypeInvalidDtmi "typeInvalidDtmi": "the type `{value}` is not a valid DTMI"
        => "remove it from `@type`, or write the name of a type";
    TypeNotDtmiNorTerm "typeNotDtmiNorTerm": "the type `{value}` is neither a term nor a DTMI"
        => "remove it from `@type`, or write the name of a type";
    MultipleMaterialTypes "multipleMaterialTypes": "an element cannot be several of these at once: {value}"
        => "keep one of them in `@type`; beside it, only co-types may stand";
    BadType "badType": "`{property}` holds `{value}` where {type} is expected"
        => "write an element of that type, or the id of one", "this element";
    AbstractSupplementalType "abstractSupplementalType":
        "the co-type `{type}` is abstract, so no element can have it alone"
        => "replace it by a co-type derived from it, or remove it from `@type`";
    InvalidCotype "invalidCotype": "the co-type `{type}` applies only to elements of type {restriction}"
        => "remove `{type}` from `@type`, or move it to such an element";
    InvalidCotypeVersion "invalidCotypeVersion":
        "the co-type `{type}` applies only to elements of DTDL v{restriction}"
        => "remove `{type}` from `@type`, or change the version in `@context`";
    ConflictingSupplementalTypes "conflictingSupplementalTypes":
        "the co-types `{type}` and `{restriction}` both add `{property}`"
        => "keep one of the two in `@type`";
    MissingCocotype "missingCocotype": "the co-type `{type}` applies only beside {restriction}"
        => "add {restriction} to `@type`, or remove `{type}` from it";
    DisallowedCocotype "disallowedCocotype":
        "the co-types `{type}` and {restriction} may not stand on one element"
        => "keep one of the two in `@type`";
    ParentMissingCotype "parentMissingCotype":
        "the co-type `{type}` needs an enclosing element with the co-type {restriction}"
        => "add {restriction} to the `@type` of the element that holds `{property}`, or remove `{type}`";
    SiblingMissingCotype "siblingMissingCotype":
        "the co-type `{type}` needs an element with the co-type {restriction} beside it in `{property}`"
        => "add such an element to `{property}`, or remove `{type}` from `@type`";
    SiblingDuplicatesCotype "siblingDuplicatesCotype":
        "the co-type `{type}` allows no element of type {restriction} beside it in `{property}`"
        => "remove one of the two co-types", "the other element";

    // members
    MissingObjectProperty "missingObjectProperty": "`{property}` is missing"
        => "add `{property}` with an element or the id of one";
    MissingLiteralProperty "missingLiteralProperty": "`{property}` is missing"
        => "add `{property}` with a value";
    MissingIdentifierProperty "missingIdentifierProperty": "`{property}` is missing"
        => "add `{property}` with an id";
    MissingSupplementalObjectProperty "missingSupplementalObjectProperty":
        "the co-type `{type}` requires `{property}`, which is missing"
        => "add `{property}` with an element or the id of one, or remove `{type}` from `@type`";
    MissingSupplementalLiteralProperty "missingSupplementalLiteralProperty":
        "the co-type `{type}` requires `{property}`, which is missing"
        => "add `{property}` with a value, or remove `{type}` from `@type`";
    MissingSupplementalIdentifierProperty "missingSupplementalIdentifierProperty":
        "the co-type `{type}` requires `{property}`, which is missing"
        => "add `{property}` with an id, or remove `{type}` from `@type`";
    MissingDictKeyPropertyValue "missingDictKeyPropertyValue": "an element in `{property}` has no `{value}`"
        => "add a `{value}` that no other element in `{property}` has", "this element";
    MissingDtmiSegPropertyValue "missingDtmiSegPropertyValue": "an element in `{property}` has no `{value}`"
        => "add a `{value}` that no other element in `{property}` has";
    DtmiSegPropertyNotStringOrNumber "dtmiSegPropertyNotStringOrNumber":
        "the `{value}` of an element in `{property}` is neither a string nor a number"
        => "write a `{value}` that no other element in `{property}` has", "the value";
    DuplicatePropertyName "duplicatePropertyName": "`{property}` is given twice"
        => "keep one of the two; a term and its DTMI name the same member", "first given here";
    NoTypeThatAllows "noTypeThatAllows": "none of the element's types has a member `{property}`"
        => "remove `{property}`, or add the co-type that it belongs to", "the types of the element";
    InferredTypeDoesNotAllow "inferredTypeDoesNotAllow":
        "the element is taken for {type}, which has no member `{property}`"
        => "remove `{property}`, or write the `@type` that has it", "this element";
    PropertyUndefinedTerm "propertyUndefinedTerm":
        "the member `{property}` is not a term of DTDL v{restriction}"
        => "remove it, or add the context of the extension that defines it";
    PropertyIrrelevantDtmiOrTerm "propertyIrrelevantDtmiOrTerm":
        "`{property}` does not belong to any type of the element"
        => "remove it, or move it to the element that it belongs to", "the types of the element";
    PropertyInvalidDtmi "propertyInvalidDtmi": "the member `{property}` is not a valid DTMI"
        => "write the name of a member instead";
    PropertyNotDtmiNorTerm "propertyNotDtmiNorTerm": "the member `{property}` is neither a term nor a DTMI"
        => "write the name of a member instead";
    NonUniquePropertyValue "nonUniquePropertyValue":
        "`{value}` is the `{aux}` of two elements in `{property}`"
        => "give each element a `{aux}` of its own", "first used here";
    NonUniqueImportedPropertyValue "nonUniqueImportedPropertyValue":
        "`{value}` is also the `{aux}` of an element in `{property}` that comes in by `{transformation}`"
        => "choose another `{aux}`, or remove the id from `{transformation}`", "also used here";
    MultipleReference "multipleReference": "two elements in `{property}` have the same {aux}: {value}"
        => "change one of the two, or remove it", "the other element";

    // elements and references
    ObjectCountBelowMin "objectCountBelowMin":
        "`{property}` has too few valid values: {observed} instead of at least {expected}"
        => "give `{property}` more values: elements, ids or terms";
    ObjectCountAboveMax "objectCountAboveMax":
        "`{property}` has too many values: {observed} instead of at most {expected}"
        => "remove values from `{property}`";
    ObjectMultipleValues "objectMultipleValues": "`{property}` has several values where one is allowed"
        => "keep one of the values";
    RefNotStringOrObject "refNotStringOrObject": "`{property}` is neither an element nor the id of one"
        => "write an object, or an id or a term as a string", "this value";
    RefObjectNotAllowed "refObjectNotAllowed":
        "`{property}` holds an object where only a reference is allowed"
        => "define the element elsewhere and write its id here", "this value";
    BadDtmiOrTerm "badDtmiOrTerm": "`{value}` is neither a DTMI nor a term of DTDL v{restriction}"
        => "give `{property}` the id of an element, or a term of the language", "this value";
    IdReference "idReference": "`{property}` holds an object with nothing but `@id`"
        => "write the string `\"{value}\"` in its place, or define the whole element there";
    IdRefBadDtmiOrTerm "idRefBadDtmiOrTerm":
        "the `@id` `{value}` in `{property}` is neither a DTMI nor a term of DTDL v{restriction}"
        => "write the id of an element, or a term of the language";
    NotRequiredType "notRequiredType": "the element in `{property}` is not of type {type}"
        => "give `{property}` an element of type {type}";
    NotRequiredValue "notRequiredValue": "`{property}` must be {restriction} here"
        => "write {restriction} instead";
    WrongParent "wrongParent": "`{secondary}` in `{property}` does not belong to {restriction}"
        => "choose an element that belongs to {restriction}";
    CrossPartitionReference "crossPartitionReference":
        "`{secondary}` is defined inside `{value}` and can be referred to only there"
        => "copy the definition into `{restriction}`, under an id of its own", "defined here";
    NotSiblingRequiredType "notSiblingRequiredType":
        "`{property}` names the sibling `{value}`, which is not of type {type}"
        => "name a sibling of type {type}", "this sibling";
    DisallowedType "disallowedType": "`{property}` names the sibling `{value}`, which is of type {type}"
        => "name a sibling of another type, or remove {type} from that one", "this sibling";
    SiblingPropertyMismatch "siblingPropertyMismatch":
        "`{property}` is `{value}`, and its sibling requires `{restriction}`"
        => "write `{restriction}` instead";
    NoMatchingSupplementalProperty "noMatchingSupplementalProperty":
        "`{property}` names the sibling `{value}`, no co-type of which has a member `{restriction}`"
        => "change `{transformation}`, or name a sibling whose co-type has that member", "this sibling";
    MatchingPropertyNotSupplemental "matchingPropertyNotSupplemental":
        "`{property}` names the sibling `{value}`, whose `{restriction}` belongs to {type} itself"
        => "let `{transformation}` name a member that a co-type adds to the sibling", "this sibling";

    // limits and structure
    ExcessiveCount "excessiveCount":
        "the hierarchy of `{id}` has {observed} values of {property}, more than the {expected} allowed"
        => "remove some, or divide the Interface";
    ExcessiveDepthNarrow "excessiveDepthNarrow":
        "the nesting of {property} reaches level {observed}, deeper than the {expected} allowed"
        => "shorten the chain of {property}", "the deepest element";
    ExcessiveDepthWide "excessiveDepthWide":
        "the nesting of elements reaches level {observed}, deeper than the {expected} allowed"
        => "nest fewer elements in one another", "the deepest element";
    ExcludedType "excludedType":
        "an element of type {type} may have no {restriction} anywhere in its {property}"
        => "move the {restriction} out of {property}", "the element that may not stand here";
    PartitionTooLarge "partitionTooLarge":
        "the JSON text of `{id}` has {observed} bytes, more than the {expected} allowed"
        => "divide the {value}, or move parts of it to another one";
    RecursiveStructureNarrow "recursiveStructureNarrow": "`{id}` contains itself through {property}"
        => "break the circle: change one {property} on the way back to the element";
    RecursiveStructureWide "recursiveStructureWide": "`{id}` contains itself"
        => "break the circle: remove one reference on the way back to the element";

    // strings
    StringCountBelowMin "stringCountBelowMin":
        "`{property}` has too few strings: {observed} instead of at least {expected}"
        => "add strings to `{property}`";
    StringMultipleValues "stringMultipleValues": "`{property}` has several strings where one is allowed"
        => "keep one of the strings";
    StringNotString "stringNotString": "`{property}` is not a string"
        => "write a JSON string, in double quotes";
    StringObjectNoValue "stringObjectNoValue": "the object in `{property}` has no `@value`"
        => "write the string alone, or add it as `@value`";
    StringTypeNotString "stringTypeNotString": "the `@type` of the value in `{property}` is not `xsd:string`"
        => "remove this `@type`, or write `xsd:string`";
    StringValueNotString "stringValueNotString": "the `@value` in `{property}` is not a string"
        => "write a JSON string, in double quotes";
    StringTooLong "stringTooLong": "`{property}` has {observed} characters, more than the {expected} allowed"
        => "shorten the text";
    StringInvalid "stringInvalid": "`{value}` is not a valid `{property}`"
        => "write a text that matches `{restriction}`";
    NotRequiredStringValue "notRequiredStringValue": "the string in `{property}` must be {restriction} here"
        => "write {restriction} instead";

    // booleans
    BooleanCountBelowMin "booleanCountBelowMin":
        "`{property}` has too few booleans: {observed} instead of at least {expected}"
        => "add `true` or `false` to `{property}`";
    BooleanMultipleValues "booleanMultipleValues": "`{property}` has several booleans where one is allowed"
        => "keep one of them";
    BooleanNotBoolean "booleanNotBoolean": "`{property}` is not a boolean"
        => "write `true` or `false`, without quotes";
    BooleanObjectNoValue "booleanObjectNoValue": "the object in `{property}` has no `@value`"
        => "write `true` or `false` alone, or add it as `@value`";
    BooleanTypeNotBoolean "booleanTypeNotBoolean":
        "the `@type` of the value in `{property}` is not `xsd:boolean`"
        => "remove this `@type`, or write `xsd:boolean`";
    BooleanValueNotBoolean "booleanValueNotBoolean": "the `@value` in `{property}` is not a boolean"
        => "write `true` or `false`, without quotes";
    NotRequiredBooleanValue "notRequiredBooleanValue":
        "the boolean in `{property}` must be {restriction} here"
        => "write {restriction} instead";

    // integers and numbers
    IntegerCountBelowMin "integerCountBelowMin":
        "`{property}` has too few integers: {observed} instead of at least {expected}"
        => "add integers to `{property}`";
    IntegerMultipleValues "integerMultipleValues": "`{property}` has several integers where one is allowed"
        => "keep one of them";
    IntegerNotInteger "integerNotInteger": "`{property}` is not an integer"
        => "write a whole number of 32 bits, without quotes";
    IntegerObjectNoValue "integerObjectNoValue": "the object in `{property}` has no `@value`"
        => "write the integer alone, or add it as `@value`";
    IntegerTypeNotInteger "integerTypeNotInteger":
        "the `@type` of the value in `{property}` is not `xsd:integer`"
        => "remove this `@type`, or write `xsd:integer`";
    IntegerValueNotInteger "integerValueNotInteger": "the `@value` in `{property}` is not an integer"
        => "write a whole number of 32 bits, without quotes";
    NotRequiredIntegerValue "notRequiredIntegerValue":
        "the integer in `{property}` must be {restriction} here"
        => "write {restriction} instead";
    NumericCountBelowMin "numericCountBelowMin":
        "`{property}` has too few numbers: {observed} instead of at least {expected}"
        => "add numbers to `{property}`";
    NumericMultipleValues "numericMultipleValues": "`{property}` has several numbers where one is allowed"
        => "keep one of them";
    NumericNotNumeric "numericNotNumeric": "`{property}` is not a number"
        => "write a JSON number, without quotes";
    NumericObjectNoValue "numericObjectNoValue": "the object in `{property}` has no `@value`"
        => "write the number alone, or add it as `@value`";
    NumericTypeNotNumeric "numericTypeNotNumeric":
        "the `@type` of the value in `{property}` is not `xsd:decimal`"
        => "remove this `@type`, or write `xsd:decimal`";
    NumericValueNotNumeric "numericValueNotNumeric": "the `@value` in `{property}` is not a number"
        => "write a JSON number, without quotes";
    NotRequiredNumericValue "notRequiredNumericValue": "the number in `{property}` must be {restriction} here"
        => "write {restriction} instead";
    ValueAboveMax "valueAboveMax": "`{property}` is {value}, above its maximum of {restriction}"
        => "write {restriction} or less";
    ValueBelowMin "valueBelowMin": "`{property}` is {value}, below its minimum of {restriction}"
        => "write {restriction} or more";
    ValueAboveRange "valueAboveRange": "`{property}` is {value}, above its range of {restriction}"
        => "write a value in this range";
    ValueBelowRange "valueBelowRange": "`{property}` is {value}, below its range of {restriction}"
        => "write a value in this range";
    ValueNotExact "valueNotExact": "`{property}` is {value}, and may only be {restriction}"
        => "write {restriction}, or remove `{property}`";
    IncorrectPropertyValue "incorrectPropertyValue":
        "`{property}` is `{value}`, and must be {restriction} here"
        => "write {restriction} instead";

    // durations
    DurationCountBelowMin "durationCountBelowMin":
        "`{property}` has too few durations: {observed} instead of at least {expected}"
        => "add durations such as `PT10S` to `{property}`";
    DurationMultipleValues "durationMultipleValues": "`{property}` has several durations where one is allowed"
        => "keep one of them";
    DurationNotString "durationNotString": "the duration in `{property}` is not a string"
        => "write an ISO 8601 duration as a string, such as `PT10S`";
    DurationObjectNoValue "durationObjectNoValue": "the object in `{property}` has no `@value`"
        => "write the duration alone, or add it as `@value`";
    DurationTypeNotDuration "durationTypeNotDuration":
        "the `@type` of the value in `{property}` is not `xsd:duration`"
        => "remove this `@type`, or write `xsd:duration`";
    DurationValueNotString "durationValueNotString": "the `@value` in `{property}` is not a string"
        => "write an ISO 8601 duration as a string, such as `PT10S`";
    DurationInvalid "durationInvalid": "`{value}` is not a duration"
        => "write an ISO 8601 duration, such as `PT10S` or `P1DT12H`";

    // literals of any kind, and values of a schema
    LiteralCountBelowMin "literalCountBelowMin":
        "`{property}` has too few values: {observed} instead of at least {expected}"
        => "add strings, integers or booleans to `{property}`";
    LiteralMultipleValues "literalMultipleValues": "`{property}` has several values where one is allowed"
        => "keep one of the values";
    LiteralNotValid "literalNotValid": "`{property}` is none of string, integer and boolean"
        => "write a string, an integer or a boolean";
    LiteralObjectNoValue "literalObjectNoValue": "the object in `{property}` has no `@value`"
        => "write the value alone, or add it as `@value`";
    LiteralTypeNotSingular "literalTypeNotSingular":
        "the `@type` of the value in `{property}` is not a single type"
        => "remove this `@type`, or write the one type of the value";
    NotRequiredLiteralValue "notRequiredLiteralValue": "the value of `{property}` must be {restriction} here"
        => "write {restriction} instead";
    NotRequiredJsonValue "notRequiredJsonValue": "the JSON value of `{property}` must be {restriction} here"
        => "write {restriction} instead";
    NonConformantDatatype "nonConformantDatatype":
        "the value `{value}` of `{property}` is not of type {type}, which `{restriction}` demands"
        => "write a value of type {type}, or change `{restriction}`", "the type is set here";
    NonConformantPropertyValue "nonConformantPropertyValue":
        "the value of `{property}` does not fit the schema in `{restriction}`"
        => "change the value, or the schema that it must fit", "the schema is set here";

    // members that hold ids
    IdentifierCountBelowMin "identifierCountBelowMin":
        "`{property}` has too few ids: {observed} instead of at least {expected}"
        => "add to `{property}`, as a string, a valid {type}";
    IdentifierCountAboveMax "identifierCountAboveMax":
        "`{property}` has too many ids: {observed} instead of at most {expected}"
        => "remove ids from `{property}`";
    IdentifierMultipleValues "identifierMultipleValues": "`{property}` has several ids where one is allowed"
        => "keep one of the ids";
    IdentifierNotString "identifierNotString": "the id in `{property}` is not a string"
        => "write a valid {type} as a string";
    IdentifierNotDtmi "identifierNotDtmi":
        "`{value}` in `{property}` is neither a DTMI nor a term of the contexts"
        => "write a DTMI such as `dtmi:com:example:Thermostat;1`";
    IdentifierNotUri "identifierNotUri":
        "`{value}` in `{property}` is neither a URI nor a term of the contexts"
        => "write a URI such as `https://example.com/thermostat`";
    IdentifierTooLong "identifierTooLong":
        "the id in `{property}` has {observed} characters, more than the {expected} allowed"
        => "shorten the segments of the id, or leave some out";
    IdentifierInvalid "identifierInvalid": "`{value}` is not an id that `{property}` may hold"
        => "write an id that matches `{restriction}`";
    NotRequiredIdentifierValue "notRequiredIdentifierValue":
        "the id in `{property}` must be {restriction} here"
        => "write {restriction} instead";

    // value objects
    ValueObjectContext "valueObjectContext": "`@context` may not stand in the value of `{property}`"
        => "keep only `@value` and `@type` in the object";
    ValueObjectGraph "valueObjectGraph": "`@graph` may not stand in the value of `{property}`"
        => "keep only `@value` and `@type` in the object";
    ValueObjectId "valueObjectId": "`@id` may not stand in the value of `{property}`"
        => "keep only `@value` and `@type` in the object";
    ValueObjectLanguage "valueObjectLanguage":
        "`@language` may not stand in the value of `{property}`, which is no text by language"
        => "keep only `@value` and `@type` in the object";
    ValueObjectKeyword "valueObjectKeyword":
        "the keyword `{value}` may not stand in the value of `{property}`"
        => "keep only `@value` and `@type` in the object";
    ValueObjectInvalidProp "valueObjectInvalidProp":
        "the member `{value}` may not stand in the value of `{property}`"
        => "keep only `@value` and `@type` in the object";

    // texts by language
    LangStringInvalidCode "langStringInvalidCode": "`{value}` in `{property}` is not a language code"
        => "write a code such as `en` or `pt-BR`";
    LangStringValueNotString "langStringValueNotString":
        "the text for `{value}` in `{property}` is not a string"
        => "write a JSON string, in double quotes";
    LangStringValueTooLong "langStringValueTooLong":
        "a text in `{property}` has {observed} characters, more than the {expected} allowed"
        => "shorten the text";
    LangStringValueInvalid "langStringValueInvalid": "the text `{value}` is not valid in `{property}`"
        => "write a text that matches `{restriction}`";
    LangStringCodeNotUnique "langStringCodeNotUnique": "`{property}` has two texts for the language `{value}`"
        => "keep one text for each language", "first text for this language";
    LangMapObjKeyword "langMapObjKeyword":
        "the keyword `{value}` may not stand among the languages of `{property}`"
        => "remove `{value}`; keep language codes and their texts";
    LangTagValueInLangMap "langTagValueInLangMap":
        "`{property}` is one object with `@value` where language codes are expected"
        => "write {value} in the object, or put the object in an array";
    LangStringElementNotStringOrObject "langStringElementNotStringOrObject":
        "an item of `{property}` is neither a string nor an object"
        => "write objects with `@value` and `@language`, or one string for English";
    LangStringElementNoValue "langStringElementNoValue": "an object in `{property}` has no `@value`"
        => "add the text as `@value`";
    LangStringElementValueNotString "langStringElementValueNotString":
        "a `@value` in `{property}` is not a string"
        => "write a JSON string, in double quotes";
    LangStringElementCodeNotString "langStringElementCodeNotString":
        "a `@language` in `{property}` is not a string"
        => "write a code such as `\"en\"` or `\"pt-BR\"`";
    LangStringElementInvalidCode "langStringElementInvalidCode":
        "the `@language` `{value}` in `{property}` is not a language code"
        => "write a code such as `en` or `pt-BR`";
    LangStringElementCodeNotUnique "langStringElementCodeNotUnique":
        "two items of `{property}` have the language `{value}`"
        => "keep one; a string without `@language` counts as `en`", "first text for this language";
    LangStringElementContext "langStringElementContext": "`@context` may not stand in a text of `{property}`"
        => "keep only `@value` and `@language` in the object";
    LangStringElementGraph "langStringElementGraph": "`@graph` may not stand in a text of `{property}`"
        => "keep only `@value` and `@language` in the object";
    LangStringElementId "langStringElementId": "`@id` may not stand in a text of `{property}`"
        => "keep only `@value` and `@language` in the object";
    LangStringElementType "langStringElementType": "`@type` may not stand in a text of `{property}`"
        => "keep only `@value` and `@language` in the object";
    LangStringElementKeyword "langStringElementKeyword":
        "the keyword `{value}` may not stand in a text of `{property}`"
        => "keep only `@value` and `@language` in the object";
    LangStringElementInvalidProp "langStringElementInvalidProp":
        "the member `{value}` may not stand in a text of `{property}`"
        => "keep only `@value` and `@language` in the object";
    NotRequiredLangStringValue "notRequiredLangStringValue":
        "the texts of `{property}` must be {restriction} here"
        => "write {restriction} instead";

    // layers: one element defined piece by piece
    LayerMissingMaterialType "layerMissingMaterialType":
        "`@type` names no type of the language beside its co-types"
        => "add {type} to `@type`";
    MismatchedLayers "mismatchedLayers": "`{property}` begins a layer inside another layer"
        => "move the context of the inner layer to the top level";
    IncompatibleType "incompatibleType": "the element in `{property}` is of type {type} in another layer"
        => "refer to an element of type {restriction}, or choose a new id";
    InconsistentContext "inconsistentContext":
        "`{id}` is in DTDL v{value} here and in DTDL v{restriction} in another layer"
        => "use one version of DTDL in all layers of the element";
    InconsistentParent "inconsistentParent": "`{id}` stands in different elements in different layers"
        => "define all its layers in the same element, or at the top level";
    InconsistentPartition "inconsistentPartition": "`{id}` stands in different Interfaces in different layers"
        => "define all its layers in the same Interface, or at the top level";
    InconsistentBooleanValues "inconsistentBooleanValues":
        "the boolean in `{property}` is {value} here and {restriction} in another layer"
        => "write the same value in both, or keep one", "the other value";
    InconsistentIdentifierValues "inconsistentIdentifierValues":
        "the id in `{property}` is `{value}` here and `{restriction}` in another layer"
        => "write the same id in both, or keep one", "the other id";
    InconsistentIntegerValues "inconsistentIntegerValues":
        "the integer in `{property}` is {value} here and {restriction} in another layer"
        => "write the same value in both, or keep one", "the other value";
    InconsistentNumericValues "inconsistentNumericValues":
        "the number in `{property}` is {value} here and {restriction} in another layer"
        => "write the same value in both, or keep one", "the other value";
    InconsistentStringValues "inconsistentStringValues":
        "the string in `{property}` is `{value}` here and `{restriction}` in another layer"
        => "write the same string in both, or keep one", "the other string";
    InconsistentLiteralValues "inconsistentLiteralValues":
        "the value of `{property}` is {value} here and {restriction} in another layer"
        => "write the same value in both, or keep one", "the other value";
    InconsistentJsonValues "inconsistentJsonValues":
        "the JSON value of `{property}` is {value} here and {restriction} in another layer"
        => "write the same value in both, or keep one", "the other value";
    InconsistentLangStringValues "inconsistentLangStringValues":
        "the texts of `{property}` differ from those in another layer for {value}"
        => "write the same text for each language in both, or keep one", "the other text";
    InconsistentObjectValues "inconsistentObjectValues":
        "the element in `{property}` is `{value}` here and `{restriction}` in another layer"
        => "refer to the same element in both, or keep one", "the other element";

    // capability models of v1-preview
    DuplicateInstance "duplicateInstance": "the capability model has a second instance of `{value}`"
        => "keep one instance of each Interface", "first instance here";
    InstanceVersionConflict "instanceVersionConflict":
        "the capability model has two versions of the Interface `{value}`"
        => "keep one version of each Interface", "the other version";
    NameInUse "nameInUse":
        "two Interfaces of the capability model use `{value}`, and they share one name space on the wire"
        => "rename one of the two", "first used here";
}
