//! Texts of several lines, indented with the block that they stand in.

use memchr::memchr_iter;

use crate::hcl::quote::{self, References};

/// A text as a heredoc whose lines stand `indent` deep, if it can be one; ends without a line break.
pub(super) fn indented(text: &str, indent: usize) -> Option<String> {
    let plain = quote::heredoc(text, References::Keep)?;
    let (first, rest) = plain.split_once('\n')?;
    let (body, marker) = rest.rsplit_once('\n')?;
    let (inner, outer) = (" ".repeat(indent + 2), " ".repeat(indent));
    let mut out = String::with_capacity(plain.len() + (line_breaks(body) + 2) * inner.len() + 1);
    out.extend(["<<-", first.trim_start_matches('<'), "\n"]);
    // Taking away the smallest indent gives the text back if a line starts at the margin, and the others with blanks.
    let (mut at_margin, mut start) = (false, 0);
    for end in memchr_iter(b'\n', body.as_bytes()).chain([body.len()]) {
        let line = body.get(start..end).unwrap_or("");
        start = end + 1;
        if !is_blank(line) {
            if line.starts_with(|letter: char| letter != ' ' && letter.is_whitespace()) {
                return Some(plain);
            }
            at_margin |= !line.starts_with(' ');
            out.push_str(&inner);
        }
        out.extend([line, "\n"]);
    }
    out.extend([&outer, marker]);
    Some(if at_margin { out } else { plain })
}

fn is_blank(line: &str) -> bool {
    match line.bytes().find(|byte| *byte != b' ') {
        Some(byte) => !byte.is_ascii_graphic() && line.trim_start().is_empty(),
        None => true,
    }
}

/// How many line breaks a text has.
pub(super) fn line_breaks(text: &str) -> usize {
    memchr_iter(b'\n', text.as_bytes()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_lines_become_heredocs() {
        assert_eq!(indented("a\n  b\n\nc\n", 2).unwrap(), "<<-EOT\n    a\n      b\n\n    c\n  EOT");
        assert_eq!(indented("  a\n  b\n", 2).unwrap(), "<<EOT\n  a\n  b\nEOT");
        assert_eq!(indented("a\n${x}\n", 0).unwrap(), "<<-EOT\n  a\n  $${x}\nEOT");
        assert_eq!(indented("a", 0), None);
        assert_eq!(indented("a\r\n", 0), None);
    }
}
