//! Values as YAML, byte by byte as Nomad writes it: strings in double quotes, folded beyond column 80,
//! or as literal blocks if they have line breaks. The origins of strings are kept.

use super::yaml_read::Reader;
use crate::hcl::text::{Text, TextBuilder};
use crate::hcl::value::{Entry, Kind, Value};
use crate::source::{Diagnostic, FileId, SourceMap};

/// Column beyond which strings are folded.
const WIDTH: usize = 80;

/// Longest key that stands before its colon.
const SIMPLE_KEY: usize = 128;

/// The value of a file of YAML; each part knows its place.
pub fn parse(sources: &SourceMap, file: FileId) -> Result<Value, Diagnostic> {
    let text = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
    Reader::new(&text, file).document()
}

/// The value of a YAML text.
pub fn decode(text: &str) -> Result<Value, String> {
    Reader::new(text, FileId::NONE).document().map_err(|finding| finding.message)
}

/// The value as a YAML document.
pub fn encode(value: &Value) -> Result<Text, String> {
    let mut out = Emitter {
        out: TextBuilder::default(),
        column: 0,
        indent: -1,
        blank: true,
        fresh: true,
        open_ended: false,
    };
    out.node(value, false, false)?;
    out.indent = -1;
    out.new_line();
    if out.open_ended {
        out.indicator("...", true, false, false);
        out.new_line();
    }
    Ok(out.out.finish())
}

struct Emitter {
    out: TextBuilder,
    column: usize,
    indent: isize,
    /// Whether a blank or a line break is the last thing written.
    blank: bool,
    /// Whether only blanks and indicators are on this line.
    fresh: bool,
    /// Whether only `...` shows that the document ends.
    open_ended: bool,
}

impl Emitter {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn put_break(&mut self) {
        self.out.push_str("\n");
        self.column = 0;
    }

    fn indicator(&mut self, text: &str, after_blank: bool, blank: bool, fresh: bool) {
        if after_blank && !self.blank {
            self.put(" ");
        }
        self.put(text);
        self.blank = blank;
        self.fresh = self.fresh && fresh;
        self.open_ended = false;
    }

    fn new_line(&mut self) {
        let indent = usize::try_from(self.indent).unwrap_or(0);
        if !self.fresh || self.column > indent || (self.column == indent && !self.blank) {
            self.put_break();
        }
        while self.column < indent {
            self.put(" ");
        }
        self.blank = true;
        self.fresh = true;
    }

    /// Runs `inside` one level further in.
    fn deeper<T>(&mut self, flow: bool, same: bool, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.indent;
        if self.indent < 0 {
            self.indent = if flow { 2 } else { 0 };
        } else if !same {
            self.indent += 2;
        }
        let result = inside(self);
        self.indent = before;
        result
    }

    fn node(&mut self, value: &Value, in_mapping: bool, simple_key: bool) -> Result<(), String> {
        let plain = match &value.kind {
            Kind::Null(_) => "null".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Number(number) => number.to_string(),
            Kind::String(text) => {
                self.deeper(true, false, |out| out.string(text, simple_key));
                return Ok(());
            }
            Kind::Unknown(unknown) => return Err(format!("{} is not known yet", unknown.why)),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                return self.sequence(value.items().unwrap_or_default(), in_mapping);
            }
            Kind::Map(_) | Kind::Object(_) => return self.mapping(value.entries().unwrap_or_default()),
        };
        self.indicator(&plain, true, false, false);
        self.open_ended = self.indent < 0;
        Ok(())
    }

    fn sequence(&mut self, items: &[Value], in_mapping: bool) -> Result<(), String> {
        if items.is_empty() {
            self.indicator("[", true, true, false);
            self.indicator("]", false, false, false);
            return Ok(());
        }
        let same = in_mapping && !self.fresh;
        self.deeper(false, same, |out| {
            items.iter().try_for_each(|item| {
                out.new_line();
                out.indicator("-", true, false, true);
                out.node(item, false, false)
            })
        })
    }

    fn mapping(&mut self, entries: &[Entry]) -> Result<(), String> {
        if entries.is_empty() {
            self.indicator("{", true, true, false);
            self.indicator("}", false, false, false);
            return Ok(());
        }
        self.deeper(false, false, |out| {
            entries.iter().try_for_each(|entry| {
                out.new_line();
                let simple = entry.key.len() <= SIMPLE_KEY && !entry.key.contains(is_break);
                if simple {
                    out.deeper(true, false, |out| out.string(&entry.key, true));
                    out.indicator(":", false, false, false);
                } else {
                    out.indicator("?", true, false, true);
                    out.deeper(true, false, |out| out.string(&entry.key, false));
                    out.new_line();
                    out.indicator(":", true, false, true);
                }
                out.node(&entry.value, true, false)
            })
        })
    }

    fn string(&mut self, text: &Text, simple_key: bool) {
        if text.contains('\n') && !simple_key && literal_allowed(text) {
            self.literal(text);
        } else {
            self.quoted(text, !simple_key);
        }
    }

    fn quoted(&mut self, text: &Text, fold: bool) {
        self.indicator("\"", true, false, false);
        let mut after_space = false;
        // Nomad's writer takes every character of such a text for its mark.
        let marked = text.starts_with('\u{feff}');
        let last = text.len().saturating_sub(1);
        for (at, char) in text.char_indices() {
            let end = at + char.len_utf8();
            let needs_escape = marked || !is_printable(char) || is_break(char) || matches!(char, '"' | '\\');
            if needs_escape {
                self.put(&escape(char));
            } else if char == ' ' && fold && !after_space && self.column > WIDTH && at > 0 && at < last {
                self.new_line();
                if text.get(end..).is_some_and(|rest| rest.starts_with(' ')) {
                    self.put("\\");
                }
            } else {
                self.out.push_slice(text, at, end);
                self.column += 1;
            }
            after_space = char == ' ';
        }
        self.indicator("\"", false, false, false);
        self.blank = false;
        self.fresh = false;
    }

    fn literal(&mut self, text: &Text) {
        self.indicator("|", true, false, false);
        if text.starts_with(|first| first == ' ' || is_break(first)) {
            self.indicator("2", false, false, false);
        }
        let mut ends = text.chars().rev().map(is_break);
        let (last, before) = (ends.next().unwrap_or(false), ends.next());
        if !last {
            self.indicator("-", false, false, false);
        } else if before.is_none_or(|is_break| is_break) {
            self.indicator("+", false, false, false);
        }
        self.put_break();
        self.fresh = true;
        self.blank = true;
        let mut after_break = true;
        for (at, char) in text.char_indices() {
            if is_break(char) {
                self.out.push_slice(text, at, at + char.len_utf8());
                self.column = 0;
                self.fresh = true;
                after_break = true;
                continue;
            }
            if std::mem::take(&mut after_break) {
                self.new_line();
            }
            self.out.push_slice(text, at, at + char.len_utf8());
            self.column += 1;
            self.fresh = false;
        }
    }
}

/// Blanks before a line break or at the end, and what cannot be printed, cannot stand in a literal block.
fn literal_allowed(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let space_before_break = chars.windows(2).any(|pair| matches!(pair, [' ', next] if is_break(*next)));
    !space_before_break && chars.last() != Some(&' ') && chars.iter().all(|char| is_printable(*char))
}

fn is_break(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(char: char) -> bool {
    matches!(char, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn escape(char: char) -> String {
    let short = match char {
        '\0' => "0",
        '\u{7}' => "a",
        '\u{8}' => "b",
        '\t' => "t",
        '\n' => "n",
        '\u{b}' => "v",
        '\u{c}' => "f",
        '\r' => "r",
        '\u{1b}' => "e",
        '"' => "\"",
        '\\' => "\\",
        '\u{85}' => "N",
        '\u{a0}' => "_",
        '\u{2028}' => "L",
        '\u{2029}' => "P",
        _ => "",
    };
    let code = u32::from(char);
    match (short, code) {
        ("", 0..=0xff) => format!("\\x{code:02X}"),
        ("", 0x100..=0xffff) => format!("\\u{code:04X}"),
        ("", _) => format!("\\U{code:08X}"),
        (short, _) => format!("\\{short}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(entries: Vec<(&str, Value)>) -> Value {
        Value::object(entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect())
    }

    #[test]
    fn documents_look_as_nomad_writes_them() {
        let value = object(vec![
            (
                "list",
                Value::tuple(vec![1.into(), object(vec![("a", "x".into()), ("b", Value::tuple(vec![]))])]),
            ),
            ("nested", object(vec![("deep", object(vec![("k", true.into())])), ("none", Value::null())])),
            ("text", "one\ntwo\n".into()),
        ]);
        let expected = "\
\"list\":
- 1
- \"a\": \"x\"
  \"b\": []
\"nested\":
  \"deep\":
    \"k\": true
  \"none\": null
\"text\": |
  one
  two
";
        assert_eq!(encode(&value).unwrap().as_str(), expected);
    }

    #[test]
    fn comments_are_no_values() {
        let text = "# first\na: 1 # beside\n# between\nb:\n  # inside\n  - x # y\n  # last\n";
        let expected = object(vec![("a", 1.into()), ("b", Value::tuple(vec!["x".into()]))]);
        assert_eq!(decode(text), Ok(expected));
    }

    #[test]
    fn what_is_written_is_read() {
        let texts = [
            "",
            "a",
            " lead",
            "trail ",
            "a\nb",
            "a\n\nb\n\n",
            "\n",
            "tab\there",
            "yes",
            "12",
            "null",
            "é☃",
            "a: b # c",
            "\u{1F600}",
        ];
        for text in texts {
            let value = object(vec![("k", text.into()), ("l", Value::tuple(vec![text.into()]))]);
            let yaml = encode(&value).unwrap();
            assert_eq!(decode(yaml.as_str()).as_ref(), Ok(&value), "{yaml}");
        }
    }
}
