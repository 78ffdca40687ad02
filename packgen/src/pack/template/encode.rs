//! Values as JSON text, which is YAML too, with the origin of every string kept.

use std::fmt::Write as _;

use crate::hcl::text::TextBuilder;
use crate::hcl::{Kind, Origin, Text, Value};

/// A value as JSON on one line; `None` if it is not known yet or a number that JSON cannot say.
pub(super) fn json(value: &Value) -> Option<Text> {
    let mut out = TextBuilder::default();
    write(&mut out, value)?;
    Some(out.finish())
}

fn write(out: &mut TextBuilder, value: &Value) -> Option<()> {
    match &value.kind {
        Kind::Unknown(_) => return None,
        Kind::Null(_) => out.push_str("null"),
        Kind::Bool(true) => out.push_str("true"),
        Kind::Bool(false) => out.push_str("false"),
        Kind::Number(number) if number.is_infinite() => return None,
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::String(text) => string(out, text),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            out.push_str("[");
            for (at, item) in value.items().unwrap_or_default().iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(out, item)?;
            }
            out.push_str("]");
        }
        Kind::Map(_) | Kind::Object(_) => {
            out.push_str("{");
            for (at, entry) in value.entries().unwrap_or_default().iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                string(out, &entry.key);
                out.push_str(":");
                write(out, &entry.value)?;
            }
            out.push_str("}");
        }
    }
    Some(())
}

fn string(out: &mut TextBuilder, text: &Text) {
    out.push_str("\"");
    escaped(out, text, inner);
    out.push_str("\"");
}

/// Adds a string, each part of one origin escaped for itself.
pub(super) fn escaped(out: &mut TextBuilder, text: &Text, escape: impl Fn(&str) -> String) {
    let mut done = 0;
    for range in text.origins() {
        let (start, end) = (range.start as usize, range.end as usize);
        out.push_str(&escape(text.as_str().get(done..start).unwrap_or_default()));
        let part = escape(text.as_str().get(start..end).unwrap_or_default());
        match range.origin {
            Origin::User(_) => out.push_origin(&part, range.origin),
            Origin::Runtime => out.push_str(&part),
        }
        done = end;
    }
    out.push_str(&escape(text.as_str().get(done..).unwrap_or_default()));
}

/// A string as it stands between double quotes in JSON, and in YAML too: there some more characters
/// would end a line. Texts are brought to NFC afterwards, which must not join an escape with an accent.
pub(super) fn inner(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escaped = false;
    for char in text.chars() {
        let before = out.len();
        match char {
            char if escaped && !char.is_ascii() && u32::from(char) <= 0xffff => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if must_be_a_number(char) => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
        escaped = out.get(before..).is_some_and(|written| written.starts_with('\\'));
    }
    out
}

/// Control characters, line breaks of Unicode, and what YAML calls not printable.
fn must_be_a_number(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::Entry;
    use crate::source::Span;

    #[test]
    fn an_accent_after_an_escape_stays_one() {
        for text in ["O\t\u{307}", "\n\u{303}\u{301}", "\u{c}\u{301}", "e\u{301}\t"] {
            let user = Value::string(Text::from_origin(text, Origin::User(Span::NONE)));
            let expected = user.as_str().unwrap().to_owned();
            let read: String = serde_json::from_str(&json(&user).unwrap()).unwrap();
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn json_reads_back_equal_and_keeps_origins() {
        let user = Value::string(Text::from_origin("a\"b\n\u{1}\u{2028}é", Origin::User(Span::NONE)));
        let value = Value::object(vec![Entry::new(
            "k\\",
            Value::tuple(vec![user, 1.into(), Value::null(), true.into()]),
        )]);
        let text = json(&value).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, serde_json::json!({ "k\\": ["a\"b\n\u{1}\u{2028}é", 1, null, true] }));
        assert!(text.has_user_part() && text.user_at(0, 8).is_none());
        assert!(json(&Value::unknown(crate::hcl::Type::String, "x")).is_none());
    }
}
