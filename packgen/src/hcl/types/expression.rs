//! Types as they are written: `list(string)`, `object({ a = optional(number, 1) })`.

use super::{Field, Type, convert, nearest};
use crate::hcl::eval::{Dialect, Env, error};
use crate::hcl::syntax::{Call, Expr, ExprKind, ObjectItem, ObjectKey};
use crate::source::{Diagnostic, SourceMap, Span};

/// What may be written in a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeRules {
    /// As Nomad reads the type of a variable: neither `any` nor `optional`.
    Exact,
    /// `any` too.
    Any,
    /// `any` and `optional` too: packs.
    Optional,
}

const WORDS: [&str; 9] = ["any", "bool", "list", "map", "number", "object", "set", "string", "tuple"];

/// The type that an expression stands for.
pub fn parse_type(expr: &Expr, rules: TypeRules) -> Result<Type, Diagnostic> {
    match &expr.kind {
        ExprKind::Call(call) => constructed(call, rules, expr.span),
        _ => match expr.as_word() {
            Some("bool") => Ok(Type::Bool),
            Some("number") => Ok(Type::Number),
            Some("string") => Ok(Type::String),
            Some("any") if rules != TypeRules::Exact => Ok(Type::Any),
            Some("any") => {
                let finding = error("type", "Nomad takes no variables of type `any`", expr.span);
                Err(finding.help("leave `type` out, or say what it is"))
            }
            Some(word @ ("list" | "set" | "map")) => Err(error(
                "type",
                format!("`{word}` needs the type of its elements: {word}(string)"),
                expr.span,
            )),
            Some(word @ ("object" | "tuple")) => {
                let shown =
                    if word == "object" { "object({ name = string })" } else { "tuple([string, number])" };
                Err(error("type", format!("`{word}` needs its parts: {shown}"), expr.span))
            }
            Some(word) => Err(no_type(word, expr.span)),
            None => Err(no_words(expr)),
        },
    }
}

fn no_words(expr: &Expr) -> Diagnostic {
    let finding = error("type", "a type is required", expr.span);
    match &expr.kind {
        ExprKind::String(text) => finding.help(format!("write it without quotes: {}", text.as_str())),
        _ => finding
            .help("for example string, number, bool, list(string), map(number), object({ name = string })"),
    }
}

fn no_type(word: &str, at: Span) -> Diagnostic {
    let close = nearest(word, WORDS.into_iter()).map(|close| format!("did you mean `{close}`?"));
    let known = format!("there are {}", WORDS.join(", "));
    error("type", format!("there is no type `{word}`"), at).help(close.unwrap_or(known))
}

fn constructed(call: &Call, rules: TypeRules, span: Span) -> Result<Type, Diagnostic> {
    let name = &*call.name.value;
    if name == "optional" {
        let finding =
            error("type", "`optional(…)` stands only around the type of a field of `object({…})`", span);
        return Err(finding);
    }
    if matches!(name, "bool" | "number" | "string" | "any") {
        return Err(error("type", format!("`{name}` takes no arguments"), span));
    }
    if !WORDS.contains(&name) {
        return Err(no_type(name, call.name.span));
    }
    let [inner] = call.args.as_slice() else {
        return Err(error(
            "type",
            format!("`{name}` takes one argument, here are {}", call.args.len()),
            span,
        ));
    };
    match (name, &inner.kind) {
        ("list", _) => Ok(Type::list(parse_type(inner, rules)?)),
        ("set", _) => Ok(Type::set(parse_type(inner, rules)?)),
        ("map", _) => Ok(Type::map(parse_type(inner, rules)?)),
        ("tuple", ExprKind::Tuple(items)) => {
            Ok(Type::Tuple(items.iter().map(|item| parse_type(item, rules)).collect::<Result<_, _>>()?))
        }
        ("tuple", _) => {
            Err(error("type", "`tuple` takes a list of types: tuple([string, number])", inner.span))
        }
        (_, ExprKind::Object(items)) => object(items, rules),
        _ => Err(error("type", "`object` takes its fields: object({ name = string })", inner.span)),
    }
}

fn object(items: &[ObjectItem], rules: TypeRules) -> Result<Type, Diagnostic> {
    let mut fields: Vec<Field> = Vec::with_capacity(items.len());
    for item in items {
        let (name, at) = match &item.key {
            ObjectKey::Word(word, at) => (word.shared().clone(), *at),
            ObjectKey::Expr(expr) => {
                return Err(error("type", "the name of a field is a plain word", expr.span));
            }
        };
        if fields.iter().any(|field| field.name == name) {
            return Err(error("duplicate", format!("the field `{name}` is there twice"), at));
        }
        fields.push(field(name, &item.value, rules)?);
    }
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Type::Object(fields.into()))
}

fn field(name: crate::lasting::Str, expr: &Expr, rules: TypeRules) -> Result<Field, Diagnostic> {
    let ExprKind::Call(call) = &expr.kind else {
        return Ok(Field { name, ty: parse_type(expr, rules)?, optional: false, default: None });
    };
    if &*call.name.value != "optional" {
        return Ok(Field { name, ty: parse_type(expr, rules)?, optional: false, default: None });
    }
    if rules != TypeRules::Optional {
        let finding = error("type", "Nomad's language has no `optional(…)`; packs have it", call.name.span);
        return Err(finding);
    }
    let (ty, default) = match call.args.as_slice() {
        [ty] => (parse_type(ty, rules)?, None),
        [ty, default] => {
            let ty = parse_type(ty, rules)?;
            let default = default_of(default, &ty)?;
            (ty, Some(default))
        }
        _ => return Err(error("type", "`optional` takes a type and perhaps a default", expr.span)),
    };
    Ok(Field { name, ty, optional: true, default })
}

/// A default is a constant of the field's type; what it leaves out itself is filled in later.
fn default_of(expr: &Expr, ty: &Type) -> Result<crate::hcl::Value, Diagnostic> {
    let nothing = SourceMap::new();
    let env = Env::new(&nothing, Dialect::Constant);
    let value = env.scope().eval(expr)?;
    convert(&value, ty).map_err(|wrong| {
        let place = if wrong.path.is_empty() { String::new() } else { format!("in {}: ", wrong.path) };
        error(
            "type",
            format!("the default does not fit the type: {place}{}", wrong.message),
            wrong.at.or(expr.span),
        )
    })
}
