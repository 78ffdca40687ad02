//! After a mistake: what is wrong with single characters, and where the text can be understood again.

use super::lexer::{Kind, Token};
use super::parser::{MAX_DEPTH, Parser};
use crate::source::{Diagnostic, Span};

impl Parser<'_> {
    /// Skips to the line after the one that cannot be understood, brackets on it included.
    pub(super) fn recover(&mut self, item: Token) {
        self.recovered = true;
        self.leave_brackets();
        self.depth = self.depth.min(MAX_DEPTH);
        if self.peek().start <= item.start {
            self.next();
        }
        let mut open = 0usize;
        loop {
            let token = self.peek();
            match token.kind {
                Kind::End => return,
                Kind::Newline if open == 0 => {
                    self.next();
                    return;
                }
                Kind::CloseBrace if open == 0 => return self.leave(token, item),
                Kind::OpenBrace
                | Kind::OpenBracket
                | Kind::OpenParen
                | Kind::OpenQuote
                | Kind::OpenHeredoc
                | Kind::Interpolation
                | Kind::Directive => open += 1,
                Kind::CloseBrace
                | Kind::CloseBracket
                | Kind::CloseParen
                | Kind::CloseQuote
                | Kind::CloseHeredoc
                | Kind::SequenceEnd => open = open.saturating_sub(1),
                _ => {}
            }
            self.next();
        }
    }

    /// A brace that closes the block around is left to it; but one at which the item began is skipped.
    pub(super) fn leave(&mut self, token: Token, item: Token) {
        if token.start <= item.start || self.depth == 0 {
            self.next();
        }
    }

    pub(super) fn report_invalid_tokens(&mut self) {
        let mut told = 0;
        for at in 0..self.tokens.len() {
            let Some(&token) = self.tokens.get(at) else { return };
            let finding = match token.kind {
                Kind::Invalid => self.invalid(token),
                Kind::LiteralNewline => {
                    Diagnostic::error("syntax", "a string in quotes ends on its line", self.span(token))
                        .help("close it, write `\\n` for the line break, or use a heredoc: `<<EOT`")
                }
                _ => continue,
            };
            self.findings.push(finding);
            told += 1;
            if told == 10 {
                return;
            }
        }
    }

    pub(super) fn invalid(&self, token: Token) -> Diagnostic {
        let text = self.text_of(token);
        let shown: String = text.chars().take(1).collect();
        let finding = Diagnostic::error(
            "syntax",
            format!("the character {shown:?} has no meaning here"),
            self.span(token),
        );
        match text {
            "'" => finding.help("strings are written in double quotes"),
            "`" => finding.help("strings are written in double quotes, longer texts as a heredoc: `<<EOT`"),
            "\u{201c}" | "\u{201d}" => finding.help("these are typographic quotes; write \""),
            ";" => finding.help("attributes end with their line, elements with a comma"),
            "&" => finding.help("and is `&&`"),
            "|" => finding.help("or is `||`"),
            _ if text.starts_with("/*") => Diagnostic::error(
                "syntax",
                "this comment is never closed",
                Span { end: token.start + 2, ..self.span(token) },
            ),
            _ => finding,
        }
    }
}
