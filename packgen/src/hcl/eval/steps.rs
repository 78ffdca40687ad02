//! Into values: attributes, indexes, splats.

use super::{Evaluated, Scope, error};
use crate::hcl::syntax::{Expr, Step};
use crate::hcl::types::{Type, article, convert, nearest};
use crate::hcl::value::{Kind, Unknown, Value};
use crate::source::{Diagnostic, Span};

/// Takes constant steps.
pub(super) fn follow(value: Value, steps: &[Step]) -> Evaluated {
    let mut value = value;
    for step in steps {
        value = match step {
            Step::Attr(name) => get_attr(&value, &name.value, name.span)?,
            Step::Index(key, span) => index(&value, key, *span)?,
        };
    }
    Ok(value)
}

/// `value.name`.
pub fn get_attr(value: &Value, name: &str, at: Span) -> Evaluated {
    match &value.kind {
        Kind::Null(_) => {
            Err(error("null", format!("this is null, it has no `{name}`"), at).help(null_help(name)))
        }
        Kind::Object(_) | Kind::Map(_) => match value.get(name) {
            Some(found) => Ok(found.clone().with_sensitive(value.sensitive)),
            None => Err(no_attribute(value, name, at)),
        },
        Kind::Unknown(unknown) => unknown_attribute(value, unknown, name, at),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            let finding = error("no-attribute", format!("this is a list, it has no `{name}`"), at);
            Err(finding.help(format!("for one element write `[0].{name}`, for all `[*].{name}`")))
        }
        _ => Err(error("no-attribute", format!("this is {}, it has no `{name}`", article(&value.ty())), at)),
    }
}

fn null_help(name: &str) -> String {
    format!("`try(….{name}, null)` gives null then; `&&` and `?:` look at both sides")
}

fn no_attribute(value: &Value, name: &str, at: Span) -> Diagnostic {
    let keys = || value.entries().unwrap_or_default().iter().map(|entry| entry.key.as_str());
    let known: Vec<&str> = keys().take(12).collect();
    let help = match nearest(name, keys()) {
        Some(close) => format!("did you mean `{close}`?"),
        None if known.is_empty() => "it is empty".to_owned(),
        None => format!("it has {}", known.join(", ")),
    };
    let what = if matches!(value.kind, Kind::Map(_)) { "map" } else { "object" };
    let finding = error("no-attribute", format!("this {what} has no `{name}`"), at).help(help);
    if value.at.is_some() && value.at != at { finding.note("it comes from here", value.at) } else { finding }
}

fn unknown_attribute(value: &Value, unknown: &Unknown, name: &str, at: Span) -> Evaluated {
    let ty = match &unknown.ty {
        Type::Any => Type::Any,
        Type::Map(element) => (**element).clone(),
        Type::Object(_) => match unknown.ty.field(name) {
            Some(field) => field.ty.clone(),
            None => return Err(error("no-attribute", format!("this object has no `{name}`"), at)),
        },
        other => {
            return Err(error("no-attribute", format!("this is {}, it has no `{name}`", article(other)), at));
        }
    };
    Ok(later(value, unknown, ty, at))
}

/// Unknown for the same reason.
fn later(value: &Value, unknown: &Unknown, ty: Type, at: Span) -> Value {
    let kind = Kind::Unknown(Unknown { ty, why: unknown.why.clone() });
    Value { kind, at, sensitive: value.sensitive }
}

/// `value[key]`.
pub fn index(value: &Value, key: &Value, at: Span) -> Evaluated {
    if value.is_null() {
        return Err(error("null", "this is null, it has no elements", at));
    }
    if key.is_null() {
        return Err(error("null", "null cannot be an index", at));
    }
    let found = match &value.kind {
        Kind::List(_) | Kind::Tuple(_) => element(value, key, at)?,
        Kind::Map(_) | Kind::Object(_) => entry(value, key, at)?,
        Kind::Unknown(unknown) => unknown_element(value, unknown, key, at)?,
        Kind::Set(_) => {
            let finding = error("no-index", "the elements of a set have no index", at);
            return Err(finding.help("go over all of them with `[for x in …: x]`"));
        }
        _ => {
            return Err(error(
                "no-index",
                format!("this is {}, it has no elements", article(&value.ty())),
                at,
            ));
        }
    };
    Ok(found.with_sensitive(value.sensitive))
}

fn element(value: &Value, key: &Value, at: Span) -> Evaluated {
    let items = value.items().unwrap_or_default();
    let number = convert(key, &Type::Number)
        .map_err(|wrong| error("no-index", format!("an index is a number: {}", wrong.message), at))?;
    let Some(number) = number.as_number() else {
        let ty = value.ty().element().cloned().unwrap_or(Type::Any);
        return unknown_key(key, ty, at);
    };
    let found =
        number.to_i64().and_then(|number| usize::try_from(number).ok()).and_then(|number| items.get(number));
    found.cloned().ok_or_else(|| {
        let message = match (number.is_integer(), items.len()) {
            (false, _) => "an index is a whole number".to_owned(),
            (_, 0) => "there is no such element: the list is empty".to_owned(),
            (_, length) if number.is_negative() => {
                format!("an index counts from 0 to {}, never from the end", length - 1)
            }
            (_, length) => format!("there is no element {number}: the indexes go from 0 to {}", length - 1),
        };
        error("no-index", message, at)
    })
}

fn entry(value: &Value, key: &Value, at: Span) -> Evaluated {
    let name = convert(key, &Type::String)
        .map_err(|wrong| error("no-index", format!("a key is a string: {}", wrong.message), at))?;
    match name.as_str() {
        Some(name) => match value.get(name) {
            Some(found) => Ok(found.clone()),
            None => Err(no_attribute(value, name, at)),
        },
        None => unknown_key(key, value.ty().element().cloned().unwrap_or(Type::Any), at),
    }
}

fn unknown_key(key: &Value, ty: Type, at: Span) -> Evaluated {
    match &key.kind {
        Kind::Unknown(unknown) => Ok(later(key, unknown, ty, at)),
        _ => Err(error("no-index", "this cannot be an index", at)),
    }
}

fn unknown_element(value: &Value, unknown: &Unknown, key: &Value, at: Span) -> Evaluated {
    let ty = match &unknown.ty {
        Type::Any | Type::Tuple(_) => Type::Any,
        Type::List(element) | Type::Map(element) => (**element).clone(),
        Type::Object(_) => match key.as_str() {
            Some(name) => return unknown_attribute(value, unknown, name, at),
            None => Type::Any,
        },
        other => {
            return Err(error("no-index", format!("this is {}, it has no elements", article(other)), at));
        }
    };
    Ok(later(value, unknown, ty, at))
}

impl Scope<'_> {
    /// `source[*]…`: for each element; something that is no list is one element, null is none.
    pub(super) fn splat(&self, source: &Expr, each: &Expr, span: Span) -> Evaluated {
        let source = self.eval(source)?;
        let sensitive = source.sensitive;
        let result = match &source.kind {
            Kind::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                return Err(error("null", "this list is null", span).help("give it a default of `[]`"));
            }
            Kind::Null(_) => Value::tuple(Vec::new()),
            Kind::Unknown(unknown) => self.unknown_splat(&source, unknown, each, span)?,
            Kind::List(list) | Kind::Set(list) => {
                let items = self.each(&list.items, each)?;
                let element = match items.first() {
                    Some(first) => first.ty(),
                    None => self.type_of_each(&list.element, each)?,
                };
                Value::list(element, items)
            }
            Kind::Tuple(items) => Value::tuple(self.each(items, each)?),
            _ => Value::tuple(self.each(std::slice::from_ref(&source), each)?),
        };
        Ok(result.with_at(span).with_sensitive(sensitive))
    }

    fn each(&self, items: &[Value], each: &Expr) -> Result<Vec<Value>, Diagnostic> {
        items.iter().map(|item| self.with_element(item, |scope| scope.eval(each))).collect()
    }

    fn type_of_each(&self, element: &Type, each: &Expr) -> Result<Type, Diagnostic> {
        let item = Value::unknown(element.clone(), "the element of an empty list");
        self.with_element(&item, |scope| scope.eval(each)).map(|value| value.ty())
    }

    fn unknown_splat(&self, source: &Value, unknown: &Unknown, each: &Expr, span: Span) -> Evaluated {
        let ty = match &unknown.ty {
            Type::List(element) | Type::Set(element) => Type::list(self.type_of_each(element, each)?),
            Type::Any | Type::Tuple(_) => Type::Any,
            other => {
                self.type_of_each(other, each)?;
                Type::Any
            }
        };
        Ok(later(source, unknown, ty, span))
    }
}
