//! Expressions: operators, steps, calls, collections, loops.

use std::borrow::Cow;

use super::ast::{BinaryOp, Call, Expr, ExprKind, Literal, NamePath, Step, UnaryOp};
use super::lexer::{Kind, Token};
use super::parser::{Failed, Parsed, Parser};
use crate::hcl::{Kind as ValueKind, Number, Value};
use crate::lasting::List;
use crate::source::{Diagnostic, Span, Spanned};
use crate::tree::Name;

/// How deep an expression may be, chains of operators and steps included: evaluation goes down that far.
const MAX_HEIGHT: u16 = 200;

/// How many parts, arguments or steps most expressions have: room for more is only made if there are more.
pub(super) const FEW: usize = 2;

impl<'a> Parser<'a> {
    /// A text that is one expression and nothing else.
    pub(super) fn whole_expression(&mut self) -> Parsed<Expr> {
        let expr = self.with_line_breaks(false, Self::expression)?;
        let rest = self.with_line_breaks(false, |parser| parser.peek());
        if rest.kind != Kind::End {
            let message = format!("expected the end of the expression, found {}", self.describe(rest));
            let at = self.span(rest);
            return Err(self.error(message, at));
        }
        Ok(expr)
    }

    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.deeper(Self::conditional)
    }

    /// An expression of parts that reach `below` levels down.
    pub(super) fn node(&mut self, kind: ExprKind, span: Span, below: u16) -> Parsed<Expr> {
        if below >= MAX_HEIGHT {
            return Err(self.error(format!("this expression has more than {MAX_HEIGHT} levels"), span));
        }
        Ok(Expr { kind, span, height: below + 1 })
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let condition = self.binary(0)?;
        if self.eat(Kind::Question).is_none() {
            return Ok(condition);
        }
        let yes = self.expression()?;
        if self.eat(Kind::Colon).is_none() {
            let token = self.peek();
            let message = format!("expected `:` and what holds otherwise, found {}", self.describe(token));
            let at = self.span(token);
            return Err(self.error(message, at));
        }
        let no = self.expression()?;
        let span = condition.span.to(no.span);
        let below = condition.height.max(yes.height).max(no.height);
        self.node(ExprKind::Conditional([condition, yes, no].into()), span, below)
    }

    /// Operators that bind at least as strongly as `least`, from the left.
    fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let mut left = self.operand()?;
        while let Some((op, strength)) = operator(self.peek().kind)
            && strength >= least
        {
            self.next();
            let right = self.deeper(|parser| parser.binary(strength + 1))?;
            let span = left.span.to(right.span);
            let below = left.height.max(right.height);
            left = self.node(ExprKind::Binary(op, [left, right].into()), span, below)?;
        }
        Ok(left)
    }

    /// A term and the steps into it.
    fn operand(&mut self) -> Parsed<Expr> {
        let term = self.term()?;
        self.steps(term)
    }

    fn term(&mut self) -> Parsed<Expr> {
        let token = self.peek();
        match token.kind {
            Kind::OpenParen => self.parens(),
            Kind::Number => {
                self.next();
                let value = self.number(token)?;
                let is_word = value.as_number().is_some_and(|number| number.to_i64().is_some());
                let literal = if is_word {
                    Literal::Value(value)
                } else {
                    Literal::Decimal(self.text_of(token).into(), self.span(token))
                };
                self.node(ExprKind::Literal(literal), self.span(token), 0)
            }
            Kind::Ident => self.word(),
            Kind::OpenQuote | Kind::OpenHeredoc => self.string(),
            Kind::Minus => self.unary(UnaryOp::Negate),
            Kind::Bang => self.unary(UnaryOp::Not),
            Kind::OpenBracket => self.tuple(),
            Kind::OpenBrace => self.object(),
            _ => Err(self.no_expression(token)),
        }
    }

    fn no_expression(&mut self, token: Token) -> Failed {
        let at = self.span(token);
        if matches!(token.kind, Kind::Invalid | Kind::LiteralNewline) {
            return Failed;
        }
        let message = format!("expected a value, found {}", self.describe(token));
        self.error(message, at)
    }

    fn parens(&mut self) -> Parsed<Expr> {
        let open = self.next();
        let inner = self.with_line_breaks(false, |parser| {
            let inner = parser.expression()?;
            parser.close(Kind::CloseParen, open, ")")?;
            Ok(inner)
        })?;
        let below = inner.height;
        self.node(ExprKind::Parens(inner.into()), self.span_from(open.start), below)
    }

    /// Takes the bracket that belongs to `open`.
    pub(super) fn close(&mut self, kind: Kind, open: Token, expected: &str) -> Parsed<()> {
        if self.eat(kind).is_some() {
            return Ok(());
        }
        let token = self.peek();
        let message = format!("expected `{expected}`, found {}", self.describe(token));
        let finding = Diagnostic::error("syntax", message, self.span(token));
        let at = self.span(open);
        Err(self.report(finding.note("opened here", at)))
    }

    fn unary(&mut self, op: UnaryOp) -> Parsed<Expr> {
        let token = self.next();
        let operand = self.deeper(Self::operand)?;
        let below = operand.height;
        let span = self.span(token).to(operand.span);
        self.node(ExprKind::Unary(op, operand.into()), span, below)
    }

    fn number(&mut self, token: Token) -> Parsed<Value> {
        let at = self.span(token);
        match Number::parse(self.text_of(token)) {
            Ok(number) => Ok(Value::number(number).with_at(at)),
            Err(error) => Err(self.error(format!("`{}`: {error}", self.text_of(token)), at)),
        }
    }

    fn word(&mut self) -> Parsed<Expr> {
        let token = self.next();
        let span = self.span(token);
        if matches!(self.peek().kind, Kind::OpenParen | Kind::DoubleColon) {
            return self.call(token);
        }
        let kind = match self.text_of(token) {
            "true" => ExprKind::Literal(Value::bool(true).with_at(span).into()),
            "false" => ExprKind::Literal(Value::bool(false).with_at(span).into()),
            "null" => ExprKind::Literal(Value::null().with_at(span).into()),
            _ => ExprKind::Name(NamePath { root: self.name(token), steps: List::default() }),
        };
        self.node(kind, span, 0)
    }

    fn call(&mut self, first: Token) -> Parsed<Expr> {
        let name = self.function_name(first)?;
        let open = self.next();
        let (args, spread) = self.with_line_breaks(false, |parser| parser.arguments(open))?;
        let below = args.iter().map(|arg| arg.height).max().unwrap_or(0);
        let span = self.span_from(first.start);
        self.node(ExprKind::Call(Call { name, args: args.into(), spread }), span, below)
    }

    fn function_name(&mut self, first: Token) -> Parsed<Name> {
        let mut name: Cow<'a, str> = self.text_of(first).into();
        while self.eat(Kind::DoubleColon).is_some() {
            let part = self.peek();
            if part.kind != Kind::Ident {
                let at = self.span(part);
                return Err(self.error("expected the name of a function after `::`", at));
            }
            self.next();
            name = format!("{name}::{}", self.text_of(part)).into();
        }
        let span = self.span_from(first.start);
        if self.peek().kind != Kind::OpenParen {
            return Err(self.error(format!("expected `(` after the function `{name}`"), span));
        }
        Ok(Spanned::new(name.into(), span))
    }

    fn arguments(&mut self, open: Token) -> Parsed<(Vec<Expr>, bool)> {
        let mut args = Vec::with_capacity(FEW);
        loop {
            if self.eat(Kind::CloseParen).is_some() {
                return Ok((args, false));
            }
            args.push(self.expression()?);
            if self.eat(Kind::Ellipsis).is_some() {
                self.close(Kind::CloseParen, open, ")")?;
                return Ok((args, true));
            }
            if self.eat(Kind::Comma).is_none() {
                self.close(Kind::CloseParen, open, ",` or `)")?;
                return Ok((args, false));
            }
        }
    }

    /// `.a`, `.0`, `.*`, `[…]` and `[*]` as long as they follow.
    pub(super) fn steps(&mut self, from: Expr) -> Parsed<Expr> {
        let mut expr = from;
        loop {
            let token = self.peek();
            expr = match token.kind {
                Kind::Dot => {
                    self.next();
                    if self.eat(Kind::Star).is_some() {
                        self.old_splat(expr, token)?
                    } else {
                        self.dot(expr, token)?
                    }
                }
                Kind::OpenBracket => {
                    self.next();
                    if self.eat(Kind::Star).is_some() {
                        self.splat(expr, token)?
                    } else {
                        self.index(expr, token)?
                    }
                }
                _ => return Ok(expr),
            };
        }
    }

    fn dot(&mut self, source: Expr, dot: Token) -> Parsed<Expr> {
        let step = self.dot_step(dot)?;
        self.step(source, step)
    }

    /// What may follow a `.`: a name, or a number as of old.
    fn dot_step(&mut self, dot: Token) -> Parsed<Step> {
        let token = self.peek();
        match token.kind {
            Kind::Ident => {
                self.next();
                Ok(Step::Attr(Spanned::new(self.text_of(token).into(), self.span_from(dot.start))))
            }
            Kind::Number => {
                self.next();
                if let Some((first, second)) = self.text_of(token).split_once('.') {
                    let at = self.span(token);
                    let finding = Diagnostic::error("syntax", "two indexes cannot be written with dots", at);
                    return Err(self.report(finding.help(format!("write `[{first}][{second}]`"))));
                }
                let value = self.number(token)?;
                Ok(Step::Index(value.into(), self.span_from(dot.start)))
            }
            _ => {
                let at = self.span(dot);
                let message = format!("expected a name after `.`, found {}", self.describe(token));
                Err(self.error(message, at))
            }
        }
    }

    /// Adds a constant step, to the path that is there if there is one.
    fn step(&mut self, source: Expr, step: Step) -> Parsed<Expr> {
        let span = source.span.to(step.span());
        let height = source.height;
        match source.kind {
            ExprKind::Name(mut path) => {
                if path.steps.is_empty() {
                    path.steps = Vec::with_capacity(FEW).into();
                }
                path.steps.push(step);
                Ok(Expr { kind: ExprKind::Name(path), span, height })
            }
            ExprKind::Steps(inner, mut steps) => {
                steps.push(step);
                Ok(Expr { kind: ExprKind::Steps(inner, steps), span, height })
            }
            _ => self.node(ExprKind::Steps(source.into(), vec![step].into()), span, height),
        }
    }

    /// `.*` takes only steps with dots along.
    fn old_splat(&mut self, source: Expr, dot: Token) -> Parsed<Expr> {
        let mut each = self.node(ExprKind::Element, self.span_from(dot.start), 0)?;
        while let Some(dot) = self.eat(Kind::Dot) {
            each = self.dot(each, dot)?;
        }
        self.finish_splat(source, each)
    }

    /// `[*]` takes all the steps after it along.
    fn splat(&mut self, source: Expr, open: Token) -> Parsed<Expr> {
        self.close(Kind::CloseBracket, open, "]")?;
        let element = self.node(ExprKind::Element, self.span_from(open.start), 0)?;
        let each = self.deeper(|parser| parser.steps(element))?;
        self.finish_splat(source, each)
    }

    fn finish_splat(&mut self, source: Expr, each: Expr) -> Parsed<Expr> {
        let span = source.span.to(each.span);
        let below = source.height.max(each.height);
        self.node(ExprKind::Splat(source.into(), each.into()), span, below)
    }

    fn index(&mut self, source: Expr, open: Token) -> Parsed<Expr> {
        let key = self.with_line_breaks(false, |parser| {
            let key = parser.expression()?;
            parser.close(Kind::CloseBracket, open, "]")?;
            Ok(key)
        })?;
        let brackets = self.span_from(open.start);
        match key.kind {
            ExprKind::Literal(key) => self.step(source, Step::Index(key.value().into(), brackets)),
            ExprKind::String(text) => {
                let value = Value::new(ValueKind::String(text), key.span);
                self.step(source, Step::Index(value.into(), brackets))
            }
            _ => {
                let span = source.span.to(brackets);
                let below = source.height.max(key.height);
                self.node(ExprKind::Index(source.into(), key.into(), brackets), span, below)
            }
        }
    }
}

/// The operator and how strongly it binds.
fn operator(kind: Kind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        Kind::OrOr => (BinaryOp::Or, 0),
        Kind::AndAnd => (BinaryOp::And, 1),
        Kind::EqualEqual => (BinaryOp::Equal, 2),
        Kind::NotEqual => (BinaryOp::NotEqual, 2),
        Kind::Less => (BinaryOp::Less, 3),
        Kind::LessOrEqual => (BinaryOp::LessOrEqual, 3),
        Kind::Greater => (BinaryOp::Greater, 3),
        Kind::GreaterOrEqual => (BinaryOp::GreaterOrEqual, 3),
        Kind::Plus => (BinaryOp::Add, 4),
        Kind::Minus => (BinaryOp::Subtract, 4),
        Kind::Star => (BinaryOp::Multiply, 5),
        Kind::Slash => (BinaryOp::Divide, 5),
        Kind::Percent => (BinaryOp::Modulo, 5),
        _ => return None,
    })
}
