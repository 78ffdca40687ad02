//! Whether two values are the same, as `==` sees it.

use crate::hcl::value::{Entry, Kind, Value};

/// Whether two values are equal; `None` if that is not known yet. Values of different types never are,
/// but all nulls are.
pub fn equals(a: &Value, b: &Value) -> Option<bool> {
    match (&a.kind, &b.kind) {
        (Kind::Null(_), Kind::Null(_)) => Some(true),
        (Kind::Unknown(_), _) | (_, Kind::Unknown(_)) => None,
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a == b),
        (Kind::String(a), Kind::String(b)) => Some(a == b),
        (Kind::List(x), Kind::List(y)) | (Kind::Set(x), Kind::Set(y)) if x.element == y.element => {
            items(&x.items, &y.items)
        }
        (Kind::Tuple(x), Kind::Tuple(y)) if x.len() == y.len() && a.ty() == b.ty() => items(x, y),
        (Kind::Map(x), Kind::Map(y)) if x.element == y.element => entries(&x.entries, &y.entries),
        (Kind::Object(x), Kind::Object(y)) if a.ty() == b.ty() || holds_unknown(a) || holds_unknown(b) => {
            entries(x, y)
        }
        _ => Some(false),
    }
}

fn holds_unknown(value: &Value) -> bool {
    value.first_unknown().is_some()
}

fn items(a: &[Value], b: &[Value]) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    all(a.iter().zip(b).map(|(a, b)| equals(a, b)))
}

fn entries(a: &[Entry], b: &[Entry]) -> Option<bool> {
    let same_names = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key);
    if !same_names {
        return Some(false);
    }
    all(a.iter().zip(b).map(|(a, b)| equals(&a.value, &b.value)))
}

/// One difference decides, whatever else is unknown.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}
