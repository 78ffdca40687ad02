//! Findings in words for people and as JSON for programs. Plain text only: colour is the terminal's business.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Diagnostic, SourceMap, Span};

/// Longest part of a source line that is shown; a minified file must not flood the screen.
const WIDTH: usize = 120;

/// Message, place with the source line under it, notes, cure.
pub(super) fn text(finding: &Diagnostic, sources: &SourceMap) -> String {
    let mut out = format!("{}: {}\n", finding.severity.word(), finding.message);
    excerpt(&mut out, finding.at, sources, "");
    for note in &finding.notes {
        let _ = writeln!(out, "  note: {}", note.message);
        excerpt(&mut out, note.at, sources, "  ");
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "  help: {help}");
    }
    out
}

/// The same as data; `start` and `end` count lines and columns from one.
pub(super) fn json(finding: &Diagnostic, sources: &SourceMap) -> Value {
    let notes: Vec<Value> = finding
        .notes
        .iter()
        .map(|note| json!({ "message": note.message, "at": place(note.at, sources) }))
        .collect();
    json!({
        "severity": finding.severity.word(),
        "code": finding.code,
        "message": finding.message,
        "at": place(finding.at, sources),
        "notes": notes,
        "help": finding.help,
    })
}

fn place(span: Span, sources: &SourceMap) -> Value {
    let Some(file) = sources.file(span.file) else { return Value::Null };
    let (start, end) = (file.position(span.start), file.position(span.end));
    json!({
        "file": file.name(),
        "start": { "line": start.line, "column": start.column, "byte": span.start },
        "end": { "line": end.line, "column": end.column, "byte": span.end },
    })
}

fn excerpt(out: &mut String, span: Span, sources: &SourceMap, indent: &str) {
    let Some(file) = sources.file(span.file) else { return };
    let (start, end) = (file.position(span.start), file.position(span.end));
    let number = start.line.to_string();
    let gutter = " ".repeat(number.len());
    let _ = writeln!(out, "{indent}{gutter}--> {}:{}:{}", file.name(), start.line, start.column);
    let (shown, skipped) = window(file.line(start.line), start.column - 1);
    let _ = writeln!(out, "{indent}{number} | {}", shown.replace('\t', " "));
    let width = shown.chars().count();
    let from = start.column - 1 - skipped;
    let to = if end.line == start.line { end.column - 1 - skipped } else { width };
    let carets = to.clamp(from + 1, width.max(from + 1)) - from;
    let _ = writeln!(out, "{indent}{gutter} | {}{}", " ".repeat(from), "^".repeat(carets));
}

/// The part of a long line around `column`, and how many characters were cut off before it.
fn window(line: &str, column: usize) -> (String, usize) {
    if line.chars().count() <= WIDTH {
        return (line.to_owned(), 0);
    }
    let skipped = column.saturating_sub(WIDTH / 2);
    (line.chars().skip(skipped).take(WIDTH).collect(), skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(sources: &SourceMap) -> Diagnostic {
        let file = sources.add("loki.nomad.hcl", "job \"x\" {\n\tcpu = lok.cpu\n}\n");
        Diagnostic::error("unknown-name", "there is no name `lok`", Span::new(file, 17, 20))
            .note("declared here", Span::new(file, 0, 3))
            .note("a remark", Span::NONE)
            .help("did you mean `local`?")
    }

    #[test]
    fn text_shows_line_caret_notes_and_cure() {
        let sources = SourceMap::new();
        let expected = "\
error: there is no name `lok`
 --> loki.nomad.hcl:2:8
2 |  cpu = lok.cpu
  |        ^^^
  note: declared here
   --> loki.nomad.hcl:1:1
  1 | job \"x\" {
    | ^^^
  note: a remark
  help: did you mean `local`?
";
        assert_eq!(finding(&sources).text(&sources), expected);
    }

    #[test]
    fn json_has_both_ends() {
        let sources = SourceMap::new();
        let json = finding(&sources).json(&sources);
        assert_eq!(json["at"]["start"], serde_json::json!({ "line": 2, "column": 8, "byte": 17 }));
        assert_eq!(json["notes"][1]["at"], Value::Null);
        assert_eq!(json["code"], "unknown-name");
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_place() {
        let sources = SourceMap::new();
        let file = sources.add("long.hcl", format!("{}X{}", "a".repeat(5000), "b".repeat(5000)));
        let text = Diagnostic::error("x", "m", Span::new(file, 5000, 5001)).text(&sources);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].len() < 200 && lines[3].ends_with('^'), "{text}");
        assert_eq!(lines[2].find('X'), lines[3].find('^'));
    }

    #[test]
    fn an_empty_span_at_the_end_of_the_file_has_one_caret() {
        let sources = SourceMap::new();
        let file = sources.add("e.hcl", "a = ");
        assert!(Diagnostic::error("x", "m", Span::new(file, 4, 4)).text(&sources).ends_with("|     ^\n"));
    }
}
