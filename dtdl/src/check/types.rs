//! `@type`: the one structural class of an element and the semantic type beside it.

use super::reader::Reader;
use crate::diagnostic::texts;
use crate::json::{Node, Object};
use crate::language::{Class, any_class};
use crate::source::Location;
use crate::suggest::closest;

/// What `@type` said.
pub(super) struct Types {
    pub(super) class: Class,
    pub(super) quantity: Option<String>,
}

impl Reader<'_> {
    /// The class of an element in `member`, one of `legal`; `None` when it cannot be told (and was reported).
    pub(super) fn types(
        &mut self,
        member: &str,
        node: &Node,
        object: &Object,
        legal: &[Class],
    ) -> Option<Types> {
        let Some(types) = object.get("@type") else {
            let inferred = legal.first().copied().filter(|class| class.type_is_optional());
            if inferred.is_none() {
                self.faults.push(texts::missing_type(&list(legal)), node.at.head());
            }
            return inferred.map(|class| Types { class, quantity: None });
        };
        let mut class = None;
        let mut others = Vec::new();
        for item in types.value.items() {
            let Some(name) = item.as_str() else {
                self.faults.push(
                    texts::wrong_kind("@type", "a string or an array of strings", item.kind()),
                    item.at,
                );
                continue;
            };
            match (any_class(name), class) {
                (Some(found), None) => class = Some((found, item.at)),
                (Some(found), Some((first, _))) if found != first => {
                    self.faults.push(texts::two_classes(first.name(), name), item.at);
                }
                (Some(_), _) => {}
                (None, _) => others.push((name, item.at)),
            }
        }
        self.choose(member, types.value.at, class, &others, legal)
    }

    fn choose(
        &mut self,
        member: &str,
        at: Location,
        class: Option<(Class, Location)>,
        others: &[(&str, Location)],
        legal: &[Class],
    ) -> Option<Types> {
        let class = match class {
            Some((class, _)) if legal.contains(&class) => class,
            Some((class, at)) => {
                self.faults.push(texts::wrong_class(member, class.name(), &list(legal)), at);
                return None;
            }
            None => match legal.first().filter(|class| class.type_is_optional()) {
                Some(class) => *class,
                None => {
                    let (found, at) = others.first().copied().unwrap_or(("", at));
                    let near = closest(found, legal.iter().map(|class| class.name()));
                    self.faults.push(texts::unknown_type(found, near, &list(legal)), at);
                    return None;
                }
            },
        };
        let quantity = others.iter().find(|(name, at)| self.is_quantity(class, name, *at));
        Some(Types { class, quantity: quantity.map(|(name, _)| (*name).to_owned()) })
    }

    /// Whether a co-type may stand beside `class`; reports it where it may not.
    fn is_quantity(&mut self, class: Class, name: &str, at: Location) -> bool {
        let allowed =
            (self.scope.quantities || self.scope.iot_central) && class.takes_quantities(self.scope.version);
        if !allowed {
            self.faults.push(texts::unknown_type(name, None, class.name()), at);
        }
        allowed
    }
}

fn list(classes: &[Class]) -> String {
    classes.iter().map(|class| class.name()).collect::<Vec<_>>().join(", ")
}
