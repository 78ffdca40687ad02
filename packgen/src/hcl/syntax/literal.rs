//! The text of string literals: escapes resolved.

use std::borrow::Cow;

use super::lexer::Token;
use super::parser::{Parsed, Parser};
use crate::source::{Diagnostic, Span};

impl<'a> Parser<'a> {
    /// What a literal token stands for. Heredocs (`quoted` is false) know only `$${` and `%%{`.
    pub(super) fn unescape(&mut self, token: Token, quoted: bool) -> Parsed<Cow<'a, str>> {
        let text = self.text_of(token);
        if matches!(text.as_bytes(), [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..]) {
            return Ok(text.get(1..).unwrap_or("").into());
        }
        if !quoted || !text.contains('\\') {
            return Ok(text.into());
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let start = token.end as usize - rest.len() - 1;
            rest = self.escape(rest, start, self.span(token), &mut out)?;
        }
        out.push_str(rest);
        Ok(out.into())
    }

    /// One escape, after its backslash; gives what is behind it.
    fn escape<'t>(&mut self, rest: &'t str, start: usize, token: Span, out: &mut String) -> Parsed<&'t str> {
        let mut chars = rest.chars();
        let selector = chars.next().unwrap_or('\\');
        let plain = match selector {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' => '"',
            '\\' => '\\',
            'u' => return self.code_point(chars.as_str(), 4, start, token, out),
            'U' => return self.code_point(chars.as_str(), 8, start, token, out),
            _ => {
                let at = Span::new(token.file, start, start + 1 + selector.len_utf8());
                let finding = Diagnostic::error("syntax", format!("there is no escape `\\{selector}`"), at);
                let known =
                    "known are \\n \\r \\t \\\" \\\\ \\u0000 \\U00000000; a backslash itself is `\\\\`";
                return Err(self.report(finding.help(known)));
            }
        };
        out.push(plain);
        Ok(chars.as_str())
    }

    fn code_point<'t>(
        &mut self,
        rest: &'t str,
        digits: usize,
        start: usize,
        token: Span,
        out: &mut String,
    ) -> Parsed<&'t str> {
        let hex = rest.get(..digits).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()) {
            Some(code) if char::from_u32(code).is_some() => {
                out.extend(char::from_u32(code));
                Ok(rest.get(digits..).unwrap_or(""))
            }
            found => {
                let at = Span::new(token.file, start, start + 2);
                let message = match found {
                    Some(code) => format!("U+{code:04X} is no character"),
                    None => format!("expected {digits} hexadecimal digits"),
                };
                Err(self.error(message, at))
            }
        }
    }
}
