//! Raw data as CSV (RFC 4180): which columns there are and how a cell is written.
//!
//! Begin with [`Columns`].

use serde_json::{Map, Value};

use crate::raw::RawRow;

/// The columns without a choice.
const USUAL: [&str; 7] = ["at", "kind", "component", "values", "unmodeled", "problem", "body"];

/// The chosen columns, by the names that the page has for them.
#[derive(Debug)]
pub(super) struct Columns(Vec<String>);

impl Columns {
    /// Names separated by commas: fixed columns, and paths of capabilities.
    pub(super) fn new(chosen: &str) -> Self {
        let names: Vec<String> =
            chosen.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Self(if names.is_empty() { USUAL.map(str::to_owned).to_vec() } else { names })
    }

    /// The first line.
    pub(super) fn head(&self) -> String {
        line(self.0.iter().cloned())
    }

    /// A line that says what is missing: a row of the kind `damaged`, whose problem it is. Without these columns the last one
    /// has it.
    pub(super) fn note(&self, text: &str) -> String {
        let place = self.0.iter().position(|name| name == "problem").unwrap_or(self.0.len() - 1);
        let cell = |(at, name): (usize, &String)| match name.as_str() {
            _ if at == place => text.to_owned(),
            "kind" => "damaged".to_owned(),
            _ => String::new(),
        };
        line(self.0.iter().enumerate().map(cell))
    }

    /// The line of a row.
    pub(super) fn row(&self, row: &RawRow) -> String {
        line(self.0.iter().map(|name| cell(row, name)))
    }
}

fn cell(row: &RawRow, name: &str) -> String {
    match name {
        "at" => row.at.to_string(),
        "received" => row.enqueued_at.to_string(),
        "kind" => serde_json::to_value(row.kind).unwrap_or_default().as_str().unwrap_or_default().to_owned(),
        "component" => row.component.clone().unwrap_or_default(),
        "values" => object(&row.modeled),
        "unmodeled" => object(&row.unmodeled),
        "problem" => row.problems.join("; "),
        "body" => row.body_text.clone(),
        "size" => row.size.to_string(),
        "properties" => {
            let all = row.system_properties.iter().chain(&row.properties);
            object(&all.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        path => match row.value(path) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        },
    }
}

fn object(values: &Map<String, Value>) -> String {
    if values.is_empty() { String::new() } else { Value::Object(values.clone()).to_string() }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = cells.map(|text| quoted(&text)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// Quoted where it must be. A text that a spreadsheet would take for a formula is marked as a text.
fn quoted(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let formula = !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_texts() {
        for (text, expected) in [
            ("a", "a"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "'=1+1"),
            ("-2.5", "-2.5"),
        ] {
            assert_eq!(quoted(text), expected);
        }
        assert_eq!(Columns::new("at,temp").head(), "at,temp\r\n");
    }

    #[test]
    fn what_is_missing_is_said_in_the_column_of_problems_or_the_last_one() {
        assert_eq!(Columns::new("at,kind,problem,body").note("gone"), ",damaged,gone,\r\n");
        assert_eq!(Columns::new("at,temp").note("gone, all"), ",\"gone, all\"\r\n");
    }
}
