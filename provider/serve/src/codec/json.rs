//! JSON ⇄ values, with numbers as exact as they are written. States are saved as JSON, and so is private data.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kit::{NumberError, Value};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Deeper than any schema goes. Each level is scanned once more by the level above.
pub(super) const DEEPEST: usize = 100;

/// Why bytes are not JSON that we can use.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Not JSON.
    #[error("malformed JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    /// JSON within JSON within JSON.
    #[error("JSON nested more than {DEEPEST} levels deep")]
    TooDeep,
    /// A number that no one means.
    #[error("a number in JSON: {0}")]
    Number(#[from] NumberError),
}

/// The value; it knows no types: objects and maps are maps, sequences are lists.
pub fn decode(bytes: &[u8]) -> Result<Value, JsonError> {
    value(serde_json::from_slice(bytes)?, DEEPEST)
}

fn value(raw: &RawValue, depth: usize) -> Result<Value, JsonError> {
    let text = raw.get();
    let Some(depth) = depth.checked_sub(1) else { return Err(JsonError::TooDeep) };
    Ok(match text.as_bytes().first() {
        Some(b'n') => Value::Null,
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'"') => Value::string(serde_json::from_str::<Cow<'_, str>>(text)?),
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(text)?;
            Value::List(elements.into_iter().map(|element| value(element, depth)).collect::<Result<_, _>>()?)
        }
        Some(b'{') => {
            let fields: BTreeMap<Key<'_>, &RawValue> = serde_json::from_str(text)?;
            let fields =
                fields.into_iter().map(|(key, field)| Ok((key.0.into_owned(), value(field, depth)?)));
            Value::Map(fields.collect::<Result<_, JsonError>>()?)
        }
        _ => Value::Number(text.parse()?),
    })
}

/// Borrowed where the key has no escapes.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'k>(#[serde(borrow)] Cow<'k, str>);

/// The value as JSON. Sets are sequences; what is unknown is null.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null | Value::Unknown(_) => out.extend_from_slice(b"null"),
        Value::Bool(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Value::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::String(text) => write_text(text, out),
        Value::List(elements) | Value::Set(elements) => {
            separated(elements, b'[', b']', out, write);
        }
        Value::Map(fields) => separated(fields, b'{', b'}', out, |(name, value), out| {
            write_text(name, out);
            out.push(b':');
            write(value, out);
        }),
        Value::Dynamic(typed) => {
            out.extend_from_slice(br#"{"value":"#);
            write(&typed.1, out);
            out.extend_from_slice(br#","type":"#);
            write(&typed.0.name(), out);
            out.push(b'}');
        }
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    // Text is always JSON, so there is no error to hand on.
    out.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
}

fn separated<T>(
    items: impl IntoIterator<Item = T>,
    open: u8,
    close: u8,
    out: &mut Vec<u8>,
    mut each: impl FnMut(T, &mut Vec<u8>),
) {
    out.push(open);
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        each(item, out);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_exact() {
        let big = "12345678901234567890.12345678901234567890";
        assert_eq!(decode(big.as_bytes()).unwrap(), Value::Number(big.parse().unwrap()));
        assert_eq!(
            String::from_utf8(encode(&decode(big.as_bytes()).unwrap())).unwrap(),
            "12345678901234567890.1234567890123456789"
        );
    }

    #[test]
    fn what_is_wrong_is_an_error() {
        for bad in ["", "{", "[1,]", "nul", "01", "\"\\x\"", "{\"a\":1,}", "1e99999999", "tru", "[1 2]"] {
            assert!(decode(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(decode(&[0xff, 0xfe]).is_err());
    }

    #[test]
    fn depth_is_bounded() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
            assert!(decode(deep.as_bytes()).is_err());
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(|int| Value::Number(int.into())),
            any::<String>().prop_map(Value::string),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(value in any_value()) {
            prop_assert_eq!(decode(&encode(&value)).unwrap(), value);
        }

        #[test]
        fn any_bytes_are_a_value_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
