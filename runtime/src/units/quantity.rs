//! A number with its unit: what may be done with it, and what it looks like.
//!
//! Decides that no number becomes a quantity by itself, that arithmetic stays within one unit, and that on the wire a
//! quantity is its bare number (the model says the unit).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};

use serde::{Serialize, Serializer};

use super::Unit;
use crate::json::{FromJson, Json, Pointer, ValueError};

/// A number of the unit `U`.
///
/// There is no `From<T>`: write [`Quantity::new`], which names the unit or takes it from where the value goes.
///
/// Sums and differences are those of the numbers. Of temperatures mind that 20 °C + 1 °C is 21 °C: what is added is taken
/// as it is shown, not from absolute zero.
pub struct Quantity<U, T = f64> {
    value: T,
    unit: PhantomData<fn() -> U>,
}

/// A number that a quantity may be of: all integers and floats.
///
/// Converting is done in doubles; a 64-bit integer beyond 2^53 is rounded to the nearest.
pub trait Number: Copy {
    /// The nearest double.
    fn to_f64(self) -> f64;
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Number for $type {
            #[allow(clippy::cast_lossless, reason = "one body for all; i64 and u64 round")]
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

numbers! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

impl<U, T> Quantity<U, T> {
    /// So many of the unit.
    pub const fn new(value: T) -> Self {
        Self { value, unit: PhantomData }
    }

    /// The number alone.
    pub fn value(self) -> T {
        self.value
    }
}

impl<U: Unit, T: Number> Quantity<U, T> {
    /// The same quantity in another unit of the family, within the rounding of doubles.
    pub fn to<V: Unit<Family = U::Family>>(self) -> Quantity<V> {
        let offset = U::OFFSET - V::OFFSET;
        Quantity::new((self.value.to_f64() * U::FACTOR + offset) / V::FACTOR)
    }
}

impl<U, T: Copy> Copy for Quantity<U, T> {}

impl<U, T: Clone> Clone for Quantity<U, T> {
    fn clone(&self) -> Self {
        Self::new(self.value.clone())
    }
}

impl<U, T: Default> Default for Quantity<U, T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<U, T: PartialEq> PartialEq for Quantity<U, T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<U, T: Eq> Eq for Quantity<U, T> {}

impl<U, T: PartialOrd> PartialOrd for Quantity<U, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<U, T: Ord> Ord for Quantity<U, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<U, T: Hash> Hash for Quantity<U, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<U, T: fmt::Debug> fmt::Debug for Quantity<U, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Quantity").field(&self.value).finish()
    }
}

/// The number, formatted as asked, and the unit's symbol: `21.5 °C`.
impl<U: Unit, T: fmt::Display> fmt::Display for Quantity<U, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(out)?;
        if U::SYMBOL.is_empty() { Ok(()) } else { write!(out, " {}", U::SYMBOL) }
    }
}

impl<U, T: Add<Output = T>> Add for Quantity<U, T> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.value + other.value)
    }
}

impl<U, T: Sub<Output = T>> Sub for Quantity<U, T> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.value - other.value)
    }
}

impl<U, T: Neg<Output = T>> Neg for Quantity<U, T> {
    type Output = Self;

    fn neg(self) -> Self {
        Self::new(-self.value)
    }
}

impl<U, T: Mul<Output = T>> Mul<T> for Quantity<U, T> {
    type Output = Self;

    fn mul(self, by: T) -> Self {
        Self::new(self.value * by)
    }
}

impl<U, T: Div<Output = T>> Div<T> for Quantity<U, T> {
    type Output = Self;

    fn div(self, by: T) -> Self {
        Self::new(self.value / by)
    }
}

impl<U, T: Serialize> Serialize for Quantity<U, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<U, T: FromJson> FromJson for Quantity<U, T> {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        T::from_json(value, at).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::units::{Hour, Metre, Minute, Percent, Unity};

    #[test]
    fn on_the_wire_a_quantity_is_its_number() {
        let length = Quantity::<Metre>::new(1.5);
        assert_eq!(serde_json::to_value(length).unwrap(), json!(1.5));
        assert_eq!(Quantity::from_json(&json!(1.5), &Pointer::root()), Ok(length));
        assert!(Quantity::<Metre, i32>::from_json(&json!(1.5), &Pointer::root()).is_err());
    }

    #[test]
    fn arithmetic_stays_within_the_unit() {
        let (long, short) = (Quantity::<Minute, i64>::new(90), Quantity::new(30));
        assert_eq!((long + short, long - short), (Quantity::new(120), Quantity::new(60)));
        assert_eq!((long * 2, long / 2, -long), (Quantity::new(180), Quantity::new(45), Quantity::new(-90)));
        assert!(short < long && Quantity::<Metre>::new(f64::NAN).partial_cmp(&Quantity::new(0.0)).is_none());
        assert_eq!(long.to::<Hour>(), Quantity::new(1.5));
    }

    #[test]
    fn a_quantity_is_shown_with_its_symbol() {
        assert_eq!(format!("{:.1}", Quantity::<Percent>::new(21.56)), "21.6 %");
        assert_eq!(Quantity::<Unity, i32>::new(3).to_string(), "3");
        assert_eq!(format!("{:?}", Quantity::<Metre>::new(3.5)), "Quantity(3.5)");
        assert_eq!(size_of::<Quantity<Metre, f32>>(), 4);
    }
}
