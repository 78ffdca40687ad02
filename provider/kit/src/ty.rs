//! The types that an attribute, a parameter or a dynamic value can have: Terraform's own, no more.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crate::value::Value;

/// A Terraform type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// Text.
    String,
    /// An exact number.
    Number,
    /// True or false.
    Bool,
    /// Any type: the value carries its own.
    Dynamic,
    /// Values of one type, in order.
    List(Box<Type>),
    /// Values of one type, each once, without order.
    Set(Box<Type>),
    /// Values of one type by name.
    Map(Box<Type>),
    /// A fixed set of named values, each of its own type.
    Object(BTreeMap<Cow<'static, str>, Type>),
    /// A fixed number of values, each of its own type.
    Tuple(Vec<Type>),
}

impl Type {
    /// A list of `element`.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of `element`.
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map of `element`.
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// An object with these fields.
    pub fn object<N: Into<Cow<'static, str>>>(fields: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Object(fields.into_iter().map(|(name, ty)| (name.into(), ty)).collect())
    }

    /// The type that this JSON names, already read into a value: `"string"`, `["list", "number"]`, ….
    pub fn named_by(json: &Value) -> Option<Self> {
        if let Some(name) = json.as_str() {
            return Self::primitive(name);
        }
        let [kind, inner, ..] = json.elements()? else { return None };
        let element = |build: fn(Self) -> Self| Self::named_by(inner).map(build);
        match kind.as_str()? {
            "list" => element(Self::list),
            "set" => element(Self::set),
            "map" => element(Self::map),
            "tuple" => inner.elements()?.iter().map(Self::named_by).collect::<Option<_>>().map(Self::Tuple),
            "object" => {
                let field = |(name, ty): (&String, _)| Some((Cow::Owned(name.clone()), Self::named_by(ty)?));
                inner.fields()?.iter().map(field).collect::<Option<_>>().map(Self::Object)
            }
            _ => None,
        }
    }

    /// The type that a value has when nobody says which: sequences become tuples, names objects.
    pub fn natural(value: &Value) -> Self {
        match value {
            Value::Null | Value::Unknown(_) => Self::Dynamic,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::List(elements) => Self::Tuple(elements.iter().map(Self::natural).collect()),
            Value::Set(elements) => Self::set(elements.first().map_or(Self::Dynamic, Self::natural)),
            Value::Map(fields) => {
                Self::object(fields.iter().map(|(name, value)| (name.clone(), Self::natural(value))))
            }
            Value::Dynamic(typed) => typed.0.clone(),
        }
    }

    fn primitive(name: &str) -> Option<Self> {
        match name {
            "string" => Some(Self::String),
            "number" => Some(Self::Number),
            "bool" => Some(Self::Bool),
            "dynamic" => Some(Self::Dynamic),
            _ => None,
        }
    }

    /// The same type as the value that would be JSON for it.
    pub fn name(&self) -> Value {
        let of = |kind: &str, inner: Value| Value::List(vec![Value::string(kind), inner]);
        match self {
            Self::String => Value::string("string"),
            Self::Number => Value::string("number"),
            Self::Bool => Value::string("bool"),
            Self::Dynamic => Value::string("dynamic"),
            Self::List(element) => of("list", element.name()),
            Self::Set(element) => of("set", element.name()),
            Self::Map(element) => of("map", element.name()),
            Self::Tuple(elements) => of("tuple", Value::List(elements.iter().map(Self::name).collect())),
            Self::Object(fields) => {
                of("object", Value::object(fields.iter().map(|(name, ty)| (name.as_ref(), ty.name()))))
            }
        }
    }

    /// Whether this is a value of this type; null and unknown are of every type.
    pub fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null | Value::Unknown(_))
            | (Self::String, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Bool, Value::Bool(_)) => true,
            (Self::Dynamic, Value::Dynamic(typed)) => typed.0.holds(&typed.1),
            (Self::List(ty), Value::List(elements)) | (Self::Set(ty), Value::Set(elements)) => {
                elements.iter().all(|element| ty.holds(element))
            }
            (Self::Map(ty), Value::Map(fields)) => fields.values().all(|field| ty.holds(field)),
            (Self::Object(types), Value::Map(fields)) => {
                let held = |(name, ty): (&Cow<'_, str>, &Self)| {
                    fields.get(name.as_ref()).is_some_and(|v| ty.holds(v))
                };
                types.len() == fields.len() && types.iter().all(held)
            }
            (Self::Tuple(types), Value::List(elements)) => {
                types.len() == elements.len()
                    && types.iter().zip(elements).all(|(ty, element)| ty.holds(element))
            }
            _ => false,
        }
    }

    /// Whether a value of this type can hold one that carries its own type.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::String | Self::Number | Self::Bool => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.has_dynamic(),
            Self::Object(fields) => fields.values().any(Self::has_dynamic),
            Self::Tuple(elements) => elements.iter().any(Self::has_dynamic),
        }
    }
}

/// The way Terraform's documentation writes types.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("String"),
            Self::Number => f.write_str("Number"),
            Self::Bool => f.write_str("Boolean"),
            Self::Dynamic => f.write_str("Dynamic"),
            Self::List(element) => write!(f, "List of {element}"),
            Self::Set(element) => write!(f, "Set of {element}"),
            Self::Map(element) => write!(f, "Map of {element}"),
            Self::Object(_) => f.write_str("Object"),
            Self::Tuple(_) => f.write_str("Tuple"),
        }
    }
}
