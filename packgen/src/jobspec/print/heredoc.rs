//! Texts of several lines, indented with the block that they stand in.

use std::borrow::Cow;

use memchr::memchr_iter;

use crate::hcl::quote::{self, References};

/// Writes a text of several lines as a heredoc, if it can be one, and tells whether it could. The lines stand `indent`
/// deep where nothing speaks against it; after the marker there is no line break.
pub(super) fn write(text: &str, indent: usize, out: &mut String) -> bool {
    let lines = memchr_iter(b'\n', text.as_bytes()).count();
    if lines < 2 {
        return false;
    }
    let Some(marker) = quote::heredoc_marker(text) else { return false };
    let (inner, outer) = (" ".repeat(indent + 2), " ".repeat(indent));
    let text: Cow<'_, str> = if quote::is_plain(text) { text.into() } else { escaped(text).into() };
    out.reserve(text.len() + lines * inner.len() + 2 * marker.len() + outer.len() + 8);
    let start = out.len();
    out.extend(["<<-", &marker, "\n"]);
    if write_indented(&text, &inner, out) {
        out.extend([&outer, &*marker]);
        return true;
    }
    out.truncate(start);
    out.extend(["<<", &marker, "\n", &text, &marker]);
    true
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 64 + 8);
    quote::write_lines(text, References::Keep, &mut out);
    out
}

/// Writes the lines with blanks before them. To take away the smallest indent gives the text back if a line of it starts
/// at the margin, and the others with blanks: only then it is true.
fn write_indented(text: &str, blanks: &str, out: &mut String) -> bool {
    let (mut at_margin, mut start) = (false, 0);
    for end in memchr_iter(b'\n', text.as_bytes()) {
        let line = text.get(start..=end).unwrap_or("");
        start = end + 1;
        let own = line.bytes().take_while(|byte| *byte == b' ').count();
        let begins = line.get(own..).unwrap_or("");
        // Few lines begin with anything but plain text.
        if !begins.starts_with(|letter: char| letter.is_ascii_graphic()) {
            if begins.trim_start().is_empty() {
                out.push_str(line);
                continue;
            }
            if own == 0 && begins.starts_with(char::is_whitespace) {
                return false;
            }
        }
        at_margin |= own == 0;
        out.push_str(blanks);
        out.push_str(line);
    }
    at_margin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, indent: usize) -> Option<String> {
        let mut out = String::new();
        write(text, indent, &mut out).then_some(out)
    }

    #[test]
    fn texts_of_lines_become_heredocs() {
        assert_eq!(written("a\n  b\n\nc\n", 2).unwrap(), "<<-EOT\n    a\n      b\n\n    c\n  EOT");
        assert_eq!(written("  a\n  b\n", 2).unwrap(), "<<EOT\n  a\n  b\nEOT");
        assert_eq!(written("a\n\tb${x}\n", 2).unwrap(), "<<EOT\na\n\tb$${x}\nEOT");
        assert_eq!(written("a\n${x}\n", 0).unwrap(), "<<-EOT\n  a\n  $${x}\nEOT");
        assert_eq!(written("\u{2003}\na\n", 0), Some("<<-EOT\n\u{2003}\n  a\nEOT".to_owned()));
        for text in ["a", "a\n", "a\nb", "a\r\nb\r\n"] {
            assert_eq!(written(text, 0), None, "{text:?}");
        }
    }
}
