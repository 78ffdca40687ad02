//! Values as JSON, on one line, with the origins of strings kept.

use super::json_read::Reader;
use crate::hcl::text::{Text, TextBuilder};
use crate::hcl::value::{Entry, Kind, Value};
use crate::source::{Diagnostic, FileId, SourceMap};

/// The value of a file of JSON; each part knows its place.
pub fn parse(sources: &SourceMap, file: FileId) -> Result<Value, Diagnostic> {
    let text = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
    Reader::new(&text, file).document()
}

/// The value of a JSON text.
pub fn decode(text: &str) -> Result<Value, String> {
    let result = Reader::new(text, FileId::NONE).document();
    result.map_err(|finding| format!("{} (at byte {})", finding.message, finding.at.start + 1))
}

/// The value as JSON.
pub fn encode(value: &Value) -> Result<Text, String> {
    let mut out = TextBuilder::default();
    write(value, &mut out)?;
    Ok(out.finish())
}

fn write(value: &Value, out: &mut TextBuilder) -> Result<(), String> {
    match &value.kind {
        Kind::Null(_) => out.push_str("null"),
        Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) if number.is_infinite() => return Err("JSON has no infinity".to_owned()),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::String(text) => quoted(text, out),
        Kind::Unknown(unknown) => return Err(format!("{} is not known yet", unknown.why)),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => items(value.items().unwrap_or_default(), out)?,
        Kind::Map(_) | Kind::Object(_) => entries(value.entries().unwrap_or_default(), out)?,
    }
    Ok(())
}

fn items(items: &[Value], out: &mut TextBuilder) -> Result<(), String> {
    out.push_str("[");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(",");
        }
        write(item, out)?;
    }
    out.push_str("]");
    Ok(())
}

fn entries(entries: &[Entry], out: &mut TextBuilder) -> Result<(), String> {
    out.push_str("{");
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 {
            out.push_str(",");
        }
        quoted(&entry.key, out);
        out.push_str(":");
        write(&entry.value, out)?;
    }
    out.push_str("}");
    Ok(())
}

/// A JSON string; also what could end a script in a web page is escaped, as Nomad does.
pub(crate) fn quoted(text: &Text, out: &mut TextBuilder) {
    out.push_str("\"");
    let mut done = 0;
    for (at, char) in text.char_indices() {
        let escape = match char {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => "",
            _ => continue,
        };
        out.push_slice(text, done, at);
        if escape.is_empty() {
            out.push_str(&format!("\\u{:04x}", u32::from(char)));
        } else {
            out.push_str(escape);
        }
        done = at + char.len_utf8();
    }
    out.push_slice(text, done, text.len());
    out.push_str("\"");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::{Origin, Type};
    use crate::source::Span;

    #[test]
    fn documents_come_back() {
        for text in [r#"{"a":[1,2.5,-3e2,true,null],"b":{"c":"d\n\u00e9"}}"#, "[]", "{}", "\"x\"", "0"] {
            let value = decode(text).unwrap();
            assert_eq!(decode(encode(&value).unwrap().as_str()).unwrap(), value, "{text}");
        }
        assert_eq!(
            decode("12345678901234567890123").unwrap().to_string_for_test(),
            "12345678901234567890123"
        );
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\" 1}",
            "01",
            "1.",
            "tru",
            "\"a",
            "\"\\x\"",
            "[1] 2",
            "{a:1}",
            "\"\n\"",
            "+1",
            ".5",
        ] {
            assert!(decode(text).is_err(), "{text}");
        }
        assert!(decode(&"[".repeat(100_000)).unwrap_err().contains("deep"));
    }

    #[test]
    fn user_text_stays_marked() {
        let user = Value::string(Text::from_origin("{{ evil }}", Origin::User(Span::NONE)));
        let text = encode(&Value::tuple(vec!["mine".into(), user])).unwrap();
        assert_eq!(text.as_str(), r#"["mine","{{ evil }}"]"#);
        assert!(text.user_at(0, 8).is_none() && text.user_at(9, 11).is_some());
    }

    #[test]
    fn unknowns_cannot_be_written() {
        assert!(encode(&Value::unknown(Type::Any, "var.x")).unwrap_err().contains("var.x"));
    }

    impl Value {
        fn to_string_for_test(&self) -> String {
            self.as_number().unwrap().to_string()
        }
    }
}
