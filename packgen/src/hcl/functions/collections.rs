//! Functions for lists and maps alike.

use super::{Args, Failure, Flow, Function, Param, Want};
use crate::hcl::eval::equals;
use crate::hcl::types::{Type, convert, unify};
use crate::hcl::value::{Kind, Unknown, Value};

pub(super) const ROWS: &[Function] = &[
    Function::new("coalesce", &[], coalesce)
        .rest(Param::any("vals").or_null().or_unknown())
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The first argument that is not null; all arguments get one type."),
    Function::new("contains", &[Param::any("list"), Param::any("value").or_null()], contains)
        .returns(Want::Bool)
        .flow(Flow::Parts)
        .doc("Whether a list, set or tuple holds a value of the same type and content."),
    Function::new("element", &[Param::any("list"), Param::number("index")], element)
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The element at an index, which begins anew at the end of the list."),
    Function::new("index", &[Param::any("collection"), Param::any("key")], index)
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The element of a list at an index, or of a map under a key."),
    Function::new("length", &[Param::any("collection")], length).returns(Want::Number).flow(Flow::Parts).doc(
        "The number of elements of a list, set, tuple or map (not of an object or a string: see strlen).",
    ),
];

fn coalesce(args: &Args<'_>) -> Result<Value, Failure> {
    let types: Vec<Type> = args.values.iter().map(Value::ty).collect();
    let ty = unify(&types, true).ok_or_else(|| Failure::new("the arguments have no type in common"))?;
    let Some(first) = args.values.iter().find(|value| !value.is_null()) else {
        return Err(Failure::new("all arguments are null"));
    };
    match &first.kind {
        Kind::Unknown(unknown) => {
            Ok(Value::new(Kind::Unknown(Unknown { ty, why: unknown.why.clone() }), first.at))
        }
        _ => convert(first, &ty).map_err(|wrong| Failure::new(wrong.message)),
    }
}

fn contains(args: &Args<'_>) -> Result<Value, Failure> {
    let wanted = args.value(1)?;
    if matches!(wanted.kind, Kind::Null(Type::Any)) {
        return Err(Failure::arg(
            1,
            "Nomad cannot look for null; write contains([for x in …: x == null], true)",
        ));
    }
    let mut unknown = None;
    for item in args.items(0)? {
        match equals(item, wanted) {
            Some(true) => return Ok(decided(args, true)),
            Some(false) => {}
            None => unknown = unknown.or(item.first_unknown().or(wanted.first_unknown())),
        }
    }
    match unknown {
        Some(unknown) => Ok(Value::unknown(Type::Bool, unknown.why.clone())),
        None => Ok(decided(args, false)),
    }
}

/// What was found says something about the parts, so that their secrets count.
fn decided(args: &Args<'_>, found: bool) -> Value {
    Value::bool(found).with_sensitive(args.values.iter().any(Value::holds_secret))
}

fn element(args: &Args<'_>) -> Result<Value, Failure> {
    let list = args.value(0)?;
    if matches!(list.kind, Kind::Set(_)) {
        return Err(Failure::arg(0, "a set has no order; convert it to a list"));
    }
    let items = args.items(0)?;
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if length == 0 {
        return Err(Failure::arg(0, "the list is empty"));
    }
    let at = usize::try_from(args.integer(1)?.rem_euclid(length)).unwrap_or(0);
    items.get(at).cloned().ok_or_else(|| Failure::new("there is no such element"))
}

fn index(args: &Args<'_>) -> Result<Value, Failure> {
    let (collection, key) = (args.value(0)?, args.value(1)?);
    let missing = || Failure::arg(1, "there is no such element");
    match &collection.kind {
        Kind::List(_) | Kind::Tuple(_) => {
            let number = key.as_number().ok_or_else(|| Failure::arg(1, "the key of a list is a number"))?;
            let at = number.to_i64().and_then(|at| usize::try_from(at).ok()).ok_or_else(missing)?;
            args.items(0)?.get(at).cloned().ok_or_else(missing)
        }
        Kind::Map(_) => {
            let name = key.as_str().ok_or_else(|| Failure::arg(1, "the key of a map is a string"))?;
            collection.get(name).cloned().ok_or_else(missing)
        }
        _ => Err(Failure::arg(0, "a list, a tuple or a map is required")),
    }
}

fn length(args: &Args<'_>) -> Result<Value, Failure> {
    let collection = args.value(0)?;
    let count = match &collection.kind {
        Kind::Map(map) => map.entries.len(),
        Kind::Object(_) => {
            return Err(Failure::arg(0, "an object has no length; count its keys: length(keys(…))"));
        }
        Kind::String(_) => {
            return Err(Failure::arg(0, "a string has no length here; strlen counts its characters"));
        }
        _ => args.items(0)?.len(),
    };
    Ok(Value::number(count))
}
