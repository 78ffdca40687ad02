//! Reads JSON. Numbers keep all their digits, each part knows its place, no name may be there twice.

use std::collections::HashSet;

use super::MAX_DEPTH;
use crate::hcl::number::Number;
use crate::hcl::value::{Entry, Kind, Value};
use crate::source::{Diagnostic, FileId, Span};

pub(super) struct Reader<'a> {
    text: &'a str,
    file: FileId,
    at: usize,
    depth: usize,
}

type Read<T> = Result<T, Diagnostic>;

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, file: FileId) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Reader { text, file, at, depth: 0 }
    }

    /// One value and nothing behind it.
    pub(super) fn document(mut self) -> Read<Value> {
        let value = self.value()?;
        match self.peek() {
            None => Ok(value),
            Some(_) => Err(self.expected("the end of the JSON text")),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        let blanks =
            self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at += blanks;
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.file, start, self.at)
    }

    fn error(&self, message: impl Into<String>, start: usize) -> Diagnostic {
        let end = self.text.len().min(start + 1);
        Diagnostic::error("syntax", message, Span { file: self.file, ..Span::new(self.file, start, end) })
    }

    fn expected(&mut self, what: &str) -> Diagnostic {
        self.peek();
        let found = match self.rest().chars().next() {
            Some(char) => format!("{char:?}"),
            None => "the end of the text".to_owned(),
        };
        self.error(format!("expected {what}, found {found}"), self.at)
    }

    fn value(&mut self) -> Read<Value> {
        let next = self.peek();
        let start = self.at;
        let kind = match next {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Kind::String(self.string()?.into()),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(b't') if self.word("true") => Kind::Bool(true),
            Some(b'f') if self.word("false") => Kind::Bool(false),
            Some(b'n') if self.word("null") => Value::null().kind,
            _ => return Err(self.expected("a JSON value")),
        };
        Ok(Value::new(kind, self.span(start)))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Read<Kind>) -> Read<Kind> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(format!("nested more than {MAX_DEPTH} levels deep"), self.at));
        }
        self.depth += 1;
        self.at += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn array(&mut self) -> Read<Kind> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Kind::Tuple(items.into()));
        }
        loop {
            items.push(self.value()?);
            if self.take(b']') {
                return Ok(Kind::Tuple(items.into()));
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `]`"));
            }
        }
    }

    fn object(&mut self) -> Read<Kind> {
        let mut seen = HashSet::new();
        let mut entries = Vec::new();
        if self.take(b'}') {
            return Ok(Value::object(entries).kind);
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.expected("a name in double quotes"));
            }
            let start = self.at;
            let key = self.string()?;
            let key_at = self.span(start);
            if !self.take(b':') {
                return Err(self.expected("`:`"));
            }
            if !seen.insert(key.clone()) {
                return Err(Diagnostic::error(
                    "duplicate",
                    format!("the name {key:?} is there twice"),
                    key_at,
                ));
            }
            entries.push(Entry { key: key.into(), key_at, value: self.value()? });
            if self.take(b'}') {
                return Ok(Value::object(entries).kind);
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `}`"));
            }
        }
    }

    fn number(&mut self) -> Read<Number> {
        let start = self.at;
        let length = number_length(self.rest());
        self.at += length;
        let text = self.text.get(start..self.at).unwrap_or("");
        if length == 0 || self.rest().starts_with(|next: char| next.is_ascii_alphanumeric() || next == '.') {
            return Err(self.error("this is no JSON number", start));
        }
        Number::parse(text).map_err(|wrong| self.error(wrong.to_string(), start))
    }

    fn string(&mut self) -> Read<String> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain =
                self.rest().bytes().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
            out.push_str(self.rest().get(..plain).unwrap_or(""));
            self.at += plain;
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    return Err(
                        self.error("a line break or control character must be escaped in a string", self.at)
                    );
                }
                None => return Err(self.error("this string is never closed", start)),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        let selector = self.text.as_bytes().get(self.at + 1).copied();
        self.at += 2;
        Ok(match selector {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(start),
            _ => return Err(self.error("JSON has no such escape", start)),
        })
    }

    /// Two halves make one character; a half alone stands for nothing.
    fn code_point(&mut self, start: usize) -> Read<char> {
        let first = self.hex().ok_or_else(|| self.error("expected four hexadecimal digits", start))?;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            match self.hex() {
                Some(second) if (0xdc00..0xe000).contains(&second) => {
                    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                _ => self.at = before,
            }
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// The length of the JSON number at the start of a text; zero if there is none.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = if bytes.get(sign) == Some(&b'0') { 1 } else { digits(sign) };
    let mut length = sign + whole;
    if whole == 0 {
        return 0;
    }
    if bytes.get(length) == Some(&b'.') {
        let fraction = digits(length + 1);
        if fraction == 0 {
            return 0;
        }
        length += 1 + fraction;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent == 0 {
            return 0;
        }
        length += 1 + sign + exponent;
    }
    length
}
