//! Text → tokens. Strings and heredocs hold expressions that hold strings, so the lexer keeps a stack of
//! where it is. It never fails: what it does not understand is a token that the parser complains about.

mod strings;

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
            b' ' | b'\t' => self.blanks(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.push(Kind::Ident, identifier_length(self.rest())),
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
            0..=0x7f => self.symbol(),
            _ => self.symbol_or_word(),
        }
    }

    fn blanks(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    }

    fn symbol_or_word(&mut self) {
        let length = identifier_length(self.rest());
        if length > 0 {
            return self.push(Kind::Ident, length);
        }
        self.symbol();
    }

    fn symbol(&mut self) {
        let (kind, length) = match (self.byte(0), self.byte(1), self.byte(2)) {
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
        };
        self.push(kind, length);
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
}

/// Which bytes are a letter, a digit, `_` or `-`.
const IN_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    while byte < 0x80 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        byte += 1;
    }
    table
};

/// Letters, digits, `_` and `-`, not beginning with a digit or `-`.
fn identifier_length(text: &str) -> usize {
    match text.as_bytes() {
        [b'0'..=b'9' | b'-', ..] => 0,
        bytes => {
            let plain = |byte: &u8| IN_WORDS.get(usize::from(*byte)).copied().unwrap_or(false);
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
mod tests;
