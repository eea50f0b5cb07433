//! Texts by language: a string (English), a map from codes to strings, or an array of strings and tagged strings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Reader;
use super::element::Scope;
use super::object::{Object, Slot};
use crate::diagnostic::{Code, Fault};
use crate::graph::Held;
use crate::language::members::length_above;
use crate::language_map::{DEFAULT, LanguageMap};
use crate::source::Location;
use crate::tape::{Kind, Node};

/// Where texts stand, and how long each may be.
#[derive(Clone, Copy)]
struct Spot<'s> {
    scope: Scope<'s>,
    name: &'s str,
    most: usize,
}

impl Spot<'_> {
    fn fault(self, code: Code, at: Location) -> Fault {
        Fault::new(code, at).id(self.scope.id).property(self.name)
    }
}

impl Reader<'_> {
    pub(super) fn texts(&mut self, slot: &Slot<'_>, scope: Scope<'_>, name: &str, most: usize) -> Held {
        let spot = Spot { scope, name, most };
        if slot.value.kind() == Kind::Object {
            let object = Object::new(self.file, slot.value);
            return Held::Texts(Box::new(self.language_map(&object, spot)));
        }
        if let Some(text) = slot.value.as_str() {
            self.check_length(&text, slot.values_at(), spot);
            return Held::English(self.kept(&text, slot.value));
        }
        Held::Texts(Box::new(self.tagged_strings(slot, spot)))
    }

    fn language_map(&mut self, object: &Object<'_>, spot: Spot<'_>) -> LanguageMap {
        self.check_map_keywords(object, spot);
        let mut map: BTreeMap<&str, (Option<Cow<'_, str>>, Location)> = BTreeMap::new();
        for slot in &object.members {
            let code = &*slot.name;
            if !is_language(code) {
                self.faults.push(spot.fault(Code::LangStringInvalidCode, slot.key).value(code));
            }
            let text = slot.value.as_str();
            match &text {
                Some(text) => self.check_length(text, self.at(slot.value), spot),
                None => {
                    let fault = spot.fault(Code::LangStringValueNotString, slot.key).value(code);
                    self.faults.push(fault);
                }
            }
            if let Some((_, first)) = map.insert(code, (text, slot.key)) {
                let fault = spot.fault(Code::LangStringCodeNotUnique, slot.key).value(code);
                self.faults.push(fault.also(first));
            }
        }
        texts_of(map)
    }

    fn check_map_keywords(&mut self, object: &Object<'_>, spot: Spot<'_>) {
        // a lone tagged string is a common slip, and gets a code of its own
        if let (Some(language), Some(value), 2) = (&object.language, &object.value, object.len())
            && let (Some(code), Some(text)) =
                (language.value.as_str().or(Some("".into())), value.value.as_str())
        {
            let pair = format!("{{ \"{code}\": \"{text}\" }}");
            self.faults.push(spot.fault(Code::LangTagValueInLangMap, object.at).value(pair));
            return;
        }
        let named =
            [&object.language, &object.value, &object.context, &object.id, &object.types, &object.graph];
        for slot in named.into_iter().flatten().chain(&object.keywords) {
            self.faults.push(spot.fault(Code::LangMapObjKeyword, slot.key).value(&slot.name));
        }
    }

    fn tagged_strings(&mut self, slot: &Slot<'_>, spot: Spot<'_>) -> LanguageMap {
        let mut map: BTreeMap<Cow<'_, str>, (Option<Cow<'_, str>>, Location)> = BTreeMap::new();
        for value in slot.values() {
            let Some((code, text)) = self.tagged_string(value, spot) else { continue };
            let at = self.at(value);
            match map.get(&code) {
                Some((_, first)) => {
                    let fault = spot.fault(Code::LangStringElementCodeNotUnique, at).value(&code);
                    self.faults.push(fault.also(*first));
                }
                None => {
                    map.insert(code, (Some(text), at));
                }
            }
        }
        texts_of(map)
    }

    fn tagged_string<'t>(&mut self, value: Node<'t>, spot: Spot<'_>) -> Option<(Cow<'t, str>, Cow<'t, str>)> {
        match value.kind() {
            Kind::String => {
                let text = value.as_str().unwrap_or_default();
                self.check_length(&text, self.at(value), spot);
                Some((DEFAULT.into(), text))
            }
            Kind::Object => {
                let object = Object::new(self.file, value);
                self.tagged_object(&object, spot)
            }
            _ => {
                let at = self.at(value);
                self.faults.push(spot.fault(Code::LangStringElementNotStringOrObject, at));
                None
            }
        }
    }

    fn tagged_object<'t>(
        &mut self,
        object: &Object<'t>,
        spot: Spot<'_>,
    ) -> Option<(Cow<'t, str>, Cow<'t, str>)> {
        let code = match &object.language {
            None => DEFAULT.into(),
            Some(slot) => {
                let Some(code) = slot.value.as_str().filter(|code| !code.is_empty()) else {
                    self.faults.push(spot.fault(Code::LangStringElementCodeNotString, slot.key));
                    return None;
                };
                if !is_language(&code) {
                    let fault = spot.fault(Code::LangStringElementInvalidCode, slot.key).value(&code);
                    self.faults.push(fault);
                }
                code
            }
        };
        let text = match &object.value {
            None => {
                self.faults.push(spot.fault(Code::LangStringElementNoValue, object.at));
                None
            }
            Some(slot) => match slot.value.as_str() {
                Some(text) => Some((text, self.at(slot.value))),
                None => {
                    self.faults.push(spot.fault(Code::LangStringElementValueNotString, slot.key));
                    return None;
                }
            },
        };
        self.check_tagged_rest(object, spot);
        let text = text.map(|(text, at)| {
            self.check_length(&text, at, spot);
            text
        });
        Some((code, text.unwrap_or_default()))
    }

    fn check_tagged_rest(&mut self, object: &Object<'_>, spot: Spot<'_>) {
        let restricted = spot.scope.context.restricts_keywords();
        let types = if restricted { &object.types } else { &None };
        let never = [
            (&object.context, Code::LangStringElementContext),
            (&object.id, Code::LangStringElementId),
            (&object.graph, Code::LangStringElementGraph),
            (types, Code::LangStringElementType),
        ];
        for (slot, code) in never {
            if let Some(slot) = slot {
                self.faults.push(spot.fault(code, slot.key));
            }
        }
        for slot in object.keywords.iter().filter(|_| restricted) {
            self.faults.push(spot.fault(Code::LangStringElementKeyword, slot.key).value(&slot.name));
        }
        for slot in &object.members {
            self.faults.push(spot.fault(Code::LangStringElementInvalidProp, slot.key).value(&slot.name));
        }
    }

    fn check_length(&mut self, text: &str, at: Location, spot: Spot<'_>) {
        if let Some(length) = length_above(text, spot.most) {
            let fault = spot.fault(Code::LangStringValueTooLong, at).value(text);
            self.faults.push(fault.observed(length).expected(spot.most));
        }
    }
}

/// The texts without their places.
fn texts_of<'t, C: AsRef<str> + Ord>(map: BTreeMap<C, (Option<Cow<'t, str>>, Location)>) -> LanguageMap {
    let texts = map.into_iter().filter_map(|(code, (text, _))| Some((code, text?)));
    LanguageMap::sorted(&texts.collect::<Vec<_>>())
}

/// A language code as the language has them: `en`, `zh-Hans`, `de-CH`, `es-419`, `zh-Hant-TW`.
fn is_language(code: &str) -> bool {
    let mut parts = code.strip_suffix('\n').unwrap_or(code).split('-').peekable();
    let all = |text: &str, test: fn(&u8) -> bool| text.bytes().all(|byte| test(&byte));
    let language = parts.next().unwrap_or_default();
    if !(2..=4).contains(&language.len()) || !all(language, u8::is_ascii_lowercase) {
        return false;
    }
    let is_script = |text: &&str| {
        text.len() == 4 && all(&text[..1], u8::is_ascii_uppercase) && all(&text[1..], u8::is_ascii_lowercase)
    };
    let is_region = |text: &&str| {
        (text.len() == 2 && all(text, u8::is_ascii_uppercase))
            || (text.len() == 3 && all(text, u8::is_ascii_digit))
    };
    // only the bytes matter above: a part with other characters fails `all` before it is cut
    if code.is_ascii() && parts.peek().is_some_and(is_script) {
        parts.next();
    }
    if parts.peek().is_some_and(is_region) {
        parts.next();
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::is_language;

    #[test]
    fn language_codes_are_those_of_the_language() {
        for code in ["en", "de-CH", "zh-Hans", "zh-Hant-TW", "es-419", "haw"] {
            assert!(is_language(code), "{code}");
        }
        for code in ["", "e", "EN", "en-", "en-us", "en-USA", "en-Latn-", "en-DE-Latn", "é", "en-éaaa"] {
            assert!(!is_language(code), "{code}");
        }
    }
}
