//! A type of the language, as it is written in `type = …`. It knows nothing of how values come to be of it: the build,
//! which reads the syntax of built-in packs, needs no more than this.

use std::sync::Arc;

use crate::hcl::value::{Entry, Value};
use crate::lasting::Str;

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Any type; as the type of a value: not known.
    Any,
    /// `bool`.
    Bool,
    /// `number`.
    Number,
    /// `string`.
    String,
    /// `list(…)`.
    List(Arc<Type>),
    /// `set(…)`.
    Set(Arc<Type>),
    /// `map(…)`.
    Map(Arc<Type>),
    /// `tuple([…])`.
    Tuple(Arc<[Type]>),
    /// `object({…})`, fields ordered by name.
    Object(Arc<[Field]>),
}

/// One field of an object type.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: Str,
    /// Its type.
    pub ty: Type,
    /// Whether it may be left out: `optional(…)`.
    pub optional: bool,
    /// What it is then, if not `null`.
    pub default: Option<Value>,
}

impl Type {
    /// The type of an object with these entries.
    pub fn object_of(entries: &[Entry]) -> Type {
        let field = |entry: &Entry| Field {
            name: entry.key.shared().clone(),
            ty: entry.value.ty(),
            optional: false,
            default: None,
        };
        Type::Object(entries.iter().map(field).collect())
    }

    /// The field of an object type.
    pub fn field(&self, name: &str) -> Option<&Field> {
        let Type::Object(fields) = self else { return None };
        let found = fields.binary_search_by(|field| (*field.name).cmp(name)).ok()?;
        fields.get(found)
    }

    /// A list of this type.
    pub fn list(element: Type) -> Type {
        Type::List(Arc::new(element))
    }

    /// A set of this type.
    pub fn set(element: Type) -> Type {
        Type::Set(Arc::new(element))
    }

    /// A map of this type.
    pub fn map(element: Type) -> Type {
        Type::Map(Arc::new(element))
    }

    /// Whether it is a bool, number or string.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Type::Bool | Type::Number | Type::String)
    }

    /// The type of the elements of a list, set or map.
    pub fn element(&self) -> Option<&Type> {
        match self {
            Type::List(element) | Type::Set(element) | Type::Map(element) => Some(element),
            _ => None,
        }
    }

    /// Whether `any` is somewhere in it.
    pub fn holds_any(&self) -> bool {
        match self {
            Type::Any => true,
            Type::Bool | Type::Number | Type::String => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.holds_any(),
            Type::Tuple(elements) => elements.iter().any(Type::holds_any),
            Type::Object(fields) => fields.iter().any(|field| field.ty.holds_any()),
        }
    }

    /// The type that values have after conversion: nothing in it is optional.
    #[must_use]
    pub fn concrete(&self) -> Type {
        match self {
            Type::List(element) => Type::list(element.concrete()),
            Type::Set(element) => Type::set(element.concrete()),
            Type::Map(element) => Type::map(element.concrete()),
            Type::Tuple(elements) => Type::Tuple(elements.iter().map(Type::concrete).collect()),
            Type::Object(fields) => Type::Object(fields.iter().map(Field::concrete).collect()),
            simple => simple.clone(),
        }
    }
}

impl Field {
    fn concrete(&self) -> Field {
        Field { name: self.name.clone(), ty: self.ty.concrete(), optional: false, default: None }
    }
}

/// As it is written in `type = …`; defaults are left out.
impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::Bool => f.write_str("bool"),
            Type::Number => f.write_str("number"),
            Type::String => f.write_str("string"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Set(element) => write!(f, "set({element})"),
            Type::Map(element) => write!(f, "map({element})"),
            Type::Tuple(elements) => {
                let words: Vec<String> = elements.iter().map(Type::to_string).collect();
                write!(f, "tuple([{}])", words.join(", "))
            }
            Type::Object(fields) => {
                let words: Vec<String> = fields.iter().map(field_words).collect();
                if words.is_empty() {
                    f.write_str("object({})")
                } else {
                    write!(f, "object({{ {} }})", words.join(", "))
                }
            }
        }
    }
}

fn field_words(field: &Field) -> String {
    if field.optional {
        format!("{} = optional({})", field.name, field.ty)
    } else {
        format!("{} = {}", field.name, field.ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_they_are_written() {
        let field =
            |name: &str, ty: Type, optional: bool| Field { name: name.into(), ty, optional, default: None };
        let ty = Type::Map(Arc::new(Type::Object(
            [field("a", Type::Number, false), field("b", Type::List(Arc::new(Type::String)), true)].into(),
        )));
        assert_eq!(ty.to_string(), "map(object({ a = number, b = optional(list(string)) }))");
        assert_eq!(Type::Tuple([Type::Bool, Type::Any].into()).to_string(), "tuple([bool, any])");
    }

    #[test]
    fn the_type_of_a_value_has_all_its_parts() {
        let value = Value::object(vec![Entry::new("x", Value::tuple(vec![1.into(), "a".into()]))]);
        assert_eq!(value.ty().to_string(), "object({ x = tuple([number, string]) })");
        assert_eq!(value.ty().field("x").unwrap().ty, Type::Tuple([Type::Number, Type::String].into()));
    }
}
