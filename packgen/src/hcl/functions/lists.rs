//! Functions for lists and tuples.

use super::{Args, Failure, Flow, Function, Param, Want};
use crate::hcl::eval::equals;
use crate::hcl::number::Number;
use crate::hcl::types::{Type, convert, unify};
use crate::hcl::value::{Kind, Value};

/// Most elements that `range` gives.
const MAX_RANGE: usize = 1024;

pub(super) const ROWS: &[Function] = &[
    Function::new("chunklist", &[Param::new("list", Want::List), Param::number("size")], chunklist)
        .returns(Want::List)
        .flow(Flow::Parts)
        .doc("The list in pieces of at most that many elements."),
    Function::new("coalescelist", &[], coalescelist)
        .rest(Param::any("vals").or_null())
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The first of the lists that has elements."),
    Function::new("compact", &[Param::new("list", Want::Strings)], compact)
        .returns(Want::Strings)
        .flow(Flow::Keep)
        .doc("The list without empty strings and nulls."),
    Function::new("concat", &[], concat)
        .rest(Param::any("seqs"))
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("One list of the elements of all lists, in order."),
    Function::new("distinct", &[Param::new("list", Want::List)], distinct)
        .returns(Want::List)
        .flow(Flow::Keep)
        .doc("The list with each value once, where it came first."),
    Function::new("flatten", &[Param::any("list")], flatten)
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The list with lists in it replaced by their elements, at any depth."),
    Function::new("range", &[], range)
        .rest(Param::number("params"))
        .returns(Want::Numbers)
        .doc("The numbers from a start up to (but not including) an end, in steps: range(end), range(start, end), range(start, end, step)."),
    Function::new("slice", &[Param::any("list"), Param::number("start_index"), Param::number("end_index")], slice)
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("The elements from an index up to (but not including) another."),
    Function::new("sort", &[Param::new("list", Want::Strings)], sort)
        .returns(Want::Strings)
        .flow(Flow::Keep)
        .doc("The strings in the order of their bytes."),
];

fn element_type(list: &Value) -> Type {
    list.ty().element().cloned().unwrap_or(Type::Any)
}

fn chunklist(args: &Args<'_>) -> Result<Value, Failure> {
    let list = args.value(0)?;
    let items = args.items(0)?;
    let size = usize::try_from(args.integer(1)?).map_err(|_| Failure::arg(1, "a size is not negative"))?;
    let element = element_type(list);
    let size = if size == 0 { items.len().max(1) } else { size };
    let chunks = items.chunks(size).map(|chunk| Value::list(element.clone(), chunk.to_vec())).collect();
    Ok(Value::list(Type::list(element), chunks))
}

fn coalescelist(args: &Args<'_>) -> Result<Value, Failure> {
    if args.is_empty() {
        return Err(Failure::new("at least one argument is required"));
    }
    for (at, value) in args.values.iter().enumerate() {
        let is_list = matches!(value.ty(), Type::List(_) | Type::Tuple(_));
        if !is_list {
            return Err(Failure::arg(at, "a list is required"));
        }
    }
    let full = args.values.iter().find(|value| value.items().is_some_and(|items| !items.is_empty()));
    full.cloned().ok_or_else(|| Failure::new("all lists are empty"))
}

fn compact(args: &Args<'_>) -> Result<Value, Failure> {
    let full = |item: &&Value| item.as_str().is_some_and(|text| !text.is_empty());
    Ok(Value::list(Type::String, args.items(0)?.iter().filter(full).cloned().collect()))
}

fn concat(args: &Args<'_>) -> Result<Value, Failure> {
    if args.is_empty() {
        return Err(Failure::new("at least one argument is required"));
    }
    if let Some(at) =
        args.values.iter().position(|value| !matches!(value.kind, Kind::List(_) | Kind::Tuple(_)))
    {
        return Err(Failure::arg(at, "a list or a tuple is required"));
    }
    let types: Vec<Type> = args.values.iter().map(Value::ty).collect();
    let all_lists = types.iter().all(|ty| matches!(ty, Type::List(_)));
    if all_lists && let Some(ty) = unify(&types, true) {
        let mut items = Vec::new();
        for (at, value) in args.values.iter().enumerate() {
            let list = convert(value, &ty).map_err(|wrong| Failure::arg(at, wrong.message))?;
            items.extend_from_slice(list.items().unwrap_or_default());
        }
        return Ok(Value::list(ty.element().cloned().unwrap_or(Type::Any), items));
    }
    let items = args.values.iter().flat_map(|value| value.items().unwrap_or_default());
    Ok(Value::tuple(items.cloned().collect()))
}

fn distinct(args: &Args<'_>) -> Result<Value, Failure> {
    let items = args.items(0)?;
    let mut kept: Vec<Value> = Vec::new();
    let mut strings = std::collections::HashSet::new();
    for item in items {
        args.scope.env().charge(kept.len() * 2, args.at).map_err(Failure::finding_of)?;
        let is_new = match item.as_str() {
            Some(text) => strings.insert(text),
            None => !kept.iter().any(|other| equals(other, item) == Some(true)),
        };
        if is_new {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(element_type(args.value(0)?), kept))
}

fn flatten(args: &Args<'_>) -> Result<Value, Failure> {
    let mut flat = Vec::new();
    args.items(0)?;
    match into(args.value(0)?, &mut flat) {
        Ok(()) => Ok(Value::tuple(flat)),
        Err(unknown) => Ok(unknown),
    }
}

/// Adds the elements of a list; gives the unknown whose elements cannot be added yet.
fn into(list: &Value, flat: &mut Vec<Value>) -> Result<(), Value> {
    for item in list.items().unwrap_or_default() {
        let item = item.clone().with_sensitive(list.sensitive);
        match &item.kind {
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => into(&item, flat)?,
            Kind::Unknown(unknown)
                if matches!(unknown.ty, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_)) =>
            {
                return Err(Value::unknown(Type::Any, unknown.why.clone()));
            }
            _ => flat.push(item),
        }
    }
    Ok(())
}

fn range(args: &Args<'_>) -> Result<Value, Failure> {
    let (zero, one) = (Number::ZERO, Number::from(1));
    let direction = |down: bool| if down { one.negate() } else { one.clone() };
    let (start, end, step) = match args.len() {
        1 => (zero.clone(), args.number(0)?.clone(), direction(args.number(0)? < &zero)),
        2 => {
            let (start, end) = (args.number(0)?.clone(), args.number(1)?.clone());
            let down = end < start;
            (start, end, direction(down))
        }
        3 => (args.number(0)?.clone(), args.number(1)?.clone(), args.number(2)?.clone()),
        _ => return Err(Failure::new("one, two or three arguments are required")),
    };
    if step.is_zero() && start < end {
        return Err(Failure::arg(2, "a step is not zero"));
    }
    let down = step.is_negative();
    if (down && end > start) || (!down && end < start) {
        return Err(Failure::arg(1, "the steps lead away from the end"));
    }
    let (mut numbers, mut next) = (Vec::new(), start);
    while if down { next > end } else { next < end } {
        if numbers.len() >= MAX_RANGE {
            return Err(Failure::new(format!("these are more than {MAX_RANGE} numbers")));
        }
        numbers.push(Value::number(next.clone()));
        next = next.add(&step).map_err(|wrong| Failure::new(wrong.to_string()))?;
    }
    Ok(Value::list(Type::Number, numbers))
}

fn slice(args: &Args<'_>) -> Result<Value, Failure> {
    let list = args.value(0)?;
    if !matches!(list.kind, Kind::List(_) | Kind::Tuple(_)) {
        return Err(Failure::arg(0, "a list or a tuple is required"));
    }
    let items = args.items(0)?;
    let bound = |at: usize| {
        let index = usize::try_from(args.integer(at)?).ok().filter(|index| *index <= items.len());
        index.ok_or_else(|| Failure::arg(at, format!("an index from 0 to {} is required", items.len())))
    };
    let (start, end) = (bound(1)?, bound(2)?);
    let part = items.get(start..end).ok_or_else(|| Failure::arg(1, "the start is behind the end"))?.to_vec();
    Ok(match &list.kind {
        Kind::List(own) => Value::list(own.element.clone(), part),
        _ => Value::tuple(part),
    })
}

fn sort(args: &Args<'_>) -> Result<Value, Failure> {
    let mut items = args.items(0)?.to_vec();
    if items.iter().any(Value::is_null) {
        return Err(Failure::arg(0, "null cannot be sorted"));
    }
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Value::list(Type::String, items))
}
