//! One type for values of several: what `?:`, lists and maps need when their parts differ.

use super::convert::convertible;
use super::{Field, Type};

/// Most different types that are compared with each other.
const MAX_TYPES: usize = 200;

/// The type that values of all these types can have, if there is one. `loose` also allows conversions
/// that can fail for a value, such as string to number.
pub fn unify(types: &[Type], loose: bool) -> Option<Type> {
    let (first, rest) = types.split_first()?;
    if rest.iter().all(|ty| ty == first) {
        return Some(first.clone());
    }
    let shape = Shape::of(types);
    let all = types.len();
    match shape {
        Shape { maps, any, .. } if maps > 0 && maps + any == all => {
            return collections(types, any, loose, Type::map);
        }
        Shape { maps, objects, any, .. } if maps > 0 && maps + objects + any == all => {
            if let Some(found) = with_members(types, loose, Type::map, |ty| matches!(ty, Type::Object(_))) {
                return Some(found);
            }
        }
        Shape { lists, any, .. } if lists > 0 && lists + any == all => {
            return collections(types, any, loose, Type::list);
        }
        Shape { lists, tuples, any, .. } if lists > 0 && lists + tuples + any == all => {
            if let Some(found) = with_members(types, loose, Type::list, |ty| matches!(ty, Type::Tuple(_))) {
                return Some(found);
            }
        }
        Shape { sets, any, .. } if sets > 0 && sets + any == all => {
            return collections(types, any, loose, Type::set);
        }
        Shape { objects, any, .. } if objects > 0 && objects + any == all => {
            return objects_of(types, any, loose);
        }
        Shape { tuples, any, .. } if tuples > 0 && tuples + any == all => {
            return tuples_of(types, any, loose);
        }
        Shape { objects, tuples, .. } if objects > 0 && tuples > 0 => return None,
        _ => {}
    }
    preferred(types, loose)
}

/// How many there are of each kind.
#[derive(Default)]
struct Shape {
    maps: usize,
    lists: usize,
    sets: usize,
    objects: usize,
    tuples: usize,
    any: usize,
}

impl Shape {
    fn of(types: &[Type]) -> Shape {
        let mut shape = Shape::default();
        for ty in types {
            match ty {
                Type::Map(_) => shape.maps += 1,
                Type::List(_) => shape.lists += 1,
                Type::Set(_) => shape.sets += 1,
                Type::Object(_) => shape.objects += 1,
                Type::Tuple(_) => shape.tuples += 1,
                Type::Any => shape.any += 1,
                Type::Bool | Type::Number | Type::String => {}
            }
        }
        shape
    }
}

/// The first type, general ones before special ones, that all others convert to.
fn preferred(types: &[Type], loose: bool) -> Option<Type> {
    let types = &different(types)?;
    let fits = |want: &Type| types.iter().all(|ty| ty == want || convertible(ty, want, loose));
    by_generality(types).into_iter().find(|want| fits(want)).cloned()
}

/// Each type once; `None` if there are so many that nobody can have meant them to become one.
fn different(types: &[Type]) -> Option<Vec<Type>> {
    let mut found: Vec<Type> = Vec::new();
    for ty in types {
        if !found.contains(ty) {
            found.push(ty.clone());
        }
        if found.len() > MAX_TYPES {
            return None;
        }
    }
    Some(found)
}

/// Topological: a type comes after all that are more general; otherwise in the given order.
fn by_generality(types: &[Type]) -> Vec<&Type> {
    let mut waiting: Vec<usize> = (0..types.len()).collect();
    let mut order = Vec::with_capacity(types.len());
    while !waiting.is_empty() {
        let free = |at: &usize| {
            waiting
                .iter()
                .filter_map(|other| types.get(*other))
                .all(|other| types.get(*at).is_none_or(|ty| rank(other, ty) >= 0))
        };
        let ready: Vec<usize> = waiting.iter().copied().filter(free).collect();
        if ready.is_empty() {
            break;
        }
        waiting.retain(|at| !ready.contains(at));
        order.extend(ready.into_iter().filter_map(|at| types.get(at)));
    }
    order
}

/// Less than zero if `a` is more general than `b`.
fn rank(a: &Type, b: &Type) -> i8 {
    match (a, b) {
        (Type::List(x), Type::List(y)) | (Type::Set(x), Type::Set(y)) | (Type::Map(x), Type::Map(y)) => {
            rank(x, y)
        }
        (Type::Object(x), Type::Object(y)) if same_names(x, y) => {
            one_way(x.iter().zip(y.iter()).map(|(x, y)| rank(&x.ty, &y.ty)))
        }
        (Type::Tuple(x), Type::Tuple(y)) if x.len() == y.len() => {
            one_way(x.iter().zip(y.iter()).map(|(x, y)| rank(x, y)))
        }
        _ => i8::from(is_more_general(b, a)) - i8::from(is_more_general(a, b)),
    }
}

fn is_more_general(a: &Type, b: &Type) -> bool {
    matches!(
        (a, b),
        (Type::String, Type::Bool | Type::Number)
            | (Type::List(_) | Type::Tuple(_), Type::Set(_))
            | (Type::List(_), Type::Tuple(_))
            | (Type::Map(_), Type::Object(_))
    ) || (*b == Type::Any && *a != Type::Any)
}

fn one_way(ranks: impl Iterator<Item = i8>) -> i8 {
    let (mut up, mut down) = (false, false);
    for rank in ranks {
        up |= rank < 0;
        down |= rank > 0;
    }
    match (up, down) {
        (true, false) => -1,
        (false, true) => 1,
        _ => 0,
    }
}

fn same_names(x: &[Field], y: &[Field]) -> bool {
    x.len() == y.len() && x.iter().zip(y).all(|(x, y)| x.name == y.name)
}

fn collections(types: &[Type], any: usize, loose: bool, make: fn(Type) -> Type) -> Option<Type> {
    if any > 0 {
        return Some(Type::Any);
    }
    let elements: Vec<Type> = types.iter().filter_map(Type::element).cloned().collect();
    checked(make(unify(&elements, loose)?), types, loose)
}

/// Objects beside maps become maps, tuples beside lists become lists.
fn with_members(
    types: &[Type],
    loose: bool,
    make: fn(Type) -> Type,
    is_member: fn(&Type) -> bool,
) -> Option<Type> {
    let members: Vec<Type> = types.iter().filter(|ty| is_member(ty)).cloned().collect();
    let common = spread(&members, loose, make)?;
    let types: Vec<Type> =
        types.iter().map(|ty| if is_member(ty) { common.clone() } else { ty.clone() }).collect();
    let found = unify(&types, loose)?;
    if found.element().is_some() { Some(found) } else { None }
}

fn objects_of(types: &[Type], any: usize, loose: bool) -> Option<Type> {
    if any > 0 {
        return Some(Type::Any);
    }
    let all: Vec<&[Field]> = types
        .iter()
        .filter_map(|ty| if let Type::Object(fields) = ty { Some(&**fields) } else { None })
        .collect();
    let first = *all.first()?;
    if !all.iter().all(|fields| same_names(first, fields)) {
        return spread(types, loose, Type::map);
    }
    let mut fields = Vec::with_capacity(first.len());
    for (at, field) in first.iter().enumerate() {
        let across: Vec<Type> =
            all.iter().filter_map(|fields| fields.get(at)).map(|field| field.ty.clone()).collect();
        fields.push(Field {
            ty: unify(&across, loose)?,
            optional: false,
            default: None,
            name: field.name.clone(),
        });
    }
    checked(Type::Object(fields.into()), types, loose).or_else(|| spread(types, loose, Type::map))
}

fn tuples_of(types: &[Type], any: usize, loose: bool) -> Option<Type> {
    if any > 0 {
        return Some(Type::Any);
    }
    let all: Vec<&[Type]> = types
        .iter()
        .filter_map(|ty| if let Type::Tuple(elements) = ty { Some(&**elements) } else { None })
        .collect();
    let length = all.first()?.len();
    if !all.iter().all(|elements| elements.len() == length) {
        return spread(types, loose, Type::list);
    }
    let mut elements = Vec::with_capacity(length);
    for at in 0..length {
        let across: Vec<Type> = all.iter().filter_map(|elements| elements.get(at)).cloned().collect();
        elements.push(unify(&across, loose)?);
    }
    checked(Type::Tuple(elements.into()), types, loose).or_else(|| spread(types, loose, Type::list))
}

/// A map or list whose elements have the type that all members of all these objects or tuples can have.
fn spread(types: &[Type], loose: bool, make: fn(Type) -> Type) -> Option<Type> {
    let mut members = Vec::new();
    for ty in types {
        match ty {
            Type::Object(fields) => members.extend(fields.iter().map(|field| field.ty.clone())),
            Type::Tuple(elements) => members.extend(elements.iter().cloned()),
            _ => {}
        }
    }
    checked(make(unify(&members, loose)?), types, loose)
}

fn checked(want: Type, types: &[Type], loose: bool) -> Option<Type> {
    let fits = types.iter().all(|ty| *ty == want || convertible(ty, &want, loose));
    if fits { Some(want) } else { None }
}
