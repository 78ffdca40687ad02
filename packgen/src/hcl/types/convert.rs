//! Values of one type from values of another, by Nomad's rules: what may be converted is decided by the
//! types alone, so that it does not depend on the values of the day.

use std::sync::Arc;

use super::mismatch::mismatch;
use super::unify::unify;
use super::{Field, Type};
use crate::hcl::set;
use crate::hcl::value::{Entry, Kind, Mapping, Sequence, Unknown, Value};
use crate::hcl::{Number, Text};
use crate::source::Span;

/// Why a value does not fit, and which part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertError {
    /// The steps to the part: `.resources.memory`, `[2]`; empty for the value itself.
    pub path: String,
    /// What was required and what was found.
    pub message: String,
    /// Where that part was made.
    pub at: Span,
}

impl ConvertError {
    pub(super) fn new(message: impl Into<String>, at: Span) -> Self {
        ConvertError { path: String::new(), message: message.into(), at }
    }

    fn within(mut self, step: impl std::fmt::Display, at: Span) -> Self {
        self.path = format!("{step}{}", self.path);
        self.at = self.at.or(at);
        self
    }
}

type Converted = Result<Value, ConvertError>;

/// The value as a value of type `want`. Places, origins and marks stay.
pub fn convert(value: &Value, want: &Type) -> Converted {
    if fits(value, want) {
        return Ok(value.clone());
    }
    let from = value.ty();
    if from == want.concrete() {
        return Ok(value.clone());
    }
    if !convertible(&from, want, true) {
        return Err(mismatch(value, want));
    }
    apply(value, want)
}

/// The common cases, without building types.
fn fits(value: &Value, want: &Type) -> bool {
    match (&value.kind, want) {
        (_, Type::Any)
        | (Kind::Bool(_), Type::Bool)
        | (Kind::Number(_), Type::Number)
        | (Kind::String(_), Type::String) => true,
        (Kind::List(list), Type::List(element)) => list.element == **element,
        (Kind::Map(map), Type::Map(element)) => map.element == **element,
        _ => false,
    }
}

/// Whether values of one type can become values of another; `loose` if single values may fail.
pub(crate) fn convertible(from: &Type, to: &Type, loose: bool) -> bool {
    if from == to {
        return true;
    }
    match (from, to) {
        (_, Type::Any) | (Type::Bool | Type::Number, Type::String) => true,
        (Type::Any, _) | (Type::String, Type::Bool | Type::Number) => loose,
        (Type::Object(from), Type::Object(to)) => to.iter().all(|field| match find(from, &field.name) {
            Some(own) => own.ty == field.ty || convertible(&own.ty, &field.ty, loose),
            None => field.optional,
        }),
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len()
                && from.iter().zip(to.iter()).all(|(from, to)| convertible(from, to, loose))
        }
        (Type::List(_), Type::Set(_)) if !loose => false,
        (Type::List(from) | Type::Set(from), Type::List(to) | Type::Set(to))
        | (Type::Map(from), Type::Map(to)) => convertible(from, to, loose),
        (Type::Tuple(from), Type::List(to) | Type::Set(to)) => members_convertible(from.iter(), to, loose),
        (Type::Object(from), Type::Map(to)) => {
            members_convertible(from.iter().map(|field| &field.ty), to, loose)
        }
        (Type::Map(from), Type::Object(to)) => {
            loose && to.iter().all(|field| field.optional || convertible(from, &field.ty, loose))
        }
        _ => false,
    }
}

fn members_convertible<'a>(members: impl Iterator<Item = &'a Type> + Clone, to: &Type, loose: bool) -> bool {
    if *to != Type::Any {
        return members.clone().all(|member| convertible(member, to, loose));
    }
    let members: Vec<Type> = members.cloned().collect();
    match unify(&members, loose) {
        Some(Type::Any) => members.iter().all(|member| *member == Type::Any),
        Some(common) => members.iter().all(|member| convertible(member, &common, loose)),
        None => members.is_empty(),
    }
}

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.binary_search_by(|field| (*field.name).cmp(name)).ok().and_then(|at| fields.get(at))
}

fn apply(value: &Value, want: &Type) -> Converted {
    if fits(value, want) {
        return Ok(value.clone());
    }
    let kind = match (&value.kind, want) {
        (Kind::Null(ty), _) => Kind::Null(replace_any(ty, &want.concrete())),
        (Kind::Unknown(unknown), _) => Kind::Unknown(Unknown {
            ty: replace_any(&unknown.ty, &want.concrete()),
            why: unknown.why.clone(),
        }),
        (_, Type::Bool | Type::Number | Type::String) => primitive(value, want)?,
        (_, Type::Object(fields)) if value.entries().is_some() => object(value, fields)?,
        (Kind::Tuple(items), Type::Tuple(types)) => {
            let items = items.iter().zip(types.iter()).enumerate();
            Kind::Tuple(items.map(|(at, (item, ty))| element(item, ty, at)).collect::<Result<_, _>>()?)
        }
        (_, Type::List(ty)) if value.items().is_some() => Kind::List(Arc::new(sequence(value, ty)?)),
        (_, Type::Set(ty)) if value.items().is_some() => {
            Kind::Set(Arc::new(set::ordered(sequence(value, ty)?)))
        }
        (_, Type::Map(ty)) if value.entries().is_some() => Kind::Map(Arc::new(mapping(value, ty)?)),
        _ => return Err(mismatch(value, want)),
    };
    Ok(Value { kind, at: value.at, sensitive: value.sensitive })
}

fn primitive(value: &Value, want: &Type) -> Result<Kind, ConvertError> {
    match (&value.kind, want) {
        (Kind::Number(number), Type::String) => Ok(Kind::String(number.to_string().into())),
        (Kind::Bool(bool), Type::String) => Ok(Kind::String(if *bool { "true" } else { "false" }.into())),
        (Kind::String(text), Type::Number) => Number::parse(text)
            .map(Kind::Number)
            .map_err(|error| ConvertError::new(error.to_string(), value.at)),
        (Kind::String(text), Type::Bool) => match text.as_str() {
            "true" | "1" => Ok(Kind::Bool(true)),
            "false" | "0" => Ok(Kind::Bool(false)),
            other if other.eq_ignore_ascii_case("true") || other.eq_ignore_ascii_case("false") => {
                let message =
                    format!("a bool is required; write {} in small letters", other.to_ascii_lowercase());
                Err(ConvertError::new(message, value.at))
            }
            _ => Err(ConvertError::new("a bool is required", value.at)),
        },
        _ => Err(mismatch(value, want)),
    }
}

fn object(value: &Value, fields: &[Field]) -> Result<Kind, ConvertError> {
    let mut entries = Vec::with_capacity(fields.len());
    for field in fields {
        let own =
            value.entries().unwrap_or_default().binary_search_by(|entry| entry.key.as_str().cmp(&field.name));
        let own = own.ok().and_then(|at| value.entries().unwrap_or_default().get(at));
        match own {
            Some(entry) => entries.push(member(entry, &field.ty)?),
            None if field.optional => {
                let null = Value::new(Kind::Null(field.ty.concrete()), value.at);
                entries.push(Entry { key: Text::from(field.name.clone()), key_at: Span::NONE, value: null });
            }
            None => return Err(ConvertError::new(format!("`{}` is required", field.name), value.at)),
        }
    }
    Ok(Kind::Object(entries.into()))
}

fn member(entry: &Entry, want: &Type) -> Result<Entry, ConvertError> {
    let value =
        convert(&entry.value, want).map_err(|error| error.within(step_to(&entry.key), entry.value.at))?;
    Ok(Entry { value, ..entry.clone() })
}

fn element(item: &Value, want: &Type, at: usize) -> Converted {
    convert(item, want).map_err(|error| error.within(format_args!("[{at}]"), item.at))
}

fn sequence(value: &Value, want: &Type) -> Result<Sequence, ConvertError> {
    let items = value.items().unwrap_or_default();
    if items.is_empty() {
        return Ok(Sequence { element: empty_element(value, want), items: Vec::new() });
    }
    let mut items: Vec<Value> =
        items.iter().enumerate().map(|(at, item)| element(item, want, at)).collect::<Result<_, _>>()?;
    let common = common(items.iter(), want, value.at)?;
    if want.holds_any() {
        items = items
            .iter()
            .enumerate()
            .map(|(at, item)| element(item, &common, at))
            .collect::<Result<_, _>>()?;
    }
    Ok(Sequence { element: common, items })
}

fn mapping(value: &Value, want: &Type) -> Result<Mapping, ConvertError> {
    let entries = value.entries().unwrap_or_default();
    if entries.is_empty() {
        return Ok(Mapping { element: empty_element(value, want), entries: Vec::new() });
    }
    let mut entries: Vec<Entry> =
        entries.iter().map(|entry| member(entry, want)).collect::<Result<_, _>>()?;
    let common = common(entries.iter().map(|entry| &entry.value), want, value.at)?;
    if want.holds_any() {
        entries = entries.iter().map(|entry| member(entry, &common)).collect::<Result<_, _>>()?;
    }
    Ok(Mapping { element: common, entries })
}

/// The type of all elements: the wanted one, or what they have in common where `any` is wanted.
fn common<'a>(values: impl Iterator<Item = &'a Value>, want: &Type, at: Span) -> Result<Type, ConvertError> {
    if !want.holds_any() {
        return Ok(want.concrete());
    }
    let types: Vec<Type> = values.map(Value::ty).collect();
    unify(&types, true).ok_or_else(|| ConvertError::new("the elements have no type in common", at))
}

fn empty_element(value: &Value, want: &Type) -> Type {
    match (&value.kind, want) {
        (Kind::List(own) | Kind::Set(own), Type::Any) => own.element.clone(),
        (Kind::Map(own), Type::Any) => own.element.clone(),
        _ => want.concrete(),
    }
}

/// `want`, with each `any` in it replaced by what is known from `own`.
fn replace_any(own: &Type, want: &Type) -> Type {
    let common = |types: &[Type]| unify(types, true).unwrap_or(Type::Any);
    match (own, want) {
        (Type::Any, _) => want.clone(),
        (_, Type::Any) => own.clone(),
        (Type::Map(own), Type::Map(want)) => Type::map(replace_any(own, want)),
        (Type::Object(own), Type::Map(want)) => {
            let types: Vec<Type> = own.iter().map(|field| field.ty.clone()).collect();
            Type::map(replace_any(&common(&types), want))
        }
        (Type::List(own) | Type::Set(own), Type::List(want)) => Type::list(replace_any(own, want)),
        (Type::List(own) | Type::Set(own), Type::Set(want)) => Type::set(replace_any(own, want)),
        (Type::Tuple(own), Type::List(want)) => Type::list(replace_any(&common(own), want)),
        (Type::Tuple(own), Type::Set(want)) => Type::set(replace_any(&common(own), want)),
        (Type::Tuple(own), Type::Tuple(want)) => {
            Type::Tuple(own.iter().zip(want.iter()).map(|(own, want)| replace_any(own, want)).collect())
        }
        (_, Type::Object(fields)) => {
            let replaced = |field: &Field| {
                let own = match own {
                    Type::Map(element) => Some(&**element),
                    other => other.field(&field.name).map(|field| &field.ty),
                };
                Field {
                    ty: own.map_or_else(|| field.ty.clone(), |own| replace_any(own, &field.ty)),
                    ..field.clone()
                }
            };
            Type::Object(fields.iter().map(replaced).collect())
        }
        _ => want.clone(),
    }
}

/// `.name`, or `["a.b"]` for a name that is no identifier.
fn step_to(key: &str) -> String {
    if crate::hcl::syntax::is_identifier(key) { format!(".{key}") } else { format!("[{key:?}]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, ty: Type, optional: bool) -> Field {
        Field { name: name.into(), ty, optional, default: None }
    }

    #[test]
    fn strings_numbers_and_bools_become_each_other() {
        assert_eq!(convert(&"60".into(), &Type::Number).unwrap(), 60.into());
        assert_eq!(convert(&60.into(), &Type::String).unwrap(), "60".into());
        assert_eq!(convert(&"true".into(), &Type::Bool).unwrap(), true.into());
        assert!(convert(&"True".into(), &Type::Bool).unwrap_err().message.contains("small letters"));
        assert!(convert(&1.into(), &Type::Bool).is_err());
    }

    #[test]
    fn the_path_leads_to_the_part() {
        let ty = Type::Object([field("a", Type::list(Type::Number), false)].into());
        let value = Value::object(vec![Entry::new("a", Value::tuple(vec![1.into(), "x".into()]))]);
        let error = convert(&value, &ty).unwrap_err();
        assert_eq!((error.path.as_str(), error.message.as_str()), (".a[1]", "a number is required"));
    }

    #[test]
    fn optional_fields_become_null_and_foreign_ones_go() {
        let ty = Type::Object([field("a", Type::String, true), field("b", Type::Number, false)].into());
        let value = Value::object(vec![Entry::new("b", "1".into()), Entry::new("c", 2.into())]);
        let object = convert(&value, &ty).unwrap();
        assert_eq!(object.get("b"), Some(&1.into()));
        assert!(object.get("a").unwrap().is_null() && object.get("c").is_none());
    }

    #[test]
    fn unknowns_and_nulls_take_the_type() {
        let unknown = convert(&Value::unknown(Type::Any, "x"), &Type::list(Type::String)).unwrap();
        assert_eq!(unknown.ty(), Type::list(Type::String));
        assert_eq!(convert(&Value::null(), &Type::Number).unwrap().ty(), Type::Number);
    }

    #[test]
    fn lists_of_any_take_the_common_type() {
        let list = convert(&Value::tuple(vec![1.into(), "a".into()]), &Type::list(Type::Any)).unwrap();
        assert_eq!(list.ty(), Type::list(Type::String));
        let list = convert(&Value::tuple(vec![]), &Type::list(Type::Any)).unwrap();
        assert_eq!(list.ty(), Type::list(Type::Any));
    }

    #[test]
    fn sets_are_ordered_and_hold_each_value_once() {
        let items = vec!["b".into(), "a".into(), "b".into()];
        let set = convert(&Value::tuple(items), &Type::set(Type::String)).unwrap();
        assert_eq!(set.items().unwrap(), [Value::from("a"), Value::from("b")]);
    }
}
