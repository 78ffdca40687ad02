//! Functions for maps and objects.

use super::{Args, Failure, Flow, Function, Param, Want};
use crate::hcl::types::{Type, convert};
use crate::hcl::value::{Entry, Kind, Value};

pub(super) const ROWS: &[Function] = &[
    Function::new("keys", &[Param::any("inputMap")], keys)
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The keys of a map or object, in order."),
    Function::new("lookup", &[Param::any("inputMap"), Param::text("key"), Param::any("default")], lookup)
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The element of a map or object under a key, or the default if there is none."),
    Function::new("merge", &[], merge)
        .rest(Param::any("maps").or_null())
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("One map of the entries of all maps; of the same key the last one stays. Nulls are left out."),
    Function::new("values", &[Param::any("mapping")], values)
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The elements of a map or object, in the order of their keys."),
    Function::new("zipmap", &[Param::new("keys", Want::Strings), Param::any("values")], zipmap)
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("A map from a list of keys and a list of as many values."),
];

fn entries<'a>(args: &'a Args<'_>) -> Result<&'a [Entry], Failure> {
    args.value(0)?.entries().ok_or_else(|| Failure::arg(0, "a map or an object is required"))
}

fn keys(args: &Args<'_>) -> Result<Value, Failure> {
    let keys = entries(args)?
        .iter()
        .map(|entry| Value::new(Kind::String(entry.key.clone()), entry.key_at))
        .collect();
    Ok(if matches!(args.value(0)?.kind, Kind::Map(_)) {
        Value::list(Type::String, keys)
    } else {
        Value::tuple(keys)
    })
}

fn lookup(args: &Args<'_>) -> Result<Value, Failure> {
    let (map, key, default) = (args.value(0)?, args.text(1)?, args.value(2)?);
    entries(args)?;
    let default = match &map.kind {
        Kind::Map(own) => convert(default, &own.element).map_err(|wrong| Failure::arg(2, wrong.message))?,
        _ => default.clone(),
    };
    Ok(map.get(key).cloned().unwrap_or(default))
}

fn merge(args: &Args<'_>) -> Result<Value, Failure> {
    let mut all = Vec::new();
    let mut types = Vec::new();
    for (at, value) in args.values.iter().enumerate() {
        let ty = value.ty();
        let fits = matches!(ty, Type::Map(_) | Type::Object(_)) || (ty == Type::Any && value.is_null());
        if !fits {
            return Err(Failure::arg(at, "a map or an object is required"));
        }
        types.push(if value.is_null() && matches!(ty, Type::Object(_)) { Type::object_of(&[]) } else { ty });
        all.extend_from_slice(value.entries().unwrap_or_default());
    }
    match types.first() {
        Some(Type::Map(element)) if types.iter().all(|ty| Some(ty) == types.first()) => {
            Ok(Value::map((**element).clone(), all))
        }
        _ => Ok(Value::object(all)),
    }
}

fn values(args: &Args<'_>) -> Result<Value, Failure> {
    let items = entries(args)?.iter().map(|entry| entry.value.clone()).collect();
    Ok(match &args.value(0)?.kind {
        Kind::Map(map) => Value::list(map.element.clone(), items),
        _ => Value::tuple(items),
    })
}

fn zipmap(args: &Args<'_>) -> Result<Value, Failure> {
    let (keys, values) = (args.items(0)?, args.value(1)?);
    if !matches!(values.kind, Kind::List(_) | Kind::Tuple(_)) {
        return Err(Failure::arg(1, "a list or a tuple is required"));
    }
    let items = args.items(1)?;
    if keys.len() != items.len() {
        return Err(Failure::new(format!("there are {} keys for {} values", keys.len(), items.len())));
    }
    let mut entries = Vec::with_capacity(keys.len());
    for (key, value) in keys.iter().zip(items) {
        if let Kind::Unknown(unknown) = &key.kind {
            return Ok(Value::unknown(Type::Any, unknown.why.clone()));
        }
        let name = key.as_text().ok_or_else(|| Failure::arg(0, "a key is not null"))?.clone();
        entries.push(Entry { key: name, key_at: key.at, value: value.clone() });
    }
    Ok(match &values.kind {
        Kind::List(list) => Value::map(list.element.clone(), entries),
        _ => Value::object(entries),
    })
}
