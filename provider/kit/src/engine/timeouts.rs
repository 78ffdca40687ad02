//! The `timeouts` block: the engine adds it, reads it and keeps it in the state; authors never see it.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::path::At;
use crate::resource::Timeouts;
use crate::schema::{Attribute, Block, NestedBlock, Nesting, Presence};
use crate::ty::Type;
use crate::value::Value;

/// The block's name.
pub(super) const NAME: &str = "timeouts";

/// What takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Making the object.
    Create,
    /// Looking at it.
    Read,
    /// Changing it.
    Update,
    /// Removing it.
    Delete,
}

impl Verb {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// The block for a resource with these defaults.
pub(super) fn block(defaults: &Timeouts) -> NestedBlock {
    let attributes = defaults.each().map(|(verb, default)| Attribute {
        default_doc: Some(format!("`{default}`").into()),
        ..Attribute::new(
            verb,
            format!("How long `{verb}` may take, such as `90s` or `1h30m`."),
            Type::String,
            Presence::Optional,
        )
        .check(|text: &str| duration(text).map(|_| ()))
    });
    let block = Block { attributes: attributes.into(), ..Block::new("How long each operation may take.") };
    NestedBlock { name: NAME.into(), nesting: Nesting::Single, min: 0, max: 1, force_new: false, block }
}

/// How long `verb` may take on the object with this value: in Terraform's words, and as a duration.
pub(super) fn limit(
    verb: Verb,
    defaults: &Timeouts,
    value: &Value,
) -> Result<(String, Duration), Diagnostic> {
    let (root, name) = (At::ROOT, verb.name());
    let default =
        defaults.each().into_iter().find(|(each, _)| *each == name).map_or("20m", |(_, words)| words);
    let words = value.field(NAME).field(name).as_str().unwrap_or(default);
    let span =
        duration(words).map_err(|problem| Diagnostic::invalid(&root.field(NAME).field(name), problem))?;
    Ok((words.to_owned(), span))
}

/// A duration in the words of Terraform: numbers with units, one after the other.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("expected a duration such as 90s, 10m or 1h30m, got {text:?}");
    let (mut rest, mut seconds) = (text, 0.0_f64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at(letters);
        seconds += number.parse::<f64>().map_err(|_| wrong())? * unit_seconds(unit).ok_or_else(wrong)?;
        rest = next;
    }
    let span = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
    if span.is_zero() { Err(wrong()) } else { Ok(span) }
}

fn unit_seconds(unit: &str) -> Option<f64> {
    match unit {
        "h" => Some(3600.0),
        "m" => Some(60.0),
        "s" => Some(1.0),
        "ms" => Some(1e-3),
        "us" | "µs" => Some(1e-6),
        "ns" => Some(1e-9),
        _ => None,
    }
}

/// The value without its `timeouts`, and those.
pub(super) fn split(value: Value) -> (Value, Value) {
    match value {
        Value::Map(mut fields) => {
            let timeouts = fields.remove(NAME).unwrap_or(Value::Null);
            (Value::Map(fields), timeouts)
        }
        other => (other, Value::Null),
    }
}

/// The value with these `timeouts`.
pub(super) fn join(value: Value, timeouts: Value) -> Value {
    match value {
        Value::Map(mut fields) => {
            fields.insert(NAME.to_owned(), timeouts);
            Value::Map(fields)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_terraform() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(duration("1.5h"), Ok(Duration::from_mins(90)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for bad in ["", "10", "m", "-5m", "5 m", "5d", "0s", "1..5s", "9e9h", &"9".repeat(400)] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
