//! Why a value of one type cannot become one of another, as deep in it as possible.

use super::convert::{ConvertError, convert, convertible};
use super::{Field, Type};
use crate::hcl::Value;

/// The first part that does not fit.
pub(super) fn mismatch(value: &Value, want: &Type) -> ConvertError {
    match want {
        Type::Object(fields) => object(value, fields),
        Type::Map(element) | Type::List(element) | Type::Set(element) => parts(value, want, element),
        Type::Tuple(types) if value.items().is_some_and(|items| items.len() != types.len()) => {
            let found = value.items().map_or(0, <[Value]>::len);
            ConvertError::new(format!("{} elements are required, here are {found}", types.len()), value.at)
        }
        _ => plain(value, want),
    }
}

fn plain(value: &Value, want: &Type) -> ConvertError {
    ConvertError::new(format!("{} is required, this is {}", article(want), article(&value.ty())), value.at)
}

fn object(value: &Value, fields: &[Field]) -> ConvertError {
    let Some(entries) = value.entries() else { return plain(value, &Type::Object(fields.into())) };
    for field in fields {
        match value.get(&field.name) {
            None if !field.optional => {
                let mut missing = ConvertError::new(format!("`{}` is required", field.name), value.at);
                if let Some(close) = nearest(&field.name, entries.iter().map(|entry| entry.key.as_str())) {
                    missing.message = format!("{}; `{close}` is not the same", missing.message);
                }
                return missing;
            }
            Some(own) if !convertible(&own.ty(), &field.ty, true) => {
                let mut error = mismatch(own, &field.ty);
                error.path = format!(".{}{}", field.name, error.path);
                return error;
            }
            _ => {}
        }
    }
    plain(value, &Type::Object(fields.into()))
}

fn parts(value: &Value, want: &Type, element: &Type) -> ConvertError {
    let same_shape = matches!(want, Type::Map(_)) == value.entries().is_some();
    if !same_shape || (value.items().is_none() && value.entries().is_none()) {
        return plain(value, want);
    }
    let items = value.items().unwrap_or_default().iter().enumerate();
    let named = value.entries().unwrap_or_default().iter();
    let steps = items
        .map(|(at, item)| (format!("[{at}]"), item))
        .chain(named.map(|e| (format!("[{:?}]", e.key.as_str()), &e.value)));
    for (step, item) in steps {
        if let Err(mut error) = convert(item, element) {
            error.path = format!("{step}{}", error.path);
            return error;
        }
    }
    ConvertError::new("the elements have no type in common", value.at)
}

/// The type with its article, or in short for the long ones.
pub(crate) fn article(ty: &Type) -> String {
    match ty {
        Type::Any => "a value".to_owned(),
        Type::Object(_) => "an object".to_owned(),
        Type::Tuple(_) => "a list".to_owned(),
        Type::List(element) | Type::Set(element) | Type::Map(element)
            if matches!(**element, Type::Object(_) | Type::Tuple(_)) =>
        {
            let word = match ty {
                Type::List(_) => "list",
                Type::Set(_) => "set",
                _ => "map",
            };
            format!("a {word} of objects")
        }
        other => format!("a {other}"),
    }
}

/// The name that is nearest to `name`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.chars().count().div_ceil(3).max(1);
    let scored = known.filter_map(|candidate| {
        let distance = distance(name, candidate);
        if distance <= limit { Some((distance, candidate)) } else { None }
    });
    scored.min().map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut least =
                (at(&row, j + 1) + 1).min(at(&next, j) + 1).min(at(&row, j) + usize::from(x != y));
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                least = least.min(at(&before, j - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        let known = ["sticky", "source", "type"];
        assert_eq!(nearest("stikcy", known.into_iter()), Some("sticky"));
        assert_eq!(nearest("sourec", known.into_iter()), Some("source"));
        assert_eq!(nearest("banana", known.into_iter()), None);
        assert_eq!(nearest("x", ["y"].into_iter()), Some("y"));
    }

    #[test]
    fn words_say_what_was_required() {
        let error = mismatch(&Value::tuple(vec![]), &Type::Number);
        assert_eq!(error.message, "a number is required, this is a list");
    }
}
