//! What a value means where the grammar expects a type: converted as Nomad converts it, or refused.
//!
//! Nomad is lenient here (`"60"` is a number, `1` is a string) and strict there (`"x"` is no list, `null`
//! is nothing for many fields). Checks, rules and JSON all read values through this one place.

use crate::hcl::{Kind, Number, Text, Value};

use super::duration;
use super::grammar::Type;

/// A value as the type it is expected to be.
#[derive(Clone, Debug)]
pub enum Datum {
    /// `null`.
    Null,
    /// Not known yet, and why.
    Unknown(crate::lasting::Str),
    /// A string.
    Text(Text),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any number.
    Number(Number),
    /// A duration in nanoseconds.
    Nanos(i64),
    /// Strings.
    Texts(Vec<Text>),
    /// Whole numbers.
    Ints(Vec<i128>),
    /// Strings under names.
    Map(Vec<(Text, Text)>),
    /// Whatever it is.
    Any(Value),
}

/// Reads `value` as a `ty`. The error says what was expected and what is there.
pub fn read(ty: Type, value: &Value) -> Result<Datum, String> {
    if let Some(unknown) = value.first_unknown() {
        return Ok(Datum::Unknown(unknown.why.clone()));
    }
    if value.is_null() {
        return Ok(Datum::Null);
    }
    match ty {
        Type::Str => text(value).map(Datum::Text).ok_or_else(|| mismatch("a string", value)),
        Type::Bool => boolean(value).map(Datum::Bool),
        Type::Int(least, most) => whole(value, least, most).map(Datum::Int),
        Type::Number => number(value).map(Datum::Number).ok_or_else(|| mismatch("a number", value)),
        Type::Duration => nanos(value).map(Datum::Nanos),
        Type::Strs => items("a list of strings", value, string_item).map(Datum::Texts),
        Type::Ports => items("a list of port numbers", value, |item| whole(item, 0, 65_535)).map(Datum::Ints),
        Type::Map => map(value).map(Datum::Map),
        Type::Maps => maps(value, |item| string_item(item).map(|_| ())),
        Type::NumberMaps => {
            maps(value, |item| number(item).map(|_| ()).ok_or_else(|| mismatch("a number", item)))
        }
        Type::Any => finite(value).map(|()| Datum::Any(value.clone())),
    }
}

/// What kind of thing a value is, in words.
pub fn kind_of(value: &Value) -> &'static str {
    match &value.kind {
        Kind::Null(_) => "null",
        Kind::Unknown(_) => "not known yet",
        Kind::Bool(_) => "a bool",
        Kind::Number(_) => "a number",
        Kind::String(_) => "a string",
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => "a list",
        Kind::Map(_) | Kind::Object(_) => "an object",
    }
}

fn mismatch(expected: &str, value: &Value) -> String {
    format!("{expected} is required, this is {}", kind_of(value))
}

fn text(value: &Value) -> Option<Text> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(number) => Some(number.to_string().into()),
        Kind::Bool(true) => Some("true".into()),
        Kind::Bool(false) => Some("false".into()),
        _ => None,
    }
}

fn boolean(value: &Value) -> Result<bool, String> {
    match &value.kind {
        Kind::Bool(value) => Ok(*value),
        Kind::String(text) => match text.as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            other => Err(format!("a bool is required, this is the string {other:?} (write true or false)")),
        },
        _ => Err(mismatch("a bool", value)),
    }
}

fn number(value: &Value) -> Option<Number> {
    match &value.kind {
        Kind::Number(number) => Some(number.clone()),
        Kind::String(text) => Number::parse(text).ok(),
        _ => None,
    }
}

fn whole(value: &Value, least: i64, most: u64) -> Result<i128, String> {
    let number = number(value).ok_or_else(|| mismatch("a whole number", value))?;
    let exact = number.to_i64().map(i128::from).or_else(|| number.to_string().parse().ok());
    match exact {
        None => Err(format!("a whole number is required, this is {number}")),
        Some(exact) if exact < i128::from(least) || exact > i128::from(most) => {
            Err(format!("a whole number from {least} to {most} is required, this is {number}"))
        }
        Some(exact) => Ok(exact),
    }
}

fn nanos(value: &Value) -> Result<i64, String> {
    match &value.kind {
        Kind::String(text) => duration::parse(text),
        Kind::Number(_) => whole(value, i64::MIN, i64::MAX.cast_unsigned())
            .and_then(|nanos| i64::try_from(nanos).map_err(|error| error.to_string())),
        _ => Err(mismatch("a duration such as \"30s\"", value)),
    }
}

fn items<T>(
    expected: &str,
    value: &Value,
    item: impl Fn(&Value) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let Some(items) = value.items() else { return Err(mismatch(expected, value)) };
    items
        .iter()
        .enumerate()
        .map(|(at, one)| item(one).map_err(|problem| format!("element {}: {problem}", at + 1)))
        .collect()
}

fn string_item(value: &Value) -> Result<Text, String> {
    text(value).ok_or_else(|| mismatch("a string", value))
}

fn map(value: &Value) -> Result<Vec<(Text, Text)>, String> {
    let Some(entries) = value.entries() else { return Err(mismatch("an object of strings", value)) };
    let entry = |entry: &crate::hcl::Entry| {
        let value = string_item(&entry.value).map_err(|problem| format!("{}: {problem}", entry.key))?;
        Ok((entry.key.clone(), value))
    };
    entries.iter().map(entry).collect()
}

/// A map, or a list of maps.
fn maps(value: &Value, check: impl Fn(&Value) -> Result<(), String>) -> Result<Datum, String> {
    let one = |value: &Value| match value.entries() {
        Some(entries) => entries.iter().try_for_each(|entry| check(&entry.value)),
        None => Err(mismatch("an object", value)),
    };
    match value.items() {
        Some(items) => items.iter().try_for_each(one)?,
        None => one(value)?,
    }
    Ok(Datum::Any(value.clone()))
}

/// The API cannot carry infinity.
fn finite(value: &Value) -> Result<(), String> {
    if value.as_number().is_some_and(Number::is_infinite) {
        return Err("a number is required, this is infinite".to_owned());
    }
    value.parts().try_for_each(finite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::Entry;
    use crate::jobspec::grammar::{I8, INT};

    fn shown(ty: Type, value: &Value) -> String {
        match read(ty, value) {
            Ok(datum) => format!("{datum:?}"),
            Err(problem) => problem,
        }
    }

    #[test]
    fn values_are_converted_as_nomad_converts_them() {
        let list = Value::tuple(vec![1.into(), true.into(), "a".into()]);
        assert_eq!(shown(Type::Str, &true.into()), "Text(\"true\")");
        assert_eq!(shown(Type::Bool, &"1".into()), "Bool(true)");
        assert_eq!(shown(INT, &"1e2".into()), "Int(100)");
        assert_eq!(shown(Type::Duration, &"5s".into()), "Nanos(5000000000)");
        assert_eq!(shown(Type::Duration, &5.into()), "Nanos(5)");
        assert_eq!(shown(Type::Strs, &list), "Texts([\"1\", \"true\", \"a\"])");
        assert_eq!(shown(Type::Strs, &Value::null()), "Null");
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let object = Value::object(vec![Entry::new("a", Value::null())]);
        assert_eq!(shown(Type::Strs, &"a".into()), "a list of strings is required, this is a string");
        assert_eq!(
            shown(Type::Bool, &"True".into()),
            "a bool is required, this is the string \"True\" (write true or false)"
        );
        assert_eq!(shown(Type::Bool, &1.into()), "a bool is required, this is a number");
        assert_eq!(shown(I8, &300.into()), "a whole number from -128 to 127 is required, this is 300");
        assert_eq!(shown(INT, &"0x10".into()), "a whole number is required, this is a string");
        assert_eq!(shown(Type::Map, &object), "a: a string is required, this is null");
        assert_eq!(
            shown(Type::Strs, &Value::tuple(vec!["a".into(), Value::null()])),
            "element 2: a string is required, this is null"
        );
    }
}
