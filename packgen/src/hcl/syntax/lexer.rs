//! Text → tokens. Strings and heredocs hold expressions that hold strings, so the lexer keeps a stack of
//! where it is. It never fails: what it does not understand is a token that the parser complains about.

use unicode_ident::{is_xid_continue, is_xid_start};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ident,
    Number,
    Newline,
    /// Also the line break that ends it.
    Comment,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    OpenQuote,
    CloseQuote,
    /// `<<EOT` and its line break.
    OpenHeredoc,
    /// The line with the marker, without its line break.
    CloseHeredoc,
    /// A part of a string, escapes not yet resolved.
    Literal,
    /// A line break in a string in quotes, which may not be there.
    LiteralNewline,
    /// `${` or `${~`.
    Interpolation,
    /// `%{` or `%{~`.
    Directive,
    /// `}` or `~}` at the end of these two.
    SequenceEnd,
    Equal,
    Comma,
    Dot,
    Colon,
    DoubleColon,
    Question,
    Ellipsis,
    FatArrow,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Bang,
    EqualEqual,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    AndAnd,
    OrOr,
    /// Whatever the language has no use for.
    Invalid,
    End,
}

/// A token: its kind and its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

/// Where the lexer is.
enum Mode {
    /// Among expressions; how many `{` are open, and whether a `}` beyond them ends a sequence.
    Code { open: u32, sequence: bool },
    /// In a string in quotes.
    Quoted,
    /// In a heredoc that ends with this marker.
    Heredoc { marker: (usize, usize), line_start: bool },
    /// In a template that is a whole text.
    Bare,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    modes: Vec<Mode>,
    tokens: Vec<Token>,
}

/// The tokens of a file or an expression. The last one is always [`Kind::End`].
pub(crate) fn code(text: &str) -> Vec<Token> {
    run(text, Mode::Code { open: 0, sequence: false })
}

/// The tokens of a text that is a template.
pub(crate) fn template(text: &str) -> Vec<Token> {
    run(text, Mode::Bare)
}

/// Whether a text is one identifier.
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && identifier_length(text) == text.len()
}

fn run(text: &str, mode: Mode) -> Vec<Token> {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lexer = Lexer { text, at, modes: vec![mode], tokens: Vec::with_capacity(text.len() / 4) };
    while lexer.at < text.len() {
        match lexer.modes.last() {
            Some(Mode::Quoted) => lexer.quoted(),
            Some(Mode::Heredoc { marker, line_start }) => {
                let (marker, line_start) = (*marker, *line_start);
                lexer.heredoc(marker, line_start);
            }
            Some(Mode::Bare) => lexer.bare(),
            _ => lexer.code(),
        }
    }
    lexer.push(Kind::End, 0);
    lexer.tokens
}

impl Lexer<'_> {
    fn push(&mut self, kind: Kind, length: usize) {
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.tokens.push(Token { kind, start: clip(self.at), end: clip(self.at + length) });
        self.at += length;
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn code(&mut self) {
        match self.byte(0) {
            b' ' | b'\t' => self.at += 1,
            b'\n' => self.push(Kind::Newline, 1),
            b'\r' if self.byte(1) == b'\n' => self.push(Kind::Newline, 2),
            b'#' => self.line_comment(),
            b'/' if self.byte(1) == b'/' => self.line_comment(),
            b'/' if self.byte(1) == b'*' => self.block_comment(),
            b'"' => {
                self.push(Kind::OpenQuote, 1);
                self.modes.push(Mode::Quoted);
            }
            b'{' => self.open_brace(),
            b'}' => self.close_brace(1),
            b'~' if self.byte(1) == b'}' => self.close_brace(2),
            b'<' if self.byte(1) == b'<' && self.open_heredoc() => {}
            b'0'..=b'9' => self.number(),
            _ => self.symbol_or_word(),
        }
    }

    fn symbol_or_word(&mut self) {
        let length = identifier_length(self.rest());
        if length > 0 {
            return self.push(Kind::Ident, length);
        }
        let (kind, length) = self.symbol();
        self.push(kind, length);
    }

    fn symbol(&self) -> (Kind, usize) {
        match (self.byte(0), self.byte(1), self.byte(2)) {
            (b'.', b'.', b'.') => (Kind::Ellipsis, 3),
            (b'=', b'=', _) => (Kind::EqualEqual, 2),
            (b'=', b'>', _) => (Kind::FatArrow, 2),
            (b'!', b'=', _) => (Kind::NotEqual, 2),
            (b'<', b'=', _) => (Kind::LessOrEqual, 2),
            (b'>', b'=', _) => (Kind::GreaterOrEqual, 2),
            (b'&', b'&', _) => (Kind::AndAnd, 2),
            (b'|', b'|', _) => (Kind::OrOr, 2),
            (b':', b':', _) => (Kind::DoubleColon, 2),
            (b'[', ..) => (Kind::OpenBracket, 1),
            (b']', ..) => (Kind::CloseBracket, 1),
            (b'(', ..) => (Kind::OpenParen, 1),
            (b')', ..) => (Kind::CloseParen, 1),
            (b'.', ..) => (Kind::Dot, 1),
            (b',', ..) => (Kind::Comma, 1),
            (b'*', ..) => (Kind::Star, 1),
            (b'/', ..) => (Kind::Slash, 1),
            (b'%', ..) => (Kind::Percent, 1),
            (b'+', ..) => (Kind::Plus, 1),
            (b'-', ..) => (Kind::Minus, 1),
            (b'=', ..) => (Kind::Equal, 1),
            (b'<', ..) => (Kind::Less, 1),
            (b'>', ..) => (Kind::Greater, 1),
            (b'!', ..) => (Kind::Bang, 1),
            (b'?', ..) => (Kind::Question, 1),
            (b':', ..) => (Kind::Colon, 1),
            _ => (Kind::Invalid, self.rest().chars().next().map_or(1, char::len_utf8)),
        }
    }

    fn line_comment(&mut self) {
        let length = self.rest().find('\n').map_or(self.rest().len(), |at| at + 1);
        self.push(Kind::Comment, length);
    }

    fn block_comment(&mut self) {
        match self.rest().get(2..).and_then(|inside| inside.find("*/")) {
            Some(at) => self.push(Kind::Comment, at + 4),
            None => self.push(Kind::Invalid, self.rest().len()),
        }
    }

    /// Digits, points and exponents as long as they last, but a point is never the last of them.
    fn number(&mut self) {
        let (mut length, mut good) = (0, 0);
        loop {
            match self.byte(length) {
                b'0'..=b'9' => length += 1,
                b'.' => {
                    length += 1;
                    continue;
                }
                b'e' | b'E' if self.byte(length + 1).is_ascii_digit() => length += 2,
                b'e' | b'E'
                    if matches!(self.byte(length + 1), b'+' | b'-')
                        && self.byte(length + 2).is_ascii_digit() =>
                {
                    length += 3;
                }
                _ => break,
            }
            good = length;
        }
        self.push(Kind::Number, good);
    }

    fn open_brace(&mut self) {
        self.push(Kind::OpenBrace, 1);
        if let Some(Mode::Code { open, .. }) = self.modes.last_mut() {
            *open += 1;
        }
    }

    fn close_brace(&mut self, length: usize) {
        match self.modes.last_mut() {
            Some(Mode::Code { open: 0, sequence: true }) => {
                self.modes.pop();
                self.push(Kind::SequenceEnd, length);
            }
            Some(Mode::Code { open, .. }) => {
                *open = open.saturating_sub(1);
                self.push(if length == 1 { Kind::CloseBrace } else { Kind::SequenceEnd }, length);
            }
            _ => self.push(Kind::Invalid, length),
        }
    }

    /// `<<` or `<<-`, a marker, and the end of the line right behind it.
    fn open_heredoc(&mut self) -> bool {
        let dash = usize::from(self.byte(2) == b'-');
        let marker_length = identifier_length(self.rest().get(2 + dash..).unwrap_or(""));
        let after = 2 + dash + marker_length;
        let line_break = match (self.byte(after), self.byte(after + 1)) {
            (b'\n', _) => 1,
            (b'\r', b'\n') => 2,
            _ => return false,
        };
        if marker_length == 0 {
            return false;
        }
        let marker = (self.at + 2 + dash, self.at + after);
        self.push(Kind::OpenHeredoc, after + line_break);
        self.modes.push(Mode::Heredoc { marker, line_start: true });
        true
    }

    fn quoted(&mut self) {
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
    fn heredoc(&mut self, (from, to): (usize, usize), line_start: bool) {
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

    fn bare(&mut self) {
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

/// Letters, digits, `_` and `-`, not beginning with a digit or `-`.
fn identifier_length(text: &str) -> usize {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    match text.as_bytes() {
        [b'0'..=b'9' | b'-', ..] => 0,
        bytes => {
            let length = bytes.iter().take_while(|byte| plain(byte)).count();
            // Only what is not ASCII has to be looked up.
            if bytes.get(length).is_some_and(|next| !next.is_ascii()) { wide_length(text) } else { length }
        }
    }
}

fn wide_length(text: &str) -> usize {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first == '_' || is_xid_start(first) => {
            let more = chars.take_while(|next| *next == '-' || is_xid_continue(*next)).map(char::len_utf8);
            first.len_utf8() + more.sum::<usize>()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(Kind, String)> {
        let tokens = code(text);
        tokens
            .iter()
            .map(|token| (token.kind, text[token.start as usize..token.end as usize].to_owned()))
            .collect()
    }

    fn kinds(text: &str) -> Vec<Kind> {
        code(text).iter().map(|token| token.kind).collect()
    }

    #[test]
    fn sequences_nest() {
        use Kind::*;
        let expected =
            [OpenQuote, Literal, Interpolation, OpenBrace, Ident, Equal, OpenQuote, Directive, Ident];
        assert_eq!(kinds("\"a${{b=\"%{if")[..9], expected);
        assert_eq!(
            kinds("\"${{}}\""),
            [OpenQuote, Interpolation, OpenBrace, CloseBrace, SequenceEnd, CloseQuote, End]
        );
    }

    #[test]
    fn a_heredoc_ends_at_a_line_that_is_the_marker_only() {
        use Kind::*;
        assert_eq!(kinds("<<E\nE x\n  E\n"), [OpenHeredoc, Literal, CloseHeredoc, Newline, End]);
        assert_eq!(
            kinds("<<E\n${a}E\nE\n"),
            [OpenHeredoc, Interpolation, Ident, SequenceEnd, Literal, CloseHeredoc, Newline, End]
        );
        assert_eq!(kinds("<< E\n")[..2], [Less, Less]);
    }

    #[test]
    fn numbers_do_not_end_with_a_point() {
        for (text, number) in
            [("1.5", "1.5"), ("1.", "1"), ("1...", "1"), ("1e5", "1e5"), ("1e", "1"), ("1.2.3", "1.2.3")]
        {
            assert_eq!(words(text)[0], (Kind::Number, number.to_owned()), "{text}");
        }
    }

    #[test]
    fn escapes_stay_in_one_token() {
        assert_eq!(
            words(r#""$${a}$b\"""#)[1..4].iter().map(|word| word.1.as_str()).collect::<Vec<_>>(),
            ["$${", "a}", "$"]
        );
    }

    #[test]
    fn the_byte_order_mark_is_skipped() {
        assert_eq!(kinds("\u{feff}a"), [Kind::Ident, Kind::End]);
    }
}
