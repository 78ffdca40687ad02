//! Operators and `?:`. Both sides are always evaluated: nothing is cut short, as in Nomad.

use super::{Evaluated, Scope, equals, error};
use crate::hcl::Number;
use crate::hcl::number::NumberError;
use crate::hcl::syntax::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::hcl::types::{Type, article, convert, unify};
use crate::hcl::value::{Kind, Unknown, Value};
use crate::source::{Diagnostic, Span};

impl Scope<'_> {
    pub(super) fn binary(&self, op: BinaryOp, parts: &[Expr; 2], span: Span) -> Evaluated {
        let [left_expr, right_expr] = parts;
        let left = self.eval(left_expr)?;
        let right = self.eval(right_expr)?;
        let sensitive = left.sensitive || right.sensitive;
        let kind = match op {
            BinaryOp::Equal | BinaryOp::NotEqual => return Ok(equality(op, &left, &right, span)),
            BinaryOp::Or | BinaryOp::And => {
                let (left, right) =
                    (operand(&left, &Type::Bool, left_expr)?, operand(&right, &Type::Bool, right_expr)?);
                logic(op, &left, &right)
            }
            _ => {
                let (left, right) =
                    (operand(&left, &Type::Number, left_expr)?, operand(&right, &Type::Number, right_expr)?);
                match (&left.kind, &right.kind) {
                    (Kind::Number(left), Kind::Number(right)) => calculate(op, left, right, span)?,
                    (Kind::Unknown(unknown), _) | (_, Kind::Unknown(unknown)) => Kind::Unknown(Unknown {
                        ty: if is_comparison(op) { Type::Bool } else { Type::Number },
                        why: unknown.why.clone(),
                    }),
                    _ => return Err(error("type", "a number is required", span)),
                }
            }
        };
        Ok(Value { kind, at: span, sensitive })
    }

    pub(super) fn unary(&self, op: UnaryOp, operand_expr: &Expr, span: Span) -> Evaluated {
        let want = if op == UnaryOp::Negate { Type::Number } else { Type::Bool };
        let value = operand(&self.eval(operand_expr)?, &want, operand_expr)?;
        let kind = match value.kind {
            Kind::Number(number) => Kind::Number(number.negate()),
            Kind::Bool(bool) => Kind::Bool(!bool),
            other => other,
        };
        Ok(Value { kind, at: span, sensitive: value.sensitive })
    }

    /// `condition ? yes : no`. Both branches get one type; a branch that is not taken may fail.
    pub(super) fn conditional(&self, parts: &[Expr; 3], span: Span) -> Evaluated {
        let [condition, yes_expr, no_expr] = parts;
        let (yes, no) = (self.eval(yes_expr), self.eval(no_expr));
        let ty = common_type((&yes, yes_expr), (&no, no_expr), span)?;
        let condition_value = self.eval(condition)?;
        if condition_value.is_null() {
            return Err(error("null", "a condition is true or false, this is null", condition.span));
        }
        let decided = convert(&condition_value, &Type::Bool).map_err(|_| {
            let message = format!("a condition is true or false, this is {}", article(&condition_value.ty()));
            error("type", message, condition.span)
        })?;
        let (chosen, expr) = match &decided.kind {
            Kind::Bool(true) => (yes?, yes_expr),
            Kind::Bool(false) => (no?, no_expr),
            Kind::Unknown(unknown) => {
                let kind = Kind::Unknown(Unknown { ty: ty.unwrap_or(Type::Any), why: unknown.why.clone() });
                return Ok(Value { kind, at: span, sensitive: decided.sensitive });
            }
            _ => return Err(error("type", "a condition is true or false", condition.span)),
        };
        match ty {
            None => Ok(chosen),
            Some(ty) => convert(&chosen, &ty).map_err(|wrong| {
                let message =
                    format!("both sides of `?:` have one type, here {}: {}", article(&ty), wrong.message);
                error("type", message, expr.span)
            }),
        }
    }
}

/// What both branches become; `None` where it is not known, so that the value stays as it is.
fn common_type(
    yes: (&Evaluated, &Expr),
    no: (&Evaluated, &Expr),
    span: Span,
) -> Result<Option<Type>, Diagnostic> {
    let is_bare_null = |branch: &Evaluated| matches!(branch, Ok(Value { kind: Kind::Null(Type::Any), .. }));
    let (yes_type, no_type) = (branch_type(yes.0, yes.1), branch_type(no.0, no.1));
    if is_bare_null(yes.0) {
        return Ok(Some(no_type));
    }
    if is_bare_null(no.0) {
        return Ok(Some(yes_type));
    }
    if yes_type == Type::Any || no_type == Type::Any {
        return Ok(None);
    }
    if let Some(ty) = unify(&[yes_type.clone(), no_type.clone()], true) {
        return Ok(Some(ty));
    }
    let message = format!(
        "both sides of `?:` must have one type: here {} and {}",
        article(&yes_type),
        article(&no_type)
    );
    Err(error("type", message, yes.1.span.to(no.1.span).or(span)))
}

/// The type of a branch, also of one that fails if it would always have the same.
fn branch_type(branch: &Evaluated, expr: &Expr) -> Type {
    match (branch, &expr.kind) {
        (Ok(value), _) => value.ty(),
        (Err(_), ExprKind::Parens(inner)) => branch_type(branch, inner),
        (Err(_), ExprKind::Template(_)) => Type::String,
        (Err(_), ExprKind::Binary(op, _)) if is_arithmetic(*op) => Type::Number,
        (Err(_), ExprKind::Unary(UnaryOp::Negate, _)) => Type::Number,
        (Err(_), ExprKind::Binary(..) | ExprKind::Unary(..)) => Type::Bool,
        (Err(_), _) => Type::Any,
    }
}

fn operand(value: &Value, want: &Type, expr: &Expr) -> Evaluated {
    if value.is_null() {
        return Err(error("null", format!("{} is required, this is null", article(want)), expr.span));
    }
    convert(value, want).map_err(|wrong| {
        let message = match value.as_str() {
            Some(text) if value.at.is_some() => format!("{}, this is the string {text:?}", wrong.message),
            _ => wrong.message,
        };
        error("type", message, expr.span)
    })
}

fn equality(op: BinaryOp, left: &Value, right: &Value, span: Span) -> Value {
    let kind = if let Some(equal) = equals(left, right) {
        Kind::Bool(equal == (op == BinaryOp::Equal))
    } else {
        let unknown = left.first_unknown().or(right.first_unknown());
        let why = unknown.map_or_else(|| "".into(), |unknown| unknown.why.clone());
        Kind::Unknown(Unknown { ty: Type::Bool, why })
    };
    let sensitive = if left.is_null() == right.is_null() {
        left.holds_secret() || right.holds_secret()
    } else {
        left.sensitive || right.sensitive
    };
    Value { kind, at: span, sensitive }
}

/// A side that decides does so even if the other is unknown.
fn logic(op: BinaryOp, left: &Value, right: &Value) -> Kind {
    let decides = op == BinaryOp::Or;
    match (left.as_bool(), right.as_bool()) {
        (Some(left), Some(right)) => Kind::Bool(if decides { left || right } else { left && right }),
        (Some(known), None) | (None, Some(known)) if known == decides => Kind::Bool(decides),
        (None, _) => left.kind.clone(),
        (_, None) => right.kind.clone(),
    }
}

fn is_arithmetic(op: BinaryOp) -> bool {
    use BinaryOp::{Add, Divide, Modulo, Multiply, Subtract};
    matches!(op, Add | Subtract | Multiply | Divide | Modulo)
}

fn is_comparison(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual)
}

fn calculate(op: BinaryOp, left: &Number, right: &Number, span: Span) -> Result<Kind, Diagnostic> {
    let number = |result: Result<Number, NumberError>| {
        result.map(Kind::Number).map_err(|wrong| error("arithmetic", wrong.to_string(), span))
    };
    match op {
        BinaryOp::Less => Ok(Kind::Bool(left < right)),
        BinaryOp::LessOrEqual => Ok(Kind::Bool(left <= right)),
        BinaryOp::Greater => Ok(Kind::Bool(left > right)),
        BinaryOp::GreaterOrEqual => Ok(Kind::Bool(left >= right)),
        BinaryOp::Add => number(left.add(right)),
        BinaryOp::Subtract => number(left.subtract(right)),
        BinaryOp::Multiply => number(left.multiply(right)),
        BinaryOp::Divide => number(left.divide(right)),
        _ => number(left.modulo(right)),
    }
}
