//! Expressions → values, with the semantics of Nomad's own evaluator.
//!
//! Pure: whatever an expression may read comes through the [`Env`]. Nothing is evaluated twice (locals
//! are kept), nothing goes on for ever (depth, steps and bytes are counted), and a failing expression is
//! a [`Diagnostic`] with its place.

mod collections;
mod compare;
mod env;
mod files;
mod locals;
mod names;
mod operators;
mod steps;
mod template;

pub(crate) use collections::for_each_element;
pub use compare::equals;
pub use env::{Dialect, Env};
pub use files::{Files, NoFiles};
pub use locals::Settled;
pub use steps::{get_attr, index};

use super::functions;
use super::syntax::{Expr, ExprKind, NamePath};
use super::value::{Kind, Value};
use crate::lasting::Str;
use crate::source::{Diagnostic, Span};

/// What evaluation gives: a value, or what is wrong.
pub type Evaluated = Result<Value, Diagnostic>;

/// The names that can be seen at one place. Each loop adds a link; nothing is copied.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    env: &'a Env<'a>,
    link: Option<&'a Link<'a>>,
}

/// One name, or the element of a splat, and what was there before.
struct Link<'a> {
    name: Option<&'a str>,
    value: &'a Value,
    up: Option<&'a Link<'a>>,
}

impl<'a> Scope<'a> {
    pub(super) fn top(env: &'a Env<'a>) -> Self {
        Scope { env, link: None }
    }

    /// What the expressions may read.
    pub fn env(&self) -> &'a Env<'a> {
        self.env
    }

    /// Runs `inside` where `name` is `value`.
    pub fn with<T>(&self, name: &str, value: &Value, inside: impl FnOnce(&Scope<'_>) -> T) -> T {
        let link = Link { name: Some(name), value, up: self.link };
        inside(&Scope { env: self.env, link: Some(&link) })
    }

    /// Runs `inside` for one element of a splat.
    fn with_element<T>(&self, value: &Value, inside: impl FnOnce(&Scope<'_>) -> T) -> T {
        let link = Link { name: None, value, up: self.link };
        inside(&Scope { env: self.env, link: Some(&link) })
    }

    /// The value of an expression.
    pub fn eval(&self, expr: &Expr) -> Evaluated {
        match &expr.kind {
            ExprKind::Literal(literal) => return Ok(literal.value()),
            ExprKind::String(text) => return Ok(Value::new(Kind::String(text.clone()), expr.span)),
            _ => {}
        }
        self.env.enter(expr.span)?;
        let result = self.eval_inner(expr);
        self.env.leave();
        result
    }

    fn eval_inner(&self, expr: &Expr) -> Evaluated {
        match &expr.kind {
            ExprKind::Literal(literal) => Ok(literal.value()),
            ExprKind::String(text) => Ok(Value::new(Kind::String(text.clone()), expr.span)),
            ExprKind::Template(parts) => self.template(parts, expr.span),
            ExprKind::Wrap(inner) | ExprKind::Parens(inner) => self.eval(inner),
            ExprKind::Name(path) => self.name(path, expr.span),
            ExprKind::Steps(source, taken) => steps::follow(self.eval(source)?, taken),
            ExprKind::Index(source, key, brackets) => {
                let source = self.eval(source)?;
                steps::index(&source, &self.eval(key)?, *brackets)
            }
            ExprKind::Splat(source, each) => self.splat(source, each, expr.span),
            ExprKind::Element => Ok(self.element()),
            ExprKind::Call(call) => functions::call(self, call, expr.span),
            ExprKind::Conditional(parts) => self.conditional(parts, expr.span),
            ExprKind::Binary(op, parts) => self.binary(*op, parts, expr.span),
            ExprKind::Unary(op, operand) => self.unary(*op, operand, expr.span),
            ExprKind::Tuple(items) => self.tuple(items, expr.span),
            ExprKind::Object(items) => self.object(items, expr.span),
            ExprKind::For(each) => self.for_loop(each, expr.span),
            ExprKind::Join(each) => self.join(each, expr.span),
        }
    }

    fn name(&self, path: &NamePath, span: Span) -> Evaluated {
        let mut link = self.link;
        while let Some(own) = link {
            if own.name == Some(&*path.root.value) {
                return steps::follow(own.value.clone(), &path.steps);
            }
            link = own.up;
        }
        match self.env.root(path)? {
            Some((value, taken)) => steps::follow(value, path.steps.get(taken..).unwrap_or_default()),
            None => names::unresolved(self, path, span),
        }
    }

    /// Names that are bound here, for suggestions.
    fn bound_names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        let mut link = self.link;
        while let Some(own) = link {
            names.extend(own.name);
            link = own.up;
        }
        names
    }

    fn element(&self) -> Value {
        let mut link = self.link;
        while let Some(own) = link {
            if own.name.is_none() {
                return own.value.clone();
            }
            link = own.up;
        }
        Value::unknown(super::Type::Any, Str::Fixed("the element of a splat"))
    }
}

/// Adds what is said about a failing part to the finding.
pub(crate) fn error(code: &'static str, message: impl Into<String>, at: Span) -> Diagnostic {
    Diagnostic::error(code, message, at)
}

#[cfg(test)]
mod tests;
