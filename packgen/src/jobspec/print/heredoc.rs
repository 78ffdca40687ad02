//! Texts of several lines, indented with the block that they stand in.

use crate::hcl::quote::{self, References};

/// A text as a heredoc whose lines stand `indent` deep, if it can be one; ends without a line break.
pub(super) fn indented(text: &str, indent: usize) -> Option<String> {
    let plain = quote::heredoc(text, References::Keep)?;
    let (first, rest) = plain.split_once('\n')?;
    let (body, marker) = rest.rsplit_once('\n')?;
    if !can_be_indented(body) {
        return Some(plain);
    }
    let (inner, outer) = (" ".repeat(indent + 2), " ".repeat(indent));
    let line = |line: &str| if line.trim().is_empty() { line.to_owned() } else { inner.clone() + line };
    let lines: Vec<String> = body.split('\n').map(line).collect();
    Some(format!("<<-{}\n{}\n{outer}{marker}", first.trim_start_matches('<'), lines.join("\n")))
}

/// Whether taking away the smallest indent gives the text back: some line must start at the margin, and the
/// others with blanks if at all.
fn can_be_indented(body: &str) -> bool {
    let mut written = body.lines().filter(|line| !line.trim().is_empty());
    let starts = |line: &str| line.starts_with(|letter: char| !letter.is_whitespace());
    written.clone().any(starts) && written.all(|line| starts(line) || line.starts_with(' '))
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
