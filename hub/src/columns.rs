//! What charts draw, taken out of messages once: the numbers and states of each name, with their times, in columns.
//!
//! Decides what of a message can be drawn: numbers, booleans and short texts, also inside objects, and nulls, which break
//! a line. An object's values have the path `name.inner`. Connections and their ends are a column of their own.
//! Begin with [`Columns::of`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::chart::INEXACT;
use crate::state::history::{Kind, Row};

/// How deep in objects values are looked for.
const DEPTH: usize = 4;
/// Most columns of a portion of rows: what is beyond is in the rows only.
const COLUMN_LIMIT: usize = 512;
/// The longest name (a path or a component) that is a column's, in bytes: every column of a portion has its own copy.
pub(crate) const NAME_LIMIT: usize = 256;
/// The longest text that is a state, in bytes.
const STATE_LIMIT: usize = 128;

/// The columns of some rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Columns {
    /// Milliseconds since 1970 of each row that is in a column, in the order they came.
    pub(crate) times: Vec<i64>,
    pub(crate) columns: Vec<Column>,
}

/// The values of one name that are of one sort.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) component: Option<String>,
    /// The name, with `.` before the names inside it. Empty for connections.
    pub(crate) path: String,
    /// Where in the times each value's time is.
    pub(crate) rows: Vec<u32>,
    pub(crate) values: Values,
}

/// Values of one sort, as many as the column has rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    Numbers(Vec<f64>),
    /// Whole numbers that a double does not hold.
    Longs(Vec<i128>),
    /// Each value's place among the names, which are JSON: `true` or `"on"`.
    States {
        names: Vec<String>,
        values: Vec<u32>,
    },
    /// The device said that there is no value.
    Nulls,
    /// Whether the device was connected from then on.
    Connections(Vec<bool>),
}

/// A single value on its way into a column.
enum Cell<'a> {
    Number(f64),
    Long(i128),
    State(&'a Value),
    Null,
    Connection(bool),
}

/// The columns in the making, found by component, sort and path.
#[derive(Default)]
struct Maker {
    made: Columns,
    places: BTreeMap<(Option<String>, u8), BTreeMap<String, usize>>,
}

impl Columns {
    /// Takes the columns out of rows.
    pub(crate) fn of(rows: &[Arc<Row>]) -> Self {
        let mut maker = Maker::default();
        for row in rows {
            maker.made.times.push(row.at.as_millisecond());
            maker.add(row);
            let at = maker.made.times.len() - 1;
            let is_used = maker.made.columns.iter().any(|column| column.rows.last() == Some(&(at as u32)));
            if !is_used {
                maker.made.times.pop();
            }
        }
        maker.made
    }

    /// The times and values of a column.
    pub(crate) fn times<'a>(&'a self, column: &'a Column) -> impl Iterator<Item = i64> + 'a {
        // a column's rows are places in the times, by construction and as it is read
        column.rows.iter().filter_map(|row| self.times.get(*row as usize).copied())
    }
}

impl Maker {
    fn add(&mut self, row: &Row) {
        match row.kind {
            Kind::Connection => self.put(None, "", Cell::Connection(row.body.starts_with("connected"))),
            // it is in the rows only
            Kind::Telemetry if row.component.as_ref().is_some_and(|name| name.len() > NAME_LIMIT) => {}
            Kind::Telemetry => {
                if let Ok(Value::Object(values)) = serde_json::from_str(&row.body) {
                    for (name, value) in values.iter().filter(|(name, _)| name.len() <= NAME_LIMIT) {
                        self.flatten(row.component.as_deref(), name, value, DEPTH);
                    }
                }
            }
            Kind::Property | Kind::Command => {}
        }
    }

    fn flatten(&mut self, component: Option<&str>, path: &str, value: &Value, depth: usize) {
        match value {
            Value::Null => self.put(component, path, Cell::Null),
            Value::Bool(_) => self.put(component, path, Cell::State(value)),
            Value::String(text) if text.len() <= STATE_LIMIT => {
                self.put(component, path, Cell::State(value));
            }
            Value::Number(number) => {
                let long = number.as_i128().filter(|whole| whole.unsigned_abs() >= INEXACT.into());
                let cell = long.map(Cell::Long).or_else(|| number.as_f64().map(Cell::Number));
                if let Some(cell) = cell {
                    self.put(component, path, cell);
                }
            }
            Value::Object(inner) if depth > 1 => {
                // looked at before the path is made: an object of many values would make it as often
                let is_short = |name: &str| path.len() + 1 + name.len() <= NAME_LIMIT;
                for (name, value) in inner.iter().filter(|(name, _)| is_short(name)) {
                    self.flatten(component, &format!("{path}.{name}"), value, depth - 1);
                }
            }
            Value::String(_) | Value::Object(_) | Value::Array(_) => {}
        }
    }

    fn put(&mut self, component: Option<&str>, path: &str, cell: Cell<'_>) {
        let row = (self.made.times.len() - 1) as u32;
        let Some(column) = self.column(component, path, &cell) else {
            return;
        };
        // the path `a.b` can be an object's inner name and a name of its own: the first one counts
        if column.rows.last() == Some(&row) {
            return;
        }
        column.rows.push(row);
        match (&mut column.values, cell) {
            (Values::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
            (Values::Longs(numbers), Cell::Long(number)) => numbers.push(number),
            (Values::Connections(values), Cell::Connection(value)) => values.push(value),
            (Values::States { names, values }, Cell::State(state)) => {
                let name = state.to_string();
                let place = names.iter().position(|one| *one == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                });
                values.push(place as u32);
            }
            // nulls have no values; the column was found by the cell's sort
            _ => {}
        }
    }

    fn column(&mut self, component: Option<&str>, path: &str, cell: &Cell<'_>) -> Option<&mut Column> {
        let (sort, values) = match cell {
            Cell::Number(_) => (0, Values::Numbers(Vec::new())),
            Cell::State(_) => (1, Values::States { names: Vec::new(), values: Vec::new() }),
            Cell::Null => (2, Values::Nulls),
            Cell::Connection(_) => (3, Values::Connections(Vec::new())),
            Cell::Long(_) => (4, Values::Longs(Vec::new())),
        };
        let columns = &mut self.made.columns;
        let places = self.places.entry((component.map(str::to_owned), sort)).or_default();
        let place = match places.get(path) {
            Some(place) => *place,
            None if columns.len() == COLUMN_LIMIT => return None,
            None => {
                let component = component.map(str::to_owned);
                columns.push(Column { component, path: path.to_owned(), rows: Vec::new(), values });
                places.insert(path.to_owned(), columns.len() - 1);
                columns.len() - 1
            }
        };
        columns.get_mut(place)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;

    use super::*;

    /// A telemetry row at a second.
    pub(crate) fn row(second: i64, body: &str) -> Arc<Row> {
        let at = Timestamp::from_second(second).unwrap();
        let (component, problem) = (None, None);
        let kind = Kind::Telemetry;
        Arc::new(Row {
            seq: second as u64,
            at,
            received: at,
            kind,
            component,
            body: body.into(),
            size: 0,
            problem,
            properties: None,
        })
    }

    fn column<'a>(columns: &'a Columns, path: &str) -> Vec<&'a Column> {
        columns.columns.iter().filter(|column| column.path == path).collect()
    }

    #[test]
    fn numbers_states_and_nulls_of_a_name_are_columns_of_their_own() {
        let rows = [
            row(1, r#"{"a":1,"b":true}"#),
            row(2, "no JSON"),
            row(3, r#"{"a":null,"b":"on"}"#),
            row(4, r#"{"a":2.5,"b":true}"#),
        ];
        let columns = Columns::of(&rows);
        assert_eq!(columns.times, [1000, 3000, 4000]);
        let a = column(&columns, "a");
        assert_eq!((&a[0].rows, &a[0].values), (&vec![0, 2], &Values::Numbers(vec![1.0, 2.5])));
        assert_eq!((&a[1].rows, &a[1].values), (&vec![1], &Values::Nulls));
        let names = vec!["true".to_owned(), "\"on\"".to_owned()];
        assert_eq!(column(&columns, "b")[0].values, Values::States { names, values: vec![0, 1, 0] });
    }

    #[test]
    fn whole_numbers_that_a_double_does_not_hold_keep_their_digits() {
        let rows = [
            row(1, r#"{"a":9007199254740993}"#),
            row(2, r#"{"a":1}"#),
            row(3, r#"{"a":-9223372036854775808}"#),
        ];
        let columns = Columns::of(&rows);
        let a: Vec<_> =
            column(&columns, "a").iter().map(|one| (one.rows.clone(), one.values.clone())).collect();
        let longs = Values::Longs(vec![9_007_199_254_740_993, i64::MIN.into()]);
        assert_eq!(a, [(vec![0, 2], longs), (vec![1], Values::Numbers(vec![1.0]))]);
    }

    #[test]
    fn values_inside_objects_have_paths_and_deep_ones_are_left_out() {
        let columns = Columns::of(&[row(1, r#"{"p":{"x":1,"q":{"y":2,"r":{"z":3,"s":{"t":4}}}},"l":[1]}"#)]);
        let paths: Vec<_> = columns.columns.iter().map(|column| column.path.as_str()).collect();
        assert_eq!(paths, ["p.q.r.z", "p.q.y", "p.x"]);
    }

    #[test]
    fn connections_are_a_column_without_a_name() {
        let body = |text: &str| Arc::new(Row { kind: Kind::Connection, ..(*row(1, text)).clone() });
        let columns = Columns::of(&[body("connected"), body("disconnected: gone")]);
        assert_eq!(column(&columns, "")[0].values, Values::Connections(vec![true, false]));
    }

    #[test]
    fn a_device_that_makes_up_names_gets_no_more_columns_than_there_may_be() {
        let rows: Vec<_> = (0..600).map(|at| row(at, &format!(r#"{{"n{at}":1}}"#))).collect();
        let columns = Columns::of(&rows);
        assert_eq!((columns.columns.len(), columns.times.len()), (COLUMN_LIMIT, COLUMN_LIMIT));
    }

    #[test]
    fn long_names_are_not_copied_into_hundreds_of_columns() {
        let (long, inner): (_, String) =
            ("n".repeat(100_000), (0..511).map(|at| format!(r#""a{at}":1,"#)).collect());
        let whole = row(1, &format!(r#"{{"{long}":{{{inner}"b":1}},"short":1,"{long}":1}}"#));
        let of_component = Arc::new(Row { component: Some(long), ..(*row(2, r#"{"t":1}"#)).clone() });
        let columns = Columns::of(&[whole, of_component]);
        let paths: Vec<_> = columns.columns.iter().map(|column| column.path.as_str()).collect();
        assert_eq!(paths, ["short"]);
    }
}
