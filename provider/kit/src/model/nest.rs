//! Fields that hold nested blocks. The type says how often the block may be written.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::path::At;
use crate::schema::{self, Nesting};
use crate::value::Value;

use super::{Block, Nest};

/// A block that must be there.
impl<B: Block> Nest for B {
    const NESTING: Nesting = Nesting::Single;
    const MIN: u32 = 1;
    const MAX: u32 = 1;

    fn block() -> schema::Block {
        <B as Block>::block()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        Block::decode(value, at)
    }

    fn encode(&self, _: bool) -> Value {
        Block::encode(self)
    }
}

impl<B: Block> Nest for Option<B> {
    const NESTING: Nesting = Nesting::Single;
    const MAX: u32 = 1;

    fn block() -> schema::Block {
        B::block()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        if value.is_null() { Ok(None) } else { Block::decode(value, at).map(Some) }
    }

    fn encode(&self, _: bool) -> Value {
        self.as_ref().map_or(Value::Null, Block::encode)
    }
}

impl<B: Block> Nest for Vec<B> {
    const NESTING: Nesting = Nesting::List;

    fn block() -> schema::Block {
        B::block()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let elements = value.elements().unwrap_or_default();
        elements.iter().enumerate().map(|(index, element)| Block::decode(element, &at.index(index))).collect()
    }

    fn encode(&self, set: bool) -> Value {
        let blocks = self.iter().map(Block::encode);
        // A set keeps the author's order until the engine has matched it with the configuration.
        if set { Value::Set(blocks.collect()) } else { Value::List(blocks.collect()) }
    }
}

impl<B: Block> Nest for BTreeMap<String, B> {
    const NESTING: Nesting = Nesting::Map;

    fn block() -> schema::Block {
        B::block()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let labelled = value.fields().into_iter().flatten();
        labelled.map(|(label, block)| Ok((label.clone(), Block::decode(block, &at.key(label))?))).collect()
    }

    fn encode(&self, _: bool) -> Value {
        Value::Map(self.iter().map(|(label, block)| (label.clone(), Block::encode(block))).collect())
    }
}
