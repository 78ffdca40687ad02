//! Text → HCL that stands for exactly that text.
//!
//! Whatever a value holds, it cannot become syntax: what opens a template is doubled, what cannot be printed
//! is escaped. Nothing else in the crate may put quotes around a string.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::{memchr2_iter, memmem};
use unicode_ident::is_xid_continue;

use super::syntax::is_identifier;
use super::text::Origin;
use super::{Number, Text};

/// What happens to `${attr.x}` in a text. Both spellings mean the same to Nomad; a reference reads better
/// without the second dollar sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum References {
    /// References to names that only a node knows stay as they are, where that is safe.
    Keep,
    /// Everything is doubled: labels, variable defaults and files of values know no names.
    Escape,
}

/// A string in quotes.
pub fn quoted(text: &str, references: References) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_quoted(text, references, &mut out);
    out
}

/// Writes a string in quotes.
pub fn write_quoted(text: &str, references: References, out: &mut String) {
    out.push('"');
    write(text, references, out, |part, out| {
        let plain = |byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
        if part.bytes().all(plain) {
            out.push_str(part);
        } else {
            part.chars().for_each(|char| escape(char, out));
        }
    });
    out.push('"');
}

/// The key of an object: bare if it can be, in quotes otherwise.
pub fn key(text: &str) -> Cow<'_, str> {
    let is_word = matches!(text, "for" | "if" | "in" | "null" | "true" | "false");
    if is_identifier(text) && !is_word { text.into() } else { quoted(text, References::Escape).into() }
}

/// A number; `None` for infinities, which cannot be written.
pub fn number(number: &Number) -> Option<String> {
    if number.is_infinite() { None } else { Some(number.to_string()) }
}

/// The word that ends a heredoc of this text. `None` if the text cannot be one: if it does not end with a line
/// break, or holds characters that need an escape.
pub fn heredoc_marker(text: &str) -> Option<String> {
    if !text.ends_with('\n') || holds_control(text) { None } else { Some(marker(text)) }
}

/// Writes whole lines of a heredoc.
pub fn write_lines(text: &str, references: References, out: &mut String) {
    write(text, references, out, |part, out| out.push_str(part));
}

/// Whether a text stands in a heredoc as it is: nothing in it opens a template.
pub fn is_plain(text: &str) -> bool {
    ["${", "%{"].into_iter().all(|open| memmem::find(text.as_bytes(), open.as_bytes()).is_none())
}

/// Whether a text holds control characters other than line breaks and tabs. Most bytes alone rule that out, and all
/// are looked at, so that it can be done to many at once.
fn holds_control(text: &str) -> bool {
    let maybe = |byte: u8| matches!(byte, 0..=8 | 0x0b..=0x1f | 0x7f | 0xc2);
    let is_one = |char: char| char != '\n' && char != '\t' && char.is_control();
    text.bytes().fold(false, |found, byte| found | maybe(byte)) && text.chars().any(is_one)
}

/// A marker that no line begins with.
fn marker(text: &str) -> String {
    let begins_line = |at: usize| {
        let before = text.get(..at).unwrap_or("");
        let before = before.trim_end_matches(|char: char| char.is_whitespace() && char != '\n');
        before.is_empty() || before.ends_with('\n')
    };
    let mut marker = "EOT".to_owned();
    while memmem::find_iter(text.as_bytes(), &marker).any(begins_line) {
        marker.push('T');
    }
    marker
}

/// Doubles what opens a template; `plain` writes what lies between.
fn write(text: &str, references: References, out: &mut String, plain: impl Fn(&str, &mut String)) {
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("");
    let mut done = 0;
    for at in memchr2_iter(b'$', b'%', text.as_bytes()) {
        let open = part(at, at + 2);
        if !open.ends_with('{') {
            continue;
        }
        plain(part(done, at), out);
        let keep = references == References::Keep && !part(0, at).ends_with(['$', '%']);
        if let Some(length) = reference(part(at, text.len())).filter(|_| keep) {
            out.push_str(part(at, at + length));
            done = at + length;
        } else {
            out.extend([part(at, at + 1), open]);
            done = at + 2;
        }
    }
    plain(part(done, text.len()), out);
}

fn escape(char: char, out: &mut String) {
    match char {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if char.is_control() || is_invisible(char) => {
            let code = u32::from(char);
            let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
        }
        _ => out.push(char),
    }
}

/// Characters that change how the text around them looks.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The length of `${name.step}` at the start of a text, if it is a name that a node knows and Nomad gives
/// it back as it is.
fn reference(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("${")?;
    let end = inside.find(|char: char| !(matches!(char, '.' | '-') || is_xid_continue(char)))?;
    let (inner, after) = inside.split_at(end);
    let after = after.strip_prefix('}')?;
    let mut steps = inner.split('.');
    let root = steps.next()?;
    let known = matches!(root, "attr" | "device" | "meta" | "node") || root.starts_with("NOMAD_");
    let safe = !after.trim_start_matches(' ').starts_with('}');
    let whole = is_identifier(root) && steps.all(is_identifier);
    if known && whole && safe { Some(inner.len() + 3) } else { None }
}

/// Whether a user typed text that Nomad would evaluate again as `${…}`; gives the place.
pub fn user_reference(text: &Text) -> Option<usize> {
    let starts = text.match_indices("${").map(|(at, _)| at);
    starts.into_iter().find(|at| {
        text.origins().iter().any(|range| {
            matches!(range.origin, Origin::User(_))
                && (range.start as usize) < at + 2
                && *at < range.end as usize
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_syntax() {
        let cases = [
            ("a\"b\\c\n\r\t\u{1}", r#""a\"b\\c\n\r\t\u0001""#),
            ("${a}", r#""$${a}""#),
            ("%{if}", r#""%%{if}""#),
            ("$${a}", r#""$$${a}""#),
            ("${attr.x}", r#""${attr.x}""#),
            ("$${attr.x}", r#""$$${attr.x}""#),
            ("${attr.x}}", r#""$${attr.x}}""#),
            ("${attr.x }", r#""$${attr.x }""#),
            ("${attr.x-y.z}{${meta.a}${", r#""${attr.x-y.z}{${meta.a}$${""#),
            ("${${attr.x}}", r#""$${$${attr.x}}""#),
            ("${attr.}${attr.é}", r#""$${attr.}${attr.é}""#),
            ("${NOMAD_PORT_http}:${env.X}", r#""${NOMAD_PORT_http}:$${env.X}""#),
            ("\u{202e}\u{1f600}", "\"\\u202e\u{1f600}\""),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text, References::Keep), expected, "{text}");
        }
        assert_eq!(quoted("${attr.x}", References::Escape), r#""$${attr.x}""#);
    }

    #[test]
    fn keys_are_bare_where_they_can_be() {
        for (text, expected) in
            [("a-b", "a-b"), ("a.b", "\"a.b\""), ("for", "\"for\""), ("1", "\"1\""), ("", "\"\""), ("é", "é")]
        {
            assert_eq!(key(text), expected);
        }
    }

    #[test]
    fn heredocs_choose_their_end() {
        let marker = |text: &str| heredoc_marker(text).unwrap();
        assert_eq!(marker("a\n"), "EOT");
        assert_eq!(marker("EOT\n  EOTT x\n${y}\n"), "EOTTT");
        assert_eq!(marker("x EOT\n\u{a0}y\n"), "EOT");
        assert_eq!(marker("\u{2003} EOT\n"), "EOTT");
        for text in ["a", "a\r\n", "\u{85}\n", "\u{7f}\n", "\u{b}\n"] {
            assert_eq!(heredoc_marker(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_opens_a_template_is_doubled_in_lines() {
        let text = "a\n${y} %{z ${attr.x}\n";
        let mut out = String::new();
        write_lines(text, References::Keep, &mut out);
        assert_eq!(out, "a\n$${y} %%{z ${attr.x}\n");
        assert!(!is_plain(text) && is_plain("$ { % $x\n"));
    }
}
