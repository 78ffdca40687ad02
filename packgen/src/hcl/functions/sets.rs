//! Functions for sets. Lists are taken as sets, except by `setproduct`, which keeps the order of lists.

use std::sync::Arc;

use super::{Args, Failure, Flow, Function, Param, Want};
use crate::hcl::eval::equals;
use crate::hcl::set::ordered;
use crate::hcl::types::{Type, convert, unify};
use crate::hcl::value::{Kind, Sequence, Value};
use crate::source::Span;

const SET: Param = Param::new("set", Want::Set);

/// Most elements that `setproduct` gives.
const MAX_PRODUCT: usize = 1 << 20;

pub(super) const ROWS: &[Function] = &[
    Function::new("setintersection", &[SET], setintersection)
        .rest(SET)
        .returns(Want::Set)
        .flow(Flow::Keep)
        .doc("The elements that are in all sets."),
    Function::new("setproduct", &[], setproduct)
        .rest(Param::any("sets"))
        .returns(Want::Any)
        .flow(Flow::Parts)
        .doc("Each combination of one element of each set."),
    Function::new("setunion", &[SET], setunion)
        .rest(SET)
        .returns(Want::Set)
        .flow(Flow::Keep)
        .doc("The elements that are in any of the sets."),
];

fn set(element: Type, items: Vec<Value>) -> Value {
    Value::new(Kind::Set(Arc::new(ordered(Sequence { element, items }))), Span::NONE)
}

/// All sets with one type of elements. Empty ones of no type do not count.
fn same_type(args: &Args<'_>) -> Result<(Type, Vec<Value>), Failure> {
    let mut types = Vec::new();
    for value in &args.values {
        let element = value.ty().element().cloned().unwrap_or(Type::Any);
        let is_empty = value.items().is_none_or(<[Value]>::is_empty);
        if !(is_empty && element == Type::Any) {
            types.push(element);
        }
    }
    let element = if types.is_empty() { Some(Type::Any) } else { unify(&types, true) };
    let element = element.ok_or_else(|| Failure::new("the elements of the sets have no type in common"))?;
    let want = Type::set(element.clone());
    let sets = args.values.iter().enumerate();
    let sets = sets.map(|(at, value)| convert(value, &want).map_err(|wrong| Failure::arg(at, wrong.message)));
    Ok((element, sets.collect::<Result<_, _>>()?))
}

fn setunion(args: &Args<'_>) -> Result<Value, Failure> {
    let (element, sets) = same_type(args)?;
    let items = sets.iter().flat_map(|set| set.items().unwrap_or_default()).cloned().collect();
    Ok(set(element, items))
}

fn setintersection(args: &Args<'_>) -> Result<Value, Failure> {
    let (element, sets) = same_type(args)?;
    let Some((first, rest)) = sets.split_first() else { return Err(Failure::new("a set is required")) };
    let pairs = rest.iter().map(|set| set.items().map_or(0, <[Value]>::len)).sum::<usize>();
    let pairs = pairs.saturating_mul(first.items().map_or(0, <[Value]>::len));
    args.scope.env().charge(pairs.saturating_mul(2), args.at).map_err(Failure::finding_of)?;
    let holds = |set: &Value, item: &Value| {
        set.items().unwrap_or_default().iter().any(|own| equals(own, item) == Some(true))
    };
    let items =
        first.items().unwrap_or_default().iter().filter(|item| rest.iter().all(|set| holds(set, item)));
    Ok(set(element, items.cloned().collect()))
}

fn setproduct(args: &Args<'_>) -> Result<Value, Failure> {
    if args.len() < 2 {
        return Err(Failure::new("at least two arguments are required"));
    }
    let mut columns: Vec<(Type, Vec<Value>)> = Vec::new();
    let mut all_lists = true;
    for (at, value) in args.values.iter().enumerate() {
        all_lists &= !matches!(value.kind, Kind::Set(_));
        columns.push(column(value).map_err(|message| Failure::arg(at, message))?);
    }
    let total = columns.iter().map(|(_, items)| items.len()).try_fold(1usize, usize::checked_mul);
    let total = total
        .filter(|total| *total <= MAX_PRODUCT)
        .ok_or_else(|| Failure::new("these are too many combinations"))?;
    let element = Type::Tuple(columns.iter().map(|(ty, _)| ty.clone()).collect());
    let rows = (0..total).map(|row| Value::tuple(combination(&columns, row))).collect();
    Ok(if all_lists { Value::list(element, rows) } else { set(element, rows) })
}

/// The elements of one argument and their common type.
fn column(value: &Value) -> Result<(Type, Vec<Value>), String> {
    let items = value.items().ok_or("a set or a list is required")?;
    let element = match &value.kind {
        Kind::Tuple(items) if items.is_empty() => Type::Any,
        Kind::Tuple(items) => {
            let types: Vec<Type> = items.iter().map(Value::ty).collect();
            unify(&types, true).ok_or("the elements have no type in common")?
        }
        _ => value.ty().element().cloned().unwrap_or(Type::Any),
    };
    let items = items.iter().map(|item| convert(item, &element).map_err(|wrong| wrong.message));
    Ok((element.clone(), items.collect::<Result<_, _>>()?))
}

/// The last argument turns fastest.
fn combination(columns: &[(Type, Vec<Value>)], row: usize) -> Vec<Value> {
    let mut rest = row;
    let mut values: Vec<Value> = Vec::with_capacity(columns.len());
    for (_, items) in columns.iter().rev() {
        values.extend(items.get(rest % items.len()).cloned());
        rest /= items.len();
    }
    values.reverse();
    values
}
