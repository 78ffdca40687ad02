//! Where something stands in a template, from the line and column that the handlebars crate tells.

use crate::lasting::Str;
use crate::source::{Diagnostic, FileId, SourceMap, Span};

use super::tree::At;

/// A template's text and its file.
pub(super) struct Place {
    file: FileId,
    text: Str,
}

impl Place {
    /// The places of a file.
    pub fn new(sources: &SourceMap, file: FileId) -> Self {
        let text = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
        Place { file, text }
    }

    /// The text of the template.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tag at a place, or one character if there is none.
    pub fn span(&self, at: At) -> Span {
        let start = self.offset(at);
        let rest = self.text.get(start..).unwrap_or("");
        let length = match rest.find("}}") {
            Some(end) if rest.starts_with("{{") => {
                rest.get(end..).map_or(end, |tail| end + tail.len() - tail.trim_start_matches('}').len())
            }
            _ => rest.chars().next().map_or(0, char::len_utf8),
        };
        Span::new(self.file, start, start + length)
    }

    /// An error at a place.
    pub fn error(&self, code: &'static str, message: impl Into<String>, at: At) -> Diagnostic {
        Diagnostic::error(code, message, self.span(at))
    }

    fn offset(&self, at: At) -> usize {
        let mut start = 0;
        for _ in 1..at.line {
            match self.text.get(start..).and_then(|rest| rest.find('\n')) {
                Some(end) => start += end + 1,
                None => return self.text.len(),
            }
        }
        let line = self.text.get(start..).unwrap_or("");
        line.char_indices()
            .nth(at.column.saturating_sub(1))
            .map_or(self.text.len(), |(offset, _)| start + offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_become_bytes() {
        let sources = SourceMap::new();
        let file = sources.add("x.hbs", "é\na {{b}} c\n");
        let place = Place::new(&sources, file);
        assert_eq!(sources.slice(place.span(At { line: 2, column: 3 })), "{{b}}");
        assert_eq!(sources.slice(place.span(At { line: 1, column: 1 })), "é");
        assert_eq!(sources.slice(place.span(At { line: 9, column: 1 })), "");
    }
}
