//! Lists, objects and loops.

use super::ast::{Expr, ExprKind, ForExpr, Literal, ObjectItem, ObjectKey};
use super::expression::FEW;
use super::lexer::{Kind, Token};
use super::parser::{Parsed, Parser};
use crate::hcl::{Text, Value};
use crate::source::Diagnostic;

impl Parser<'_> {
    pub(super) fn tuple(&mut self) -> Parsed<Expr> {
        let open = self.next();
        self.with_line_breaks(false, |parser| {
            if parser.is_word("for") {
                return parser.for_loop(open, Kind::CloseBracket);
            }
            let mut items = Vec::with_capacity(FEW);
            while parser.eat(Kind::CloseBracket).is_none() {
                items.push(parser.expression()?);
                if parser.eat(Kind::Comma).is_none() {
                    parser.close(Kind::CloseBracket, open, ",` or `]")?;
                    break;
                }
            }
            let below = items.iter().map(|item| item.height).max().unwrap_or(0);
            parser.node(ExprKind::Tuple(items.into()), parser.span_from(open.start), below)
        })
    }

    pub(super) fn object(&mut self) -> Parsed<Expr> {
        let open = self.next();
        let is_loop = self.with_line_breaks(false, |parser| parser.is_word("for"));
        if is_loop {
            return self.with_line_breaks(false, |parser| parser.for_loop(open, Kind::CloseBrace));
        }
        self.with_line_breaks(true, |parser| {
            let (mut items, mut below) = (Vec::with_capacity(FEW), 0);
            loop {
                while parser.eat(Kind::Newline).is_some() {}
                if parser.eat(Kind::CloseBrace).is_some() {
                    break;
                }
                let (item, height) = parser.object_item()?;
                below = below.max(height);
                items.push(item);
                if parser.eat(Kind::Comma).is_none() && parser.eat(Kind::Newline).is_none() {
                    parser.close(Kind::CloseBrace, open, "}")?;
                    break;
                }
            }
            parser.node(ExprKind::Object(items.into()), parser.span_from(open.start), below)
        })
    }

    pub(super) fn object_item(&mut self) -> Parsed<(ObjectItem, u16)> {
        let parens = self.peek().kind == Kind::OpenParen;
        let key = self.expression()?;
        let token = self.peek();
        if !matches!(token.kind, Kind::Equal | Kind::Colon) {
            let message = format!("expected `=` and a value after the key, found {}", self.describe(token));
            let finding = Diagnostic::error("syntax", message, self.span(token));
            return Err(self.report(finding.help("a key that is no plain word is written in quotes")));
        }
        self.next();
        let value = self.expression()?;
        let height = key.height.max(value.height);
        let key = match &key.kind {
            _ if parens => ObjectKey::Expr(key.into()),
            ExprKind::Name(path) if path.steps.is_empty() => {
                ObjectKey::Word(path.root.value.clone().into(), key.span)
            }
            ExprKind::Name(_) => {
                let finding =
                    Diagnostic::error("syntax", "this key could be a name or a reference", key.span);
                return Err(self.report(finding.help("write it in quotes, or a reference in parentheses")));
            }
            ExprKind::Literal(Literal::Value(value)) if value.as_number().is_none() => {
                ObjectKey::Word(literal_word(value), key.span)
            }
            _ => ObjectKey::Expr(key.into()),
        };
        Ok((ObjectItem { key, value }, height))
    }

    /// After the opening bracket, at the word `for`.
    pub(super) fn for_loop(&mut self, open: Token, close: Kind) -> Parsed<Expr> {
        let keyword = self.next();
        let (key_name, value_name) = self.loop_names(keyword)?;
        let collection = self.expression()?;
        if self.eat(Kind::Colon).is_none() {
            let token = self.peek();
            let at = self.span(token);
            let message =
                format!("expected `:` after what the loop goes over, found {}", self.describe(token));
            return Err(self.error(message, at));
        }
        let first = self.expression()?;
        let (key, value) = match self.eat(Kind::FatArrow) {
            Some(_) => (Some(first), self.expression()?),
            None => (None, first),
        };
        let group = self.eat(Kind::Ellipsis);
        let condition = if self.is_word("if") {
            self.next();
            Some(self.expression()?)
        } else {
            None
        };
        self.close(close, open, if close == Kind::CloseBrace { "}" } else { "]" })?;
        self.check_loop(close, key.as_ref(), &value, group)?;
        let parts = [Some(&collection), key.as_ref(), Some(&value), condition.as_ref()];
        let below = parts.into_iter().flatten().map(|part| part.height).max().unwrap_or(0);
        let each =
            ForExpr { key_name, value_name, collection, key, value, condition, group: group.is_some() };
        self.node(ExprKind::For(each.into()), self.span_from(open.start), below)
    }

    pub(super) fn check_loop(
        &mut self,
        close: Kind,
        key: Option<&Expr>,
        value: &Expr,
        group: Option<Token>,
    ) -> Parsed<()> {
        match (close, key, group) {
            (Kind::CloseBrace, None, _) => {
                let finding =
                    Diagnostic::error("syntax", "a loop in `{}` needs a key: `key => value`", value.span);
                Err(self.report(finding.help("write `[for …]` for a list")))
            }
            (Kind::CloseBracket, Some(key), _) => {
                let finding = Diagnostic::error("syntax", "a loop in `[]` has no keys", key.span);
                Err(self.report(finding.help("write `{for …}` for an object")))
            }
            (Kind::CloseBracket, _, Some(token)) => {
                let at = self.span(token);
                Err(self.error("`...` collects elements of the same key, and a loop in `[]` has no keys", at))
            }
            _ => Ok(()),
        }
    }
}

fn literal_word(value: &Value) -> Text {
    match value.as_bool() {
        Some(true) => "true".into(),
        Some(false) => "false".into(),
        None => "null".into(),
    }
}
