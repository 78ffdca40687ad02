//! What a configuration may contain: attributes, nested blocks, and how the engine plans each of them.
//!
//! A schema comes from a derived struct (`#[derive(Block)]`) or is made from data at start-up; nothing else in the
//! kit knows which.

mod attribute;
mod faults;
mod nested;

use std::borrow::Cow;

use crate::ty::Type;

pub use attribute::{Attribute, Fits, Keep, Presence, Same};
pub use faults::faults;
pub use nested::{NestedBlock, Nesting};

/// A resource's, data source's or provider's whole schema.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Raised when the state's shape changes, together with an `upgrade` step.
    pub version: i64,
    /// The attributes and blocks.
    pub block: Block,
}

/// The inside of a resource or of a nested block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What the user reads, as Markdown.
    pub doc: Cow<'static, str>,
    /// Why not to use it any more, and what instead.
    pub deprecated: Option<Cow<'static, str>>,
    /// The attributes, in the order of the documentation.
    pub attributes: Vec<Attribute>,
    /// The nested blocks, in the order of the documentation.
    pub blocks: Vec<NestedBlock>,
}

impl Block {
    /// An empty block with its documentation.
    pub fn new(doc: impl Into<Cow<'static, str>>) -> Self {
        Self { doc: doc.into(), ..Self::default() }
    }

    /// The same with one more attribute.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// The same with one more nested block.
    #[must_use]
    pub fn block(mut self, block: NestedBlock) -> Self {
        self.blocks.push(block);
        self
    }

    /// The same, marked as not to be used any more.
    #[must_use]
    pub fn deprecated(mut self, instead: impl Into<Cow<'static, str>>) -> Self {
        self.deprecated = Some(instead.into());
        self
    }

    /// The type of a value of this block when it is an object, as in an attribute.
    pub fn object_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|a| (a.name.clone(), a.ty.clone()));
        let blocks = self.blocks.iter().map(|b| (b.name.clone(), b.object_type()));
        Type::Object(attributes.chain(blocks).collect())
    }
}
