//! How the blocks of a set are recognised: they have neither index nor label, only what is written in them.
//!
//! Terraform's own proposal pairs them greedily and knows no defaults, so that a set can look changed when it is not.

use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::Value;

use super::matching::matching;

/// The prior state with the blocks of every set in the order of the configuration: where `config` has its third block,
/// there is what that block was before, or null.
pub(super) fn align(block: &Block, prior: &Value, config: &Value) -> Value {
    let (Value::Map(was), Value::Map(_)) = (prior, config) else { return prior.clone() };
    let mut aligned = was.clone();
    for nested in &block.blocks {
        let name = nested.name.as_ref();
        aligned.insert(name.to_owned(), align_nested(nested, prior.field(name), config.field(name)));
    }
    Value::Map(aligned)
}

fn align_nested(nested: &NestedBlock, prior: &Value, config: &Value) -> Value {
    let inner = |was: Option<&Value>, written| align(&nested.block, was.unwrap_or(&Value::Null), written);
    match (prior, config) {
        (Value::List(was), Value::List(written)) => {
            Value::List(written.iter().enumerate().map(|(i, written)| inner(was.get(i), written)).collect())
        }
        (Value::Set(was), Value::Set(written)) => {
            let pairs = matching(written, was, |written, was| became(&nested.block, written, was));
            let before = pairs.into_iter().map(|index| index.map(|index| &was[index]));
            Value::Set(written.iter().zip(before).map(|(written, was)| inner(was, written)).collect())
        }
        (Value::Map(was), Value::Map(written)) if nested.nesting == Nesting::Map => {
            Value::object(written.iter().map(|(label, written)| (label, inner(was.get(label), written))))
        }
        _ => inner(Some(prior), config),
    }
}

/// Whether `element` is what was made of this: everything written is in it, and everything else is computed.
fn became(block: &Block, written: &Value, element: &Value) -> bool {
    let (Value::Map(_), Value::Map(_)) = (written, element) else { return written == element };
    let same = |a: &Attribute| {
        let (written, element) = (written.field(&a.name), element.field(&a.name));
        match &a.default {
            Some(default) if written.is_null() => element == default,
            None if written.is_null() && a.is_computed() => true,
            _ => a.is_same(written, element),
        }
    };
    let same_blocks = |n: &NestedBlock| nested_became(n, written.field(&n.name), element.field(&n.name));
    block.attributes.iter().all(same) && block.blocks.iter().all(same_blocks)
}

fn nested_became(nested: &NestedBlock, written: &Value, element: &Value) -> bool {
    let one = |(written, element): (&Value, &Value)| became(&nested.block, written, element);
    match (written, element) {
        (Value::List(w), Value::List(e)) => w.len() == e.len() && w.iter().zip(e).all(one),
        (Value::Set(w), Value::Set(e)) => {
            e.len() <= w.len()
                && matching(e, w, |e, w| one((w, e))).iter().all(Option::is_some)
                && w.iter().all(|w| e.iter().any(|e| one((w, e))))
        }
        (Value::Map(w), Value::Map(e)) if nested.nesting == Nesting::Map => {
            w.keys().eq(e.keys()) && w.values().zip(e.values()).all(one)
        }
        _ => one((written, element)),
    }
}
