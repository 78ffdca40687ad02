//! Fields that hold one value: text, numbers, bools, and values of any type.

use crate::diagnostic::Diagnostic;
use crate::number::Number;
use crate::path::At;
use crate::ty::Type;
use crate::value::Value;

use super::{Attr, expected};

impl Attr for String {
    fn ty() -> Type {
        Type::String
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        value.as_str().map_or_else(|| expected("a string", value, at), |text| Ok(text.to_owned()))
    }

    fn encode(&self) -> Value {
        Value::string(self.as_str())
    }
}

impl Attr for bool {
    fn ty() -> Type {
        Type::Bool
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            _ => expected("a bool", value, at),
        }
    }

    fn encode(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Attr for Number {
    fn ty() -> Type {
        Type::Number
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        match value {
            Value::Number(number) => Ok(number.clone()),
            _ => expected("a number", value, at),
        }
    }

    fn encode(&self) -> Value {
        Value::Number(self.clone())
    }
}

/// Whole numbers of one size: the size is the range that the user may write.
macro_rules! whole {
    ($($int:ty),*) => {$(
        impl Attr for $int {
            fn ty() -> Type {
                Type::Number
            }

            fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
                let number = Number::decode(value, at)?;
                number.as_i64().and_then(|int| Self::try_from(int).ok()).ok_or_else(|| {
                    let range = format_args!("expected a whole number from {} to {}, got {number}", Self::MIN, Self::MAX).to_string();
                    Diagnostic::invalid(at, range)
                })
            }

            fn encode(&self) -> Value {
                Value::Number(Number::from(i64::from(*self)))
            }
        }
    )*};
}
whole!(i64, i32, u32, u16);

impl Attr for f64 {
    fn ty() -> Type {
        Type::Number
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        Number::decode(value, at).map(|number| number.to_f64())
    }

    fn encode(&self) -> Value {
        Number::try_from(*self).map_or(Value::Null, Value::Number)
    }
}

/// A value of any type: dynamic, so it carries its type.
impl Attr for Value {
    fn ty() -> Type {
        Type::Dynamic
    }

    fn decode(value: &Value, _: &At<'_>) -> Result<Self, Diagnostic> {
        Ok(value.clone())
    }

    fn encode(&self) -> Value {
        self.clone()
    }
}
