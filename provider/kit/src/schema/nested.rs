//! A block inside a block.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::Nest;
use crate::path::At;
use crate::ty::Type;
use crate::value::Value;

use super::Block;

/// How often a nested block appears, and by what its instances are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// Once, or not at all.
    Single,
    /// Repeated, in order.
    List,
    /// Repeated, without order.
    Set,
    /// Repeated, each with its own label.
    Map,
}

/// A block inside a block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// Its name in the configuration.
    pub name: Cow<'static, str>,
    /// How it is repeated.
    pub nesting: Nesting,
    /// How many there must be.
    pub min: u32,
    /// How many there may be; 0 is any number.
    pub max: u32,
    /// Adding, removing or changing one replaces the object.
    pub force_new: bool,
    /// What is inside.
    pub block: Block,
}

impl NestedBlock {
    /// A nested block held by a field of type `T`, which says how it is repeated.
    pub fn of<T: Nest>(name: &'static str, doc: &'static str) -> Self {
        let mut block = T::block();
        if !doc.is_empty() {
            block.doc = doc.into();
        }
        Self { name: name.into(), nesting: T::NESTING, min: T::MIN, max: T::MAX, force_new: false, block }
    }

    /// How many there must be.
    #[must_use]
    pub fn min(self, min: u32) -> Self {
        Self { min, ..self }
    }

    /// How many there may be.
    #[must_use]
    pub fn max(self, max: u32) -> Self {
        Self { max, ..self }
    }

    /// Repeated without order.
    #[must_use]
    pub fn set(self) -> Self {
        Self { nesting: Nesting::Set, ..self }
    }

    /// Adding, removing or changing one replaces the object.
    #[must_use]
    pub fn force_new(self) -> Self {
        Self { force_new: true, ..self }
    }

    /// What a configuration without this block holds.
    pub fn absent(&self) -> Value {
        match self.nesting {
            Nesting::Single => Value::Null,
            Nesting::List => Value::List(Vec::new()),
            Nesting::Set => Value::Set(Vec::new()),
            Nesting::Map => Value::Map(BTreeMap::new()),
        }
    }

    /// The blocks that are in `value`, each with its place.
    pub fn each<'v>(&self, value: &'v Value, at: &At<'_>, mut visit: impl FnMut(&'v Value, &At<'_>)) {
        match (self.nesting, value) {
            (Nesting::Single, Value::Map(_)) => visit(value, at),
            (Nesting::List, Value::List(elements)) => {
                elements.iter().enumerate().for_each(|(index, element)| visit(element, &at.index(index)));
            }
            (Nesting::Set, Value::Set(elements)) => {
                for element in elements {
                    visit(element, &at.element());
                }
            }
            (Nesting::Map, Value::Map(labelled)) => {
                for (label, element) in labelled {
                    visit(element, &at.key(label));
                }
            }
            _ => {}
        }
    }

    pub(super) fn object_type(&self) -> Type {
        let inner = self.block.object_type();
        match self.nesting {
            Nesting::Single => inner,
            Nesting::List => Type::list(inner),
            Nesting::Set => Type::set(inner),
            Nesting::Map => Type::map(inner),
        }
    }
}
