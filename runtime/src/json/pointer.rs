//! The place of a value in a payload, as a JSON pointer (RFC 6901).
//!
//! A [`Pointer`] is a chain of borrowed steps: it costs nothing until an error prints it.

use std::fmt;

/// A place in a JSON payload. Displays as a JSON pointer; the root displays as nothing.
#[derive(Clone, Copy, Debug)]
pub struct Pointer<'a> {
    parent: Option<&'a Pointer<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Field(&'a str),
    Index(usize),
}

impl<'a> Pointer<'a> {
    /// The whole payload.
    pub const fn root() -> Self {
        Self { parent: None, step: Step::Root }
    }

    /// The field `name` of the object here.
    pub const fn field(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Field(name) }
    }

    /// The element `index` of the array here.
    pub const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            fmt::Display::fmt(parent, out)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) => write!(out, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(out, "/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_escaped_as_rfc_6901_says() {
        let root = Pointer::root();
        let field = root.field("a/b~c");
        assert_eq!(field.index(3).to_string(), "/a~1b~0c/3");
        assert_eq!(root.to_string(), "");
    }
}
