//! What travels between Terraform and an author: any value, null and unknown included.
//!
//! A `Value` does not know its type; the schema beside it does. Lists and tuples share `List`, maps, objects and
//! blocks share `Map`. Text is kept in Unicode's composed form (NFC), as Terraform keeps it.

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::number::Number;
use crate::ty::Type;

/// Any value that Terraform can hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Not set.
    Null,
    /// Not known before apply; what is known about it all the same.
    Unknown(Option<Arc<Refinement>>),
    /// True or false.
    Bool(bool),
    /// An exact number.
    Number(Number),
    /// Text, composed (NFC).
    String(String),
    /// A list or a tuple.
    List(Vec<Value>),
    /// A set: build it with [`Value::set`], which sorts and drops duplicates.
    Set(Vec<Value>),
    /// A map, an object or a block.
    Map(BTreeMap<String, Value>),
    /// A value that carries its type.
    Dynamic(Box<(Type, Value)>),
}

/// What is known about an unknown value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refinement {
    /// It will not be null.
    pub not_null: bool,
    /// The text it will begin with.
    pub prefix: Option<String>,
    /// The least number it can be, and whether that number itself is possible.
    pub lower: Option<(Number, bool)>,
    /// The greatest number it can be, and whether that number itself is possible.
    pub upper: Option<(Number, bool)>,
    /// The least number of elements.
    pub min_length: Option<i64>,
    /// The greatest number of elements.
    pub max_length: Option<i64>,
}

impl Value {
    /// Unknown, and nothing more can be said.
    pub const UNKNOWN: Self = Self::Unknown(None);

    /// Text, composed as Terraform composes it.
    pub fn string(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::String(if is_nfc(&text) { text } else { text.nfc().collect() })
    }

    /// A set of these elements: sorted, each known one once. Two unknown elements may turn out different.
    pub fn set(elements: impl IntoIterator<Item = Self>) -> Self {
        let mut elements: Vec<Self> = elements.into_iter().collect();
        elements.sort();
        elements.dedup_by(|a, b| a == b && a.is_wholly_known());
        Self::Set(elements)
    }

    /// An object or a block with these fields.
    pub fn object<N: Into<String>>(fields: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Map(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// Whether this is null, or a dynamic value that is.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(typed) => typed.1.is_null(),
            _ => false,
        }
    }

    /// Whether this value itself is unknown; its elements may be all the same.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Dynamic(typed) => typed.1.is_unknown(),
            _ => false,
        }
    }

    /// Whether neither this value nor anything inside it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(elements) | Self::Set(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(fields) => fields.values().all(Self::is_wholly_known),
            Self::Dynamic(typed) => typed.1.is_wholly_known(),
        }
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if this is a list, a tuple or a set.
    pub fn elements(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) | Self::Set(elements) => Some(elements),
            _ => None,
        }
    }

    /// The fields, if this is a map, an object or a block.
    pub fn fields(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Map(fields) => Some(fields),
            _ => None,
        }
    }

    /// The field of this name; null where there is none.
    pub fn field(&self, name: &str) -> &Self {
        self.fields().and_then(|fields| fields.get(name)).unwrap_or(&Self::Null)
    }

    /// The same value with nothing unknown left: what never became known is null.
    #[must_use]
    pub fn unknown_to_null(self) -> Self {
        match self {
            Self::Unknown(_) => Self::Null,
            Self::List(elements) => Self::List(elements.into_iter().map(Self::unknown_to_null).collect()),
            Self::Set(elements) => Self::set(elements.into_iter().map(Self::unknown_to_null)),
            Self::Map(fields) => {
                Self::Map(fields.into_iter().map(|(name, value)| (name, value.unknown_to_null())).collect())
            }
            Self::Dynamic(typed) => {
                let (ty, value) = *typed;
                Self::Dynamic(Box::new((ty, value.unknown_to_null())))
            }
            known => known,
        }
    }

    /// One word for what this is, for error messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown(_) => "a value not known yet",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "an object",
            Self::Dynamic(typed) => typed.1.kind(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_no_order_and_no_duplicates_but_keep_unknowns() {
        let a = Value::set([Value::string("b"), Value::string("a"), Value::string("b")]);
        assert_eq!(a, Value::set([Value::string("a"), Value::string("b")]));
        let two_unknown = Value::set([Value::UNKNOWN, Value::UNKNOWN]);
        assert_eq!(two_unknown.elements().map(<[Value]>::len), Some(2));
    }

    #[test]
    fn text_is_composed() {
        assert_eq!(Value::string("e\u{301}"), Value::string("é"));
    }

    #[test]
    fn what_never_became_known_is_null() {
        let value = Value::object([("a", Value::UNKNOWN), ("b", Value::List(vec![Value::UNKNOWN]))]);
        let expected = Value::object([("a", Value::Null), ("b", Value::List(vec![Value::Null]))]);
        assert_eq!(value.unknown_to_null(), expected);
    }
}
