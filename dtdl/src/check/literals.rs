//! Literals: names, texts, numbers, words and texts by language.

use super::element::Literal;
use super::reader::Reader;
use crate::diagnostic::texts;
use crate::json::{Node, Value};
use crate::language::{Kind, MemberRule, check_language, check_name};
use crate::model::LanguageMap;
use crate::suggest::closest;

/// The language of a text that names none.
const DEFAULT_LANGUAGE: &str = "en";

impl Reader<'_> {
    pub(super) fn literal_of(&mut self, rule: &MemberRule, node: &Node) -> Option<Literal> {
        let name = rule.name;
        match rule.kind {
            Kind::Boolean => self.boolean(name, node).map(Literal::Boolean),
            Kind::Integer => self.integer(name, node).map(Literal::Integer),
            Kind::EnumValue => match &node.value {
                Value::String(text) => Some(Literal::Text(text.clone())),
                _ => self.integer(name, node).map(Literal::Integer),
            },
            _ => {
                let text = self.string(name, node)?;
                self.text(rule, node, text);
                Some(Literal::Text(text.to_owned()))
            }
        }
    }

    fn text(&mut self, rule: &MemberRule, node: &Node, text: &str) {
        match rule.kind {
            Kind::Name => {
                if let Err(broken) = check_name(text, self.scope.version) {
                    self.faults.push(texts::invalid_name(text, broken), node.at);
                }
            }
            Kind::Text(most) => self.length(rule.name, node, text, most),
            Kind::Word(legal) if !legal.contains(&text) => {
                let near = closest(text, legal.iter().copied());
                self.faults.push(texts::unknown_word(rule.name, text, near, &legal.join(", ")), node.at);
            }
            Kind::Id => self.check_id(text, node.at, true),
            _ => {}
        }
    }

    fn boolean(&mut self, member: &str, node: &Node) -> Option<bool> {
        let Value::Bool(value) = node.value else {
            self.faults.push(texts::wrong_kind(member, "true or false", node.kind()), node.at);
            return None;
        };
        Some(value)
    }

    /// An integer of the language has 32 bits; `1.0` and `1e0` are integers too.
    fn integer(&mut self, member: &str, node: &Node) -> Option<i64> {
        let number = match &node.value {
            Value::Number(text) => text.parse::<f64>().ok(),
            _ => None,
        };
        match number {
            Some(number)
                if number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number) =>
            {
                Some(number as i64)
            }
            _ => {
                self.faults.push(texts::wrong_kind(member, "an integer of 32 bits", node.kind()), node.at);
                None
            }
        }
    }

    fn length(&mut self, member: &str, node: &Node, text: &str, most: usize) {
        let found = text.encode_utf16().count();
        if found > most {
            self.faults.push(texts::too_long(member, most, found), node.at);
        }
    }

    /// A string, a map from language codes, or an array of strings and value objects.
    pub(super) fn texts(&mut self, member: &str, node: &Node, most: usize) -> LanguageMap {
        let mut map = LanguageMap::default();
        for item in node.items() {
            match &item.value {
                Value::String(text) => self.add_text(&mut map, (member, most), DEFAULT_LANGUAGE, item, text),
                Value::Object(object) if object.get("@value").is_some() => {
                    let text = object.get("@value").and_then(|value| self.string("@value", &value.value));
                    let language =
                        object.get("@language").and_then(|code| self.string("@language", &code.value));
                    if let Some(text) = text {
                        self.add_text(
                            &mut map,
                            (member, most),
                            language.unwrap_or(DEFAULT_LANGUAGE),
                            item,
                            text,
                        );
                    }
                }
                Value::Object(object) => {
                    for entry in &object.members {
                        if let Some(text) = self.string(&entry.name, &entry.value) {
                            self.add_text(&mut map, (member, most), &entry.name, &entry.value, text);
                        }
                    }
                }
                _ => {
                    let expected = "a string or texts by language";
                    self.faults.push(texts::wrong_kind(member, expected, item.kind()), item.at);
                }
            }
        }
        map
    }

    fn add_text(&mut self, map: &mut LanguageMap, rule: (&str, usize), code: &str, node: &Node, text: &str) {
        if !check_language(code) {
            self.faults.push(texts::invalid_language(code), node.at.head());
        }
        self.length(rule.0, node, text, rule.1);
        if map.insert(code, text).is_some() {
            self.faults.push(texts::duplicate_member(code), node.at.head());
        }
    }
}
