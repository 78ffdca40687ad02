//! Bodies: attributes and blocks, and where to go on after a mistake.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::ast::{Attribute, BlockSyntax, Body, Item};
use super::lexer::{Kind, Token};
use crate::source::{Diagnostic, Diagnostics, FileId, Span, Spanned};
use crate::tree::Name;

/// How deep expressions and blocks may be nested in the text.
pub(super) const MAX_DEPTH: usize = 200;

/// Nobody reads more than this of one file.
const MAX_FINDINGS: usize = 50;

/// A mistake that was found and written down already.
#[derive(Debug)]
pub(super) struct Failed;

pub(super) type Parsed<T> = Result<T, Failed>;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) file: FileId,
    pub(super) tokens: Vec<Token>,
    /// Behind the last token that was taken.
    at: usize,
    /// The next token that counts, and what is behind it: it is looked at several times.
    ahead: (Token, usize),
    /// Whether line breaks count: the last one says.
    line_breaks: Vec<bool>,
    pub(super) depth: usize,
    /// After a mistake, what follows may look wrong although it is not.
    pub(super) recovered: bool,
    pub(super) findings: Diagnostics,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, file: FileId, tokens: Vec<Token>) -> Self {
        let mut parser = Parser {
            text,
            file,
            tokens,
            at: 0,
            ahead: (Token { kind: Kind::End, start: 0, end: 0 }, 0),
            line_breaks: vec![true],
            depth: 0,
            recovered: false,
            findings: Diagnostics::new(),
        };
        parser.report_invalid_tokens();
        parser.look();
        parser
    }

    /// A whole file.
    pub(super) fn file(&mut self) -> Body {
        let mut body = self.body(Kind::End);
        body.span = Span::new(self.file, 0, self.text.len());
        body
    }

    /// The next token that counts.
    pub(super) fn peek(&self) -> Token {
        self.ahead.0
    }

    pub(super) fn next(&mut self) -> Token {
        let (token, at) = self.ahead;
        self.at = at;
        self.look();
        token
    }

    /// Takes the literal that is all there is up to the next token, if there is one.
    pub(super) fn lone_literal(&mut self) -> Option<Token> {
        let (token, behind) = self.ahead;
        let lone = || self.tokens.get(behind).is_some_and(|next| next.kind == Kind::CloseQuote);
        if token.kind == Kind::Literal && lone() { Some(self.next()) } else { None }
    }

    pub(super) fn eat(&mut self, kind: Kind) -> Option<Token> {
        if self.peek().kind == kind { Some(self.next()) } else { None }
    }

    fn look(&mut self) {
        self.ahead = match self.tokens.get(self.at) {
            Some(&token) if !matches!(token.kind, Kind::Newline | Kind::Comment) => (token, self.at + 1),
            _ => self.find_beyond_breaks(),
        };
    }

    fn find_beyond_breaks(&self) -> (Token, usize) {
        let counts = self.line_breaks.last().copied().unwrap_or(true);
        let mut at = self.at;
        loop {
            let Some(&token) = self.tokens.get(at) else {
                let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
                return (Token { kind: Kind::End, start: end, end }, at);
            };
            at += 1;
            match token.kind {
                Kind::Newline if !counts => {}
                Kind::Comment if counts && self.text_of(token).ends_with('\n') => {
                    return (Token { kind: Kind::Newline, ..token }, at);
                }
                Kind::Comment => {}
                _ => return (token, at),
            }
        }
    }

    pub(super) fn text_of(&self, token: Token) -> &'a str {
        self.text.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    pub(super) fn span(&self, token: Token) -> Span {
        Span { file: self.file, start: token.start, end: token.end }
    }

    /// From the start of `first` to the end of the last token that was taken.
    pub(super) fn span_from(&self, first: u32) -> Span {
        let end =
            self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(first, |token| token.end);
        Span { file: self.file, start: first, end: end.max(first) }
    }

    pub(super) fn name(&self, token: Token) -> Name {
        Spanned::new(self.text_of(token).into(), self.span(token))
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        let token = self.peek();
        token.kind == Kind::Ident && self.text_of(token) == word
    }

    pub(super) fn error(&mut self, message: impl Into<String>, at: Span) -> Failed {
        self.report(Diagnostic::error("syntax", message, at))
    }

    pub(super) fn report(&mut self, finding: Diagnostic) -> Failed {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
        Failed
    }

    /// Runs `inside` one level deeper.
    pub(super) fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            let at = self.span(self.peek());
            return Err(self.error(format!("nested more than {MAX_DEPTH} levels deep"), at));
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// Runs `inside` where line breaks count or do not.
    pub(super) fn with_line_breaks<T>(&mut self, count: bool, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.line_breaks.push(count);
        self.look();
        let result = inside(self);
        self.line_breaks.pop();
        self.look();
        result
    }

    /// Line breaks count as they do outside of all brackets.
    pub(super) fn leave_brackets(&mut self) {
        self.line_breaks.truncate(1);
        self.look();
    }

    /// How a token is called in a message.
    pub(super) fn describe(&self, token: Token) -> String {
        match token.kind {
            Kind::End => "the end of the file".to_owned(),
            Kind::Newline => "the end of the line".to_owned(),
            Kind::OpenQuote | Kind::OpenHeredoc => "a string".to_owned(),
            Kind::CloseQuote => "the end of the string".to_owned(),
            _ => format!("`{}`", self.text_of(token).trim_end()),
        }
    }

    fn body(&mut self, end: Kind) -> Body {
        let start = self.peek().start;
        let mut items: Vec<Item> = Vec::new();
        let mut seen = BTreeMap::new();
        loop {
            let token = self.peek();
            match token.kind {
                kind if kind == end => break,
                Kind::Newline => {
                    self.next();
                }
                Kind::End => break,
                _ => match self.item() {
                    Ok(Item::Attribute(attribute)) if self.is_duplicate(&mut seen, &attribute) => {}
                    Ok(item) => items.push(item),
                    Err(Failed) => self.recover(token),
                },
            }
        }
        Body { items: items.into(), span: self.span_from(start) }
    }

    fn is_duplicate(&mut self, seen: &mut BTreeMap<&'a str, Span>, attribute: &Attribute) -> bool {
        let name = &attribute.name;
        let text = self.text.get(name.span.start as usize..name.span.end as usize).unwrap_or("");
        let Some(first) = seen.insert(text, name.span) else { return false };
        let message = format!("`{}` is set twice", &*name.value);
        self.report(Diagnostic::error("duplicate", message, name.span).note("first here", first));
        true
    }

    fn item(&mut self) -> Parsed<Item> {
        let token = self.next();
        if token.kind != Kind::Ident {
            return Err(self.no_item(token));
        }
        let name = self.name(token);
        match self.peek().kind {
            Kind::Equal => {
                self.next();
                let attribute = self.attribute(name)?;
                self.end_of_line("an attribute")?;
                Ok(Item::Attribute(attribute))
            }
            Kind::OpenBrace | Kind::OpenQuote | Kind::Ident => {
                Ok(Item::Block(self.deeper(|parser| parser.block(name))?))
            }
            _ => {
                let found = self.describe(self.peek());
                let message = format!("expected `=` or a block after `{}`, found {found}", &*name.value);
                Err(self.error(message, name.span))
            }
        }
    }

    fn no_item(&mut self, token: Token) -> Failed {
        let at = self.span(token);
        let finding = match token.kind {
            Kind::OpenQuote => {
                Diagnostic::error("syntax", "the name of an attribute is written without quotes", at)
                    .help("a name that is no identifier goes into a map: `meta = { \"a.b\" = 1 }`")
            }
            Kind::CloseBrace => Diagnostic::error("syntax", "this `}` closes nothing", at),
            _ => {
                let message =
                    format!("expected the name of an attribute or a block, found {}", self.describe(token));
                Diagnostic::error("syntax", message, at)
            }
        };
        if self.recovered { Failed } else { self.report(finding) }
    }

    fn attribute(&mut self, name: Name) -> Parsed<Attribute> {
        let expr = self.expression()?;
        Ok(Attribute { name, expr })
    }

    fn end_of_line(&mut self, what: &str) -> Parsed<()> {
        let token = self.peek();
        match token.kind {
            Kind::Newline => {
                self.next();
                Ok(())
            }
            Kind::End => Ok(()),
            Kind::Comma => {
                let at = self.span(token);
                let finding =
                    Diagnostic::error("syntax", format!("{what} ends with its line, not with a comma"), at);
                Err(self.report(finding.help("remove the comma")))
            }
            _ => {
                let message =
                    format!("expected the end of the line after {what}, found {}", self.describe(token));
                let at = self.span(token);
                Err(self.error(message, at))
            }
        }
    }

    fn block(&mut self, ty: Name) -> Parsed<BlockSyntax> {
        let mut labels = Vec::with_capacity(1);
        loop {
            let token = self.peek();
            match token.kind {
                Kind::OpenBrace => break,
                Kind::OpenQuote => labels.push(self.label()?),
                Kind::Ident => {
                    self.next();
                    labels.push(self.name(token));
                }
                _ => return Err(self.bad_header(&ty, token)),
            }
        }
        let header = self.span_from(ty.span.start);
        let brace = self.next();
        let body = match self.peek().kind {
            Kind::Newline | Kind::End | Kind::CloseBrace => self.body(Kind::CloseBrace),
            _ => self.one_line_body()?,
        };
        if self.eat(Kind::CloseBrace).is_none() {
            let at = self.span(brace);
            let finding =
                Diagnostic::error("syntax", format!("the block `{}` is never closed", &*ty.value), at);
            return Err(if self.recovered { Failed } else { self.report(finding.help("a `}` is missing")) });
        }
        let span = self.span_from(ty.span.start);
        let block = BlockSyntax { ty, labels: labels.into(), body, header, span };
        self.end_of_line("a block")?;
        Ok(block)
    }

    fn bad_header(&mut self, ty: &Name, token: Token) -> Failed {
        let at = self.span(token);
        let name = &*ty.value;
        let finding = match token.kind {
            Kind::Equal => Diagnostic::error("syntax", format!("the block `{name}` takes no `=`"), at)
                .help("remove the `=`, or the label before it"),
            Kind::Newline => {
                Diagnostic::error("syntax", format!("the `{{` of the block `{name}` is missing"), at)
                    .help("the `{` stands on the line of the block's name")
            }
            _ => {
                let found = self.describe(token);
                Diagnostic::error(
                    "syntax",
                    format!("expected a label or `{{` in `{name}`, found {found}"),
                    at,
                )
            }
        };
        self.report(finding)
    }

    /// `{ name = expression }`.
    fn one_line_body(&mut self) -> Parsed<Body> {
        let token = self.next();
        if token.kind != Kind::Ident {
            return Err(self.no_item(token));
        }
        let name = self.name(token);
        if self.eat(Kind::Equal).is_none() {
            let finding =
                Diagnostic::error("syntax", "a block on one line can hold one attribute only", name.span);
            return Err(self.report(finding.help("write what is between the braces on lines of its own")));
        }
        let attribute = self.attribute(name)?;
        let close = self.peek();
        if close.kind != Kind::CloseBrace {
            let message = match close.kind {
                Kind::Comma => "a block on one line can hold one attribute only".to_owned(),
                _ => format!("expected `}}` on the same line, found {}", self.describe(close)),
            };
            let finding = Diagnostic::error("syntax", message, self.span(close));
            return Err(self.report(finding.help("write what is between the braces on lines of its own")));
        }
        let span = self.span_from(token.start);
        Ok(Body { items: vec![Item::Attribute(attribute)].into(), span })
    }

    fn label(&mut self) -> Parsed<Name> {
        let open = self.next();
        let mut text = Cow::Borrowed("");
        loop {
            let token = self.next();
            match token.kind {
                Kind::CloseQuote => break,
                Kind::Literal => text += self.unescape(token, true)?,
                Kind::Interpolation | Kind::Directive => {
                    let at = self.span(token);
                    let finding =
                        Diagnostic::error("syntax", "a label is written as it is, without `${…}`", at);
                    return Err(
                        self.report(finding.help("write `$${` or `%%{` for these characters themselves"))
                    );
                }
                _ => {
                    let at = self.span(open);
                    return Err(self.error("this string is never closed", at));
                }
            }
        }
        Ok(Spanned::new(text.into(), self.span_from(open.start)))
    }
}
