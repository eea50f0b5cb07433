//! Members that hold plain values: strings, integers, numbers, booleans, durations, ids and the values of an Enum.
//!
//! Each may be written bare, in an array of one, or as a value object `{"@value": .., "@type": "xsd:string"}`. Decides
//! what is such a value and whether it is in bounds.

use super::Reader;
use super::element::Scope;
use super::object::{Object, Slot};
use crate::diagnostic::{Code, Fault};
use crate::dtmi;
use crate::graph::{Held, Text};
use crate::language::Version;
use crate::language::members::length_above;
use crate::language::patterns::MemberPattern;
use crate::tape::{Kind, Node};

/// The kinds of plain value, with the codes of what can be wrong with each: a row of [`Sort`].
struct Codes {
    /// The types of a value object that say so.
    names: [&'static str; 2],
    several: Code,
    none: Code,
    no_value: Code,
    other_type: Code,
    other_value: Code,
    other: Code,
}

/// A kind of plain value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    String,
    Integer,
    Numeric,
    Boolean,
    Duration,
}

impl Sort {
    const fn codes(self) -> &'static Codes {
        match self {
            Self::String => &Codes {
                names: ["xsd:string", "http://www.w3.org/2001/XMLSchema#string"],
                several: Code::StringMultipleValues,
                none: Code::StringCountBelowMin,
                no_value: Code::StringObjectNoValue,
                other_type: Code::StringTypeNotString,
                other_value: Code::StringValueNotString,
                other: Code::StringNotString,
            },
            Self::Integer => &Codes {
                names: ["xsd:integer", "http://www.w3.org/2001/XMLSchema#integer"],
                several: Code::IntegerMultipleValues,
                none: Code::IntegerCountBelowMin,
                no_value: Code::IntegerObjectNoValue,
                other_type: Code::IntegerTypeNotInteger,
                other_value: Code::IntegerValueNotInteger,
                other: Code::IntegerNotInteger,
            },
            Self::Numeric => &Codes {
                names: ["xsd:decimal", "http://www.w3.org/2001/XMLSchema#decimal"],
                several: Code::NumericMultipleValues,
                none: Code::NumericCountBelowMin,
                no_value: Code::NumericObjectNoValue,
                other_type: Code::NumericTypeNotNumeric,
                other_value: Code::NumericValueNotNumeric,
                other: Code::NumericNotNumeric,
            },
            Self::Boolean => &Codes {
                names: ["xsd:boolean", "http://www.w3.org/2001/XMLSchema#boolean"],
                several: Code::BooleanMultipleValues,
                none: Code::BooleanCountBelowMin,
                no_value: Code::BooleanObjectNoValue,
                other_type: Code::BooleanTypeNotBoolean,
                other_value: Code::BooleanValueNotBoolean,
                other: Code::BooleanNotBoolean,
            },
            Self::Duration => &Codes {
                names: ["xsd:duration", "http://www.w3.org/2001/XMLSchema#duration"],
                several: Code::DurationMultipleValues,
                none: Code::DurationCountBelowMin,
                no_value: Code::DurationObjectNoValue,
                other_type: Code::DurationTypeNotDuration,
                other_value: Code::DurationValueNotString,
                other: Code::DurationNotString,
            },
        }
    }

    /// The value that stands for one that is wrong, so that reading goes on.
    fn empty(self) -> Held {
        match self {
            Self::String | Self::Duration => Held::Text(Text::EMPTY),
            Self::Integer => Held::Integer(0),
            Self::Numeric => Held::Number(0.0),
            Self::Boolean => Held::Boolean(false),
        }
    }
}

/// A number without a fraction that fits 4 bytes, however it is written (`1e0` is 1).
fn whole(number: f64) -> Option<i64> {
    let fits = number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and fits 4 bytes")]
    fits.then_some(number as i64)
}

/// The one value of a member.
struct Single<'t> {
    held: Held,
    /// As it is written: bare, or in a value object.
    node: Node<'t>,
    /// The bare value.
    value: Node<'t>,
}

/// What a string must be like.
#[derive(Clone, Copy)]
pub(super) struct TextRule {
    most: Option<usize>,
    pattern: Option<MemberPattern>,
}

impl TextRule {
    pub(super) fn new(most: usize, is_name: bool, version: Version) -> Self {
        let name = match version {
            Version::V1Preview => MemberPattern::PreviewName,
            _ => MemberPattern::Name,
        };
        Self { most: Some(most), pattern: is_name.then_some(name) }
    }

    pub(super) fn of_member(most: Option<usize>, pattern: Option<MemberPattern>) -> Self {
        Self { most, pattern }
    }
}

impl Reader<'_> {
    /// How the text of a value is kept: where it stands, if that is how it is written.
    pub(super) fn kept(&mut self, text: &str, node: Node<'_>) -> Text {
        let bounds = node.plain().map(|range| [range.start, range.end].map(u32::try_from));
        match bounds {
            Some([Ok(start), Ok(end)]) => Text::Written(start, end),
            _ => self.graph.keep_text(text),
        }
    }

    /// A value, if the JSON is of this kind.
    fn held(&mut self, sort: Sort, node: Node<'_>) -> Option<Held> {
        match (sort, node.kind()) {
            (Sort::String | Sort::Duration, Kind::String) => {
                Some(Held::Text(self.kept(&node.as_str()?, node)))
            }
            (Sort::Integer, Kind::Number) => whole(node.as_f64()?).map(Held::Integer),
            (Sort::Numeric, Kind::Number) => node.as_f64().map(Held::Number),
            (Sort::Boolean, Kind::Boolean) => node.as_bool().map(Held::Boolean),
            _ => None,
        }
    }

    pub(super) fn text(
        &mut self,
        slot: &Slot<'_>,
        scope: Scope<'_>,
        name: &str,
        rule: TextRule,
        required: bool,
    ) -> Held {
        let Some(Single { held, node, value }) = self.single(slot, scope, name, Sort::String, required)
        else {
            return Sort::String.empty();
        };
        self.check_text(&value.as_str().unwrap_or_default(), node, scope, name, rule);
        held
    }

    fn check_text(&mut self, text: &str, node: Node<'_>, scope: Scope<'_>, name: &str, rule: TextRule) {
        let at = self.at(node);
        let fault = |code| Fault::new(code, at).id(scope.id).property(name).value(text);
        if let Some(most) = rule.most
            && let Some(length) = length_above(text, most)
        {
            self.faults.push(fault(Code::StringTooLong).observed(length).expected(most));
        }
        // .NET's `$` also matches before a final newline, and the reference's patterns end with it
        let matched = text.strip_suffix('\n').unwrap_or(text);
        if let Some(pattern) = rule.pattern.filter(|pattern| !pattern.matches(matched)) {
            self.faults.push(fault(Code::StringInvalid).restriction(pattern.source()));
        }
    }

    pub(super) fn boolean(&mut self, slot: &Slot<'_>, scope: Scope<'_>, name: &str) -> Held {
        self.single(slot, scope, name, Sort::Boolean, false)
            .map_or(Sort::Boolean.empty(), |single| single.held)
    }

    pub(super) fn duration(&mut self, slot: &Slot<'_>, scope: Scope<'_>, name: &str, required: bool) -> Held {
        let Some(Single { held, node, value }) = self.single(slot, scope, name, Sort::Duration, required)
        else {
            return Sort::Duration.empty();
        };
        let text = value.as_str().unwrap_or_default();
        if !crate::instance::is_duration(&text) {
            let fault = Fault::new(Code::DurationInvalid, self.at(node)).id(scope.id).property(name);
            self.faults.push(fault.value(text));
        }
        held
    }

    pub(super) fn numeric(&mut self, slot: &Slot<'_>, scope: Scope<'_>, name: &str, required: bool) -> Held {
        self.single(slot, scope, name, Sort::Numeric, required)
            .map_or(Sort::Numeric.empty(), |single| single.held)
    }

    pub(super) fn integer(
        &mut self,
        slot: &Slot<'_>,
        scope: Scope<'_>,
        name: &str,
        bounds: (Option<i64>, Option<i64>),
        required: bool,
    ) -> Held {
        let Some(Single { held, node, .. }) = self.single(slot, scope, name, Sort::Integer, required) else {
            return Sort::Integer.empty();
        };
        if let Held::Integer(found) = held
            && let Some((code, limit)) = out_of_bounds(found, bounds)
        {
            let fault = Fault::new(code, self.at(node)).id(scope.id).property(name);
            self.faults.push(fault.value(found).restriction(limit));
        }
        held
    }

    /// The value of an Enum's entry: a string or an integer; other plain values are told apart later.
    pub(super) fn literal(&mut self, slot: &Slot<'_>, scope: Scope<'_>, name: &str) -> Held {
        let values: Vec<_> = slot.values().collect();
        let fault = |code| Fault::new(code, slot.values_at()).id(scope.id).property(name);
        let value = match values.as_slice() {
            [value] => *value,
            [] => {
                self.faults.push(fault(Code::LiteralCountBelowMin).observed(0).expected(1));
                return Sort::String.empty();
            }
            _ => {
                self.faults.push(fault(Code::LiteralMultipleValues));
                return Sort::String.empty();
            }
        };
        let sorts = [Sort::String, Sort::Integer, Sort::Numeric, Sort::Boolean];
        let held = match value.kind() {
            Kind::Object => self.literal_object(value, scope, name),
            _ => sorts.into_iter().find_map(|sort| self.held(sort, value)),
        };
        match held {
            Some(held) => held,
            None => {
                self.faults.push(fault(Code::LiteralNotValid));
                Sort::String.empty()
            }
        }
    }

    fn literal_object(&mut self, value: Node<'_>, scope: Scope<'_>, name: &str) -> Option<Held> {
        let object = Object::new(self.file, value);
        self.check_value_object(&object, scope, name);
        let at = object.at;
        let fault = |code| Fault::new(code, at).id(scope.id).property(name);
        let Some(inner) = &object.value else {
            self.faults.push(fault(Code::LiteralObjectNoValue));
            return None;
        };
        let types: Vec<_> = object.type_strings().collect();
        if object.types.is_some() && types.len() != 1 {
            self.faults.push(fault(Code::LiteralTypeNotSingular));
            return None;
        }
        let declared = types.first().and_then(Option::as_deref);
        for sort in [Sort::String, Sort::Integer, Sort::Numeric, Sort::Boolean] {
            if declared.is_some_and(|declared| !sort.codes().names.contains(&declared)) {
                continue;
            }
            match self.held(sort, inner.value) {
                Some(held) => return Some(held),
                None if declared.is_some() => self.faults.push(fault(sort.codes().other_value)),
                None => {}
            }
        }
        None
    }

    /// A DTMI that need not be defined.
    pub(super) fn identifier(&mut self, slot: &Slot<'_>, scope: Scope<'_>, name: &str) -> Held {
        let nothing = Held::Identifier(Text::EMPTY);
        let values: Vec<_> = slot.values().collect();
        let value = match values.as_slice() {
            [value] => *value,
            [] => return nothing,
            _ => {
                let fault = Fault::new(Code::IdentifierMultipleValues, slot.values_at()).id(scope.id);
                self.faults.push(fault.property(name));
                return nothing;
            }
        };
        let fault = Fault::new(Code::IdentifierNotString, self.at(value)).id(scope.id).property(name);
        let fault = fault.kind("DTMI");
        if value.kind() != Kind::String {
            self.faults.push(fault);
            return nothing;
        }
        let written = value.as_str().unwrap_or_default();
        let Some(id) = scope.context.meaning(&written) else {
            let near = self.near(&written, || scope.context.terms());
            self.faults.push(fault.with_code(Code::IdentifierNotDtmi).value(&written).hint(near));
            return nothing;
        };
        // every id that may be referred to has the form that the member wants, but for those the language itself uses
        if !dtmi::is_reference(id, scope.context.version, scope.context.limits) {
            let fault = fault.with_code(Code::IdentifierInvalid).value(id);
            self.faults.push(fault.restriction("a DTMI"));
        }
        Held::Identifier(self.graph.keep_text(id))
    }

    /// The one value of a member, of a sort; `None` when there is none or it is wrong (and reported).
    fn single<'t>(
        &mut self,
        slot: &Slot<'t>,
        scope: Scope<'_>,
        name: &str,
        sort: Sort,
        required: bool,
    ) -> Option<Single<'t>> {
        let codes = sort.codes();
        let mut values = slot.values();
        let fault = |code| Fault::new(code, slot.values_at()).id(scope.id).property(name);
        let Some(value) = values.next() else {
            if required {
                self.faults.push(fault(codes.none).observed(0).expected(1));
            }
            return None;
        };
        if values.next().is_some() {
            self.faults.push(fault(codes.several));
            return None;
        }
        if value.kind() == Kind::Object {
            return self.value_object(value, scope, name, sort);
        }
        let Some(held) = self.held(sort, value) else {
            let fault = Fault::new(codes.other, self.at(value)).id(scope.id).property(name);
            self.faults.push(fault);
            return None;
        };
        Some(Single { held, node: value, value })
    }

    fn value_object<'t>(
        &mut self,
        node: Node<'t>,
        scope: Scope<'_>,
        name: &str,
        sort: Sort,
    ) -> Option<Single<'t>> {
        let object = Object::new(self.file, node);
        self.check_value_object(&object, scope, name);
        let codes = sort.codes();
        let types: Vec<_> = object.type_strings().collect();
        let declared = types.first().and_then(Option::as_deref);
        let inner = object.value.as_ref().map(|inner| (inner.value, self.held(sort, inner.value)));
        let code = match inner {
            None => codes.no_value,
            Some(_) if object.types.is_some() && types.len() != 1 => Code::LiteralTypeNotSingular,
            Some(_) if object.types.is_some() && !declared.is_some_and(|t| codes.names.contains(&t)) => {
                codes.other_type
            }
            Some((_, None)) => codes.other_value,
            Some((value, Some(held))) => return Some(Single { held, node, value }),
        };
        self.faults.push(Fault::new(code, object.at).id(scope.id).property(name));
        None
    }

    /// A value object holds `@value` and `@type`, nothing else.
    fn check_value_object(&mut self, object: &Object<'_>, scope: Scope<'_>, name: &str) {
        let fault = |code, at| Fault::new(code, at).id(scope.id).property(name);
        let never = [
            (&object.context, Code::ValueObjectContext),
            (&object.id, Code::ValueObjectId),
            (&object.graph, Code::ValueObjectGraph),
        ];
        for (slot, code) in never {
            if let Some(slot) = slot {
                self.faults.push(fault(code, slot.key));
            }
        }
        if scope.context.restricts_keywords() {
            if let Some(slot) = &object.language {
                self.faults.push(fault(Code::ValueObjectLanguage, slot.key));
            }
            for slot in &object.keywords {
                self.faults.push(fault(Code::ValueObjectKeyword, slot.key).value(&slot.name));
            }
        }
        for slot in &object.members {
            self.faults.push(fault(Code::ValueObjectInvalidProp, slot.key).value(&slot.name));
        }
    }
}

/// How an integer is out of bounds, and the bound.
fn out_of_bounds(found: i64, bounds: (Option<i64>, Option<i64>)) -> Option<(Code, String)> {
    let range = |least: i64, most: i64| format!("[{least}, {most}]");
    match bounds {
        (Some(least), Some(most)) if least == most => {
            (found != least).then(|| (Code::ValueNotExact, least.to_string()))
        }
        (Some(least), Some(most)) if found < least => Some((Code::ValueBelowRange, range(least, most))),
        (Some(least), Some(most)) if found > most => Some((Code::ValueAboveRange, range(least, most))),
        (Some(least), None) if found < least => Some((Code::ValueBelowMin, least.to_string())),
        (None, Some(most)) if found > most => Some((Code::ValueAboveMax, most.to_string())),
        _ => None,
    }
}
