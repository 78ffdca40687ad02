//! Strings as HCL text that Nomad reads back as the same string.
//!
//! Names that exist only at run time are kept as `${…}` where Nomad keeps them too; all else that could
//! start a template is escaped.

/// A string in quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for (piece, kept) in pieces(text) {
        if kept {
            out.push_str(piece);
        } else {
            escape(piece, &mut out);
        }
    }
    out.push('"');
    out
}

/// A string in quotes where nothing is kept for run time: labels and names of entries.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::from("\"");
    escape(text, &mut out);
    out.push('"');
    out
}

/// A string as a heredoc whose lines stand `indent` deep, if it can be one; ends without a line break.
pub(super) fn heredoc(text: &str, indent: usize) -> Option<String> {
    let odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    if !text.ends_with('\n') || text.contains(odd) {
        return None;
    }
    let body: String = pieces(text)
        .into_iter()
        .map(|(piece, kept)| if kept { piece.to_owned() } else { doubled(piece) })
        .collect();
    let marker = (0..).map(|n| if n == 0 { "EOT".to_owned() } else { format!("EOT{n}") });
    let marker = marker.into_iter().find(|marker| !body.lines().any(|line| line.trim() == marker))?;
    let mut out = String::with_capacity(body.len() + 32);
    let deep = can_be_indented(&body);
    out.push_str(if deep { "<<-" } else { "<<" });
    out.push_str(&marker);
    out.push('\n');
    for line in body.split_inclusive('\n') {
        if deep && !line.trim().is_empty() {
            out.push_str(&" ".repeat(indent + 2));
        }
        out.push_str(line);
    }
    if deep {
        out.push_str(&" ".repeat(indent));
    }
    out.push_str(&marker);
    Some(out)
}

/// Whether taking away the smallest indent gives the text back: some line must start at the margin.
fn can_be_indented(body: &str) -> bool {
    let mut written = body.lines().filter(|line| !line.trim().is_empty()).peekable();
    let starts = |line: &str| line.starts_with(|letter: char| !letter.is_whitespace());
    written.peek().is_some()
        && written.clone().any(starts)
        && written.all(|line| starts(line) || line.starts_with(' '))
}

/// The text in parts: what is kept as it is, and what has `${` and `%{` escaped.
fn pieces(text: &str) -> Vec<(&str, bool)> {
    let mut out = Vec::new();
    let (mut done, mut search) = (0, 0);
    while let Some(found) = text.get(search..).and_then(|rest| rest.find("${")) {
        let start = search + found;
        search = start + 2;
        if let Some(end) = kept_until(text, start) {
            out.push((text.get(done..start).unwrap_or(""), false));
            out.push((text.get(start..end).unwrap_or(""), true));
            (done, search) = (end, end);
        }
    }
    out.push((text.get(done..).unwrap_or(""), false));
    out
}

/// The end of a run-time name that starts at `start`, if it is one that Nomad keeps as it is.
fn kept_until(text: &str, start: usize) -> Option<usize> {
    let inner = text.get(start + 2..)?;
    let length = inner.find('}')?;
    let name = inner.get(..length)?;
    let end = start + 2 + length + 1;
    let before = text.get(..start)?.chars().next_back();
    // Nomad repeats a brace that follows, even after blanks.
    let after = text.get(end..)?.trim_start_matches(' ');
    let known = is_runtime_name(name) && !matches!(before, Some('$' | '%')) && !after.starts_with('}');
    known.then_some(end)
}

fn is_runtime_name(name: &str) -> bool {
    let mut steps = name.split('.');
    let root = steps.next().unwrap_or("");
    let known = matches!(root, "node" | "attr" | "meta" | "device") || root.starts_with("NOMAD_");
    known && crate::hcl::syntax::is_identifier(root) && steps.all(crate::hcl::syntax::is_identifier)
}

/// `$` and `%` before a brace are doubled.
fn doubled(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

fn escape(text: &str, out: &mut String) {
    for letter in doubled(text).chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => {
                let code = u32::from(letter);
                out.push_str("\\u");
                out.extend(
                    [12, 8, 4, 0].map(|shift| char::from_digit(code >> shift & 15, 16).unwrap_or('0')),
                );
            }
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtime_names_are_kept_and_the_rest_is_escaped() {
        for (text, written) in [
            ("a ${attr.kernel.name} b", r#""a ${attr.kernel.name} b""#),
            ("${NOMAD_PORT_http}", r#""${NOMAD_PORT_http}""#),
            ("${foo}", r#""$${foo}""#),
            ("%{if}", r#""%%{if}""#),
            ("$${attr.a}", r#""$$${attr.a}""#),
            ("${attr.a} }", r#""$${attr.a} }""#),
            ("${attr.a b}", r#""$${attr.a b}""#),
            ("a\"\\\n\t\u{1}", r#""a\"\\\n\t\u0001""#),
        ] {
            assert_eq!(quoted(text), written);
        }
        assert_eq!(plain("${attr.a}"), r#""$${attr.a}""#);
    }

    #[test]
    fn texts_of_lines_become_heredocs() {
        assert_eq!(heredoc("a\n  b\n\nc\n", 2).unwrap(), "<<-EOT\n    a\n      b\n\n    c\n  EOT");
        assert_eq!(heredoc("  a\n  b\n", 2).unwrap(), "<<EOT\n  a\n  b\nEOT");
        assert_eq!(heredoc("EOT\n", 0).unwrap(), "<<-EOT1\n  EOT\nEOT1");
        assert_eq!(heredoc("a\n${x}\n", 0).unwrap(), "<<-EOT\n  a\n  $${x}\nEOT");
        assert_eq!(heredoc("a", 0), None);
        assert_eq!(heredoc("a\r\n", 0), None);
    }
}
