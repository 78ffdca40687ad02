//! Values across the border between Terraform and packgen, and times as both write them.

use std::time::Duration;

use kit::Value;
use packgen::hcl::{self, Entry, Kind, Origin, Text};
use packgen::source::Span;

/// A value of Terraform's as one of packgen's. All its text is a user's. `place` says what is unknown, if anything is.
pub fn to_packgen(value: &Value, place: &str) -> hcl::Value {
    let user = |text: &str| Text::from_origin(text, Origin::User(Span::NONE));
    match value {
        Value::Null => hcl::Value::null(),
        Value::Unknown(_) => hcl::Value::unknown(hcl::Type::Any, place),
        Value::Bool(flag) => hcl::Value::bool(*flag),
        // A number of Terraform's is always one of Nomad's: both are decimals of any size.
        Value::Number(number) => {
            hcl::Number::parse(&number.to_string()).map_or_else(|_| hcl::Value::null(), hcl::Value::number)
        }
        Value::String(text) => hcl::Value::string(user(text)),
        Value::List(elements) | Value::Set(elements) => {
            let element = |(index, element)| to_packgen(element, &format!("{place}[{index}]"));
            hcl::Value::tuple(elements.iter().enumerate().map(element).collect())
        }
        Value::Map(fields) => {
            let entry = |(name, field): (&String, _)| {
                Entry::new(user(name), to_packgen(field, &format!("{place}.{name}")))
            };
            hcl::Value::object(fields.iter().map(entry).collect())
        }
        Value::Dynamic(typed) => to_packgen(&typed.1, place),
    }
}

/// A value of packgen's as one of Terraform's.
pub fn from_packgen(value: &hcl::Value) -> Value {
    match &value.kind {
        Kind::Null(_) => Value::Null,
        Kind::Unknown(_) => Value::UNKNOWN,
        Kind::Bool(flag) => Value::Bool(*flag),
        Kind::Number(number) => number.to_string().parse().map_or(Value::Null, Value::Number),
        Kind::String(text) => Value::string(text.as_str()),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            Value::List(value.items().unwrap_or_default().iter().map(from_packgen).collect())
        }
        Kind::Map(_) | Kind::Object(_) => {
            let entries = value.entries().unwrap_or_default().iter();
            Value::object(entries.map(|entry| (entry.key.as_str(), from_packgen(&entry.value))))
        }
    }
}

/// A time such as `90s`, `10m` or `1h30m`.
pub fn seconds(given: &str) -> Result<Duration, String> {
    let wrong = || format!("expected a time such as 90s, 10m or 1h, got {given:?}");
    let nanos = packgen::jobspec::duration::parse(given).map_err(|_| wrong())?;
    let nanos = u64::try_from(nanos).ok().filter(|nanos| *nanos > 0).ok_or_else(wrong)?;
    Ok(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went() {
        let value = Value::object([
            ("big", Value::Number("12345678901234567890.5".parse().unwrap())),
            ("list", Value::List(vec![Value::Bool(true), Value::Null])),
            ("text", Value::string("é")),
        ]);
        assert_eq!(from_packgen(&to_packgen(&value, "var")), value);
    }

    #[test]
    fn what_is_unknown_says_where() {
        let value = Value::object([("a", Value::List(vec![Value::UNKNOWN]))]);
        let unknown = to_packgen(&value, "variables");
        assert_eq!(unknown.first_unknown().map(|u| u.why.to_string()).as_deref(), Some("variables.a[0]"));
    }

    #[test]
    fn text_is_a_users() {
        let text = to_packgen(&Value::string("x"), "var");
        assert!(text.as_text().unwrap().has_user_part());
    }
}
