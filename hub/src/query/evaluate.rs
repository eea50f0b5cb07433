//! What an expression is for one document.
//!
//! Decides by three values: an attribute that is not there is undefined, what is made of it mostly is too, and only
//! `true` meets a condition. Comparisons are between plain values of one type. Begin with [`truth`].

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::syntax::{Comparison, Expression, Operator};

/// A value, or undefined.
pub(super) type Found<'a> = Option<Cow<'a, Value>>;

/// Whether a condition holds; `None` when that is undefined.
pub(super) fn truth(condition: &Expression, document: &Value) -> Option<bool> {
    match condition {
        Expression::Not(inner) => truth(inner, document).map(|holds| !holds),
        Expression::All(parts) => join(parts, document, false),
        Expression::Any(parts) => join(parts, document, true),
        Expression::Compare(comparison, sides) => {
            let [left, right] = sides.each_ref().map(|side| value(side, document));
            compare(*comparison, &*left?, &*right?)
        }
        Expression::Member { not, sides } => {
            let [one, list] = sides.each_ref().map(|side| value(side, document));
            let (one, list) = (one?, list?);
            let is_in = list.as_array()?.iter().any(|item| order(&one, item) == Some(Ordering::Equal));
            Some(is_in != *not)
        }
        other => value(other, document)?.as_bool(),
    }
}

/// `AND` (or, with `any`, `OR`) of all parts: a part that decides does so whatever the others are.
fn join(parts: &[Expression], document: &Value, any: bool) -> Option<bool> {
    let mut result = Some(!any);
    for part in parts {
        match truth(part, document) {
            Some(holds) if holds == any => return Some(any),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

/// An expression's value.
pub(super) fn value<'a>(expression: &'a Expression, document: &'a Value) -> Found<'a> {
    match expression {
        Expression::Literal(value) => Some(Cow::Borrowed(value)),
        Expression::Undefined => None,
        Expression::Attribute(path) => path.find(document).map(Cow::Borrowed),
        Expression::Array(items) => {
            let items = items.iter().filter_map(|item| value(item, document));
            Some(Cow::Owned(items.map(Cow::into_owned).collect()))
        }
        Expression::Call(function, arguments) => {
            let arguments: Vec<Found<'_>> = arguments.iter().map(|one| value(one, document)).collect();
            (function.run)(&arguments).map(Cow::Owned)
        }
        Expression::Negative(inner) => {
            let zero = Value::from(0);
            calculate(Operator::Subtract, &zero, &*value(inner, document)?).map(Cow::Owned)
        }
        Expression::Arithmetic(first, rest) => {
            let mut result = value(first, document)?;
            for (operator, operand) in rest {
                result = Cow::Owned(calculate(*operator, &result, &*value(operand, document)?)?);
            }
            Some(result)
        }
        condition => truth(condition, document).map(|holds| Cow::Owned(Value::Bool(holds))),
    }
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> Option<bool> {
    let is_plain = |value: &Value| !value.is_array() && !value.is_object();
    if !is_plain(left) || !is_plain(right) {
        return None;
    }
    let order = order(left, right);
    match comparison {
        Comparison::Equal => Some(order == Some(Ordering::Equal)),
        Comparison::Different => Some(order != Some(Ordering::Equal)),
        Comparison::Less => order.map(Ordering::is_lt),
        Comparison::LessOrEqual => order.map(Ordering::is_le),
        Comparison::Greater => order.map(Ordering::is_gt),
        Comparison::GreaterOrEqual => order.map(Ordering::is_ge),
    }
}

/// How two plain values of one type are ordered.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => match (time(a), time(b)) {
            // the same time has many texts, whose order is not that of times
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => Some(a.cmp(b)),
        },
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            // as floats, large neighbours would be equal
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        _ => None,
    }
}

/// A text that is a time as twins write it (RFC 3339).
fn time(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let is_likely = bytes.len() >= "2026-01-01T00:00:00Z".len() && bytes[4] == b'-' && bytes[10] == b'T';
    is_likely.then(|| text.parse().ok()).flatten()
}

/// What an operator makes of two numbers; other values give nothing, and neither does a division by nought.
fn calculate(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    if let (Some(a), Some(b)) = (left.as_i64(), right.as_i64()) {
        let whole = match operator {
            Operator::Add => a.checked_add(b),
            Operator::Subtract => a.checked_sub(b),
            Operator::Multiply => a.checked_mul(b),
            Operator::Remainder => a.checked_rem(b),
            Operator::Divide => None,
        };
        if let Some(whole) = whole {
            return Some(whole.into());
        }
    }
    let (a, b) = (left.as_f64()?, right.as_f64()?);
    number(match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Remainder => a % b,
    })
}

/// A number that JSON has. Whole ones are written as such, which clients of integers want.
pub(super) fn number(value: f64) -> Option<Value> {
    /// Up to here floats hold every whole number.
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= WHOLE {
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and in range")]
        return Some((value as i64).into());
    }
    Number::from_f64(value).map(Value::Number)
}
