//! Which differences between the plan and what there is replace the object.
//!
//! What is not known yet counts as different: the plan at apply must not replace where the first one did not.

use crate::path::{At, Path};
use crate::schema::{Block, NestedBlock, Nesting};
use crate::value::Value;

/// Collects the attributes and blocks whose change replaces the object.
pub(super) fn find(block: &Block, planned: &Value, prior: &Value, at: &At<'_>, found: &mut Vec<Path>) {
    for attribute in block.attributes.iter().filter(|a| a.force_new) {
        if planned.field(&attribute.name) != prior.field(&attribute.name) {
            found.push(at.field(&attribute.name).path());
        }
    }
    for nested in &block.blocks {
        let (now, before) = (planned.field(&nested.name), prior.field(&nested.name));
        if now != before {
            find_nested(nested, now, before, &at.field(&nested.name), found);
        }
    }
}

fn find_nested(nested: &NestedBlock, now: &Value, before: &Value, at: &At<'_>, found: &mut Vec<Path>) {
    // A block that is new replaces nothing: what it may not change is its own, and it had nothing before.
    let inner = |now: &Value, before: Option<&Value>, at: &At<'_>, found: &mut Vec<Path>| {
        if let Some(before) = before {
            find(&nested.block, now, before, at, found);
        }
    };
    if nested.force_new || (now.is_unknown() && forces(&nested.block)) {
        return found.push(at.path());
    }
    match (nested.nesting, now) {
        (Nesting::Single, _) => inner(now, Some(before), at, found),
        (Nesting::List, Value::List(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                inner(element, before.elements().and_then(|b| b.get(index)), &at.index(index), found);
            }
        }
        (Nesting::Map, Value::Map(labelled)) => {
            for (label, element) in labelled {
                inner(element, before.fields().and_then(|b| b.get(label)), &at.key(label), found);
            }
        }
        (Nesting::Set, Value::Set(elements)) if forces(&nested.block) => {
            // No path leads to an element: one that was not there before, as far as it forces, speaks for the set.
            let forcing = |element: &Value| forcing_part(&nested.block, element);
            let were: Vec<Value> = before.elements().unwrap_or_default().iter().map(forcing).collect();
            if elements.iter().any(|element| !were.contains(&forcing(element))) {
                found.push(at.path());
            }
        }
        _ => {}
    }
}

fn forces(block: &Block) -> bool {
    block.attributes.iter().any(|a| a.force_new)
        || block.blocks.iter().any(|n| n.force_new || forces(&n.block))
}

/// A block with nothing in it but what replaces the object.
fn forcing_part(block: &Block, value: &Value) -> Value {
    let attributes = block.attributes.iter().filter(|a| a.force_new);
    let attributes = attributes.map(|a| (a.name.to_string(), value.field(&a.name).clone()));
    let blocks = block.blocks.iter().filter(|n| n.force_new || forces(&n.block));
    let blocks = blocks.map(|n| (n.name.to_string(), forcing_blocks(n, value.field(&n.name))));
    Value::Map(attributes.chain(blocks).collect())
}

fn forcing_blocks(nested: &NestedBlock, value: &Value) -> Value {
    let inner = |value: &Value| forcing_part(&nested.block, value);
    match value {
        _ if nested.force_new => value.clone(),
        Value::List(elements) => Value::List(elements.iter().map(inner).collect()),
        Value::Set(elements) => Value::set(elements.iter().map(inner)),
        Value::Map(labelled) if nested.nesting == Nesting::Map => {
            Value::object(labelled.iter().map(|(label, block)| (label, inner(block))))
        }
        Value::Map(_) => inner(value),
        other => other.clone(),
    }
}
