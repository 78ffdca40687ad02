//! The types of the language, as they are written in `type = …`.

use std::sync::Arc;

use super::value::{Entry, Value};

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
    pub name: Arc<str>,
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

    /// Whether it is a bool, number or string.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Type::Bool | Type::Number | Type::String)
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
