//! The functions of the query language.
//!
//! A table: names, how many arguments, what is made of them. Those of twins and those that IoT Hub documents for message
//! routes; the names are taken in any case of letters. Begin with [`find`].

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::evaluate::{Found, number, order};

/// A function.
#[derive(Debug)]
pub(super) struct Function {
    /// Its name, and others it goes by.
    pub(super) names: &'static [&'static str],
    /// The least and the most arguments.
    pub(super) arguments: (usize, usize),
    pub(super) run: fn(&[Found<'_>]) -> Option<Value>,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

const fn function(
    names: &'static [&'static str],
    arguments: (usize, usize),
    run: fn(&[Found<'_>]) -> Option<Value>,
) -> Function {
    Function { names, arguments, run }
}

static FUNCTIONS: [Function; 26] = [
    function(&["IS_DEFINED"], (1, 1), |given| Some(given.first()?.is_some().into())),
    function(&["IS_NULL"], (1, 1), |given| kind(given, Value::is_null)),
    function(&["IS_BOOL"], (1, 1), |given| kind(given, Value::is_boolean)),
    function(&["IS_NUMBER"], (1, 1), |given| kind(given, Value::is_number)),
    function(&["IS_STRING"], (1, 1), |given| kind(given, Value::is_string)),
    function(&["IS_ARRAY"], (1, 1), |given| kind(given, Value::is_array)),
    function(&["IS_OBJECT"], (1, 1), |given| kind(given, Value::is_object)),
    function(&["IS_PRIMITIVE"], (1, 1), |given| kind(given, |one| !one.is_array() && !one.is_object())),
    function(&["ARRAY_CONTAINS"], (2, 2), |given| {
        let (list, wanted) = (at(given, 0)?.as_array()?, at(given, 1)?);
        Some(
            list.iter().any(|item| item == wanted || order(item, wanted).is_some_and(Ordering::is_eq)).into(),
        )
    }),
    function(&["STARTS_WITH", "STARTSWITH"], (2, 2), |given| {
        texts(given, |text, part| text.starts_with(part))
    }),
    function(&["ENDS_WITH", "ENDSWITH"], (2, 2), |given| texts(given, |text, part| text.ends_with(part))),
    function(&["CONTAINS"], (2, 2), |given| texts(given, |text, part| text.contains(part))),
    function(&["INDEX_OF"], (2, 2), |given| {
        let (whole, part) = (text(given, 0)?, text(given, 1)?);
        let place = whole.find(part).map(|bytes| whole[..bytes].chars().count());
        Some(place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1).into())
    }),
    function(&["CONCAT"], (2, usize::MAX), |given| {
        let texts: Option<Vec<&str>> = (0..given.len()).map(|index| text(given, index)).collect();
        Some(texts?.concat().into())
    }),
    function(&["LENGTH"], (1, 1), |given| Some(text(given, 0)?.chars().count().into())),
    function(&["LOWER"], (1, 1), |given| Some(text(given, 0)?.to_lowercase().into())),
    function(&["UPPER"], (1, 1), |given| Some(text(given, 0)?.to_uppercase().into())),
    function(&["SUBSTRING"], (2, 3), |given| {
        let count = |index| at(given, index)?.as_u64().and_then(|count| usize::try_from(count).ok());
        let length = if given.len() == 3 { count(2)? } else { usize::MAX };
        Some(text(given, 0)?.chars().skip(count(1)?).take(length).collect::<String>().into())
    }),
    function(&["AS_NUMBER"], (1, 1), |given| match at(given, 0)? {
        Value::String(text) => text.trim().parse().ok().and_then(number),
        value => value.is_number().then(|| value.clone()),
    }),
    function(&["ABS"], (1, 1), |given| number(float(given, 0)?.abs())),
    function(&["CEILING"], (1, 1), |given| number(float(given, 0)?.ceil())),
    function(&["FLOOR"], (1, 1), |given| number(float(given, 0)?.floor())),
    function(&["SIGN"], (1, 1), |given| {
        let value = float(given, 0)?;
        number(if value == 0.0 { 0.0 } else { value.signum() })
    }),
    function(&["EXP"], (1, 1), |given| number(float(given, 0)?.exp())),
    function(&["SQRT"], (1, 1), |given| number(float(given, 0)?.sqrt())),
    function(&["POWER", "SQUARE"], (1, 2), |given| {
        let exponent = if given.len() == 2 { float(given, 1)? } else { 2.0 };
        number(float(given, 0)?.powf(exponent))
    }),
];

/// The function of this name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    let is = |function: &&Function| function.names.iter().any(|known| known.eq_ignore_ascii_case(name));
    FUNCTIONS.iter().find(is)
}

/// All functions, for an error's text.
pub(super) fn names() -> String {
    let names: Vec<&str> = FUNCTIONS.iter().map(|function| function.names[0]).collect();
    names.join(", ")
}

fn at<'a>(given: &'a [Found<'_>], index: usize) -> Option<&'a Value> {
    given.get(index)?.as_deref()
}

fn text<'a>(given: &'a [Found<'_>], index: usize) -> Option<&'a str> {
    at(given, index)?.as_str()
}

fn float(given: &[Found<'_>], index: usize) -> Option<f64> {
    at(given, index)?.as_f64()
}

/// Whether a value is of a kind; what is undefined is of none.
fn kind(given: &[Found<'_>], is: fn(&Value) -> bool) -> Option<Value> {
    Some(given.first()?.as_ref().map(Cow::as_ref).is_some_and(is).into())
}

fn texts(given: &[Found<'_>], is: fn(&str, &str) -> bool) -> Option<Value> {
    Some(is(text(given, 0)?, text(given, 1)?).into())
}
