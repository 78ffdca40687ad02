//! Inside of strings, heredocs and templates: text up to where an expression opens or the string ends.

use super::{Kind, Lexer, Mode};

impl Lexer<'_> {
    pub(super) fn quoted(&mut self) {
        match self.byte(0) {
            b'"' => {
                self.modes.pop();
                self.push(Kind::CloseQuote, 1);
            }
            b'\n' | b'\r' => {
                let length = self.rest().bytes().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
                self.push(Kind::LiteralNewline, length);
            }
            b'$' | b'%' => self.marker_or_sequence(),
            _ => self.quoted_literal(),
        }
    }

    fn quoted_literal(&mut self) {
        let bytes = self.rest().as_bytes();
        let mut length = 0;
        while let Some(byte) = bytes.get(length) {
            match byte {
                b'"' | b'$' | b'%' | b'\n' | b'\r' => break,
                b'\\' => match bytes.get(length + 1) {
                    None | Some(b'\n' | b'\r') => break,
                    Some(_) => length += 2,
                },
                _ => length += 1,
            }
        }
        if length == 0 { self.push(Kind::Invalid, 1) } else { self.push(Kind::Literal, length) }
    }

    /// `$` or `%`: alone it is text, doubled before a brace it is an escape, before a brace it opens.
    fn marker_or_sequence(&mut self) {
        let marker = self.byte(0);
        if self.byte(1) == marker && self.byte(2) == b'{' {
            return self.push(Kind::Literal, 3);
        }
        if self.byte(1) != b'{' {
            return self.push(Kind::Literal, 1);
        }
        let kind = if marker == b'$' { Kind::Interpolation } else { Kind::Directive };
        self.push(kind, if self.byte(2) == b'~' { 3 } else { 2 });
        self.modes.push(Mode::Code { open: 0, sequence: true });
    }

    /// One line or what is left of it, up to the next `$` or `%`.
    pub(super) fn heredoc(&mut self, (from, to): (usize, usize), line_start: bool) {
        let (length, ends_line) = self.plain_line();
        let line = self.rest().get(..length).unwrap_or("");
        if ends_line && line_start && is_marker(line, self.text.get(from..to).unwrap_or("")) {
            let line_break = if line.ends_with("\r\n") { 2 } else { 1 };
            self.modes.pop();
            self.push(Kind::CloseHeredoc, length - line_break);
            return self.push(Kind::Newline, line_break);
        }
        if let Some(Mode::Heredoc { line_start, .. }) = self.modes.last_mut() {
            *line_start = ends_line;
        }
        self.plain_or_marker(length);
    }

    pub(super) fn bare(&mut self) {
        let (length, _) = self.plain_line();
        self.plain_or_marker(length);
    }

    fn plain_or_marker(&mut self, length: usize) {
        match (length, self.byte(0)) {
            (0, b'$' | b'%') => self.marker_or_sequence(),
            (0, _) => self.push(Kind::Invalid, 1),
            _ => self.push(Kind::Literal, length),
        }
    }

    /// How many bytes are plain text until the end of this line, and whether the line ends there.
    fn plain_line(&self) -> (usize, bool) {
        let bytes = self.rest().as_bytes();
        let stop = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'$' | b'%'));
        let Some(at) = stop else { return (bytes.len(), false) };
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\n'), _) => (at + 1, true),
            (Some(b'\r'), Some(b'\n')) => (at + 2, true),
            _ => (at, false),
        }
    }
}

/// Whether a line holds a marker and nothing else. Most lines do not even end with it.
fn is_marker(line: &str, marker: &str) -> bool {
    line.trim_end().strip_suffix(marker).is_some_and(|before| before.trim_start().is_empty())
}
