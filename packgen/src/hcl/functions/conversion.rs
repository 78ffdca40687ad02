//! Functions that look at their arguments before they are evaluated: `try`, `can`, `convert`.

use super::{Flow, Function, Param, Run, Want};
use crate::hcl::eval::{Evaluated, Scope, error};
use crate::hcl::syntax::Call;
use crate::hcl::types::{Type, TypeRules, convert, parse_type};
use crate::hcl::value::{Kind, Unknown, Value};
use crate::source::{Diagnostic, Span};

const EXPRESSION: Param = Param::any("expression");

pub(super) const ROWS: &[Function] = &[
    syntax("can", &[EXPRESSION], can)
        .returns(Want::Bool)
        .doc("Whether an expression can be evaluated without an error."),
    syntax("convert", &[Param::any("value"), Param::any("type")], converted)
        .doc("The value as a value of the type, written as in `type = …`."),
    syntax("try", &[], attempt)
        .rest(EXPRESSION)
        .doc("The first of the expressions that can be evaluated without an error."),
];

const fn syntax(
    name: &'static str,
    params: &'static [Param],
    run: fn(&Scope<'_>, &Call, Span) -> Evaluated,
) -> Function {
    Function {
        name,
        params,
        rest: None,
        returns: Want::Any,
        purity: super::Purity::Pure,
        flow: Flow::Parts,
        in_nomad: true,
        doc: "",
        run: Run::Syntax(run),
    }
}

/// That evaluation has to stop is no error that could be caught.
fn is_final(finding: &Diagnostic) -> bool {
    matches!(finding.code, "too-much" | "too-deep")
}

/// The results of the arguments; what `...` spreads is evaluated before all others.
fn results<'a>(
    scope: &'a Scope<'a>,
    call: &'a Call,
) -> Result<Box<dyn Iterator<Item = Evaluated> + 'a>, Diagnostic> {
    let (plain, last) = match call.args.split_last() {
        Some((last, plain)) if call.spread => (plain, Some(last)),
        _ => (call.args.as_slice(), None),
    };
    let spread = match last {
        Some(last) => match super::spread(&scope.eval(last)?, last.span)? {
            Ok(items) => items,
            Err(unknown) => vec![Value::new(Kind::Unknown(unknown), last.span)],
        },
        None => Vec::new(),
    };
    Ok(Box::new(plain.iter().map(|arg| scope.eval(arg)).chain(spread.into_iter().map(Ok))))
}

fn attempt(scope: &Scope<'_>, call: &Call, span: Span) -> Evaluated {
    let mut reasons = Vec::new();
    for result in results(scope, call)? {
        match result {
            Ok(value) => match value.first_unknown() {
                None => return Ok(value),
                Some(unknown) => {
                    let kind = Kind::Unknown(Unknown { ty: Type::Any, why: unknown.why.clone() });
                    return Ok(Value { kind, at: span, sensitive: value.sensitive });
                }
            },
            Err(finding) if is_final(&finding) => return Err(finding),
            Err(finding) => reasons.push(finding),
        }
    }
    if reasons.is_empty() {
        return Err(error("arguments", "`try` needs at least one argument", span));
    }
    let failed = error("call-failed", "`try`: none of the expressions can be evaluated", span);
    Err(reasons.into_iter().fold(failed, |finding, reason| finding.note(reason.message, reason.at)))
}

fn can(scope: &Scope<'_>, call: &Call, span: Span) -> Evaluated {
    let mut all = results(scope, call)?;
    let (Some(result), None) = (all.next(), all.next()) else {
        return Err(error("arguments", "`can` takes one argument", span));
    };
    match result {
        Ok(value) => Ok(match value.first_unknown() {
            None => Value::bool(true).with_at(span),
            Some(unknown) => {
                Value::new(Kind::Unknown(Unknown { ty: Type::Bool, why: unknown.why.clone() }), span)
            }
        }),
        Err(finding) if is_final(&finding) => Err(finding),
        Err(_) => Ok(Value::bool(false).with_at(span)),
    }
}

fn converted(scope: &Scope<'_>, call: &Call, span: Span) -> Evaluated {
    let ([value, ty], false) = (call.args.as_slice(), call.spread) else {
        return Err(error("arguments", "`convert` takes two arguments: a value and a type", span));
    };
    let result = scope.eval(value)?;
    let ty = parse_type(ty, TypeRules::Any)?;
    convert(&result, &ty).map(|value| value.with_at(span)).map_err(|wrong| {
        let place = if wrong.path.is_empty() { String::new() } else { format!("in {}: ", wrong.path) };
        error("type", format!("`convert`: {place}{}", wrong.message), value.span)
    })
}
