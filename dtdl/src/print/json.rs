//! JSON with its members in the order in which they were added, printed with two spaces.

use std::fmt;

/// A value to print.
#[derive(Debug)]
pub(super) enum Json {
    Boolean(bool),
    Integer(i64),
    Text(String),
    Array(Vec<Json>),
    Object(Object),
}

/// Members in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Object(Vec<(String, Json)>);

impl Json {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// DTDL takes a member with one value without its array.
    pub(super) fn one_or_many(mut values: Vec<Self>) -> Self {
        match (values.pop(), values.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                values.extend(last);
                Self::Array(values)
            }
        }
    }
}

impl Object {
    pub(super) fn with(mut self, name: &str, value: Json) -> Self {
        self.0.push((name.to_owned(), value));
        self
    }

    pub(super) fn with_some(self, name: &str, value: Option<Json>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn followed_by(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// An array, unless there is nothing in it.
    pub(super) fn with_any(self, name: &str, values: Vec<Json>) -> Self {
        if values.is_empty() { self } else { self.with(name, Json::Array(values)) }
    }

    /// A member that is false when it is missing.
    pub(super) fn with_flag(self, name: &str, flag: bool) -> Self {
        if flag { self.with(name, Json::Boolean(true)) } else { self }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self, 0, f)
    }
}

fn write(value: &Json, indent: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Json::Boolean(value) => write!(f, "{value}"),
        Json::Integer(number) => write!(f, "{number}"),
        Json::Text(text) => write_text(text, f),
        Json::Array(items) if items.is_empty() => f.write_str("[]"),
        Json::Array(items) => {
            f.write_str("[")?;
            for (index, item) in items.iter().enumerate() {
                write_break(index, indent + 1, f)?;
                write(item, indent + 1, f)?;
            }
            write!(f, "\n{:1$}]", "", indent * 2)
        }
        Json::Object(Object(members)) if members.is_empty() => f.write_str("{}"),
        Json::Object(Object(members)) => {
            f.write_str("{")?;
            for (index, (name, value)) in members.iter().enumerate() {
                write_break(index, indent + 1, f)?;
                write_text(name, f)?;
                f.write_str(": ")?;
                write(value, indent + 1, f)?;
            }
            write!(f, "\n{:1$}}}", "", indent * 2)
        }
    }
}

/// The end of the line before an item or member.
fn write_break(index: usize, indent: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}\n{:2$}", if index == 0 { "" } else { "," }, "", indent * 2)
}

/// A string with the escapes that JSON asks for.
fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_lines_their_indent() {
        let inner =
            Object::default().with("b", Json::Integer(-1)).with_flag("yes", true).with_flag("no", false);
        let outer = Object::default()
            .with("z\"\n", Json::text("ä\u{1}"))
            .with("a", Json::Array(vec![Json::Object(inner), Json::Array(Vec::new()), Json::Boolean(false)]))
            .with("e", Json::Object(Object::default()))
            .with_any("none", Vec::new())
            .with_some("nothing", None);
        let expected = r#"{
  "z\"\n": "ä\u0001",
  "a": [
    {
      "b": -1,
      "yes": true
    },
    [],
    false
  ],
  "e": {}
}"#;
        assert_eq!(Json::Object(outer).to_string(), expected);
    }

    #[test]
    fn only_one_value_stands_alone() {
        let text = |count| Json::one_or_many((0..count).map(Json::Integer).collect()).to_string();
        assert_eq!([text(0), text(1), text(2)], ["[]", "0", "[\n  0,\n  1\n]"]);
    }
}
