//! Comparing JSON documents by what they mean.
//!
//! Decides when two values are the same. It knows nothing of twins or models. Begin with [`same`].

use serde_json::Value;

/// Whether two values are equal, numbers by their value: `2` is `2.0`, which [`Value`]'s `==` denies.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        // two whole numbers are compared as such: as floats, large neighbours would be equal
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_whole_double_is_the_integer_at_any_depth() {
        assert!(same(&json!(2), &json!(2.0)));
        assert!(same(&json!({ "a": [1, { "b": 2.0 }] }), &json!({ "a": [1.0, { "b": 2 }] })));
        let different = [
            (json!(2), json!(2.5)),
            (json!(u64::MAX), json!(u64::MAX - 1)),
            (json!(2), json!("2")),
            (json!([1]), json!([1, 1])),
            (json!({ "a": 1 }), json!({ "b": 1 })),
        ];
        for (one, other) in different {
            assert!(!same(&one, &other), "{one} {other}");
        }
    }
}
