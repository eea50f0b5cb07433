//! An element of a model whose shape is known to be right, before references are resolved.

use crate::language::{Class, Version};
use crate::model::LanguageMap;
use crate::source::Location;

/// A root element and the version of the language its document is written in.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) version: Version,
    pub(crate) element: Element,
}

impl Root {
    pub(crate) fn id(&self) -> Option<&str> {
        self.element.id.as_ref().map(|(id, _)| id.as_str())
    }
}

/// One element: its class and the members that were understood.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) class: Class,
    pub(crate) id: Option<(String, Location)>,
    /// The semantic type, where one was given.
    pub(crate) quantity: Option<String>,
    pub(crate) members: Vec<Member>,
    /// Where to point when the element as a whole is meant: its first byte.
    pub(crate) at: Location,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) values: Values,
}

/// What a member holds, by its kind in the table.
#[derive(Debug)]
pub(crate) enum Values {
    Literal(Literal, Location),
    Texts(LanguageMap),
    Elements(Vec<Reference>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Boolean(bool),
    Integer(i64),
}

/// An element, or the id (or primitive schema's name) that stands for one.
#[derive(Debug)]
pub(crate) enum Reference {
    Inline(Box<Element>),
    Id(String, Location),
}

impl Element {
    fn values(&self, name: &str) -> Option<&Values> {
        self.members.iter().find(|member| member.name == name).map(|member| &member.values)
    }

    /// A literal text and its place.
    pub(crate) fn text(&self, name: &str) -> Option<(&str, Location)> {
        match self.values(name)? {
            Values::Literal(Literal::Text(text), at) => Some((text, *at)),
            _ => None,
        }
    }

    pub(crate) fn literal(&self, name: &str) -> Option<(&Literal, Location)> {
        match self.values(name)? {
            Values::Literal(literal, at) => Some((literal, *at)),
            _ => None,
        }
    }

    /// A boolean; absent is false, as everywhere in the language.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.values(name), Some(Values::Literal(Literal::Boolean(true), _)))
    }

    pub(crate) fn texts(&self, name: &str) -> LanguageMap {
        match self.values(name) {
            Some(Values::Texts(texts)) => texts.clone(),
            _ => LanguageMap::default(),
        }
    }

    pub(crate) fn references(&self, name: &str) -> &[Reference] {
        match self.values(name) {
            Some(Values::Elements(elements)) => elements,
            _ => &[],
        }
    }

    /// The inline elements of a member.
    pub(crate) fn inline(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.references(name).iter().filter_map(|reference| match reference {
            Reference::Inline(element) => Some(element.as_ref()),
            Reference::Id(..) => None,
        })
    }

    /// Every inline element below this one, itself first.
    pub(crate) fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Element)) {
        visit(self);
        for member in &self.members {
            if let Values::Elements(references) = &member.values {
                for reference in references {
                    if let Reference::Inline(element) = reference {
                        element.walk(visit);
                    }
                }
            }
        }
    }
}
