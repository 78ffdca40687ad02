//! What `optional(type, default)` puts where nothing was given.

use std::sync::Arc;

use super::Type;
use crate::hcl::text::Text;
use crate::hcl::value::{Entry, Kind, Mapping, Sequence, Value};
use crate::source::Span;

/// The value with the defaults of optional fields in place of what is missing or null, at any depth.
/// It is not converted yet.
pub fn apply_defaults(value: &Value, ty: &Type) -> Value {
    let kind = match (&value.kind, ty) {
        (_, Type::Object(fields)) if value.entries().is_some() => {
            let mut entries = value.entries().unwrap_or_default().to_vec();
            for field in fields.iter() {
                let own = entries.binary_search_by(|entry| entry.key.as_str().cmp(&field.name));
                match (own, &field.default) {
                    (Ok(at), default) => {
                        if let Some(entry) = entries.get_mut(at) {
                            entry.value = match default {
                                Some(default) if entry.value.is_null() => apply_defaults(default, &field.ty),
                                _ => apply_defaults(&entry.value, &field.ty),
                            };
                        }
                    }
                    (Err(at), Some(default)) => {
                        let value = apply_defaults(default, &field.ty);
                        entries.insert(
                            at,
                            Entry { key: Text::from(field.name.clone()), key_at: Span::NONE, value },
                        );
                    }
                    (Err(_), None) => {}
                }
            }
            Kind::Object(entries.into())
        }
        (Kind::Map(map), Type::Map(element)) => Kind::Map(Arc::new(Mapping {
            element: map.element.clone(),
            entries: entries(&map.entries, element),
        })),
        (Kind::Object(own), Type::Map(element)) => Kind::Object(entries(own, element).into()),
        (Kind::Tuple(own), Type::Tuple(types)) if own.len() == types.len() => {
            Kind::Tuple(own.iter().zip(types.iter()).map(|(item, ty)| apply_defaults(item, ty)).collect())
        }
        (Kind::Tuple(own), Type::List(element) | Type::Set(element)) => {
            Kind::Tuple(items(own, element).into())
        }
        (Kind::List(list), Type::List(element) | Type::Set(element)) => Kind::List(Arc::new(Sequence {
            element: list.element.clone(),
            items: items(&list.items, element),
        })),
        _ => return value.clone(),
    };
    Value { kind, ..value.clone() }
}

fn items(items: &[Value], element: &Type) -> Vec<Value> {
    items.iter().map(|item| apply_defaults(item, element)).collect()
}

fn entries(entries: &[Entry], element: &Type) -> Vec<Entry> {
    entries
        .iter()
        .map(|entry| Entry { value: apply_defaults(&entry.value, element), ..entry.clone() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::types::{Field, convert};

    #[test]
    fn defaults_fill_what_is_missing_or_null() {
        let field = |name: &str, ty: Type, default: Option<Value>| Field {
            name: name.into(),
            ty,
            optional: true,
            default,
        };
        let inner = Type::Object([field("port", Type::Number, Some(80.into()))].into());
        let empty = Value::object(Vec::new());
        let ty =
            Type::Object([field("a", Type::String, Some("x".into())), field("b", inner, Some(empty))].into());
        let given = Value::object(vec![Entry::new("a", Value::null())]);
        let value = convert(&apply_defaults(&given, &ty), &ty).unwrap();
        assert_eq!(value.get("a"), Some(&"x".into()));
        assert_eq!(value.get("b").unwrap().get("port"), Some(&80.into()));
    }
}
