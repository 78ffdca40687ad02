//! Brings a saved state to today's schema: what is missing is null, what is not known any more is dropped, and text,
//! numbers and bools become each other where nothing is lost.

use crate::diagnostic::Diagnostic;
use crate::path::At;
use crate::schema::{Block, NestedBlock, Nesting};
use crate::ty::Type;
use crate::value::Value;

/// The state as a value of this schema. `saved` was read from JSON and knows no types.
pub(super) fn conform(block: &Block, saved: &Value, at: &At<'_>) -> Result<Value, Diagnostic> {
    let Value::Map(_) = saved else {
        return Err(Diagnostic::invalid(
            at,
            format_args!("expected an object in the state, got {}", saved.kind()),
        ));
    };
    let attributes = block.attributes.iter().map(|attribute| {
        let (name, here) = (attribute.name.as_ref(), at.field(&attribute.name));
        // A default that is newer than the state was in force all the same.
        let missing = saved.fields().is_some_and(|fields| !fields.contains_key(name));
        let default = attribute.default.as_ref().filter(|_| missing);
        let value =
            default.map_or_else(|| as_type(&attribute.ty, saved.field(name), &here), |d| Ok(d.clone()));
        Ok((name.to_owned(), value?))
    });
    let blocks = block.blocks.iter().map(|nested| {
        let (name, here) = (nested.name.as_ref(), at.field(&nested.name));
        Ok((name.to_owned(), as_block(nested, saved.field(name), &here)?))
    });
    attributes.chain(blocks).collect::<Result<_, _>>().map(Value::Map)
}

fn as_block(nested: &NestedBlock, saved: &Value, at: &At<'_>) -> Result<Value, Diagnostic> {
    let wrong = || {
        Err(Diagnostic::invalid(
            at,
            format_args!("expected nested blocks in the state, got {}", saved.kind()),
        ))
    };
    if saved.is_null() {
        return Ok(nested.absent());
    }
    match nested.nesting {
        Nesting::Single => conform(&nested.block, saved, at),
        Nesting::List | Nesting::Set => {
            let Some(elements) = saved.elements() else { return wrong() };
            let blocks = elements.iter().enumerate().map(|(i, e)| conform(&nested.block, e, &at.index(i)));
            let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
            Ok(if nested.nesting == Nesting::Set { Value::set(blocks) } else { Value::List(blocks) })
        }
        Nesting::Map => {
            let Some(labelled) = saved.fields() else { return wrong() };
            let blocks = labelled
                .iter()
                .map(|(label, e)| Ok((label.clone(), conform(&nested.block, e, &at.key(label))?)));
            blocks.collect::<Result<_, _>>().map(Value::Map)
        }
    }
}

/// The value, read from JSON, as one of this type.
pub fn as_type(ty: &Type, saved: &Value, at: &At<'_>) -> Result<Value, Diagnostic> {
    let wrong =
        || Err(Diagnostic::invalid(at, format_args!("expected {ty} in the state, got {}", saved.kind())));
    if saved.is_null() {
        return Ok(Value::Null);
    }
    match ty {
        Type::String | Type::Number | Type::Bool => as_scalar(ty, saved).map_or_else(wrong, Ok),
        Type::Dynamic => as_dynamic(saved, at),
        Type::List(element) | Type::Set(element) => {
            let Some(elements) = saved.elements() else { return wrong() };
            let elements = elements.iter().enumerate().map(|(i, e)| as_type(element, e, &at.index(i)));
            let elements = elements.collect::<Result<Vec<_>, _>>()?;
            Ok(if matches!(ty, Type::Set(_)) { Value::set(elements) } else { Value::List(elements) })
        }
        Type::Map(element) => {
            let Some(fields) = saved.fields() else { return wrong() };
            let fields = fields.iter().map(|(key, e)| Ok((key.clone(), as_type(element, e, &at.key(key))?)));
            fields.collect::<Result<_, _>>().map(Value::Map)
        }
        Type::Object(types) => {
            let Some(_) = saved.fields() else { return wrong() };
            let fields = types.iter().map(|(name, ty)| {
                Ok((name.clone().into_owned(), as_type(ty, saved.field(name), &at.field(name))?))
            });
            fields.collect::<Result<_, _>>().map(Value::Map)
        }
        Type::Tuple(types) => match saved.elements() {
            Some(elements) if elements.len() == types.len() => {
                let pairs = types.iter().zip(elements).enumerate();
                pairs
                    .map(|(i, (ty, e))| as_type(ty, e, &at.index(i)))
                    .collect::<Result<_, _>>()
                    .map(Value::List)
            }
            _ => wrong(),
        },
    }
}

fn as_scalar(ty: &Type, saved: &Value) -> Option<Value> {
    match (ty, saved) {
        (Type::String, Value::String(_))
        | (Type::Number, Value::Number(_))
        | (Type::Bool, Value::Bool(_)) => Some(saved.clone()),
        (Type::String, Value::Number(number)) => Some(Value::String(number.to_string())),
        (Type::String, Value::Bool(flag)) => Some(Value::String(flag.to_string())),
        (Type::Number, Value::String(text)) => text.parse().ok().map(Value::Number),
        (Type::Bool, Value::String(text)) => text.parse().ok().map(Value::Bool),
        _ => None,
    }
}

/// A dynamic value is saved with its type: `{"value": …, "type": …}`. Any other is one that had no type yet.
fn as_dynamic(saved: &Value, at: &At<'_>) -> Result<Value, Diagnostic> {
    match saved {
        Value::Dynamic(_) => Ok(saved.clone()),
        Value::Map(fields) if fields.len() == 2 && fields.contains_key("value") => {
            let Some(ty) = Type::named_by(saved.field("type")) else {
                return Err(Diagnostic::invalid(at, "expected a type beside the dynamic value in the state"));
            };
            let value = as_type(&ty, saved.field("value"), at)?;
            Ok(Value::Dynamic(Box::new((ty, value))))
        }
        other => Ok(Value::Dynamic(Box::new((Type::natural(other), other.clone())))),
    }
}
