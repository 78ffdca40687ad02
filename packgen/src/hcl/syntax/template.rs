//! Strings: literal pieces, `${…}`, `%{…}`, what `~` and `<<-` take away, and the tree of directives.

use std::borrow::Cow;

use super::ast::{Expr, ExprKind, ForExpr};
use super::expression::FEW;
use super::lexer::{Kind, Token};
use super::parser::{Parsed, Parser};
use crate::hcl::Text;
use crate::lasting::Str;
use crate::source::{Diagnostic, Span};

/// A piece of a string before directives are put together.
enum Piece<'a> {
    Literal(Cow<'a, str>),
    Value(Expr),
    If(Expr, Span),
    For(LoopHead, Span),
    Else(Span),
    EndIf(Span),
    EndFor(Span),
}

struct LoopHead {
    key_name: Option<Str>,
    value_name: Str,
    collection: Expr,
}

/// The pieces, read from the front.
type Pieces<'a> = std::iter::Peekable<std::vec::IntoIter<Piece<'a>>>;

impl<'a> Parser<'a> {
    /// A string in quotes or a heredoc.
    pub(super) fn string(&mut self) -> Parsed<Expr> {
        let open = self.next();
        if let Some(token) = self.lone_literal() {
            let text = self.unescape(token, true)?;
            self.next();
            return self.node(ExprKind::String((&*text).into()), self.span_from(open.start), 0);
        }
        let (end, quoted) =
            if open.kind == Kind::OpenQuote { (Kind::CloseQuote, true) } else { (Kind::CloseHeredoc, false) };
        let mut pieces = self.pieces(end, quoted, open)?;
        if self.text_of(open).starts_with("<<-") {
            dedent(&mut pieces);
        }
        let span = self.span_from(open.start);
        self.assemble(pieces, span)
    }

    /// A whole text.
    pub(super) fn whole_template(&mut self) -> Parsed<Expr> {
        let start = self.peek();
        let pieces = self.pieces(Kind::End, false, start)?;
        let span = Span { end: u32::try_from(self.text.len()).unwrap_or(u32::MAX), ..self.span(start) };
        self.assemble(pieces, Span { start: 0, ..span })
    }

    fn pieces(&mut self, end: Kind, quoted: bool, open: Token) -> Parsed<Vec<Piece<'a>>> {
        let mut pieces = Vec::with_capacity(FEW);
        let mut trim_next = false;
        loop {
            let token = self.next();
            let trim = std::mem::take(&mut trim_next);
            match token.kind {
                kind if kind == end => return Ok(pieces),
                Kind::Literal => {
                    let text = self.unescape(token, quoted)?;
                    let blank = if trim { text.len() - text.trim_start().len() } else { 0 };
                    pieces.push(Piece::Literal(without(text, blank)));
                }
                Kind::Interpolation | Kind::Directive => {
                    if self.text_of(token).ends_with('~')
                        && let Some(Piece::Literal(text)) = pieces.last_mut()
                    {
                        *text = text.trim_end().to_owned().into();
                    }
                    let piece = self.with_line_breaks(false, |parser| parser.sequence(token))?;
                    trim_next = self.text_of(piece.1).starts_with('~');
                    pieces.push(piece.0);
                }
                _ => return Err(self.unclosed(open, token)),
            }
        }
    }

    fn unclosed(&mut self, open: Token, token: Token) -> super::parser::Failed {
        if matches!(token.kind, Kind::Invalid | Kind::LiteralNewline) {
            return super::parser::Failed;
        }
        let finding = Diagnostic::error("syntax", "this string is never closed", self.span(open));
        let finding = match open.kind {
            Kind::OpenHeredoc => {
                let marker = self.text_of(open).trim_start_matches(['<', '-']).trim();
                finding
                    .help(format!("a line that holds nothing but `{marker}`, line break included, ends it"))
            }
            _ => finding.help("a `\"` is missing"),
        };
        self.report(finding)
    }

    /// `${…}` or `%{…}` after its opening; gives the closing token too.
    fn sequence(&mut self, open: Token) -> Parsed<(Piece<'a>, Token)> {
        let piece = if open.kind == Kind::Interpolation {
            Piece::Value(self.expression()?)
        } else {
            self.directive(open)?
        };
        let close = self.peek();
        if close.kind == Kind::SequenceEnd {
            self.next();
            return Ok((piece, close));
        }
        let found = self.describe(close);
        let finding = Diagnostic::error("syntax", format!("expected `}}`, found {found}"), self.span(close))
            .note("opened here", self.span(open))
            .help("for text that is not meant for this language write `$${` or `%%{`");
        Err(self.report(finding))
    }

    fn directive(&mut self, open: Token) -> Parsed<Piece<'a>> {
        let keyword = self.peek();
        let word = if keyword.kind == Kind::Ident { self.text_of(keyword) } else { "" };
        let at = self.span(open).to(self.span(keyword));
        if matches!(word, "if" | "for" | "else" | "endif" | "endfor") {
            self.next();
        }
        match word {
            "if" => Ok(Piece::If(self.expression()?, at)),
            "else" => Ok(Piece::Else(at)),
            "endif" => Ok(Piece::EndIf(at)),
            "endfor" => Ok(Piece::EndFor(at)),
            "for" => {
                let (key_name, value_name) = self.loop_names(keyword)?;
                let collection = self.expression()?;
                Ok(Piece::For(LoopHead { key_name, value_name, collection }, at))
            }
            _ => {
                let message = format!("expected a directive, found {}", self.describe(keyword));
                let finding = Diagnostic::error("syntax", message, self.span(keyword));
                Err(self.report(
                    finding.help("there are if, else, endif, for and endfor; `%%{` is the text `%{`"),
                ))
            }
        }
    }

    /// `key, value in` or `value in`.
    pub(super) fn loop_names(&mut self, keyword: Token) -> Parsed<(Option<Str>, Str)> {
        let first = self.loop_name(keyword)?;
        let (key, value) = match self.eat(Kind::Comma) {
            Some(_) => (Some(first), self.loop_name(keyword)?),
            None => (None, first),
        };
        if !self.is_word("in") {
            let message =
                format!("expected `in` after the names of the loop, found {}", self.describe(self.peek()));
            let at = self.span(self.peek());
            return Err(self.error(message, at));
        }
        self.next();
        Ok((key, value))
    }

    fn loop_name(&mut self, keyword: Token) -> Parsed<Str> {
        if let Some(token) = self.eat(Kind::Ident) {
            return Ok(self.text_of(token).into());
        }
        let message = format!("expected a name after `for`, found {}", self.describe(self.peek()));
        let at = self.span(keyword);
        Err(self.error(message, at))
    }

    /// Pieces → one expression. A lone `${…}` keeps its type.
    fn assemble(&mut self, mut pieces: Vec<Piece<'a>>, span: Span) -> Parsed<Expr> {
        pieces.dedup_by(melds);
        let lone = matches!(pieces.as_slice(), [Piece::Value(_)]);
        let mut pieces = pieces.into_iter().peekable();
        let mut parts = self.parts(&mut pieces, span)?;
        if let Some(Piece::Else(at) | Piece::EndIf(at) | Piece::EndFor(at)) = pieces.next() {
            return Err(self.error("this directive closes nothing that is open", at));
        }
        match parts.pop() {
            Some(only) if lone => {
                let below = only.height;
                self.node(ExprKind::Wrap(only.into()), span, below)
            }
            Some(last) => {
                parts.push(last);
                self.joined(parts, span)
            }
            None => self.joined(parts, span),
        }
    }

    fn joined(&mut self, mut parts: Vec<Expr>, span: Span) -> Parsed<Expr> {
        match parts.as_mut_slice() {
            [] => return self.node(ExprKind::String(Text::from("")), span, 0),
            [Expr { kind: ExprKind::String(text), .. }] => {
                let text = text.clone();
                return self.node(ExprKind::String(text), span, 0);
            }
            _ => {}
        }
        let below = parts.iter().map(|part| part.height).max().unwrap_or(0);
        self.node(ExprKind::Template(parts.into()), span, below)
    }

    /// Pieces up to a directive that closes something.
    fn parts(&mut self, pieces: &mut Pieces<'a>, whole: Span) -> Parsed<Vec<Expr>> {
        let mut parts = Vec::with_capacity(FEW);
        while pieces
            .peek()
            .is_some_and(|piece| !matches!(piece, Piece::Else(_) | Piece::EndIf(_) | Piece::EndFor(_)))
        {
            let part = match pieces.next() {
                Some(Piece::Literal(text)) => self.node(ExprKind::String((&*text).into()), whole, 0)?,
                Some(Piece::Value(expr)) => expr,
                Some(Piece::If(condition, at)) => {
                    self.deeper(|parser| parser.branches(condition, at, pieces, whole))?
                }
                Some(Piece::For(head, at)) => self.deeper(|parser| parser.turns(head, at, pieces, whole))?,
                _ => break,
            };
            parts.push(part);
        }
        Ok(parts)
    }

    fn branches(&mut self, condition: Expr, at: Span, pieces: &mut Pieces<'a>, whole: Span) -> Parsed<Expr> {
        let yes = self.parts(pieces, whole)?;
        let yes = self.joined(yes, at)?;
        let no = if pieces.next_if(|piece| matches!(piece, Piece::Else(_))).is_some() {
            self.parts(pieces, whole)?
        } else {
            Vec::new()
        };
        let no = self.joined(no, at)?;
        if pieces.next_if(|piece| matches!(piece, Piece::EndIf(_))).is_none() {
            return Err(self.error("this `%{ if }` has no `%{ endif }`", at));
        }
        let below = condition.height.max(yes.height).max(no.height);
        self.node(ExprKind::Conditional([condition, yes, no].into()), at, below)
    }

    fn turns(&mut self, head: LoopHead, at: Span, pieces: &mut Pieces<'a>, whole: Span) -> Parsed<Expr> {
        let value = self.parts(pieces, whole)?;
        let value = self.joined(value, at)?;
        if pieces.next_if(|piece| matches!(piece, Piece::EndFor(_))).is_none() {
            return Err(self.error("this `%{ for }` has no `%{ endfor }`", at));
        }
        let below = head.collection.height.max(value.height);
        let LoopHead { key_name, value_name, collection } = head;
        let each =
            ForExpr { key_name, value_name, collection, key: None, value, condition: None, group: false };
        self.node(ExprKind::Join(each.into()), at, below)
    }
}

/// Takes from each line the blanks that all lines have in common. Lines count as they were written: what
/// an interpolation brings does not, and lines of blanks only stay as they are.
fn dedent(pieces: &mut [Piece<'_>]) {
    let mut common = usize::MAX;
    let mut line_start = true;
    let mut starts = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Literal(text) = piece else {
            if std::mem::take(&mut line_start) {
                common = 0;
            }
            continue;
        };
        if std::mem::take(&mut line_start) {
            let blanks = text.len() - text.trim_start().len();
            if blanks < text.len() || !text.ends_with('\n') {
                common = common.min(text.get(..blanks).unwrap_or("").chars().count());
                starts.push(at);
            }
        }
        line_start = text.ends_with('\n');
    }
    for at in starts {
        if let Some(Piece::Literal(text)) = pieces.get_mut(at) {
            let kept = text.char_indices().nth(common).map_or(text.len(), |(offset, _)| offset);
            *text = without(std::mem::take(text), kept);
        }
    }
}

/// Joins a literal to the one before it.
fn melds(piece: &mut Piece<'_>, before: &mut Piece<'_>) -> bool {
    match (before, piece) {
        (Piece::Literal(before), Piece::Literal(text)) => {
            before.to_mut().push_str(text);
            true
        }
        _ => false,
    }
}

/// A literal without its first bytes.
fn without(text: Cow<'_, str>, bytes: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text.get(bytes..).unwrap_or("").into(),
        Cow::Owned(text) => text.get(bytes..).unwrap_or("").to_owned().into(),
    }
}
