//! The order and the sameness of set elements, as Nomad has them.
//!
//! Strings, numbers and bools are in their natural order. Anything else is ordered by a text that
//! describes it, so that a set of objects comes out in the order in which Nomad makes blocks of it.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::value::{Kind, Sequence, Value};

/// The elements in order, each once.
pub fn ordered(mut set: Sequence) -> Sequence {
    if set.items.iter().all(|item| item.as_text().is_some()) {
        set.items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        set.items.dedup_by(|a, b| a.as_str() == b.as_str());
        return set;
    }
    let mut keyed: Vec<(String, Value)> = set.items.into_iter().map(|item| (key(&item), item)).collect();
    keyed.sort_by(|(a_key, a), (b_key, b)| compare(a, b).unwrap_or_else(|| a_key.cmp(b_key)));
    keyed.dedup_by(|(_, a), (_, b)| a == b);
    set.items = keyed.into_iter().map(|(_, item)| item).collect();
    set
}

/// The natural order; nulls and unknowns come last, nulls behind.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    let rank = |value: &Value| match value.kind {
        Kind::Null(_) => 2,
        Kind::Unknown(_) => 1,
        _ => 0,
    };
    if rank(a) + rank(b) > 0 {
        return Some(rank(a).cmp(&rank(b)));
    }
    match (&a.kind, &b.kind) {
        (Kind::String(a), Kind::String(b)) => Some(a.as_str().cmp(b.as_str())),
        (Kind::Number(a), Kind::Number(b)) => Some(a.cmp(b)),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn key(value: &Value) -> String {
    let mut out = String::new();
    describe(value, &mut out);
    out
}

fn describe(value: &Value, out: &mut String) {
    match &value.kind {
        Kind::Unknown(_) => out.push('?'),
        Kind::Null(_) => out.push('~'),
        Kind::Bool(value) => out.push(if *value { 'T' } else { 'F' }),
        Kind::Number(number) => out.push_str(&ten_digits(number.to_f64())),
        Kind::String(text) => {
            let _ = write!(out, "{:?}", text.as_str());
        }
        Kind::List(list) | Kind::Set(list) => enclosed(out, ('[', ']'), &list.items),
        Kind::Tuple(items) => enclosed(out, ('<', '>'), items.iter()),
        Kind::Map(map) => {
            out.push('{');
            for entry in &map.entries {
                let _ = write!(out, "{:?}:", entry.key.as_str());
                describe(&entry.value, out);
                out.push(';');
            }
            out.push('}');
        }
        Kind::Object(entries) => enclosed(out, ('<', '>'), entries.iter().map(|entry| &entry.value)),
    }
}

fn enclosed<'a>(out: &mut String, (open, close): (char, char), items: impl IntoIterator<Item = &'a Value>) {
    out.push(open);
    for item in items {
        describe(item, out);
        out.push(';');
    }
    out.push(close);
}

/// At most ten digits that count, with an exponent for what is very small or very large.
fn ten_digits(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return if number == 0.0 { "0".to_owned() } else { format!("{number}") };
    }
    let scientific = format!("{number:.9e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let short = |digits: &str| {
        if digits.contains('.') {
            digits.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            digits.to_owned()
        }
    };
    if (-4..10).contains(&exponent) {
        let places = usize::try_from(9 - exponent).unwrap_or(0);
        return short(&format!("{number:.places$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", short(mantissa), exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::{Entry, Type};

    #[test]
    fn objects_are_ordered_by_their_description() {
        let port = |port: i64| Value::object(vec![Entry::new("port", port.into())]);
        let set = Sequence { element: Type::Any, items: vec![port(80), port(443), port(9), port(443)] };
        assert_eq!(ordered(set).items, [port(443), port(80), port(9)]);
    }

    #[test]
    fn numbers_read_like_a_short_float() {
        for (number, text) in
            [(443.0, "443"), (0.5, "0.5"), (1e10, "1e+10"), (0.00001, "1e-05"), (-2.25, "-2.25")]
        {
            assert_eq!(ten_digits(number), text);
        }
    }
}
