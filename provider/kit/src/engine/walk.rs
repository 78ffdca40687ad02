//! Walks over a block's value and the values beside it: configuration, prior state, an author's draft.
//!
//! Blocks of a list meet by index, of a map by label; those of a set by index too, once [`super::sets`] has aligned them.

use std::collections::BTreeMap;

use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::Value;

/// The same place in three values. Null where one of them has nothing there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside<'v> {
    pub config: &'v Value,
    pub prior: &'v Value,
    pub draft: &'v Value,
}

impl<'v> Beside<'v> {
    /// The same value three times over, for walks that look at one only.
    pub fn only(config: &'v Value) -> Self {
        Self { config, prior: &Value::Null, draft: &Value::Null }
    }

    fn field(self, name: &str) -> Self {
        Self { config: self.config.field(name), prior: self.prior.field(name), draft: self.draft.field(name) }
    }

    fn index(self, index: usize) -> Self {
        let at = |value: &'v Value| value.elements().and_then(|e| e.get(index)).unwrap_or(&Value::Null);
        Self { config: at(self.config), prior: at(self.prior), draft: at(self.draft) }
    }
}

/// Builds a block's value anew: every attribute by `rule`, every nested block by the same walk.
pub(super) fn rebuild(
    block: &Block,
    base: &Value,
    beside: Beside<'_>,
    rule: &dyn Fn(&Attribute, &Value, Beside<'_>) -> Value,
) -> Value {
    let Value::Map(_) = base else { return base.clone() };
    let attributes = block.attributes.iter().map(|attribute| {
        let name = attribute.name.as_ref();
        (name.to_owned(), rule(attribute, base.field(name), beside.field(name)))
    });
    let blocks = block.blocks.iter().map(|nested| {
        let name = nested.name.as_ref();
        (name.to_owned(), rebuild_nested(nested, base.field(name), beside.field(name), rule))
    });
    Value::Map(attributes.chain(blocks).collect())
}

fn rebuild_nested(
    nested: &NestedBlock,
    base: &Value,
    beside: Beside<'_>,
    rule: &dyn Fn(&Attribute, &Value, Beside<'_>) -> Value,
) -> Value {
    let inner = |base: &Value, beside: Beside<'_>| rebuild(&nested.block, base, beside, rule);
    match (nested.nesting, base) {
        (_, Value::Unknown(_)) => base.clone(),
        (_, Value::Null) => nested.absent(),
        (Nesting::Single, _) => inner(base, beside),
        (Nesting::List, Value::List(elements)) => {
            Value::List(elements.iter().enumerate().map(|(i, e)| inner(e, beside.index(i))).collect())
        }
        (Nesting::Map, Value::Map(labelled)) => Value::Map(
            labelled
                .iter()
                .map(|(label, e)| (label.clone(), inner(e, beside.field(label))))
                .collect::<BTreeMap<_, _>>(),
        ),
        // The values beside a set are in its order: it is not sorted before the plan is done.
        (Nesting::Set, Value::Set(elements)) => {
            Value::Set(elements.iter().enumerate().map(|(i, e)| inner(e, beside.index(i))).collect())
        }
        _ => base.clone(),
    }
}

/// Sorts what [`rebuild`] left in the author's order, all the way down.
pub(super) fn in_order(value: Value) -> Value {
    match value {
        Value::Set(elements) => Value::set(elements.into_iter().map(in_order)),
        Value::List(elements) => Value::List(elements.into_iter().map(in_order).collect()),
        Value::Map(fields) => {
            Value::Map(fields.into_iter().map(|(name, value)| (name, in_order(value))).collect())
        }
        other => other,
    }
}

/// The value without what must never be stored.
pub(super) fn without_write_only(block: &Block, value: &Value) -> Value {
    rebuild(block, value, Beside::only(&Value::Null), &|attribute, value, _| {
        if attribute.write_only { Value::Null } else { value.clone() }
    })
}

/// The value with what is written in the configuration only.
pub(super) fn with_write_only(block: &Block, value: &Value, config: &Value) -> Value {
    rebuild(block, value, Beside::only(config), &|attribute, value, beside| {
        if attribute.write_only { beside.config.clone() } else { value.clone() }
    })
}

/// The configuration with every default filled in.
pub(super) fn with_defaults(block: &Block, base: &Value, config: &Value) -> Value {
    rebuild(block, base, Beside::only(config), &|attribute, value, beside| match &attribute.default {
        Some(default) if beside.config.is_null() => default.clone(),
        _ => value.clone(),
    })
}

/// Whether an author can be asked: everything configured is known, but for what he copes with.
pub(super) fn known_but_late(block: &Block, config: &Value) -> bool {
    let attributes = block.attributes.iter();
    let mut known = attributes.filter(|a| !a.late).all(|a| config.field(&a.name).is_wholly_known());
    for nested in &block.blocks {
        let value = config.field(&nested.name);
        known &= !value.is_unknown();
        nested.each(value, &crate::path::At::ROOT, |inner, _| {
            known &= !inner.is_unknown() && known_but_late(&nested.block, inner);
        });
    }
    known
}
