//! Applies the table of a class to a JSON object. Begin with [`Reader::element`].

use super::context::{self, Scope};
use super::element::{Element, Member, Reference, Values};
use crate::diagnostic::{Faults, texts};
use crate::json::{self, Node, Object, Value};
use crate::language::{Class, Kind, MemberRule, Version, check_id, members};
use crate::source::Location;
use crate::suggest::closest;

/// The classes that a schema may be, written inline.
const SCHEMAS: &[Class] = &[Class::Array, Class::Enum, Class::Map, Class::Object];

/// Reads the elements of one document; what is wrong goes to `faults`.
pub(super) struct Reader<'f> {
    pub(super) scope: Scope,
    pub(super) faults: &'f mut Faults,
}

impl Reader<'_> {
    /// The element that `node` describes, one of the classes `legal` in `member`.
    pub(super) fn element(&mut self, member: &str, node: &Node, legal: &[Class]) -> Option<Element> {
        let Some(object) = node.as_object() else {
            self.faults.push(texts::wrong_kind(member, "an object", node.kind()), node.at);
            return None;
        };
        let types = self.types(member, node, object, legal)?;
        let id = self.id(object, node, types.class);
        let mut element = Element {
            class: types.class,
            id,
            quantity: types.quantity,
            members: Vec::new(),
            at: node.at.head(),
        };
        let rules: Vec<_> = members(types.class, self.scope.version).collect();
        for member in &object.members {
            self.member(&mut element, member, &rules);
        }
        self.require(&element, object, &rules);
        Some(element)
    }

    fn member(&mut self, element: &mut Element, member: &json::Member, rules: &[&'static MemberRule]) {
        match member.name.as_str() {
            "@id" | "@type" => {}
            "@context" => {
                context::read(&member.value, self.faults);
            }
            name => match rules.iter().find(|rule| rule.name == name) {
                None => {
                    let known = rules.iter().map(|rule| rule.name).chain(["@id", "@type"]);
                    let near = closest(name, known);
                    self.faults.push(texts::unknown_member(name, element.class.name(), near), member.name_at);
                }
                Some(rule) if rule.kind == Kind::Unit && !self.unit_is_allowed(element) => {
                    self.faults.push(texts::unit_without_quantity(), member.name_at);
                }
                Some(rule) => {
                    if let Some(values) = self.values(rule, &member.value) {
                        element.members.push(Member { name: rule.name, values });
                    }
                }
            },
        }
    }

    /// v1-preview takes a unit as it is; later a semantic type brings the member with it.
    fn unit_is_allowed(&self, element: &Element) -> bool {
        self.scope.version == Version::V1Preview || element.quantity.is_some()
    }

    fn require(&mut self, element: &Element, object: &Object, rules: &[&'static MemberRule]) {
        for rule in rules.iter().filter(|rule| rule.required && object.get(rule.name).is_none()) {
            self.faults.push(texts::missing_member(rule.name, element.class.name()), element.at);
        }
    }

    fn id(&mut self, object: &Object, node: &Node, class: Class) -> Option<(String, Location)> {
        let needed = matches!(class, Class::Interface | Class::CapabilityModel);
        let Some(member) = object.get("@id") else {
            if needed {
                self.faults.push(texts::missing_member("@id", class.name()), node.at.head());
            }
            return None;
        };
        let id = self.string("@id", &member.value)?;
        self.check_id(id, member.value.at, class == Class::Interface);
        Some((id.to_owned(), member.value.at))
    }

    pub(super) fn check_id(&mut self, id: &str, at: Location, is_interface: bool) {
        let Err(rule) = check_id(id, self.scope.version, is_interface) else {
            return;
        };
        let placeholder = id.contains(['<', '>', '{', '}']) || id.contains("YOUR_COMPANY_NAME_HERE");
        self.faults
            .push(if placeholder { texts::placeholder_id(id) } else { texts::invalid_id(id, rule) }, at);
    }

    fn values(&mut self, rule: &MemberRule, node: &Node) -> Option<Values> {
        match rule.kind {
            Kind::One(classes) => {
                let node = self.single(rule.name, node)?;
                let element = self.element(rule.name, node, classes)?;
                Some(Values::Elements(vec![Reference::Inline(Box::new(element))]))
            }
            Kind::Many(classes, least, most) => {
                self.count(rule.name, node, least, most);
                let read = |item| self.element(rule.name, item, classes).map(inline);
                Some(Values::Elements(node.items().iter().filter_map(read).collect()))
            }
            Kind::Reference(classes) => {
                let node = self.single(rule.name, node)?;
                Some(Values::Elements(vec![self.reference(rule.name, node, classes)?]))
            }
            Kind::References(classes, most) => {
                self.count(rule.name, node, 0, most);
                let read = |item| self.reference(rule.name, item, classes);
                Some(Values::Elements(node.items().iter().filter_map(read).collect()))
            }
            Kind::Schema => {
                let node = self.single(rule.name, node)?;
                Some(Values::Elements(vec![match node.as_str() {
                    Some(name) => Reference::Id(name.to_owned(), node.at),
                    None => inline(self.element(rule.name, node, SCHEMAS)?),
                }]))
            }
            Kind::Texts(most) => Some(Values::Texts(self.texts(rule.name, node, most))),
            _ => self.literal(rule, node),
        }
    }

    fn literal(&mut self, rule: &MemberRule, node: &Node) -> Option<Values> {
        let node = self.single(rule.name, node)?;
        let literal = self.literal_of(rule, node)?;
        Some(Values::Literal(literal, node.at))
    }

    fn reference(&mut self, member: &str, node: &Node, classes: &[Class]) -> Option<Reference> {
        match node.as_str() {
            Some(id) => {
                self.check_id(id, node.at, true);
                Some(Reference::Id(id.to_owned(), node.at))
            }
            None => self.element(member, node, classes).map(inline),
        }
    }

    /// The one value of a singular member, which may be written in an array of one.
    fn single<'n>(&mut self, member: &str, node: &'n Node) -> Option<&'n Node> {
        match node.items() {
            [only] => Some(only),
            [] => {
                self.faults.push(texts::too_few(member), node.at);
                None
            }
            [first, others @ ..] => {
                self.faults.push(texts::too_many(member, 1, others.len() + 1), node.at.head());
                Some(first)
            }
        }
    }

    fn count(&mut self, member: &str, node: &Node, least: usize, most: usize) {
        let found = node.items().len();
        if found < least {
            self.faults.push(texts::too_few(member), node.at);
        } else if found > most {
            self.faults.push(texts::too_many(member, most, found), node.at.head());
        }
    }

    pub(super) fn string<'n>(&mut self, member: &str, node: &'n Node) -> Option<&'n str> {
        let Value::String(text) = &node.value else {
            self.faults.push(texts::wrong_kind(member, "a string", node.kind()), node.at);
            return None;
        };
        Some(text)
    }
}

fn inline(element: Element) -> Reference {
    Reference::Inline(Box::new(element))
}
