//! Fields that hold several values: lists, sets, maps, and structs as objects.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::path::At;
use crate::schema;
use crate::ty::Type;
use crate::value::Value;

use super::{Attr, Block, expected};

impl<T: Attr> Attr for Vec<T> {
    fn ty() -> Type {
        Type::list(T::ty())
    }

    fn object() -> Option<schema::Block> {
        T::object()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let Some(elements) = value.elements() else { return expected("a list", value, at) };
        elements.iter().enumerate().map(|(index, element)| T::decode(element, &at.index(index))).collect()
    }

    fn encode(&self) -> Value {
        Value::List(self.iter().map(T::encode).collect())
    }
}

impl<T: Attr + Ord> Attr for BTreeSet<T> {
    fn ty() -> Type {
        Type::set(T::ty())
    }

    fn object() -> Option<schema::Block> {
        T::object()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let Some(elements) = value.elements() else { return expected("a set", value, at) };
        elements.iter().map(|element| T::decode(element, &at.element())).collect()
    }

    fn encode(&self) -> Value {
        Value::set(self.iter().map(T::encode))
    }
}

impl<T: Attr> Attr for BTreeMap<String, T> {
    fn ty() -> Type {
        Type::map(T::ty())
    }

    fn object() -> Option<schema::Block> {
        T::object()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let Some(fields) = value.fields() else { return expected("a map", value, at) };
        fields.iter().map(|(key, element)| Ok((key.clone(), T::decode(element, &at.key(key))?))).collect()
    }

    fn encode(&self) -> Value {
        Value::Map(self.iter().map(|(key, element)| (key.clone(), element.encode())).collect())
    }
}

/// A struct as an object: every field has to be written.
impl<B: Block> Attr for B {
    fn ty() -> Type {
        B::block().object_type()
    }

    fn object() -> Option<schema::Block> {
        Some(B::block())
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        Block::decode(value, at)
    }

    fn encode(&self) -> Value {
        Block::encode(self)
    }
}
