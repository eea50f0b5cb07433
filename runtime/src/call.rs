//! What passes between the runtime and generated glue: a call in, an answer out.
//!
//! [`CommandCall`] and [`DesiredChange`] name what is asked for and read the argument; [`answer`] and [`in_force`] wrap
//! what a handler returned. Nothing here dispatches: that is the generated `match`.

use serde::Serialize;

use crate::json::{FromJson, Json, Pointer, ValueError, to_json};
use crate::refusal::{CommandError, PropertyError};

/// One command call. The names come from the model's table, so they are among the model's.
#[derive(Clone, Copy, Debug)]
pub struct CommandCall<'a> {
    component: Option<&'static str>,
    name: &'static str,
    payload: &'a [u8],
}

impl<'a> CommandCall<'a> {
    pub(crate) fn new(component: Option<&'static str>, name: &'static str, payload: &'a [u8]) -> Self {
        Self { component, name, payload }
    }

    /// The component whose command is called; empty for the device's own.
    pub fn component(&self) -> &'static str {
        self.component.unwrap_or_default()
    }

    /// The command's name in the model.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The request argument. An empty payload is read as null.
    ///
    /// # Errors
    /// Status 400 with the place, when the payload is not JSON or not a `T`.
    pub fn request<T: FromJson>(&self) -> Result<T, CommandError> {
        Ok(T::from_json(&self.json()?, &Pointer::root())?)
    }

    /// The request argument where the model lets it be null (v4); nothing at all is null, too.
    ///
    /// # Errors
    /// Status 400 with the place, when the payload is not JSON or neither null nor a `T`.
    pub fn nullable_request<T: FromJson>(&self) -> Result<Option<T>, CommandError> {
        match self.json()? {
            Json::Null => Ok(None),
            value => Ok(Some(T::from_json(&value, &Pointer::root())?)),
        }
    }

    fn json(&self) -> Result<Json, ValueError> {
        match self.payload {
            [] => Ok(Json::Null),
            text => serde_json::from_slice(text).map_err(|error| {
                ValueError::new(&Pointer::root(), format!("the payload is not JSON: {error}"))
            }),
        }
    }

    /// The answer to a command the glue does not know (404).
    ///
    /// # Errors
    /// Always.
    pub fn unknown(&self) -> CommandOutcome {
        Err(CommandError::new(404, format!("there is no command {:?}", self.name)))
    }
}

/// One desired property value that is to be applied.
#[derive(Clone, Copy, Debug)]
pub struct DesiredChange<'a> {
    component: Option<&'static str>,
    name: &'static str,
    value: &'a Json,
}

impl<'a> DesiredChange<'a> {
    pub(crate) fn new(component: Option<&'static str>, name: &'static str, value: &'a Json) -> Self {
        Self { component, name, value }
    }

    /// The component whose property is set; empty for the device's own.
    pub fn component(&self) -> &'static str {
        self.component.unwrap_or_default()
    }

    /// The property's name in the model.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The value that is asked for.
    ///
    /// # Errors
    /// Code 400 with the place, when it is not a `T`.
    pub fn value<T: FromJson>(&self) -> Result<T, PropertyError> {
        Ok(T::from_json(self.value, &Pointer::root())?)
    }

    /// The answer to a property the glue does not know (404).
    ///
    /// # Errors
    /// Always.
    pub fn unknown(&self) -> DesiredOutcome {
        Err(PropertyError::new(404, format!("there is no writable property {:?}", self.name)))
    }
}

/// A command's result, ready for the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer(pub(crate) Json);

/// The property value now in force, ready for the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce(pub(crate) Json);

/// How a command ends.
pub type CommandOutcome = Result<Answer, CommandError>;

/// How a desired value is taken.
pub type DesiredOutcome = Result<InForce, PropertyError>;

/// Wraps a command handler's result; `()` becomes JSON null.
///
/// # Errors
/// Status 500 when the value cannot be written (a number that is not finite).
pub fn answer<T: Serialize>(value: T) -> CommandOutcome {
    Ok(Answer(to_json(&value)?))
}

/// Wraps a result that the model lets be null (v4).
///
/// # Errors
/// Status 500 when the value cannot be written (a number that is not finite).
pub fn nullable_answer<T: Serialize>(value: Option<T>) -> CommandOutcome {
    value.map_or(Ok(Answer(Json::Null)), answer)
}

/// Wraps the value a property handler says is now in force.
///
/// # Errors
/// Code 500 when the value cannot be written (a number that is not finite).
pub fn in_force<T: Serialize>(value: T) -> DesiredOutcome {
    Ok(InForce(to_json(&value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_read_as_the_argument_or_refused() {
        assert_eq!(CommandCall::new(None, "blink", b"5").request::<i64>(), Ok(5));
        for payload in [&b"5.5"[..], b"", b"{", b"\xff"] {
            let refusal = CommandCall::new(None, "blink", payload).request::<i64>().unwrap_err();
            assert_eq!(refusal.status(), 400);
        }
    }

    #[test]
    fn what_a_handler_returns_is_wrapped_or_fails() {
        assert_eq!(answer(()).unwrap().0, Json::Null);
        assert_eq!(answer(f64::NAN).unwrap_err().status(), 500);
        assert_eq!(in_force(3).unwrap().0, Json::from(3));
    }

    #[test]
    fn null_is_a_value_only_where_the_model_says_so() {
        for payload in [&b""[..], b"null"] {
            let call = CommandCall::new(None, "blink", payload);
            assert_eq!(call.nullable_request::<i64>(), Ok(None));
            assert_eq!(call.request::<i64>().unwrap_err().status(), 400);
        }
        assert_eq!(CommandCall::new(None, "blink", b"5").nullable_request::<i64>(), Ok(Some(5)));
        assert!(CommandCall::new(None, "blink", b"true").nullable_request::<i64>().is_err());
        assert_eq!(nullable_answer::<i64>(None).unwrap().0, Json::Null);
        assert_eq!(nullable_answer(Some(5)).unwrap().0, Json::from(5));
    }
}
